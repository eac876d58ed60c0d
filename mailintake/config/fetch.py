"""Mailboxes on other servers from which we fetch mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from mailintake.config.mailboxes import address
from mailintake.config.oauth import OAuth, read_oauth
from mailintake.config.outgoing import NO_LITERAL, is_this_machine, only_one, parse_host
from mailintake.config.question import answer
from mailintake.config.secret import WAYS, Secret, read_secret
from mailintake.config.shapes import Choice, ListOf, Parsed, Record, Text, Whole, read_named, yes_or_no
from mailintake.config.source import Collecting, Node, Scalar

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
_KEYWORD = re.compile(r"\\(Seen|Flagged|Answered)|[$A-Za-z][\w.$-]{0,63}", re.ASCII)
_ENDS = "`leave`, `delete`, `{move: Processed}` or `{flag: $Processed}`"
END_WORDS = ("leave", "delete")


@dataclass(frozen=True, slots=True)
class End:
    """What is done on the server with a mail that is ours; `name` is a folder to `move` to, or a keyword to `flag`."""

    word: Literal["leave", "delete", "move", "flag"] = "leave"
    name: str = ""

    def __str__(self) -> str:
        return f"{self.word} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Fetch:
    """An IMAP mailbox. What lies in it came for `mailbox`, an address of the desk.

    It is opened either with `password` or with tokens that come from `oauth`.
    """

    name: str
    host: str
    port: int
    user: str
    password: Secret | None
    mailbox: str
    node: Node = field(repr=False, compare=False)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    folders: tuple[str, ...] = ("INBOX",)
    then: End = End()
    trusted: bool = False
    poll_seconds: int = 60
    idle: bool = True
    newest_first: bool = False
    oauth: OAuth | None = None

    @property
    def signs_in(self) -> str:
        """How, in words for an admin."""
        return str(self.oauth) if self.oauth else "password"


def read_fetch(directory: Path, environment: Mapping[str, str], node: Node) -> tuple[Fetch, ...]:
    """Mailboxes by name. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    found = read_named("mailbox", node, partial(_fetch, directory, environment), problems)
    problems.settle()
    return tuple(found.values.values())


def _fetch(directory: Path, environment: Mapping[str, str], key: Scalar, node: Node) -> Fetch:
    fetch = Record(
        partial(_checked, key.text, node),
        {
            "protocol": Choice(("imap",)),
            "host": Parsed(parse_host, "a host name"),
            "port": Whole(1, 65_535),
            "tls": Choice(tuple(_PORTS)),
            "user": Text("a user name"),
            **{f"password_{way}": partial(read_secret, way, directory) for way in WAYS},
            "oauth": partial(read_oauth, directory, environment),
            "for": address,
            "folders": ListOf(Parsed(parse_folder, "the name of a folder"), "a list of folders", least=1, or_one=True),
            "then": _end,
            "trusted": yes_or_no,
            "poll_seconds": Whole(1, 3600),
            "idle": yes_or_no,
            "newest_first": yes_or_no,
        },
        required=("host", "user", "for"),
        into={"for": "mailbox"},
        elsewhere={"password": NO_LITERAL},
    )(node)
    if fetch.password:
        fetch.password.check(environment)
    return fetch


def _checked(
    name: str,
    node: Node,
    *,
    host: str,
    user: str,
    mailbox: str,
    protocol: str = "imap",
    port: int | None = None,
    tls: Literal["implicit", "starttls", "none"] = "implicit",
    then: End = End(),
    folders: tuple[str, ...] = ("INBOX",),
    trusted: bool = False,
    poll_seconds: int = 60,
    idle: bool = True,
    newest_first: bool = False,
    oauth: OAuth | None = None,
    **passwords: Secret,
) -> Fetch:
    del protocol  # one word as yet
    password = only_one(passwords)
    if password is None and oauth is None:
        raise ValueError("a password is missing: name one with `password_file`, or use `oauth`")
    if password and oauth:
        raise ValueError("a password and `oauth` are two ways to sign in: one is enough")
    if tls == "none" and not is_this_machine(host):
        raise ValueError("`tls: none` would show password and mail to everybody on the way: use implicit or starttls")
    if then.word == "move" and then.name in folders:
        raise ValueError(f"mail from `{then.name}` cannot be moved to `{then.name}`")
    if len(set(folders)) < len(folders):
        raise ValueError("a folder is named twice")
    return Fetch(
        name,
        host,
        port or _PORTS[tls],
        user,
        password,
        mailbox,
        node,
        tls,
        folders,
        then,
        trusted,
        poll_seconds,
        idle,
        newest_first,
        oauth,
    )


def parse_folder(text: str) -> str:
    """A folder's name as people write it. Raises ValueError."""
    if not text or len(text) > 255 or not text.isprintable() or set(text) & set('%*"\\'):
        raise ValueError(f'`{text}` cannot be a folder: 1 to 255 characters, none of % * " \\')
    return text


def _parse_keyword(text: str) -> str:
    if not _KEYWORD.fullmatch(text):
        raise ValueError(f"`{text}` cannot be a flag: write such as `$Processed`, or `\\Seen`")
    return text


def _end(node: Node) -> End:
    if isinstance(node, Scalar):
        answer(node, Choice(END_WORDS))
        if node.text not in END_WORDS:
            raise node.wrong(f"`{node.text}` is no end of a mail; wanted: {_ENDS}")
        return End(node.text)  # type: ignore[arg-type]  # one of the two words
    return Record(
        _moved_or_flagged,
        {
            "move": Parsed(parse_folder, "the name of a folder"),
            "flag": Parsed(_parse_keyword, "a keyword such as `$Processed`"),
        },
        wanted=_ENDS,
    )(node)


def _moved_or_flagged(**said: str) -> End:
    if len(said) != 1:
        raise ValueError(f"one end is wanted: {_ENDS}")
    ((word, name),) = said.items()
    return End(word, name)  # type: ignore[arg-type]  # one of the two keys
