"""Three kinds of abuser, each from an address of its own: one of each every second.

An abuser notes how it ended: by which status, by a broken connection, or by an answer that looks whole and is not.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from comparison.stream import Closed, StreamLine, begin, body, open_line
from comparison.texts import ENDLESS, HOG, export
from comparison.wire import JSON, TSV

if TYPE_CHECKING:
    from comparison.servers import Server

KINDS: Final = ("endless query", "memory hog", "slow reader")
SLOW: Final = KINDS[2]
_QUERIES: Final = {KINDS[0]: ENDLESS, KINDS[1]: HOG, SLOW: export(440_000)}
_SLOW_RATE: Final = 1_000
_AHEAD: Final = 4_096
_TAIL: Final = 200
_CONNECT_LIMIT_S: Final = 10.0
UNENDED: Final = "not ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an abuser ended and how many seconds after it came."""

    kind: str
    how: str
    seconds: float


async def abuse(server: Server, *, seconds: int, patience_s: float, mark: str) -> list[Ended]:
    """Send one abuser of each kind a second, then wait for the last to end.

    Args:
        server: who is abused.
        seconds: how long abusers arrive.
        patience_s: how long the last ones are waited for; slow readers are not.
        mark: makes texts unique.
    """
    tasks: dict[asyncio.Task[Ended], tuple[str, float]] = {}
    started = time.perf_counter()
    for number in range(seconds):
        await asyncio.sleep(max(0.0, started + number - time.perf_counter()))
        for place, kind in enumerate(KINDS):
            source = f"127.0.{10 + place}.{1 + number % 250}"
            task = asyncio.create_task(_one(server, kind, source, f"{mark}-{number}"))
            tasks[task] = kind, time.perf_counter()
    quick = [task for task, (kind, _) in tasks.items() if kind != SLOW]
    if quick:
        await asyncio.wait(quick, timeout=patience_s + max(0.0, started + seconds - time.perf_counter()))
    ended = []
    for task, (kind, came) in tasks.items():
        if task.done():
            ended.append(task.result())
        else:
            task.cancel()
            ended.append(Ended(kind=kind, how=UNENDED, seconds=time.perf_counter() - came))
    await asyncio.gather(*tasks, return_exceptions=True)
    return ended


async def _one(server: Server, kind: str, source: str, mark: str) -> Ended:
    started = time.perf_counter()
    line: StreamLine | None = None
    try:
        async with asyncio.timeout(_CONNECT_LIMIT_S):
            line = await open_line(server.port, source=source, receive_bytes=_AHEAD if kind == SLOW else None)
        how = await _end(line, server, kind, mark)
    except Closed as fault:
        how = f"connection ended {fault}"
    except OSError as fault:
        how = "no connection" if line is None else type(fault).__name__
    finally:
        if line:
            line.close()
    return Ended(kind=kind, how=how, seconds=time.perf_counter() - started)


async def _end(line: StreamLine, server: Server, kind: str, mark: str) -> str:
    """Ask, read the answer in the abuser's way, and say how it ended."""
    target = server.target(f"{_QUERIES[kind]}\n# {mark}")
    if kind == SLOW:
        return await _read_slowly(line, target)
    status, fields = await begin(line, target, {"Accept": JSON})
    size, tail = 0, b""
    async for piece in body(line, status, fields):
        size += len(piece)
        tail = (tail + piece)[-_TAIL:]
    if status != 200:
        return str(status)
    return "200, whole" if tail.rstrip().endswith(b"]}}") else "200 with broken JSON"


async def _read_slowly(line: StreamLine, target: str) -> str:
    """Take 1 kB a second until the answer or the connection ends."""
    status, _ = await begin(line, target, {"Accept": TSV})
    if status != 200:
        return str(status)
    while piece := await line.reader.read(_SLOW_RATE):  # noqa: ASYNC110  (the pace is the abuse)
        await asyncio.sleep(len(piece) / _SLOW_RATE)
    return "connection ended within the body"
