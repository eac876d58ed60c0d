"""A conversation with one IMAP server (RFC 3501): what lies there, the bytes of it, and what is done with it after.

Commands are made of numbers and of names from the configuration; nothing of a mail ever goes into one (SECURITY T10).
"""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import Ended, Found, MailboxDown, Refused, Selected
from mailintake.storage.body import Body
from mailintake.transports import oauth
from mailintake.transports.imap_client import Client, connect, speaking
from mailintake.transports.oauth import Tokens

SLICE = 1 << 20
FEW = 50_000
"""So many UIDs fit into one line of an answer, for which the library has 1,000,000 bytes."""
_SYSTEM_FLAGS = {"\\Seen", "\\Flagged", "\\Answered"}


class Session:
    """Logged in. Not for two threads, but for `interrupt`.

    Every method may raise MailboxDown, after which the session is good for nothing. `token_expires_at` (UTC) is of the
    token that let us in, None after a password.
    """

    def __init__(self, fetch: Fetch, client: Client, *, token_expires_at: datetime | None = None) -> None:
        self.token_expires_at = token_expires_at
        self._fetch = fetch
        self._client = client
        self._selected: Selected | None = None
        self._keywords = False
        self._has: dict[str, bool] = {word: client.has_capability(word) for word in ("IDLE", "MOVE", "UIDPLUS")}

    @classmethod
    def open(cls, fetch: Fetch, *, only_look: bool = False, tokens: Tokens | None = None) -> Self:
        """Connect and log in; a folder to move mails to is made if it is not there. Raises MailboxDown or Refused.

        Where the mailbox is opened with tokens, hand over the same `tokens` every time, for they remember; what they
        raise comes through: TemporaryError where the provider is not to be reached, and PermanentError or ConfigError
        where an admin has to do something.
        """
        tokens = tokens or oauth.tokens(fetch)
        client = connect(fetch, tokens)
        try:
            with speaking(fetch.host):
                session = cls(fetch, client, token_expires_at=tokens.expires_at if tokens else None)
                if fetch.then.word == "move" and not only_look and not client.folder_exists(fetch.then.name):
                    client.create_folder(fetch.then.name)
        except BaseException:
            with contextlib.suppress(Exception):
                client.shutdown()
            raise
        return session

    def select(self, folder: str, *, only_look: bool = False) -> Selected:
        """Open a folder. Refused if there is no such folder."""
        with speaking(self._fetch.host):
            readonly = only_look or self._fetch.then.word == "leave"
            answer = self._client.select_folder(folder, readonly=readonly)
            self._keywords = b"\\*" in b" ".join(answer.get(b"PERMANENTFLAGS", ()))
            messages = answer[b"EXISTS"]
            if b"UIDVALIDITY" not in answer:
                raise MailboxDown(f"{self._fetch.host}: the server numbers its mails in no lasting way")
            self._selected = Selected(answer[b"UIDVALIDITY"], answer.get(b"UIDNEXT", 0), messages)
            return self._selected

    def uids(self, first: int) -> list[int]:
        """The UIDs in the open folder from `first` on, in ascending order."""
        assert self._selected is not None
        found: set[int] = set()
        with speaking(self._fetch.host):
            if self._selected.messages <= FEW:
                found.update(self._client.search(["UID", f"{first}:*"]))
            else:
                last = max(self._selected.next_uid - 1, first)
                for start in range(first, last + 1, FEW):
                    found.update(self._client.search(["UID", f"{start}:{min(start + FEW - 1, last)}"]))
        return sorted(uid for uid in found if uid >= first)  # `9:*` finds the last mail even if that is 3

    def found(self, uids: Sequence[int]) -> list[Found]:
        """Size and date of these, in the order asked for; those that have vanished are left out."""
        with speaking(self._fetch.host):
            answer = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
            some = [(uid, answer[uid]) for uid in uids if uid in answer]
            return [Found(uid, int(it[b"RFC822.SIZE"]), _instant(it.get(b"INTERNALDATE"))) for uid, it in some]

    def small(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of mails that are no longer than SLICE, in one command; the first SLICE bytes of any other."""
        with speaking(self._fetch.host):
            answer = self._client.fetch(list(uids), [f"BODY.PEEK[]<0.{SLICE}>"])
            parts = {uid: it.get(b"BODY[]<0>") for uid, it in answer.items()}
            return {uid: _bytes(part) for uid, part in parts.items()}

    def large(self, uid: int, body: Body, *, limit: int) -> bool:
        """Write a mail into `body`, slice by slice; False if it vanished meanwhile. Refused beyond `limit` bytes."""
        with speaking(self._fetch.host):
            for offset in range(0, limit + SLICE, SLICE):
                answer = self._client.fetch([uid], [f"BODY.PEEK[]<{offset}.{SLICE}>"])
                if uid not in answer:
                    return False
                part = _bytes(answer[uid].get(f"BODY[]<{offset}>".encode()))
                if len(part) > SLICE:
                    raise MailboxDown(f"{self._fetch.host}: the server sends more than it is asked for")
                body.write(part)
                if len(part) < SLICE:
                    return True
        raise Refused(f"{self._fetch.host}: the mail goes on beyond {limit} bytes")

    def end(self, uids: Sequence[int], *, copied: bool = False) -> Ended:
        """Do with these what the configuration says; what that came to. Raises Refused when the server does not.

        `copied` are in the folder to move to already: a server without MOVE only has to delete them.
        """
        then, chosen = self._fetch.then, list(uids)
        with speaking(self._fetch.host):
            if then.word == "flag":
                return self._flag(chosen, then.name)
            if then.word == "move" and self.has_move and not copied:
                self._client.move(chosen, then.name)
                return "moved"
            if then.word == "move" and not copied:
                self._client.copy(chosen, then.name)
            if then.word == "leave":
                return "left"
            self._client.delete_messages(chosen, silent=True)
            if not self._has["UIDPLUS"]:
                return "marked"  # a plain EXPUNGE would also take what somebody else has marked
            self._client.uid_expunge(chosen)
            return "expunged"

    def _flag(self, uids: list[int], name: str) -> Ended:
        if not self._keywords and name not in _SYSTEM_FLAGS:
            return "left"  # the ledger knows it all the same
        self._client.add_flags(uids, [name.encode()], silent=True)
        return "flagged"

    def wait(self, seconds: float) -> None:
        """Return when there may be news, at the latest after `seconds`; only where `has_idle`."""
        try:
            with speaking(self._fetch.host):
                self._client.wait(seconds)
        except Refused:
            self._has["IDLE"] = False

    @property
    def has_idle(self) -> bool:
        """Whether the server tells us of new mail by itself."""
        return self._has["IDLE"]

    @property
    def has_move(self) -> bool:
        """Whether a mail is moved in one step, so that it is never in both folders (RFC 6851)."""
        return self._has["MOVE"]

    def interrupt(self) -> None:
        """Break the session off, from another thread."""
        with contextlib.suppress(OSError):
            self._client.interrupt()

    def close(self) -> None:
        """Say goodbye if the server still listens; it never fails."""
        with contextlib.suppress(Exception):
            self._client.socket().settimeout(1)
            self._client.logout()
        with contextlib.suppress(Exception):
            self._client.shutdown()


def _bytes(part: object) -> bytes:
    if part is None:
        return b""
    if not isinstance(part, bytes):
        raise TypeError("a body that is no literal")
    return part


def _instant(value: datetime | None) -> datetime | None:
    try:
        return value.astimezone(UTC) if value and value.tzinfo else None
    except (ValueError, OverflowError):
        return None
