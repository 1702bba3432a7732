"""Who waits for a place: a bounded queue in which clients take turns."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from graph.errors import ServiceBusy

if TYPE_CHECKING:
    from service.worker import Worker


class WaitingRoom:
    """Queries that wait for a process.

    Within a client they go first come, first served; between clients by turns, so that one who sends a thousand
    queries at once does not make the others wait for all of them.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._queues: OrderedDict[str, deque[asyncio.Future[Worker]]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def enter(self, client: str) -> asyncio.Future[Worker]:
        """Return a future that `admit` gives a process to; whoever waits no longer must `leave`.

        Where the room is full, the last query of the client with the most of them makes place for another client's.

        Raises:
            ServiceBusy: the room is full; the future may fail with it too.
        """
        if self._count >= self._places:
            self._make_place(client)
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(turn)
        self._count += 1
        return turn

    def _make_place(self, client: str) -> None:
        busy = ServiceBusy("too many queries wait: try again soon", retry_after_s=1)
        most = max(self._queues, key=lambda each: len(self._queues[each]))
        if len(self._queues[most]) <= len(self._queues.get(client, ())) + 1:
            raise busy
        turn = self._queues[most].pop()
        self._count -= 1
        if not turn.done():
            turn.set_exception(busy)

    def leave(self, client: str, turn: asyncio.Future[Worker]) -> None:
        """Wait no longer; nothing to do for one that was admitted."""
        queue = self._queues.get(client)
        if queue is not None and (not turn.done() or turn.cancelled()):
            with contextlib.suppress(ValueError):
                queue.remove(turn)
                self._count -= 1
            if not queue:
                del self._queues[client]

    def admit(self, worker: Worker) -> bool:
        """Give a process to the next one; say whether anybody was there to take it."""
        while self._queues:
            client, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            self._count -= 1
            if queue:
                self._queues[client] = queue  # behind the others
            if not turn.done():  # else its task was cancelled just now
                turn.set_result(worker)
                return True
        return False

    def close(self) -> None:
        """Send everybody away."""
        for queue in self._queues.values():
            for turn in queue:
                turn.cancel()
        self._queues.clear()
        self._count = 0
