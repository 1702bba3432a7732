"""Analytic queries: each in a new text, then in the same text again."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from comparison.servers import OURS, OXIGRAPH, RDFLIB, NotStarted, Stand
from comparison.tables import figure, geometric_mean, median, ratio, table
from comparison.wire import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comparison.texts import Question

HEAVY_S: Final = 0.02
_LIMIT_S: Final = {OURS: 30.0, OXIGRAPH: 30.0, RDFLIB: 12.0}
_BUDGET_S: Final = 8.0
_RESTARTS: Final = 2


@dataclass(slots=True, kw_only=True)
class _Taken:
    """Seconds of one query on one server; rows of its first answer; why there is nothing more."""

    cold: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)
    rows: int | None = None
    fault: str = ""


class Comparison:
    """Asks the servers in turn and keeps what they took."""

    def __init__(self, stand: Stand, *, mark: str) -> None:
        self._stand = stand
        self._mark = mark
        self._restarts = dict.fromkeys(stand.names, 0)
        self._number = 0

    def slowest(self, questions: Sequence[Question], count: int) -> list[Question]:
        """Return the questions that take Oxigraph longest, in their own order."""
        judge = OXIGRAPH if OXIGRAPH in self._stand.names else OURS
        seconds: dict[str, float] = {}
        for question in questions:
            taken = _Taken()
            for _ in range(3):
                self._cold(judge, question, taken)
            seconds[question.name] = median(taken.cold) or 0.0
        chosen = sorted(seconds, key=lambda name: -seconds[name])[:count]
        return [question for question in questions if question.name in chosen]

    def table(self, questions: Sequence[Question], *, runs: int) -> str:
        """Return the table of times and ratios."""
        taken = {(name, q.name): _Taken() for q in questions for name in self._stand.names}
        for _ in range(runs + 1):  # the first answers, which read the files for the first time, count for nothing
            for question in questions:
                for name in self._stand.names:
                    self._cold(name, question, taken[name, question.name])
        for each in taken.values():
            if len(each.cold) > 1:
                del each.cold[0]
        for question in questions:
            for name in self._stand.names:
                self._same(name, question, taken[name, question.name], runs=runs)
        return _render(questions, taken, runs)

    def _cold(self, name: str, question: Question, taken: _Taken) -> None:
        if taken.fault or sum(taken.cold) > _BUDGET_S:
            return
        self._number += 1
        self._ask(name, question.text(f"{self._mark}{self._number}"), taken, taken.cold)

    def _same(self, name: str, question: Question, taken: _Taken, *, runs: int) -> None:
        text = question.text(f"{self._mark}same")
        first: list[float] = []
        self._ask(name, text, taken, first)
        for _ in range(runs):
            if taken.fault or sum(taken.same) > _BUDGET_S:
                return
            self._ask(name, text, taken, taken.same)

    def _ask(self, name: str, text: str, taken: _Taken, seconds: list[float]) -> None:
        """Ask once; a server that does not answer in time is ended, and a fresh one asked the next query."""
        if taken.fault:
            return
        if self._restarts[name] > _RESTARTS:
            taken.fault = "not asked"
            return
        try:
            line = Line(self._stand.server(name), limit_s=_LIMIT_S[name])
            try:
                line.ask("ASK {}")  # opens the connection
                reply = line.ask(text)
            finally:
                line.close()
        except (OSError, http.client.HTTPException, NotStarted) as fault:
            taken.fault = f"> {_LIMIT_S[name]:g} s" if isinstance(fault, TimeoutError) else type(fault).__name__
            self._restarts[name] += 1
            self._stand.stop(name)
            return
        if reply.status != http.HTTPStatus.OK:
            taken.fault = f"status {reply.status}"
            return
        seconds.append(reply.seconds)
        if taken.rows is None:
            taken.rows = _rows(reply.body)


def _rows(body: bytes) -> int:
    document = json.loads(body)
    return len(document["results"]["bindings"]) if "results" in document else 1


def _render(questions: Sequence[Question], taken: dict[tuple[str, str], _Taken], runs: int) -> str:
    header = ["query", "rows", "ours cold ms", "oxigraph ms", "rdflib ms", "cold: ours / oxigraph", "ours same text ms"]
    header += ["oxigraph same text ms", "same text: ours / oxigraph", "cold: rdflib / ours"]
    empty = _Taken()
    rows, cold, same, remarks = [], [], [], []
    for question in questions:
        ours, oxigraph, rdflib = (taken.get((name, question.name), empty) for name in (OURS, OXIGRAPH, RDFLIB))
        counts = {each.rows for each in (ours, oxigraph, rdflib) if each.rows is not None}
        if len(counts) > 1:
            remarks.append(f"The servers disagree on {question.name}: rows {sorted(counts)}.")
        at_oxigraph = median(oxigraph.cold)
        if at_oxigraph is not None and at_oxigraph < HEAVY_S:
            remarks.append(f"{question.name} takes Oxigraph's server less than {HEAVY_S * 1000:g} ms.")
        cold.append(ratio(median(ours.cold), at_oxigraph))
        same.append(ratio(median(ours.same), median(oxigraph.same)))
        rows.append(
            [
                question.name,
                ", ".join(map(str, sorted(counts))),
                _cell(ours, ours.cold),
                _cell(oxigraph, oxigraph.cold),
                _cell(rdflib, rdflib.cold),
                figure(cold[-1]),
                _cell(ours, ours.same),
                _cell(oxigraph, oxigraph.same),
                figure(same[-1], 3),
                figure(ratio(median(rdflib.cold), median(ours.cold)), 1),
            ]
        )
    for label, cold_figure, same_figure in (
        ("geometric mean", geometric_mean(cold), geometric_mean(same)),
        ("worst", max(filter(None, cold), default=None), max(filter(None, same), default=None)),
    ):
        rows.append([label, "", "", "", "", figure(cold_figure), "", "", figure(same_figure, 3), ""])
    note = f"Median of {runs} answers (fewer where together they take more than {_BUDGET_S:g} s), to the last byte."
    return "\n\n".join([note, table(header, rows), *remarks])


def _cell(taken: _Taken, seconds: Sequence[float]) -> str:
    return figure(value * 1000, 1) if (value := median(seconds)) is not None else taken.fault or "-"
