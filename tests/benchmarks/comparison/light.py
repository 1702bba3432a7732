"""Light queries at a fixed rate, from a process of their own.

Each is due at a moment of a plan made ahead and its time counts from there, so that an answer that is late makes no
later query wait unseen.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from comparison.stream import Closed, StreamLine, open_line, request
from comparison.texts import lookup
from comparison.wire import JSON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

    from comparison.servers import Server

ANSWER_LIMIT_S: Final = 10.0
_SOURCE: Final = "127.0.0.2"


@dataclass(slots=True, kw_only=True)
class Light:
    """Seconds of each light query that was answered, and how many failed for which reason.

    Attributes:
        seconds: from the moment that a query was due to the last byte of its answer.
        failed: reason to number.
        late: seconds by which the sender itself was late, each query; what of the times is not the server's.
    """

    seconds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is sent: a target in turn, with the mark and a running number at its end, at a rate for some seconds."""

    port: int
    targets: Sequence[str]
    mark: str
    rate: int
    seconds: float


class LightQueries:
    """Light queries that run beside whatever else is done until their result is asked for."""

    def __init__(self, server: Server, subjects: Sequence[str], *, rate: int, seconds: float, mark: str) -> None:
        targets = [server.target(lookup(each, "")) for each in subjects]
        plan = _Plan(port=server.port, targets=targets, mark=quote(mark), rate=rate, seconds=seconds)
        context = multiprocessing.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        self._seconds = seconds
        self._process = context.Process(target=_run, args=(plan, self._theirs), daemon=True)

    def start(self) -> None:
        """Start, and return when the first query is due.

        Raises:
            EOFError: the server takes no connection.
        """
        self._process.start()
        self._theirs.close()  # so that the end of the process ends the pipe
        self._pipe.recv()

    def result(self) -> Light:
        """Wait for the last answer and return what was seen."""
        light = Light(failed=Counter({"no result": 1}))
        with contextlib.suppress(EOFError):
            if self._pipe.poll(self._seconds + 3 * ANSWER_LIMIT_S):
                light = self._pipe.recv()
        self._process.kill()
        self._process.join()
        return light


def _run(plan: _Plan, pipe: Connection) -> None:
    pipe.send(asyncio.run(_send(plan, pipe)))


async def _send(plan: _Plan, pipe: Connection) -> Light:
    light = Light()
    free: list[StreamLine] = []

    async def ask(target: str) -> tuple[int, bytes]:
        """Ask on a free connection, or on a new one where the server has closed that meanwhile."""
        while free:
            line = free.pop()
            with contextlib.suppress(OSError, Closed):
                return await _ask_on(line, target, free)
        return await _ask_on(await open_line(plan.port, source=_SOURCE), target, free)

    async def one(number: int, due: float) -> None:
        target = f"{plan.targets[number % len(plan.targets)]}{plan.mark}{number}"
        try:
            status, body = await asyncio.wait_for(ask(target), ANSWER_LIMIT_S)
        except TimeoutError:
            light.failed["no answer"] += 1
        except Closed as fault:
            light.failed[f"ended {fault}"] += 1
        except OSError as fault:
            light.failed[type(fault).__name__] += 1
        else:
            if status == 200 and body.rstrip().endswith(b"}"):
                light.seconds.append(time.perf_counter() - due)
            else:
                light.failed[f"status {status}"] += 1

    free.append(await open_line(plan.port, source=_SOURCE))
    pipe.send("started")
    started = time.perf_counter()
    tasks = []
    for number in range(int(plan.rate * plan.seconds)):
        due = started + number / plan.rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        light.late.append(time.perf_counter() - due)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return light


async def _ask_on(line: StreamLine, target: str, free: list[StreamLine]) -> tuple[int, bytes]:
    """Ask on one connection, which is free again after a whole answer and closed after anything else."""
    try:
        answer = await request(line, target, {"Accept": JSON})
    except BaseException:
        line.close()
        raise
    free.append(line)
    return answer
