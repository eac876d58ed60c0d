"""Somebody new writes, and the owner is asked: every way in which that may go on, on both databases (DOMAIN E4)."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailintake.domain.customer import NewSender
from mailintake.domain.decision import Outcome
from mailintake.domain.tag import Purpose
from mailintake.domain.ticket import Status
from mailintake.intake.judge import judge
from mailintake.parsing.parser import parse
from mailintake.storage import outbox, raw, spool, tables
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry
from tests.builders import a_delivery, a_mail
from tests.integration.intake.example import TAGGER, Example, at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

OWNER, MIA = "andrew@baker.example", "mia@baker.example"  # the owner of Baker's Shop, three of five seats taken
ZOE, YAN, XENIA = "zoe@baker.example", "yan@baker.example", "xenia@baker.example"
EVE = "eve@elsewhere.example"
MONDAY = at("UTC", "2026-03-09", "08:00")  # 10:00 at UTC+2


@pytest.fixture
def desk(database: Database) -> Example:
    """Beesender, which asks owners."""
    return Example(database, "beesender")


def asked_about(desk: Example, who: str = ZOE, **fields: Any) -> int:
    """The pending ticket of somebody new."""
    found = desk.ask(who, MONDAY, **fields)
    assert (found.outcome, desk.ticket(found.ticket).pending) == ("opened", "approval")
    return found.ticket


def owner_says(desk: Example, ticket: int, text: str, *, who: str = OWNER, after: timedelta = HOUR) -> tuple[str, str]:
    """The owner answers the letter that asks; outcome and reason."""
    found = desk.reply(ticket, who, MONDAY + after, text, purpose=Purpose.APPROVAL)
    return found.outcome, found.reason


def test_the_owner_is_asked_in_a_letter_that_nobody_else_can_answer(desk: Example) -> None:
    ticket = asked_about(desk, "Zoe Lane <zoe@baker.example>")
    assert desk.ticket(ticket).status is Status.PENDING
    assert desk.clocks(ticket) == {}
    assert desk.told() == ["pending", "owner-approval"]
    (pending,) = desk.letters("pending", to=ZOE)
    (asking,) = desk.letters("owner-approval", to=OWNER)
    assert asking.draft.tag == desk.tag(ticket, MONDAY, purpose=Purpose.APPROVAL)
    holders = (desk.policy.holder(OWNER), desk.policy.holder(ZOE))
    tokens = [TAGGER.token(ticket, each, at=MONDAY, purpose=Purpose.APPROVAL) for each in holders]
    assert [each in str(pending.draft) for each in tokens] == [False, False]
    for expected in (ZOE, "3 of 5", "YES", "NO", "16 March 2026"):
        assert expected in asking.text, expected
    again = desk.ask(ZOE, MONDAY + HOUR)
    assert desk.ticket(again.ticket).status is Status.PENDING
    assert desk.told(to=OWNER) == ["owner-approval"]  # asked once, however much she writes


@pytest.mark.parametrize("text", ["Yes", "YES, please add her.", "Да", "Approved.\n\nAndrew Baker\nBaker's Shop", "ok"])
def test_a_yes_opens_what_waited_and_its_clock_starts_with_the_word(desk: Example, text: str) -> None:
    ticket = asked_about(desk)
    assert owner_says(desk, ticket, text) == ("joined", "")
    assert desk.ticket(ticket).status is Status.NEW
    assert desk.due(ticket) == MONDAY + 5 * HOUR
    assert desk.told(to=ZOE) == ["pending", "approved"]
    assert set(desk.told()) == {"pending", "owner-approval", "approved", "new-ticket"}, "the desk hears of it only now"
    next_mail = desk.ask(ZOE, MONDAY + DAY)
    assert desk.ticket(next_mail.ticket).status is Status.NEW


@pytest.mark.parametrize("text", ["No", "No, she has left us.", "Нет"])
def test_a_no_refuses_and_the_next_mail_asks_again(desk: Example, text: str) -> None:
    ticket = asked_about(desk)
    expected = Status.REFUSED if "," not in text else Status.PENDING
    owner_says(desk, ticket, text)
    assert desk.ticket(ticket).status is expected
    if expected is Status.REFUSED:
        assert desk.told(to=ZOE) == ["pending", "declined"]


@pytest.mark.parametrize("text", ["Who is this?", "Yes, but only for this week.", "I shall ask her boss.", ""])
def test_an_unclear_word_is_kept_and_decides_nothing(desk: Example, text: str) -> None:
    ticket = asked_about(desk)
    assert owner_says(desk, ticket, text)[0] == "joined"
    assert desk.ticket(ticket).status is Status.PENDING
    assert owner_says(desk, ticket, "Yes", after=2 * HOUR) == ("joined", "")
    assert desk.ticket(ticket).status is Status.NEW


def test_a_yes_is_read_above_the_letter_that_it_quotes(desk: Example) -> None:
    ticket = asked_about(desk)
    (asking,) = desk.letters("owner-approval")
    quoted = "\n".join(f"> {line}" for line in re.findall(r".{1,70}(?: |$)", asking.text))
    assert owner_says(desk, ticket, f"Yes\n\nOn Monday Beesender Support wrote:\n{quoted}") == ("joined", "")
    assert desk.ticket(ticket).status is Status.NEW


def test_a_yes_above_a_letter_that_is_quoted_without_any_mark_is_a_yes_still(desk: Example) -> None:
    ticket = asked_about(desk)
    sent = (
        "somebody new has written to us. If you agree, reply with YES in the first line,\nor with NO, but do say which."
    )
    with desk.database.writing() as connection:
        queued = {each.id: sent for each in outbox.claim(connection, now=MONDAY, limit=9)}
        outbox.mark_sent(connection, queued, now=MONDAY)
    assert owner_says(desk, ticket, f"Yes\n{sent}") == ("joined", "")
    assert desk.ticket(ticket).status is Status.NEW


@pytest.mark.parametrize("who", [EVE, ZOE, MIA])
def test_nobody_but_the_owner_gives_the_owner_s_word(desk: Example, who: str) -> None:
    ticket = asked_about(desk)
    assert owner_says(desk, ticket, "Yes", who=who) == ("held", "not-the-owner")
    assert desk.ticket(ticket).status is Status.PENDING


def test_the_sender_s_own_token_approves_nobody(desk: Example) -> None:
    ticket = asked_about(desk)
    assert desk.reply(ticket, ZOE, MONDAY + HOUR, "Yes").ticket == ticket
    assert desk.reply(ticket, OWNER, MONDAY + HOUR, "Yes").outcome == "joined"  # as a colleague, not as the owner
    assert desk.ticket(ticket).status is Status.PENDING


def test_an_owner_for_whom_nobody_vouches_is_held(desk: Example) -> None:
    ticket = asked_about(desk)
    found = desk.reply(ticket, OWNER, MONDAY + HOUR, "Yes", purpose=Purpose.APPROVAL, trusted=False)
    assert found.outcome == "held"
    assert desk.ticket(ticket).status is Status.PENDING


def test_an_automatic_answer_of_the_owner_decides_nothing(desk: Example) -> None:
    ticket = asked_about(desk)
    mail = desk.reply(ticket, OWNER, MONDAY + HOUR, "Yes", purpose=Purpose.APPROVAL, Auto_Submitted="auto-replied")
    assert mail.outcome == "ignored"
    assert desk.ticket(ticket).status is Status.PENDING


def test_after_seven_days_without_a_word_the_ticket_is_refused(desk: Example) -> None:
    ticket = asked_about(desk)
    desk.keep_house(MONDAY + 7 * DAY - timedelta(seconds=1))
    assert desk.ticket(ticket).status is Status.PENDING
    desk.keep_house(MONDAY + 7 * DAY)
    desk.keep_house(MONDAY + 7 * DAY + HOUR)
    assert desk.ticket(ticket).status is Status.REFUSED
    assert desk.told(to=ZOE) == ["pending", "declined"]
    # a late yes is too late for this one, and the next mail asks anew
    assert owner_says(desk, ticket, "Yes", after=8 * DAY) == ("joined", "")
    assert desk.ticket(ticket).status is Status.REFUSED
    assert desk.ticket(desk.ask(ZOE, MONDAY + 9 * DAY).ticket).status is Status.PENDING
    assert desk.told(to=OWNER) == ["owner-approval", "owner-approval"]


def test_the_limit_is_looked_at_again_when_the_word_comes(desk: Example) -> None:
    first, second, third = (asked_about(desk, who) for who in (ZOE, YAN, XENIA))
    owner_says(desk, first, "Yes")
    owner_says(desk, second, "Yes")
    assert owner_says(desk, third, "Yes") == ("joined", "")
    assert [desk.ticket(each).status for each in (first, second, third)] == [Status.NEW, Status.NEW, Status.PENDING]
    assert desk.told(to=OWNER)[-1] == "owner-over-limit"
    assert "5 of 5" in desk.the_letter("owner-over-limit")
    # a seat becomes free, and the same word is worth something
    assert desk.operate("accounts-remove-contact", 0, MONDAY + DAY, account="baker-shop", address=YAN)
    assert owner_says(desk, third, "Yes", after=DAY) == ("joined", "")
    assert desk.ticket(third).status is Status.NEW


def test_without_an_owner_nobody_can_be_asked(desk: Example) -> None:
    desk.set_account("baker-shop", owner=None)
    found = desk.ask(ZOE, MONDAY)
    assert (found.outcome, found.reason) == ("refused", "not-authorised")


def test_a_forger_has_no_owner_asked(desk: Example) -> None:
    assert desk.ask(ZOE, MONDAY, trusted=False).outcome == "held"
    assert desk.told() == []


def test_who_waits_may_write_more_and_it_is_all_opened_together(desk: Example) -> None:
    first = asked_about(desk)
    second = desk.ask(ZOE, MONDAY + HOUR).ticket
    assert desk.reply(first, ZOE, MONDAY + HOUR, "I forgot the picture, here it is.").ticket == first
    owner_says(desk, first, "Yes", after=2 * HOUR)
    assert {desk.ticket(each).status for each in (first, second)} == {Status.NEW}
    assert desk.due(first) == desk.due(second) == MONDAY + 6 * HOUR


def test_whoever_is_approved_when_all_is_used_up_is_counted_as_overage(database: Database) -> None:
    desk = Example(database, "b2bee")
    desk.set_desk(senders=replace(desk.policy.desk.senders, new_at_known_domain=NewSender.ASK))
    desk.set_account("vinar", owner="cene@vinar.example", contracts=(
        replace(desk.policy.directory.accounts["vinar"].contracts[0], contacts=2),
    ))  # fmt: skip
    desk.ask("cene@vinar.example", MONDAY)
    second = desk.ask("dana@vinar.example", MONDAY + HOUR).ticket
    assert desk.ticket(second).pending == "approval"
    desk.reply(second, "cene@vinar.example", MONDAY + DAY, "Da", purpose=Purpose.APPROVAL)
    assert desk.ticket(second).status is Status.NEW
    assert len(desk.spends("vinar")) == 2


def test_twenty_at_once_for_the_last_two_seats_open_exactly_two_tickets(desk: Example) -> None:
    senders = replace(desk.policy.desk.senders, new_at_known_domain=NewSender.SEAT)
    desk.set_desk(senders=senders)
    entries: list[tuple[Entry, bytes]] = []
    with desk.database.writing() as connection:
        for n in range(20):
            who = f"person{n}@baker.example"
            mail = a_mail(who, message_id=f"<{n}@baker.example>", text="It shows nothing at all since this morning.")
            delivery = a_delivery(mail, sender=who, recipients=("support@beesender.example",), at=MONDAY)
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])
            entries += [(entry, mail) for entry in spool.claim(connection, now=MONDAY, limit=1)]
    outcomes: list[tuple[Outcome, str]] = []
    start = threading.Barrier(4)

    def race(mine: int) -> None:
        start.wait()
        for entry, mail in entries[mine::4]:
            with desk.database.writing() as connection:
                (judged,) = judge(connection, [(entry, parse(mail))], desk.policy, now=MONDAY)
            outcomes.append((judged.decision.outcome, judged.decision.reason))

    racers = [threading.Thread(target=race, args=(mine,)) for mine in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == [(Outcome.OPENED, "")] * 2 + [(Outcome.REFUSED, "over-limit")] * 18
    with desk.database.reading() as connection:
        assert len(connection.execute(tables.ticket.select()).all()) == 2
        assert len(connection.execute(tables.contact.select()).all()) == 2


def test_twenty_yeses_at_once_give_away_no_more_seats_than_there_are(desk: Example) -> None:
    people = [f"person{n}@baker.example" for n in range(8)]
    for who in people:
        asked_about(desk, who)
    entries: list[tuple[Entry, bytes]] = []
    with desk.database.writing() as connection:
        for n, _ in enumerate(people, start=1):
            subject = f"Re: {TAGGER.in_subject(n, desk.policy.holder(OWNER), at=MONDAY, purpose=Purpose.APPROVAL)}"
            mail = a_mail(OWNER, subject=subject, text="Yes", message_id=f"<yes{n}@baker.example>")
            delivery = a_delivery(mail, sender=OWNER, recipients=("support@beesender.example",), at=MONDAY)
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])
            entries += [(entry, mail) for entry in spool.claim(connection, now=MONDAY, limit=1)]

    def race(mine: int) -> None:
        for entry, mail in entries[mine::4]:
            with desk.database.writing() as connection:
                judge(connection, [(entry, parse(mail))], desk.policy, now=MONDAY + HOUR)

    racers = [threading.Thread(target=race, args=(mine,)) for mine in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    statuses = [desk.ticket(n).status for n in range(1, 9)]
    assert (statuses.count(Status.NEW), statuses.count(Status.PENDING)) == (2, 6)
    assert len(desk.policy.directory.accounts["baker-shop"].contacts) + 2 == 5
