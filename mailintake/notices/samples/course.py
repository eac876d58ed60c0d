"""Letters to a customer about how a ticket goes on."""

from collections.abc import Mapping

from mailintake.notices.samples.sample import SUBJECT, Sample

_TICKET: Mapping[str, object] = {"ticket": 102, "subject": SUBJECT, "name": "Ana Novak", "desk": "Desk Support"}
_PRIORITY: Mapping[str, object] = {
    **_TICKET,
    "old_priority": "P3",
    "priority": "P2",
    "priority_meaning": "Works, but only in part",
    "metric": "first_response",
    "due": "2026-03-09T08:30:00+00:00",
    "soft_minutes": None,
    "timezone": "Europe/Ljubljana",
}
_WAITING: Mapping[str, object] = {
    **_TICKET,
    "awaited": "",
    "closes": "2026-03-16T20:00:00+00:00",
    "timezone": "Europe/Ljubljana",
}
_SOLVED: Mapping[str, object] = {
    **_TICKET,
    "reopen_until": "2026-03-13T20:00:00+00:00",
    "timezone": "Europe/Ljubljana",
    "rating": None,
}

SAMPLES = (
    Sample("priority_changed", "priority-changed", _PRIORITY),
    Sample(
        "priority_changed_without_a_promise",
        "priority-changed",
        {**_PRIORITY, "old_priority": "P2", "priority": "P4", "priority_meaning": "", "due": None},
    ),
    Sample("priority_changed_after_the_answer", "priority-changed", {**_PRIORITY, "metric": None, "due": None}),
    Sample("waiting_reminder", "waiting-reminder", _WAITING),
    Sample(
        "waiting_reminder_that_says_for_what",
        "waiting-reminder",
        {**_WAITING, "awaited": "the log file of the import", "closes": None},
    ),
    Sample("solved", "solved", _SOLVED),
    Sample("solved_and_rated_in_five_steps", "solved", {**_SOLVED, "rating": "1..5"}),
    Sample("solved_and_rated_up_or_down", "solved", {**_SOLVED, "reopen_until": None, "rating": "+1/-1"}),
    Sample("closed", "closed", {**_TICKET, "reason": "solved"}),
    Sample("closed_for_want_of_an_answer", "closed", {**_TICKET, "reason": "waiting"}),
)
