"""Mails as a support desk gets them, made from a seed.

Small mails are multipart/alternative with a quoted answer, 2 to 5 kB. Of the mixed ones 70 % are small, 25 % bring a
PNG or PDF of 50 to 300 kB, and 5 % one of 2 to 5 MB.
"""

import base64
import quopri
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle

MAILBOX = "support@desk.example"
CUSTOMER = "customer.example"
PEOPLE = 5_000
STOCK = 200

_FIRST = [
    "Ana",
    "Max",
    "Mia",
    "Ivo",
    "Maria",
    "Jan",
    "Eva",
    "Tim",
    "Lea",
    "Nik",
    "Zoë",
    "Jörg",
    "Renée",
    "Luka",
    "Sara",
    "Peter",
]
_LAST = [
    "Miller",
    "Baker",
    "Horvat",
    "Kralj",
    "Novak",
    "Weber",
    "Rossi",
    "Dubois",
    "García",
    "Jensen",
    "Kowalski",
    "Nagy",
]
_WORDS = [
    "the",
    "a",
    "our",
    "your",
    "this",
    "that",
    "which",
    "when",
    "since",
    "and",
    "but",
    "or",
    "not",
    "after",
    "before",
    "until",
    "printer",
    "invoice",
    "login",
    "account",
    "report",
    "export",
    "order",
    "password",
    "server",
    "update",
    "version",
    "window",
    "button",
    "screen",
    "colour",
    "café",
    "naïve",
    "delivery",
    "customer",
    "number",
    "page",
    "error",
    "message",
    "shows",
    "says",
    "stops",
    "hangs",
    "works",
    "worked",
    "fails",
    "again",
    "yesterday",
    "today",
    "morning",
    "office",
    "please",
    "could",
    "would",
    "should",
    "can",
    "help",
    "look",
    "check",
    "send",
    "tell",
    "need",
    "have",
    "has",
    "had",
    "is",
    "was",
    "we",
    "I",
    "you",
    "they",
    "it",
    "with",
    "from",
    "into",
    "over",
    "under",
    "through",
    "every",
    "only",
    "also",
    "still",
    "already",
    "never",
    "always",
]
_BLOCK = (*["small"] * 14, *["medium"] * 5, "large")  # 70, 25 and 5 % of every twenty
_SIZES = {"medium": (50_000, 300_000), "large": (2_000_000, 5_000_000)}
_EPOCH = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_NUMBER, _PERSON = "@number@", "@person@"
_HOLES = re.compile(f"({_NUMBER}|{_PERSON})".encode())


@dataclass(frozen=True, slots=True)
class Mail:
    """What one SMTP transaction carries; `pieces` together are the content, CRLF and dots as SMTP wants them."""

    sender: str
    pieces: tuple[bytes, ...]


def mails(mix: str, *, seed: int, first: int, count: int) -> Iterator[Mail]:
    """`count` mails of the mix "small" or "mixed", numbered from `first`.

    Content repeats after STOCK mails, but no two mails are the same: the number stands in the envelope, the Message-ID
    and the text. So making them costs the client next to nothing.
    """
    rng = random.Random(seed)
    kinds = ["small"] * min(STOCK, count) if mix == "small" else _mixed(rng, min(STOCK, count))
    stock = [_HOLES.split(_mail(rng, kind)) for kind in kinds]
    for number, pieces in zip(range(first, first + count), cycle(stock), strict=False):
        person = f"person.{number % PEOPLE}"
        holes = {_NUMBER.encode(): b"%x.%d" % (seed, number), _PERSON.encode(): person.encode()}
        yield Mail(f"{person}@{CUSTOMER}", tuple(holes.get(piece, piece) for piece in pieces))


def _mixed(rng: random.Random, count: int) -> list[str]:
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += rng.sample(_BLOCK, len(_BLOCK))
    return kinds[:count]


