"""Read mails nobody would write, for some minutes: `./dev fuzz --minutes 10`.

Mails are made in four ways: bytes without sense, the golden mails with pieces cut, doubled, swapped and replaced, long
repetitions of what costs parsers time, and RTF in files of Outlook's. For each must hold: nothing is raised, it takes
under 1 s (2 s per MB for large ones), a second reading sees the same, no character of the text is lost, what was
understood is fit for JSON and for a column, and every attachment can be taken out as it was listed. A mail that breaks
one is written to a file.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from mailintake.domain.mail import ParsedMessage
from mailintake.parsing import attachments
from mailintake.parsing.parser import parse, parse_headers_only
from mailintake.parsing.report import as_json, envelope_of
from mailintake.screening import screen

GOLDEN = sorted(Path(__file__).parent.joinpath("mails").glob("*.eml"))
SECONDS_PER_BYTE = 2 / 1_000_000
ROUND = 200

PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\n\n", b" ", b"\t", b"\0", b";", b":", b",", b"<", b">", b'"', b"(", b")", b"\\", b"@"),
    *(b"--b\n", b"--b--\n", b"Content-Type: multipart/mixed; boundary=b\n\n", b"Content-Type: message/rfc822\n\n"),
    *(b"Content-Type: text/html\n\n", b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/plain; charset="),
    *(b"From: a@b.example\n", b"To: ", b"Subject: ", b"Date: ", b"=?utf-8?b?", b"=?utf-8?q?", b"?=", b"=C3=A4", b"=\n"),
    *(
        b"filename*0*=utf-8''%e2",
        b"; name=",
        b"\x1b$B",
        b"\x1b(B",
        b"+AGE-",
        b"~{",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x80",
    ),
    *(b"On 5 Jan 2026 at 10:15 Ann <a@b.example> wrote:\n", b"> ", b">>> ", b"-- \n", b"From: Ann\nSent: now\n"),
    *(b"-----Original Message-----\n", b"________\n", b"Best regards,\nAnn\n", b"begin 644 a\n", b"end\n", b"`\n"),
    *(
        b"<div>",
        b"</div>",
        b"<blockquote>",
        b"<table><tr><td>",
        b"<!--",
        b"<a href=",
        b"&amp",
        b"<style>",
        b"<![CDATA[",
    ),
    *(b"Final-Recipient: rfc822; a@b.example\n", b"Action: failed\n", b"Status: 5.1.1\n", b"BEGIN:VEVENT\n", b"550 "),
    *(
        b"|---------->\n  >-----|\n",
        b"05.01.2026 10:15\n",
        b"To: a\n",
        b"Subject: b\n",
        b"Quoting Ann <a@b.example>:\n",
    ),
    *(b"<div class=gmail_signature>", b"<br id=lineBreakAtBeginningOfSignature>", b"BEGIN:VTIMEZONE\nTZID:x\n"),
    *(b"BEGIN:STANDARD\nDTSTART:16010101T030000\n", b"TZOFFSETTO:+0100\n", b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"),
    *(b"DTSTART;TZID=x:20260105T101500\n", b"\x78\x9f\x3e\x22", b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02"),
]
# What RTF is made of, which mails hold only in the files of Outlook.
CONTROL_WORDS = [
    *(b"{", b"}", b"\\", b"\\*", b"\\par ", b"\\'e9", b"\\u8364?", b"\\u-10179 ", b"\\uc3 ", b"\\bin9 ", b"\\f1 "),
    *(b"\\fromhtml1 ", b"{\\*\\htmltag ", b"\\htmlrtf ", b"\\htmlrtf0 ", b"\\fonttbl ", b"\\fcharset128 ", b"\\v "),
    *(
        b"\\ansicpg932 ",
        b"{\\field{\\*\\fldinst HYPERLINK",
        b' "http://x.example"}',
        b"{\\fldrslt ",
        b"a",
        b"\x82",
        b"\n",
    ),
    *(b"<div>", b"<p>", b"&", b"<i class=signature>", b"<!--", b"]]>"),
]
_bits = st.sampled_from(PIECES) | st.binary(max_size=6)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A golden mail, or a piece of one, with a few things done to it."""
    raw = GOLDEN[draw(st.integers(0, len(GOLDEN) - 1))].read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        start, stop = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
        what = draw(st.sampled_from(["cut", "double", "replace", "insert", "graft"]))
        if what == "cut":
            raw = raw[:start] + raw[min(stop, start + 40) :]
        elif what == "double":
            raw = raw[:stop] + raw[start:]
        elif what == "graft":
            other = draw(st.sampled_from(GOLDEN)).read_bytes()
            raw = raw[:start] + other[-(stop - start) :] + raw[stop:]
        else:
            bit = draw(_bits)
            raw = raw[:start] + bit + raw[start + (len(bit) if what == "replace" else 0) :]
    return raw[:400_000]


