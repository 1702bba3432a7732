"""How long a request may take to arrive: a part of one, and no more, would hold room and a connection for good.

A request has the time that a reader has, and a second more for each 50 kB of its body. One timer a connection looks
after that, so that a request itself costs nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.refusing import refusal

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from service.deps import Running

_BYTES_PER_S: Final = 50_000


class Patience(HttpToolsProtocol):
    """One connection. `config.app` has the parts of the service as `running`."""

    _reading = False  # a request that has begun and is not all there
    _body_bytes = 0
    _since = 0.0
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._look_after(self._limit_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._reading = True
        self._since = self.loop.time()
        self._body_bytes = 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """Note how much of a body has come."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request is all there."""
        self._reading = False
        super().on_message_complete()

    def refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer what is no whole request, and end the connection."""
        parts: Running = self.config.app.running  # type: ignore[union-attr]  # `service.server.Front`
        milliseconds = round((self.loop.time() - self._since) * 1000, 1)
        answer = refusal(parts, status, message, milliseconds=milliseconds)
        lines = header_lines([*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close")])
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + bytes(answer.body))
        self.transport.close()

    @property
    def _limit_s(self) -> float:
        parts: Running = self.config.app.running  # type: ignore[union-attr]  # `service.server.Front`
        return parts.settings.send_timeout_s

    def _look_after(self, seconds: float) -> None:
        self._look = self.loop.call_later(seconds, self._tire)

    def _tire(self) -> None:
        """End the connection where a request has taken too long to arrive; else look again."""
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        open_cycle = None if cycle is None or cycle.response_complete else cycle
        waits = self._reading or (open_cycle is None and self.timeout_keep_alive_task is None)
        left_s = self._since + self._limit_s + self._body_bytes / _BYTES_PER_S - self.loop.time()
        if not waits or left_s > 0:
            self._look_after(left_s if waits else self._limit_s)
        elif not self._reading or (cycle is not None and open_cycle is None and cycle.scope is self.scope):
            self.transport.close()  # nothing was asked, or what was has its answer already
        elif open_cycle is not None and (
            self.pipeline or open_cycle.scope is not self.scope or open_cycle.response_started
        ):
            self._look_after(self._limit_s)  # an answer is on its way, to this request or to one before it
        else:
            message = (
                f"the request was not all there within {self._limit_s:g} s and a second for each 50 kB of its body"
            )
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, message)


def header_lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Return headers as HTTP/1.1 has them."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])
