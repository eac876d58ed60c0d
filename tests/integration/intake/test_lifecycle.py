"""What happens to a ticket while it lives, with its clocks, on both databases and at given times (DOMAIN S9 to S17)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailintake.config.closing import Closing
from mailintake.domain.customer import Plan
from mailintake.domain.decision import Outcome
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.sorting import Level, Priority, Topic
from mailintake.domain.target import Metric, Selector
from mailintake.domain.terms import ClockRules
from mailintake.domain.ticket import Hold, Status
from mailintake.errors import UsageError
from mailintake.intake import acts
from mailintake.intake.happenings import replay, standing
from mailintake.intake.judge import judge
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.storage import messages, outbox, raw, spool, tickets
from mailintake.storage.engine import Database
from tests.builders import DESK, MONDAY_TEN, a_delivery, a_mail, a_policy, a_row

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
ANA = "ana@bakery.example"
MARIA = "maria@desk.example"


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026 on the clock of Ljubljana, before summer time."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - HOUR


class Conversation:
    """A desk, a customer and a clock that goes when it is told to."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self.database = database
        self.policy = policy
        self.number = 0

    def receive(self, mail: bytes, *, sender: str, at: datetime) -> tuple[Outcome, int | None]:
        """A mail comes in, and is judged at once."""
        delivery = a_delivery(mail, sender=sender, at=at)
        with self.database.writing() as connection:
            raw.put(connection, delivery.digest, [mail])
            number = spool.add(connection, [delivery])[delivery.key]
            (entry,) = [each for each in spool.claim(connection, now=at, limit=100) if each.id == number]
            (judged,) = judge(connection, [(entry, parse(mail))], self.policy, now=at)
        return judged.decision.outcome, judged.ticket_id

    def ask(self, at: datetime, *, ticket: int | None = None, text: str = "It shows E4.") -> int:
        """Ana writes; the ticket she is on then."""
        self.number += 1
        subject = self.tag(ticket, ANA, at) if ticket else "The oven is cold"
        mail = a_mail(ANA, subject=subject, text=text, message_id=f"<{self.number}@bakery.example>")
        _, found = self.receive(mail, sender=ANA, at=at)
        assert found is not None
        return found

    def answer(self, ticket: int, at: datetime) -> None:
        """Maria writes to Ana, and the desk has a copy."""
        self.number += 1
        subject = f"Re: {self.tag(ticket, MARIA, at)}"
        mail = a_mail(MARIA, subject=subject, message_id=f"<{self.number}@desk.example>", To=ANA, Cc=DESK)
        assert self.receive(mail, sender=MARIA, at=at) == (Outcome.JOINED, ticket)

    def tag(self, ticket: int, to: str, at: datetime) -> str:
        """The tag in the subject of a letter to somebody."""
        return self.policy.tagger.in_subject(ticket, self.policy.holder(to), at=at)

    def act(self, act: Any, ticket: int, at: datetime, **said: Any) -> None:
        """The desk does something."""
        with self.database.writing() as connection:
            assert act(connection, ticket, self.policy, by="test", now=at, **said)

    def status(self, ticket: int) -> Status:
        """Where a ticket stands."""
        with self.database.reading() as connection:
            found = tickets.get(connection, ticket)
        assert found is not None
        return found.status

    def clocks(self, ticket: int) -> list[Clock]:
        """Its clocks, which the journal must be able to make again."""
        with self.database.writing() as connection:
            found = standing(connection, ticket, self.policy)
            assert found is not None
            assert replay(connection, ticket) == found.progress
        return list(found.progress.clocks)

    def clock(self, ticket: int, metric: Metric) -> Clock:
        """The newest clock of a metric."""
        return [clock for clock in self.clocks(ticket) if clock.metric is metric][-1]


def a_plan(**rows: Any) -> dict[str, Plan]:
    return {"basic": Plan("basic", 2, {Metric(metric): tuple(found) for metric, found in rows.items()})}


def of(priority: str, minutes: int | None) -> Any:
    return a_row(minutes, text=f"{priority}: {minutes}", selector=Selector(frozenset({priority})))


def at_level(level: str, minutes: int) -> Any:
    return a_row(minutes, text=f"{level}: {minutes}", selector=Selector(levels=frozenset({level})))


