"""A process for one job: forked for it, ended with it, killed past its time or when nobody waits any more."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING

from graph.query_errors import ClientGone, QueryTimeout
from service.frames import Kind
from service.zygote import WRITER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graph.errors import CoorbitError
    from service.worker import Worker


async def have_done(
    fork: Callable[[bytes], Awaitable[Worker]],
    job: object,
    *,
    timeout_s: float,
    gone: Callable[[], Awaitable[None]] | None = None,
    goes_on: Callable[[Worker], None] | None = None,
) -> object:
    """Have a process of its own do a job; return what came of it.

    Args:
        fork: makes a process.
        job: for `service.query_process.run_write`.
        timeout_s: from the moment that the process has it.
        gone: returns when the client has left; the job then ends. None: it is never ended for that.
        goes_on: takes the process where it still has to do something once its result is there; None: it has not.

    Raises:
        ServiceBusy: no process could be started.
        QueryTimeout: it ran past its time.
        QueryMemory: it needed more memory than it may have.
        ClientGone: nobody waits for it any more.
        CoorbitError: why it was refused.
    """
    worker = await fork(WRITER)
    taker = _Taker()
    loop = asyncio.get_running_loop()
    limit = loop.call_later(timeout_s, worker.kill, QueryTimeout(timeout_s))
    watch = None if gone is None else loop.create_task(_kill_when(gone, worker))
    worker.begin(taker, job)
    try:
        result = await taker.result
    except BaseException:  # also where who waits is cancelled: nobody would end the process
        worker.kill()
        raise
    finally:
        limit.cancel()
        if watch is not None:
            watch.cancel()
    if goes_on is not None and worker.alive:
        goes_on(worker)
    else:
        worker.kill()
    return result


async def _kill_when(gone: Callable[[], Awaitable[None]], worker: Worker) -> None:
    await gone()
    worker.kill(ClientGone())


class _Taker:
    """Takes the result of a job."""

    def __init__(self) -> None:
        self.result: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def receive(self, kind: Kind, payload: bytes) -> None:
        """Take the result."""
        if kind is Kind.RESULT:
            self.result.set_result(pickle.loads(payload))  # noqa: S301  (from our own child)

    def fail(self, error: CoorbitError) -> None:
        """Note why there is none."""
        if not self.result.done():
            self.result.set_exception(error)
