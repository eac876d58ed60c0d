"""What a token endpoint answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.errors import PermanentError, TemporaryError
from mailintake.transports.oauth_token import (
    LONGEST_LIFE,
    Token,
    TokenDelayed,
    TokenRefused,
    granted,
    one_line,
    refusal,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life", "due_after"),
    [
        (timedelta(hours=1), timedelta(minutes=55)),
        (timedelta(days=1), timedelta(hours=23, minutes=55)),
        (timedelta(minutes=10), timedelta(minutes=9)),
        (timedelta(seconds=100), timedelta(seconds=90)),
        (timedelta(), timedelta()),
    ],
)
def test_a_token_is_due_five_minutes_early_or_at_nine_tenths(life: timedelta, due_after: timedelta) -> None:
    token = Token("t", NOW, NOW + life)
    assert token.is_due(NOW + due_after)
    assert not token.is_due(NOW + due_after - timedelta(seconds=1))


@given(life=st.timedeltas(timedelta(), timedelta(days=40)), at=st.timedeltas(timedelta(), timedelta(days=40)))
def test_no_token_is_used_after_its_end_nor_replaced_in_its_first_half(life: timedelta, at: timedelta) -> None:
    due = Token("t", NOW, NOW + life).is_due(NOW + at)
    if at >= life:
        assert due
    if at < life / 2:
        assert not due


@pytest.mark.parametrize(
    ("said", "life"),
    [
        ({"expires_in": 3599}, timedelta(seconds=3599)),
        ({"expires_in": "3599"}, timedelta(seconds=3599)),
        ({}, timedelta(hours=1)),
        ({"expires_in": None}, timedelta(hours=1)),
        ({"expires_in": "soon"}, timedelta(hours=1)),
        ({"expires_in": -5}, timedelta()),
        ({"expires_in": 10**30}, LONGEST_LIFE),
    ],
)
def test_every_life(said: dict[str, object], life: timedelta) -> None:
    assert granted({"access_token": "t", **said}, asked_at=NOW).token.expires_at == NOW + life


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)


@given(st.dictionaries(st.sampled_from(["access_token", "expires_in", "refresh_token", "error"]) | st.text(), JSON))
def test_whatever_is_answered_is_a_grant_or_a_reason(answer: dict[str, object]) -> None:
    reason = grant = None
    try:
        grant = granted(answer, asked_at=NOW)
    except (TokenDelayed, TokenRefused) as error:
        reason = str(error)
    if grant:
        assert grant.token.text.isascii()
        assert "\x01" not in grant.token.text
        assert NOW <= grant.token.expires_at <= NOW + LONGEST_LIFE
    else:
        assert reason
        assert reason.isprintable()
        assert len(reason) < 400


def test_nothing_shown_of_a_grant_is_secret() -> None:
    grant = granted({"access_token": "open", "refresh_token": "sesame"}, asked_at=NOW)
    assert (grant.token.text, grant.refresh_token) == ("open", "sesame")
    assert "open" not in repr(grant)
    assert "sesame" not in repr(grant)


def test_what_passes_and_what_does_not() -> None:
    assert isinstance(refusal("temporarily_unavailable"), TemporaryError)
    assert isinstance(refusal("invalid_grant"), PermanentError)
    assert isinstance(refusal(["temporarily_unavailable"], ["x"]), PermanentError)


def test_the_same_refusal_reads_the_same_each_time() -> None:
    said = "AADSTS700016: no such app. Trace ID: {0} Correlation ID: {0} Timestamp: 2026-11-22 09:0{0}:00Z"
    assert len({str(refusal("unauthorized_client", said.format(number))) for number in range(3)}) == 1


@given(st.text(max_size=400), st.text("abc", min_size=1, max_size=5))
def test_a_line_is_short_printable_and_without_secrets(text: str, secret: str) -> None:
    line = one_line(f"{text} {secret} {text}", hide=["", secret])
    assert line.isprintable() or not line
    assert len(line) <= 300
    assert secret not in line
