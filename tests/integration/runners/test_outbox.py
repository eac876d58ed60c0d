"""Letters leave oldest first, once, and trouble with the outgoing server costs only time."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailintake.domain.letter import Draft, Letter
from mailintake.domain.mail import Address
from mailintake.errors import DeliveryDown, LetterDeferred, LetterRefused
from mailintake.notices.compose import Composer
from mailintake.resources import shipped
from mailintake.runners.outbox import Outbox
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter
from tests.builders import DESK, MONDAY_TEN

DAY = timedelta(days=1)


def text_of(content: bytes) -> str:
    """The plain text of a letter."""
    part = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class Server:
    """An outgoing server that does as it is told, letter by letter."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.words: dict[str, str] = {}
        self.answers: dict[str, Exception] = {}
        self.down = False

    async def send(self, letter: Letter) -> None:
        if self.down:
            raise DeliveryDown("connection refused")
        if error := self.answers.get(letter.recipient):
            raise error
        self.taken.append(letter.recipient)
        self.words[letter.recipient] = text_of(letter.content)


class House:
    """An outbox, its server, and a clock to turn."""

    def __init__(
        self,
        database: Database,
        *,
        per_hour: int = 1000,
        directory: Path | None = None,
        admin: Address | None = None,
    ) -> None:
        self.database = database
        self.server = Server()
        self.now = MONDAY_TEN
        composer = Composer([*([directory] if directory else []), shipped("templates")])
        self.runner = Outbox(
            database,
            composer,
            send=self.server.send,
            clock=lambda: self.now,
            per_hour=per_hour,
            lifetime=5 * DAY,
            admin=admin,
        )

    def queue(self, *recipients: str, template: str = "unknown-sender") -> None:
        for recipient in recipients:
            draft = Draft(
                template=template,
                language="en",
                sender=Address(DESK, "Desk"),
                recipient=Address(recipient),
                message_id=f"<{recipient}>",
                automatic="auto-replied",
                context={"desk": "Desk", "subject": "Hello"},
            )
            with self.database.writing() as connection:
                outbox.add(connection, [NewLetter(draft, recipient, None)], now=self.now)
            self.now += timedelta(milliseconds=1)

    async def work(self, after: timedelta = timedelta()) -> list[str]:
        """Turn until nothing more can be done now; what left until now."""
        self.now += after
        while await self.runner.turn() == 0:
            pass
        return self.server.taken

    def states(self) -> dict[str, tuple[str, str | None]]:
        with self.database.reading() as connection:
            rows = outbox.listing(connection, states=["queued", "sent", "failed"], limit=100)
        return {row["recipient"]: (row["state"], row["last_error"]) for row in rows}


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def test_letters_leave_once_and_oldest_first(house: House) -> None:
    people = [f"p{number:02}@a.example" for number in range(40)]
    house.queue(*people)
    assert await house.work() == people
    assert await house.work(DAY) == people


async def test_a_server_that_is_down_costs_no_letter_its_place(house: House) -> None:
    house.queue("a@a.example", "b@a.example", "c@a.example")
    house.server.down = True
    for _ in range(3):
        with pytest.raises(DeliveryDown):
            await house.work(timedelta(seconds=20))
    house.queue("d@a.example")
    house.server.down = False
    assert await house.work() == ["a@a.example", "b@a.example", "c@a.example", "d@a.example"]


async def test_a_deferred_letter_holds_nobody_up_and_comes_back(house: House) -> None:
    house.server.answers["a@a.example"] = LetterDeferred("452 mailbox full")
    house.queue("a@a.example", "b@a.example")
    assert await house.work() == ["b@a.example"]
    assert house.states()["a@a.example"] == ("queued", "452 mailbox full")
    house.server.answers.clear()
    assert await house.work(timedelta(seconds=31)) == ["b@a.example", "a@a.example"]


async def test_a_refused_letter_fails_and_stays_listed(house: House) -> None:
    house.server.answers["a@a.example"] = LetterRefused("550 no such user")
    house.queue("a@a.example", "b@a.example")
    assert await house.work() == ["b@a.example"]
    assert house.states()["a@a.example"] == ("failed", "550 no such user")


