"""From the spool to tickets and letters, in one transaction, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mailintake.domain.decision import Outcome
from mailintake.domain.sla import ClockState
from mailintake.domain.tag import TOKEN_LENGTH
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Part, Status
from mailintake.intake.judge import judge as judge_all
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.storage import clocks, customers, journal, messages, outbox, raw, spool, tables, tickets
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry
from tests.builders import DESK, MONDAY_TEN, a_delivery, a_mail, a_policy, an_account

POLICY = a_policy()
ANA = "ana@bakery.example"
MARIA = "maria@desk.example"


def spooled(database: Database, mail: bytes, *, sender: str) -> Entry:
    delivery = a_delivery(mail, sender=sender)
    with database.writing() as connection:
        raw.put(connection, delivery.digest, [mail])
        number = spool.add(connection, [delivery])[delivery.key]
        claimed = spool.claim(connection, now=MONDAY_TEN, limit=100)
    return next(entry for entry in claimed if entry.id == number)


def judge(database: Database, entry: Entry, mail: bytes, policy: Policy = POLICY) -> tuple[Outcome, str, int | None]:
    message = parse(mail)
    with database.writing() as connection:
        (judged,) = judge_all(connection, [(entry, message)], policy, now=MONDAY_TEN)
    return judged.decision.outcome, judged.decision.reason, judged.ticket_id


def receive(
    database: Database, mail: bytes, *, sender: str = "ana@bakery.example", policy: Policy = POLICY
) -> tuple[Outcome, str, int | None]:
    return judge(database, spooled(database, mail, sender=sender), mail, policy)


def count(database: Database, table: str) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar_one()


def letters(database: Database, *, besides: str = MARIA) -> list[tuple[str, str, str]]:
    """All letters, but for those to the desk's own."""
    return [each for each in _all_letters(database) if each[1] != besides]


def to_desk(database: Database) -> list[str]:
    """Of which letters the desk's agent is told."""
    return [template for template, to, state in _all_letters(database) if to == MARIA and state == "queued"]


