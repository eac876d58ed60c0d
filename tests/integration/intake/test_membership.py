"""What the desk does about an account's people, on both databases (DOMAIN E3 to E5)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailintake.config.desk import Senders
from mailintake.domain.customer import Contact, NewSender, Plan
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address
from mailintake.domain.quota import Limit, Period, Unit
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status, Ticket
from mailintake.errors import UsageError
from mailintake.intake import acts, membership
from mailintake.intake.judge import judge
from mailintake.intake.membership import Outcome
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.parsing.parser import parse
from mailintake.storage import approvals, clocks, customers, journal, outbox, quota, raw, spool, tables, tickets
from mailintake.storage.approvals import Approval
from mailintake.storage.engine import Database
from mailintake.storage.quota import Ledger
from tests.builders import MONDAY_TEN, a_delivery, a_mail, a_policy, a_row, an_account

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = MONDAY_TEN + DAY
BEN = "ben@bakery.example"
COMPOSER = Composer([Path(__file__).parents[3] / "templates"])


def asking(*accounts: Any, **fields: Any) -> Policy:
    """A desk that asks owners about new people."""
    return a_policy(*accounts, **{"senders": Senders(new_at_known_domain=NewSender.ASK), **fields})


POLICY = asking()
BAKERY = POLICY.directory.accounts["bakery"]


def write(
    database: Database, sender: str = BEN, *, number: int = 1, at: datetime = MONDAY_TEN, policy: Policy = POLICY,
    **fields: str,
) -> int:  # fmt: skip
    """Somebody writes; their ticket."""
    mail = a_mail(sender, message_id=f"<{number}@bakery.example>", text=f"It shows E{number}.", **fields)
    delivery = a_delivery(mail, sender=sender.rpartition("<")[2].strip(">"), at=at)
    with database.writing() as connection:
        raw.put(connection, delivery.digest, [mail])
        found = spool.add(connection, [delivery])[delivery.key]
        (entry,) = [each for each in spool.claim(connection, now=at, limit=10) if each.id == found]
        (judged,) = judge(connection, [(entry, parse(mail))], policy, now=at)
    assert judged.ticket_id is not None, judged.decision
    return judged.ticket_id


def waiting(database: Database, account: str = "bakery") -> list[Approval]:
    with database.reading() as connection:
        return approvals.of_account(connection, account)


def approve(
    database: Database, *, policy: Policy = POLICY, at: datetime = LATER, found: Approval | None = None
) -> Outcome:
    """The owner says yes about the one who waits."""
    found = found or waiting(database)[0]
    with database.writing() as connection:
        return membership.approve(connection, policy, found, by="test", now=at)


def decline(database: Database, *, policy: Policy = POLICY, at: datetime = LATER) -> bool:
    with database.writing() as connection:
        return membership.decline(connection, policy, waiting(database)[0], by="test", now=at)


def add(
    database: Database, address: str, *, policy: Policy = POLICY, account: str = "bakery", at: datetime = MONDAY_TEN
) -> bool:
    with database.writing() as connection:
        found = policy.directory.accounts[account]
        return membership.add(connection, policy, found, Address(address), role="user", by="test", now=at)


def remove(database: Database, address: str, *, policy: Policy = POLICY, at: datetime = MONDAY_TEN) -> None:
    with database.writing() as connection:
        found = policy.directory.accounts["bakery"]
        membership.remove(connection, policy, found, address, by="test", now=at)


def ticket(database: Database, number: int) -> Ticket:
    with database.reading() as connection:
        found = tickets.get(connection, number)
    assert found is not None
    return found


def people(database: Database, account: str = "bakery") -> list[tuple[str, bool]]:
    """Who ever took a seat, and whether it is still theirs."""
    with database.reading() as connection:
        return [(row["address"], row["removed_at"] is None) for row in customers.listing(connection, account)]


def states(database: Database, template: str) -> list[str]:
    """What became of the letters of a kind."""
    with database.reading() as connection:
        rows = outbox.listing(connection, states=["queued", "suppressed"], limit=100)
    return [row["state"] for row in rows if row["template"] == template]


def draft(database: Database, template: str) -> Draft:
    """The one letter of a kind that is to leave."""
    with database.writing() as connection:
        (found,) = [
            each
            for each in outbox.claim(connection, now=LATER + 30 * DAY, limit=100)
            if each.draft.template == template
        ]
    return found.draft


def lines(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """What the journal has about people."""
    about = tables.journal.c.event.in_(["enrolled", "removed", "approved", "declined"])
    with database.reading() as connection:
        rows = connection.execute(tables.journal.select().where(about).order_by(tables.journal.c.id)).all()
    return [(row.event, row.detail) for row in rows]


# Approving


def test_an_approved_person_gets_a_seat_and_their_tickets_are_new_from_now(database: Database) -> None:
    first, second = write(database, number=1), write(database, number=2)
    assert {ticket(database, each).status for each in (first, second)} == {Status.PENDING}
    assert approve(database) is Outcome.APPROVED
    assert people(database) == [(BEN, True)]
    assert waiting(database) == []
    for number in (first, second):
        assert (ticket(database, number).status, ticket(database, number).pending) == (Status.NEW, "")
        with database.reading() as connection:
            (stored,) = clocks.of_tickets(connection, [number])
        assert (stored.clock.metric, stored.clock.started) == (Metric.FIRST_RESPONSE, LATER)
    about = {"account": "bakery", "address": BEN, "by": "test"}
    assert lines(database) == [("approved", about), ("enrolled", about | {"role": "user"})]


def test_only_the_tickets_of_the_approved_are_moved(database: Database) -> None:
    mine = write(database, number=1)
    other = write(database, "carl@bakery.example", number=2)
    assert approve(database) is Outcome.APPROVED
    assert (ticket(database, mine).status, ticket(database, other).status) == (Status.NEW, Status.PENDING)


def test_the_approved_are_told_of_each_ticket_in_words_that_the_template_knows(database: Database) -> None:
    unit = Unit("credits")
    plans = {
        "basic": Plan("basic", 2, {Metric.FIRST_RESPONSE: (a_row(),)}, quota={"credits": (Limit(5, Period.MONTH),)})
    }
    policy = asking(plans=plans, units={"credits": unit})
    number = write(database, "Ben Baker <ben@bakery.example>", policy=policy)
    approve(database, policy=policy)
    found = draft(database, "approved")
    letter = COMPOSER.compose(found, date=LATER).content.decode()
    assert (found.recipient.address, found.in_reply_to) == (BEN, "<1@bakery.example>")
    assert found.tag == policy.tagger.in_subject(number, policy.holder(BEN), at=LATER)
    assert "Hello Ben Baker" in letter
    assert "Tuesday 10 March 2026, 14:00 (Europe/Ljubljana)" in letter  # four hours from the approval
    assert "4 of 5 left this month (credits)" in letter


def test_many_tickets_are_not_many_letters(database: Database) -> None:
    for number in range(8):
        write(database, number=number)
    approve(database)
    found = states(database, "approved")
    assert (found.count("queued"), found.count("suppressed")) == (POLICY.letters_per_address_hour, 3)


def test_nobody_is_approved_once_the_seats_are_taken(database: Database) -> None:
    number = write(database)
    assert add(database, "carl@bakery.example")
    assert approve(database) is Outcome.OVER_LIMIT
    assert [each.address for each in waiting(database)] == [BEN]
    assert ticket(database, number).status is Status.PENDING
    remove(database, "carl@bakery.example")
    assert approve(database) is Outcome.APPROVED


def test_a_settled_approval_is_gone(database: Database) -> None:
    write(database)
    (found,) = waiting(database)
    assert approve(database) is Outcome.APPROVED
    assert approve(database, found=found) is Outcome.GONE
    with database.writing() as connection:
        assert not membership.decline(connection, POLICY, found, by="test", now=LATER)
    assert states(database, "approved") == ["queued"]


def test_whom_the_file_lists_meanwhile_is_approved_without_another_seat(database: Database) -> None:
    number = write(database)
    listed = asking(an_account(contacts=(Contact("ana@bakery.example"), Contact(BEN))))
    assert approve(database, policy=listed) is Outcome.APPROVED
    assert people(database) == []
    assert ticket(database, number).status is Status.NEW


def test_whom_the_file_suspends_meanwhile_is_not_approved(database: Database) -> None:
    write(database)
    listed = asking(an_account(contacts=(Contact(BEN, suspended=True),)))
    assert approve(database, policy=listed) is Outcome.OVER_LIMIT


def test_whom_another_account_lists_meanwhile_is_gone(database: Database) -> None:
    write(database)
    listed = asking(an_account(), an_account("mill", contacts=(Contact(BEN),)))
    assert approve(database, policy=listed) is Outcome.GONE
    assert approve(database, policy=asking(an_account("mill"))) is Outcome.GONE


def test_the_source_of_an_approved_person_is_their_mail(database: Database) -> None:
    write(database)
    approve(database)
    with database.reading() as connection:
        (row,) = customers.listing(connection, "bakery")
    assert row["spool_id"] is not None


def test_a_ticket_that_an_agent_has_taken_out_of_waiting_is_left_alone(database: Database) -> None:
    number = write(database)
    with database.writing() as connection:
        acts.move(connection, number, POLICY, to=Status.SPAM, by="test", now=MONDAY_TEN)
    assert approve(database) is Outcome.APPROVED
    assert ticket(database, number).status is Status.SPAM
    assert states(database, "approved") == []


# Declining


def test_the_tickets_of_a_declined_person_are_refused_and_one_letter_says_so(database: Database) -> None:
    numbers = [write(database, number=number) for number in range(2)]
    assert decline(database)
    assert [ticket(database, number).status for number in numbers] == [Status.REFUSED] * 2
    assert (people(database), waiting(database)) == ([], [])
    found = draft(database, "declined")
    assert (found.tag, found.in_reply_to) == ("", "<0@bakery.example>")
    assert "did not add" in COMPOSER.compose(found, date=LATER).content.decode()
    assert lines(database) == [("declined", {"account": "bakery", "address": BEN, "by": "test"})]


def test_what_a_declined_ticket_would_have_spent_is_given_back(database: Database) -> None:
    limits = {"credits": (Limit(5, Period.MONTH),)}
    policy = asking(plans={"basic": Plan("basic", 2, quota=limits)}, units={"credits": Unit("credits")})
    write(database, policy=policy)
    ledger = Ledger("bakery", "credits", MONDAY_TEN.date())
    with database.reading() as connection:
        assert sum(quota.spent(connection, [ledger])[ledger].values()) == 1
    decline(database, policy=policy)
    with database.reading() as connection:
        assert quota.spent(connection, [ledger])[ledger] == {}


def test_who_has_waited_in_vain_is_declined(database: Database) -> None:
    number = write(database)
    expires = waiting(database)[0].expires_at
    with database.writing() as connection:
        assert membership.expire_all(connection, POLICY, now=expires - HOUR, limit=10) == 0
        assert membership.expire_all(connection, POLICY, now=expires, limit=10) == 1
        assert membership.expire_all(connection, POLICY, now=expires, limit=10) == 0
    assert ticket(database, number).status is Status.REFUSED
    assert "no answer" in COMPOSER.compose(draft(database, "declined"), date=LATER).content.decode()
    assert lines(database) == [("declined", {"account": "bakery", "address": BEN, "by": "time", "expired": True})]


def test_who_waits_at_an_account_that_is_gone_is_declined_all_the_same(database: Database) -> None:
    number = write(database)
    assert decline(database, policy=asking(an_account("mill")))
    assert ticket(database, number).status is Status.REFUSED


# Adding and removing


def test_a_person_is_added_once(database: Database) -> None:
    assert add(database, BEN)
    assert not add(database, BEN)
    assert not add(database, "Ben+oven@bakery.example")
    assert not add(database, "ana@bakery.example")
    assert people(database) == [(BEN, True)]
    about = {"account": "bakery", "address": BEN, "role": "user", "by": "test"}
    assert lines(database) == [("enrolled", about)]


def test_an_address_at_a_free_mail_domain_may_be_added(database: Database) -> None:
    assert add(database, "ben@gmail.com")


def test_nobody_is_added_without_a_free_seat(database: Database) -> None:
    assert add(database, BEN)
    with pytest.raises(UsageError, match=r"no free seat for carl@bakery.example: 2 of 2 at bakery are taken"):
        add(database, "carl@bakery.example")


def test_an_account_without_limit_takes_everybody(database: Database) -> None:
    policy = asking(an_account(everybody=True), plans={"basic": Plan("basic", None)})
    assert [add(database, f"{name}@bakery.example", policy=policy) for name in "abcde"] == [True] * 5


def test_whoever_is_added_while_they_wait_is_approved_by_it(database: Database) -> None:
    number = write(database)
    assert add(database, BEN, at=LATER)
    assert ticket(database, number).status is Status.NEW
    assert waiting(database) == []
    assert states(database, "approved") == ["queued"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ben", "`ben` is no mail address"),
        ("support@desk.example", "is a mailbox of the desk"),
        ("support+oven@desk.example", "is a mailbox of the desk"),
        ("Maria@desk.example", "one of the desk's own people"),
        ("mia@mill.example", "is listed in accounts.yaml, for mill"),
        ("sam@bakery.example", "is listed in accounts.yaml as suspended: change it there"),
        ("ron@bakery.example", "is listed in accounts.yaml as removed: change it there"),
    ],
)
def test_whom_the_file_decides_about_is_not_added(address: str, why: str, database: Database) -> None:
    listed = (
        Contact("ana@bakery.example"),
        Contact("sam@bakery.example", suspended=True),
        Contact("ron@bakery.example", suspended=True, removed=True),
    )
    policy = asking(an_account(contacts=listed), an_account("mill", contacts=(Contact("mia@mill.example"),)))
    with pytest.raises(UsageError, match=why):
        add(database, address, policy=policy)


def test_a_person_has_a_seat_at_one_account_only(database: Database) -> None:
    policy = asking(an_account(), an_account("mill"))
    assert add(database, BEN, policy=policy)
    with pytest.raises(UsageError, match=r"ben@bakery.example has a seat at bakery: remove it there first"):
        add(database, BEN, policy=policy, account="mill")
    remove(database, BEN, policy=policy)
    assert add(database, BEN, policy=policy, account="mill")


def test_a_removed_person_frees_the_seat_at_once(database: Database) -> None:
    add(database, BEN)
    remove(database, BEN)
    assert people(database) == [(BEN, False)]
    assert add(database, "carl@bakery.example")
    assert [event for event, _ in lines(database)] == ["enrolled", "removed", "enrolled"]


def test_a_seat_stays_empty_for_others_as_long_as_the_desk_says(database: Database) -> None:
    policy = asking(senders=Senders(new_at_known_domain=NewSender.ASK, seat_cooldown=30 * DAY))
    add(database, BEN, policy=policy)
    remove(database, BEN, policy=policy)
    with pytest.raises(UsageError, match="no free seat"):
        add(database, "carl@bakery.example", policy=policy, at=MONDAY_TEN + 29 * DAY)
    assert add(database, BEN, policy=policy, at=LATER)  # who left may come back
    remove(database, BEN, policy=policy, at=LATER)
    assert add(database, "carl@bakery.example", policy=policy, at=LATER + 30 * DAY)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ana@bakery.example", "ana@bakery.example is listed in accounts.yaml: take it out there"),
        ("carl@bakery.example", "carl@bakery.example has no seat at bakery"),
        ("bem@bakery.example", "has no seat at bakery; did you mean `ben@bakery.example`"),
    ],
)
def test_only_whom_the_database_has_is_removed(address: str, why: str, database: Database) -> None:
    add(database, BEN)
    with pytest.raises(UsageError, match=why):
        remove(database, address)


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("ben at bakery", {}, "is no mail address"),
        (BEN, {"name": "Ben\nBaker"}, "a name is one line of at most 200 characters"),
        (BEN, {"name": "B" * 201}, "a name is one line of at most 200 characters"),
        (BEN, {"role": "r" * 65}, "a role is one line of at most 64 characters"),
    ],
)
def test_a_person_is_an_address_with_a_line_or_two(text: str, more: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        membership.somebody(text, **more)


def test_a_name_said_apart_goes_before_the_one_beside_the_address() -> None:
    assert membership.somebody("Ben <ben@bakery.example>") == (Address(BEN, "Ben"), "user")
    assert membership.somebody("Ben <ben@bakery.example>", name="Benjamin", role="administrator") == (
        Address(BEN, "Benjamin"),
        "administrator",
    )


def test_an_account_is_found_by_its_name_or_the_nearest_is_named() -> None:
    assert POLICY.account_named("bakery") is BAKERY
    with pytest.raises(UsageError, match="there is no account `bakry`; did you mean `bakery`"):
        POLICY.account_named("bakry")


def test_who_waits_is_found_by_any_spelling_of_the_address(database: Database) -> None:
    write(database)
    with database.reading() as connection:
        assert membership.waits(connection, POLICY, BAKERY, "Ben+x@Bakery.example").address == BEN
        with pytest.raises(
            UsageError, match=r"nobody waits for approval at bakery as bem@bakery.example; did you mean"
        ):
            membership.waits(connection, POLICY, BAKERY, "bem@bakery.example")


def test_the_journal_of_a_ticket_says_who_let_it_in(database: Database) -> None:
    number = write(database)
    approve(database)
    with database.reading() as connection:
        last = journal.of_ticket(connection, number)[-1]
    assert (last["event"], last["detail"]["by"]) == ("moved", "test")
