"""Agents take back what they have ordered, within a day."""

import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta

from mailintake.domain.mail import Address
from mailintake.domain.ticket import Hold, Status
from mailintake.intake import acts, membership
from mailintake.intake.order import Done, Order, Refused, Undo
from mailintake.intake.policy import Policy
from mailintake.storage import journal, participants, quota, tickets

UNDO_FOR = timedelta(days=1)
CODE_LENGTH = 8
WORKED = "worked"
UNDONE = "undone"
TRAITS = frozenset({"priority", "category", "topic", "level"})


def code_for(mail: int, policy: Policy) -> str:
    """What takes back all that a mail has done."""
    return f"{mail}-{policy.tagger.mark(f'undo {mail}')[:CODE_LENGTH]}"


def undo(order: Order) -> Done:
    """Take back what the mail of a code has done, the last first. Raises UsageError for a code that is none, or old."""
    number, _, _ = order.command.given.name.partition("-")
    mail = int(number) if number.isdecimal() and len(number) < 10 else 0
    if not hmac.compare_digest(code_for(mail, order.policy), order.command.given.name.lower()):
        raise Refused("no-undo")
    lines = journal.of_mail(order.connection, mail)
    worked = next((line for line in lines if line["event"] == WORKED), None)
    if worked is None or any(line["event"] == UNDONE for line in lines):
        raise Refused("no-undo")
    if order.now - worked["at"] > UNDO_FOR:
        raise Refused("undo-expired")
    for step in reversed(worked["detail"].get("undo", [])):
        UNDOES[str(step["op"])](order, step)
    journal.record(
        order.connection, UNDONE, at=order.now, spool_id=mail, ticket_id=worked["ticket_id"], detail={"by": order.who}
    )
    return Done()


def _reassign(order: Order, step: Undo) -> None:
    tickets.assign(order.connection, _ticket_of(step), assignee=str(step["assignee"]), team=str(step["team"]))


def _resort(order: Order, step: Undo) -> None:
    was: dict[str, str] = {trait: str(word) for trait, word in step.items() if trait in TRAITS}
    acts.restore(order.connection, _ticket_of(step), order.policy, was=was, by=order.who, now=order.now)


def _move_back(order: Order, step: Undo) -> None:
    acts.move(
        order.connection,
        _ticket_of(step),
        order.policy,
        to=Status(str(step["status"])),
        hold=Hold(str(step["hold"])),
        by=order.who,
        now=order.now,
    )


def _cc_back(order: Order, step: Undo) -> None:
    address = str(step["address"])
    key = order.policy.key(address) or ""
    if step["add"]:
        participants.add(order.connection, _ticket_of(step), key, Address(address), by=order.who, now=order.now)
    else:
        participants.remove(order.connection, _ticket_of(step), key, now=order.now)


def _contact_back(order: Order, step: Undo) -> None:
    account, address = order.policy.account_named(str(step["account"])), str(step["address"])
    if step["add"]:
        person, role = membership.somebody(address)
        membership.add(order.connection, order.policy, account, person, role=role, by=order.who, now=order.now)
    else:
        membership.remove(order.connection, order.policy, account, address, by=order.who, now=order.now)


def _charge_again(order: Order, step: Undo) -> None:
    quota.take_again(order.connection, _ticket_of(step))


def _ticket_of(step: Undo) -> int:
    number = step["ticket"]
    assert isinstance(number, int), "written by ourselves"
    return number


UNDOES: Mapping[str, Callable[[Order, Undo], None]] = {
    "assign": _reassign,
    "sort": _resort,
    "move": _move_back,
    "cc": _cc_back,
    "contact": _contact_back,
    "charge": _charge_again,
}
