"""Whose word counts on who wrote a mail, as an admin says it."""

import pytest

from mailintake.config import source
from mailintake.config.authentication import AUTHENTICATION, SenderAuthentication, parse_nameserver
from mailintake.errors import ConfigError


def read(text: str) -> SenderAuthentication:
    return AUTHENTICATION(source.read(text.encode(), file="mailintake.yaml"))


def test_by_default_nobody_is_named_and_nothing_is_evaluated() -> None:
    assert read("{}") == SenderAuthentication()
    assert SenderAuthentication() == SenderAuthentication((), 1, False, (), (), 20)


def test_everything_can_be_said() -> None:
    assert read(
        "results_from: [MX.Desk.Example, mx.google.com]\n"
        "own_hops: 2\n"
        "evaluate: yes\n"
        "sealers: Lists.Example\n"
        "nameservers: [127.0.0.1, 192.0.2.53:5353, '[2001:db8::53]:54', '2001:db8::53', '[::1]']\n"
        "timeout_seconds: 7\n"
    ) == SenderAuthentication(
        results_from=("mx.desk.example", "mx.google.com"),
        own_hops=2,
        evaluate=True,
        sealers=("lists.example",),
        nameservers=(
            ("127.0.0.1", 53),
            ("192.0.2.53", 5353),
            ("2001:db8::53", 54),
            ("2001:db8::53", 53),
            ("::1", 53),
        ),
        timeout_seconds=7,
    )


@pytest.mark.parametrize(
    "text", ["dns.example", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", "1.2.3", "[127.0.0.1", "", "[::1]:x", "::g"]
)
def test_a_name_server_is_an_address(text: str) -> None:
    with pytest.raises(ValueError, match="is no name server"):
        parse_nameserver(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("results_from: mx desk", "is no authserv-id"),
        ("results_from: []", "this list is empty"),
        ("results_from: mx.desk.example\nown_hops: 11", "from 0 to 10"),
        ("own_hops: 2", "name a server there"),
        ("nameservers: 127.0.0.1", "are for `evaluate: yes`"),
        ("timeout_seconds: 5", "are for `evaluate: yes`"),
        ("evaluate: no\ntimeout_seconds: 5", "are for `evaluate: yes`"),
        ("sealers: lists.example", "count only with"),
        ("evaluate: yes\nsealers: example", "is no domain"),
        ("evaluate: yes\ntimeout_seconds: 0", "from 1 to 120"),
        ("authserv_ids: mx.desk.example", "unknown key"),
    ],
)
def test_what_makes_no_sense_is_said(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read(text)
