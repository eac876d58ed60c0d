"""A mail relay that keeps every letter and misbehaves as it is told."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO, cast


@dataclass
class Relay:
    """Has its port from the beginning, but refuses connections until `open`.

    `mode` is what becomes of the next letters: taken ("take"), put off ("later"), refused ("never"), taken without a
    word, so that the sender cannot know ("silent"), or refused for the recipients in `unwanted` only.
    """

    mode: str = "take"
    unwanted: frozenset[str] = frozenset()
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    @property
    def message_ids(self) -> list[str]:
        """Their Message-IDs."""
        return [str(letter["Message-ID"]) for _, letter in self.letters]

    def open(self) -> None:
        """Begin to listen."""
        self._socket.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):  # if it never listened
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as line, contextlib.suppress(OSError):
            self._obey(cast("BinaryIO", line))

    def _obey(self, line: BinaryIO) -> None:
        def say(answer: str) -> None:
            line.write(f"{answer}\r\n".encode())

        say("220 relay.example")
        recipient = ""
        while command := line.readline().decode().strip():
            match command.partition(" ")[0].upper():
                case "RCPT":
                    recipient = command.partition("<")[2].partition(">")[0]
                    say("550 5.1.1 Nobody here" if recipient in self.unwanted else "250 2.1.5 Ok")
                case "DATA":
                    say("354 Go on")
                    if not self._take(line, recipient, say):
                        return
                case "QUIT":
                    say("221 Bye")
                    return
                case _:
                    say("250 Ok")

    def _take(self, line: BinaryIO, recipient: str, say: Callable[[str], None]) -> bool:
        content = b""
        while (part := line.readline()) != b".\r\n":
            if not part:
                return False
            content += part.removeprefix(b".")
        if self.mode == "later":
            say("451 4.7.1 Later")
            return True
        if self.mode == "never":
            say("554 5.7.1 Never")
            return True
        letter = message_from_bytes(content, policy=policy.default)
        self.letters.append((recipient, letter))
        if self.mode == "silent":
            self.mode = "take"
            return False
        say("250 2.0.0 Taken")
        return True
