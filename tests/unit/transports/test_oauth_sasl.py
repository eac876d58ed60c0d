"""What is said to a server with a token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.transports.oauth_sasl import Exchange, mechanism


def exchange(name: str, user: str = "ana@desk.example") -> Exchange:
    return Exchange(name, user=user, token="vF9dft4qmT", host="imap.desk.example", port=993)


def test_the_words_of_rfc_7628() -> None:
    said = exchange("OAUTHBEARER")(b"")
    assert said == b"n,a=ana@desk.example,\x01host=imap.desk.example\x01port=993\x01auth=Bearer vF9dft4qmT\x01\x01"


def test_the_words_of_microsoft_and_google() -> None:
    assert exchange("XOAUTH2")(b"") == b"user=ana@desk.example\x01auth=Bearer vF9dft4qmT\x01\x01"


def test_a_name_cannot_end_its_field() -> None:
    said = exchange("OAUTHBEARER", user="a,b=c")(b"")
    assert said is not None
    assert said.startswith(b"n,a=a=2Cb=3Dc,\x01")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ({"AUTH=XOAUTH2", "AUTH=OAUTHBEARER"}, "OAUTHBEARER"),
        ({"AUTH=XOAUTH2", "AUTH=PLAIN"}, "XOAUTH2"),
        ({"AUTH=PLAIN"}, None),
    ],
)
def test_the_standard_comes_first(offered: set[str], chosen: str | None) -> None:
    assert mechanism(offered.__contains__) == chosen


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"mail"}', "status 400, schemes Bearer, scope mail"),
        (b'{"status":{"deep":1},"scope":"mail"}', "scope mail"),
        (b"not json\r\nat all", "not json at all"),
        (b'{"status":"vF9dft4qmT"}', "status ***"),
        (b"[" * 5000, "[" * 300),
    ],
)
def test_the_server_s_reason(challenge: bytes, said: str) -> None:
    found = exchange("XOAUTH2")
    found(b"")
    assert found(challenge) == b""
    assert found.said == said
    assert found(b"more?") is None


@given(st.sampled_from(["OAUTHBEARER", "XOAUTH2"]), st.binary(max_size=200))
def test_no_reason_is_too_strange(name: str, challenge: bytes) -> None:
    found = exchange(name)
    found(b"")
    assert found(challenge) == {"OAUTHBEARER": b"\x01", "XOAUTH2": b""}[name]
    assert found.said.isprintable()
