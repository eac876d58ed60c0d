"""What strangers try at the doors of a running desk, and what they get."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from mailintake.domain.tag import TOKEN_LENGTH
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, MAILDIR, Desk, eventually
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


def talk(port: int, *pieces: bytes) -> bytes:
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
    "our own tag, forged": (f"Hi [#1.{'a' * TOKEN_LENGTH}] [#2.{'b' * TOKEN_LENGTH}]", "Mia"),
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
        # a header block in doubt is nobody's word, whoever hands it over (SECURITY T02)
        reason = "unverified-sender" if case == "a bare carriage return" else "unclear-sender"
        assert besieged.value("SELECT reason FROM spool WHERE id = :id", id=number) == reason
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
    "content-language",
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


HELLO = b"EHLO client.example\r\n"
OPEN = HELLO + b"MAIL FROM:<mia@mill.example>\r\nRCPT TO:<support@desk.example>\r\n"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (HELLO + b"MAIL FROM:<\xff\xfe@mill.example>\r\n", b"501 5.1.3"),
        (HELLO + b"MAIL FROM:<mia\0@mill.example>\r\n", b"501 5.1.3"),
        (HELLO + b"MAIL FROM:<mia\xed\xa0\x80@mill.example>\r\n", b"501 5.1.3"),
        (HELLO + b"MAIL FROM:<mia@mill.example\rRCPT TO:<eve@elsewhere.example>\r\n", b"501 5.1.3"),
        (HELLO + b"MAIL FROM:<@relay.example:mia@mill.example>\r\n", b"501 5.1.7"),
        (HELLO + b"MAIL FROM:<mia@mill.example> SIZE=99999999999\r\n", b"552 5.3.4"),
        (HELLO + b"MAIL FROM:<" + b"m" * 1_900 + b"@mill.example>\r\n", b"501 5.1.7"),
        (HELLO + b"MAIL FROM:<" + b"m" * 500_000 + b"@mill.example>\r\n", b"500 5.5.2"),
        (OPEN + b"RCPT TO:<eve@elsewhere.example>\r\n", b"550 5.1.1"),
        (OPEN + b"RCPT TO:<eve%elsewhere.example@desk.example>\r\n", b"550 5.7.1"),
        (OPEN + b'RCPT TO:<"eve@elsewhere.example"@desk.example>\r\n', b"501 5.1.3"),
        (OPEN + b"RCPT TO:<support@desk.example> NOTIFY=SUCCESS\r\n", b"555 5.5.4"),
        (OPEN + b"".join(b"RCPT TO:<support+%d@desk.example>\r\n" % n for n in range(1_000)), b"452 4.5.3"),
        (HELLO + b"NOOP\r\n" * 1_000, b"421 4.7.0"),
        (HELLO + b"WHAT\r\n" * 1_000, b"421 4.7.0"),
        (HELLO + b"VRFY mia@mill.example\r\n", b"252 2.5.0"),
        (HELLO + b"EXPN support\r\n", b"502 5.5.1"),
        (HELLO + b"AUTH PLAIN AGEAYg==\r\n", b"500 5.5.1"),
        (b"GET / HTTP/1.1\r\nHost: desk.example\r\n\r\n", b"500 5.5.1"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n", b"500 5.5.2"),
    ],
)
def test_what_is_no_mail_is_refused_with_the_right_words(besieged: Desk, said: bytes, answer: bytes) -> None:
    before = besieged.value("SELECT count(*) FROM spool")
    heard = talk(besieged.port, said)
    assert answer in heard
    assert all(line[:3].isdigit() for line in heard.splitlines())
    assert besieged.value("SELECT count(*) FROM spool") == before


SMUGGLED = b"MAIL FROM:<admin@mill.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nSubject: smuggled\r\n\r\n"


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\r\n..\r\n"])
def test_no_second_mail_is_smuggled_in_the_first(besieged: Desk, end: bytes) -> None:
    head = b"From: mia@mill.example\r\nMessage-ID: <s%d@mill.example>\r\n\r\n" % len(besieged.said())
    before = besieged.value("SELECT count(*) FROM spool")
    heard = talk(besieged.port, OPEN + b"DATA\r\n" + head + b"one" + end + SMUGGLED + b"two\r\n.\r\nQUIT\r\n")
    assert heard.count(b"354 ") == 1
    assert besieged.value("SELECT count(*) FROM spool") == before + 1


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r"])
def test_lone_line_ends_are_refused_where_nobody_vouches(besieged: Desk, end: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(besieged.open_lmtp)
        line.sendall((OPEN + b"DATA\r\nSubject: x\r\n\r\none" + end + b"\r\n.\r\nQUIT\r\n").replace(b"EHLO", b"LHLO"))
        heard = b"".join(iter(lambda: line.recv(65536), b""))
    assert b"550 5.6.11" in heard


def test_bytes_that_are_no_mail_still_end_somewhere(besieged: Desk) -> None:
    hostile = {
        "nothing": b"\r\n",
        "noise": bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"") * 100 + b"\r\n",
        "headers only": b"X: " + b"y" * 300_000 + b"\r\n",
        "50,000 fields": b"X: y\r\n" * 50_000 + b"\r\n",
        "50,000 authors": b"From: " + b"a@b.example, " * 50_000 + b"\r\n\r\n",
        "nested": b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3_000)
        ),
        "parameters": b"Content-Type: text/plain; " + b'a=";' * 20_000 + b"\r\n\r\n",
    }
    numbers = {what: send(besieged.port, raw, sender=MIA).spool_id for what, raw in hostile.items()}
    for what, number in numbers.items():
        assert eventually(lambda n=number: outcome(besieged, n), what=what) in {"held", "ignored"}  # type: ignore[misc]  # a default


def test_slow_and_many_clients_lock_nobody_else_out(besieged: Desk) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", besieged.port), 10)) for _ in range(40)]
        heard = [line.recv(200) for line in slow]
        assert sum(answer.startswith(b"220 ") for answer in heard) == 8
        assert sum(answer.startswith(b"421 4.7.0") for answer in heard) == 32
        for line, answer in zip(slow, heard, strict=True):
            if answer.startswith(b"220 "):
                line.sendall(OPEN + b"DATA\r\nSubj")
        assert send_locally(besieged.lmtp, a_mail("Local", sender=MIA), sender=MIA)[0].code == 250
    until = time.monotonic() + 10
    while talk(besieged.port, b"QUIT\r\n").startswith(b"421"):
        assert time.monotonic() < until, "their places are never free again"
