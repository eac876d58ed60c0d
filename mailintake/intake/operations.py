"""What an admin may do to mail and tickets: one table for the command line and the local socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.ticket import Hold, Status
from mailintake.errors import UsageError
from mailintake.intake import acts, membership, promotion, reporting
from mailintake.intake.policy import Policy
from mailintake.intake.reporting import Due
from mailintake.storage import journal, outbox, spool

_BY = "command line"
_TRAITS = ("priority", "category", "topic", "level")


@dataclass(frozen=True, slots=True)
class Order:
    """An operation asked for: on which mail, letter or ticket, 0 for none of these, and what else was said."""

    number: int
    words: Mapping[str, str]
    now: datetime


Operation = Callable[[Connection, Policy, Order], bool]


def operate(connection: Connection, policy: Policy, name: str, order: Order) -> bool:
    """Carry out an operation; False if there is nothing of this number. UsageError for words that cannot be."""
    return OPERATIONS[name](connection, policy, order)


def _retry_mail(connection: Connection, _: Policy, order: Order) -> bool:
    return spool.retry(connection, order.number, now=order.now) and _recorded(connection, "retry", order)


def _release_mail(connection: Connection, _: Policy, order: Order) -> bool:
    return spool.release(connection, order.number, now=order.now) and _recorded(connection, "release", order)


def _promote_mail(connection: Connection, policy: Policy, order: Order) -> bool:
    return promotion.promote(connection, order.number, policy, by=_BY, now=order.now)


def _retry_letter(connection: Connection, _: Policy, order: Order) -> bool:
    return outbox.requeue(connection, order.number, now=order.now)


def _answered(connection: Connection, policy: Policy, order: Order) -> bool:
    # For an answer given by another way, such as the telephone.
    return acts.answer(connection, order.number, policy, by=_BY, now=order.now)


def _sort(connection: Connection, policy: Policy, order: Order) -> bool:
    said = {trait: order.words[trait] for trait in _TRAITS if order.words.get(trait)}
    return acts.sort(connection, order.number, policy, said=said, by=_BY, now=order.now)


def _move(connection: Connection, policy: Policy, order: Order) -> bool:
    try:
        to, hold = Status(order.words.get("to", "")), Hold(order.words.get("hold", ""))
    except ValueError as error:
        raise UsageError(str(error)) from None
    return acts.move(connection, order.number, policy, to=to, hold=hold, by=_BY, now=order.now)


def _escalate(connection: Connection, policy: Policy, order: Order) -> bool:
    return acts.escalate(connection, order.number, policy, to=order.words.get("to", ""), by=_BY, now=order.now)


def _merge(connection: Connection, policy: Policy, order: Order) -> bool:
    (into,) = _numbers(order.words.get("into", ""), least=1)[:1]
    return acts.merge(connection, order.number, policy, into=into, by=_BY, now=order.now)


def _split(connection: Connection, policy: Policy, order: Order) -> bool:
    messages = _numbers(order.words.get("messages", ""), least=1)
    return acts.split(connection, order.number, policy, messages=messages, by=_BY, now=order.now) > 0


def _forgive(connection: Connection, policy: Policy, order: Order) -> bool:
    return acts.forgive(connection, order.number, policy, by=_BY, now=order.now)


def _waive(connection: Connection, _: Policy, order: Order) -> bool:
    return acts.waive(connection, order.number, by=_BY, now=order.now)


def _renew(connection: Connection, policy: Policy, order: Order) -> bool:
    return acts.renew(connection, order.number, policy, by=_BY, now=order.now)


def _send_report(connection: Connection, policy: Policy, order: Order) -> bool:
    account = policy.account_named(order.words.get("account", ""))
    quarter = reporting.quarter_named(order.words.get("quarter", ""), account, policy, now=order.now)
    return reporting.send(connection, Due(account.key, quarter), policy, now=order.now)


def _add_contact(connection: Connection, policy: Policy, order: Order) -> bool:
    account, said = policy.account_named(order.words.get("account", "")), order.words
    person, role = membership.somebody(said.get("address", ""), name=said.get("name", ""), role=said.get("role", ""))
    return membership.add(connection, policy, account, person, role=role, by=_BY, now=order.now)


def _remove_contact(connection: Connection, policy: Policy, order: Order) -> bool:
    account = policy.account_named(order.words.get("account", ""))
    membership.remove(connection, policy, account, order.words.get("address", ""), by=_BY, now=order.now)
    return True


def _approve(connection: Connection, policy: Policy, order: Order) -> bool:
    account, address = policy.account_named(order.words.get("account", "")), order.words.get("address", "")
    found = membership.waits(connection, policy, account, address)
    outcome = membership.approve(connection, policy, found, by=_BY, now=order.now)
    if outcome is membership.Outcome.OVER_LIMIT:
        raise UsageError(f"no free seat at {account.key}: {address} goes on waiting")
    return outcome is membership.Outcome.APPROVED


def _decline(connection: Connection, policy: Policy, order: Order) -> bool:
    account = policy.account_named(order.words.get("account", ""))
    found = membership.waits(connection, policy, account, order.words.get("address", ""))
    return membership.decline(connection, policy, found, by=_BY, now=order.now)


def _numbers(text: str, *, least: int) -> list[int]:
    numbers = [int(each) for each in text.split(",") if each.isdecimal() and len(each) < 10]
    if len(numbers) < least or len(numbers) != len(text.split(",")):
        raise UsageError(f"`{text}` is no list of numbers")
    return numbers


def _recorded(connection: Connection, event: str, order: Order) -> bool:
    journal.record(connection, event, at=order.now, spool_id=order.number, detail={})
    return True


OPERATIONS: Mapping[str, Operation] = {
    "quarantine-retry": _retry_mail,
    "quarantine-release": _release_mail,
    "mail-promote": _promote_mail,
    "outbox-retry": _retry_letter,
    "tickets-answered": _answered,
    "tickets-sort": _sort,
    "tickets-move": _move,
    "tickets-escalate": _escalate,
    "tickets-merge": _merge,
    "tickets-split": _split,
    "tickets-forgive": _forgive,
    "tickets-renew": _renew,
    "tickets-waive": _waive,
    "report-send": _send_report,
    "accounts-add-contact": _add_contact,
    "accounts-remove-contact": _remove_contact,
    "accounts-approve": _approve,
    "accounts-decline": _decline,
}
