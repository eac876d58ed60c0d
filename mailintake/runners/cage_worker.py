"""Inside the cage: read mails one after the other, with little memory, few rights and nothing to steal.

The line to the keeper (`cage`) is standard input, a socket. Each way carries frames:

    from the keeper    size (8 bytes) · headers only? (1 byte) · the mail
    to the keeper      what kind of answer (1 byte) · length (4 bytes) · the answer, as JSON or as text

JSON rather than MessagePack because it keeps the sender's UTC offset, and never pickle: a process that reads hostile
bytes may come to speak with the attacker's voice.
"""

import ctypes
import gc
import importlib
import os
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from enum import IntEnum
from pathlib import Path

import msgspec

from mailintake.errors import Unreadable

REQUEST = struct.Struct("!Q?")
REPLY = struct.Struct("!BI")
LARGEST_ANSWER = 16 * 1024 * 1024

OUT_OF_MEMORY = 71
"""The exit status at the memory limit, where there may be no room left for words (EX_OSERR)."""

OPEN_FILES = 16
PR_SET_PDEATHSIG = 1


class Answer(IntEnum):
    """What kind of thing a worker says."""

    READY = 0
    PARSED = 1
    UNREADABLE = 2
    BROKEN = 3
    TOO_LONG = 4


def main(keeper: int, memory: int, parser: str) -> None:
    """Serve the process `keeper` until it hangs up; `parser` names a module with `parse` and `parse_headers_only`."""
    _die_with(keeper)
    line = socket.socket(fileno=os.dup(0))
    try:
        module = importlib.import_module(parser)
        parse, parse_headers_only = module.parse, module.parse_headers_only
    except Exception as error:  # noqa: BLE001 - the keeper reports it
        return _say(line, Answer.BROKEN, f"{type(error).__name__}: {error}".encode(errors="replace"))
    _give_up_rights(memory)
    gc.freeze()  # what was imported stays, so later collections need not look at it
    encode = msgspec.json.Encoder().encode
    incoming = sys.stdin.buffer
    _say(line, Answer.READY)
    try:
        while head := incoming.read(REQUEST.size):
            size, headers_only = REQUEST.unpack(head)
            mail = incoming.read(size)
            if len(mail) < size:
                return None  # the keeper hung up in the middle
            try:
                body, kind = encode(parse_headers_only(mail) if headers_only else parse(mail)), Answer.PARSED
            except Unreadable as trouble:
                body, kind = str(trouble).encode(errors="replace"), Answer.UNREADABLE
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - a defect of ours, which costs this one mail and no other
                body, kind = _place_of(error).encode(), Answer.BROKEN
            if len(body) > LARGEST_ANSWER:
                body, kind = b"", Answer.TOO_LONG
            _say(line, kind, body)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _say(line: socket.socket, kind: Answer, body: bytes = b"") -> None:
    line.sendall(REPLY.pack(kind, len(body)) + body)


def _place_of(error: Exception) -> str:
    """Name and place of an exception, without its words: those may quote the mail."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + place


def _die_with(keeper: int) -> None:
    """Let the kernel end this process with its keeper, and leave it to the keeper alone to end it before."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:  # it died before we asked
        os._exit(0)


def _give_up_rights(memory: int) -> None:
    """Bound the address space; no core files, no written files, no child processes; last in line for the processor."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")  # short of memory, the kernel shall take us, not the daemon
    os.nice(5)
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, memory),
    ):
        with suppress(ValueError, OSError):  # an inherited limit may be lower still, and stays then
            resource.setrlimit(limit, (value, value))
