"""One process of the pool as its parent sees it: a connection that carries frames, and ways to slow and to end it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import struct
import sys
import time
from typing import TYPE_CHECKING, Final, Protocol, cast

from graph.query_errors import QueryCrashed, QueryMemory, QueryUnsupported
from service.frames import FrameReader, Kind, frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.errors import CoorbitError

_log = logging.getLogger(__name__)

_STATUS_WAIT_S: Final = 1.0  # the zygote tells sooner, if it lives


class Receiver(Protocol):
    """Who takes the frames of one job."""

    def receive(self, kind: Kind, payload: bytes) -> None:
        """Take a frame."""

    def fail(self, error: CoorbitError) -> None:
        """Note that the job has failed."""


class Worker(asyncio.Protocol):
    """A process; at most one job at a time.

    Attributes:
        process_id: 0 until it has told it.
        reusable: whether it may take another job after one.
        store: path of the store that it has open, or was told to open; empty for none.
        alive: whether it may be given a job.
        has_been_lowered: whether it ever was: it may hold more memory than a new one.
        lowered: whether it runs only when nothing else wants the processor.
    """

    def __init__(self, on_loss: Callable[[Worker], None], *, reusable: bool) -> None:
        self._on_loss = on_loss
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._handle = -1
        self._status: int | None = None
        self._killed_for: CoorbitError | None = None
        self._lost = False
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._thread_id = 0
        self.process_id = 0
        self.reusable = reusable
        self.store = ""
        self.alive = True
        self.lowered = False
        self.has_been_lowered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Pass frames to whoever waits for them."""
        for kind, payload in self._reader.feed(data):
            if kind is Kind.READY:
                self._is_ready(*struct.unpack(">II", payload))
            elif (receiver := self._receiver) is not None:
                if kind in {Kind.END, Kind.ERROR, Kind.RESULT}:
                    self._receiver = None
                if kind is Kind.ERROR:
                    receiver.fail(pickle.loads(payload))  # noqa: S301  (from our own child)
                else:
                    receiver.receive(kind, payload)

    def _is_ready(self, process_id: int, thread_id: int) -> None:
        if not self.process_id:
            self.process_id, self._thread_id = process_id, thread_id
            self._handle = os.pidfd_open(process_id) if hasattr(os, "pidfd_open") else -1
        if not self._ready.done():
            self._ready.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell the pool; where nobody here ended the process, wait a little for the zygote to say how it ended."""
        self.alive = False
        if not self._ready.done():
            self._ready.set_exception(OSError("a query process ended before it was ready"))
        if self._receiver is None or self._killed_for is not None or self._status is not None:
            self._lose()
        else:
            asyncio.get_running_loop().call_later(_STATUS_WAIT_S, self._lose)

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._on_loss(self)

    async def ready(self) -> None:
        """Wait until the process is up, or has opened what it was told to.

        Raises:
            OSError: it ended before.
        """
        await self._ready

    async def open(self, store: str) -> None:
        """Have the process open a store, so that no query waits for it.

        Raises:
            OSError: it ended over it.
        """
        self.store = store
        self._ready = asyncio.get_running_loop().create_future()
        self._send(frame(Kind.OPEN, store.encode()))
        await self._ready

    def begin(self, receiver: Receiver, job: object) -> None:
        """Send a job, whose frames go to a receiver."""
        self._receiver = receiver
        if not self.alive:  # it died between its choice and now
            asyncio.get_running_loop().call_soon(self.fail)
            return
        self._send(frame(Kind.JOB, pickle.dumps(job, pickle.HIGHEST_PROTOCOL)))

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def processor_s(self) -> float | None:
        """Return the processor seconds that the process has used; None where the system does not tell."""
        if sys.platform != "linux":
            return None
        try:
            return time.clock_gettime((~self.process_id << 3) | 2)  # the clock of a process: clock_getcpuclockid(3)
        except OSError:
            return None

    def lower(self) -> None:
        """Let the query run only when nothing else wants the processor.

        Only its thread is lowered, by the id that it has told. To find all threads in /proc would leave directory
        entries behind, and clearing them holds up the zygote for seconds when the process is ended while it is
        lowered (measured: Linux 6.18, `release_task` against `release_task` of a thread that gets no processor).
        """
        self.lowered = self.has_been_lowered = True
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                os.sched_setscheduler(self._thread_id, os.SCHED_IDLE, os.sched_param(0))

    def restore(self) -> bool:
        """Undo `lower`, where the system lets this user do so; return whether it did."""
        if sys.platform != "linux":
            return True
        try:
            os.sched_setscheduler(self._thread_id, os.SCHED_OTHER, os.sched_param(0))
        except OSError:
            return False
        self.lowered = False
        return True

    def kill(self, reason: CoorbitError | None = None) -> None:
        """End the process now; by its handle, since a number may have passed to another process."""
        if self.lowered and self.alive:
            self.restore()  # what it holds is free the sooner
        self.alive = False
        self._killed_for = self._killed_for or reason
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        elif self.process_id and self._transport is not None and not self._transport.is_closing():
            with contextlib.suppress(ProcessLookupError):  # a system without handles
                os.kill(self.process_id, signal.SIGKILL)
        self._close_handle()
        if self._transport is not None:
            self._transport.close()
        if self._lost:
            self.fail()

    def _close_handle(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def ended(self, status: int) -> None:
        """Note how the process ended, as the zygote tells it."""
        self._status = status
        if not self.alive:
            self._lose()

    def fail(self) -> None:
        """Tell whoever waits for the job why it will not be done."""
        self._close_handle()
        if (receiver := self._receiver) is not None:
            self._receiver = None
            receiver.fail(self._cause_of_death())

    def _cause_of_death(self) -> CoorbitError:
        """Say why the process ended, as far as its parent can know."""
        if self._killed_for is not None:
            return self._killed_for
        ended_by = os.WTERMSIG(self._status) if self._status is not None and os.WIFSIGNALED(self._status) else 0
        if ended_by == signal.SIGABRT:
            return QueryMemory()
        _log.warning("query process ended pid=%d status=%s signal=%d", self.process_id, self._status, ended_by)
        if ended_by == signal.SIGSEGV:  # the engine's parser and evaluator descend once for each level
            return QueryUnsupported("the query is nested too deeply: use fewer groups, brackets or operators in a row")
        return QueryCrashed("the process that evaluated the query ended before it was done")
