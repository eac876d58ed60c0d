"""Letters to the people at the desk."""

from collections.abc import Mapping

from mailintake.notices.samples.sample import AGENT, SUBJECT, Sample

_TICKET: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "requester": "ana.novak@customer.example",
    "account": "Customer Ltd",
    "plan": "basic",
    "priority": "P2",
    "due": "2026-03-09T08:30:00+00:00",
    "timezone": "Europe/Ljubljana",
    "desk": "Desk Support",
}
CLOCK: Mapping[str, object] = {**_TICKET, "metric": "first_response"}
_ESCALATED: Mapping[str, object] = {
    **CLOCK,
    "metric": "level_response",
    "from_level": "First line",
    "to_level": "Second line",
    "reason": "needs access to the database",
}
_ENTRIES = [
    {
        "ticket": 102,
        "subject": SUBJECT,
        "metric": "first_response",
        "due": "2026-03-09T08:30:00+00:00",
        "remaining_minutes": 30,
        "overdue_minutes": 0,
    },
    {
        "ticket": 97,
        "subject": "",
        "metric": "resolution",
        "due": "2026-03-06T16:00:00+00:00",
        "remaining_minutes": 0,
        "overdue_minutes": 125,
    },
]
_DIGEST: Mapping[str, object] = {
    "entries": _ENTRIES,
    "more": 0,
    "timezone": "Europe/Ljubljana",
    "desk": "Desk Support",
}

SAMPLES = (
    Sample("reminder", "reminder", {**CLOCK, "remaining_minutes": 60, "percent": 75}, AGENT),
    Sample("reminder_before_the_end", "reminder", {**CLOCK, "remaining_minutes": 30, "percent": None}, AGENT),
    Sample("breach", "breach", {**CLOCK, "overdue_minutes": 0}, AGENT),
    Sample("breach_repeated", "breach", {**CLOCK, "overdue_minutes": 125}, AGENT),
    Sample("digest", "digest", _DIGEST, AGENT),
    Sample("digest_of_many", "digest", {**_DIGEST, "entries": _ENTRIES * 26, "more": 19}, AGENT),
    Sample("escalated", "escalated", _ESCALATED, AGENT),
    Sample("escalated_without_a_promise", "escalated", {**_ESCALATED, "due": None, "reason": ""}, AGENT),
    Sample(
        "admin_notice",
        "admin-notice",
        {
            "desk": "Desk Support",
            "subject": "3 mails wait in quarantine",
            "text": "The oldest has waited since this morning.\n\n    mailintake quarantine list\n\nshows them.",
        },
        AGENT,
    ),
)