async def test_a_letter_deferred_for_too_long_fails(house: House) -> None:
    house.server.answers["a@a.example"] = LetterDeferred("452 mailbox full")
    house.queue("a@a.example")
    await house.work()
    await house.work(6 * DAY)
    assert house.states()["a@a.example"] == ("failed", "452 mailbox full")


async def test_a_letter_has_the_same_message_id_at_every_attempt(house: House) -> None:
    seen: list[tuple[str, bytes]] = []

    async def forgetful(letter: Letter) -> None:
        seen.append((letter.message_id, letter.content))
        if len(seen) == 1:
            raise LetterDeferred("the connection broke after the dot")

    house.runner = Outbox(house.database, Composer([shipped("templates")]), send=forgetful, clock=lambda: house.now,
                          per_hour=10, lifetime=DAY)  # fmt: skip
    house.queue("a@a.example")
    await house.work()
    await house.work(timedelta(minutes=1))
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_no_more_leave_in_an_hour_than_allowed(database: Database) -> None:
    house = House(database, per_hour=3)
    house.queue(*(f"p{number}@a.example" for number in range(5)))
    assert len(await house.work()) == 3
    assert len(await house.work(timedelta(minutes=59))) == 3
    assert len(await house.work(timedelta(minutes=2))) == 5


async def test_a_flood_of_automatic_letters_holds_up_no_answer(database: Database) -> None:
    house = House(database, per_hour=2)
    house.queue(*(f"p{number}@a.example" for number in range(5)))
    house.queue("ana@bakery.example", "eva@bakery.example", template="answer")
    left = await house.work()
    assert left == ["p0@a.example", "p1@a.example", "ana@bakery.example", "eva@bakery.example"]
    assert len(await house.work(timedelta(minutes=61))) == 6


async def test_a_restart_does_not_forget_how_many_left(database: Database) -> None:
    first = House(database, per_hour=2)
    first.queue("a@a.example", "b@a.example", "c@a.example")
    await first.work()
    second = House(database, per_hour=2)
    second.now = first.now
    assert await second.work() == []


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Templates of which one does not render."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "unknown-sender.txt.j2").write_text("Subject: x\n\n{{ no_such_word }}\n")
    return tmp_path


async def test_a_broken_template_keeps_nobody_without_an_answer(database: Database, broken: Path) -> None:
    house = House(database, directory=broken)
    house.queue("a@a.example")
    assert await house.work() == ["a@a.example"]
    assert "have not opened a ticket" in house.server.words["a@a.example"]


async def test_the_admin_is_told_of_a_broken_template_once_also_after_a_restart(
    database: Database, broken: Path
) -> None:
    admin = Address("admin@desk.example")
    house = House(database, directory=broken, admin=admin)
    house.queue("a@a.example", "b@a.example")
    assert await house.work() == ["a@a.example", "b@a.example", admin.address]
    told = house.server.words[admin.address]
    assert f"{broken}/en/unknown-sender.txt.j2:3:1" in told

    restarted = House(database, directory=broken, admin=admin)
    restarted.now = house.now
    restarted.queue("c@a.example")
    assert await restarted.work() == ["c@a.example"]


async def test_a_broken_letter_to_the_admin_is_no_reason_for_ever_more_of_them(
    database: Database, broken: Path
) -> None:
    (broken / "en" / "admin-notice.txt.j2").write_text("Subject: x\n\n{{ no_such_word }}\n")
    house = House(database, directory=broken, admin=Address("admin@desk.example"))
    house.queue("a@a.example")
    assert await house.work() == ["a@a.example", "admin@desk.example", "admin@desk.example"]
    assert await house.work(DAY) == ["a@a.example", "admin@desk.example", "admin@desk.example"]


async def test_a_letter_that_breaks_the_sender_costs_no_other_letter_its_time(
    house: House,
) -> None:
    house.queue("ana@a.example", "ben@b.example", "carl@c.example")
    house.server.answers["ben@b.example"] = ValueError("the words of the mail")
    assert await house.work() == ["ana@a.example", "carl@c.example"]
    assert house.states() == {
        "ana@a.example": ("sent", None),
        "ben@b.example": ("queued", "ValueError while sending"),
        "carl@c.example": ("sent", None),
    }
    house.server.answers.clear()
    assert (await house.work(timedelta(minutes=1)))[-1] == "ben@b.example"
