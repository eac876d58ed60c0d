"""The composition root: builds every part, starts and stops them, and tells the service manager."""

import asyncio
import os
import secrets
import signal
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from mailintake import __version__, resources
from mailintake.config import Configuration
from mailintake.config.listeners import Listener as ConfiguredListener
from mailintake.domain.mail import Address
from mailintake.errors import ConfigError
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.resources import now
from mailintake.runners.cage import Cage
from mailintake.runners.intake import Evaluate, Intake
from mailintake.runners.loop import Parts, Runner
from mailintake.runners.mailbox import Mailbox
from mailintake.runners.mailbox_port import House
from mailintake.runners.maildirs import Maildir
from mailintake.runners.notify import notify, watchdog_interval
from mailintake.runners.outbox import Outbox
from mailintake.runners.sweep import Sweep
from mailintake.storage import outbox, schema, spool
from mailintake.storage.body import Body, Budget
from mailintake.storage.engine import Database
from mailintake.storage.lock import DaemonLock
from mailintake.transports import oauth
from mailintake.transports.acceptance import Acceptance
from mailintake.transports.dns import Resolver
from mailintake.transports.evaluation import Evaluator
from mailintake.transports.imap import Session
from mailintake.transports.maildir import MaildirDelivery
from mailintake.transports.smtp import Listener, Server
from mailintake.transports.submission import Relay
from mailintake.web.control import Control

log = structlog.get_logger()

STUCK_SECONDS = 120
FETCH_MEMORY = 8 << 20
PARSER = "mailintake.parsing.parser"


