"""Whom we may write to of our own accord (RFC 3834)."""

from typing import Any

import pytest

from mailintake.domain.mail import Address, Envelope, Kind, Screening
from mailintake.notices.restraint import withhold

OWN = frozenset({"support@desk.example"})


def asked(sender: str = "ana@customer.example", **changed: Any) -> str | None:
    given: dict[str, Any] = {
        "screening": Screening(Kind.MESSAGE, "an ordinary mail"),
        "envelope": Envelope(sender, ("support@desk.example",)),
        "recipient": Address(sender),
        "is_verified": True,
        "answer_unverified": False,
        "letters_last_hour": 0,
        "limit_per_hour": 5,
        "is_refusal": False,
        "refused_today": False,
        "own_addresses": OWN,
    }
    return withhold(**{**given, **changed})


def test_a_verified_customer_is_answered() -> None:
    assert asked() is None


def test_a_calendar_invitation_may_be_answered() -> None:
    assert asked(screening=Screening(Kind.CALENDAR, "an invitation")) is None


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.MESSAGE, Kind.CALENDAR}))
def test_automatic_mail_is_never_answered(kind: Kind) -> None:
    assert asked(screening=Screening(kind, "marked so")) == "not a mail to answer: marked so"


def test_what_screening_forbids_stays_forbidden() -> None:
    reason = "X-Auto-Response-Suppress: All"
    assert asked(screening=Screening(Kind.MESSAGE, reason, may_be_answered=False)) == f"not a mail to answer: {reason}"


@pytest.mark.parametrize("return_path", ["", "<>", " "])
def test_the_null_return_path_is_never_answered(return_path: str) -> None:
    assert asked(envelope=Envelope(return_path, ())) == "the null return path asks for no answer"


ROBOTS = [
    "MAILER-DAEMON@mx.example",
    "MAILER-DAEMON",
    "owner-list@lists.example",
    "list-owner@lists.example",
    "list-request@lists.example",
    "list-bounces@lists.example",
    "list-bounces+ana=customer.example@lists.example",
    "noreply@shop.example",
    "No-Reply@shop.example",
    "no_reply+17@shop.example",
    "do-not-reply@shop.example",
    "drive-shares-noreply@cloud.example",
    "majordomo@lists.example",
]


@pytest.mark.parametrize("robot", ROBOTS)
def test_addresses_nobody_reads_are_not_written_to(robot: str) -> None:
    assert asked(recipient=Address(robot)) == "nobody reads mail to this address"
    assert asked(envelope=Envelope(robot, ())) == "nobody reads mail to this address"


@pytest.mark.parametrize(
    "person", ["owner@shop.example", "bounces@shop.example", "requests@shop.example", "replies@shop.example"]
)
def test_people_with_unlucky_names_are_answered(person: str) -> None:
    assert asked(person) is None


@pytest.mark.parametrize(
    "own", ["support@desk.example", "Support@DESK.example", "support+102.mfrggzdfmztwq2lk@desk.example"]
)
def test_we_never_write_to_ourselves(own: str) -> None:
    assert asked(recipient=Address(own)) == "this address is our own"
    assert asked(envelope=Envelope(own, ())) == "this address is our own"


def test_an_unverified_sender_is_answered_only_if_the_admin_says_so() -> None:
    assert asked(is_verified=False) == "the sender is not verified"
    assert asked(is_verified=False, answer_unverified=True) is None


@pytest.mark.parametrize(("letters", "leaves"), [(4, True), (5, False), (6, False)])
def test_letters_to_one_address_are_limited(letters: int, leaves: bool) -> None:
    assert (asked(letters_last_hour=letters) is None) == leaves


def test_a_refusal_goes_out_once_a_day() -> None:
    assert asked(is_refusal=True) is None
    assert asked(is_refusal=True, refused_today=True) == "this address was told within the day"
    assert asked(is_refusal=False, refused_today=True) is None
