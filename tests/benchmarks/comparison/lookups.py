"""Point lookups: all that is said of one thing, in a new text each time and in the same text."""

from __future__ import annotations

import http.client
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from comparison.load import CLIENT, Requests, send
from comparison.servers import OURS, OXIGRAPH, RDFLIB, NotStarted, Server, Stand
from comparison.tables import figure, geometric_mean, median, ratio, table
from comparison.texts import lookup
from comparison.wire import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comparison.load import Rate

CONNECTIONS: Final = (1, 8, 64)
_COLD: Final = "cold"
_SAME: Final = "same text"
_UNCHANGED: Final = "same text, 304"
_CHECKED: Final = 5
_LIMIT_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    kind: str
    connections: int


def compare(stand: Stand, subjects: Sequence[str], *, runs: int, seconds: int, mark: str) -> str:
    """Return the table of rates.

    Args:
        stand: the servers.
        subjects: IRIs of things that the dataset speaks of.
        runs: how often each rate is taken; the servers take turns within a run.
        seconds: how long requests are sent for one rate.
        mark: a word that no other measurement of this command has.
    """
    remarks = _differences([stand.server(name) for name in stand.names], subjects)
    taken: dict[tuple[str, _Case], list[Rate]] = {}
    for run in range(runs):
        for case in (_Case(kind=kind, connections=n) for kind in (_COLD, _SAME, _UNCHANGED) for n in CONNECTIONS):
            for name in stand.names:
                try:
                    server = stand.server(name)
                    what = _requests(server, subjects, case.kind, f"{mark}-{run}-{case.connections}-")
                    if what is not None:
                        rate = send(server, what, connections=case.connections, seconds=seconds)
                        taken.setdefault((name, case), []).append(rate)
                except (OSError, http.client.HTTPException, NotStarted, subprocess.SubprocessError) as fault:
                    state = "died" if server.process.poll() is not None else "stopped answering"
                    remarks.append(f"{name} {state} ({case.kind}, {case.connections} connections: {fault}).")
                    stand.stop(name)
    return "\n\n".join([_table(taken, runs=runs, seconds=seconds), *_summary(taken), *remarks])


def _requests(server: Server, subjects: Sequence[str], kind: str, mark: str) -> Requests | None:
    """Return what is sent for one kind of lookup; None where the server has no such kind."""
    if kind == _COLD:
        return Requests(targets=[server.target(lookup(each, "")) for each in subjects], mark=quote(mark))
    text = lookup(subjects[0], mark)
    first = ask(server, text, limit_s=_LIMIT_S)
    if kind == _SAME:
        return Requests(targets=[server.target(text)])
    etag = first.headers.get("ETag")
    return Requests(targets=[server.target(text)], etag=etag) if etag else None


def _differences(servers: Sequence[Server], subjects: Sequence[str]) -> list[str]:
    """Return a remark for each lookup on which the servers do not agree."""
    remarks = []
    for subject in subjects[:_CHECKED]:
        rows = {}
        for server in servers:
            reply = ask(server, lookup(subject, "check"), limit_s=_LIMIT_S)
            rows[server.name] = len(json.loads(reply.body)["results"]["bindings"]) if reply.status == 200 else -1
        if len(set(rows.values())) > 1:
            remarks.append(f"The servers disagree on <{subject}>: rows {rows}.")
    return remarks


def _table(taken: dict[tuple[str, _Case], list[Rate]], *, runs: int, seconds: int) -> str:
    header = ["lookups", "connections", "ours/s", "oxigraph/s", "rdflib/s", "ours : oxigraph", "ours : rdflib"]
    header += [
        "our p50 ms",
        "our p99 ms",
        "oxigraph p99 ms",
        "processor µs a request: ours, oxigraph, rdflib",
        "failed",
    ]
    rows = []
    for case in dict.fromkeys(case for _, case in taken):
        ours, oxigraph, rdflib = (_rate(taken, name, case) for name in (OURS, OXIGRAPH, RDFLIB))
        if case.kind == _UNCHANGED:  # a peer has no such answer: beside it stands its rate of the same text
            same = _Case(kind=_SAME, connections=case.connections)
            oxigraph, rdflib = (_rate(taken, name, same) for name in (OXIGRAPH, RDFLIB))
        failed = {
            name: count
            for name in (OURS, OXIGRAPH, RDFLIB)
            if (count := sum(rate.failed for rate in taken.get((name, case), [])))
        }
        rows.append(
            [
                case.kind,
                str(case.connections),
                figure(ours, 0),
                figure(oxigraph, 0),
                figure(rdflib, 0),
                figure(ratio(ours, oxigraph)),
                figure(ratio(ours, rdflib), 1),
                figure(_latency(taken.get((OURS, case), []), 50)),
                figure(_latency(taken.get((OURS, case), []), 99)),
                figure(_latency(taken.get((OXIGRAPH, case), []), 99)),
                ", ".join(figure(_processor_us(taken, name, case), 0) for name in (OURS, OXIGRAPH, RDFLIB)),
                ", ".join(f"{name} {count}" for name, count in failed.items()) or "0",
            ]
        )
    note = f"Median of {runs} runs of {seconds} s, sent by {CLIENT} on the same machine. "
    note += "Oxigraph's server runs without a time limit: with one it keeps a thread for each query and dies here."
    return f"{note}\n\n{table(header, rows)}"


def _summary(taken: dict[tuple[str, _Case], list[Rate]]) -> list[str]:
    """Return what the issue asks for: geometric means over rdflib-endpoint."""
    cases = {case for name, case in taken if name == RDFLIB}
    mean = geometric_mean(ratio(_rate(taken, OURS, case), _rate(taken, RDFLIB, case)) for case in cases)
    return [f"Geometric mean of ours : rdflib-endpoint, cold and same text: {figure(mean, 1)}."] if mean else []


def _rate(taken: dict[tuple[str, _Case], list[Rate]], name: str, case: _Case) -> float | None:
    return median([rate.per_second for rate in taken.get((name, case), [])])


def _latency(rates: Sequence[Rate], percent: int) -> float | None:
    values = [rate.p50_ms if percent == 50 else rate.p99_ms for rate in rates]
    return median([value for value in values if value is not None])


def _processor_us(taken: dict[tuple[str, _Case], list[Rate]], name: str, case: _Case) -> float | None:
    values = [rate.processor_us for rate in taken.get((name, case), [])]
    return median([value for value in values if value is not None])
