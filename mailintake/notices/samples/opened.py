"""Letters to somebody whose mail opened a ticket, or waits to."""

from collections.abc import Mapping

from mailintake.notices.samples.sample import SUBJECT, answer

ACKNOWLEDGED: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "name": "Ana Novak",
    "account": "Customer Ltd",
    "plan": "basic",
    "priority": "P2",
    "priority_meaning": "Works, but only in part",
    "due": "2026-03-09T08:30:00+00:00",
    "soft_minutes": None,
    "timezone": "Europe/Ljubljana",
    "hours": "Mon-Fri 08:00-20:00",
    "hours_timezone": "Etc/GMT-2",
    "open_now": True,
    "opens_at": None,
    "channels": [],
    "quota_left": None,
    "quota_limit": None,
    "quota_unit": None,
    "quota_period": None,
    "desk": "Desk Support",
}
_NO_PROMISE: Mapping[str, object] = {**ACKNOWLEDGED, "due": None, "hours": "", "hours_timezone": "", "open_now": False}
_QUOTA: Mapping[str, object] = {"quota_left": 3, "quota_limit": 5, "quota_unit": "credits", "quota_period": "month"}
_MISSING: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "name": "Ana Novak",
    "missing": ["what happens now and what should happen", "the address of the page"],
    "attachments": [],
    "paused": False,
    "desk": "Desk Support",
}
_PENDING: Mapping[str, object] = {
    "subject": SUBJECT,
    "expires": "2026-03-13T20:00:00+00:00",
    "timezone": "Europe/Ljubljana",
    "desk": "Desk Support",
}
_USED_UP: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "name": "Ana Novak",
    "quota_unit": "credits",
    "quota_used": 5,
    "quota_limit": 5,
    "quota_period": "month",
    "next_period": "2026-04-01",
    "when_used_up": "quote",
    "paid_way": "a request beyond the plan costs 40 euros, see https://desk.example/prices",
    "yes_word": "YES",
    "due": None,
    "timezone": "Europe/Ljubljana",
    "desk": "Desk Support",
}
_DAY_FULL: Mapping[str, object] = {
    "ticket": 102,
    "subject": SUBJECT,
    "name": "Ana Novak",
    "day_limit": 2,
    "next_day": "2026-03-07",
    "when_day_is_full": "wait",
    "due": "2026-03-09T09:00:00+00:00",
    "timezone": "Europe/Ljubljana",
    "desk": "Desk Support",
}

SAMPLES = (
    answer("acknowledged", "acknowledged", ACKNOWLEDGED),
    answer(
        "acknowledged_while_closed",
        "acknowledged",
        {**ACKNOWLEDGED, "open_now": False, "opens_at": "2026-03-09T07:00:00+00:00"},
    ),
    answer("acknowledged_without_a_promise", "acknowledged", _NO_PROMISE),
    answer("acknowledged_with_a_soft_promise", "acknowledged", {**_NO_PROMISE, "soft_minutes": 240}),
    answer(
        "acknowledged_with_a_quota",
        "acknowledged",
        {**ACKNOWLEDGED, **_QUOTA, "channels": ["email", "portal", "phone"]},
    ),
    answer(
        "acknowledged_to_an_unverified_sender",  # who may be a victim: none of the mail's words (SECURITY T15)
        "acknowledged",
        {**ACKNOWLEDGED, "subject": "", "name": "", "priority_meaning": "", "open_now": False},
    ),
    answer("need_more_info", "need-more-info", _MISSING),
    answer(
        "need_more_info_and_the_clock_stands",
        "need-more-info",
        {**_MISSING, "missing": ["screenshots or a video"], "attachments": ["jpg", "png", "mp4"], "paused": True},
    ),
    answer("pending", "pending", _PENDING),
    answer("approved", "approved", {**ACKNOWLEDGED, **_QUOTA}),
    answer("declined", "declined", {"subject": SUBJECT, "expired": False, "desk": "Desk Support"}),
    answer("declined_by_silence", "declined", {"subject": SUBJECT, "expired": True, "desk": "Desk Support"}),
    answer("follows", "follows", {**ACKNOWLEDGED, "old_ticket": 87}),
    answer("quota_used_up_and_quoted", "quota-used-up", _USED_UP),
    answer("quota_used_up_and_refused", "quota-used-up", {**_USED_UP, "ticket": None, "when_used_up": "refuse"}),
    answer(
        "quota_used_up_and_waits",
        "quota-used-up",
        {**_USED_UP, "when_used_up": "wait", "paid_way": "", "due": "2026-04-01T10:00:00+00:00"},
    ),
    answer("day_full_and_waits", "day-full", _DAY_FULL),
    answer(
        "day_full_and_refused", "day-full", {**_DAY_FULL, "ticket": None, "when_day_is_full": "refuse", "due": None}
    ),
)
