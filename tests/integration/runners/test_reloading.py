"""A configuration on a real file system is taken over whole or not at all; the admin hears of a broken one once."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailintake import config
from mailintake.daemon import version
from mailintake.domain.letter import Draft, Letter
from mailintake.domain.mail import Address
from mailintake.domain.tag import Tagger
from mailintake.intake.policy import Policy
from mailintake.runners import reloading, watching
from mailintake.runners.outbox import Outbox
from mailintake.runners.reloading import Reloading, Standing, Version
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter
from tests.builders import MONDAY_TEN
from tests.e2e.harness import ACCOUNTS, DESK, HOST, MAILDIR

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # only the outbox is asked for, by one line

ADMIN = "root@desk.example"
RULES = "rules:\n  - {{name: all, then: {{tags: {tag}}}}}\n"
BROKEN = "rules:\n  - {name: all, wen: {subject: x}, then: {tags: x}}\n  - {name: two, than: {tags: x}}\n"


class House:
    """A configuration in a directory, and a runner that looks after it."""

    def __init__(self, home: Path, database: Database) -> None:
        self.home = home
        self.config = home / "config"
        self.config.mkdir(parents=True, exist_ok=True)
        (home / "templates" / "en").mkdir(parents=True)
        host = HOST + MAILDIR + f"admin: {ADMIN}\ntemplates: ../templates\n"
        for name, text in {"mailintake": host, "desk": DESK, "accounts": ACCOUNTS}.items():
            (self.config / f"{name}.yaml").write_text(text)
        self.write("rules", RULES.format(tag="first"))
        self.database = database
        self.now = MONDAY_TEN
        self.letters = 0
        self.taken: list[Version] = []
        self.start()

    def start(self, *, load: Callable[[Version], Version] = version.successor) -> None:
        """As a daemon does."""
        configuration = config.load(self.config, environment={})
        watched = version.watched(configuration)
        contents = watched.contents(configuration.digest)
        policy = Policy.of(configuration, Tagger((b"k" * 32,)))
        self.runner = Reloading(
            Version(configuration, policy, version.tried(configuration), contents),
            watched,
            load=load,
            database=self.database,
            clock=lambda: self.now,
            on_new=self.taken.append,
            on_letters=self._count,
            admin=Address(ADMIN),
        )

    def _count(self) -> None:
        self.letters += 1

    @property
    def standing(self) -> Standing:
        return self.runner.standing

    @property
    def tags(self) -> list[str]:
        """What the rules that run give to a mail."""
        return [tag for rule in self.standing.version.policy.rules.rules for tag in rule.then.tags]

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with what was read last."""
        assert self.standing.last is not None
        return self.standing.last.problems

    def write(self, name: str, text: str) -> None:
        """As careful editors do: beside it, then in its place."""
        new = self.config / f".{name}.new"
        new.write_text(text)
        new.rename(self.config / f"{name}.yaml")

    async def ask(self) -> None:
        """SIGHUP."""
        self.runner.ask()
        await self.runner.turn()

    def told(self) -> list[dict[str, object]]:
        """The letters that wait for the admin."""
        with self.database.reading() as connection:
            return outbox.listing(connection, states=["queued"], limit=100)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The loop."""
        task = asyncio.create_task(self.runner.run())
        try:
            yield
        finally:
            self.runner.stop()
            await task


@pytest.fixture
def house(tmp_path: Path, database: Database) -> House:
    return House(tmp_path / "house", database)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Less patience, so that nobody waits for seconds."""
    monkeypatch.setattr(reloading, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(reloading, "REST_SECONDS", 0.2)
    monkeypatch.setattr(watching, "REST_SECONDS", 0.2)
    return iter([None])


async def until(ask: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not ask():  # noqa: ASYNC110 - what is asked for is a value, not an event
            await asyncio.sleep(0.01)


async def test_a_new_version_is_taken_over_whole(house: House) -> None:
    before = house.standing
    house.write("rules", RULES.format(tag="second"))
    house.write("desk", DESK.replace("Example Desk", "Another Desk"))
    house.now += timedelta(minutes=5)
    await house.ask()
    after = house.standing
    assert house.tags == ["second"]
    assert after.version.policy.desk.name == "Another Desk"
    assert after.version.policy.digest == after.version.configuration.digest == config.digest(house.config)
    assert after.version.policy.digest != before.version.policy.digest
    assert after.version.policy.tagger is before.version.policy.tagger
    assert (after.since, house.problems) == (house.now, ())
    assert house.taken == [after.version]


async def test_a_broken_one_leaves_the_running_one_and_is_told_of_in_one_line(house: House) -> None:
    before = house.standing.version
    house.write("rules", BROKEN)
    with capture_logs() as lines:
        await house.ask()
    assert house.standing.version is before
    assert house.taken == []
    (line,) = lines
    assert line["event"] == "configuration broken"
    assert line["log_level"] == "error"
    assert line["problem"].startswith(f"{house.config}/rules.yaml:2:17: ")
    assert line["more"] == len(house.problems) - 1 > 0


WRONG = {
    "no YAML": ("desk", "desk: ["),
    "an unknown key": ("desk", DESK + "deks: {}\n"),
    "a bad pattern": ("rules", "rules: [{name: a, when: {subject: {regex: '('}}, then: {tags: x}}]\n"),
    "a letter that is not there": ("rules", "rules: [{name: a, then: {acknowledge: nothing}}]\n"),
    "a test that fails": ("rules", "rules: []\ntests: [{mail: {from: ana@bakery.example}, expect: {tags: y}}]\n"),
    "a host that could not be started": ("mailintake", HOST + MAILDIR + "wokers: 2\n"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_nothing_of_a_broken_one_counts(house: House, name: str) -> None:
    before = house.standing.version
    file, text = WRONG[name]
    house.write(file, text)
    house.write("accounts", ACCOUNTS.replace("Ana Baker", "Ana Becker"))
    await house.ask()
    assert house.standing.version is before
    assert house.problems[0].startswith(f"{house.config}/{file}.yaml:")


async def test_a_file_without_permission_is_broken(house: House) -> None:
    (house.config / "desk.yaml").unlink()
    (house.config / "desk.yaml").mkdir()  # not even root reads that
    await house.ask()
    assert "desk.yaml:1:1: cannot read" in house.problems[0]


async def test_the_admin_hears_of_each_broken_one_once_whatever_restarts(house: House) -> None:
    house.write("rules", BROKEN)
    await house.ask()
    await house.ask()
    assert len(house.told()) == 1
    house.write("rules", RULES.format(tag="first"))
    house.start()
    house.write("rules", BROKEN)
    await house.ask()
    (letter,) = house.told()
    assert (letter["template"], letter["recipient"]) == ("admin-notice", ADMIN)
    house.write("rules", BROKEN + "\n# again\n")
    await house.ask()
    assert len(house.told()) == 2
    assert house.letters > 0


async def test_a_good_one_after_a_broken_one_needs_no_letter(house: House) -> None:
    house.write("rules", BROKEN)
    await house.ask()
    house.write("rules", RULES.format(tag="second"))
    await house.ask()
    assert (house.tags, house.problems, len(house.told())) == (["second"], (), 1)


async def test_the_version_that_runs_is_right_again_when_it_is_put_back(house: House) -> None:
    before = house.standing
    house.write("rules", BROKEN)
    await house.ask()
    house.write("rules", RULES.format(tag="first"))
    await house.ask()
    assert house.problems == ()
    assert (house.standing.version, house.standing.since) == (before.version, before.since)
    assert house.taken == []


async def test_a_new_host_waits_for_a_restart_while_the_other_files_count(house: House) -> None:
    host = house.standing.version.configuration.host
    text = (house.config / "mailintake.yaml").read_text()
    house.write("mailintake", text + "workers: 7\n")
    house.write("rules", RULES.format(tag="second"))
    with capture_logs() as lines:
        await house.ask()
        await house.ask()
    after = house.standing.version
    assert (house.tags, after.needs_restart, after.configuration.host) == (["second"], True, host)
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == [
        "mailintake.yaml has changed, and only a restart takes it over"
    ]
    house.write("mailintake", text)
    await house.ask()
    assert not house.standing.version.needs_restart
    assert house.standing.version.policy.digest == after.policy.digest == config.digest(house.config)


async def test_a_digest_names_what_decides_and_not_what_waits_for_a_restart(house: House) -> None:
    running = house.standing.version.policy.digest
    house.write("mailintake", (house.config / "mailintake.yaml").read_text() + "workers: 7\n")
    await house.ask()
    assert house.standing.version.policy.digest == running != config.digest(house.config)


async def test_who_may_order_by_mail_is_judged_by_the_host_that_runs(house: House) -> None:
    """SECURITY T01: a desk for verified agents must not run on a host that verifies nobody yet."""
    host = (house.config / "mailintake.yaml").read_text().replace("trusted: yes", "trusted: no")
    house.write("mailintake", host)
    house.write("desk", DESK + "trust: {command: off}\n")
    house.start()
    house.write("mailintake", host + "authentication: {results_from: mx.desk.example}\n")
    house.write("desk", DESK)
    await house.ask()
    assert "nobody verifies senders here" in house.problems[0]
    assert house.taken == []


async def test_templates_of_one_s_own_are_taken_over_or_refused(house: House) -> None:
    own = house.home / "templates" / "en" / "acknowledged.txt.j2"
    before = house.standing.version
    own.write_text("Subject: We have it\n\n{{ nonsense }}\n")
    await house.ask()
    assert house.standing.version is before
    assert house.problems[0].startswith(str(own))
    own.write_text("Subject: We have it\n\nYou will hear from us.\n")
    await house.ask()
    assert house.problems == ()
    (new,) = house.taken
    assert new.composer is not before.composer
    assert new.policy.digest == before.policy.digest


async def test_a_fault_of_ours_leaves_the_running_one(house: House) -> None:
    def failing(_running: Version) -> Version:
        raise RuntimeError("a bug")

    house.start(load=failing)
    before = house.standing.version
    with capture_logs() as lines:
        await house.ask()
    assert house.standing.version is before
    assert house.problems[0].startswith("RuntimeError")
    assert [line["event"] for line in lines] == ["reading the configuration failed", "configuration broken"]


async def test_nothing_comes_of_files_that_were_written_while_they_were_read(house: House) -> None:
    texts = iter([RULES.format(tag="third")])

    def busy(running: Version) -> Version:
        found = version.successor(running)
        for text in texts:
            house.write("rules", text)
        return found

    house.start(load=busy)
    house.write("rules", RULES.format(tag="second"))
    await house.ask()
    assert (house.taken, house.standing.last) == ([], None)
    await house.ask()
    assert house.tags == ["third"]


async def test_the_service_manager_hears_that_a_reload_begins_and_ends(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a path of its own may be longer than a socket's may be
    monkeypatch.setenv("NOTIFY_SOCKET", "/proc/self/cwd/notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("notify")
        systemd.settimeout(10)
        house.write("rules", BROKEN)
        await house.ask()
        begins, status, ends = (systemd.recv(4096).decode() for _ in range(3))
    assert begins.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert status.startswith("STATUS=configuration ")
    assert "rules.yaml:2:17: " in status
    assert ends == "READY=1"


async def test_a_letter_of_a_version_that_is_gone_leaves_all_the_same(house: House) -> None:
    own = house.home / "templates" / "en" / "special.txt.j2"
    own.write_text("Subject: Special\n\nOnly this version has this letter.\n")
    await house.ask()
    draft = Draft("special", "en", Address("support@desk.example"), Address("ana@bakery.example"), "<1@x>", None)
    with house.database.writing() as connection:
        outbox.add(connection, [NewLetter(draft, "a", None)], now=house.now)
    letters: list[Letter] = []

    async def send(letter: Letter) -> None:
        letters.append(letter)

    sending = Outbox(
        house.database,
        house.standing.version.composer,
        send=send,
        clock=lambda: house.now,
        per_hour=10,
        lifetime=timedelta(days=1),
    )
    own.unlink()
    await house.ask()
    sending.use(house.standing.version.composer)
    await sending.turn()
    (letter,) = letters
    assert b"Only this version" not in letter.content


# Without being asked


@pytest.mark.usefixtures("hasty")
async def test_a_file_in_place_of_another_is_noticed(house: House) -> None:
    async with house.running():
        house.write("rules", RULES.format(tag="second"))
        await until(lambda: house.tags == ["second"])


@pytest.mark.usefixtures("hasty")
async def test_what_changed_while_the_daemon_started_is_noticed(house: House) -> None:
    house.write("rules", RULES.format(tag="second"))
    async with house.running():
        await until(lambda: house.tags == ["second"])


@pytest.mark.usefixtures("hasty")
async def test_a_link_that_leads_elsewhere_is_noticed(tmp_path: Path, database: Database) -> None:
    """As Kubernetes mounts a ConfigMap: each file a link through `..data`, which is swapped in one step."""
    house = House(tmp_path / "house", database)
    for number in (1, 2):
        there = house.config / f"..version_{number}"
        there.mkdir()
        for name in config.FILES:
            shutil.copy(house.config / name, there / name)
    (house.config / "..version_2" / "rules.yaml").write_text(RULES.format(tag="other"))
    (house.config / "..data").symlink_to("..version_1")
    for name in config.FILES:
        (house.config / name).unlink()
        (house.config / name).symlink_to(Path("..data") / name)
    house.start()
    async with house.running():
        (house.config / "..data_new").symlink_to("..version_2")
        (house.config / "..data_new").rename(house.config / "..data")
        await until(lambda: house.tags == ["other"])
    assert len(house.taken) == 1


@pytest.mark.usefixtures("hasty")
async def test_a_touch_is_no_new_version(house: House) -> None:
    async with house.running():
        os.utime(house.config / "rules.yaml")
        house.write("desk", DESK)
        await asyncio.sleep(0.6)
        assert (house.standing.last, house.taken) == (None, [])
        house.write("rules", RULES.format(tag="second"))
        await until(lambda: len(house.taken) == 1)


@pytest.mark.usefixtures("hasty")
async def test_a_broken_file_is_noticed_and_read_once(house: House) -> None:
    async with house.running():
        with capture_logs() as lines:
            house.write("rules", BROKEN)
            await until(lambda: bool(house.standing.last))
            await asyncio.sleep(0.5)
    assert [line["event"] for line in lines] == ["configuration broken"]


@pytest.mark.usefixtures("hasty")
async def test_a_file_that_was_away_for_a_while_is_noticed(house: House) -> None:
    async with house.running():
        (house.config / "desk.yaml").unlink()
        await until(lambda: house.standing.last is not None and bool(house.problems))
        house.write("desk", DESK.replace("Example Desk", "Another Desk"))
        await until(lambda: house.standing.version.policy.desk.name == "Another Desk")
