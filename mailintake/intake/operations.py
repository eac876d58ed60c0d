"""What an admin may do to mail that waits: one table for the command line and the local socket."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.sla import Metric
from mailintake.domain.ticket import Status
from mailintake.storage import clocks, journal, outbox, spool, tickets

Operation = Callable[[Connection, int, datetime], bool]


def _retry_mail(connection: Connection, number: int, now: datetime) -> bool:
    return spool.retry(connection, number, now=now) and _recorded(connection, "retry", number, now)


def _release_mail(connection: Connection, number: int, now: datetime) -> bool:
    return spool.release(connection, number, now=now) and _recorded(connection, "release", number, now)


def _retry_letter(connection: Connection, number: int, now: datetime) -> bool:
    return outbox.requeue(connection, number, now=now)


def _answered(connection: Connection, number: int, now: datetime) -> bool:
    # For an answer given by another way, such as the telephone.
    if tickets.get(connection, number) is None:
        return False
    clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=now)
    tickets.set_status(connection, number, Status.WAITING)
    journal.record(connection, "answered", at=now, ticket_id=number, detail={"by": "command line"})
    return True


def _recorded(connection: Connection, event: str, number: int, now: datetime) -> bool:
    journal.record(connection, event, at=now, spool_id=number, detail={})
    return True


OPERATIONS: Mapping[str, Operation] = {
    "quarantine-retry": _retry_mail,
    "quarantine-release": _release_mail,
    "outbox-retry": _retry_letter,
    "tickets-answered": _answered,
}
