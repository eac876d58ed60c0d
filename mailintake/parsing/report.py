"""What was understood of a mail, as plain JSON for people and scripts."""

from datetime import datetime

from mailintake.domain.mail import Address, DeliveryReport, Envelope, Forwarded, Invitation, ParsedMessage, Screening
from mailintake.parsing import addresses


def as_json(
    message: ParsedMessage | None, screening: Screening | None, *, file: str, error: str | None = None
) -> dict[str, object]:
    """One mail as a dictionary of strings, numbers, lists and None; `date` and other instants in ISO 8601 UTC.

    `from` is the mail's one author; where that is ambiguous the likeliest sender stands there and `defects` says
    `sender-guessed-from-…`. With neither message nor screening every field is empty and `error` tells why.
    """
    if message is None:
        return {**_EMPTY, "file": file, "error": error}
    sender, source = likely_sender(message)
    defects = [*message.defects, *([f"sender-guessed-from-{source}"] if source else [])]
    return {
        "file": file,
        "message_id": message.message_id,
        "from": _person(sender) if sender else None,
        "reply_to": [_person(address) for address in message.reply_to],
        "to": [_person(address) for address in message.to],
        "cc": [_person(address) for address in message.cc],
        "subject": message.subject,
        "date": _instant(message.date),
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "text": message.text,
        "html": message.html,
        "reply_text": message.reply_text,
        "quoted": message.quoted,
        "signature": message.signature,
        "language": message.language,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "inline": attachment.inline,
                "content_id": attachment.content_id,
                "sha256": attachment.sha256,
            }
            for attachment in message.attachments
        ],
        "kind": str(screening.kind) if screening else None,
        "kind_reason": screening.reason if screening else None,
        "bounce": _bounce(message.report),
        "calendar": _calendar(message.calendar),
        "forwarded": _forwarded(message.forwarded),
        "protection": message.protection,
        "defects": defects,
        "error": error,
    }


_EMPTY: dict[str, object] = {
    "file": "",
    "message_id": None,
    "from": None,
    "reply_to": [],
    "to": [],
    "cc": [],
    "subject": "",
    "date": None,
    "in_reply_to": None,
    "references": [],
    "text": "",
    "html": None,
    "reply_text": "",
    "quoted": "",
    "signature": "",
    "language": None,
    "attachments": [],
    "kind": None,
    "kind_reason": None,
    "bounce": None,
    "calendar": None,
    "forwarded": None,
    "protection": None,
    "defects": [],
    "error": None,
}


def likely_sender(message: ParsedMessage) -> tuple[Address | None, str]:
    """The author, or whom people would take for it; and the field that was taken instead of a clear From ("" for none).

    For display only: authority has `ParsedMessage.from_` alone (SECURITY T03).
    """
    if message.from_ is not None:
        return message.from_, ""
    if message.authors:
        return message.authors[0], "from"
    encoded = addresses.of_encoded_words(message.header("from") or "")
    if encoded is not None:
        return encoded, "encoded-from"
    if message.reply_to:
        return message.reply_to[0], "reply-to"
    for name in ("sender", "return-path"):
        value = (message.header(name) or "").strip()
        mailbox = addresses.strict_mailbox(value)
        if mailbox is not None:
            return Address(mailbox), name
    return None, ""


def envelope_of(message: ParsedMessage) -> Envelope:
    """The envelope that a mail read from a file most likely came in: Return-Path, else the author; To and Cc."""
    value = message.header("return-path")
    if value is not None:
        return_path = value.strip("<> ")
    else:
        sender, _ = likely_sender(message)
        return_path = sender.address if sender else "unknown"
    return Envelope(return_path, tuple(address.address for address in (*message.to, *message.cc)))


def _person(address: Address) -> dict[str, str]:
    return {"address": address.address, "name": address.name}


def _instant(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _bounce(report: DeliveryReport | None) -> dict[str, object] | None:
    if report is None:
        return None
    return {
        "recipient": report.recipient,
        "status": report.status,
        "action": report.action,
        "diagnostic": report.diagnostic,
        "original_message_id": report.original_message_id,
    }


def _calendar(event: Invitation | None) -> dict[str, object] | None:
    if event is None:
        return None
    return {
        "method": event.method,
        "summary": event.summary,
        "start": _instant(event.start),
        "end": _instant(event.end),
        "organiser": event.organiser,
        "attendees": list(event.attendees),
    }


def _forwarded(forwarded: Forwarded | None) -> dict[str, object] | None:
    if forwarded is None:
        return None
    return {
        "from": _person(forwarded.from_) if forwarded.from_ else None,
        "subject": forwarded.subject,
        "date": _instant(forwarded.date),
    }