@pytest.fixture
def full(database: Database) -> Conversation:
    """A desk that promises a first response, every next one, and a resolution."""
    plans = a_plan(first_response=[a_row(240)], next_response=[a_row(120)], resolution=[a_row(1200)])
    return Conversation(database, a_policy(plans=plans, closing=Closing(reopen_within=7 * DAY)))


def test_an_unanswered_mail_after_an_answer_has_a_clock_of_its_own(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    assert [clock.metric for clock in full.clocks(ticket)] == [Metric.FIRST_RESPONSE, Metric.RESOLUTION]
    full.answer(ticket, local(9, 11))
    assert full.status(ticket) is Status.WAITING
    full.ask(local(9, 15), ticket=ticket)
    full.ask(local(9, 16), ticket=ticket)  # does not start it anew
    assert full.clock(ticket, Metric.NEXT_RESPONSE).due == local(9, 17)
    full.answer(ticket, local(9, 17))
    assert full.clock(ticket, Metric.NEXT_RESPONSE).state is ClockState.MET
    full.ask(local(10, 9), ticket=ticket)
    last = full.clock(ticket, Metric.NEXT_RESPONSE)
    assert (last.round, last.due) == (2, local(10, 11))


def test_the_resolution_stands_while_the_customer_has_the_ball(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))  # Monday; twenty hours are due on Wednesday at 12
    assert full.clock(ticket, Metric.RESOLUTION).due == local(11, 12)
    full.answer(ticket, local(9, 12))
    assert full.clock(ticket, Metric.RESOLUTION).due is None
    full.ask(local(10, 11), ticket=ticket)  # six hours of Monday and two of Tuesday later
    assert full.clock(ticket, Metric.RESOLUTION).due == local(12, 11)


