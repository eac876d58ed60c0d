"""Health and commands over HTTP on a UNIX socket that only the daemon's user can open."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailintake.domain.mail import Envelope, Reception
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.errors import MailintakeError, OutOfSpace, TemporaryError, TooLarge, UsageError
from mailintake.intake.operations import OPERATIONS, Order, operate
from mailintake.intake.policy import Policy
from mailintake.storage.body import Body
from mailintake.storage.engine import Database
from mailintake.storage.figures import Tally
from mailintake.web import metrics
from mailintake.web.metrics import MailboxState

Accept = Callable[[Body, Envelope, Reception], Awaitable[str]]


class Control:
    """The local web application."""

    def __init__(
        self,
        path: Path,
        *,
        database: Database,
        policy: Callable[[], Policy],
        accept: Accept,
        new_body: Callable[[], Body],
        clock: Callable[[], datetime],
        health: Callable[[], Awaitable[dict[str, object]]],
        on_change: Callable[[], None],
        largest: int,
        mailboxes: Callable[[], Sequence[MailboxState]] = tuple,
    ) -> None:
        self._path = path
        self._database = database
        self._policy = policy
        self._accept = accept
        self._new_body = new_body
        self._clock = clock
        self._health = health
        self._on_change = on_change
        self._largest = largest
        self._mailboxes = mailboxes
        self._tally = Tally()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; a socket file left over by a dead daemon is replaced."""
        await self._database.read(partial(self._tally.look, now=self._clock()))  # what ends from now on counts
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self._path))
        self._path.chmod(0o600)
        app = Starlette(
            routes=[
                Route("/health", self._show_health),
                Route("/metrics", self._show_metrics),
                Route("/mail", self._take_mail, methods=["POST"]),
                Route("/operations/{name}/{number:int}", self._operate, methods=["POST"]),
            ],
            exception_handlers={MailintakeError: _explain},
        )
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", server_header=False)
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))

    async def stop(self) -> None:
        """Finish running requests and remove the socket."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._path.unlink(missing_ok=True)

    async def _show_health(self, _request: Request) -> Response:
        health = await self._health()
        found = await self._database.read(partial(self._tally.look, now=self._clock()))
        mailboxes = [
            {
                "name": each.name,
                "connected": each.connected,
                "looked_at": each.looked_at and each.looked_at.isoformat().replace("+00:00", "Z"),
            }
            for each in self._mailboxes()
        ]
        health |= {"mails_waiting": found.mails, "letters_waiting": found.letters, "mailboxes": mailboxes}
        return JSONResponse(health, status_code=200 if health["status"] == "ok" else 503)

    async def _show_metrics(self, _request: Request) -> Response:
        found = await self._database.read(partial(self._tally.look, now=self._clock()))
        told = metrics.families(found, self._mailboxes(), now=self._clock())
        return Response(metrics.page(told), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def _take_mail(self, request: Request) -> Response:
        sender = request.query_params.get("return-path", "")
        recipients = tuple(request.query_params.getlist("to"))
        transport = request.query_params.get("transport", "pipe")
        body = self._new_body()
        try:
            async for chunk in request.stream():
                body.write(chunk)
                if body.size > self._largest:
                    raise TooLarge(f"larger than {self._largest} bytes")
            body.seal()
            reception = Reception(transport, self._clock(), trusted=True)
            return JSONResponse({"id": int(await self._accept(body, Envelope(sender, recipients), reception))})
        finally:
            body.close()

    async def _operate(self, request: Request) -> Response:
        name, number = request.path_params["name"], request.path_params["number"]
        if name not in OPERATIONS or number > LARGEST_NUMBER:
            return JSONResponse({"error": "no such operation"}, status_code=404)
        order, policy = Order(number, dict(request.query_params), self._clock()), self._policy()
        done = await self._database.write(lambda connection: operate(connection, policy, name, order))
        self._on_change()
        return JSONResponse({"done": done})


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the daemon's own business."""
        yield


async def _explain(_request: Request, error: Exception) -> Response:
    statuses = {UsageError: 400, OutOfSpace: 507, TemporaryError: 503}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 422)
    return JSONResponse({"error": str(error)}, status_code=status)
