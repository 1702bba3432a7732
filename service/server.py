"""The web server: started on a socket that is bound already, stopped without cutting off who is being answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

import uvicorn

from graph.query_errors import AnswerBroken, ServiceBusy
from service.addresses import client_address
from service.refusing import refusal
from service.routes.sparql import PATHS, SparqlEndpoint
from service.short_path import ShortPath

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI
    from starlette.types import Message, Receive, Scope, Send

    from service.deps import Running
    from service.settings import Settings

_log = logging.getLogger(__name__)

FINISH_S: Final = 10.0
_LOOK_S: Final = 0.05
_LINGER_S: Final = 1
_BODIES: Final = 16  # of the largest size that may be held at once, or any number of smaller ones
_FILES: Final = 65_536
_HEADER_BYTES: Final = 8192  # what is longer takes long to read, and nobody needs it


class Server(uvicorn.Server):
    """Uvicorn, with a stop in two steps: first nothing new is begun, then, when all is answered, it ends."""

    def __init__(self, app: FastAPI) -> None:
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        super().__init__(
            uvicorn.Config(
                Front(app),
                http=ShortPath,
                log_config=None,
                server_header=False,
                access_log=False,  # `--log-queries` tells more; uvicorn prepares its line even if nobody reads it
                proxy_headers=False,  # `service.addresses` reads them, from trusted hosts alone
                timeout_graceful_shutdown=_LINGER_S,
            )
        )
        self._running = cast("Running", app.state.running)
        self._stopping: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal ends at once."""
        if self._stopping is None and self.started:
            self._running.stage = "stopping"
            _log.info("stopping: running queries have %g s to finish", FINISH_S)
            asyncio.get_running_loop().call_soon_threadsafe(self._begin_to_stop, sig, frame)
        else:
            super().handle_exit(sig, frame)

    def stop_at_once(self) -> None:
        """Stop without waiting for anybody, but not before the start is through: uvicorn would report a fault."""
        self._stopping = asyncio.get_running_loop().create_task(self._exit())

    async def _exit(self) -> None:
        while not self.started:  # noqa: ASYNC110  (uvicorn tells by this alone)
            await asyncio.sleep(_LOOK_S)
        self.should_exit = True

    def _begin_to_stop(self, sig: int, frame: FrameType | None) -> None:
        self._stopping = asyncio.get_running_loop().create_task(self._stop(sig, frame))

    async def _stop(self, sig: int, frame: FrameType | None) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + FINISH_S
        while self._running.answering and loop.time() < end:  # noqa: ASYNC110  (an event would burden each query)
            await asyncio.sleep(_LOOK_S)
        super().handle_exit(sig, frame)


class Front:
    """An application of `service.app.create_app` with the SPARQL endpoint before it.

    Attributes:
        running: the parts of the service.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.running = cast("Running", app.state.running)
        self._endpoint = SparqlEndpoint(self.running)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to who answers it, unless its headers are too long."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > _HEADER_BYTES:
            message = f"the headers are longer than {_HEADER_BYTES} bytes: send fewer or shorter ones"
            refused = refusal(self.running, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, message)
            await refused(scope, receive, send)
            return
        self.running.answering += 1  # a stop waits for it
        body = _Body(self.running, scope, receive)
        try:
            await (self._endpoint if scope["path"] in PATHS else self._app)(scope, body.receive, send)
        finally:
            self.running.answering -= 1
            body.forget()


class _Body:
    """The body of one request, counted among all that are held: many of good size need as much room as one giant."""

    def __init__(self, running: Running, scope: Scope, receive: Receive) -> None:
        self._running = running
        self._scope = scope
        self._receive = receive
        self._client = ""
        self._size = 0

    async def receive(self) -> Message:
        """Return the next message of the client.

        Raises:
            ServiceBusy: the bodies of all requests together, or those of this client, are larger than may be held.
        """
        message = await self._receive()
        if body := message.get("body"):
            self._hold(len(body))
        return message

    def _hold(self, size: int) -> None:
        running = self._running
        if not self._size:
            self._client = client_address(self._scope, running.settings)
        self._size += size
        running.held_bytes += size
        running.held_by[self._client] += size
        room = running.settings.body_mb * 1_000_000 * _BODIES
        if running.held_bytes > room:
            busy = "too many large requests arrive at once: try again soon"
            raise ServiceBusy(busy, retry_after_s=2)
        if running.held_by[self._client] * 2 > room:
            busy = "too many large requests of yours arrive at once: wait until some of them are answered"
            raise ServiceBusy(busy, retry_after_s=2)

    def forget(self) -> None:
        """Count it no more."""
        if not self._size:
            return
        self._running.held_bytes -= self._size
        self._running.held_by[self._client] -= self._size
        if not self._running.held_by[self._client]:
            del self._running.held_by[self._client]


def listen(host: str, port: int, settings: Settings) -> socket.socket:
    """Bind an address, and let this process have as many connections as the system allows it.

    Raises:
        OSError: it is in use, or not one of this machine.
        OverflowError: there is no such port.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < most:  # many systems give 1024, and each connection takes one
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    listener = socket.create_server((host, port))
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # the kernel then drops a reader that takes nothing, and what it was sent
        milliseconds = int(settings.send_timeout_s * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    return listener


def _is_news(record: logging.LogRecord) -> bool:
    """Tell an answer that broke off in one line: its traceback would only show how the connection is ended."""
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and not isinstance(error, AnswerBroken):
        error = error.__cause__
    if error is None:
        return True
    _log.warning("an answer broke off: %s", error)
    return False
