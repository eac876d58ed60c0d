"""Mails, customers and desks for tests, each with one line to say what is special about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk, Mailbox, Senders
from mailintake.domain.agent import Agent, Team
from mailintake.domain.customer import Account, Contact, Contract, NewSender, Plan
from mailintake.domain.decision import NewTicket
from mailintake.domain.hours import Holidays, Hours, Week, Window
from mailintake.domain.mail import Address, Envelope, ParsedMessage, Reception
from mailintake.domain.progress import Happening, What
from mailintake.domain.reminder import Step, StepKind
from mailintake.domain.sorting import Priority
from mailintake.domain.tag import Tagger
from mailintake.domain.target import EVERY_TICKET, Metric, Target, TargetRow, Traits, resolved
from mailintake.domain.terms import ClockRules, Terms
from mailintake.domain.ticket import Status
from mailintake.intake.policy import Policy
from mailintake.storage.spool import Delivery, Entry

DESK = "support@desk.example"
MONDAY_TEN = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)  # 10:00 in Ljubljana

_OFFICE: Week = tuple((Window(9 * 60, 18 * 60),) if day < 5 else () for day in range(7))  # type: ignore[assignment]
OFFICE = Hours("Mon-Fri 09:00-18:00", _OFFICE)


def a_mail(sender: str = "ana@bakery.example", *, subject: str = "The oven is cold", text: str = "It shows E4.",
           message_id: str = "<1@bakery.example>", **fields: str) -> bytes:  # fmt: skip
    """A mail in bytes; further header fields by keyword, underscores for dashes."""
    head = {"From": sender, "To": DESK, "Subject": subject, "Message-ID": message_id}
    head |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [*(f"{name}: {value}" for name, value in head.items() if value), "", text, ""]
    return "\r\n".join(lines).encode()


def a_message(sender: str | None = "ana@bakery.example", **fields: Any) -> ParsedMessage:
    """A mail as it was read."""
    author = Address(sender) if sender else None
    plain: dict[str, Any] = {
        "message_id": "<1@bakery.example>",
        "from_": author,
        "authors": (author,) if author else (),
        "reply_to": (),
        "to": (Address(DESK),),
        "cc": (),
        "subject": "The oven is cold",
        "date": None,
        "in_reply_to": None,
        "references": (),
        "text": "It shows E4.",
        "html": None,
        "reply_text": "It shows E4.",
        "quoted": "",
        "signature": "",
        "language": None,
        "attachments": (),
        "headers": (),
        "content_key": "c" * 64,
    }
    return ParsedMessage(**plain | fields)


def an_account(key: str = "bakery", **fields: Any) -> Account:
    """A customer with two seats of which Ana has one."""
    plain: dict[str, Any] = {
        "name": "The Bakery",
        "domains": (f"{key}.example",),
        "contracts": (Contract("basic", begins=date(2026, 1, 1)),),
        "contacts": (Contact(f"ana@{key}.example", "Ana"),),
        "owner": f"owner@{key}.example",
    }
    return Account(key, **plain | fields)


def a_directory(*accounts: Account) -> Directory:
    """Customers, and one agent in one team."""
    maria = Agent("maria", "maria@desk.example", "Maria")
    found = accounts or (an_account(),)
    people = {}
    for account in found:
        for contact in account.contacts:
            for address in (contact.address, *contact.also):
                people[address] = (account, contact)
    return Directory(
        accounts={account.key: account for account in found},
        agents={"maria": maria},
        teams={"support": Team("support", (maria,), lead=maria)},
        by_key=people,
        by_domain={domain: account for account in found for domain in account.domains},
    )


def a_desk(**fields: Any) -> Desk:
    """A desk in Ljubljana, open on weekdays from nine to six; four hours to answer."""
    plain: dict[str, Any] = {
        "name": "Example Desk",
        "mailboxes": (Mailbox(DESK),),
        "timezone": "Europe/Ljubljana",
        "priorities": (Priority("high", "Nothing works"), Priority("normal", "Something does not work")),
        "default_priority": "normal",
        "plans": {"basic": Plan("basic", 2, {Metric.FIRST_RESPONSE: (a_row(),)})},
        "senders": Senders(new_at_known_domain=NewSender.SEAT),
        "reminders": (
            Step("75%", StepKind.PERCENT, 75, ("assignee",)),
            Step("breach", StepKind.BREACH, 0, ("assignee", "lead")),
        ),
    }
    return Desk(**plain | fields)


def a_policy(*accounts: Account, **fields: Any) -> Policy:
    """A desk with its customers; fields of the desk by keyword."""
    desk = a_desk(**fields)
    return Policy(
        desk=desk,
        directory=a_directory(*accounts),
        tagger=Tagger((b"k" * 32,)),
        mailboxes={mailbox.address: mailbox for mailbox in desk.mailboxes},
        letters_per_address_hour=5,
        digest="d" * 64,
    )


def a_reception(at: datetime = MONDAY_TEN, **fields: Any) -> Reception:
    """A mail that came through a transport of ours."""
    return replace(Reception("smtp", at, trusted=True), **fields)


def an_envelope(sender: str = "ana@bakery.example", *recipients: str) -> Envelope:
    """What the transport said."""
    return Envelope(sender, recipients or (DESK,))


def a_delivery(raw: bytes, *, sender: str = "ana@bakery.example", recipients: Sequence[str] = (DESK,),
               at: datetime = MONDAY_TEN) -> Delivery:  # fmt: skip
    """A mail at the door."""
    digest = hashlib.sha256(raw).hexdigest()
    return Delivery(digest, len(raw), an_envelope(sender, *recipients), a_reception(at))


def an_entry(number: int = 1, **fields: Any) -> Entry:
    """A mail in the spool, claimed for the first time."""
    plain: dict[str, Any] = {
        "digest": "a" * 64,
        "size": 100,
        "envelope": an_envelope(),
        "reception": a_reception(),
        "state": "waiting",
        "attempts": 1,
        "headers_only": False,
        "released": False,
        "outcome": None,
        "reason": None,
        "ticket_id": None,
    }
    return Entry(number, **plain | fields)


def a_row(minutes: int | None = 240, **fields: Any) -> TargetRow:
    """A row of a plan for every ticket, in office hours."""
    plain: dict[str, Any] = {"text": "else: 4h", "selector": EVERY_TICKET, "hours": OFFICE}
    return TargetRow(minutes=minutes, **plain | fields)


def a_target(minutes: int | None = 240, **fields: Any) -> Target:
    """The same on the clock of Ljubljana."""
    return resolved(a_row(minutes, **fields), timezone="Europe/Ljubljana", holidays=Holidays())


def some_terms(rules: ClockRules | None = None, **minutes: int) -> Terms:
    """What a contract promises, by metric in minutes; four hours to the first response if nothing is said."""
    named = minutes or {"first_response": 240}
    return Terms(
        "basic", {Metric(metric): (a_target(amount),) for metric, amount in named.items()}, rules or ClockRules()
    )


def a_new_ticket(*, at: datetime = MONDAY_TEN, **fields: Any) -> NewTicket:
    """A ticket to be opened for Ana; four hours to answer."""
    plain: dict[str, Any] = {
        "subject": "The oven is cold",
        "requester": Address("ana@bakery.example", "Ana"),
        "account": "bakery",
        "mailbox": DESK,
        "received_at": at,
        "terms": some_terms(),
        "opening": Happening(What.OPENED, at, traits=Traits("normal"), status=Status.NEW),
    }
    return NewTicket(**plain | fields)
