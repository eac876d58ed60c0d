"""What agents order by mail, carried out one by one, each with how it could be taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from mailintake.domain import command
from mailintake.domain.agent import Agent
from mailintake.domain.command import Choice, Word
from mailintake.domain.ticket import Hold, Status, Ticket
from mailintake.errors import UsageError
from mailintake.intake import acts, naming, people_orders, silence, telling
from mailintake.intake.happenings import Standing
from mailintake.intake.order import SO_ALREADY, Done, Order, Refused, Undo
from mailintake.intake.undoing import undo
from mailintake.storage import messages, outbox, tickets


def carry_out(order: Order) -> Done:
    """Do it, in the caller's transaction. Raises Refused where it cannot be done."""
    word = order.command.word
    if word in _OF_A_LIVING_TICKET and (status := order.standing().progress.status) in acts.FINAL:
        if word is Word.CLOSE and status is Status.CLOSED:
            raise Refused(SO_ALREADY)
        raise Refused("not-now", order.policy.desk.statuses.get(status, status.value))
    try:
        return ORDERS[word](order)
    except Refused:
        raise
    except UsageError as error:  # for admins, in English
        raise Refused("not-allowed", str(error)) from error


def _take(order: Order) -> Done:
    return _assign_to(order, order.agent.key)


def _assign(order: Order) -> Done:
    name = order.command.given.name
    if team := naming.team_meant(name, order.policy):
        return _assign_to_team(order, team)
    return _assign_to(order, naming.agent_meant(name, order.policy))


def _assign_to_team(order: Order, team: str) -> Done:
    before = order.standing().ticket
    if (before.assignee, before.team) == ("", team):
        raise Refused(SO_ALREADY)
    tickets.assign(order.connection, order.ticket_id, assignee="", team=team)
    order.record("assigned", {"team": team})
    members = order.policy.directory.teams[team].present(order.now, order.policy.desk.timezone)
    _tell_of_assignment(order, telling.others(members, order.agent.key), whom=team)
    return Done(team, (_assignment(before),))


def _assign_to(order: Order, key: str) -> Done:
    before = order.standing()
    agent = order.policy.directory.agents[key]
    if before.ticket.assignee == key:
        raise Refused(SO_ALREADY)
    undo = [_assignment(before.ticket)]
    tickets.assign(order.connection, order.ticket_id, assignee=key)
    order.record("assigned", {"assignee": key})
    if before.progress.status is Status.NEW:  # somebody is at it (DOMAIN section 11)
        acts.move(order.connection, order.ticket_id, order.policy, to=Status.OPEN, by=order.who, now=order.now)
        undo.append(_status(before))
    if key != order.agent.key:
        _tell_of_assignment(order, [agent], whom=key)
    return Done(agent.name or key, tuple(undo))


def _tell_of_assignment(order: Order, agents: Sequence[Agent], *, whom: str) -> None:
    """Those who have the ticket now read what it is about."""
    after = order.standing()
    words = {
        "text": messages.last_words(order.connection, order.ticket_id),
        "attachments": [],
        "author": str(after.ticket.requester),
        "by": order.agent.name or order.agent.key,
    }
    event = f"mail {order.by}: assigned to {whom}, ticket {order.ticket_id}"[:96]
    new = telling.to_desk(
        "assigned", after.ticket, after.progress, agents, words, order.policy, event=event, now=order.now
    )
    outbox.add(order.connection, new, now=order.now)


def _sort(trait: str) -> Callable[[Order], Done]:
    def sort(order: Order) -> Done:
        before = order.standing()
        said = naming.word_meant(trait, order.command.given.name, order.policy)
        acts.sort(order.connection, order.ticket_id, order.policy, said={trait: said}, by=order.who, now=order.now)
        after = order.standing()
        if after.progress.traits == before.progress.traits:
            raise Refused(SO_ALREADY)
        return Done(said, (_traits(before, after),))

    return sort


def _level(order: Order) -> Done:
    before, given = order.standing(), order.command.given
    to = "" if given.choice is Choice.UP else naming.word_meant("level", given.name, order.policy)
    if to and to == before.progress.traits.level:
        raise Refused(SO_ALREADY)
    acts.escalate(order.connection, order.ticket_id, order.policy, to=to, by=order.who, now=order.now)
    after = order.standing()
    level = after.progress.traits.level
    undo = (_traits(before, after),) if level != before.progress.traits.level else ()
    return Done(order.policy.label_of(level) or level, undo)


def _status_word(order: Order) -> Done:
    found = naming.status_meant(order.command.given.name, order.policy)
    if found not in acts.MOVES:
        raise Refused("not-allowed")
    return _move(found)(order)