def _all_letters(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as connection:
        rows = outbox.listing(connection, states=["queued", "suppressed"], limit=100)
    return [(row["template"], row["recipient"], row["state"]) for row in reversed(rows)]


def parts(database: Database, number: int) -> list[str]:
    """What the mails on a ticket are there, oldest first."""
    message = tables.message
    wanted = select(message.c.part_played).where(message.c.ticket_id == number).order_by(message.c.id)
    with database.reading() as connection:
        return list(connection.execute(wanted).scalars())


def tag(number: int, to: str = ANA) -> str:
    """The tag in the subject of a letter to somebody about a ticket."""
    return POLICY.tagger.in_subject(number, POLICY.holder(to), at=MONDAY_TEN)


def test_a_case_is_opened_with_its_message_clock_journal_and_letter(database: Database) -> None:
    outcome, _, number = receive(database, a_mail(subject="The oven is cold"))
    assert outcome is Outcome.OPENED
    assert number is not None
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
        (message,) = messages.of_ticket(connection, number)
        (stored,) = clocks.of_tickets(connection, [number])
        lines = journal.of_ticket(connection, number)
    assert ticket is not None
    assert (ticket.subject, ticket.status, ticket.account) == ("The oven is cold", Status.NEW, "bakery")
    assert message["reply_text"].strip() == "It shows E4."
    assert (stored.clock.metric, stored.clock.state) == (Metric.FIRST_RESPONSE, ClockState.RUNNING)
    assert [line["event"] for line in lines] == ["opened"]
    assert letters(database) == [("acknowledged", ANA, "queued")]
    assert to_desk(database) == ["new-ticket"]


def test_the_letter_is_tied_to_its_ticket(database: Database) -> None:
    _, _, number = receive(database, a_mail(message_id="<a@bakery.example>", References="<0@bakery.example>"))
    assert number is not None
    with database.writing() as connection:
        found = outbox.claim(connection, now=MONDAY_TEN, limit=9)
    claimed = {letter.draft.recipient.address: letter.draft for letter in found}
    draft, tagger, holder = claimed[ANA], POLICY.tagger, POLICY.holder(ANA)
    root = draft.references[0]
    assert draft.in_reply_to == "<a@bakery.example>"
    assert draft.references == (root, "<0@bakery.example>", "<a@bakery.example>")
    assert draft.tag == tagger.in_subject(number, holder, at=MONDAY_TEN)
    assert draft.reply_to == tagger.reply_address(number, holder, DESK, at=MONDAY_TEN)
    assert draft.message_id.startswith(f"<{number}.{tagger.token(number, holder, at=MONDAY_TEN)}.")
    assert draft.context["ticket"] == number
    told = claimed[MARIA]
    assert told.references[0] == root, "one thread in every reader's program"
    assert tagger.token(number, POLICY.holder(MARIA), at=MONDAY_TEN) in (told.reply_to or "")
    assert told.tag != draft.tag, "each has a token of their own"


@pytest.mark.parametrize("form", ["subject", "reply address", "In-Reply-To"])
def test_a_reply_joins_by_any_form_of_the_token(database: Database, form: str) -> None:
    _, _, number = receive(database, a_mail())
    assert number is not None
    tagger, holder = POLICY.tagger, POLICY.holder(ANA)
    address = tagger.reply_address(number, holder, DESK, at=MONDAY_TEN)
    message_id = tagger.message_id(number, holder, "ab", "desk.example", at=MONDAY_TEN)
    reply = {
        "subject": a_mail(message_id="<2@b>", subject=f"Re: {tag(number)}"),
        "reply address": a_mail(message_id="<2@b>", subject="Re: it", To=address),
        "In-Reply-To": a_mail(message_id="<2@b>", In_Reply_To=message_id),
    }[form]
    assert receive(database, reply) == (Outcome.JOINED, "", number)
    assert count(database, "ticket") == 1
    assert len(letters(database)) == 1
    assert to_desk(database) == ["new-ticket", "customer-wrote"]


def test_a_stranger_with_the_token_is_kept_for_the_desk_and_moves_nothing(database: Database) -> None:
    _, _, number = receive(database, a_mail())
    assert number is not None
    tagged = a_mail("mallory@elsewhere.example", message_id="<2@e>", subject=tag(number))
    found = receive(database, tagged, sender="mallory@elsewhere.example")
    assert found == (Outcome.JOINED, Part.STRANGER.value, number)
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
        (stored,) = clocks.of_tickets(connection, [number])
    assert parts(database, number) == [Part.CUSTOMER, Part.STRANGER]
    assert ticket is not None
    assert (ticket.status, stored.clock.state) == (Status.NEW, ClockState.RUNNING)
    assert letters(database) == [("acknowledged", ANA, "queued")], "nobody outside hears of it"
    assert to_desk(database) == ["new-ticket", "stranger-wrote"]


def test_another_customer_with_the_token_has_a_request_of_their_own(database: Database) -> None:
    policy = a_policy(an_account(), an_account("mill"))
    _, _, number = receive(database, a_mail(), policy=policy)
    assert number is not None
    theirs = a_mail("ana@mill.example", message_id="<2@m>", subject=f"Re: {tag(number)}")
    assert receive(database, theirs, sender="ana@mill.example", policy=policy) == (Outcome.OPENED, "", number + 1)
    with database.reading() as connection:
        assert len(messages.of_ticket(connection, number)) == 1
        assert [line["event"] for line in journal.of_ticket(connection, number)] == ["opened", "stranger"]


def test_a_guessed_token_is_no_token(database: Database) -> None:
    receive(database, a_mail())
    outcome, _, number = receive(database, a_mail(message_id="<2@b>", subject=f"[#1.{'a' * TOKEN_LENGTH}]"))
    assert (outcome, number) == (Outcome.OPENED, 2)


def test_a_colleague_listed_for_the_account_takes_part(database: Database) -> None:
    _, _, number = receive(database, a_mail())
    assert number is not None
    receive(database, a_mail("ben@bakery.example", message_id="<2@b>"), sender="ben@bakery.example")
    for whose, message_id in ((ANA, "<3@b>"), ("ben@bakery.example", "<4@b>")):
        reply = a_mail("ben@bakery.example", message_id=message_id, subject=tag(number, whose))
        assert receive(database, reply, sender="ben@bakery.example") == (Outcome.JOINED, "", number)


def test_the_same_mail_by_another_way_changes_nothing(database: Database) -> None:
    receive(database, a_mail())
    again = b"Received: from elsewhere by desk.example; Mon, 9 Mar 2026 10:00:00 +0100\r\n" + a_mail()
    assert receive(database, again)[:2] == (Outcome.IGNORED, "duplicate")
    assert count(database, "ticket") == 1
    assert len(letters(database)) == 1
    assert to_desk(database) == ["new-ticket"]


def test_the_same_message_id_with_other_words_is_another_mail(database: Database) -> None:
    receive(database, a_mail())
    outcome, _, number = receive(database, a_mail(text="Something else."))
    assert (outcome, number) == (Outcome.OPENED, 2)


def test_the_third_person_of_a_two_contact_plan_is_refused(database: Database) -> None:
    assert receive(database, a_mail("ben@bakery.example"), sender="ben@bakery.example")[0] is Outcome.OPENED
    refused = receive(database, a_mail("carl@bakery.example", message_id="<3@b>"), sender="carl@bakery.example")
    assert refused == (Outcome.REFUSED, "over-limit", None)
    assert letters(database)[1:] == [
        ("over-limit", "carl@bakery.example", "queued"),
        ("owner-over-limit", "owner@bakery.example", "queued"),
    ]


def test_a_refusal_is_told_once_a_day(database: Database) -> None:
    for number in range(3):
        mail = a_mail("mallory@elsewhere.example", message_id=f"<{number}@e>", text=str(number))
        receive(database, mail, sender="mallory@elsewhere.example")
    assert [state for _, _, state in letters(database)] == ["queued", "suppressed", "suppressed"]


def test_an_address_gets_five_letters_an_hour(database: Database) -> None:
    for number in range(7):
        receive(database, a_mail(message_id=f"<{number}@b>", text=str(number)))
    assert [state for _, _, state in letters(database)] == ["queued"] * 5 + ["suppressed"] * 2
    assert count(database, "ticket") == 7


def test_twenty_racing_for_the_last_two_seats_get_exactly_two(database: Database) -> None:
    policy = a_policy(an_account(contacts=()))
    senders = [f"person{number}@bakery.example" for number in range(20)]
    mails = [a_mail(sender, message_id=f"<{sender}>") for sender in senders]
    entries = [spooled(database, mail, sender=sender) for mail, sender in zip(mails, senders, strict=True)]
    results: list[Outcome] = []
    start = threading.Barrier(4)

    def race(mine: int) -> None:
        start.wait()
        results.extend(judge(database, entries[index], mails[index], policy)[0] for index in range(mine, 20, 4))

    racers = [threading.Thread(target=race, args=(mine,)) for mine in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(results) == [Outcome.OPENED] * 2 + [Outcome.REFUSED] * 18
    with database.reading() as connection:
        assert len(customers.enrolled(connection, ["bakery"])["bakery"]) == 2


def test_an_agent_s_answer_stops_the_clock_and_the_customer_s_reply_opens_the_ticket_again(database: Database) -> None:
    _, _, number = receive(database, a_mail())
    assert number is not None
    answer = a_mail(MARIA, message_id="<m@desk.example>", subject=f"Re: {tag(number, MARIA)}", To=ANA, Cc=DESK)
    assert receive(database, answer, sender=MARIA)[0] is Outcome.JOINED
    with database.reading() as connection:
        (stored,) = clocks.of_tickets(connection, [number])
        ticket = tickets.get(connection, number)
    assert ticket is not None
    assert (stored.clock.state, ticket.status) == (ClockState.MET, Status.WAITING)
    assert [template for template, _, _ in letters(database)] == ["acknowledged"], "Maria has written to Ana herself"
    receive(database, a_mail(message_id="<4@b>", subject=f"Re: {tag(number)}"))
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
    assert ticket is not None
    assert ticket.status is Status.OPEN
    assert to_desk(database) == ["new-ticket", "receipt", "customer-wrote"]
    assert parts(database, number) == [Part.CUSTOMER, Part.ANSWER, Part.CUSTOMER]


def test_an_agent_s_answer_to_the_desk_goes_on_to_the_customer(database: Database) -> None:
    _, _, number = receive(database, a_mail())
    assert number is not None
    answer = a_mail(MARIA, message_id="<m@desk.example>", subject=f"Re: {tag(number, MARIA)}", text="Warm it up.")
    assert receive(database, answer, sender=MARIA) == (Outcome.JOINED, "", number)
    assert letters(database) == [("acknowledged", ANA, "queued"), ("answer", ANA, "queued")]
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
        (stored,) = clocks.of_tickets(connection, [number])
    assert ticket is not None
    assert (stored.clock.state, ticket.status, ticket.assignee) == (ClockState.MET, Status.WAITING, "maria")
    assert parts(database, number) == [Part.CUSTOMER, Part.ANSWER]


def test_hostile_words_reach_the_database_whole(database: Database) -> None:
    mail = a_mail(
        subject="NUL \x00, =?utf-8?q?=ED=A0=80?= and \ud83d".encode("utf-8", "surrogatepass").decode("latin-1")
    )
    outcome, _, number = receive(database, mail)
    assert outcome is Outcome.OPENED
    assert number is not None


def test_a_decision_undone_leaves_nothing(database: Database) -> None:
    mail = a_mail()
    entry = spooled(database, mail, sender="ana@bakery.example")
    with database.writing() as connection:
        spool.postpone(connection, entry, until=MONDAY_TEN, reason="the lease is gone")
        spool.claim(connection, now=MONDAY_TEN + timedelta(seconds=1), limit=1, tried_before=True)
    with pytest.raises(spool.LeaseLost):
        judge(database, entry, mail)
    assert [count(database, name) for name in ("ticket", "message", "outbox", "journal")] == [0, 0, 0, 0]
