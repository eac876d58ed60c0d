"""What agents order by mail, carried out one by one, each with how it could be taken back."""

from collections.abc import Callable, Mapping

from mailintake.config.shapes import nearest
from mailintake.domain import command
from mailintake.domain.agent import Agent
from mailintake.domain.command import Choice, Word
from mailintake.domain.mail import Address
from mailintake.domain.ticket import Hold, Status, Ticket
from mailintake.intake import acts, membership, promotion, silence, telling
from mailintake.intake.happenings import Standing
from mailintake.intake.order import SO_ALREADY, Done, Order, Refused, Undo
from mailintake.intake.policy import Policy
from mailintake.intake.undoing import undo
from mailintake.storage import journal, messages, outbox, participants, tickets


def carry_out(order: Order) -> Done:
    """Do it, in the caller's transaction. Raises UsageError where it cannot be done."""
    return ORDERS[order.command.word](order)


def _take(order: Order) -> Done:
    return _assign_to(order, order.agent.key)


def _assign(order: Order) -> Done:
    name = order.command.given.name
    teams = order.policy.directory.teams
    if team := _named(name, {key: key for key in teams}):
        before = order.standing().ticket
        tickets.assign(order.connection, order.ticket_id, assignee="", team=team)
        _record(order, "assigned", {"team": team})
        return Done(team, (_assignment(before),))
    agents = order.policy.directory.agents
    known = {key: key for key in agents} | {each.name: each.key for each in agents.values() if each.name}
    known |= {each.name.split()[0]: each.key for each in agents.values() if _is_only(each, agents)}
    key = _named(name, known) or getattr(order.policy.agent_at(name), "key", "")
    if not key:
        raise Refused("no-such-agent", nearest(name, known).removeprefix("; "))
    return _assign_to(order, key)


def _is_only(agent: Agent, agents: Mapping[str, Agent]) -> bool:
    """Whether the first name is nobody else's."""
    first = [
        each for each in agents.values() if each.name and agent.name and each.name.split()[0] == agent.name.split()[0]
    ]
    return len(first) == 1


def _assign_to(order: Order, key: str) -> Done:
    before = order.standing()
    agent = order.policy.directory.agents[key]
    if before.ticket.assignee == key:
        raise Refused(SO_ALREADY)
    undo = [_assignment(before.ticket)]
    tickets.assign(order.connection, order.ticket_id, assignee=key)
    _record(order, "assigned", {"assignee": key})
    if before.progress.status is Status.NEW:  # somebody is at it (DOMAIN section 11)
        acts.move(order.connection, order.ticket_id, order.policy, to=Status.OPEN, by=order.who, now=order.now)
        undo.append(_status(before))
    if key != order.agent.key:
        after = order.standing()
        author = before.ticket.requester
        words = {
            "text": messages.last_words(order.connection, order.ticket_id),
            "attachments": [],
            "author": str(author),
            "by": order.agent.name or order.agent.key,
        }
        event = f"mail {order.by}: assigned to {key}, ticket {order.ticket_id}"[:96]
        new = telling.to_desk(
            "assigned", after.ticket, after.progress, [agent], words, order.policy, event=event, now=order.now
        )
        outbox.add(order.connection, new, now=order.now)
    return Done(agent.name or key, tuple(undo))


def _sort(trait: str) -> Callable[[Order], Done]:
    def sort(order: Order) -> Done:
        before = order.standing()
        said = _known_word(order.policy, trait, order.command.given.name)
        acts.sort(order.connection, order.ticket_id, order.policy, said={trait: said}, by=order.who, now=order.now)
        after = order.standing()
        if after.progress.traits == before.progress.traits:
            raise Refused(SO_ALREADY)
        return Done(said, (_traits(before),))

    return sort


def _level(order: Order) -> Done:
    before, given = order.standing(), order.command.given
    to = "" if given.choice is Choice.UP else _known_word(order.policy, "level", given.name)
    acts.escalate(order.connection, order.ticket_id, order.policy, to=to, by=order.who, now=order.now)
    after = order.standing()
    level = after.progress.traits.level
    return Done(order.policy.label_of(level) or level, (_traits(before),))


