"""What a bounce says: RFC 3464 reports first, then the prose of mail servers that never learnt it."""

import re

from mailintake.domain.mail import DeliveryReport
from mailintake.parsing import references, transfer, words
from mailintake.parsing.header_block import HeaderBlock, read_block
from mailintake.parsing.quote_words import phrases
from mailintake.parsing.structure import Part

_REACH = 256 * 1024
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINALS = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_SEVERITY = {"failed": 0, "delayed": 1, "expanded": 3, "relayed": 2, "delivered": 4}
_CODE = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_DIAGNOSTIC = re.compile(r"\b[45][0-9]{2}[ -](?:[45]\.[0-9]{1,3}\.[0-9]{1,3} )?\S")
_RETURNED_ID = re.compile(r"^[> \t]{0,4}message-id:[ \t]{0,4}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "mailsubsystem"})


_SUBJECTS = phrases(
    """
    undeliver | undelivered mail | delivery status notification | delivery failure | delivery failed |
    delivery has failed | delivery notification | delivery report | mail delivery | failure notice | returned mail |
    message undeliverable | non remis | non-delivery | could not send message | warning: could not send |
    warning: message | unzustellbar | nicht zustellbar | zustellung fehlgeschlagen | échec de la remise |
    échec de remise | no se puede entregar | no se pudo entregar | não é possível entregar | falha na entrega |
    impossibile recapitare | mancato recapito | onbestelbaar | niet-bezorgbaar | niedostarczona |
    nie można dostarczyć | nedoručiteln | nedoručiteľn | nepopolno | ni mogoče dostaviti | nije moguće isporučiti |
    nelivrat | imposibil de livrat | kézbesíthetetlen | går inte att leverera | kan ikke leveres |
    ei voi toimittaa | недоставлен | не доставлено | не удается доставить | сообщение не доставлено |
    не вдалося доставити | недоставен | teslim edilemedi | iletilemedi | không gửi được | không thể chuyển |
    tidak terkirim | 无法投递 | 未送达 | 系统退信 | 退信 | 無法傳遞 | 配信不能 | 配信できません | 배달되지 않음 |
    반송
    """
)
_DELAY_WORDS = phrases(
    """
    delay | will be retried | still being retried | not yet been delivered | verzögert | retard | отложена
    """
)


def read(raw: bytes, root: Part) -> DeliveryReport | None:
    """The report of the worst recipient in a multipart/report, or None if there is none."""
    status = next((leaf for leaf in root.leaves() if leaf.content_type in _STATUS_TYPES), None)
    if status is None:
        return None
    blocks = _blocks(_content(raw, status))
    recipients = [block for block in blocks if block.first("action") or block.first("final-recipient")]
    if not recipients:
        return None
    worst = min(recipients, key=lambda block: _SEVERITY.get(_word(block, "action"), 5))
    diagnostic = words.decode_value(worst.first("diagnostic-code"))
    status_code = _CODE.search(words.decode_value(worst.first("status")))
    return DeliveryReport(
        recipient=_typed(worst.first("original-recipient")) or _typed(worst.first("final-recipient")),
        status=status_code[1] if status_code else "",
        action=_word(worst, "action"),
        diagnostic=_after_type(diagnostic)[:2000],
        original_message_id=original_message_id(raw, root),
    )


def original_message_id(raw: bytes, root: Part) -> str | None:
    """The Message-ID of the mail that a report returns, or None."""
    for leaf in root.leaves():
        if leaf.content_type in _ORIGINALS:
            content = _content(raw, leaf)
            found = references.first_id(references.text_of(read_block(content, 0, len(content)).first("message-id")))
            if found:
                return found
    return None


def is_from_a_server(senders: list[str], subject: str, block: HeaderBlock) -> bool:
    """Whether a mail server wrote this mail to say that another was not delivered."""
    if block.first("x-failed-recipients"):
        return True
    locals_ = {sender.partition("@")[0].lower() for sender in senders}
    lowered = subject.strip().lower()
    if locals_ & _DAEMONS:
        return True
    null_path = block.first("return-path") == b"<>"
    return (null_path or "postmaster" in locals_) and lowered.startswith(_SUBJECTS)


def from_prose(text: str, block: HeaderBlock) -> DeliveryReport:
    """What the text of an unstructured bounce tells; ask `is_from_a_server` first."""
    text = text[:_REACH]
    recipient = _ADDRESS.search(words.decode_value(block.first("x-failed-recipients"))) or _ADDRESS.search(text)
    code = _CODE.search(text)
    diagnostic = next((line.strip() for line in text.splitlines() if _DIAGNOSTIC.search(line)), "")
    lowered = (words.decode_value(block.first("subject")) + "\n" + text[:4096]).lower()
    delayed = (code[1].startswith("4") if code else False) or any(word in lowered for word in _DELAY_WORDS)
    returned = _RETURNED_ID.search(text)
    return DeliveryReport(
        recipient=recipient[0] if recipient else "",
        status=code[1] if code else "",
        action="delayed" if delayed else "failed",
        diagnostic=diagnostic[:2000],
        original_message_id=returned[1] if returned else None,
    )


def _content(raw: bytes, part: Part) -> bytes:
    data = part.wire(_REACH)
    return transfer.decode(data, part.encoding)[0]


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
    """`rfc822; user@host` without its type."""
    text = _after_type(words.decode_value(value)).strip("<> ")
    return text[:320]


def _after_type(text: str) -> str:
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and kind.strip().replace("-", "").isalnum() else text.strip()
