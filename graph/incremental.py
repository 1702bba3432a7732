"""Validation of a change: what it can affect is judged anew, the rest of the parent's report is carried over.

The cost follows the change, not the graph. Where a change affects more than some thousand nodes, the graph is
validated in full, and the outcome says so.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox
from rdflib import Graph, URIRef

from graph.affected import Affected, Values, affected
from graph.nodes import Term, to_node, without_warnings
from graph.plan import Plan, QueryUnit, ShapeUnit
from graph.query_reads import may_have_rows
from graph.reads import OBJECT, SUBJECT, ChangedGraph, TooMany, placed, walk
from graph.report import Report, Result, hygiene_result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from rdflib.term import Node

_log = logging.getLogger(__name__)

NODES: Final = 1000
"""How many nodes a change may affect, counted once for each shape or rule, before the graph is validated in full."""


_BINDINGS: Final = 10  # changed triples of one node, beyond which it is asked about as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the validation of a change.

    Attributes:
        report: of the graph after the change.
        full: why the graph was validated in full; empty where only what the change affects was.
        checked: how many nodes were judged, counted once for each shape or rule.
        rerun: IRIs of rules and hygiene queries that ran on the whole graph.
    """

    report: Report
    full: str
    checked: int
    rerun: tuple[str, ...]


def validate_change(graph: ChangedGraph, plan: Plan, before: Report, *, limit: int = NODES) -> Outcome:
    """Validate the default graph of a store after a change, given the report before it.

    Args:
        graph: the store after the change, with the triples of its default graph that came and those that went.
        plan: the prepared shapes and hygiene queries; see `graph.planning.load_plan`.
        before: the report on the default graph before the change, by the same shapes and queries.
        limit: how many nodes may be judged one by one.

    Raises:
        CoorbitError: the shapes cannot be used.
    """
    started = time.perf_counter()
    with without_warnings():
        outcome = _incremental(graph, plan, before, limit)
    if isinstance(outcome, str):
        outcome = validate_in_full(graph.store, plan.shapes, outcome)
    _log.info(
        "validated change=%d checked=%d rerun=%d full=%r findings=%d seconds=%.3f",
        graph.size,
        outcome.checked,
        len(outcome.rerun),
        outcome.full,
        len(outcome.report.results),
        time.perf_counter() - started,
    )
    return outcome


def validate_in_full(store: ox.Store, shapes: str, reason: str) -> Outcome:
    """Validate all of the default graph of a store.

    Args:
        store: whose named graphs are not looked at.
        shapes: the shapes graph as N-Triples.
        reason: why.

    Raises:
        CoorbitError: the shapes cannot be used.
    """
    from graph.validate import validate  # noqa: PLC0415  (loads pySHACL, which a small change to a good graph never needs)

    triples = [quad.triple for quad in ox.parse(shapes, ox.RdfFormat.N_TRIPLES)]
    return Outcome(report=validate(store, triples), full=reason, checked=0, rerun=())


def _incremental(graph: ChangedGraph, plan: Plan, before: Report, limit: int) -> Outcome | str:
    """Return the outcome, or why the graph must be validated in full."""
    if plan.whole:
        return plan.whole
    if graph.size > limit:
        return f"the change has more than {limit} triples"
    found = {result.source for result in before.results}
    concerned = affected(plan, graph, found=found, limit=limit)
    for number in concerned.whole:
        unit = plan.units[number]
        if isinstance(unit, ShapeUnit):
            return f"the change affects more than {limit} nodes, those of {unit.shape} among them"
    if sum(map(len, concerned.nodes.values())) > limit:
        return f"the change affects more than {limit} nodes"
    judge = _Judge(graph, plan, before, limit)
    results = judge.results(concerned)
    return Outcome(report=Report.of(results), full="", checked=judge.checked, rerun=tuple(judge.rerun))


