"""A large export: throughput beside the engine's own, and memory of every process meanwhile."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from comparison.memory import Peak, Watch
from comparison.servers import NotStarted, Stand
from comparison.tables import figure, median, ratio, table
from comparison.texts import export
from comparison.wire import JSON, TSV, ask

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

ROWS: Final = 1_000_000
_ENGINE: Final = "pyoxigraph to a file"
_FORMATS: Final = {
    "TSV": (TSV, ox.QueryResultsFormat.TSV, re.compile(rb"\n")),
    "JSON": (JSON, ox.QueryResultsFormat.JSON, re.compile(rb'"row"\s*:\s*\{')),
}
_TSV_HEADER: Final = 1
_LIMIT_S: Final = 30.0
_ONCE_S: Final = 15.0
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """One export: seconds to the first and to the last byte, rows, bytes and memory; or why there is none."""

    seconds: float = 0.0
    first_s: float = 0.0
    rows: int = 0
    size: int = 0
    peak: Peak | None = None
    fault: str = ""


def compare(stand: Stand, *, runs: int, mark: str, cap_bytes: int) -> str:
    """Return the table of exports."""
    rows: list[list[str]] = []
    for label in _FORMATS:
        engine = [_by_engine(stand, label, f"{mark}-{label}-{run}") for run in range(runs)]
        taken = {_ENGINE: engine} | {name: [] for name in stand.names}
        for run in range(runs):
            for name in stand.names:
                if not any(each.fault or each.seconds > _ONCE_S for each in taken[name]):
                    taken[name].append(_by_server(stand, name, label, f"{mark}-{label}-{name}-{run}", cap_bytes))
        speed = median([each.rows / each.seconds for each in engine])
        rows.extend(_row(label, name, each, speed) for name, each in taken.items())
    header = ["format", "server", "rows", "s", "first byte s", "rows/s", "MB/s", "of the engine's speed"]
    header += ["all processes MB (before)", "HTTP process MB (growth)", "largest other process MB"]
    note = f"Median of {runs} runs (one where it takes more than {_ONCE_S:g} s), new text each time. Memory is the"
    note += " greatest of the runs: PSS of all, VmHWM of one."
    return f"{note}\n\n{table(header, rows)}"


def _row(label: str, name: str, taken: list[_Taken], engine_speed: float | None) -> list[str]:
    good = [each for each in taken if not each.fault]
    if not good:
        return [label, name, taken[0].fault if taken else "-", *["-"] * 8]
    speed = median([each.rows / each.seconds for each in good])
    peaks = [each.peak for each in good if each.peak]
    memory = ["-", "-", "-"]
    if peaks:
        most = max(peaks, key=lambda peak: peak.total)
        memory = [
            f"{_mb(most.total)} ({_mb(most.before)})",
            f"{_mb(max(p.http for p in peaks))} ({_mb(max(p.http - p.http_before for p in peaks))})",
            _mb(max(p.largest for p in peaks)),
        ]
    return [
        label,
        name,
        " / ".join(sorted({f"{each.rows:,}" for each in good})),
        figure(median([each.seconds for each in good])),
        figure(median([each.first_s for each in good])),
        figure(speed, 0),
        figure(median([each.size / each.seconds / _MEGABYTE for each in good]), 1),
        figure(ratio(speed, engine_speed)),
        *memory,
    ]


def _mb(size: int) -> str:
    return figure(size / _MEGABYTE, 0)


def _by_server(stand: Stand, name: str, label: str, unique: str, cap_bytes: int) -> _Taken:
    """Export over HTTP. A server that does not manage is ended, since it may go on by itself."""
    media_type, _, row = _FORMATS[label]
    try:
        server = stand.server(name)
        with Watch(server.process.pid, cap_bytes=cap_bytes) as watch:
            reply = ask(server, f"{export(ROWS)} # {unique}", accept=media_type, limit_s=_LIMIT_S)
    except (OSError, http.client.HTTPException, NotStarted) as fault:
        stand.stop(name)
        late = isinstance(fault, TimeoutError)
        return _Taken(fault=f"no byte for {_LIMIT_S:g} s" if late else f"{type(fault).__name__}: {fault}")
    if reply.status != http.HTTPStatus.OK:
        return _Taken(fault=f"status {reply.status}")
    if not (given := reply.headers.get_content_type()).startswith(media_type):
        return _Taken(fault=f"answers as {given} ({reply.seconds:.0f} s)")
    return _Taken(
        seconds=reply.seconds,
        first_s=reply.first_s,
        rows=_count(row, reply.body, label),
        size=len(reply.body),
        peak=watch.peak,
    )


def _by_engine(stand: Stand, label: str, unique: str) -> _Taken:
    """Export by the engine alone, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    path = stand.folder / "export"
    query = f"{export(ROWS)} # {unique}"
    process = context.Process(target=_write, args=(stand.store, query, label, path, theirs), daemon=True)
    process.start()
    seconds: float = pipe.recv()
    process.join()
    body = path.read_bytes()
    path.unlink()
    return _Taken(seconds=seconds, rows=_count(_FORMATS[label][2], body, label), size=len(body))


def _write(store: Path, query: str, label: str, path: Path, pipe: Connection) -> None:
    opened = ox.Store.read_only(str(store))
    opened.query("ASK {}")
    started = time.perf_counter()
    solutions = opened.query(query)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError
    solutions.serialize(path, _FORMATS[label][1])
    pipe.send(time.perf_counter() - started)


def _count(row: re.Pattern[bytes], body: bytes, label: str) -> int:
    return sum(1 for _ in row.finditer(body)) - (_TSV_HEADER if label == "TSV" else 0)
