"""The process that evaluates queries: one version open read-only, one query at a time.

It is forked by `service.zygote` and ended from outside: past its time, past its memory, or when nobody wants the answer
any more. It knows no HTTP.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import struct
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import pyoxigraph as ox

from graph.damaged import is_damage, mark
from graph.errors import CoorbitError
from graph.kept import hold
from graph.query_errors import SpoolFull, StoreUnreadable
from service.check_process import CheckJob, check
from service.evaluation import evaluate
from service.frames import FrameReader, Kind, frame
from service.sandbox import forbid_sockets, limit_memory, share_arena
from service.write_process import Written, perform, tidy_up

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from service.formats import Format
    from service.jobs import Job

_CHUNK: Final = 64 * 1024
_COLLECT_AFTER: Final = 20_000  # as `service.app` has it for the HTTP process
_END_BYTES: Final = 16  # enough for any marker and for the end of an empty JSON result
_NO_BINDINGS: Final = (b",{}", b"[{}")  # a row of JSON without a binding, which has no marker
_WRITING_BYTES: Final = 192 * 1024 * 1024  # that the engine takes to write one quad: its tables and threads (measured)
_STACK_BYTES: Final = 256 * 1024 * 1024  # the engine's parser descends once per nested group


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may use.

    Attributes:
        memory_bytes: beyond what the process has mapped once its store is open, or takes to write anything at all.
        buffer_bytes: of an answer before it goes to a file.
        spool_bytes: that the file may hold.
        spool_dir: where it lies.
    """

    memory_bytes: int
    buffer_bytes: int
    spool_bytes: int
    spool_dir: str


class Head(NamedTuple):
    """What is known of an answer before its first byte.

    Attributes:
        format_name: of its format.
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        volatile: whether the same query may give another answer on the same version.
    """

    format_name: str
    form: str
    volatile: bool


def run(connection: socket.socket, limits: Limits, *, may_call: bool) -> None:
    """Answer jobs until the other end closes.

    Args:
        connection: to the HTTP process.
        limits: of each answer.
        may_call: whether the engine may open sockets, for a SERVICE that an operator has allowed.
    """
    os.nice(5)  # below the process that speaks HTTP
    _sandboxed(_answer_jobs, connection, limits, may_call=may_call)


def run_write(connection: socket.socket, limits: Limits) -> None:
    """Make the one write, or the one check, that arrives, tell its result, and end; after a write, tidy up first.

    Args:
        connection: to the HTTP process.
        limits: of the write.
    """
    share_arena()
    _sandboxed(_write, connection, limits, may_call=False)


