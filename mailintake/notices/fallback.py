"""The few words that leave when a template is broken: in the reader's language, with nothing promised.

No word of the mail stands in them, nor any that a template would have to explain: the ticket's number is all. Only an
answer keeps its author's words, for they are the letter.
"""

from collections.abc import Mapping
from enum import StrEnum

from mailintake.domain.letter import Draft
from mailintake.notices import plain
from mailintake.notices.wording import in_reply


class Matter(StrEnum):
    """What a reader must know at least."""

    RECEIVED = "received"  # the mail arrived
    REFUSED = "refused"  # it arrived and opened no ticket
    NEWS = "news"  # something has happened to the ticket
    CONTRACT = "contract"  # something has happened about the contract: for its owner
    WORK = "work"  # somebody at the desk is wanted
    ADMIN = "admin"  # the one who runs the desk's mail is wanted
    TAKEN = "taken"  # an agent's mail to the desk was read


_RECEIVED = (
    *("acknowledged", "need-more-info", "pending", "approved", "follows", "quota-used-up", "day-full"),
    "please-unencrypted",
)
_REFUSED = ("unknown-sender", "redirect", "not-authorised", "over-limit", "declined", "contract-expired", "not-started")
_NEWS = ("priority-changed", "waiting-reminder", "solved", "closed", "answer")
_WORK = (
    *("reminder", "breach", "digest", "escalated", "new-ticket", "customer-wrote", "note", "answered"),
    *("assigned", "bounced", "unverified-agent", "stranger-wrote", "encrypted"),
)
_MATTER: Mapping[str, Matter] = {
    **dict.fromkeys(_RECEIVED, Matter.RECEIVED),
    **dict.fromkeys((*_REFUSED, "not-covered"), Matter.REFUSED),
    **dict.fromkeys(_NEWS, Matter.NEWS),
    **dict.fromkeys(_WORK, Matter.WORK),
    "quarterly-report": Matter.CONTRACT,
    "admin-notice": Matter.ADMIN,
    **dict.fromkeys(("receipt", "help"), Matter.TAKEN),
}
_REFUSED_WITHOUT_A_TICKET = frozenset({"quota-used-up", "day-full"})

