"""A parser that does what the mail tells it to: the worst a worker can meet."""

import ctypes
import os
import resource
import signal
import socket
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from mailintake.domain.mail import Address, ParsedMessage
from mailintake.errors import Unreadable

INDIA = timezone(timedelta(hours=5, minutes=30))


def parse(raw: bytes) -> ParsedMessage:
    word, _, rest = raw.partition(b" ")
    match word:
        case b"sleep":
            time.sleep(600)
        case b"spin":
            while True:
                pass
        case b"eat":
            return _message(text=str(len(b"x" * 10**12)))
        case b"signal":
            os.kill(os.getpid(), int(rest))
        case b"crash":
            ctypes.string_at(0)
        case b"exit":
            os._exit(int(rest))
        case b"long":
            return _message(text="x" * int(rest))
        case b"unreadable":
            raise Unreadable("it has no beginning")
        case b"break":
            raise LookupError(rest.decode())
        case b"surrogate":
            return _message(text="\ud800")
        case b"recurse":
            return parse(raw)
        case b"nonsense":
            _answer_directly(1, b'{"subject": 1}')
            time.sleep(600)
        case b"babble":
            _answer_directly(99, b"")
            time.sleep(600)
        case b"rights":
            return _message(text=_rights())
        case b"wait":
            while not Path(rest.decode()).exists():
                time.sleep(0.01)
        case b"meet":
            place = Path(rest.decode())
            place.joinpath(str(os.getpid())).symlink_to(place)
            while len(list(place.iterdir())) < 3:
                time.sleep(0.01)
    return _message(text=f"{len(raw)} {sha256(raw).hexdigest()}")


def parse_headers_only(raw: bytes) -> ParsedMessage:
    return _message(text="headers only")


def _message(*, text: str) -> ParsedMessage:
    author = Address("anna@customer.example", "Änna")
    return ParsedMessage(
        message_id=None,
        from_=author,
        authors=(author,),
        reply_to=(),
        to=(),
        cc=(),
        subject=str(os.getpid()),
        date=datetime(2026, 11, 21, 12, 30, tzinfo=INDIA),
        in_reply_to=None,
        references=("<1@customer.example>",),
        text=text,
        html=None,
        reply_text="",
        quoted="",
        signature="",
        language=None,
        attachments=(),
        headers=(("subject", "x"),),
        content_key="",
    )


def _answer_directly(kind: int, body: bytes) -> None:
    with socket.socket(fileno=os.dup(0)) as line:
        line.sendall(bytes([kind]) + len(body).to_bytes(4, "big") + body)


def _rights() -> str:
    kinds = set()
    for number in range(256):
        with suppress(FileNotFoundError):
            kinds.add(str(Path(f"/proc/self/fd/{number}").readlink()).partition(":")[0])
    ignored = [signal.getsignal(number) is signal.SIG_IGN for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    return repr(
        {
            "descriptors": sorted(kinds),
            "environment": sorted(os.environ),
            "ignores signals": all(ignored),
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "files written": resource.getrlimit(resource.RLIMIT_FSIZE),
            "address space": resource.getrlimit(resource.RLIMIT_AS),
            "nice": os.nice(0) - os.getpriority(os.PRIO_PROCESS, os.getppid()),
        }
    )
