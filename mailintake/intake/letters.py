"""A notice becomes a letter for the outbox: with its sender, its thread, and a Message-ID that never changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

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
    now: datetime,
    ticket_id: int | None = None,
    answers: ParsedMessage | None = None,
    words: Mapping[str, object] | None = None,
) -> NewLetter:
    """The letter for a notice about `event`.

    `answers` is the mail it replies to. The Message-ID is made of the event and the recipient, so the same letter has
    the same one, however often it must be sent (I3). What the notice says to tell `once` is the event itself. Tokens
    are made for the recipient, at `now`.
    """
    domain = mailbox.rpartition("@")[2]
    event = notice.once or event
    purpose = Purpose.APPROVAL if notice.asks_owner else Purpose.TICKET
    to, tagger = notice.recipient.address, policy.tagger
    mark, holder = tagger.mark(f"{event}\n{to}"), policy.holder(to)
    earlier = _references(answers) or notice.thread
    draft = Draft(
        template=notice.template,
        language=notice.language,
        sender=Address(mailbox, notice.written_by or policy.desk.name),
        recipient=notice.recipient,
        message_id=f"<{mark}@{domain}>",
        automatic=None if notice.written_by else "auto-replied" if answers else "auto-generated",
        context=dict(notice.context) | dict(words or {}),
        in_reply_to=answers.message_id if answers else earlier[-1] if earlier else None,
        references=earlier,
        attachments=notice.enclosures,
    )
    if ticket_id is None:
        return NewLetter(draft, event, None, notice.suppressed, reader=policy.reader(to))
    return_path = ""
    reply_to: str | None = None
    own = policy.mailboxes.get(mailbox.lower())
    if own is None or own.plus_addressing:
        reply_to = tagger.reply_address(ticket_id, holder, mailbox, at=now, purpose=purpose)
        if notice.written_by:
            return_path = tagger.reply_address(ticket_id, holder, mailbox, at=now, purpose=Purpose.BOUNCE)
    elif notice.written_by:
        return_path = mailbox
    about = replace(
        draft,
        message_id=tagger.message_id(ticket_id, holder, mark, domain, at=now, purpose=purpose),
        tag=tagger.in_subject(ticket_id, holder, at=now, purpose=purpose),
        reply_to=reply_to,
        return_path=return_path,
        # one thread in every reader's program, whatever mail each letter answers
        references=(f"<{ticket_id}.{tagger.mark(f'thread {ticket_id}')}@{domain}>", *earlier),
    )
    return NewLetter(about, event, ticket_id, notice.suppressed, reader=policy.reader(to))


def _references(answers: ParsedMessage | None) -> tuple[str, ...]:
    # RFC 5322, 3.6.4: theirs, else their In-Reply-To, and then their Message-ID.
    if answers is None:
        return ()
    earlier = answers.references or ((answers.in_reply_to,) if answers.in_reply_to else ())
    return (*earlier, answers.message_id) if answers.message_id else tuple(earlier)
