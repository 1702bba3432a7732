"""The abuse run: what light queries feel while others abuse the server, and how the abusers end."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from comparison.abusers import KINDS, SLOW, UNENDED, Ended, abuse
from comparison.light import ANSWER_LIMIT_S, Light, LightQueries
from comparison.memory import Peak, Watch
from comparison.servers import NotStarted, Server, Stand
from comparison.tables import figure, percentile, ratio, table

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT_S: Final = 10
RATE: Final = 50
QUIET_S: Final = 20
ABUSE_S: Final = 30
_PATIENCE_S: Final = LIMIT_S + 5.0
_GIGABYTE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One abuse run of one server."""

    name: str
    quiet: Light
    abused: Light
    ended: Sequence[Ended]
    peak: Peak
    alive: bool


def compare(stand: Stand, subjects: Sequence[str], *, mark: str, cap_bytes: int) -> str:
    """Return the tables of the abuse run, one server after the other, each started anew."""
    runs: list[_Run] = []
    remarks = []
    for name in stand.names:
        stand.stop(name)
        try:
            server = stand.start(name, timeout_s=LIMIT_S)
        except NotStarted as fault:
            remarks.append(str(fault))
            continue
        try:
            runs.append(_run(server, subjects, mark=f"{mark}-{name}", cap_bytes=cap_bytes))
        except EOFError:
            remarks.append(f"{name} took no connection, so that its abuse run has no figures.")
        finally:
            server.stop()
    remarks += [
        f"{run.name} passed {cap_bytes / _GIGABYTE:.1f} GB and was ended by the benchmark, to spare the machine."
        for run in runs
        if run.peak.ended
    ]
    remarks += [f"{run.name} died under abuse." for run in runs if not run.alive and not run.peak.ended]
    note = (
        f"Light queries: {RATE} lookups a second, each a new text, {QUIET_S} s quiet and {ABUSE_S} s under abuse; "
        f"one without an answer after {ANSWER_LIMIT_S:g} s has failed. "
        f"Time limit {LIMIT_S} s (ours and oxigraph; rdflib-endpoint has none). "
        "Sender and abusers run on the same machine; 'sender late' is the part of the p99 that may be theirs."
    )
    return "\n\n".join([note, _light_table(runs), _ended_table(runs), *remarks])


def _run(server: Server, subjects: Sequence[str], *, mark: str, cap_bytes: int) -> _Run:
    quiet = LightQueries(server, subjects, rate=RATE, seconds=QUIET_S, mark=f"{mark}-quiet-")
    quiet.start()
    before = quiet.result()
    with Watch(server.process.pid, cap_bytes=cap_bytes) as watch:
        light = LightQueries(server, subjects, rate=RATE, seconds=ABUSE_S, mark=f"{mark}-abuse-")
        light.start()
        ended = asyncio.run(abuse(server, seconds=ABUSE_S, patience_s=_PATIENCE_S, mark=mark))
        during = light.result()
    return _Run(
        name=server.name,
        quiet=before,
        abused=during,
        ended=ended,
        peak=watch.peak,
        alive=server.process.poll() is None,
    )


def _light_table(runs: Sequence[_Run]) -> str:
    header = ["light queries", "quiet p50 / p99 / max ms", "abused p50 / p99 / max ms", "p99 ratio", "answered"]
    header += ["failed", "sender late p99 ms", "all processes MB (before)", "HTTP process MB (before)"]
    header += ["largest other MB", "processes"]
    rows = []
    for run in runs:
        peak = run.peak
        failed = run.quiet.failed + run.abused.failed
        rows.append(
            [
                run.name,
                _milliseconds(run.quiet.seconds),
                _milliseconds(run.abused.seconds),
                figure(ratio(percentile(run.abused.seconds, 99), percentile(run.quiet.seconds, 99))),
                str(len(run.quiet.seconds) + len(run.abused.seconds)),
                ", ".join(f"{count} {reason}" for reason, count in failed.items()) or "0",
                " / ".join(figure(_ms(percentile(each.late, 99)), 1) for each in (run.quiet, run.abused)),
                f"{peak.total / 1e6:.0f} ({peak.before / 1e6:.0f})",
                f"{peak.http / 1e6:.0f} ({peak.http_before / 1e6:.0f})",
                f"{peak.largest / 1e6:.0f}",
                str(peak.processes),
            ]
        )
    return table(header, rows)


def _ended_table(runs: Sequence[_Run]) -> str:
    header = ["abusers", "kind", "how they ended", "longest s", f"latest end after the limit of {LIMIT_S} s"]
    rows = []
    for run in runs:
        for kind in KINDS:
            mine = [each for each in run.ended if each.kind == kind]
            ways = Counter(each.how for each in mine)
            past = max((each.seconds - LIMIT_S for each in mine if each.how != UNENDED), default=None)
            left = " and going on" if ways[UNENDED] else ""
            rows.append(
                [
                    run.name,
                    kind,
                    ", ".join(f"{count} {how}" for how, count in ways.most_common()),
                    figure(max((each.seconds for each in mine), default=None), 1) + left,
                    "-" if kind == SLOW or past is None or past < 0 else figure(past),
                ]
            )
    return table(header, rows)


def _milliseconds(seconds: Sequence[float]) -> str:
    values = [percentile(seconds, 50), percentile(seconds, 99), max(seconds, default=None)]
    return " / ".join(figure(_ms(value), 1) for value in values)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
