"""Made-up words for every kind of letter: what a template may count on, and how it is tried at start-up."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address

_DESK = Address("support@desk.example", "Desk Support")
_CUSTOMER = Address("ana.novak@customer.example", "Ana Novak")
_OWNER = Address("owner@customer.example")
_AGENT = Address("agent@desk.example")
_TAG = "[#102.mfrggzdfmztwq2lk]"
_REPLY_TO = "support+102.mfrggzdfmztwq2lk@desk.example"
_THEIR_ID = "<4c5ee3a1-77d0@mail.customer.example>"

_ACKNOWLEDGED: Mapping[str, object] = {
    "ticket": 102,
    "subject": "The orders of today are missing",
    "name": "Ana Novak",
    "account": "Customer Ltd",
    "plan": "basic",
    "priority": "P2",
    "priority_meaning": "Works, but only in part",
    "due": "2026-03-09T08:30:00+00:00",
    "timezone": "Europe/Ljubljana",
    "hours": "Mon-Fri 08:00-20:00",
    "hours_timezone": "Etc/GMT-2",
    "open_now": True,
    "opens_at": None,
    "desk": "Desk Support",
}
_REFUSED: Mapping[str, object] = {"desk": "Desk Support", "subject": "The orders of today are missing"}
_TOLD_OWNER: Mapping[str, object] = {
    "desk": "Desk Support",
    "account": "Customer Ltd",
    "sender": "new.colleague@customer.example",
    "subject": "The orders of today are missing",
    "seats_used": 1,
    "seats": 2,
}
_CLOCK: Mapping[str, object] = {
    "ticket": 102,
    "subject": "The orders of today are missing",
    "requester": "ana.novak@customer.example",
    "account": "Customer Ltd",
    "plan": "basic",
    "priority": "P2",
    "due": "2026-03-09T08:30:00+00:00",
    "timezone": "Europe/Ljubljana",
    "metric": "first_response",
    "desk": "Desk Support",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter to try: a situation, its template, the template's words, and whom it goes to.

    A letter to the customer answers a mail; the others are unasked.
    """

    situation: str
    template: str
    context: Mapping[str, object]
    recipient: Address = _CUSTOMER

    def draft(self) -> Draft:
        """The letter as it would be ordered, in English, from a made-up desk."""
        is_about_a_ticket = "ticket" in self.context
        is_answer = self.recipient is _CUSTOMER
        return Draft(
            template=self.template,
            language="en",
            sender=_DESK,
            recipient=self.recipient,
            message_id="<102.mfrggzdfmztwq2lk.7f3a@desk.example>" if is_about_a_ticket else "<7f3a@desk.example>",
            automatic="auto-replied" if is_answer else "auto-generated",
            context=self.context,
            tag=_TAG if is_about_a_ticket else "",
            reply_to=_REPLY_TO if is_about_a_ticket else None,
            in_reply_to=_THEIR_ID if is_answer else None,
            references=(_THEIR_ID,) if is_answer else (),
        )


SAMPLES = (
    Sample("acknowledged", "acknowledged", _ACKNOWLEDGED),
    Sample(
        "acknowledged_while_closed",
        "acknowledged",
        {**_ACKNOWLEDGED, "open_now": False, "opens_at": "2026-03-09T07:00:00+00:00"},
    ),
    Sample(
        "acknowledged_without_a_promise",
        "acknowledged",
        {**_ACKNOWLEDGED, "due": None, "hours": "", "hours_timezone": "", "open_now": False},
    ),
    Sample(
        "acknowledged_to_an_unverified_sender",  # who may be a victim: none of the mail's words (SECURITY T15)
        "acknowledged",
        {**_ACKNOWLEDGED, "subject": "", "name": "", "priority_meaning": "", "open_now": False},
    ),
    Sample("unknown_sender", "unknown-sender", _REFUSED),
    Sample("unknown_sender_without_a_subject", "unknown-sender", {**_REFUSED, "subject": ""}),
    Sample("redirect", "redirect", {**_REFUSED, "to": "our chat, or a messenger on our site"}),
    Sample("not_authorised", "not-authorised", _REFUSED),
    Sample("over_limit", "over-limit", _REFUSED),
    Sample("contract_expired", "contract-expired", {**_REFUSED, "ended": "2026-02-28"}),
    Sample("not_started", "not-started", {**_REFUSED, "begins": "2026-04-01"}),
    Sample("owner_not_authorised", "owner-not-authorised", _TOLD_OWNER, _OWNER),
    Sample("owner_not_authorised_without_a_limit", "owner-not-authorised", {**_TOLD_OWNER, "seats": None}, _OWNER),
    Sample("owner_over_limit", "owner-over-limit", {**_TOLD_OWNER, "seats_used": 2}, _OWNER),
    Sample("reminder", "reminder", {**_CLOCK, "remaining_minutes": 60, "percent": 75}, _AGENT),
    Sample("reminder_before_the_end", "reminder", {**_CLOCK, "remaining_minutes": 30, "percent": None}, _AGENT),
    Sample("breach", "breach", {**_CLOCK, "overdue_minutes": 0}, _AGENT),
    Sample("breach_repeated", "breach", {**_CLOCK, "overdue_minutes": 125}, _AGENT),
    Sample(
        "admin_notice",
        "admin-notice",
        {
            "desk": "Desk Support",
            "subject": "3 mails wait in quarantine",
            "text": "The oldest has waited since this morning.\n\n    mailintake quarantine list\n\nshows them.",
        },
        _AGENT,
    ),
)

TEMPLATES = tuple(dict.fromkeys(sample.template for sample in SAMPLES))


def of(template: str) -> tuple[Sample, ...]:
    """The samples for a template; one of the admin's own is tried with the words of an acknowledgement."""
    return tuple(sample for sample in SAMPLES if sample.template == template) or SAMPLES[:1]
