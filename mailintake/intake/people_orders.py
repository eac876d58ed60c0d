"""What agents order about people: who gets copies, who may open tickets, whose refused mail is taken in."""

from mailintake.domain.command import Choice
from mailintake.domain.customer import Account
from mailintake.domain.mail import Address
from mailintake.errors import UsageError
from mailintake.intake import membership, promotion
from mailintake.intake.order import SO_ALREADY, Done, Order, Refused, Undo
from mailintake.storage import participants
from mailintake.storage.approvals import Approval


def cc(order: Order) -> Done:
    """Let somebody take part in the ticket, or no longer. Raises Refused for the desk's own addresses."""
    given, policy = order.command.given, order.policy
    key = policy.key(given.name)
    if key is None or policy.mailbox(given.name) is not None or policy.agent_of(key) is not None:
        raise Refused("bad-address")
    ticket = order.standing().ticket
    is_added = given.choice is Choice.ADD
    if is_added:
        changed = participants.add(order.connection, ticket.id, key, Address(given.name), by=order.who, now=order.now)
    else:
        changed = participants.remove(order.connection, ticket.id, key, now=order.now)
    if not changed:
        raise Refused(SO_ALREADY)
    order.record("let in" if is_added else "let go", {"address": given.name})
    return Done(given.name, ({"op": "cc", "ticket": ticket.id, "address": given.name, "add": not is_added},))


def contact(order: Order) -> Done:
    """Give or take a seat of the ticket's account, or say the owner's word. Raises UsageError where that cannot be."""
    given, policy, connection = order.command.given, order.policy, order.connection
    account = policy.directory.accounts.get(order.standing().ticket.account)
    if account is None:
        raise Refused("other-account")
    if given.choice in {Choice.APPROVE, Choice.DECLINE}:
        found = _who_waits(order, account)
        if given.choice is Choice.DECLINE:
            membership.decline(connection, policy, found, by=order.who, now=order.now)
        elif (
            membership.approve(connection, policy, found, by=order.who, now=order.now) is membership.Outcome.OVER_LIMIT
        ):
            raise Refused("no-seat")
        return Done(given.name)
    undo: Undo = {"op": "contact", "account": account.key, "address": given.name}
    if given.choice is Choice.ADD:
        person, role = membership.somebody(given.name)
        try:
            is_new = membership.add(connection, policy, account, person, role=role, by=order.who, now=order.now)
        except membership.NoFreeSeat as error:
            raise Refused("no-seat") from error
        if not is_new:
            raise Refused(SO_ALREADY)
        return Done(given.name, (undo | {"add": False},))
    membership.remove(connection, policy, account, given.name, by=order.who, now=order.now)
    return Done(given.name, (undo | {"add": True},))


def _who_waits(order: Order, account: Account) -> Approval:
    try:
        return membership.waits(order.connection, order.policy, account, order.command.given.name)
    except UsageError as error:
        raise Refused("not-now", str(error)) from error


def accept(order: Order) -> Done:
    """Take in a mail that was refused. Raises UsageError where that cannot be."""
    if not order.command.given.numbers:
        raise Refused("no-such-value", "#accept 4711")
    (number,) = order.command.given.numbers
    if not promotion.promote(order.connection, number, order.policy, by=order.who, now=order.now):
        raise Refused("no-such-value", str(number))
    return Done(str(number))