def _sandboxed(
    work: Callable[[socket.socket, Limits], None], connection: socket.socket, limits: Limits, *, may_call: bool
) -> None:
    """Run work in a thread with a deep stack, where it cannot open a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not may_call:
        forbid_sockets()
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_aborting, args=(work, connection, limits))
    thread.start()
    threading.stack_size(0)  # those that it starts need no such stack, and each would count against the memory limit
    thread.join()


def _aborting(work: Callable[[socket.socket, Limits], None], connection: socket.socket, limits: Limits) -> None:
    """Do work; where memory ends, already while a large job arrives, abort as the engine does."""
    try:
        work(connection, limits)
    except MemoryError:
        os.abort()


def _answer_jobs(connection: socket.socket, limits: Limits) -> None:
    opened = _Opened()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    ready = _ready()
    connection.sendall(ready)
    for kind, payload in _frames(connection):
        try:
            job: Job | None = pickle.loads(payload) if kind is Kind.JOB else None  # noqa: S301  (from our own parent)
            wanted = job.store if job else payload.decode()
            if wanted != opened.path:
                opened.change(wanted)
                limit_memory(limits.memory_bytes)
            connection.sendall(_answered(opened.store, job, connection, limits) if job else ready)
        except CoorbitError as error:
            # A store that cannot be opened ahead is told to the query that asks for it.
            connection.sendall(frame(Kind.ERROR, pickle.dumps(error)) if kind is Kind.JOB else ready)


def _write(connection: socket.socket, limits: Limits) -> None:
    gc.freeze()  # a commit collects what holds its store, and not all that is loaded
    connection.sendall(_ready())
    limit_memory(_WRITING_BYTES + limits.memory_bytes)
    for _, payload in _frames(connection):
        job = pickle.loads(payload)  # noqa: S301  (our own parent's)
        try:
            result = check(job) if isinstance(job, CheckJob) else perform(job)
        except CoorbitError as error:
            return connection.sendall(frame(Kind.ERROR, pickle.dumps(error)))
        connection.sendall(frame(Kind.RESULT, pickle.dumps(result)))
        if isinstance(result, Written) and result.stored:
            tidy_up(job.home, keep=job.keep)
        return None
    return None


def _ready() -> bytes:
    """Return the frame that tells the parent this process and the thread of it that evaluates."""
    return frame(Kind.READY, struct.pack(">II", os.getpid(), threading.get_native_id()))


def _frames(connection: socket.socket) -> Iterator[tuple[Kind, bytes]]:
    """Yield the frames that arrive, until the other end closes."""
    reader = FrameReader()
    room = memoryview(bytearray(_CHUNK))  # one for all: a large one for each would be mapped and unmapped each time
    with contextlib.suppress(ConnectionError):
        while count := connection.recv_into(room):
            yield from reader.feed(room[:count])


class _Opened:
    """The store that a process has open, and the hold that keeps its version from being pruned meanwhile."""

    def __init__(self) -> None:
        self.path = ""
        self.store = ox.Store()
        self._hold: BinaryIO | None = None

    def change(self, path: str) -> None:
        """Open another store in place of it.

        Raises:
            StoreUnreadable: it cannot be opened; then none is open.
        """
        self.store, self.path = ox.Store(), ""
        if self._hold is not None:
            self._hold.close()
            self._hold = None
        try:
            self._hold = hold(Path(path).parent)
            self.store = ox.Store.read_only(path)
        except (OSError, RuntimeError, ValueError) as fault:
            if is_damage(fault):
                mark(Path(path).parent, str(fault))
            raise StoreUnreadable(Path(path)) from fault
        self.path = path


def _answered(store: ox.Store, job: Job, connection: socket.socket, limits: Limits) -> bytes:
    """Send an answer as it is written; return the frame that ends it."""
    with contextlib.closing(Outlet(connection, limits)) as outlet:
        evaluate(store, job, outlet.begin)
        return outlet.end()


@cache
def _head(format_name: str, form: str, *, volatile: bool) -> bytes:
    """Return the frame that begins an answer; there are few of them."""
    return frame(Kind.HEAD, pickle.dumps(Head(format_name=format_name, form=form, volatile=volatile)))


class Outlet:
    """Where the engine writes an answer: first frames to the parent, past a limit a file that the parent reads."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._pending = bytearray()
        self._sent = 0
        self._spool: BinaryIO | None = None
        self._told = 0
        self._format: Format | None = None
        self._markers = 0
        self._is_counted = True
        self._end = b""

    def begin(self, chosen: Format, *, form: str, volatile: bool) -> Outlet:
        """Say what the answer is, and take its bytes from now on."""
        self._format = chosen if form == "SELECT" and chosen.row_marker else None
        self._pending += _head(chosen.name, form, volatile=volatile)
        return self

    def write(self, data: bytes) -> int:
        """Take some bytes, as a binary file does."""
        if self._format is not None:
            self._count(data, self._format.row_marker)
        if self._spool is None:
            self._pending += frame(Kind.DATA, data)
            self._sent += len(data)
            if len(self._pending) >= _CHUNK:
                self._flush()
            if self._sent >= self._limits.buffer_bytes:
                self._open_spool()
        else:
            self._write_to_spool(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: bytes leave when there are enough of them."""

    def end(self) -> bytes:
        """Return the frames that are still to be sent, the one that ends the answer among them."""
        if self._spool is not None:
            self._spool.flush()
            self._pending += frame(Kind.GROWN, struct.pack(">Q", self._spool.tell()))
        rows = b""
        if self._format is not None and self._is_counted:
            none = self._end.endswith(b"[]}}")  # JSON separates rows, so that one row and none have no separator
            rows = struct.pack(">q", 0 if none else self._markers + self._format.rows_beyond)
        return bytes(self._pending) + frame(Kind.END, rows)

    def close(self) -> None:
        """Close the file; the parent has it open by itself."""
        if self._spool is not None:
            self._spool.close()

    def _count(self, data: bytes, marker: bytes) -> None:
        """Count markers, also one that lies across two pieces."""
        overlap = self._end[len(self._end) - len(marker) + 1 :] if len(marker) > 1 else b""
        self._markers += (overlap + data).count(marker)
        lap = self._end[-2:] + data
        self._is_counted = self._is_counted and not any(row in lap for row in _NO_BINDINGS)
        self._end = (self._end + data)[-_END_BYTES:]

    def _flush(self) -> None:
        self._connection.sendall(self._pending)
        self._pending.clear()

    def _open_spool(self) -> None:
        Path(self._limits.spool_dir).mkdir(mode=0o700, exist_ok=True)  # cleaners of temporary files remove unused ones
        descriptor, name = tempfile.mkstemp(dir=self._limits.spool_dir, prefix="answer-")
        self._spool = os.fdopen(descriptor, "wb", buffering=_CHUNK)
        self._pending += frame(Kind.SPOOL, name.encode())
        self._flush()

    def _write_to_spool(self, data: bytes) -> None:
        spool = self._spool
        if spool is None:
            return
        size = spool.tell() + len(data)
        if size > self._limits.spool_bytes:
            raise SpoolFull(self._limits.spool_bytes)
        try:
            spool.write(data)
        except OSError as fault:
            raise SpoolFull(spool.tell()) from fault
        if size - self._told >= 4 * _CHUNK:
            spool.flush()
            self._pending += frame(Kind.GROWN, struct.pack(">Q", size))
            self._told = size
            self._flush()
