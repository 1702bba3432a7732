"""One query on its way: what has come of it, and its timers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from graph.query_errors import ClientGone, QueryTimeout, SpoolFull
from service.frames import Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from graph.errors import CoorbitError
    from service.query_process import Head
    from service.worker import Worker

LOOK_S: Final = 0.02  # how often a query is looked at that is not done; processor time after which it is lowered
HEAVY_S: Final = 0.25  # clock time after which a query is heavy, if it had half of that as processor time
HEAVY_WHATEVER_S: Final = 1.0  # clock time after which it is heavy though it had little: it waits for something
_CHUNK: Final = 256 * 1024


@dataclass(slots=True, kw_only=True)
class SpoolRoom:
    """Files of answers on their way, all together: the bytes that lie there, and those that may."""

    used_bytes: int = 0
    limit_bytes: int


class Lanes(Protocol):
    """What an exchange asks of the places that it has one of; `spool` is where large answers go."""

    spool: SpoolRoom

    def demote(self, exchange: Exchange) -> None:
        """Find the query a place among the heavy ones, or end it."""

    def release(self, worker: Worker) -> None:
        """Take the process back."""


@cache
def _head(payload: bytes) -> Head:
    """Read what comes before an answer; there are few of them."""
    head: Head = pickle.loads(payload)  # noqa: S301  (from our own child)
    return head


class Exchange:
    """A query, the process that evaluates it and the answer as far as it is there.

    Attributes:
        head: of the answer, once it has begun; None before.
        rows: of a SELECT, once it is whole; None for other answers and where they cannot be counted.
        error: why it broke off, or None.
        left: whether the client has gone.
    """

    def __init__(
        self, *, lanes: Lanes, worker: Worker, client: str, timeout_s: float, gone: Callable[[], Awaitable[None]] | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self._lanes = lanes
        self._gone = gone
        self._watch: asyncio.Task[None] | None = None
        self._parts: list[bytes] = []
        self._spool: BinaryIO | None = None
        self._spooled = 0
        self._whole = False
        self._changed = asyncio.Event()
        self._began = loop.time()
        self._processor_before_s = worker.processor_s()
        self._heavy = False
        self._timeout_s = timeout_s
        self._look = loop.call_later(min(LOOK_S, timeout_s), self._look_after)
        self.worker = worker
        self.client = client
        self.head: Head | None = None
        self.rows: int | None = None
        self.error: CoorbitError | None = None
        self.left = False

    @property
    def complete(self) -> bool:
        """Whether the whole answer is in memory."""
        return self._whole and self._spool is None

    @property
    def size(self) -> int:
        """Bytes of the answer so far; of a whole one, its length."""
        return sum(map(len, self._parts)) + self._spooled

    def body(self) -> bytes:
        """Return the part of the answer that is in memory: all of it, or what comes before the file."""
        return b"".join(self._parts)

    async def begun(self) -> None:
        """Wait until the answer is whole or goes to a file.

        Raises:
            CoorbitError: there is no answer.
        """
        while not self._whole and self._spool is None and self.error is None:
            self._changed.clear()
            await self._changed.wait()
        if self.error is not None:
            raise self.error

    async def finished(self) -> None:
        """Wait until the answer is whole, though most of it lies in a file.

        Raises:
            CoorbitError: it broke off.
        """
        self.watch()
        while not self._whole and self.error is None:
            self._changed.clear()
            await self._changed.wait()
        if self.error is not None:
            raise self.error

    async def rest(self) -> AsyncIterator[bytes]:
        """Yield the answer's bytes past `body`, at the reader's pace, while the process writes on.

        It ends early when the client has left.

        Raises:
            CoorbitError: it broke off.
        """
        position = 0
        self.watch()
        while (spool := self._spool) is not None and not self.left:
            self._changed.clear()
            if self.error is not None:
                raise self.error
            if position < self._spooled:
                chunk = os.pread(spool.fileno(), min(_CHUNK, self._spooled - position), position)
                position += len(chunk)
                yield chunk
            elif self._whole:
                return
            else:
                await self._changed.wait()

    def receive(self, kind: Kind, payload: bytes) -> None:
        """Take a frame of the answer."""
        if kind is Kind.DATA:
            self._parts.append(payload)
            return
        if kind is Kind.HEAD:
            self.head = _head(payload)
            return
        if kind is Kind.SPOOL:
            path = Path(payload.decode())
            self._spool = path.open("rb")
            path.unlink()
        elif kind is Kind.GROWN:
            (size,) = struct.unpack(">Q", payload)
            room = self._lanes.spool
            room.used_bytes += size - self._spooled
            self._spooled = size
            if room.used_bytes > room.limit_bytes:
                self.abort(SpoolFull(room.limit_bytes))
        elif kind is Kind.END:
            self._whole = True
            self.rows = struct.unpack(">q", payload)[0] if payload else None
            self._finish()
        self._changed.set()

    def fail(self, error: CoorbitError) -> None:
        """Note that there is no answer, or that it breaks off here."""
        if not self._whole and self.error is None:
            self.error = error
            self._finish()
            self._changed.set()

    def abort(self, reason: CoorbitError) -> None:
        """End the query and its process, unless the answer is whole."""
        if not self._whole and self.error is None:
            self.worker.kill(reason)

    def close(self) -> None:
        """Leave the answer: the query ends if it still runs, the file goes."""
        self.abort(ClientGone("nobody waits for the answer"))
        if self._watch is not None:
            self._watch.cancel()
        if (spool := self._spool) is not None:
            self._spool = None
            self._lanes.spool.used_bytes -= self._spooled
            with contextlib.suppress(OSError):
                spool.close()

    def _look_after(self) -> None:
        """Watch the client of a query that is not done, and slow, demote or end the query by the time it has had.

        Processor time decides, since on a busy machine a light query may wait long for its turn.
        """
        loop = asyncio.get_running_loop()
        clock_s = loop.time() - self._began
        if clock_s >= self._timeout_s:
            self.abort(QueryTimeout(self._timeout_s))
            return
        now = self.worker.processor_s()
        used_s = clock_s if now is None or self._processor_before_s is None else now - self._processor_before_s
        self.watch()
        if used_s >= LOOK_S / 2 and not self.worker.lowered:
            self.worker.lower()
        self._look = loop.call_later(min(LOOK_S, self._timeout_s - clock_s), self._look_after)
        if not self._heavy and ((clock_s >= HEAVY_S and used_s >= HEAVY_S / 2) or clock_s >= HEAVY_WHATEVER_S):
            self._heavy = True
            self._lanes.demote(self)

    def watch(self) -> None:
        """End the query when its client leaves; a quick one is over before that could matter."""
        if self._watch is None and self._gone is not None:
            self._watch = asyncio.get_running_loop().create_task(self._watch_client(self._gone))

    async def _watch_client(self, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        self.left = True
        self._changed.set()
        self.abort(ClientGone("the client has left"))

    def _finish(self) -> None:
        self._look.cancel()
        self._lanes.release(self.worker)
