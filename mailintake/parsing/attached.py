"""The one mail that is attached to another, as programs hand on a mail whole."""

from collections.abc import Callable, Sequence

from mailintake.domain.mail import Attached, Forwarded, ParsedMessage
from mailintake.parsing import forwarded, limits, transfer
from mailintake.parsing.structure import Part


def read(attachments: Sequence[Part], parse: Callable[[bytes], ParsedMessage]) -> ParsedMessage | None:
    """What the attached mail says, as far as its first megabyte; None unless exactly one is attached."""
    mails = [part for part in attachments if part.content_type == "message/rfc822"]
    if len(mails) != 1:
        return None
    content, _ = transfer.decode(mails[0].wire(limits.ATTACHED), mails[0].encoding)
    inner = parse(content)
    return None if "no-headers" in inner.defects else inner


def in_short(inner: ParsedMessage) -> Attached:
    """What is kept of it: neither commands nor authority of its own."""
    return Attached(inner.from_, inner.subject, inner.date, inner.text)


def forward(inner: ParsedMessage, subject: str, text: str) -> Forwarded | None:
    """The header of the attached mail, if the mail of this `subject` and `text` is there only to hand it on."""
    if not (forwarded.is_forward(subject, "") or not text.strip()):
        return None
    return Forwarded(inner.authors[0] if inner.authors else None, inner.subject[:500], inner.date)