_TICKET = {
    "en": "Ticket: {}",
    "ru": "Заявка: {}",
    "uk": "Заявка: {}",
    "vi": "Yêu cầu số: {}",
    "sl": "Zahtevek: {}",
}
_AUTOMATIC = {
    "en": "This message was sent automatically, in fewer words than usual.",
    "ru": "Это письмо отправлено автоматически и короче обычного.",
    "uk": "Цей лист надіслано автоматично, він коротший, ніж зазвичай.",
    "vi": "Thư này được gửi tự động và ngắn hơn thường lệ.",
    "sl": "To sporočilo je bilo poslano samodejno in je krajše kot običajno.",
}
_SENTENCES = {
    "en": {
        Matter.RECEIVED: ("Your mail", "We have received your mail."),
        Matter.REFUSED: ("Your mail", "We have received your mail, but have not opened a ticket."),
        Matter.NEWS: ("Your ticket", "There is news about your ticket. If you have a question, reply to this mail."),
        Matter.CONTRACT: ("Your support", "There is news about your support contract. Reply to this mail to ask us."),
        Matter.WORK: ("Please look", "A ticket needs you. Please look at it."),
        Matter.ADMIN: ("Please look", "The desk's mail needs you. Please look at the log."),
        Matter.TAKEN: ("Your mail", "The desk has read your mail, but cannot tell you here what came of it."),
    },
    "ru": {
        Matter.RECEIVED: ("Ваше письмо", "Мы получили ваше письмо."),
        Matter.REFUSED: ("Ваше письмо", "Мы получили ваше письмо, но не завели заявку."),
        Matter.NEWS: ("Ваша заявка", "По вашей заявке есть новости. Если есть вопрос, ответьте на это письмо."),
        Matter.CONTRACT: ("Ваша поддержка", "О вашем договоре есть новости. Если есть вопрос, ответьте на это письмо."),
        Matter.WORK: ("Нужно ваше внимание", "Заявка требует вашего внимания."),
        Matter.ADMIN: ("Нужно ваше внимание", "Почта поддержки требует вашего внимания. Посмотрите журнал."),
        Matter.TAKEN: ("Ваше письмо", "Ваше письмо прочитано, но сообщить здесь, что сделано, не удалось."),
    },
    "uk": {
        Matter.RECEIVED: ("Ваш лист", "Ми отримали ваш лист."),
        Matter.REFUSED: ("Ваш лист", "Ми отримали ваш лист, але не створили заявки."),
        Matter.NEWS: ("Ваша заявка", "Щодо вашої заявки є новини. Якщо маєте запитання, дайте відповідь на цей лист."),
        Matter.CONTRACT: (
            "Ваша підтримка",
            "Щодо вашого договору є новини. Якщо маєте запитання, дайте відповідь на цей лист.",
        ),
        Matter.WORK: ("Потрібна ваша увага", "Заявка потребує вашої уваги."),
        Matter.ADMIN: ("Потрібна ваша увага", "Пошта підтримки потребує вашої уваги. Перегляньте журнал."),
        Matter.TAKEN: ("Ваш лист", "Ваш лист прочитано, але повідомити тут, що зроблено, не вдалося."),
    },
    "vi": {
        Matter.RECEIVED: ("Thư của quý khách", "Chúng tôi đã nhận được thư của quý khách."),
        Matter.REFUSED: ("Thư của quý khách", "Chúng tôi đã nhận được thư của quý khách, nhưng chưa mở yêu cầu."),
        Matter.NEWS: (
            "Yêu cầu của quý khách",
            "Yêu cầu của quý khách có thông tin mới. Nếu có câu hỏi, quý khách vui lòng trả lời thư này.",
        ),
        Matter.CONTRACT: (
            "Hợp đồng hỗ trợ",
            "Hợp đồng hỗ trợ có thông tin mới. Nếu có câu hỏi, quý khách vui lòng trả lời thư này.",
        ),
        Matter.WORK: ("Cần bạn xem", "Một yêu cầu cần bạn xử lý."),
        Matter.ADMIN: ("Cần bạn xem", "Hệ thống thư hỗ trợ cần bạn kiểm tra. Vui lòng xem nhật ký."),
        Matter.TAKEN: ("Thư của bạn", "Thư của bạn đã được đọc, nhưng không thể báo kết quả ở đây."),
    },
    "sl": {
        Matter.RECEIVED: ("Vaše sporočilo", "Prejeli smo vaše sporočilo."),
        Matter.REFUSED: ("Vaše sporočilo", "Prejeli smo vaše sporočilo, vendar zahtevka nismo odprli."),
        Matter.NEWS: (
            "Vaš zahtevek",
            "O vašem zahtevku je nekaj novega. Če imate vprašanje, odgovorite na to sporočilo.",
        ),
        Matter.CONTRACT: (
            "Vaša podpora",
            "O vaši pogodbi je nekaj novega. Če imate vprašanje, odgovorite na to sporočilo.",
        ),
        Matter.WORK: ("Prosimo, poglejte", "Zahtevek potrebuje vašo pozornost."),
        Matter.ADMIN: ("Prosimo, poglejte", "Pošta podpore potrebuje vašo pozornost. Poglejte v dnevnik."),
        Matter.TAKEN: ("Vaše sporočilo", "Vaše sporočilo je prebrano, izida pa tu ni mogoče povedati."),
    },
}


def words(draft: Draft) -> tuple[str, str, str]:
    """Subject, plain text and language of the letter that leaves instead; in English for a language we do not speak."""
    language = draft.language.replace("_", "-").lower().partition("-")[0]
    language = language if language in _SENTENCES else "en"
    number = draft.context.get("ticket")
    subject, sentence = _SENTENCES[language][_matter(draft, has_ticket=number is not None)]
    if said := _said(draft):
        theirs = str(draft.context.get("subject") or "")
        return in_reply(theirs) if theirs else subject, said, language
    lines = [sentence, ""]
    if number is not None:
        lines += [_TICKET[language].format(plain.one_line(str(number))), ""]
    lines += [plain.one_line(draft.sender.name or draft.sender.address), "", _AUTOMATIC[language]]
    return subject, "\n".join(lines), language


def _said(draft: Draft) -> str:
    """What a person has written to the customer, and who."""
    if draft.template != "answer":
        return ""
    text = plain.lines(str(draft.context.get("text") or "")).rstrip()
    return f"{text}\n\n{plain.one_line(draft.sender.name or draft.sender.address)}" if text else ""


def _matter(draft: Draft, *, has_ticket: bool) -> Matter:
    """What the letter was about; of one of the admin's own templates, all that can be told is whether it answers."""
    if draft.template in _REFUSED_WITHOUT_A_TICKET and not has_ticket:
        return Matter.REFUSED
    if draft.template.startswith("owner-"):
        return Matter.CONTRACT
    other = Matter.RECEIVED if draft.automatic == "auto-replied" else Matter.NEWS
    return _MATTER.get(draft.template, other)
