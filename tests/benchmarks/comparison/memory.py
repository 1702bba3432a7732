"""Memory of a server: all its processes, sampled from a process of its own, so that sampling slows no client.

PSS shares what processes share among them, so that it adds up; VmHWM is the most that one process ever had resident.
Linux only, as the rest of the service's limits.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import TracebackType

STEP_S: Final = 0.2
_SHARE: Final = 0.05  # of one core, at most, for sampling: PSS is dear where a process is large
_PROC: Final = Path("/proc")
_KILOBYTE: Final = 1024


@dataclass(slots=True, kw_only=True)
class Peak:
    """The most that a server's processes held while they were watched, in bytes.

    Attributes:
        total: PSS of all processes at one moment.
        before: PSS of all processes when watching began.
        http: VmHWM of the process that was started, which speaks HTTP.
        http_before: its resident size when watching began.
        largest: VmHWM of the largest other process; 0 where there is none.
        processes: most at one moment.
        ended: whether the server was killed because it passed the cap.
    """

    total: int = 0
    before: int = 0
    http: int = 0
    http_before: int = 0
    largest: int = 0
    processes: int = 0
    ended: bool = False
    parents: dict[int, int] = field(default_factory=dict, repr=False)


class Watch:
    """Watches a server for the length of a with block; the figures are there when it ends."""

    def __init__(self, process_id: int, *, cap_bytes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_watch, args=(process_id, cap_bytes, theirs), daemon=True)
        self.peak = Peak()

    def __enter__(self) -> Self:
        self._process.start()
        self._pipe.recv()  # it watches
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.send("enough")
        self.peak = self._pipe.recv()
        self._process.join()


def processor_s(root: int) -> float:
    """Return the processor seconds that the living processes of a server have used so far."""
    ticks = 0
    for process_id in _tree(root, {}):
        with contextlib.suppress(OSError):
            fields = (_PROC / str(process_id) / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _watch(root: int, cap_bytes: int, pipe: Connection) -> None:
    """Sample until told to stop; kill the server once it passes the cap, before the machine suffers."""
    with contextlib.suppress(OSError):
        (_PROC / str(root) / "clear_refs").write_text("5")  # VmHWM starts anew
    peak = Peak()
    _sample(root, peak)
    peak.before = peak.total
    peak.http_before = _status(root, "VmRSS")
    pipe.send("watching")
    pause_s = STEP_S
    while not pipe.poll(pause_s):
        started = time.process_time()
        total = _sample(root, peak)
        pause_s = max(STEP_S, (time.process_time() - started) / _SHARE)
        if total > cap_bytes and not peak.ended:
            peak.ended = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(root, signal.SIGKILL)
    _sample(root, peak)
    peak.parents = {}
    pipe.send(peak)


def _sample(root: int, peak: Peak) -> int:
    """Bring the peaks up and return the PSS of all processes now."""
    members = _tree(root, peak.parents)
    total = 0
    for process_id in members:
        with contextlib.suppress(OSError, IndexError):
            rollup = (_PROC / str(process_id) / "smaps_rollup").read_text()
            total += int(rollup.split("\nPss:")[1].split()[0]) * _KILOBYTE
        most = _status(process_id, "VmHWM")
        if process_id == root:
            peak.http = max(peak.http, most)
        else:
            peak.largest = max(peak.largest, most)
    peak.total = max(peak.total, total)
    peak.processes = max(peak.processes, len(members))
    return total


def _tree(root: int, parents: dict[int, int]) -> list[int]:
    """Return a process and its descendants; `parents` keeps what was read of processes seen before."""
    alive = {int(path.name) for path in _PROC.iterdir() if path.name.isdigit()}
    for process_id in [*parents]:
        if process_id not in alive:
            del parents[process_id]
    for process_id in alive - parents.keys():
        with contextlib.suppress(OSError):
            parents[process_id] = int((_PROC / str(process_id) / "stat").read_text().rpartition(")")[2].split()[1])
    members = [root] if root in alive else []
    for member in members:  # grows while it is read
        members.extend(child for child, parent in parents.items() if parent == member)
    return members


def _status(process_id: int, name: str) -> int:
    """Return a size from a process's status in bytes; 0 where the process is gone."""
    with contextlib.suppress(OSError):
        for line in (_PROC / str(process_id) / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * _KILOBYTE
    return 0
