"""Checks of posted graphs: few at once and one of each client, so that neither writes nor queries are held up."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from graph.query_errors import QueryMemory, QueryTimeout, QueryUnsupported, ServiceBusy
from graph.request_errors import CheckEnded
from service.scratch import clear
from service.single import have_done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from service.check_process import Checked, CheckJob
    from service.worker import Worker

_AT_ONCE: Final = 2
_RETRY_AFTER_S: Final = 5


class Checks:
    """The checks that run, each in a process and a folder of its own.

    Args:
        fork: makes a process.
    """

    def __init__(self, fork: Callable[[bytes], Awaitable[Worker]]) -> None:
        self._fork = fork
        self._clients: set[str] = set()

    async def check(
        self, job: CheckJob, *, client: str, timeout_s: float, gone: Callable[[], Awaitable[None]]
    ) -> Checked:
        """Have a graph checked; return what `service.check_process.check` returned.

        Raises:
            ServiceBusy: a check of this client, or as many as may be, are running.
            CheckEnded: it was ended at a limit.
            CoorbitError: why it was refused.
        """
        if client in self._clients:
            message = "a check of yours is running: wait for its answer, then send the next"
            raise ServiceBusy(message, retry_after_s=_RETRY_AFTER_S)
        if len(self._clients) >= _AT_ONCE:
            message = "all places for checks are taken: try again soon, or run coorbit validate --add FILE"
            raise ServiceBusy(message, retry_after_s=_RETRY_AFTER_S)
        self._clients.add(client)
        name = secrets.token_hex(8)
        try:
            own = replace(job, folder=name)
            return cast("Checked", await have_done(self._fork, own, timeout_s=timeout_s, gone=gone))
        except QueryTimeout as fault:
            reason = f"was not done after {timeout_s:g} s"
            raise CheckEnded(reason) from fault
        except QueryMemory as fault:
            reason = "needed more memory than it may have"
            raise CheckEnded(reason) from fault
        except QueryUnsupported as fault:  # the process ended as one does whose stack is at its end
            reason = "found it nested too deeply"
            raise CheckEnded(reason) from fault
        finally:
            await asyncio.to_thread(clear, job.home, name)
            self._clients.discard(client)
