"""What a monitoring system is told, and in which form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailintake.runners.mailbox_port import State
from mailintake.storage.figures import Figures
from mailintake.web.metrics import Family, MailboxState, families, page

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOTHING = Figures(0, None, 0, None, {"opened": 0, "refused": 0})
BUSY = Figures(3, NOW - timedelta(seconds=90), 2, NOW - timedelta(minutes=1), {"opened": 7, "refused": 1})
FRESH = State("support")
GOOD = State("sales", True, NOW - timedelta(seconds=5), 0, 12, NOW + timedelta(hours=1))


def told(found: Figures, *mailboxes: MailboxState) -> dict[str, float]:
    lines = page(families(found, mailboxes, now=NOW)).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_what_waits_is_told_with_its_age() -> None:
    assert told(BUSY) == {
        "mailintake_mails_waiting": 3,
        "mailintake_oldest_mail_waiting_seconds": 90,
        "mailintake_letters_waiting": 2,
        "mailintake_oldest_letter_waiting_seconds": 60,
        'mailintake_mails_total{outcome="opened"}': 7,
        'mailintake_mails_total{outcome="refused"}': 1,
    }


def test_an_age_of_nothing_is_left_out() -> None:
    assert [name for name in told(NOTHING) if name.endswith("_seconds")] == []


def test_a_mailbox_never_seen_is_not_connected_and_has_no_age() -> None:
    mailbox = {name: value for name, value in told(NOTHING, FRESH).items() if "mailbox" in name}
    assert mailbox == {
        'mailintake_mailbox_connected{mailbox="support"}': 0,
        'mailintake_mailbox_fetched_total{mailbox="support"}': 0,
    }


def test_a_mailbox_at_work_is_told_in_full() -> None:
    mailbox = {name: value for name, value in told(NOTHING, FRESH, GOOD).items() if "sales" in name}
    assert mailbox == {
        'mailintake_mailbox_connected{mailbox="sales"}': 1,
        'mailintake_mailbox_last_success_seconds{mailbox="sales"}': 5,
        'mailintake_mailbox_audit_differences{mailbox="sales"}': 0,
        'mailintake_mailbox_fetched_total{mailbox="sales"}': 12,
        'mailintake_mailbox_token_expiry_seconds{mailbox="sales"}': 3600,
    }


def test_a_token_that_has_expired_is_told_as_less_than_nothing() -> None:
    late = replace(GOOD, token_expires_at=NOW - timedelta(seconds=30))
    assert told(NOTHING, late)['mailintake_mailbox_token_expiry_seconds{mailbox="sales"}'] == -30


def test_every_family_says_what_it_is() -> None:
    lines = page(families(BUSY, [GOOD], now=NOW)).splitlines()
    names = {line.split("{")[0].split(" ")[0] for line in lines if line[0] != "#"}
    assert {line.split(" ")[2] for line in lines if line.startswith("# HELP ")} == names
    assert {line.split(" ")[2] for line in lines if line.startswith("# TYPE ")} == names
    assert all(line.endswith((" gauge", " counter")) for line in lines if line.startswith("# TYPE "))


@given(name=st.text())
def test_no_name_breaks_a_line_or_ends_its_quotes(name: str) -> None:
    text = page([Family("a", "gauge", "b.", [({"c": name}, 1)])])
    assert text.count("\n") == 3
    value = text.split("\n")[2].removeprefix('a{c="').removesuffix('"} 1')
    unescaped, rest = "", iter(value)
    for sign in rest:
        assert sign != '"'
        unescaped += {"n": "\n", "\\": "\\", '"': '"'}[next(rest)] if sign == "\\" else sign
    assert unescaped == name


def test_a_large_count_keeps_its_digits() -> None:
    assert page([Family("a", "counter", "b.", [({}, 123_456_789_012)])]).endswith("a 123456789012\n")
