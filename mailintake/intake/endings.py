"""What a customer is told as a ticket comes to its end, and what is done when nobody says anything (section 11)."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.config.closing import Rating
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.ticket import Status, Ticket
from mailintake.intake import letters
from mailintake.intake.happenings import happen
from mailintake.intake.policy import Policy
from mailintake.storage import bouncing, outbox, tickets


def tell(
    connection: Connection, ticket: Ticket, status: Status, policy: Policy, *, reason: str = "solved", now: datetime
) -> None:
    """Tell the one who asked that the ticket is solved or closed, with the question for a rating where it belongs."""
    closing = policy.desk.closing
    words: dict[str, object] = {"reason": reason}
    if status is Status.SOLVED:
        asks = closing.rating is not None and closing.rating.ask == "at-solved"
        until = now + closing.reopen_within
        words = {"reopen_until": until.isoformat(), "rating": _scale(closing.rating) if asks else None}
    _queue(connection, ticket, status.value, words, policy, event=f"{status.value} at {now.isoformat()}", now=now)


def move_on(connection: Connection, policy: Policy, *, now: datetime, limit: int) -> int:
    """Remind, and at last close, what waits for its customer; close what was solved long ago. How many there were."""
    due = tickets.moves_due(connection, now=now, limit=limit)
    for ticket in due:
        if ticket.status is Status.SOLVED:
            _close(connection, ticket, policy, now)
        elif ticket.status is Status.HOLD:
            happen(connection, ticket.id, Happening(What.MOVED, now, status=Status.OPEN), policy, now=now,
                   detail={"by": "time"})  # fmt: skip
        elif ticket.status is Status.WAITING:
            _wait_no_longer(connection, ticket, policy, now)
        else:
            tickets.set_next_move(connection, ticket.id, None)
    return len(due)


def _wait_no_longer(connection: Connection, ticket: Ticket, policy: Policy, now: datetime) -> None:
    close = policy.desk.closing.waiting_close
    closes = ticket.status_since + close if close else None
    if closes is not None and now >= closes:
        _close(connection, ticket, policy, now)
        tell(connection, ticket, Status.CLOSED, policy, reason="waiting", now=now)
        return
    words: dict[str, object] = {"awaited": "", "closes": closes.isoformat() if closes else None}
    event = f"waiting since {ticket.status_since.isoformat()}"
    _queue(connection, ticket, "waiting-reminder", words, policy, event=event, now=now)
    tickets.set_next_move(connection, ticket.id, closes)


def _close(connection: Connection, ticket: Ticket, policy: Policy, now: datetime) -> None:
    happening = Happening(What.MOVED, now, status=Status.CLOSED)
    happen(connection, ticket.id, happening, policy, now=now, detail={"by": "time"})


def _queue(
    connection: Connection,
    ticket: Ticket,
    template: str,
    words: dict[str, object],
    policy: Policy,
    *,
    event: str,
    now: datetime,
) -> None:
    account = policy.directory.accounts.get(ticket.account)
    contract = policy.contract_at(account, now)[0] if account else None
    zone = policy.zone_of(account, contract) if account and contract else policy.desk.timezone
    common = {
        "desk": policy.desk.name,
        "ticket": ticket.id,
        "subject": ticket.subject,
        "name": ticket.requester.name,
        "timezone": zone,
    }
    recipient = Address(ticket.requester.address, ticket.requester.name)
    notice = Notice(
        template,
        recipient,
        common | words,
        policy.language_of(account, None),
        suppressed=_not_to(connection, recipient, policy),
    )
    letter = letters.letter(
        notice, policy, event=f"ticket {ticket.id}: {event}", mailbox=ticket.mailbox, ticket_id=ticket.id, now=now
    )
    outbox.add(connection, [letter], now=now)


def _not_to(connection: Connection, recipient: Address, policy: Policy) -> str | None:
    """Why nothing goes to this address by itself, if so."""
    reader = policy.reader(recipient.address)
    returned = bouncing.counts(connection, [reader])[reader]
    return "letters to this address do not arrive" if returned >= policy.desk.senders.bounces else None


def _scale(rating: Rating | None) -> str | None:
    if rating is None:
        return None
    return "+1/-1" if (rating.least, rating.most) == (-1, 1) else f"{rating.least}..{rating.most}"