@st.composite
def repeated(draw: st.DrawFn) -> bytes:
    """A few pieces again and again, under a header or in one."""
    head = draw(
        st.sampled_from(
            [
                b"",
                b"From: a@b.example\n\n",
                b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
                b"Content-Type: text/html\n\n",
                b"Content-Type: multipart/report; boundary=b\n\n--b\n\n",
                b"From: MAILER-DAEMON@b.example\nSubject: failure notice\n\n",
                b"Content-Type: text/calendar\n\n",
                b"Content-Type: text/plain; ",
                b"To: ",
                b"Subject: ",
            ]
        )
    )
    unit = b"".join(draw(st.lists(_bits, min_size=1, max_size=5)))
    size = draw(st.sampled_from([2_000, 20_000, 100_000, 100_000, 1_000_000]))
    return head + unit * (size // max(1, len(unit)))


@st.composite
def rich(draw: st.DrawFn) -> bytes:
    """RTF in a file of Outlook's as the only text, sometimes compressed so that it grows a lot."""
    unit = b"".join(draw(st.lists(st.sampled_from(CONTROL_WORDS) | st.binary(max_size=4), min_size=1, max_size=40)))
    rtf = b"{\\rtf1" + unit * draw(st.sampled_from([1, 1, 1, 30, 3_000]))
    rtf = rtf[:70_000]
    kind = b"MELA"
    if draw(st.booleans()):
        kind = b"LZFu"
        rtf = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, min(len(rtf), 4_000), 8))
        rtf += draw(st.binary(max_size=40)) * draw(st.sampled_from([1, 1_000]))
    held = struct.pack("<II4sI", len(rtf) + 12, len(rtf), kind, 0) + rtf
    properties = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(held)) + held
    opened = b"\x78\x9f\x3e\x22\1\0" + struct.pack("<BII", 1, 0x00069003, len(properties)) + properties + b"\0\0"
    head = b"From: a@b.example\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n"
    return head + base64.encodebytes(opened)


MAILS = damaged() | repeated() | rich() | st.lists(_bits, max_size=60).map(b"".join) | st.binary(max_size=2_000)


@dataclass(slots=True)
class Count:
    """What was read so far; `slowest` is the largest share of the time a mail may take, `longest` is in seconds."""

    mails: int = 0
    size: int = 0
    slowest: float = 0.0
    longest: float = 0.0


def check(raw: bytes, count: Count) -> None:
    """Read one mail and hold it to all that is promised; raises AssertionError for what is not kept."""
    began = time.process_time()
    message = parse(raw)
    spent = time.process_time() - began
    share = spent / max(1.0, len(raw) * SECONDS_PER_BYTE)
    if share >= 1.0:  # a stutter of the machine is no fault of ours
        began = time.process_time()
        parse(raw)
        share = (time.process_time() - began) / max(1.0, len(raw) * SECONDS_PER_BYTE)
    assert share < 1.0, f"{spent:.2f} s for {len(raw)} bytes"
    assert parse(raw) == message, "two readings differ"
    holds(raw, message)
    count.mails += 1
    count.size += len(raw)
    count.slowest, count.longest = max(count.slowest, share), max(count.longest, spent)


def holds(raw: bytes, message: ParsedMessage) -> None:
    """Whether what was understood is whole, clean and can be written down."""
    together = message.reply_text + message.quoted + message.signature
    assert sorted("".join(together.split())) == sorted("".join(message.text.split())), "text was lost"
    screening = screen(message, envelope_of(message), own_addresses=frozenset({"a@b.example"}), loop_mark="mark")
    seen = json.dumps(as_json(message, screening, file="x"), ensure_ascii=False)
    seen.encode("utf-8")
    assert "\\u0000" not in seen, "a NUL"
    for line in (message.subject, message.message_id or "", *(str(person) for person in message.authors + message.to)):
        assert "\n" not in line, "a line break in a header field"
        assert "\r" not in line, "a line break in a header field"
    assert "<script" not in (message.html or "").lower(), "a script"
    for entry in message.attachments[:20]:
        content = attachments.extract(raw, entry.part)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (entry.size, entry.sha256), "not as listed"
    parse_headers_only(raw)


def _report(raw: bytes, error: Exception, number: int) -> int:
    path = Path(tempfile.gettempdir(), f"mailintake-fuzz-{number}.eml")
    path.write_bytes(raw)
    print(f"broken with --seed {number}; the mail is in {path}", file=sys.stderr)
    traceback.print_exception(error)
    return 1


def main() -> int:
    """Run until the time is up; the exit status is 1 if a mail broke something."""
    arguments = argparse.ArgumentParser(prog="./dev fuzz", description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--minutes", type=float, default=10.0, help="how long (10)")
    arguments.add_argument("--seed", type=int, default=None, help="begin as another run did")
    said = arguments.parse_args()
    first = time.time_ns() % 1_000_000 if said.seed is None else said.seed
    count, stop, number = Count(), time.monotonic() + 60 * said.minutes, first
    broken: list[tuple[bytes, Exception]] = []
    while time.monotonic() < stop:

        @seed(number)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(MAILS)
        def one_round(raw: bytes) -> None:
            try:
                if not broken:
                    check(raw, count)
            except Exception as error:
                broken.append((raw, error))

        one_round()
        if broken:
            return _report(*broken[0], number)
        number += 1
    print(
        f"{count.mails} mails, {count.size / 1e6:.0f} MB, nothing broken; seeds {first} to {number - 1}; "
        f"at most {100 * count.slowest:.0f} % of the time allowed, longest {count.longest:.2f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
