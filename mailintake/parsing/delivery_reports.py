"""What a bounce says: the report of RFC 3464 and RFC 6533 first, then the prose around it."""

import re

from mailintake.domain.mail import DeliveryReport
from mailintake.parsing import bounce_prose, references, transfer, words
from mailintake.parsing.bounce_words import DAEMONS, ROLES, SENTENCES, SUBJECTS
from mailintake.parsing.header_block import HeaderBlock, read_block
from mailintake.parsing.structure import Part

_REACH = 256 * 1024
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINALS = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_SEVERITY = {"failed": 0, "delayed": 1, "expanded": 3, "relayed": 2, "delivered": 4}
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_IN_TEXT = re.compile(r"^(?:final|original)-recipient:", re.IGNORECASE | re.MULTILINE)


def read(root: Part, text: str, block: HeaderBlock, senders: list[str]) -> DeliveryReport | None:
    """The report in a mail, by its delivery-status part or by its prose; None for a mail that is no bounce.

    `text` is the mail's text, `block` its header, `senders` are the addresses in From.
    """
    subject = words.decode_value(block.first("subject"))
    is_report = root.content_type == "multipart/report" and _report_type(root) in ("delivery-status", "")
    by_server = is_from_a_server(senders, subject, text, block)
    if not is_report and not by_server:
        return None
    others = {*senders, *(address for name in ("to", "reply-to") for address in _addresses(block.first(name)))}
    status = next((_content(leaf) for leaf in root.leaves() if leaf.content_type in _STATUS_TYPES), None)
    report = _from_status(status) if status else None
    if report is None and _IN_TEXT.search(text):
        report = _from_status(text.encode("utf-8", "replace"))
    if report is None and is_report and not by_server and not text.strip():
        return None
    returned = original_message_id(root)
    if report is not None and report.action in ("delivered", "relayed", "expanded"):
        return _with_id(report, returned)
    told = bounce_prose.read(text, block, not_these=others)
    if report is None:
        return _with_id(told, returned)
    return DeliveryReport(
        recipient=report.recipient or told.recipient,
        status=_status(report, told.status),
        action=report.action or told.action,
        diagnostic=report.diagnostic or told.diagnostic,
        original_message_id=returned or told.original_message_id,
    )


def _report_type(root: Part) -> str:
    return root.parameters.get("report-type", "").lower()


def _with_id(report: DeliveryReport, returned: str | None) -> DeliveryReport:
    known = returned or report.original_message_id
    return DeliveryReport(report.recipient, report.status, report.action, report.diagnostic, known)


def _status(report: DeliveryReport, told: str) -> str:
    """The report's own code; a diagnostic's beats a general one, and prose helps where the report says nothing."""
    own = report.status
    if own and not own.endswith(".0.0"):
        return own
    better = bounce_prose.enhanced(report.diagnostic)
    if better and (not own or not better.endswith(".0.0")):
        return better
    if own:
        return own
    said = bounce_prose.reason(report.diagnostic, delayed=report.action == "delayed") or told
    # the prose's class gives way to the report's own word; what expired may have failed with a 4
    if said and report.action == "delayed":
        return f"4{said[1:]}"
    return "5.0.0" if report.action == "failed" and said == "4.0.0" else said


def _from_status(content: bytes) -> DeliveryReport | None:
    """The worst recipient of a delivery-status; None without recipients."""
    recipients = [
        block
        for block in _blocks(content)
        if block.first("action") or block.first("final-recipient") or block.first("original-recipient")
    ]
    if not recipients:
        return None
    worst = min(recipients, key=lambda block: _SEVERITY.get(_word(block, "action"), 5))
    status = bounce_prose.ENHANCED.search(words.decode_value(worst.first("status")))
    return DeliveryReport(
        recipient=_recipient(worst),
        status=status[0] if status else "",
        action=_word(worst, "action"),
        diagnostic=_after_type(words.decode_value(worst.first("diagnostic-code")))[:2000],
        original_message_id=None,
    )


def _recipient(block: HeaderBlock) -> str:
    """Whom the sender wrote to, if that is an address; else whom the last server tried."""
    named = [_typed(block.first(f"{name}-recipient")) for name in ("original", "final", "x-actual")]
    return next((address for address in named if "@" in address), next((name for name in named if name), ""))


def original_message_id(root: Part) -> str | None:
    """The Message-ID of the mail that a report returns, or None."""
    for leaf in root.leaves():
        if leaf.content_type in _ORIGINALS:
            content = _content(leaf)
            found = references.first_id(references.text_of(read_block(content, 0, len(content)).first("message-id")))
            if found:
                return found
    return None


def is_from_a_server(senders: list[str], subject: str, text: str, block: HeaderBlock) -> bool:
    """Whether a mail server wrote this mail to say that another was not delivered."""
    if block.first("x-failed-recipients"):
        return True
    locals_ = {sender.partition("@")[0].lower() for sender in senders}
    author = block.first("from").lower()
    lowered = subject.strip().lower()
    is_about_mail = lowered.startswith(SUBJECTS)
    if locals_ & DAEMONS or b"mailer-daemon" in author:
        # a daemon also writes answers of absent people, and reports of what went well
        return is_about_mail or not lowered or _speaks_as_server(text) or not text.strip()
    if block.first("return-path") == b"<>" or "postmaster" in locals_ or b"postmaster" in author:
        return is_about_mail or (_speaks_as_server(text) and bounce_prose.has_answer(text[:4096]))
    is_role = bool(locals_ & ROLES) or not senders or b"mail delivery" in author or b"mail system" in author
    return is_about_mail and is_role and _speaks_as_server(text)


def _speaks_as_server(text: str) -> bool:
    lowered = text[:4096].lower()
    return any(sentence in lowered for sentence in SENTENCES)


def _addresses(value: bytes) -> list[str]:
    return re.findall(r"[^\s<>\",;:()]{1,64}@[^\s<>\",;:()]{1,254}", words.decode_value(value[:4096]))


def _content(part: Part) -> bytes:
    return transfer.decode(part.wire(_REACH), part.encoding)[0]


def _blocks(content: bytes) -> list[HeaderBlock]:
    content = content.replace(b"\r\n", b"\n").lstrip(b"\n")
    blocks: list[HeaderBlock] = []
    for piece in content.split(b"\n\n")[:200]:
        if piece.strip():
            piece = piece.lstrip(b"\n")  # noqa: PLW2901
            blocks.append(read_block(piece, 0, len(piece)))
    return blocks


def _word(block: HeaderBlock, name: str) -> str:
    return words.decode_value(block.first(name)).partition("(")[0].strip().lower()


def _typed(value: bytes) -> str:
    """`rfc822; user@host` without its type, and with the letters that RFC 6533 escapes."""
    kind, _, _ = words.decode_value(value).partition(";")
    text = _after_type(words.decode_value(value)).strip("<> ")
    if kind.strip().lower() == "utf-8":
        text = _HEX.sub(_letter, text)
    return text[:320]


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _after_type(text: str) -> str:
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and kind.strip().replace("-", "").isalnum() else text.strip()
