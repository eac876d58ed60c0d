"""What strangers try at the doors of a running desk, and what they get."""

import os
import pty
import re
import select
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, MAILDIR, ROOT, Desk, eventually
from tests.e2e.mails import a_mail, send, send_locally

LIMITS = (
    "limits: {letters_per_address_hour: 1000, letters_per_hour: 100000, recipients: 100, connections_per_peer: 8}\n"
)
MIA = "mia@mill.example"


@pytest.fixture(scope="module")
def besieged(new_desk: NewDesk) -> Desk:
    """A desk with the limits of every day, but for the number of letters."""
    made: Desk = new_desk(host=MAILDIR + LIMITS)
    made.start()
    return made


@pytest.fixture(autouse=True)
def still_serves(besieged: Desk) -> Iterator[None]:
    """After every attack somebody else's mail is taken and settled, and nothing of ours went wrong."""
    yield
    number = send(besieged.port, a_mail("Are you there?", sender=MIA), sender=MIA).spool_id
    eventually(lambda: outcome(besieged, number) == "opened", what="a normal mail has a ticket")
    besieged.wait_until_idle()
    assert "Traceback" not in besieged.said()
    assert all(line.isprintable() for line in besieged.said().split("\n"))


def outcome(desk: Desk, number: int) -> str | None:
    """What became of a mail."""
    found: str | None = desk.value("SELECT outcome FROM spool WHERE id = :id", id=number)
    return found


def talk(port: int, *pieces: bytes, tries: int = 1) -> bytes:
    """Say this to the SMTP listener, piece by piece, and hang up; all that was answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        heard = line.recv(1000)
        for piece in pieces:
            line.sendall(piece)
        line.shutdown(socket.SHUT_WR)
        while part := line.recv(65536):
            heard += part
    return heard


NASTY = {
    "a fold in a subject": ("=?utf-8?q?Hi=0D=0ABcc:_eve@elsewhere.example=0D=0A?=", "Mia"),
    "an encoded-word in an encoded-word": (
        "=?utf-8?b?PT91dGYtOD9xP0hpPTBEPTBBQmNjOl9ldmVAZWxzZXdoZXJlLmV4YW1wbGU/PQ==?=",
        "Mia",
    ),
    "a line separator": ("=?utf-8?q?Hi=E2=80=A8Bcc:_eve@elsewhere.example?=", "=?utf-8?q?M=E2=80=A9ia?="),
    "half a surrogate and NUL": ("=?utf-8?q?=ED=A0=80=00?= Hi", "=?utf-8?q?=00Mia=ED=A0=80?="),
    "a recipient in a name": ("Hi", '"eve@elsewhere.example, Mia" '),
    "an encoded recipient in a name": ("Hi", "=?utf-8?q?eve=40elsewhere=2Eexample=3E=2C_Mia_=3Cx?="),
    "a name that closes its quotes": ("Hi", r'"Mia\" <eve@elsewhere.example>, \""'),
    "a template": ("{{ 7 * 7 }} {% include 'x' %}", "{{ self }}"),
    "thirty kilobytes": ("x " * 15_000, "M" * 15_000),
    "thirty kilobytes of encoded-words": ("=?utf-8?q?=C3=A9?= " * 1_500, "Mia"),
    "a bare carriage return": ("Hi\rBcc: eve@elsewhere.example\rX: y", "Mia"),
    "our own tag, forged": ("Hi [#1.aaaaaaaaaaaaaaaa] [#2.bbbbbbbbbbbbbbbb]", "Mia"),
    "a change of direction": ("=?utf-8?q?=E2=80=AEHi?=", "=?utf-8?q?=E2=80=AEaiM?="),
}


@pytest.mark.parametrize("case", NASTY)
def test_no_words_of_a_mail_act_in_our_letter(besieged: Desk, case: str) -> None:
    subject, name = NASTY[case]
    sender = f"n{list(NASTY).index(case)}@mill.example"
    ids = "<a@b> <c\tBcc: eve@elsewhere.example@d> <" + "i" * 900 + "@x> " + " ".join(f"<{n}@y>" for n in range(300))
    extra = (f"References: {ids}", "Reply-To: eve@elsewhere.example", "Return-Receipt-To: eve@elsewhere.example",
             "Disposition-Notification-To: eve@elsewhere.example", "Cc: eve@elsewhere.example")  # fmt: skip
    raw = a_mail(subject, sender=f"{name} <{sender}>", message_id="<Bcc:eve@elsewhere.example>", extra=extra)
    number = send_locally(besieged.lmtp, raw, sender=sender)[0].spool_id
    ended = eventually(lambda: outcome(besieged, number), what="it is settled")
    if ended == "held":
        assert besieged.value("SELECT reason FROM spool WHERE id = :id", id=number) == "unclear-sender"
        assert not besieged.letters_to(sender)
        return
    letter = besieged.one_letter_to(sender)
    assert letter.get_all("To") is not None
    assert [each.addr_spec for each in letter["To"].addresses] == [sender]
    assert {name.lower() for name in letter.keys()} == OUR_FIELDS  # noqa: SIM118  # a message is no mapping
    assert len(letter["Subject"]) < 300
    assert max(map(len, letter.as_bytes().splitlines())) < 998
    assert "{{ 7 * 7 }}" in letter["Subject"] or case != "a template"
    assert f"[#{ticket_of(besieged, number)}." in letter["Subject"]
    assert letter["Subject"].count("[#") == 1
    assert not besieged.letters_to("eve@elsewhere.example")


OUR_FIELDS = {
    "return-path", "delivered-to", "date", "from", "to", "subject", "message-id", "in-reply-to", "references",
    "reply-to", "auto-submitted", "x-auto-response-suppress", "x-loop", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip


def ticket_of(desk: Desk, number: int) -> int:
    """The ticket a mail is on."""
    return int(desk.value("SELECT ticket_id FROM spool WHERE id = :id", id=number))


def test_two_desks_and_a_dumb_responder_do_not_talk_for_ever(besieged: Desk) -> None:
    sender = "loop@mill.example"
    send(besieged.port, a_mail("Ping", sender=sender), sender=sender)
    ours = besieged.one_letter_to(sender)
    echoes = {
        "as another desk answers": (
            ("Auto-Submitted: auto-replied", "X-Loop: help@other.example"),
            "other@mill.example",
            "",
        ),
        "sent back as it was": (("Auto-Submitted: auto-replied", f"X-Loop: {MAILBOX}"), MAILBOX, sender),
        "forwarded back without a mark": ((), MAILBOX, sender),
    }
    for what, (extra, author, envelope) in echoes.items():
        raw = a_mail(ours["Subject"], sender=author, extra=(*extra, f"In-Reply-To: {ours['Message-ID']}"), text=what)
        number = send(besieged.port, raw, sender=envelope).spool_id
        assert eventually(lambda n=number: outcome(besieged, n), what=what) in {"ignored", "joined"}  # type: ignore[misc]  # a default
    for turn in range(5):  # a responder that sets no header at all: each time a mail of its own
        raw = a_mail(f"Re: {ours['Subject']}", sender=sender, text=f"I am away ({turn}).")
        number = send(besieged.port, raw, sender=sender).spool_id
        assert eventually(lambda n=number: outcome(besieged, n), what="settled") == "joined"  # type: ignore[misc]  # a default
    besieged.wait_until_idle()
    assert len(besieged.letters_to(sender)) == 1
    assert not besieged.letters_to(MAILBOX)
    assert not besieged.letters_to("other@mill.example")