def _move(to: Status, *, only_from: frozenset[Status] | None = None) -> Callable[[Order], Done]:
    def move(order: Order) -> Done:
        before = order.standing()
        if only_from is not None and before.progress.status not in only_from:
            raise Refused("not-now")
        acts.move(order.connection, order.ticket_id, order.policy, to=to, by=order.who, now=order.now)
        after = order.standing().progress.status
        if after is before.progress.status:
            raise Refused(SO_ALREADY)
        final = after in acts.FINAL
        return Done(order.policy.desk.statuses.get(after, after.value), () if final else (_status(before),))

    return move


def _hold(order: Order) -> Done:
    before, given = order.standing(), order.command.given
    until = None
    if given.until is not None:
        until = command.resolve(given.until, order.now, order.policy.zone_for(order.agent))
        if until is None:
            raise Refused("past")
    hold = Hold.INTERNAL if given.choice is Choice.INTERNAL else Hold.EXTERNAL
    acts.move(order.connection, order.ticket_id, order.policy, to=Status.HOLD, hold=hold, by=order.who, now=order.now)
    tickets.set_next_move(order.connection, order.ticket_id, until)
    return Done("", (_status(before),))


def _merge(order: Order) -> Done:
    (into,) = order.command.given.numbers
    target = tickets.get(order.connection, into)
    if target is None:
        raise Refused("no-such-ticket", str(into))
    if target.account != order.standing().ticket.account:
        raise Refused("other-account", str(into))
    acts.merge(order.connection, order.ticket_id, order.policy, into=into, by=order.who, now=order.now)
    return Done(str(into))


def _split(order: Order) -> Done:
    """Messages count without the mail that orders; without numbers the last one is meant."""
    there = [each for each in messages.of_ticket(order.connection, order.ticket_id) if each["spool_id"] != order.by]
    numbers = order.command.given.numbers or (len(there),)
    if len(there) < 2 or max(numbers) > len(there):
        raise Refused("no-such-value", f"1-{len(there)}")
    if len(numbers) == len(there):
        raise Refused("not-allowed", f"1-{len(there)}")
    wanted = [there[number - 1]["id"] for number in numbers]
    new = acts.split(order.connection, order.ticket_id, order.policy, messages=wanted, by=order.who, now=order.now)
    return Done(str(new))


def _waive(order: Order) -> Done:
    ticket = order.standing().ticket
    if not acts.waive(order.connection, ticket.id, by=order.who, now=order.now):
        raise Refused(SO_ALREADY)
    return Done("", ({"op": "charge", "ticket": ticket.id},))


def _ack(order: Order) -> Done:
    if not silence.silence(order.connection, order.standing(), order.policy, by=order.who, now=order.now):
        raise Refused(SO_ALREADY)
    return Done()


def _nothing(order: Order) -> Done:
    """The receipt shows it: clocks, the new ticket, or all that can be ordered."""
    order.standing()
    return Done()


def _assignment(ticket: Ticket) -> Undo:
    return {"op": "assign", "ticket": ticket.id, "assignee": ticket.assignee, "team": ticket.team}


def _traits(before: Standing, after: Standing) -> Undo:
    was, now = asdict(before.progress.traits), asdict(after.progress.traits)
    changed = {trait: word for trait, word in was.items() if now[trait] != word}
    return {"op": "sort", "ticket": before.ticket.id, **changed}


def _status(before: Standing) -> Undo:
    # nothing is new again once somebody has been at it
    status = Status.OPEN if before.progress.status is Status.NEW else before.progress.status
    return {"op": "move", "ticket": before.ticket.id, "status": status.value, "hold": before.progress.hold.value}


_OF_A_LIVING_TICKET = frozenset(Word) - {
    Word.NOTE,
    Word.CONTACT,
    Word.ACCEPT,
    Word.WAIVE,
    Word.ACK,
    Word.DUE,
    Word.NEW,
    Word.UNDO,
    Word.HELP,
    Word.TICKET,
}
"""Commands that are about a ticket which is not closed or merged."""

ORDERS: Mapping[Word, Callable[[Order], Done]] = {
    Word.TAKE: _take,
    Word.ASSIGN: _assign,
    Word.PRIORITY: _sort("priority"),
    Word.CATEGORY: _sort("category"),
    Word.TOPIC: _sort("topic"),
    Word.LEVEL: _level,
    Word.STATUS: _status_word,
    Word.HOLD: _hold,
    Word.SOLVED: _move(Status.SOLVED),
    Word.CLOSE: _move(Status.CLOSED),
    Word.REOPEN: _move(Status.OPEN, only_from=frozenset({Status.SOLVED, Status.WAITING, Status.HOLD})),
    Word.MERGE: _merge,
    Word.SPLIT: _split,
    Word.SPAM: _move(Status.SPAM),
    Word.CC: people_orders.cc,
    Word.CONTACT: people_orders.contact,
    Word.ACCEPT: people_orders.accept,
    Word.WAIVE: _waive,
    Word.ACK: _ack,
    Word.DUE: _nothing,
    Word.NEW: _nothing,
    Word.HELP: _nothing,
    Word.UNDO: undo,
}