def _mail(rng: random.Random, kind: str) -> bytes:
    mine, theirs = _text(rng, rng.randint(1, 4)), _text(rng, rng.randint(1, 4))
    name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    at = _EPOCH + timedelta(seconds=rng.randrange(10_000_000))
    content = _alternative(rng, mine, theirs, name=name, at=at)
    if kind != "small":
        content = _with_attachment(rng, content, rng.randint(*_SIZES[kind]))
    mail = f"{_header(rng, name, at)}\n{content}".replace("\n", "\r\n").replace("\r\n.", "\r\n..")
    return mail.encode("ascii")


def _header(rng: random.Random, name: str, at: datetime) -> str:
    host, queue = f"mx{rng.randint(1, 9)}.{CUSTOMER}", f"{rng.getrandbits(40):010X}"
    earlier = f"<{rng.getrandbits(64):x}@desk.example>"
    lines = (
        f"Received: from {host} ({host} [192.0.2.{rng.randint(1, 250)}])",
        f"\tby mx.desk.example (Postfix) with ESMTPS id {queue}",
        f"\tfor <{MAILBOX}>; {format_datetime(at)}",
        f"Received: from workplace ([10.0.0.{rng.randint(1, 250)}]) by {host}; {format_datetime(at)}",
        f"From: {_word(name)} <{_PERSON}@{CUSTOMER}>",
        f"To: Example Desk <{MAILBOX}>",
        f"Subject: Re: {_word(_sentence(rng)[:45].strip())}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{_NUMBER}.{rng.getrandbits(64):x}@{CUSTOMER}>",
        f"In-Reply-To: {earlier}",
        f"References: {earlier}",
        "User-Agent: Example Mail 128.0",
        "Content-Language: en-GB",
        "MIME-Version: 1.0",
    )
    return "\n".join(lines)


def _word(text: str) -> str:
    return text if text.isascii() else f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _alternative(rng: random.Random, mine: list[str], theirs: list[str], *, name: str, at: datetime) -> str:
    said = f"On {at:%d/%m/%Y %H:%M}, Example Desk wrote:"
    reference = f"Reference: {_NUMBER}"
    plain = "\n\n".join([*mine, reference, said, "\n>\n".join(f"> {each}" for each in theirs), f"-- \n{name}"])
    html = (
        '<html><head><meta charset="utf-8"></head><body>'
        + "".join(f"<p>{each}</p>\n" for each in (*mine, reference))
        + f'<div class="cite">{said}</div>\n<blockquote type="cite">'
        + "".join(f"<p>{each}</p>\n" for each in theirs)
        + f'</blockquote>\n<div class="signature">-- <br>{name}</div></body></html>'
    )
    return _multipart(rng, "alternative", (_text_part("plain", plain), _text_part("html", html)))


def _with_attachment(rng: random.Random, content: str, size: int) -> str:
    content_type, name, magic = rng.choice(
        (("image/png", "screenshot.png", b"\x89PNG\r\n\x1a\n"), ("application/pdf", "invoice.pdf", b"%PDF-1.7\n"))
    )
    data = base64.encodebytes(magic + rng.randbytes(size)).decode()
    attached = (
        f'Content-Type: {content_type}; name="{name}"\n'
        f'Content-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{data}"
    )
    return _multipart(rng, "mixed", (content, attached))


def _multipart(rng: random.Random, subtype: str, parts: tuple[str, ...]) -> str:
    boundary = f"------------{rng.getrandbits(96):024x}"
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{subtype};\n boundary="{boundary}"\n\n{body}--{boundary}--\n'


def _text_part(subtype: str, text: str) -> str:
    encoded = quopri.encodestring(text.encode()).decode()
    return f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{encoded}\n"


def _text(rng: random.Random, paragraphs: int) -> list[str]:
    return [" ".join(_sentence(rng) for _ in range(rng.randint(1, 3))) for _ in range(paragraphs)]


def _sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randint(6, 14))).capitalize() + "."
