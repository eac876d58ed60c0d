"""Letters to the person at the customer's who looks after the contract."""

from collections.abc import Mapping

from mailintake.domain.mail import Address
from mailintake.notices.samples.sample import OWNER, SUBJECT, Sample
from mailintake.notices.samples.team import CLOCK

_TOLD: Mapping[str, object] = {
    "desk": "Desk Support",
    "account": "Customer Ltd",
    "sender": "new.colleague@customer.example",
    "subject": SUBJECT,
}
_SEATS: Mapping[str, object] = {**_TOLD, "seats_used": 1, "seats": 2}
_APPROVAL: Mapping[str, object] = {
    **_SEATS,
    "expires": "2026-03-13T20:00:00+00:00",
    "timezone": "Europe/Ljubljana",
    "yes_word": "YES",
    "no_word": "NO",
}
_USED_UP: Mapping[str, object] = {
    **_TOLD,
    "quota_unit": "credits",
    "quota_used": 5,
    "quota_limit": 5,
    "quota_period": "contract-year",
    "next_period": "2026-09-01",
    "when_used_up": "quote",
    "paid_way": "",
}
_REPORT: Mapping[str, object] = {
    "desk": "Desk Support",
    "account": "Customer Ltd",
    "year": 2026,
    "quarter": 1,
    "begins": "2026-01-01",
    "ends": "2026-03-31",
    "tickets": 12,
    "met": 11,
    "breached": 1,
    "quotas": [{"unit": "credits", "used": 4, "limit": 5, "period": "month"}],
}


def _sample(situation: str, template: str, context: Mapping[str, object], recipient: Address = OWNER) -> Sample:
    return Sample(situation, template, context, recipient)


SAMPLES = (
    _sample("owner_approval", "owner-approval", _APPROVAL),
    _sample("owner_approval_without_a_limit", "owner-approval", {**_APPROVAL, "seats": None, "expires": None}),
    _sample("owner_not_authorised", "owner-not-authorised", _SEATS),
    _sample("owner_not_authorised_without_a_limit", "owner-not-authorised", {**_SEATS, "seats": None}),
    _sample("owner_over_limit", "owner-over-limit", {**_SEATS, "seats_used": 2}),
    _sample(
        "owner_seats_shrunk",
        "owner-seats-shrunk",
        {
            "desk": "Desk Support",
            "account": "Customer Ltd",
            "plan": "basic",
            "seats": 2,
            "suspended": ["ben@customer.example", "carla@customer.example", "dan@customer.example"],
        },
    ),
    _sample("owner_contract_expired", "owner-contract-expired", {**_TOLD, "ended": "2026-02-28"}),
    _sample("owner_quota_used_up", "owner-quota-used-up", _USED_UP),
    _sample(
        "owner_quota_used_up_and_refused",
        "owner-quota-used-up",
        {**_USED_UP, "when_used_up": "refuse", "paid_way": "further credits: https://desk.example/prices"},
    ),
    _sample("owner_quota_used_up_and_waits", "owner-quota-used-up", {**_USED_UP, "when_used_up": "wait"}),
    _sample("owner_reminder", "owner-reminder", {**CLOCK, "remaining_minutes": 60, "percent": 75}),
    _sample("owner_breach", "owner-breach", {**CLOCK, "overdue_minutes": 125}),
    _sample("owner_breach_at_once", "owner-breach", {**CLOCK, "overdue_minutes": 0}),
    _sample("quarterly_report", "quarterly-report", _REPORT),
    _sample(
        "quarterly_report_of_a_quiet_quarter",
        "quarterly-report",
        {**_REPORT, "tickets": 0, "met": 0, "breached": 0, "quotas": []},
    ),
)
