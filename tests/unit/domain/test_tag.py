"""Tokens tie a mail to a ticket and a reader, in three forms, and cannot be guessed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.tag import (
    DIGITS,
    TOKEN_LENGTH,
    Claim,
    Purpose,
    Tagger,
    Via,
    Worth,
    claims,
    plain_recipient,
    without_tag,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANA, BEN = "ana@bakery.example", "ben@bakery.example"
TAGGER = Tagger((b"k" * 32,), weeks=10)
TICKETS = st.integers(1, 10**17)


def claim(ticket: int, token: str) -> Claim:
    return Claim(ticket, token, Via.SUBJECT)


def worth(tagger: Tagger, ticket: int, token: str, *holders: str, at: datetime = NOW) -> Worth:
    return tagger.worth(claim(ticket, token), holders or (ANA,), at=at)[0]


@given(TICKETS)
def test_every_form_leads_back_to_its_ticket(ticket: int) -> None:
    address = TAGGER.reply_address(ticket, ANA, "support@desk.example", at=NOW)
    message_id = TAGGER.message_id(ticket, ANA, "7f3a", "desk.example", at=NOW)
    found = list(claims(f"Re: {TAGGER.in_subject(ticket, ANA, at=NOW)}", [message_id], [address]))
    assert [claim.via for claim in found] == [Via.REPLY_ADDRESS, Via.MESSAGE_ID, Via.SUBJECT]
    assert all(each.ticket_id == ticket and TAGGER.worth(each, [ANA], at=NOW) == (Worth.OWN, ANA) for each in found)


@given(TICKETS, TICKETS)
def test_a_token_fits_no_other_ticket(one: int, other: int) -> None:
    assert (worth(TAGGER, other, TAGGER.token(one, ANA, at=NOW)) is Worth.OWN) == (one == other)


@given(TICKETS, st.text(min_size=1), st.text(min_size=1))
def test_a_token_is_for_whom_it_was_made(ticket: int, one: str, other: str) -> None:
    token = TAGGER.token(ticket, one, at=NOW)
    assert worth(TAGGER, ticket, token, one) is Worth.OWN
    assert worth(TAGGER, ticket, token, other) is (Worth.OWN if one == other else Worth.FALSE)


def test_a_token_for_somebody_else_is_known_for_that() -> None:
    token = TAGGER.token(7, ANA, at=NOW)
    assert TAGGER.worth(claim(7, token), [BEN, ANA], at=NOW) == (Worth.OTHERS, ANA)


def test_a_token_for_one_purpose_is_none_for_another() -> None:
    token = TAGGER.token(7, ANA, at=NOW, purpose=Purpose.BOUNCE)
    assert worth(TAGGER, 7, token) is Worth.FALSE
    assert TAGGER.worth(claim(7, token), [ANA], at=NOW, purpose=Purpose.BOUNCE)[0] is Worth.OWN


@pytest.mark.parametrize(
    ("weeks", "expected"), [(0, Worth.OWN), (10, Worth.OWN), (11, Worth.EXPIRED), (52, Worth.EXPIRED)]
)
def test_a_token_ends_after_its_weeks(weeks: int, expected: Worth) -> None:
    assert worth(TAGGER, 7, TAGGER.token(7, ANA, at=NOW), at=NOW + timedelta(weeks=weeks)) is expected


def test_the_week_of_a_token_cannot_be_changed() -> None:
    token = TAGGER.token(7, ANA, at=NOW)
    others = [f"{token[0]}{high}{low}{token[3:]}" for high in DIGITS for low in DIGITS]
    assert [each for each in others if worth(TAGGER, 7, each) is not Worth.FALSE] == [token]


def test_a_new_key_leaves_the_tokens_of_the_former_one_good() -> None:
    token = TAGGER.token(7, ANA, at=NOW)
    rotated = Tagger((b"n" * 32, b"k" * 32))
    assert worth(rotated, 7, token) is Worth.OWN
    assert worth(rotated, 7, rotated.token(7, ANA, at=NOW)) is Worth.OWN
    assert rotated.token(7, ANA, at=NOW) != token


def test_a_token_of_a_key_that_is_gone_is_false() -> None:
    stranger = Tagger((b"s" * 32,))
    assert worth(TAGGER, 7, stranger.token(7, ANA, at=NOW)) is Worth.FALSE


def test_a_token_has_eighty_secret_bits() -> None:
    token = TAGGER.token(7, ANA, at=NOW)
    assert len(token) == TOKEN_LENGTH
    assert len(token[3:]) * 5 == 80


@pytest.mark.parametrize("keys", [(), (b"short",), (b"k" * 32, b"short")])
def test_a_short_key_is_refused(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tagger(keys)


@pytest.mark.parametrize("weeks", [0, 1024])
def test_a_token_lives_for_some_weeks_and_not_for_ever(weeks: int) -> None:
    with pytest.raises(ValueError, match="weeks"):
        Tagger((b"k" * 32,), weeks)


def test_a_client_that_shouts_does_not_break_the_thread() -> None:
    (found,) = claims(TAGGER.in_subject(7, ANA, at=NOW).upper(), [], [])
    assert TAGGER.worth(found, [ANA], at=NOW)[0] is Worth.OWN


@pytest.mark.parametrize(
    "subject",
    ["[#7]", "[#07.aaaaaaaaaaaaaaaaaaa]", "[#7.aaaa]", "#7.aaaaaaaaaaaaaaaaaaa", "[#-7.aaaaaaaaaaaaaaaaaaa]"],
)
def test_a_bare_number_is_no_claim(subject: str) -> None:
    assert list(claims(subject, [], [])) == []


def test_the_tag_leaves_the_subject_as_it_was() -> None:
    assert without_tag(f"Re: The oven {TAGGER.in_subject(7, ANA, at=NOW)} is cold") == "Re: The oven is cold"


def test_a_reply_address_belongs_to_its_mailbox() -> None:
    own = TAGGER.reply_address(7, ANA, "support@desk.example", at=NOW)
    assert plain_recipient(own) == "support@desk.example"
    assert plain_recipient("support+anything@desk.example") == "support+anything@desk.example"
