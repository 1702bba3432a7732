"""Who waits for a place: a bounded queue in which clients take turns."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from graph.query_errors import ClientGone, ServiceBusy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_Place = TypeVar("_Place")

_WAIT_S: Final = 10.0
_LOOK_S: Final = 0.25  # most wait for less, and need no watch: it costs more than the turn itself


class WaitingRoom(Generic[_Place]):
    """Queries that wait for a place.

    Within a client they go first come, first served; between clients by turns, so that one who sends a thousand
    queries at once does not make the others wait for all of them.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._queues: OrderedDict[str, deque[asyncio.Future[_Place]]] = OrderedDict()
        self._count = 0
        self._watches: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return self._count

    def enter(self, client: str) -> asyncio.Future[_Place]:
        """Return a future that `admit` gives a place to; whoever waits no longer must `leave`.

        Where the room is full, the last query of the client with the most of them makes place for another client's.

        Raises:
            ServiceBusy: the room is full; the future may fail with it too.
        """
        if self._count >= self._places:
            self._make_place(client)
        turn: asyncio.Future[_Place] = asyncio.get_running_loop().create_future()
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

    def leave(self, client: str, turn: asyncio.Future[_Place]) -> None:
        """Wait no longer; nothing to do for one that was admitted."""
        queue = self._queues.get(client)
        if queue is not None and (not turn.done() or turn.cancelled()):
            with contextlib.suppress(ValueError):
                queue.remove(turn)
                self._count -= 1
            if not queue:
                del self._queues[client]

    def admit(self, place: _Place) -> bool:
        """Give a place to the next one; say whether anybody was there to take it."""
        while self._queues:
            client, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            self._count -= 1
            if queue:
                self._queues[client] = queue  # behind the others
            if not turn.done():  # else its task was cancelled just now
                turn.set_result(place)
                return True
        return False

    async def served(
        self,
        client: str,
        turn: asyncio.Future[_Place],
        *,
        gone: Callable[[], Awaitable[None]] | None,
        give_back: Callable[[_Place], None],
    ) -> _Place:
        """Wait for a turn; who leaves meanwhile, or waits for too long, gives it up.

        Args:
            client: whose turn it is.
            turn: from `enter`.
            gone: returns when the client has left; None: that is not known.
            give_back: takes a place that came when nobody waited for it any more.

        Raises:
            ClientGone: the client has left.
            ServiceBusy: it took too long.
        """
        patience = asyncio.get_running_loop().call_later(_LOOK_S, lambda: self._watch(client, turn, gone))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                give_back(turn.result())
            raise
        finally:
            patience.cancel()
            self.leave(client, turn)

    def _watch(self, client: str, turn: asyncio.Future[_Place], gone: Callable[[], Awaitable[None]] | None) -> None:
        watch = asyncio.get_running_loop().create_task(self._tire(client, turn, gone))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _tire(
        self, client: str, turn: asyncio.Future[_Place], gone: Callable[[], Awaitable[None]] | None
    ) -> None:
        """Give up a turn that does not come in time, or that nobody waits for any more."""
        leaving = asyncio.ensure_future(gone()) if gone is not None else None
        either: tuple[asyncio.Future[Any], ...] = (turn,) if leaving is None else (turn, leaving)
        await asyncio.wait(either, timeout=_WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        has_left = leaving is not None and leaving.done()
        if leaving is not None:
            leaving.cancel()
        if not turn.done():
            self.leave(client, turn)
            message = f"no place was free for {_WAIT_S:g} s: try again soon"
            turn.set_exception(ClientGone("the client has left") if has_left else ServiceBusy(message, retry_after_s=2))

    def close(self) -> None:
        """Send everybody away."""
        for watch in self._watches:
            watch.cancel()
        for queue in self._queues.values():
            for turn in queue:
                turn.cancel()
        self._queues.clear()
        self._count = 0