def _status_word(order: Order) -> Done:
    words = {status.value: status for status in Status}
    words |= {word: status for status, word in order.policy.desk.statuses.items()}
    found = {word.casefold(): status for word, status in words.items()}.get(order.command.given.name.casefold())
    if found is None:
        raise Refused("no-such-value", nearest(order.command.given.name, words).removeprefix("; "))
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
    acts.merge(order.connection, order.ticket_id, order.policy, into=into, by=order.who, now=order.now)
    return Done()


def _split(order: Order) -> Done:
    numbers = order.command.given.numbers
    mine = messages.ids(order.connection, order.ticket_id)
    wanted = [mine[each - 1] for each in numbers if each <= len(mine)] or mine[-2:-1]
    if len(wanted) < len(numbers):
        raise Refused("no-such-value", f"1-{len(mine)}")
    acts.split(order.connection, order.ticket_id, order.policy, messages=wanted, by=order.who, now=order.now)
    return Done()


def _cc(order: Order) -> Done:
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
    _record(order, "let in" if is_added else "let go", {"address": given.name})
    return Done(given.name, ({"op": "cc", "ticket": ticket.id, "address": given.name, "add": not is_added},))


def _contact(order: Order) -> Done:
    given, policy, connection = order.command.given, order.policy, order.connection
    account = policy.directory.accounts.get(order.standing().ticket.account)
    if account is None:
        raise Refused("other-account")
    if given.choice in {Choice.APPROVE, Choice.DECLINE}:
        found = membership.waits(connection, policy, account, given.name)
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
        if not membership.add(connection, policy, account, person, role=role, by=order.who, now=order.now):
            raise Refused(SO_ALREADY)
        return Done(given.name, (undo | {"add": False},))
    membership.remove(connection, policy, account, given.name, by=order.who, now=order.now)
    return Done(given.name, (undo | {"add": True},))


def _accept(order: Order) -> Done:
    if not order.command.given.numbers:
        raise Refused("no-such-value", "#accept 4711")
    (number,) = order.command.given.numbers
    if not promotion.promote(order.connection, number, order.policy, by=order.who, now=order.now):
        raise Refused("no-such-value", str(number))
    return Done(str(number))


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
    """The receipt shows it: clocks, or all that can be ordered."""
    order.standing()
    return Done()


def _assignment(ticket: Ticket) -> Undo:
    return {"op": "assign", "ticket": ticket.id, "assignee": ticket.assignee, "team": ticket.team}


def _traits(before: Standing) -> Undo:
    traits = before.progress.traits
    return {
        "op": "sort",
        "ticket": before.ticket.id,
        "priority": traits.priority,
        "category": traits.category,
        "topic": traits.topic,
        "level": traits.level,
    }


def _status(before: Standing) -> Undo:
    # nothing is new again once somebody has been at it
    status = Status.OPEN if before.progress.status is Status.NEW else before.progress.status
    return {"op": "move", "ticket": before.ticket.id, "status": status.value, "hold": before.progress.hold.value}


def _record(order: Order, event: str, detail: Undo) -> None:
    journal.record(order.connection, event, at=order.now, ticket_id=order.ticket_id, detail={"by": order.who, **detail})


def _known_word(policy: Policy, trait: str, written: str) -> str:
    desk = policy.desk
    known: dict[str, dict[str, str]] = {
        "priority": {each.key: each.key for each in desk.priorities},
        "category": {each.key: each.key for each in desk.categories},
        "topic": {key: key for key in desk.topics},
        "level": {each.key: each.key for each in desk.levels} | {each.label: each.key for each in desk.levels},
    }
    if found := _named(written, known[trait]):
        return found
    raise Refused("no-such-value", nearest(written, known[trait]).removeprefix("; ") or ", ".join(known[trait]))


def _named(written: str, known: Mapping[str, str]) -> str:
    """What is meant by a word, whatever its case; "" for nothing known."""
    return {word.casefold(): key for word, key in known.items()}.get(written.casefold(), "")


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
    Word.CC: _cc,
    Word.CONTACT: _contact,
    Word.ACCEPT: _accept,
    Word.WAIVE: _waive,
    Word.ACK: _ack,
    Word.DUE: _nothing,
    Word.HELP: _nothing,
    Word.UNDO: undo,
}