class _Judge:
    """Judges what a change affects and replaces the results that it had."""

    def __init__(self, graph: ChangedGraph, plan: Plan, before: Report, limit: int) -> None:
        self._graph, self._plan, self._limit = graph, plan, limit
        self._kept: defaultdict[str, list[Result]] = defaultdict(list)
        for result in before.results:
            self._kept[result.source].append(result)
        self._suspects: dict[ShapeUnit, set[Term]] = {}
        self.checked = 0
        self.rerun: list[str] = []

    def results(self, concerned: Affected) -> list[Result]:
        """Return all results after the change."""
        new: list[Result] = []
        for number in sorted({*concerned.nodes, *concerned.whole}):
            unit, nodes = self._plan.units[number], concerned.nodes.get(number)
            if isinstance(unit, ShapeUnit):
                self._shape(unit, nodes or ())
            elif nodes is None:
                new += self._whole(unit)
            elif unit.counted:
                new += self._counted(unit, number, nodes)
            else:
                new += self._values(unit, nodes)
        return [*(result for kept in self._kept.values() for result in kept), *new, *self._judged()]

    def _drop(self, source: str, concerned: Callable[[Result], bool]) -> None:
        if source in self._kept:
            self._kept[source] = [result for result in self._kept[source] if not concerned(result)]

    def _shape(self, unit: ShapeUnit, nodes: Collection[Term]) -> None:
        """Drop the results on some nodes, and note those that pySHACL must judge."""
        foci = {to_node(node) for node in nodes}
        for source in unit.sources:
            self._drop(source, lambda result: result.focus in foci)
        targets = [node for node in nodes if _is_target(self._graph, unit, node)]
        self.checked += len(targets)
        if found := {node for node in targets if unit.condition is None or self._is_suspicious(unit.condition, node)}:
            self._suspects[unit] = found

    def _is_suspicious(self, condition: str, node: Term) -> bool:
        bound = {ox.Variable("focus"): node}
        if not condition:
            return False
        query = f"SELECT ?focus WHERE {{ {condition} }} LIMIT 1"
        rows = cast("ox.QuerySolutions", self._graph.store.query(query, substitutions=bound))
        return any(True for _ in rows)

    def _judged(self) -> list[Result]:
        """Return what pySHACL finds on the suspicious nodes."""
        if not self._suspects:
            return []
        from graph.shacl import Checker  # noqa: PLC0415  (loads pySHACL, which is dear, and only here of use)

        shapes = Graph()
        for unit in self._suspects:
            shapes.parse(data=unit.text, format="nt")
        suspects: dict[Node, list[Node]] = {
            URIRef(unit.shape): [to_node(node) for node in nodes] for unit, nodes in self._suspects.items()
        }
        return Checker(shapes).findings_on(self._graph.store, suspects)

    def _values(self, unit: QueryUnit, values: Mapping[Term, set[Values] | None]) -> Iterator[Result]:
        """Drop the results of a rule on some values of its variable, and yield those that it has now."""
        keys = {to_node(value) for value in values}
        self._drop(unit.source, lambda result: (result.value if unit.focus else result.focus) in keys)
        self.checked += len(values)
        for value, known in values.items():
            if may_have_rows(self._graph, unit.guards, unit.variable, value):
                # A hub has thousands of things of which each may give a row: only those that changed are asked about.
                for more in known if known is not None and unit.wide and len(known) <= _BINDINGS else [()]:
                    yield from _rows(self._graph.store, unit, {**dict(more), unit.variable: value})

    def _counted(self, unit: QueryUnit, number: int, things: Collection[Term]) -> Iterator[Result]:
        """Yield the results of a query that counts things.

        While it has none, whatever it counts is among the things that the change affects: it is asked of a small
        store with all that it reads of these. Otherwise it runs whole.
        """
        part = None if self._kept.get(unit.source) else self._part(number, things)
        if part is None:
            yield from self._whole(unit)
            return
        self.checked += len(things)
        yield from _rows(part, unit, {})

    def _part(self, number: int, things: Collection[Term]) -> ox.Store | None:
        """Return a store with what a unit reads of some things, or None if it would hold such a thing besides."""
        part = ox.Store()
        reads = [read for reads in self._plan.by_predicate.values() for n, read in reads if n == number]
        reads += [read for n, read in self._plan.anywhere if n == number]
        counted = [read for read in reads if ((), SUBJECT) in read.ways and read.pattern[1] is None]
        for read in reads:
            try:
                way, at = read.ways[0]
                ends = walk(self._graph, way, things, limit=self._limit)
            except (TooMany, IndexError):
                return None
            for end in ends:
                for triple in self._graph.now(placed(read.pattern, at, end)):
                    part.add(ox.Quad(triple.subject, triple.predicate, triple.object))
        for read in counted:
            for quad in part:
                terms = quad.triple.subject, quad.triple.predicate, quad.triple.object
                if quad.subject not in things and all(test.holds(terms[place]) for place, test in read.tests):
                    return None
        return part

    def _whole(self, unit: QueryUnit) -> Iterator[Result]:
        """Yield all results of a rule in place of those that it had."""
        self._kept.pop(unit.source, None)
        self.rerun.append(unit.source)
        yield from _rows(self._graph.store, unit, {})


def _is_target(graph: ChangedGraph, unit: ShapeUnit, node: Term) -> bool:
    """Say whether a shape chooses a node as its focus node (SHACL 2.1.3)."""
    for kind, value in unit.targets:
        if kind == "targetNode":
            found = node == value
        elif kind == "targetClass":
            found = graph.is_instance(node, value)
        else:
            place = SUBJECT if kind == "targetSubjectsOf" else OBJECT
            found = any(True for _ in graph.now(placed((None, value, None), place, node)))
        if found:
            return True
    return False


def _rows(store: ox.Store, unit: QueryUnit, bound: Mapping[str, Term]) -> Iterator[Result]:
    """Yield the results of a rule, with variables bound to values."""
    values: dict[ox.Variable, Term] = {ox.Variable(name): value for name, value in bound.items()}
    if unit.focus:
        values[ox.Variable("this")] = ox.NamedNode(unit.focus)
    text = unit.wide if bound.keys() - {unit.variable} else unit.text
    rows = cast("ox.QuerySolutions", store.query(text, prefixes=dict(unit.prefixes), substitutions=values))
    names = [variable.value for variable in rows.variables]
    for row in rows:
        if unit.focus is None or unit.message is None:
            yield hygiene_result(row, source=unit.source, severity=unit.severity)
            continue
        known = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        yield Result(
            severity=unit.severity,
            source=unit.source,
            component="SPARQLConstraintComponent",
            focus=URIRef(unit.focus),
            path=None,
            value=to_node(known[unit.variable]) if unit.variable in known else URIRef(unit.focus),
            message=_filled(unit.message, known),
        )


def _filled(message: str, values: Mapping[str, Term]) -> str:
    """Return a message with the values of its variables (SHACL 5.3.2, "Mapping of Solution Bindings to Results")."""
    for name, value in values.items():
        for mark in "?$":
            message = message.replace(f"{{{mark}{name}}}", _text(value))
    return message


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
