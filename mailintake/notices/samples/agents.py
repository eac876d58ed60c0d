"""Letters to the people at the desk about their own mails, and about mails they had better see."""

from collections.abc import Mapping

from mailintake.notices.samples.conversation import ABOUT, CLOCKS
from mailintake.notices.samples.sample import AGENT, SUBJECT, Sample

_STATE: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "status": "waiting",
    "hold": "",
    "assignee": "Maria Horvat",
    "priority": "P1",
    "clocks": CLOCKS,
}
_RECEIPT: Mapping[str, object] = {
    "answer_line": ABOUT["answer_line"],
    "desk": "Desk Support",
    "timezone": "Europe/Ljubljana",
    "ticket": 102,
    "subject": SUBJECT,
    "sent_to": ["ana.novak@customer.example"],
    "noted": False,
    "withheld": "",
    "done": [
        {"line": "#take", "ticket": None, "now": "Maria Horvat"},
        {"line": "#priority P1", "ticket": 102, "now": ""},
    ],
    "refused": [],
    "unknown": [],
    "tickets": [_STATE],
    "undo": "k7q2-m4xd",
    "undo_until": "2026-03-07T20:00:00+00:00",
}
_NOT_SENT: Mapping[str, object] = {**_RECEIPT, "sent_to": [], "done": [], "undo": "", "undo_until": None}
_HELP: Mapping[str, object] = {
    "answer_line": ABOUT["answer_line"],
    "desk": "Desk Support",
    "ticket": 102,
    "also": {},
}
_BOUNCED: Mapping[str, object] = {
    **ABOUT,
    "address": "ana.novak@customer.example",
    "hard": True,
    "code": "5.1.1",
    "reason": "550 5.1.1 no such user here",
    "bounces": 3,
    "marked": True,
}
_FORGED: Mapping[str, object] = {
    **ABOUT,
    "agent": "Maria Horvat",
    "address": "maria@desk.example",
    "why": "DMARC: fail",
    "to_agent": False,
    "commands": ["#close"],
    "text": "Please send me the password.",
    "attachments": [],
}
_STRANGER: Mapping[str, object] = {
    **ABOUT,
    "author": "Somebody Else <else@other.example>",
    "address": "else@other.example",
    "trust": "",
    "text": "I work with Ana. May I see the answer?",
    "attachments": ["card.png"],
}

SAMPLES = (
    Sample("receipt", "receipt", _RECEIPT, AGENT, answers=True),
    Sample(
        "receipt_of_a_note",
        "receipt",
        {**_NOT_SENT, "noted": True, "subject": "", "ticket": None, "tickets": [], "undo": "k7q2-m4xd"},
        AGENT,
        answers=True,
    ),
    Sample(
        "receipt_with_lines_not_understood",
        "receipt",
        {
            **_NOT_SENT,
            "withheld": "unknown-command",
            "noted": True,
            "unknown": [
                {"line": "#sovled", "why": "no such command", "meant": "#solved"},
                {"line": "#close", "why": "commands stand at the top", "meant": ""},
                {"line": "#xyz", "meant": ""},
            ],
        },
        AGENT,
        answers=True,
    ),
    Sample(
        "receipt_of_commands_refused",
        "receipt",
        {
            **_NOT_SENT,
            "withheld": "has-it-already",
            "refused": [
                {"line": "#assign jo", "ticket": None, "why": "ambiguous", "detail": "Joan, John"},
                {"line": "#close", "ticket": 97, "why": "the calendar is closed", "detail": ""},
            ],
        },
        AGENT,
        answers=True,
    ),
    Sample(
        "receipt_about_several_tickets",
        "receipt",
        {
            **_RECEIPT,
            "done": [
                {"line": "#solved", "ticket": 102, "now": ""},
                {"line": "#hold external", "ticket": 97, "now": ""},
            ],
            "tickets": [
                {**_STATE, "status": "solved", "clocks": []},
                {
                    **_STATE,
                    "ticket": 97,
                    "subject": "",
                    "status": "hold",
                    "hold": "external",
                    "assignee": "",
                    "clocks": [{"metric": "resolution", "due": None, "paused": True, "overdue_minutes": 0}],
                },
            ],
        },
        AGENT,
        answers=True,
    ),
    Sample("help", "help", _HELP, AGENT, answers=True),
    Sample(
        "help_with_words_of_the_language",
        "help",
        {**_HELP, "ticket": None, "also": {"solved": ["resolved", "finished"], "note": ["internal"]}},
        AGENT,
        answers=True,
    ),
    Sample("bounced", "bounced", _BOUNCED, AGENT),
    Sample("bounced_for_now", "bounced", {**_BOUNCED, "hard": False, "code": "", "reason": "", "marked": False}, AGENT),
    Sample("unverified_agent", "unverified-agent", _FORGED, AGENT),
    Sample(
        "unverified_agent_to_the_agent",
        "unverified-agent",
        {**_FORGED, "why": "", "to_agent": True, "commands": []},
        AGENT,
    ),
    Sample("stranger_wrote", "stranger-wrote", _STRANGER, AGENT),
    Sample(
        "encrypted",
        "encrypted",
        {**ABOUT, "author": "Ana Novak", "protection": "smime-encrypted", "attachments": ["smime.p7m"]},
        AGENT,
    ),
    Sample(
        "encrypted_and_no_more_to_it",
        "encrypted",
        {**ABOUT, "author": "Ana Novak", "protection": "pgp-encrypted", "attachments": []},
        AGENT,
    ),
)
