"""A server of ours on a free port, and a client that says exactly what it is told."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
import uvloop

from mailintake.domain.mail import Envelope, Reception
from mailintake.storage.body import Body
from mailintake.transports.limits import Limits
from mailintake.transports.smtp import Listener, Server

CERTIFICATE = Path(__file__).parent / "localhost.pem"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test runs on both loops the daemon may use."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@dataclass
class Spool:
    """Takes mails as `acceptance` does; `trouble` is raised instead, `gate` holds every commit."""

    mails: list[tuple[bytes, Envelope, Reception]] = field(default_factory=list)
    trouble: Exception | None = None
    gate: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, body: Body, envelope: Envelope, reception: Reception) -> str:
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        self.mails.append((b"".join(body.slices()), envelope, reception))
        return str(4710 + len(self.mails))


class Client:
    """Speaks to the server in whole answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, *, tls: ssl.SSLContext | None = None) -> Self:
        name = "localhost" if tls else None
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name))

    async def answer(self) -> str:
        """The next answer, all lines of it without the last CRLF; "" when the server has hung up."""
        lines = []
        while line := (await self.reader.readline()).decode():
            lines.append(line.removesuffix("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, data: str | bytes) -> str:
        """Send a line (str) or raw bytes, and wait for the answer."""
        self.send(data)
        return await self.answer()

    def send(self, data: str | bytes) -> None:
        self.writer.write(f"{data}\r\n".encode() if isinstance(data, str) else data)

    async def start(self, *recipients: str, hello: str = "EHLO client.example") -> None:
        """Greeting to 354."""
        assert (await self.answer()).startswith("220 ")
        assert (await self.say(hello)).startswith("250")
        await self.mail(*recipients)

    async def mail(self, *recipients: str) -> None:
        assert (await self.say("MAIL FROM:<joe@client.example>")).startswith("250 2.1.0")
        for recipient in recipients or ("support@desk.example",):
            assert (await self.say(f"RCPT TO:<{recipient}>")).startswith("250 2.1.5")
        assert (await self.say("DATA")).startswith("354")

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    def cut(self) -> None:
        """Hang up the hard way: the server is reset, not told that we have finished."""
        if self.writer.is_closing():
            return
        if sock := self.writer.get_extra_info("socket"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class House:
    """A running server with its spool."""

    server: Server
    spool: Spool
    port: int
    directory: Path
    clients: list[Client] = field(default_factory=list)

    async def is_empty(self) -> None:
        """Wait until the last client is gone."""
        while self.server.connections:  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.01)

    async def client(self, *, tls: ssl.SSLContext | None = None) -> Client:
        client = await Client.connect(self.port, tls=tls)
        self.clients.append(client)
        return client


Open = Callable[..., Awaitable[House]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens servers: `await house(Listener(), limits=Limits(...))`."""
    houses: list[House] = []

    async def start(listener: Listener = Listener(), limits: Limits = Limits()) -> House:  # noqa: B008
        spool = Spool()
        server = Server(
            hostname="desk.example",
            directory=tmp_path,
            accept=spool.accept,
            is_mailbox=lambda address: address.lower().endswith("@desk.example"),
            clock=lambda: NOW,
            limits=limits,
        )
        houses.append(House(server, spool, await server.listen(listener), tmp_path))
        return houses[-1]

    yield start
    for one in houses:
        for client in one.clients:
            client.cut()
        await one.server.stop(within=1)


@pytest.fixture(scope="session")
def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture(scope="session")
def client_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))
