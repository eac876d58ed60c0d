"""A notice becomes a letter for the outbox: with its sender, its thread, and a Message-ID that never changes."""

import hashlib
import hmac
from collections.abc import Mapping

from mailintake.domain.decision import Notice
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address, ParsedMessage
from mailintake.domain.tag import Purpose
from mailintake.intake.policy import Policy
from mailintake.storage.outbox import NewLetter


def letter(
    notice: Notice,
    policy: Policy,
    *,
    event: str,
    mailbox: str,
    ticket_id: int | None = None,
    answers: ParsedMessage | None = None,
    words: Mapping[str, object] | None = None,
) -> NewLetter:
    """The letter for a notice about `event`.

    `answers` is the mail it replies to. The Message-ID is made of the event and the recipient, so the same letter has
    the same one, however often it must be sent (I3). What the notice says to tell `once` is the event itself.
    """
    domain = mailbox.rpartition("@")[2]
    event = notice.once or event
    purpose = Purpose.APPROVAL if notice.asks_owner else Purpose.TICKET
    mark = hmac.new(policy.tagger.key, f"{event}\n{notice.recipient.address}".encode(), hashlib.sha256).hexdigest()[:20]
    draft = Draft(
        template=notice.template,
        language=notice.language,
        sender=Address(mailbox, policy.desk.name),
        recipient=notice.recipient,
        message_id=policy.tagger.message_id(ticket_id, mark, domain, purpose) if ticket_id else f"<{mark}@{domain}>",
        automatic="auto-replied" if answers else "auto-generated",
        context=dict(notice.context) | dict(words or {}),
        tag=policy.tagger.in_subject(ticket_id, purpose) if ticket_id else "",
        reply_to=policy.tagger.reply_address(ticket_id, mailbox, purpose) if ticket_id else None,
        in_reply_to=answers.message_id if answers else None,
        references=_references(answers),
    )
    return NewLetter(draft, event, ticket_id, notice.suppressed, reader=policy.reader(notice.recipient.address))


def _references(answers: ParsedMessage | None) -> tuple[str, ...]:
    # RFC 5322, 3.6.4: theirs, else their In-Reply-To, and then their Message-ID.
    if answers is None:
        return ()
    earlier = answers.references or ((answers.in_reply_to,) if answers.in_reply_to else ())
    return (*earlier, answers.message_id) if answers.message_id else tuple(earlier)
