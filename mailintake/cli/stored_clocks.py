"""The clocks of tickets for commands that must not fail because one of them cannot be read."""

from collections.abc import Sequence

from sqlalchemy import Connection

from mailintake.domain.sla import Clock
from mailintake.storage import clocks

UNREADABLE = "its clocks cannot be read: has a time zone vanished?"


def readable(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Clock]]:
    """The clocks of these tickets, in the order in which they were started; without the tickets of which one is broken.

    Broken is a clock in a zone that this machine does not know, or does not know any more.
    """
    by_ticket: dict[int, list[Clock]] = {number: [] for number in numbers}
    try:
        for each in clocks.of_tickets(connection, numbers):
            by_ticket[each.ticket_id].append(each.clock)
    except ValueError:
        alone = ([number] for number in numbers) if len(numbers) > 1 else ()
        return {number: found for each in alone for number, found in readable(connection, each).items()}
    return by_ticket
