"""Files leave with a letter out of the mails they came in."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import update

from mailintake.domain.letter import Draft, Enclosure, Letter
from mailintake.domain.mail import Address, Envelope, Reception
from mailintake.errors import StorageBusy
from mailintake.notices import enclosures
from mailintake.notices.compose import Composer
from mailintake.parsing.parser import parse
from mailintake.resources import shipped
from mailintake.runners import enclosing
from mailintake.runners.outbox import Outbox
from mailintake.storage import outbox, raw, spool, tables
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter
from mailintake.storage.spool import Delivery
from tests.builders import DESK, MONDAY_TEN

PDF = bytes(range(256)) * 8_000  # more than one slice of the store


def a_mail_with(*files: tuple[str, bytes]) -> bytes:
    """A mail of an agent with files."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = "maria@desk.example", DESK, "Re: The oven is cold"
    mail.set_content("Here it is.")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def store(database: Database, mail: bytes) -> int:
    """The mail in the spool; its number."""
    digest = hashlib.sha256(mail).hexdigest()
    delivery = Delivery(digest, len(mail), Envelope("", (DESK,)), Reception("smtp", MONDAY_TEN))
    with database.writing() as connection:
        raw.put(connection, digest, (mail[at : at + raw.PART] for at in range(0, len(mail), raw.PART)))
        return spool.add(connection, [delivery])[delivery.key]


def enclosures_of(number: int, mail: bytes) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(number, each.part, each.filename, each.content_type, each.size) for each in parse(mail).attachments
    )


def an_answer(*files: Enclosure) -> Draft:
    return Draft(
        template="answer",
        language="en",
        sender=Address(DESK, "Maria (Desk)"),
        recipient=Address("ana@bakery.example"),
        message_id="<1@desk.example>",
        automatic=None,
        context={"ticket": 1, "subject": "The oven is cold", "text": "Here it is.", "agent": "Maria", "desk": "Desk"},
        return_path=f"bounce+1@{DESK.partition('@')[2]}",
        attachments=files,
    )


@pytest.fixture
def leave(database: Database) -> Callable[[Draft], Awaitable[tuple[Letter, EmailMessage]]]:
    """Queue a letter and see it off: what the outgoing server gets, and what a mail program reads."""

    async def work(draft: Draft) -> tuple[Letter, EmailMessage]:
        left: list[Letter] = []

        async def send(letter: Letter) -> None:
            left.append(letter)

        with database.writing() as connection:
            outbox.add(connection, [NewLetter(draft, "answer", None)], now=MONDAY_TEN)
        runner = Outbox(
            database,
            Composer([shipped("templates")]),
            send=send,
            clock=lambda: MONDAY_TEN,
            per_hour=100,
            lifetime=timedelta(days=5),
        )
        while await runner.turn() == 0:
            pass
        (letter,) = left
        return letter, message_from_bytes(letter.content, policy=policy.default)

    return work


def text_of(parsed: EmailMessage) -> str:
    part = parsed.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_an_answer_leaves_with_its_files_and_its_return_path(
    database: Database, leave: Callable[[Draft], Awaitable[tuple[Letter, EmailMessage]]]
) -> None:
    mail = a_mail_with(("list.pdf", PDF), ("naročilo.pdf", b"x"))
    letter, parsed = await leave(an_answer(*enclosures_of(store(database, mail), mail)))
    assert letter.return_path == "bounce+1@desk.example"
    assert [part.get_payload(decode=True) for part in parsed.iter_attachments()] == [PDF, b"x"]
    assert "could not be enclosed" not in text_of(parsed)
    assert parsed["Auto-Submitted"] is None


async def test_files_of_several_mails_travel_together(
    database: Database, leave: Callable[[Draft], Awaitable[tuple[Letter, EmailMessage]]]
) -> None:
    first, second = a_mail_with(("a.pdf", b"a")), a_mail_with(("b.pdf", b"b"), ("c.pdf", b"c"))
    one, (two, three) = (
        enclosures_of(store(database, first), first),
        enclosures_of(store(database, second), second),
    )
    _, parsed = await leave(an_answer(two, *one, three))
    assert [part.get_filename() for part in parsed.iter_attachments()] == ["b.pdf", "a.pdf", "c.pdf"]


async def test_what_cannot_be_enclosed_is_named(
    database: Database,
    leave: Callable[[Draft], Awaitable[tuple[Letter, EmailMessage]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enclosures, "MOST_BYTES", 10)
    mail = a_mail_with(("large.pdf", b"x" * 11), ("small.pdf", b"x" * 10))
    _, parsed = await leave(an_answer(*enclosures_of(store(database, mail), mail)))
    assert [part.get_filename() for part in parsed.iter_attachments()] == ["small.pdf"]
    assert "- large.pdf" in text_of(parsed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"spool_id": 4711},
        {"part": "9"},
        {"part": "2/1"},
        {"size": 2},
    ],
)
async def test_a_file_that_is_not_there_as_listed_is_named_and_the_letter_leaves(
    wrong: dict[str, object],
    database: Database,
    leave: Callable[[Draft], Awaitable[tuple[Letter, EmailMessage]]],
) -> None:
    mail = a_mail_with(("list.pdf", b"x"))
    (listed,) = enclosures_of(store(database, mail), mail)
    known = {name: getattr(listed, name) for name in listed.__slots__}
    _, parsed = await leave(an_answer(Enclosure(**{**known, **wrong})))
    assert list(parsed.iter_attachments()) == []
    assert "- list.pdf" in text_of(parsed)


async def test_nothing_is_taken_out_of_a_mail_of_which_only_the_header_was_read(database: Database) -> None:
    mail = a_mail_with(("list.pdf", b"x"))
    number = store(database, mail)
    with database.writing() as connection:
        connection.execute(update(tables.spool).where(tables.spool.c.id == number).values(headers_only=True))
    assert await enclosing.load(database, enclosures_of(number, mail)) == {}


async def test_a_busy_database_only_delays_the_letter(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = a_mail_with(("list.pdf", b"x"))
    wanted = enclosures_of(store(database, mail), mail)
    read = database.read

    async def busy(work: Callable[..., object]) -> object:
        raise StorageBusy("locked")

    monkeypatch.setattr(database, "read", busy)
    with pytest.raises(enclosing.LetterDeferred):
        await enclosing.load(database, wanted)
    monkeypatch.setattr(database, "read", read)
    assert await enclosing.load(database, wanted) == {wanted[0]: b"x"}


def test_a_draft_stored_before_there_were_files_still_loads(database: Database) -> None:
    with database.writing() as connection:
        outbox.add(connection, [NewLetter(an_answer(), "answer", None)], now=MONDAY_TEN)
        document = connection.execute(tables.outbox.select()).one().draft
        older = {key: value for key, value in document.items() if key not in {"return_path", "attachments"}}
        connection.execute(update(tables.outbox).values(draft=older | {"automatic": "auto-replied"}))
        (queued,) = outbox.claim(connection, now=MONDAY_TEN, limit=1)
    assert (queued.draft.return_path, queued.draft.attachments) == ("", ())
    assert queued.draft.automatic == "auto-replied"


def test_a_draft_comes_back_with_its_files(database: Database) -> None:
    draft = an_answer(Enclosure(7, "2.1", "naročilo.pdf", "application/pdf", 12))
    with database.writing() as connection:
        outbox.add(connection, [NewLetter(draft, "answer", None)], now=MONDAY_TEN)
        (queued,) = outbox.claim(connection, now=MONDAY_TEN, limit=1)
    assert queued.draft == draft
