"""The ways in and out of a host: listeners, mailboxes and Maildirs, the outgoing server, and whom we ask of senders."""

import asyncio
import os
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from mailintake import resources
from mailintake.config.host import Host
from mailintake.config.listeners import Listener as ConfiguredListener
from mailintake.domain.letter import Letter
from mailintake.domain.mail import Address
from mailintake.runners.intake import Evaluate
from mailintake.runners.mailbox import Mailbox
from mailintake.runners.mailbox_port import House
from mailintake.runners.maildirs import Maildir
from mailintake.storage.body import Body, Budget
from mailintake.storage.engine import Database
from mailintake.transports import oauth
from mailintake.transports.acceptance import Acceptance
from mailintake.transports.dns import Resolver
from mailintake.transports.evaluation import Evaluator
from mailintake.transports.imap import Session
from mailintake.transports.maildir import MaildirDelivery
from mailintake.transports.smtp import Listener, Server
from mailintake.transports.submission import Relay

FETCH_MEMORY = 8 << 20


async def listen(
    host: Host,
    stack: AsyncExitStack,
    *,
    accept: Acceptance,
    is_mailbox: Callable[[str], bool],
    clock: Callable[[], datetime],
) -> list[int]:
    """Open every listener, until the stack unwinds; their ports, 0 for those that are sockets in the file system."""
    server = Server(
        hostname=socket.gethostname(),
        directory=host.state,
        accept=accept.accept,
        is_mailbox=is_mailbox,
        clock=clock,
        limits=resources.limits(host),
    )
    stack.push_async_callback(server.stop)
    return [await server.listen(_listener(each)) for each in host.listeners]


def fetch(
    host: Host, stack: AsyncExitStack, *, database: Database, accept: Acceptance, clock: Callable[[], datetime]
) -> Sequence[Mailbox]:
    """A thread for each mailbox and each Maildir, until the stack unwinds; the mailboxes.

    What one holds in memory at once is bounded by its budget.
    """
    holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
    loop = asyncio.get_running_loop()

    def house() -> House:
        new_body = partial(Body, directory=host.state, budget=Budget(FETCH_MEMORY))
        return House(database, accept.accept, new_body, clock, loop, host.limits.message_size, admin(host))

    alone = database.is_sqlite
    mailboxes = []
    for each in host.fetch:
        connect = partial(Session.open, tokens=oauth.tokens(each))  # which remember
        mailboxes.append(Mailbox(each, house(), connect=connect, holder=holder, only_daemon=alone))
    threads: list[Mailbox | Maildir] = [*mailboxes, *(Maildir(each, house()) for each in host.maildirs)]
    for thread in threads:
        thread.start()

    async def end() -> None:
        await asyncio.gather(*(thread.stop() for thread in threads))

    stack.push_async_callback(end)
    return mailboxes


def outgoing(host: Host, stack: AsyncExitStack) -> Callable[[Letter], Awaitable[None]]:
    """What hands a letter over: to a Maildir or to the relay, whose connection is closed as the stack unwinds."""
    if host.outgoing.maildir is not None:
        return MaildirDelivery(host.outgoing.maildir).send
    said = host.outgoing.relay
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
    stack.push_async_callback(relay.close)
    return relay.send


def evaluation(host: Host, stack: AsyncExitStack) -> Evaluate | None:
    """What asks DNS about senders, where the admin wants that."""
    said = host.authentication
    if not said.evaluate:
        return None
    resolver = Resolver(said.nameservers)
    evaluator = Evaluator(resolver, sealers=said.sealers, seconds=said.timeout_seconds)
    stack.callback(evaluator.close)
    return evaluator.evaluate


def admin(host: Host) -> Address | None:
    """Who is told by mail of what only an admin can mend."""
    return Address(host.admin) if host.admin else None


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
