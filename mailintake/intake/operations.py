"""What an admin may do to mail and tickets: one table for the command line and the local socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.ticket import Hold, Status
from mailintake.errors import UsageError
from mailintake.intake import acts
from mailintake.intake.policy import Policy
from mailintake.storage import journal, outbox, spool

_BY = "command line"
_TRAITS = ("priority", "category", "topic", "level")


@dataclass(frozen=True, slots=True)
class Order:
    """An operation asked for: on which mail, letter or ticket, and what else was said."""

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
    return acts.split(connection, order.number, policy, messages=messages, by=_BY, now=order.now)


def _forgive(connection: Connection, policy: Policy, order: Order) -> bool:
    return acts.forgive(connection, order.number, policy, by=_BY, now=order.now)


def _renew(connection: Connection, policy: Policy, order: Order) -> bool:
    return acts.renew(connection, order.number, policy, by=_BY, now=order.now)


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
    "outbox-retry": _retry_letter,
    "tickets-answered": _answered,
    "tickets-sort": _sort,
    "tickets-move": _move,
    "tickets-escalate": _escalate,
    "tickets-merge": _merge,
    "tickets-split": _split,
    "tickets-forgive": _forgive,
    "tickets-renew": _renew,
}
