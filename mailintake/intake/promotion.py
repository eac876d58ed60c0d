"""An agent takes in a mail that was refused: it is judged again, and no refusal counts (DOMAIN E1, PC4)."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.errors import UsageError
from mailintake.intake.policy import Policy
from mailintake.storage import journal, members, refused


def promote(connection: Connection, number: int, policy: Policy, *, by: str, now: datetime) -> bool:
    """Take the mail in; its ticket is opened when it is its turn. False if no mail of this number was refused.

    UsageError where the sender is nobody's customer, for a ticket is always some customer's.
    """
    if not refused.take_in(connection, number, now=now):
        return False
    sender = _sender(connection, number)
    key = policy.key(sender) if sender else None
    if key is None or not (policy.account_of(key) or members.homes(connection, [key])[key]):
        raise UsageError(f"{sender or 'the sender'} is nobody's customer: add them with `mailintake accounts` first")
    journal.record(connection, "promoted", at=now, spool_id=number, detail={"by": by})
    return True


def _sender(connection: Connection, number: int) -> str | None:
    """The author as it was found when the mail was judged last."""
    traces = [line["detail"].get("trace", ()) for line in journal.of_mail(connection, number)]
    return next((finding for trace in reversed(traces) for check, finding, _ in trace if check == "sender"), None)
