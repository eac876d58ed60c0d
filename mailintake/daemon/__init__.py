"""The composition root: builds every part, starts and stops them, and tells the service manager."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from mailintake import __version__, resources
from mailintake.config import Configuration
from mailintake.daemon import doors, version
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.resources import now
from mailintake.runners.cage import Cage
from mailintake.runners.intake import Intake
from mailintake.runners.loop import Parts, Runner
from mailintake.runners.mailbox import Mailbox
from mailintake.runners.notify import notify, watchdog_interval
from mailintake.runners.outbox import Outbox
from mailintake.runners.reloading import Reloading, Version
from mailintake.runners.sweep import Sweep
from mailintake.storage import outbox, schema, spool
from mailintake.storage.body import Body, Budget
from mailintake.storage.engine import Database
from mailintake.storage.lock import DaemonLock
from mailintake.transports.acceptance import Acceptance
from mailintake.web.control import Control

log = structlog.get_logger()

STUCK_SECONDS = 120
PARSER = "mailintake.parsing.parser"


async def serve(
    configuration: Configuration, *, on_ready: Callable[["Daemon"], None] = lambda _: None, parser: str = PARSER
) -> None:
    """Run until SIGTERM or SIGINT. Raises before anything listens if the host cannot carry the configuration.

    SIGHUP, or a change of its files, has the configuration read anew. `parser` names the module that reads mails in
    the cage.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        daemon = Daemon(configuration, stack, parser=parser)
        loop.add_signal_handler(signal.SIGHUP, daemon.reload)
        await daemon.start()
        notify(f"READY=1\nSTATUS={daemon.listening}")
        log.info("ready", version=__version__, listening=daemon.listening, config=configuration.digest[:12])
        on_ready(daemon)
        await daemon.watch(stopping)
        notify("STOPPING=1")
        log.info("stopping")
    log.info("stopped")


