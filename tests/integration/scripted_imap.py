"""An IMAP server that does what a real one will not: lies about sizes, hangs up in the middle, hands UIDs out again."""

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

DATE = '"21-Nov-2026 09:00:00 +0000"'
EVERYTHING = "IMAP4rev1 IDLE MOVE UIDPLUS"


@dataclass
class Box:
    """A folder."""

    validity: int = 1
    next_uid: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)

    def add(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[self.next_uid] = mail
            self.next_uid += 1


Trick = Callable[["Conversation", str, str], bool]


class ScriptedImap:
    """`trick(conversation, tag, line)` sees every command first, and says whether it has dealt with it."""

    def __init__(self, *, capability: str = EVERYTHING, keywords: bool = True) -> None:
        self.boxes: dict[str, Box] = {"INBOX": Box()}
        self.capability = capability
        self.permanent = "\\Deleted \\Seen \\*" if keywords else "\\Deleted \\Seen"
        self.trick: Trick = lambda *_: False
        self.commands: list[str] = []
        self.greeting = "* OK here"
        self.news = threading.Condition()
        self.port = 0

    @property
    def inbox(self) -> Box:
        return self.boxes["INBOX"]

    def arrive(self, *mails: bytes, folder: str = "INBOX") -> None:
        """New mail; whoever is in IDLE is told."""
        with self.news:
            self.boxes.setdefault(folder, Box()).add(*mails)
            self.news.notify_all()

    def count(self, word: str) -> int:
        """How many commands held this word."""
        return sum(word in command for command in self.commands)


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    imap: ScriptedImap
    box: Box

    def say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        try:
            self.say(self.imap.greeting)
            while line := self.rfile.readline().decode().rstrip("\r\n"):
                tag, _, rest = line.partition(" ")
                self.imap.commands.append(rest)
                if not self.imap.trick(self, tag, rest) and not self.answer(tag, rest):
                    return
        except OSError:
            return

    def answer(self, tag: str, rest: str) -> bool:
        """Do as told; False to hang up."""
        words = rest.split()
        verb = words[1].upper() if words[0].upper() == "UID" else words[0].upper()
        with self.imap.news:
            getattr(self, f"do_{verb.lower()}")(words)
        if verb == "IDLE":
            self.idle()
        self.say(f"{tag} OK {verb} done")
        return verb != "LOGOUT"

    def idle(self) -> None:
        self.say("+ idling")
        seen = len(self.box.mails)
        done = threading.Event()
        reader = threading.Thread(target=lambda: (self.rfile.readline(), done.set()), daemon=True)
        reader.start()
        while not done.is_set():
            with self.imap.news:
                self.imap.news.wait(0.02)
                if len(self.box.mails) != seen:
                    seen = len(self.box.mails)
                    self.say(f"* {seen} EXISTS")
        reader.join()

    def do_capability(self, _: list[str]) -> None:
        self.say(f"* CAPABILITY {self.imap.capability}")

    def do_login(self, _: list[str]) -> None:
        pass

    def do_noop(self, _: list[str]) -> None:
        pass

    def do_idle(self, _: list[str]) -> None:
        pass

    def do_logout(self, _: list[str]) -> None:
        self.say("* BYE")

    def do_list(self, words: list[str]) -> None:
        name = words[-1].strip('"')
        if name in self.imap.boxes:
            self.say(f'* LIST () "/" "{name}"')

    def do_create(self, words: list[str]) -> None:
        self.imap.boxes[words[1].strip('"')] = Box()

    def do_select(self, words: list[str]) -> None:
        self.box = self.imap.boxes[words[1].strip('"')]
        self.say("* FLAGS (\\Deleted \\Seen)")
        self.say(f"* {len(self.box.mails)} EXISTS")
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {self.box.validity}] so")
        self.say(f"* OK [UIDNEXT {self.box.next_uid}] so")
        self.say(f"* OK [PERMANENTFLAGS ({self.imap.permanent})] so")

    do_examine = do_select

    def chosen(self, numbers: str) -> list[int]:
        """The UIDs of a set that are there, `*` as the RFC has it."""
        there, found = sorted(self.box.mails), set()
        for part in numbers.split(","):
            ends = [(there[-1] if there else 0) if end == "*" else int(end) for end in part.split(":")]
            found |= {uid for uid in there if min(ends) <= uid <= max(ends)}
        return sorted(found)

    def do_search(self, words: list[str]) -> None:
        self.say("* SEARCH " + " ".join(map(str, self.chosen(words[-1]))))

    def do_fetch(self, words: list[str]) -> None:
        for uid in self.chosen(words[2]):
            self.say_mail(uid, " ".join(words[3:]), self.box.mails[uid])

    def say_mail(self, uid: int, items: str, mail: bytes, *, announce: int | None = None) -> None:
        """One answer to FETCH; `announce` is the length that the literal is said to have."""
        number = sorted(self.box.mails).index(uid) + 1
        if part := re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", items):
            first, most = int(part[1]), int(part[2])
            data = mail[first : first + most]
            length = len(data) if announce is None else announce
            self.say(f"* {number} FETCH (UID {uid} BODY[]<{first}> {{{length}}}".encode() + b"\r\n" + data + b")")
        else:
            self.say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE {DATE})")

    def do_store(self, words: list[str]) -> None:
        for uid in self.chosen(words[2]):
            self.box.flags.setdefault(uid, set()).update(words[-1].strip("()").split())

    def do_copy(self, words: list[str]) -> None:
        self.imap.boxes[words[-1].strip('"')].add(*(self.box.mails[uid] for uid in self.chosen(words[2])))

    def do_move(self, words: list[str]) -> None:
        self.do_copy(words)
        for uid in self.chosen(words[2]):
            del self.box.mails[uid]

    def do_expunge(self, words: list[str]) -> None:
        for uid in self.chosen(words[2]):
            if "\\Deleted" in self.box.flags.get(uid, set()):
                del self.box.mails[uid]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def scripted(imap: ScriptedImap) -> Iterator[ScriptedImap]:
    """Serve on a free loopback port."""
    handler = type("Bound", (Conversation,), {"imap": imap})
    with _Server(("127.0.0.1", 0), handler) as server:
        imap.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield imap
        finally:
            server.shutdown()
            thread.join()
