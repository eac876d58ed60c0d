"""Maildirs of this machine that are watched for mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from mailintake.config.mailboxes import address
from mailintake.config.question import answer
from mailintake.config.shapes import Choice, Parsed, Record, Whole, path_in, read_named, yes_or_no
from mailintake.config.source import Collecting, Node, Scalar

_ENDS = "`seen`, `delete`, `leave` or `{move: .Processed}`"
END_WORDS = ("seen", "delete", "leave")


@dataclass(frozen=True, slots=True)
class End:
    """What is done with a file that is ours: `seen` puts it into `cur`, `move` into `cur` of `folder` beside it."""

    word: Literal["seen", "delete", "leave", "move"] = "seen"
    folder: str = ""

    def __str__(self) -> str:
        return f"{self.word} {self.folder}".strip()


@dataclass(frozen=True, slots=True)
class Watch:
    """A Maildir at `path`. What is delivered into it came for `mailbox`, an address of the desk."""

    name: str
    path: Path
    mailbox: str
    node: Node = field(repr=False, compare=False)
    then: End = End()
    also_cur: bool = False
    trusted: bool = False
    poll_seconds: int = 1


def read_maildirs(directory: Path, node: Node) -> tuple[Watch, ...]:
    """Maildirs by name. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    found = tuple(read_named("Maildir", node, partial(_watch, directory), problems).values.values())
    first: dict[Path, Watch] = {}
    for watch in found:
        with problems:
            if first.setdefault(watch.path, watch) is not watch:
                raise watch.node.wrong(f"{watch.path} is watched as `{first[watch.path].name}` already")
    for watch in found:
        with problems:
            target = watch.path / watch.then.folder
            if watch.then.word == "move" and target in first:
                raise watch.node.wrong(
                    f"what is moved to `{watch.then.folder}` would come in again as `{first[target].name}`"
                )
    problems.settle()
    return found


def check_outgoing(watches: Sequence[Watch], maildir: Path | None) -> None:
    """Letters of ours are not put where mail comes in. Raises ConfigError."""
    for watch in watches:
        if watch.path == maildir:
            raise watch.node.wrong(f"{watch.path} is where our own letters go: they would come in as mail")


def _watch(directory: Path, key: Scalar, node: Node) -> Watch:
    return Record(
        partial(_checked, key.text, node),
        {
            "path": path_in(directory),
            "for": address,
            "then": _end,
            "also_cur": yes_or_no,
            "trusted": yes_or_no,
            "poll_seconds": Whole(1, 3600),
        },
        required=("path", "for"),
        into={"for": "mailbox"},
    )(node)


def _checked(name: str, node: Node, *, path: Path, mailbox: str, **said: object) -> Watch:
    watch = Watch(name, path, mailbox, node, **said)  # type: ignore[arg-type]  # each was read as its field's type
    if watch.also_cur and watch.then.word in {"seen", "leave"}:
        raise ValueError(
            "with `also_cur`, mail must leave `cur` once it is ours, or every start would read all of it again:"
            " say `then: delete` or `then: {move: .Processed}`"
        )
    return watch


def parse_folder(text: str) -> str:
    """The name of a folder inside a Maildir (Maildir++). Raises ValueError."""
    fits = len(text.encode()) <= 200 and text.isprintable() and "/" not in text
    if not fits or not text.startswith(".") or not all(text[1:].split(".")):
        raise ValueError(f"`{text}` cannot be a folder of a Maildir: write such as `.Processed` or `.Archive.Desk`")
    return text


def _end(node: Node) -> End:
    if isinstance(node, Scalar):
        answer(node, Choice(END_WORDS))
        if node.text not in END_WORDS:
            raise node.wrong(f"`{node.text}` is no end of a mail in a Maildir; wanted: {_ENDS}")
        return End(node.text)  # type: ignore[arg-type]  # one of the three words
    return Record(
        partial(End, "move"),
        {"move": Parsed(parse_folder, "the name of a folder such as `.Processed`")},
        required=("move",),
        into={"move": "folder"},
        wanted=_ENDS,
    )(node)