class Daemon:
    """Every part, started in the order of need; the stack stops them in the opposite one.

    The host of `configuration` is the one that runs as long as the daemon does; all else may be replaced meanwhile.
    """

    def __init__(self, configuration: Configuration, stack: AsyncExitStack, *, parser: str = PARSER) -> None:
        self.configuration = configuration
        self.ports: list[int] = []
        self._parser = parser
        self._stack = stack
        self._runners: list[Runner] = []
        self._mailboxes: Sequence[Mailbox] = ()
        self._sweep: Sweep | None = None
        self._database: Database | None = None
        self._reloading: Reloading | None = None

    @property
    def database(self) -> Database:
        """The open database, once started."""
        assert self._database is not None, "not started"
        return self._database

    @property
    def listening(self) -> str:
        """Where mail comes in, for people."""
        listeners = self.configuration.host.listeners
        return ", ".join(
            f"{each.protocol}://{each.address}:{port}" if each.address else f"{each.protocol}:{each.socket}"
            for each, port in zip(listeners, self.ports, strict=False)
        )

    async def start(self) -> None:
        """Check, open, start; doors last, so that nobody is let in before there is somebody to work."""
        host = self.configuration.host
        watched = version.watched(self.configuration)
        contents = watched.contents(self.configuration.digest)  # first: what changes while it is read is found later
        composer = version.tried(self.configuration)
        host.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = self._open()
        policy = Policy.of(self.configuration, resources.tagger(host))
        cage, second_cage = self._cage(host.workers), self._cage(1)
        self._stack.push_async_callback(cage.close)
        self._stack.push_async_callback(second_cage.close)
        await asyncio.gather(cage.start(), second_cage.start())

        letters = self._outbox(database, composer)
        reloading = self._reloading = Reloading(
            Version(self.configuration, policy, composer, contents),
            watched,
            load=version.successor,
            database=database,
            clock=now,
            on_new=lambda new: letters.use(new.composer),
            on_letters=letters.wake,
            admin=doors.admin(host),
        )
        self._run(letters)
        parts = Parts(database, self._policy, now, letters.wake)
        evaluate = doors.evaluation(host, self._stack)
        second = Intake(parts, second_cage, tries=host.limits.tries, tried_before=True, evaluate=evaluate)
        fresh = Intake(parts, cage, tries=host.limits.tries, on_postponed=second.wake, evaluate=evaluate)
        self._run(fresh)
        self._run(second)
        self._sweep = Sweep(parts)
        self._sweep.start()
        self._stack.push_async_callback(self._sweep.stop)

        accept = Acceptance(database, on_arrival=fresh.wake, apart=lambda envelope: self._policy().apart(envelope))
        budget = Budget(host.limits.session_memory // 2)
        control = Control(
            host.control,
            database=database,
            policy=self._policy,
            accept=accept.accept,
            new_body=lambda: Body(directory=host.state, budget=budget),
            clock=now,
            health=self._health,
            on_change=self._wake_all,
            largest=host.limits.message_size,
            mailboxes=lambda: [each.state for each in self._mailboxes],
        )
        await control.start()
        self._stack.push_async_callback(control.stop)
        self.ports = await doors.listen(
            host,
            self._stack,
            accept=accept,
            is_mailbox=lambda address: self._policy().mailbox(address) is not None,
            clock=now,
        )
        self._mailboxes = doors.fetch(host, self._stack, database=database, accept=accept, clock=now)
        self._run(reloading)

    def reload(self) -> None:
        """Read the configuration anew; nothing happens before the start is over, which has just read it."""
        if self._reloading is not None:
            self._reloading.ask()

    async def watch(self, stopping: asyncio.Event) -> None:
        """Wait for the end; meanwhile a sign of life for systemd, but only while every loop makes progress."""
        interval = watchdog_interval()
        while not stopping.is_set():
            try:
                async with asyncio.timeout(interval):
                    await stopping.wait()
            except TimeoutError:
                if stuck := self._stuck():
                    log.critical("stuck", runners=", ".join(stuck))
                else:
                    notify("WATCHDOG=1")

    def _policy(self) -> Policy:
        """That of the version that runs at this moment."""
        assert self._reloading is not None, "not started"
        return self._reloading.standing.version.policy

    def _open(self) -> Database:
        host = self.configuration.host
        if host.database.path is not None:
            lock = DaemonLock(host.database.path)
            lock.acquire()
            self._stack.callback(lock.release)
        database = self._database = resources.open_database(host)
        self._stack.callback(database.close)
        if not database.is_sqlite:
            schema.require_current(database)
            return database
        schema.upgrade(database)
        with database.writing() as connection:
            spool.recover(connection, now=now())
            outbox.recover(connection, now=now())
        return database

    def _cage(self, workers: int) -> Cage:
        limits = self.configuration.host.limits
        return Cage(workers=workers, seconds=limits.parse_seconds, memory=limits.parse_memory, parser=self._parser)

    def _outbox(self, database: Database, composer: Composer) -> Outbox:
        host = self.configuration.host
        return Outbox(
            database,
            composer,
            send=doors.outgoing(host, self._stack),
            clock=now,
            per_hour=host.limits.letters_per_hour,
            lifetime=timedelta(days=host.limits.outbox_days),
            admin=doors.admin(host),
        )

    def _run(self, runner: Runner) -> None:
        task = asyncio.create_task(runner.run(), name=runner.name)
        self._runners.append(runner)

        async def end() -> None:
            runner.stop()
            await task

        self._stack.push_async_callback(end)

    def _wake_all(self) -> None:
        for runner in self._runners:
            runner.wake()

    def _stuck(self) -> Sequence[str]:
        # no mail waits for a configuration that takes long to read, so it is no reason to kill the daemon
        turns = {runner.name: runner.last_turn for runner in self._runners if runner is not self._reloading}
        if self._sweep is not None:
            turns[self._sweep.name] = self._sweep.last_turn
        return [name for name, last_turn in turns.items() if time.monotonic() - last_turn > STUCK_SECONDS]

    async def _health(self) -> dict[str, object]:
        assert self._reloading is not None, "not started"
        stuck = self._stuck()
        return {
            "status": "stuck" if stuck else "ok",
            "version": __version__,
            "listening": self.listening,
            "stuck": list(stuck),
            **self._reloading.standing.told(),
        }
