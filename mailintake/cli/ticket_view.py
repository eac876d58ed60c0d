"""A ticket as the command line shows it, in a row or at full length."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailintake.cli import clock_view
from mailintake.cli.common import print_table, shown
from mailintake.cli.stored_clocks import UNREADABLE
from mailintake.domain.sla import Clock
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Hold, Status, Ticket

_COLUMNS = {
    "id": "id",
    "status": "status",
    "priority": "priority",
    "account": "account",
    "requester": "requester",
    "subject": "subject",
    "due": "answer due",
    "first_response": "answer",
}
_DETAILS = (
    *("plan", "mailbox", "received_at", "status_since", "category", "topic", "level", "assignee", "team", "queue"),
    *("tags", "follows", "parent", "twin"),
)


def row(ticket: Ticket, clocks: Sequence[Clock] | None) -> dict[str, object]:
    """A ticket in a list. `due` is the nearest of its running clocks', `first_response` how its first answer stands.

    `clocks` is None where they cannot be read.
    """
    first = next((clock for clock in clocks or () if clock.metric is Metric.FIRST_RESPONSE), None)
    return {
        "id": ticket.id,
        "status": ticket.status.value,
        "priority": ticket.traits.priority,
        "account": ticket.account,
        "plan": ticket.plan,
        "requester": ticket.requester.address,
        "subject": ticket.subject,
        "mailbox": ticket.mailbox,
        "received_at": ticket.received_at,
        "due": min((clock.due for clock in clocks or () if clock.is_running and clock.due), default=None),
        "first_response": clock_view.standing(first) if first else "no promise" if clocks is not None else "unreadable",
    }


def full(ticket: Ticket, clocks: Sequence[Clock] | None) -> dict[str, object]:
    """The same with all else there is to know of the ticket itself."""
    return row(ticket, clocks) | {
        "category": ticket.traits.category or None,
        "topic": ticket.traits.topic or None,
        "level": ticket.traits.level or None,
        "hold": ticket.hold.value or None,
        "opened_at": ticket.opened_at,
        "status_since": ticket.status_since,
        "follows": ticket.follows,
        "parent": ticket.parent,
        "twin": ticket.twin,
        "assignee": ticket.assignee or None,
        "team": ticket.team or None,
        "queue": ticket.queue or None,
        "tags": list(ticket.tags) or None,
        "clocks": None if clocks is None else [clock_view.as_json(clock) for clock in clocks],
    }


def status_words(ticket: Ticket, words: Mapping[Status, str]) -> str:
    """The ticket's status in the words of the desk, and for whom it is on hold."""
    said = words.get(ticket.status, ticket.status.value)
    on_hold = ticket.status is Status.HOLD and ticket.hold is not Hold.NONE
    return f"{said} ({ticket.hold.value})" if on_hold else said


def show_list(found: Sequence[tuple[Ticket, Sequence[Clock] | None]], words: Mapping[Status, str]) -> None:
    """Print a table of tickets."""
    rows = (row(ticket, clocks) | {"status": status_words(ticket, words)} for ticket, clocks in found)
    print_table(tuple(_COLUMNS.values()), ([each[name] for name in _COLUMNS] for each in rows), empty="No tickets.")


def show(ticket: Ticket, clocks: Sequence[Clock] | None, words: Mapping[Status, str]) -> None:
    """Print a ticket and its clocks."""
    said = full(ticket, clocks) | {"status": status_words(ticket, words)}
    names = [*(name for name in _COLUMNS if name not in {"due", "first_response"}), *_DETAILS]
    print_table(("", ""), ((name.replace("_", " "), said[name]) for name in names if said[name] is not None), empty="")
    print()
    columns = ("clock", "row", "started", "due", "standing", "stopped")
    empty = "Nothing is promised." if clocks is not None else f"Of this ticket: {UNREADABLE}"
    print_table(columns, map(_clock_cells, clocks or ()), empty=empty)


def show_messages(messages: Sequence[Mapping[str, Any]]) -> None:
    """Print what was said, each message under its number."""
    for message in messages:
        author, at = shown(message["author_address"]), shown(message["received_at"])
        print(f"\n── message {message['id']}: {author}, {at} ({_part(message)})")
        print(*(shown(line) for line in message["reply_text"].splitlines()), sep="\n")
        for file in message["attachments"]:
            print(f"   {shown(file['filename'])}  {file['content_type']}, {file['size']} bytes")


def _part(message: Mapping[str, Any]) -> str:
    """What a message is on its ticket, whether its sender is known, and what hides it."""
    said = [message["part_played"] or message["kind"]]
    if message["kind"] not in {"message", *said}:
        said.append(message["kind"])
    if message["verdict"]:
        said.append({"pass": "sender verified", "fail": "sender forged"}.get(message["verdict"], "sender unverified"))
    return ", ".join([*said, *([message["protection"]] if message["protection"] else [])])


def show_journal(lines: Sequence[Mapping[str, Any]], letters: Sequence[Mapping[str, Any]]) -> None:
    """Print what happened to a ticket, and the letters about it."""
    print()
    rows = ((line["at"], line["event"], _told(line["detail"])) for line in lines)
    print_table(("at", "event", "detail"), rows, empty="")
    print()
    columns = ("id", "state", "template", "recipient", "settled_at", "last_error")
    print_table(columns, ([letter[name] for name in columns] for letter in letters), empty="No letters.")


def _clock_cells(clock: Clock) -> tuple[object, ...]:
    number = f" {clock.round}" if clock.round > 1 else ""
    name = f"{clock.metric.value.replace('_', ' ')}{number}"
    row_text = clock.target.text if clock.target else "no promise"
    return name, row_text, clock.started, clock.due, clock_view.standing(clock), clock.stopped_at


def _told(detail: Mapping[str, Any]) -> list[str]:
    trace = detail.get("trace")
    if trace is not None:
        return [f"{check}: {finding}" + (f" ({why})" if why else "") for check, finding, why in trace]
    if "done" in detail:
        return _worked(detail)
    told = {**_flat(detail.get("history", {})), **{key: value for key, value in detail.items() if key != "history"}}
    return [", ".join(f"{key} {value}" for key, value in told.items())]


def _worked(detail: Mapping[str, Any]) -> list[str]:
    """What an agent's mail came to."""
    lines = [f"by {detail['by']}", *(f"{each['line']}: {each['now'] or 'done'}" for each in detail["done"])]
    lines += [f"{each['line']}: refused, {each['why']}" for each in detail.get("refused", ())]
    if detail.get("sent_to"):
        lines.append(f"answered {', '.join(detail['sent_to'])}")
    return [*lines, f"withheld: {detail['withheld']}"] if detail.get("withheld") else lines


def _flat(history: Mapping[str, Any]) -> dict[str, object]:
    """What happened, without what stands in the line beside it or is of no use to people."""
    plain = {key: value for key, value in history.items() if key not in {"what", "at", "traits", "terms"}}
    return plain | dict(history.get("traits", {}))
