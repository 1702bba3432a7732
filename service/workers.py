"""The pool of query processes: short queries are never starved, heavy ones compete with each other alone.

A query starts in the short lane. One that uses the processor for longer than a light query would loses its claim to
it; one that is heavy gives its place in the short lane to the next and takes a heavy place, of which there are few, and
one client cannot hold all. Past its time a query is killed with its process. Some processes always stand ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from graph.query_errors import QueryCrashed, ServiceBusy
from service.checks import Checks
from service.exchange import Exchange, SpoolRoom
from service.nursery import Nursery
from service.past import Past
from service.waiting import WaitingRoom
from service.write_lane import WriteLane
from service.zygote import LOCKED, OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from service.jobs import Job
    from service.settings import Settings
    from service.worker import Worker

_log = logging.getLogger(__name__)

_SPARES: Final = 3
_TRIES: Final = 2
_STARTING_AT_ONCE: Final = 2
_AGAIN_S: Final = 0.1
_WAITING: Final = 512
_SPOOLS: Final = 4  # answers of the largest size that may lie in files at once


class Pool:
    """Query processes under one zygote, shared by all requests of one HTTP process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.spool = SpoolRoom(limit_bytes=settings.spool_mb * 1_000_000 * _SPOOLS)
        self._nursery = Nursery(settings, self._lost)
        self._past = Past(places=settings.history_places, spool=self.spool, fork=self._fork)
        self.checks = Checks(self._fork)
        self._waiting: WaitingRoom[Worker] = WaitingRoom(_WAITING)
        self._idle: deque[Worker] = deque()
        self._short: set[Worker] = set()
        self._heavy: dict[Worker, str] = {}
        self._writes = WriteLane(self._fork)
        self._preparing = 0
        self._again: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._store = ""
        self._closed = False

    async def start(self) -> None:
        """Start the zygote and the first processes; call it from the main thread."""
        self._nursery.start()
        self._refill()

    async def close(self) -> None:
        """End all processes; queries that run are not answered."""
        self._closed = True
        self._waiting.close()
        self._past.close()
        for task in self._tasks:
            task.cancel()
        self._nursery.close()

    def open(self, store: str) -> None:
        """Have idle processes open the store of a newer version; those that run finish on the one they have.

        A request that has read an older version just before does not lead back to it: paths sort by version.
        """
        if store <= self._store:
            return
        self._store = store
        for worker in [each for each in self._idle if each.store != store]:
            self._idle.remove(worker)
            self._preparing += 1
            self._spawn(self._prepare(worker))

    async def evaluate(
        self, job: Job, *, client: str, timeout_s: float, gone: Callable[[], Awaitable[None]] | None = None
    ) -> Exchange:
        """Start a query; return once its answer is whole or goes to a file.

        One of an older version, which its asker has chosen, gets a place apart from the others.

        A process that died while idle is not the query's fault: the query is asked once more.

        Args:
            job: what to evaluate.
            client: who asks, for the heavy places and for turns in waiting.
            timeout_s: wall clock limit for the evaluation, from the moment that a process takes it.
            gone: returns when the client has left; the query then ends. None: it is never ended for that.

        Raises:
            ServiceBusy: too many queries wait, or no heavy place is free for this client.
            QueryTimeout: it ran past its time.
            QueryMemory: it needed more memory than it may have.
            QueryError: any other reason why there is no answer.
        """
        self.open(job.store)
        lanes = self._past if job.version is not None and job.store < self._store else self
        for attempt in range(_TRIES):
            worker = await lanes.place(job, client, gone)
            exchange = Exchange(lanes=lanes, worker=worker, client=client, timeout_s=timeout_s, gone=gone)
            worker.store = job.store  # a request that came just before a write still opens the version before
            worker.begin(exchange, job)
            try:
                await exchange.begun()
            except QueryCrashed:
                exchange.close()
                if exchange.head is not None or exchange.left or attempt == _TRIES - 1:
                    raise
            except BaseException:
                exchange.close()
                raise
            else:
                return exchange
        raise AssertionError

    async def write(self, job: object, *, timeout_s: float) -> object:
        """Have a process of its own make a write; see `service.write_lane.WriteLane.write`."""
        return await self._writes.write(job, timeout_s=timeout_s)

    async def place(self, job: Job, client: str, gone: Callable[[], Awaitable[None]] | None) -> Worker:
        """Wait for a place in the short lane and a process for it; `release` gives it back."""
        if self._idle and len(self._short) < self._settings.short_places and not self._waiting:
            worker = self._idle.pop()
            self._short.add(worker)
        else:
            turn = self._waiting.enter(client)
            self._refill()
            self._serve_waiting()
            worker = await self._waiting.served(client, turn, gone=gone, give_back=self.release)
        if job.may_call:
            worker = await self._exchanged(worker)
        self._refill()
        return worker

    async def _exchanged(self, worker: Worker) -> Worker:
        """Give a process back for a new one that may call other hosts; the place is held meanwhile."""
        try:
            calling = await self._fork(OPEN)
        finally:
            self._short.discard(worker)
            self._put_back(worker)
        self._short.add(calling)
        return calling

    async def _fork(self, order: bytes) -> Worker:
        try:
            return await self._nursery.fork(order)
        except OSError as fault:
            _log.warning("a process could not be started", exc_info=True)
            message = "no process could be started for this: try again soon"
            raise ServiceBusy(message, retry_after_s=5) from fault

    def _serve_waiting(self) -> None:
        while self._waiting and self._idle and len(self._short) < self._settings.short_places:
            worker = self._idle.pop()
            if self._waiting.admit(worker):
                self._short.add(worker)
            else:
                self._idle.append(worker)

    def _refill(self) -> None:
        """Start processes until every short place and the spares have one."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self._closed:
            return
        wanted = self._settings.short_places + _SPARES - len(self._idle) - len(self._short) - self._preparing
        for _ in range(min(wanted, _STARTING_AT_ONCE - self._preparing)):
            self._preparing += 1
            self._spawn(self._start_one())

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start_one(self) -> None:
        try:
            worker = await self._nursery.fork(LOCKED)
        except OSError as fault:
            self._preparing -= 1
            if not self._closed:
                _log.warning("a query process could not be started: trying again error=%s", fault)
                self._try_again()
            return
        await self._prepare(worker)

    def _try_again(self) -> None:
        """Start processes a little later; once, however many could not be started."""
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(_AGAIN_S, self._refill)

    async def _prepare(self, worker: Worker) -> None:
        """Bring a process to the current store, then let it wait for a query."""
        with contextlib.suppress(OSError):  # it has died: `_put_back` finds another
            while worker.store != self._store:
                await worker.open(self._store)
        self._preparing -= 1
        self._put_back(worker)

    def _put_back(self, worker: Worker) -> None:
        if not worker.alive:
            self._refill()
        elif worker.store != self._store and worker.has_been_lowered:
            worker.kill()  # what its queries have left behind would count as its own size
        elif worker.store == self._store:
            self._idle.append(worker)
            self._serve_waiting()
        else:
            self._preparing += 1
            self._spawn(self._prepare(worker))

    def demote(self, exchange: Exchange) -> None:
        """Give a query's short place to the next one and find it a heavy place, or end it."""
        places = self._settings.heavy_places
        held = sum(client == exchange.client for client in self._heavy.values())
        if held >= places - 1:
            message = f"{held} heavy queries of yours are running: wait for one of them, or ask for less"
            exchange.abort(ServiceBusy(message, retry_after_s=5))
        elif len(self._heavy) >= places:
            message = "all places for heavy queries are taken: try again later, or ask for less"
            exchange.abort(ServiceBusy(message, retry_after_s=5))
        else:
            self._short.discard(exchange.worker)
            self._heavy[exchange.worker] = exchange.client
            self._refill()
            self._serve_waiting()

    def release(self, worker: Worker) -> None:
        """Take a process back whose query has ended; one that is dead, or cannot be raised again, is replaced."""
        self._short.discard(worker)
        self._heavy.pop(worker, None)
        if self._closed:
            return
        if worker.alive and worker.reusable and (not worker.lowered or worker.restore()):
            self._put_back(worker)
        else:
            worker.kill()
        self._refill()

    def _lost(self, worker: Worker) -> None:
        """Account for a process that has ended, and tell its query."""
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        self._writes.lost(worker)
        worker.fail()
        self._refill()
