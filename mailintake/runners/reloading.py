"""A new configuration while mail goes on: read and tried completely, then swapped whole, or not at all."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from mailintake.config import Configuration
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address
from mailintake.errors import ConfigError, MailintakeError
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.runners.loop import Runner
from mailintake.runners.notify import notify, reloading
from mailintake.runners.watching import REST_SECONDS, Contents, Glance, Settling, Watched
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter

log = structlog.get_logger()

LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration that was tried and may run: what decides about mails, and what writes letters.

    `contents` is what it was read from. `needs_restart` says that mailintake.yaml says
    something else by now than the host that runs.
    """

    configuration: Configuration
    policy: Policy
    composer: Composer
    contents: Contents
    needs_restart: bool = False

    @property
    def name(self) -> str:
        """The beginning of its digest, for people."""
        return self.configuration.digest[:12]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of the files when they were last read, at an instant in UTC.

    `problems` are all that was wrong, each with its place; () if they were taken over, or are what runs.
    """

    at: datetime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Which version runs, since when (UTC), and what came of the last attempt at another, None before the first."""

    version: Version
    since: datetime
    last: Attempt | None = None

    def told(self) -> dict[str, object]:
        """This in words that have a form in JSON: instants in ISO 8601, and of the problems the first."""
        last, problems = self.last, self.last.problems if self.last else ()
        attempt = last and {
            "at": _stamped(last.at),
            "ok": not problems,
            "problem": problems[0] if problems else None,
            "more": max(0, len(problems) - 1),
        }
        return {
            "config": self.version.configuration.digest,
            "config_since": _stamped(self.since),
            "needs_restart": self.version.needs_restart,
            "last_reload": attempt,
        }


class Reloading(Runner):
    """Looks every LOOK_SECONDS whether files have changed, and reads them in a thread; at once when asked to.

    `load` reads a successor of the version that runs, and raises ConfigError with all that is wrong. It is taken over
    by one assignment to `standing` and `on_new`, in one step of the loop: whoever works asks for it once for each
    portion of work. `admin` is told once of each broken one, whatever restarts.
    """

    name = "reloading"

    def __init__(
        self,
        version: Version,
        watched: Watched,
        *,
        load: Callable[[Version], Version],
        database: Database,
        clock: Callable[[], datetime],
        on_new: Callable[[Version], None] = lambda _: None,
        on_letters: Callable[[], None] = lambda: None,
        admin: Address | None = None,
    ) -> None:
        super().__init__()
        self.standing = Standing(version, clock())
        self._watched = watched
        self._load = load
        self._database = database
        self._clock = clock
        self._on_new = on_new
        self._on_letters = on_letters
        self._admin = admin
        self._settling = Settling()
        self._contents = version.contents
        self._untold: NewLetter | None = None
        self._asked = False

    def ask(self) -> None:
        """Read the files at once, whether or not they look new."""
        self._asked = True
        self.wake()

    async def turn(self) -> float:
        """Look, and read what is worth reading. Raises StorageBusy or OutOfSpace while the admin cannot be told."""
        asked, self._asked = self._asked, False
        if asked:
            notify(reloading())
        try:
            wait = await self._look(asked=asked)
        finally:
            if asked:
                notify("READY=1")
        await self._tell()
        return wait

    async def _look(self, *, asked: bool) -> float:
        found = await asyncio.to_thread(self._watched.glance)
        rest = self._settling.look(found, at=time.monotonic())
        if not asked and rest != 0:
            return LOOK_SECONDS if rest is None else rest
        was_whole = await self._read(found, asked=asked)
        if was_whole and not rest:
            self._settling.read(found)
            return LOOK_SECONDS
        return rest or REST_SECONDS  # read before it came to rest: look again when it has

    async def _read(self, found: Glance, *, asked: bool) -> bool:
        """Read what looks so at a glance; False if it was written to meanwhile, so that nothing comes of it."""
        contents = await asyncio.to_thread(self._watched.contents)
        if contents == self._contents and not asked:
            return True
        version: Version | None = None
        problems: tuple[str, ...] = ()
        try:
            version = await asyncio.to_thread(self._load, self.standing.version)
        except ConfigError as error:
            problems = tuple(str(each) for each in error.problems if not each.is_warning) or (str(error),)
        except MailintakeError as error:
            problems = (str(error),)
        except Exception as error:
            log.exception("reading the configuration failed")
            problems = (f"{type(error).__name__} while reading it, a fault of ours",)
        if await asyncio.to_thread(self._watched.glance) != found:
            log.info("configuration is being written")
            return False
        self._contents = contents
        if version is None:
            self._refuse(problems, contents)
        else:
            self._take(version)
        return True

    def _take(self, version: Version) -> None:
        before, attempt = self.standing, Attempt(self._clock())
        was = before.version
        if version.contents == was.contents:
            kept = replace(was, needs_restart=version.needs_restart)
            self.standing = replace(before, version=kept, last=attempt)
            log.info("configuration unchanged", config=was.name)
        else:
            self.standing = Standing(version, attempt.at, attempt)
            self._on_new(version)
            what = "templates" if version.name == was.name else "configuration"
            log.info(f"{what} taken over", config=version.name, before=was.name)
        if version.needs_restart and not was.needs_restart:
            log.warning("mailintake.yaml has changed, and only a restart takes it over", config=version.name)
        notify(f"STATUS=configuration {version.name}{', needs a restart' if version.needs_restart else ''}")

    def _refuse(self, problems: tuple[str, ...], contents: Contents) -> None:
        running = self.standing.version.name
        self.standing = replace(self.standing, last=Attempt(self._clock(), problems))
        log.error("configuration broken", problem=problems[0], more=len(problems) - 1, running=running)
        notify(f"STATUS=configuration {running} goes on; the new one is broken: {problems[0].splitlines()[0]}")
        if self._admin is not None:
            self._untold = _notice(self.standing, problems, self._admin, self._watched, contents)

    async def _tell(self) -> None:
        """Queue the letter to the admin, which the outbox takes once."""
        letter = self._untold
        if letter is None:
            return
        await self._database.write(lambda connection: outbox.add(connection, [letter], now=self._clock()))
        self._untold = None
        self._on_letters()


def _notice(
    standing: Standing, problems: tuple[str, ...], admin: Address, watched: Watched, contents: Contents
) -> NewLetter:
    """The letter about broken files; its event is made of what they say, so that each is told of once."""
    desk = standing.version.configuration.desk
    sender = Address(desk.mailboxes[0].address, desk.name)
    mark = hashlib.sha256(f"{contents.configuration}\n{contents.templates}\n{admin.address}".encode()).hexdigest()[:20]
    more = f"\n    and {len(problems) - 1} more" if len(problems) > 1 else ""
    text = (
        f"The configuration in {watched.directory} was changed, and it is broken:\n\n    {problems[0]}{more}\n\n"
        f"The desk goes on with the one that it has had since {standing.since:%Y-%m-%d %H:%M} UTC, and takes the new "
        "one over by itself as soon as it is right. A restart would fail.\n\n"
        "    mailintake check\n\nshows all that is wrong."
    )
    notice = Draft(
        template="admin-notice",
        language="en",
        sender=sender,
        recipient=admin,
        message_id=f"<{mark}@{sender.domain}>",
        automatic="auto-generated",
        context={"desk": desk.name, "subject": "the new configuration is broken", "text": text},
    )
    return NewLetter(notice, f"config-broken:{mark}", None)


def _stamped(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
