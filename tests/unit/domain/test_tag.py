"""Tokens tie a mail to a ticket, in three forms, and cannot be guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.tag import Claim, Tagger, Via, claims, plain_recipient, without_tag

TAGGER = Tagger(b"k" * 32)
TICKETS = st.integers(1, 10**17)


@given(TICKETS)
def test_every_form_leads_back_to_its_ticket(ticket: int) -> None:
    address = TAGGER.reply_address(ticket, "support@desk.example")
    found = list(
        claims(f"Re: {TAGGER.in_subject(ticket)}", [TAGGER.message_id(ticket, "7f3a", "desk.example")], [address])
    )
    assert [claim.via for claim in found] == [Via.REPLY_ADDRESS, Via.MESSAGE_ID, Via.SUBJECT]
    assert all(claim.ticket_id == ticket and TAGGER.verifies(claim) for claim in found)


@given(TICKETS, TICKETS)
def test_a_token_fits_no_other_ticket(one: int, other: int) -> None:
    assert TAGGER.verifies(Claim(other, TAGGER.token(one), Via.SUBJECT)) == (one == other)


def test_a_token_of_another_key_does_not_verify() -> None:
    stranger = Tagger(b"s" * 32)
    assert not TAGGER.verifies(Claim(7, stranger.token(7), Via.SUBJECT))


def test_a_token_has_eighty_bits() -> None:
    assert len(TAGGER.token(7)) * 5 == 80


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tagger(b"short")


def test_a_client_that_shouts_does_not_break_the_thread() -> None:
    (claim,) = claims(TAGGER.in_subject(7).upper(), [], [])
    assert TAGGER.verifies(claim)


@pytest.mark.parametrize(
    "subject", ["[#7]", "[#07.aaaaaaaaaaaaaaaa]", "[#7.aaaa]", "#7.aaaaaaaaaaaaaaaa", "[#-7.aaaaaaaaaaaaaaaa]"]
)
def test_a_bare_number_is_no_claim(subject: str) -> None:
    assert list(claims(subject, [], [])) == []


def test_the_tag_leaves_the_subject_as_it_was() -> None:
    assert without_tag(f"Re: The oven {TAGGER.in_subject(7)} is cold") == "Re: The oven is cold"


def test_a_reply_address_belongs_to_its_mailbox() -> None:
    assert plain_recipient(TAGGER.reply_address(7, "support@desk.example")) == "support@desk.example"
    assert plain_recipient("support+anything@desk.example") == "support+anything@desk.example"
