"""One request to the endpoint on its way: its id, its clock and what is to be logged of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.types import Send

    from service.deps import Running


CORS: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
"""Headers of every answer, errors included: any site may read it."""

CORS_LINES: Final = [(name.lower().encode(), value.encode()) for name, value in CORS.items()]
"""The same, as ASGI has them."""

AT_ONCE: Final = "coorbit.at_once"
"""Extension of the ASGI scope: an `AtOnce`, where the server has one for this request."""

AtOnce = Callable[[int, list[tuple[bytes, bytes]], bytes], bool]
"""Takes status, headers and body of a whole answer; returns whether it sent them: else they are sent one by one."""

_PROCESS: Final = secrets.token_hex(4)
_NUMBERS: Final = count()


def new_query_id() -> str:
    """Return an id that no other query has."""
    return f"{_PROCESS}{next(_NUMBERS):08x}"


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to the endpoint.

    Attributes:
        parts: of the service.
        request: as it came.
        send: takes the messages of the answer (ASGI).
        query_id: by which the answer, its log line and a complaint are brought together.
        began: reading of `time.perf_counter` at its start.
        started: whether a part of the answer has been sent.
        is_fixed: whether it names the version to answer from, so that its answer stays what it is.
        is_page: whether its answer is a page, which another release of the software may show in another way.
        entry: what is to be logged; nothing is while it is empty.
        headers: of the answer, beside those that it is kept with or in place of them: they hold for this request alone.
    """

    parts: Running
    request: Request
    send: Send
    query_id: str = field(default_factory=new_query_id)
    started: bool = False
    is_fixed: bool = False
    is_page: bool = False
    began: float = field(default_factory=time.perf_counter)
    entry: dict[str, object] = field(default_factory=dict)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def gone(self) -> None:
        """Return when the client has left."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

    def milliseconds(self) -> float:
        """Return how long the request has taken so far."""
        return round((time.perf_counter() - self.began) * 1000, 1)

    async def start(self, headers: list[tuple[bytes, bytes]], *, timing: str, status: int = 200) -> None:
        """Send the status line and the headers of an answer."""
        self.started = True
        await self.send({"type": "http.response.start", "status": status, "headers": self._headers(headers, timing)})

    async def send_whole(
        self, headers: list[tuple[bytes, bytes]], body: bytes, *, timing: str, status: int = 200
    ) -> None:
        """Send an answer that is all there: in one piece, where the server can."""
        at_once: AtOnce | None = self.request.scope.get("extensions", {}).get(AT_ONCE)
        if at_once is not None and at_once(status, self._headers(headers, timing), body):
            self.started = True
            return
        await self.start(headers, timing=timing, status=status)
        await self.send({"type": "http.response.body", "body": body})

    def _headers(self, headers: list[tuple[bytes, bytes]], timing: str) -> list[tuple[bytes, bytes]]:
        own = [(b"server-timing", timing.encode()), *CORS_LINES, (b"x-query-id", self.query_id.encode())]
        if self.headers:
            names = {name for name, _ in self.headers}
            headers = [each for each in headers if each[0] not in names]
        return [*headers, *self.headers, *own]

    def log(self) -> None:
        """Write the line of this request to the query log."""
        if self.entry:
            self.parts.log.write({"id": self.query_id, "ms": self.milliseconds(), **self.entry})