def test_a_third_party_stops_the_clock_and_a_colleague_does_not(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.act(acts.move, ticket, local(9, 11), to=Status.HOLD, hold=Hold.INTERNAL)
    assert full.clock(ticket, Metric.RESOLUTION).due == local(11, 12)
    full.act(acts.move, ticket, local(9, 12), to=Status.HOLD, hold=Hold.EXTERNAL)
    assert full.clock(ticket, Metric.RESOLUTION).is_paused
    assert not full.clock(ticket, Metric.FIRST_RESPONSE).is_paused
    full.ask(local(9, 14), ticket=ticket)
    assert full.status(ticket) is Status.OPEN
    assert full.clock(ticket, Metric.RESOLUTION).due == local(11, 14)


def test_a_reply_within_the_window_reopens_a_solved_ticket(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.answer(ticket, local(9, 11))
    full.act(acts.move, ticket, local(9, 12), to=Status.SOLVED)
    assert full.clock(ticket, Metric.RESOLUTION).state is ClockState.MET
    assert full.ask(local(16, 12), ticket=ticket) == ticket
    assert full.status(ticket) is Status.OPEN
    assert full.clock(ticket, Metric.NEXT_RESPONSE).due == local(16, 14)
    # one hour was used when Maria answered; what came after was the customer's, or solved
    assert full.clock(ticket, Metric.RESOLUTION).due == local(18, 13)


def test_a_reply_after_the_window_opens_a_ticket_that_follows(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.answer(ticket, local(9, 11))
    full.act(acts.move, ticket, local(9, 12), to=Status.SOLVED)
    second = full.ask(local(16, 12, 1), ticket=ticket)
    assert second != ticket
    assert (full.status(ticket), full.status(second)) == (Status.SOLVED, Status.NEW)
    with full.database.reading() as connection:
        found = tickets.get(connection, second)
    assert found is not None
    assert found.follows == ticket


def test_a_closed_ticket_is_never_opened_again(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.act(acts.move, ticket, local(9, 11), to=Status.CLOSED)
    with full.database.writing() as connection, pytest.raises(UsageError, match="closed, and stays so"):
        acts.move(connection, ticket, full.policy, to=Status.OPEN, by="test", now=local(9, 12))
    assert full.ask(local(9, 12), ticket=ticket) != ticket


def test_a_desk_without_solved_closes_at_once(database: Database) -> None:
    desk = Conversation(database, a_policy(solved=False))
    ticket = desk.ask(local(9, 10))
    desk.act(acts.move, ticket, local(9, 11), to=Status.SOLVED)
    assert desk.status(ticket) is Status.CLOSED


def test_solving_without_a_word_meets_no_first_response(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.act(acts.move, ticket, local(9, 11), to=Status.SOLVED)
    states = {clock.metric: clock.state for clock in full.clocks(ticket)}
    assert states == {Metric.FIRST_RESPONSE: ClockState.CANCELLED, Metric.RESOLUTION: ClockState.MET}


def test_spam_voids_the_clocks_and_can_be_taken_back(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.act(acts.move, ticket, local(9, 11), to=Status.SPAM)
    assert {clock.state for clock in full.clocks(ticket)} == {ClockState.CANCELLED}
    full.act(acts.move, ticket, local(9, 12), to=Status.OPEN)
    assert full.clock(ticket, Metric.FIRST_RESPONSE).due == local(9, 15)


def b2bee(database: Database, **rules: Any) -> Conversation:
    """B2Bee Basic, but for its windows: minor 24 hours, critical one."""
    office = [of("critical", 60), of("minor", 24 * 60)]
    priorities = (Priority("critical", ""), Priority("minor", ""))
    rules = {"clock_rules": ClockRules(**rules)} if rules else {}
    policy = a_policy(plans=a_plan(first_response=office), priorities=priorities, default_priority="minor", **rules)
    return Conversation(database, policy)


def test_a_raised_priority_counts_from_the_change_and_a_lowered_one_from_the_start(database: Database) -> None:
    desk = b2bee(database)
    ticket = desk.ask(local(9, 10))  # open nine hours a day: Wednesday at 16
    assert desk.clock(ticket, Metric.FIRST_RESPONSE).due == local(11, 16)
    desk.act(acts.sort, ticket, local(10, 11), said={"priority": "critical"})
    assert desk.clock(ticket, Metric.FIRST_RESPONSE).due == local(10, 12)
    desk.act(acts.sort, ticket, local(10, 11, 30), said={"priority": "minor"})
    assert desk.clock(ticket, Metric.FIRST_RESPONSE).due == local(11, 16)


def test_a_raise_shortly_before_the_end_grants_no_more_time(database: Database) -> None:
    desk = b2bee(database)
    ticket = desk.ask(local(9, 10))
    desk.act(acts.sort, ticket, local(11, 15, 30), said={"priority": "critical"})
    assert desk.clock(ticket, Metric.FIRST_RESPONSE).due == local(11, 16)


def test_a_desk_may_count_every_change_from_the_start(database: Database) -> None:
    desk = b2bee(database, from_start=True)
    ticket = desk.ask(local(9, 10))
    desk.act(acts.sort, ticket, local(10, 11), said={"priority": "critical"})
    clock = desk.clock(ticket, Metric.FIRST_RESPONSE)
    assert clock.due == local(9, 11)


def test_a_word_the_desk_does_not_know_is_refused_with_the_nearest(database: Database) -> None:
    desk = b2bee(database)
    ticket = desk.ask(local(9, 10))
    with (
        database.writing() as connection,
        pytest.raises(UsageError, match="no priority `critcal`; did you mean `critical`"),
    ):
        acts.sort(connection, ticket, desk.policy, said={"priority": "critcal"}, by="test", now=local(9, 11))


def levelled(database: Database, *, restarts: bool) -> Conversation:
    """ProCRM: two hours for the consultant, four for those above."""
    plans = a_plan(first_response=[at_level("L1", 120), at_level("L2", 240), at_level("L3", 240)])
    levels = (Level("L1", "Consultant"), Level("L2", "Project manager"), Level("L3", "Engineer"))
    topics = {"administration": Topic("administration", level="L3")}
    policy = a_policy(plans=plans, levels=levels, topics=topics, clock_rules=ClockRules(restarts=restarts))
    return Conversation(database, policy)


def test_an_escalated_ticket_has_the_time_of_its_new_level_from_the_hand_over(database: Database) -> None:
    desk = levelled(database, restarts=True)
    ticket = desk.ask(local(9, 10))
    desk.act(acts.escalate, ticket, local(9, 11))
    assert desk.clock(ticket, Metric.FIRST_RESPONSE).due == local(9, 12)
    assert desk.clock(ticket, Metric.LEVEL_RESPONSE).due == local(9, 15)
    desk.act(acts.escalate, ticket, local(9, 13))
    first, second, third = desk.clocks(ticket)
    assert (first.is_running, second.state, third.due) == (True, ClockState.CANCELLED, local(9, 17))
    desk.answer(ticket, local(9, 14))
    assert {clock.metric for clock in desk.clocks(ticket) if clock.state is ClockState.MET} == {
        Metric.FIRST_RESPONSE,
        Metric.LEVEL_RESPONSE,
    }


def test_where_the_clock_continues_the_promise_is_that_of_the_new_level(database: Database) -> None:
    desk = levelled(database, restarts=False)
    ticket = desk.ask(local(9, 10))
    desk.act(acts.escalate, ticket, local(9, 11), to="L3")
    (clock,) = desk.clocks(ticket)
    assert (clock.metric, clock.due) == (Metric.FIRST_RESPONSE, local(9, 14))


def test_a_topic_brings_its_level_along(database: Database) -> None:
    desk = levelled(database, restarts=True)
    ticket = desk.ask(local(9, 10))
    desk.act(acts.sort, ticket, local(9, 11), said={"topic": "administration"})
    (clock,) = desk.clocks(ticket)
    assert clock.due == local(9, 14)
    with database.reading() as connection:
        assert (found := tickets.get(connection, ticket))
    assert (found.traits.topic, found.traits.level) == ("administration", "L3")


def test_a_merged_ticket_goes_on_in_the_other(full: Conversation) -> None:
    first, second = full.ask(local(9, 10)), full.ask(local(9, 11), text="And the lights went out.")
    full.act(acts.merge, second, local(9, 12), into=first)
    assert full.status(second) is Status.MERGED
    assert {clock.state for clock in full.clocks(second)} == {ClockState.CANCELLED}
    assert full.ask(local(9, 13), ticket=second) == first
    with full.database.reading() as connection:
        assert len(messages.of_ticket(connection, first)) == 3
    with full.database.writing() as connection, pytest.raises(UsageError, match="merged"):
        acts.merge(connection, first, full.policy, into=second, by="test", now=local(9, 14))


def test_a_part_of_a_ticket_counts_from_when_the_whole_came(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    full.ask(local(9, 14), ticket=ticket, text="Besides, the lights went out.")
    with full.database.reading() as connection:
        _, second = messages.ids(connection, ticket)
    full.act(acts.split, ticket, local(9, 15), messages=[second])
    with full.database.reading() as connection:
        part = tickets.get(connection, ticket + 1)
        assert messages.ids(connection, ticket + 1) == [second]
    assert part is not None
    assert (part.parent, part.received_at) == (ticket, local(9, 10))
    assert full.clock(part.id, Metric.FIRST_RESPONSE).due == local(9, 14)


def test_a_ticket_keeps_what_it_was_promised_until_it_is_renewed(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    desk = replace(full.policy.desk, plans=a_plan(first_response=[a_row(60)], resolution=[a_row(1200)]))
    full.policy = replace(full.policy, desk=desk)
    full.act(acts.sort, ticket, local(9, 10, 30), said={"priority": "high"})
    assert full.clock(ticket, Metric.FIRST_RESPONSE).due == local(9, 14)
    full.act(acts.renew, ticket, local(9, 11))
    assert full.clock(ticket, Metric.FIRST_RESPONSE).due == local(9, 12)


def test_a_reply_is_parted_from_the_letter_of_ours_that_it_quotes(full: Conversation) -> None:
    ticket = full.ask(local(9, 10))
    letter = (
        "thank you for your mail. It is now ticket 1, and a person will read it.\n"
        "If you want to add something, just reply to this mail."
    )
    with full.database.writing() as connection:
        (queued,) = [
            each for each in outbox.claim(connection, now=MONDAY_TEN, limit=9) if each.draft.recipient.address == ANA
        ]
        outbox.mark_sent(connection, {queued.id: letter}, now=MONDAY_TEN)
    quoting = f"It hums again, thank you.\n\nsome odd program wrote this line\n{letter}"
    full.ask(local(9, 11), ticket=ticket, text=quoting)
    with full.database.reading() as connection:
        reply = messages.of_ticket(connection, ticket)[-1]
    assert "It hums again" in reply["reply_text"]
    assert "a person will read it" in reply["quoted"]
    assert "a person will read it" not in reply["reply_text"]
