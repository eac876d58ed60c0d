"""Letters by which a customer and the people at the desk talk with each other."""

from collections.abc import Mapping

from mailintake.domain.mail import Address
from mailintake.notices.samples.sample import AGENT, CUSTOMER, SUBJECT, Sample, answer

CLOCKS: list[dict[str, object]] = [
    {"metric": "first_response", "due": "2026-03-09T08:30:00+00:00", "paused": False, "overdue_minutes": 0},
    {"metric": "resolution", "due": "2026-03-13T16:00:00+00:00", "paused": False, "overdue_minutes": 0},
]
_LATE: list[dict[str, object]] = [
    {"metric": "next_response", "due": "2026-03-06T16:00:00+00:00", "paused": False, "overdue_minutes": 125},
    {"metric": "resolution", "due": None, "paused": True, "overdue_minutes": 0},
]
_SOFT: list[dict[str, object]] = [{"metric": "next_response", "due": None, "paused": False, "overdue_minutes": 0}]

ABOUT: Mapping[str, object] = {
    "answer_line": "--- Write your answer above this line ---",
    "desk": "Desk Support",
    "timezone": "Europe/Ljubljana",
    "ticket": 102,
    "subject": SUBJECT,
    "requester": "Ana Novak <ana.novak@customer.example>",
    "account": "Customer Ltd",
    "plan": "basic",
    "priority": "P2",
    "status": "open",
    "hold": "",
    "assignee": "Maria Horvat",
    "team": "First line",
    "clocks": CLOCKS,
}
_SAID = "Hello,\n\nsince this morning the list of orders is empty.\n#close is what the button says.\n\nAna"
_NEW: Mapping[str, object] = {
    **ABOUT,
    "status": "new",
    "assignee": "",
    "priority_meaning": "Works, but only in part",
    "claimed_priority": "P1",
    "category": "Malfunction",
    "topic": "Orders",
    "level": "First line",
    "language": "sl",
    "trust": "DMARC, mx.desk.example",
    "seats_used": 1,
    "seats": 2,
    "quota_unit": "credits",
    "quota_used": 2,
    "quota_limit": 5,
    "quota_period": "month",
    "follows": None,
    "twin": None,
    "text": _SAID,
    "attachments": ["empty-list.png", "browser.log"],
}
_WROTE: Mapping[str, object] = {
    **ABOUT,
    "clocks": _LATE,
    "author": "Ana Novak <ana.novak@customer.example>",
    "was_status": "solved",
    "trust": "DMARC, mx.desk.example",
    "text": "It is empty again.",
    "attachments": [],
}
_ANSWER: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "text": (
        "Hello Ana,\n\nplease try this and tell us what you see:\n\n    orders:  refresh --all\n\n"
        "- if it works, all is well\n- if not, https://desk.example/logs shows how to send a log\n\n"
        "> the list of orders is empty\n\nThat line is far longer than what fits between the edges of a letter, and it"
        " stays as one line, because it was written so."
    ),
    "agent": "Maria Horvat",
    "desk": "Desk Support",
    "signature": "",
    "requester": "",
    "left_out": [],
}
_NOTE: Mapping[str, object] = {
    **ABOUT,
    "author": "Maria Horvat",
    "text": "They still run the old version.\n\nPlease look at the database.",
    "attachments": [],
}


def _answer(situation: str, context: Mapping[str, object], recipient: Address = CUSTOMER) -> Sample:
    return Sample(situation, "answer", context, recipient, answers=True, agent="Maria Horvat")


SAMPLES = (
    Sample("new_ticket", "new-ticket", _NEW, AGENT),
    Sample(
        "new_ticket_of_which_little_is_known",
        "new-ticket",
        {
            **_NEW,
            "subject": "",
            "account": "",
            "plan": "",
            "team": "",
            "priority_meaning": "",
            "claimed_priority": "",
            "category": "",
            "topic": "",
            "level": "",
            "language": "",
            "trust": "",
            "seats_used": None,
            "seats": None,
            "quota_limit": None,
            "clocks": _SOFT,
            "text": "",
            "attachments": [],
        },
        AGENT,
    ),
    Sample(
        "new_ticket_with_a_long_text",
        "new-ticket",
        {**_NEW, "seats": None, "follows": 87, "twin": 101, "text": "The list of orders is empty. " * 1_000},
        AGENT,
    ),
    Sample("customer_wrote", "customer-wrote", {**_WROTE, "was_status": "", "clocks": CLOCKS}, AGENT),
    Sample("customer_wrote_and_it_is_open_again", "customer-wrote", _WROTE, AGENT),
    Sample(
        "customer_wrote_while_it_was_on_hold",
        "customer-wrote",
        {**_WROTE, "was_status": "hold", "hold": "external", "trust": "", "attachments": ["log.txt"]},
        AGENT,
    ),
    _answer("answer", _ANSWER),
    _answer(
        "answer_to_a_participant",
        {**_ANSWER, "subject": "", "text": "It works again.", "requester": "Ana Novak"},
        Address("ben@customer.example", "Ben"),
    ),
    _answer(
        "answer_with_a_signature_and_files_left_out",
        {
            **_ANSWER,
            "text": "Here they are.",
            "signature": "Maria Horvat\nDesk Support\nhttps://desk.example",
            "left_out": ["recording.mp4"],
        },
    ),
    Sample("note", "note", _NOTE, AGENT),
    Sample("note_on_hold", "note", {**_NOTE, "status": "hold", "hold": "internal", "attachments": ["dump.txt"]}, AGENT),
    Sample(
        "answered",
        "answered",
        {
            **_NOTE,
            "status": "waiting",
            "text": "Please try again.",
            "sent_to": ["ana.novak@customer.example", "ben@customer.example"],
        },
        AGENT,
    ),
    Sample(
        "assigned",
        "assigned",
        {**ABOUT, "by": "Jan Kranjc", "author": "Ana Novak", "text": _SAID, "attachments": ["empty-list.png"]},
        AGENT,
    ),
    Sample(
        "assigned_by_a_rule",
        "assigned",
        {**ABOUT, "clocks": [], "by": "", "author": "", "text": "", "attachments": []},
        AGENT,
    ),
    answer(
        "please_unencrypted",
        "please-unencrypted",
        {"ticket": 102, "subject": "", "name": "", "desk": "Desk Support", "protection": "pgp-encrypted"},
    ),
)
