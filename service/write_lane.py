"""The lane of writes: one at a time, each in a process of its own, which tidies up once its answer is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from graph.query_errors import QueryCrashed, QueryMemory, QueryTimeout, ServiceBusy, WriteMemory, WriteTimeout
from service.single import have_done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from service.worker import Worker

_WAIT_S: Final = 10.0
_TIDYING_S: Final = 3600.0  # enough to copy a version whole, once in a long while; only what hangs takes so long
_WRITER_ENDED: Final = (
    "the process that made this change was ended from outside: either it was made as a whole, then /versions has it, "
    "or not at all, then send it again"
)


class WriteLane:
    """The write that is made or tidied up after, and those that wait for it.

    Args:
        fork: makes a process.
    """

    def __init__(self, fork: Callable[[bytes], Awaitable[Worker]]) -> None:
        self._fork = fork
        self._turn = asyncio.Lock()
        self._tidying: Worker | None = None
        self._limit: asyncio.TimerHandle | None = None

    async def write(self, job: object, *, timeout_s: float) -> object:
        """Have a process make a write; return what `service.write_process.perform` returned.

        The process then tidies up for as long as that takes, and the next write begins after it.

        Raises:
            ServiceBusy: those before it, or what follows them, take too long, or no process could be started.
            WriteTimeout: it ran past its time; nothing was written, unless the end came between the new version's
                name and the answer.
            WriteMemory: it needed more memory than it may have; nothing was written.
            QueryCrashed: it was ended from outside; what it wrote is whole or not there.
            CoorbitError: why it was refused.
        """
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._turn.acquire()
        except TimeoutError as fault:
            busy = "other writes take" if self._tidying is None else "copying a version, to mend damage from, takes"
            message = f"{busy} longer than {_WAIT_S:g} s, and nothing was changed: send this again soon"
            raise ServiceBusy(message, retry_after_s=2) from fault
        try:
            return await have_done(self._fork, job, timeout_s=timeout_s, goes_on=self._tidies)
        except QueryTimeout as fault:
            raise WriteTimeout(timeout_s) from fault
        except QueryMemory as fault:
            raise WriteMemory from fault
        except QueryCrashed as fault:
            raise QueryCrashed(_WRITER_ENDED) from fault
        finally:
            if self._tidying is None:
                self._turn.release()

    def lost(self, worker: Worker) -> None:
        """Let the next write begin where a process has ended that was tidying up."""
        if worker is self._tidying:
            self._tidying = None
            self._turn.release()
            if self._limit is not None:
                self._limit.cancel()

    def _tidies(self, worker: Worker) -> None:
        self._tidying = worker
        self._limit = asyncio.get_running_loop().call_later(_TIDYING_S, worker.kill)