async def serve(
    configuration: Configuration, *, on_ready: Callable[["Daemon"], None] = lambda _: None, parser: str = PARSER
) -> None:
    """Run until SIGTERM or SIGINT. Raises before anything listens if the host cannot carry the configuration.

    `parser` names the module that reads mails in the cage.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, log.warning, "SIGHUP does nothing: a new configuration needs a restart")
    async with AsyncExitStack() as stack:
        daemon = Daemon(configuration, stack, parser=parser)
        await daemon.start()
        notify(f"READY=1\nSTATUS={daemon.listening}")
        log.info("ready", version=__version__, listening=daemon.listening, config=configuration.digest[:12])
        on_ready(daemon)
        await daemon.watch(stopping)
        notify("STOPPING=1")
        log.info("stopping")
    log.info("stopped")


class Daemon:
    """Every part, started in the order of need; the stack stops them in the opposite one."""

    def __init__(self, configuration: Configuration, stack: AsyncExitStack, *, parser: str = PARSER) -> None:
        self.configuration = configuration
        self.ports: list[int] = []
        self._parser = parser
        self._stack = stack
        self._runners: list[Runner] = []
        self._mailboxes: list[Mailbox] = []
        self._sweep: Sweep | None = None
        self._database: Database | None = None

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
        composer = Composer(resources.templates(host))
        if problems := tuple(problem for problem in composer.check(self._languages()) if not problem.is_warning):
            raise ConfigError(problems)
        host.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = self._open()
        policy = Policy.of(self.configuration, resources.tagger(host))
        cage, second_cage = self._cage(host.workers), self._cage(1)
        self._stack.push_async_callback(cage.close)
        self._stack.push_async_callback(second_cage.close)
        await asyncio.gather(cage.start(), second_cage.start())

        letters = self._outbox(database, composer)
        self._run(letters)
        parts = Parts(database, lambda: policy, now, letters.wake)
        evaluate = self._evaluation()
        second = Intake(parts, second_cage, tries=host.limits.tries, tried_before=True, evaluate=evaluate)
        fresh = Intake(parts, cage, tries=host.limits.tries, on_postponed=second.wake, evaluate=evaluate)
        self._run(fresh)
        self._run(second)
        self._sweep = Sweep(parts)
        self._sweep.start()
        self._stack.push_async_callback(self._sweep.stop)

        acceptance = Acceptance(database, on_arrival=fresh.wake)
        budget = Budget(host.limits.session_memory // 2)
        control = Control(
            host.control,
            database=database,
            policy=lambda: policy,
            accept=acceptance.accept,
            new_body=lambda: Body(directory=host.state, budget=budget),
            clock=now,
            health=self._health,
            on_change=self._wake_all,
            largest=host.limits.message_size,
            mailboxes=lambda: [each.state for each in self._mailboxes],
        )
        await control.start()
        self._stack.push_async_callback(control.stop)
        await self._listen(acceptance, policy)
        self._fetch(acceptance)

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

    def _languages(self) -> set[str]:
        """Those in which letters may leave."""
        accounts = self.configuration.directory.accounts.values()
        return {*self.configuration.desk.languages, *(each.language for each in accounts if each.language)}

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

    def _evaluation(self) -> Evaluate | None:
        """What asks DNS about senders, where the admin wants that."""
        said = self.configuration.host.authentication
        if not said.evaluate:
            return None
        resolver = Resolver(said.nameservers)
        evaluator = Evaluator(resolver, sealers=said.sealers, seconds=said.timeout_seconds)
        self._stack.callback(evaluator.close)
        return evaluator.evaluate

    def _cage(self, workers: int) -> Cage:
        limits = self.configuration.host.limits
        return Cage(workers=workers, seconds=limits.parse_seconds, memory=limits.parse_memory, parser=self._parser)

    def _outbox(self, database: Database, composer: Composer) -> Outbox:
        outgoing, limits = self.configuration.host.outgoing, self.configuration.host.limits
        if outgoing.maildir is not None:
            send = MaildirDelivery(outgoing.maildir).send
        else:
            said = outgoing.relay
            assert said is not None, "the configuration has one of the two"
            relay = Relay(
                said.host,
                said.port,
                tls="off" if said.tls == "none" else said.tls,
                user=said.user,
                secret=said.password.reveal() if said.password else None,
                timeout=said.timeout_seconds,
                local_hostname=socket.gethostname(),
            )
            self._stack.push_async_callback(relay.close)
            send = relay.send
        lifetime = timedelta(days=limits.outbox_days)
        told = self.configuration.host.admin
        return Outbox(
            database,
            composer,
            send=send,
            clock=now,
            per_hour=limits.letters_per_hour,
            lifetime=lifetime,
            admin=Address(told) if told else None,
        )

    def _run(self, runner: Runner) -> None:
        task = asyncio.create_task(runner.run(), name=runner.name)
        self._runners.append(runner)

        async def end() -> None:
            runner.stop()
            await task

        self._stack.push_async_callback(end)

    async def _listen(self, acceptance: Acceptance, policy: Policy) -> None:
        host = self.configuration.host
        server = Server(
            hostname=socket.gethostname(),
            directory=host.state,
            accept=acceptance.accept,
            is_mailbox=lambda address: policy.mailbox(address) is not None,
            clock=now,
            limits=resources.limits(host),
        )
        self._stack.push_async_callback(server.stop)
        self.ports = [await server.listen(_listener(each)) for each in host.listeners]

    def _fetch(self, acceptance: Acceptance) -> None:
        """A thread for each mailbox and each Maildir; what one holds in memory at once is bounded by its budget."""
        host, database, loop = self.configuration.host, self.database, asyncio.get_running_loop()
        holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"

        def house() -> House:
            new_body = partial(Body, directory=host.state, budget=Budget(FETCH_MEMORY))
            admin = Address(host.admin) if host.admin else None
            return House(database, acceptance.accept, new_body, now, loop, host.limits.message_size, admin)

        alone = database.is_sqlite
        for each in host.fetch:
            connect = partial(Session.open, tokens=oauth.tokens(each))  # which remember
            self._mailboxes.append(Mailbox(each, house(), connect=connect, holder=holder, only_daemon=alone))
        threads: list[Mailbox | Maildir] = [*self._mailboxes, *(Maildir(each, house()) for each in host.maildirs)]
        for thread in threads:
            thread.start()

        async def end() -> None:
            await asyncio.gather(*(thread.stop() for thread in threads))

        self._stack.push_async_callback(end)

    def _wake_all(self) -> None:
        for runner in self._runners:
            runner.wake()

    def _stuck(self) -> Sequence[str]:
        turns = {runner.name: runner.last_turn for runner in self._runners}
        if self._sweep is not None:
            turns[self._sweep.name] = self._sweep.last_turn
        return [name for name, last_turn in turns.items() if time.monotonic() - last_turn > STUCK_SECONDS]

    async def _health(self) -> dict[str, object]:
        waiting = await self.database.read(spool.unfinished)
        stuck = self._stuck()
        return {
            "status": "stuck" if stuck else "ok",
            "version": __version__,
            "listening": self.listening,
            "config": self.configuration.digest,
            "mails_waiting": waiting,
            "stuck": list(stuck),
        }


def _listener(said: ConfiguredListener) -> Listener:
    context = None
    if said.tls.mode != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(Path(said.tls.certificate or ""), said.tls.key)
    starttls = "required" if said.tls.required else "offered"
    return Listener(
        protocol=said.protocol,
        host=said.address or "",
        port=said.port or 0,
        path=said.socket,
        hostname=said.hostname,
        trusted=said.trusted,
        tls="off" if context is None else "implicit" if said.tls.mode == "implicit" else starttls,  # type: ignore[arg-type]
        tls_context=context,
    )
