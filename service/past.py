"""Places for queries of old versions: few, and apart from the pool's own, so that history cannot crowd out the present.

A place opens whatever version is asked of it and keeps it open for a while, for the next query of that version. It is
never lent to the present. One place is left to light queries: a heavy one that would take the last is ended.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.query_errors import QueryCrashed, ServiceBusy
from service.waiting import WaitingRoom
from service.zygote import LOCKED, OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from service.exchange import Exchange, SpoolRoom
    from service.jobs import Job
    from service.worker import Worker

_WAITING: Final = 64
_IDLE_S: Final = 20.0  # an open version cannot be pruned
_RETRY_AFTER_S: Final = 5


@dataclass(slots=True, eq=False)
class _Place:
    """A place and its process; none before the first query and after the end of one."""

    worker: Worker | None = None
    expiry: asyncio.TimerHandle | None = None

    def empty(self) -> None:
        """End the process."""
        if self.worker is not None:
            self.worker.kill()
            self.worker = None


class Past:
    """The places for old versions, in the role of `service.exchange.Lanes` for the queries that they answer.

    Args:
        places: how many.
        spool: for large answers, shared with the pool.
        fork: makes a process; see `service.nursery.Nursery.fork`.
    """

    def __init__(self, *, places: int, spool: SpoolRoom, fork: Callable[[bytes], Awaitable[Worker]]) -> None:
        self.spool = spool
        self._fork = fork
        self._places = places
        self._free = deque(_Place() for _ in range(places))
        self._taken: dict[Worker, _Place] = {}
        self._heavy: set[Worker] = set()
        self._waiting: WaitingRoom[_Place] = WaitingRoom(_WAITING)

    async def place(self, job: Job, client: str, gone: Callable[[], Awaitable[None]] | None) -> Worker:
        """Wait for a place and return its process, with the job's version open; `release` gives the place back.

        Raises:
            ServiceBusy: too many wait, or no process could be started.
            ClientGone: the client has left.
            QueryCrashed: the process ended over the opening.
        """
        if self._free and not self._waiting:
            place = self._fitting(job.store)
        else:
            turn = self._waiting.enter(client)
            place = await self._waiting.served(client, turn, gone=gone, give_back=self._give_back)
        try:
            worker = await self._opened(place, job)
        except BaseException:
            self._give_back(place)
            raise
        self._taken[worker] = place
        return worker

    def _fitting(self, store: str) -> _Place:
        """Take a free place: one that has the version open, else one without a process, else the longest idle."""
        at_hand = [each for each in self._free if _is_at(each, store)]
        empty = [each for each in self._free if each.worker is None]
        place = [*at_hand, *empty, self._free[0]][0]
        self._free.remove(place)
        return place

    async def _opened(self, place: _Place, job: Job) -> Worker:
        if place.expiry is not None:
            place.expiry.cancel()
            place.expiry = None
        if job.may_call:
            return await self._fork(OPEN)  # for this query alone, beside the place's own process
        if not _is_at(place, job.store) and place.worker is not None and place.worker.has_been_lowered:
            place.empty()  # what its queries have left behind would count as its own size
        if place.worker is None or not place.worker.alive:
            place.worker = await self._fork(LOCKED)
        if place.worker.store != job.store:
            try:
                await place.worker.open(job.store)
            except OSError as fault:
                message = "the process that was to open an old version has ended"
                raise QueryCrashed(message) from fault
        return place.worker

    def demote(self, exchange: Exchange) -> None:
        """Let a heavy query keep its place while another is left for light ones, else end it."""
        if len(self._heavy) >= self._places - 1:
            message = "all places for heavy queries of old versions are taken: try again later, or ask for less"
            exchange.abort(ServiceBusy(message, retry_after_s=_RETRY_AFTER_S))
        else:
            self._heavy.add(exchange.worker)

    def release(self, worker: Worker) -> None:
        """Take a process back whose query has ended; one that is dead, or cannot be raised again, is ended."""
        self._heavy.discard(worker)
        place = self._taken.pop(worker)
        if not (worker.alive and worker.reusable and (not worker.lowered or worker.restore())):
            worker.kill()
            if place.worker is worker:
                place.worker = None
        self._give_back(place)

    def _give_back(self, place: _Place) -> None:
        """Pass a place on to the next who waits; where nobody does, its process ends after a while."""
        if self._waiting.admit(place):
            return
        self._free.append(place)
        if place.worker is not None:
            place.expiry = asyncio.get_running_loop().call_later(_IDLE_S, place.empty)

    def close(self) -> None:
        """Send away who waits; the processes end with the pool."""
        self._waiting.close()
        for place in self._free:
            if place.expiry is not None:
                place.expiry.cancel()


def _is_at(place: _Place, store: str) -> bool:
    return place.worker is not None and place.worker.alive and place.worker.store == store
