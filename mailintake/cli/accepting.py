"""`mailintake deliver` and `mailintake import`: mail that comes by no socket."""

import mailbox
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import ConfigOption, load, return_path_of
from mailintake.errors import MailintakeError, NoSuchMailbox, TemporaryError, TooLarge, Unreadable, UsageError

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.storage.body import Body

_HEADER_FIELD = re.compile(rb"(From |[!-9;-~]+[ \t]*:[ \t])")
MailboxOption = Annotated[
    str | None, typer.Option("--mailbox", help="The desk's address the mail came for [default: the desk's first].")
]


def deliver(
    config: ConfigOption,
    to: MailboxOption = None,
    return_path: Annotated[
        str | None, typer.Option("--return-path", help="The envelope's sender [default: $SENDER, else Return-Path].")
    ] = None,
) -> None:
    """Take one mail from standard input.

    For pipe transports of Postfix, Exim and others.

    Exit status 0 only after the commit; 75 to try again; 65 or 67 for never.
    """
    try:
        _deliver(config, to, return_path)
    except (NoSuchMailbox, TooLarge, Unreadable):
        raise
    except MailintakeError as error:
        # whatever else is wrong is wrong here, not with the mail: with any other status the MTA would bounce it
        raise TemporaryError(str(error)) from error
    except Exception as error:
        raise TemporaryError(f"the mail was not taken in ({type(error).__name__})") from error


def _deliver(config: Path, to: str | None, return_path: str | None) -> None:
    from mailintake.cli.writing import writer
    from mailintake.domain.mail import Envelope
    from mailintake.parsing.words import one_line

    configuration = load(config)
    recipient = _recipient(configuration, to)
    body = _body(configuration)
    try:
        while chunk := sys.stdin.buffer.read(1 << 20):
            body.write(chunk)
            _refuse_large(body, configuration)
        body.seal()
        if not body.size:
            raise Unreadable("there is no mail on standard input")
        head = next(body.slices())
        sender = os.environ.get("SENDER") if return_path is None else return_path
        envelope = Envelope(_sender_of(head) if sender is None else one_line(sender).strip("<> "), (recipient,))
        with writer(configuration) as hand:
            print(hand.accept(body, envelope, transport="pipe"))
    finally:
        body.close()


def import_(
    config: ConfigOption,
    sources: Annotated[
        list[Path], typer.Argument(help="Mail files, directories of them, mbox files or Maildirs.", show_default=False)
    ],
    to: MailboxOption = None,
) -> None:
    """Take in mail from files.

    In a directory, files that do not begin like a mail are passed over. The same mail again changes nothing.
    """
    from rich.console import Console
    from rich.progress import Progress

    from mailintake.cli.writing import writer
    from mailintake.domain.mail import Envelope

    configuration = load(config)
    recipient = _recipient(configuration, to)
    for source in sources:
        if not source.exists():
            raise UsageError(f"there is no {source}")
    mails = [mail for source in sources for mail in _mails(source)]
    taken = 0
    with writer(configuration) as hand, Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("importing", total=len(mails))
        for read in mails:
            data = read()
            body = _body(configuration)
            try:
                body.write(data)
                _refuse_large(body, configuration)
                body.seal()
                hand.accept(body, Envelope(_sender_of(data), (recipient,)), transport="import")
            finally:
                body.close()
            taken += 1
            bar.advance(task)
    print(f"{taken} mails taken in.")


def _recipient(configuration: "Configuration", wanted: str | None) -> str:
    from mailintake.intake.addressing import mailbox_behind

    mailboxes = {mailbox.address.lower(): mailbox for mailbox in configuration.desk.mailboxes}
    if wanted is None:
        return configuration.desk.mailboxes[0].address
    if mailbox_behind(wanted, mailboxes) is None:
        there = ", ".join(mailbox.address for mailbox in mailboxes.values())
        raise NoSuchMailbox(f"{wanted} is no mailbox of this desk; there is {there}")
    return wanted


def _body(configuration: "Configuration") -> "Body":
    from mailintake.storage.body import Body, Budget

    host = configuration.host
    host.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Body(directory=host.state, budget=Budget())


def _refuse_large(body: "Body", configuration: "Configuration") -> None:
    largest = configuration.host.limits.message_size
    if body.size > largest:
        raise TooLarge(f"the mail is larger than {largest:,} bytes")


def _sender_of(head: bytes) -> str:
    from mailintake.parsing.parser import parse_headers_only

    return return_path_of(parse_headers_only(head[: 256 << 10]))


def _begins_like_a_mail(path: Path) -> bool:
    with path.open("rb") as file:
        return _HEADER_FIELD.match(file.read(200)) is not None


def _mails(source: Path) -> Iterator[Callable[[], bytes]]:
    if source.is_file() and source.suffix != ".mbox":
        with source.open("rb") as file:
            is_mbox = file.read(5) == b"From "
        if not is_mbox:
            yield source.read_bytes
            return
    if source.is_dir() and not (source / "cur").is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file() and _begins_like_a_mail(path):
                yield path.read_bytes
        return
    box: mailbox.Mailbox = mailbox.Maildir(source) if source.is_dir() else mailbox.mbox(source)
    for key in box.iterkeys():
        yield partial(box.get_bytes, key)
