"""Which nodes and rules a change can affect: the reads of a plan, walked backwards from the changed triples."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.nodes import Term
from graph.reads import ChangedGraph, Read, TooMany, Way, is_read, walk_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    import pyoxigraph as ox

    from graph.plan import Plan

Ways = tuple[tuple[Way, int], ...]
Values = tuple[tuple[str, Term], ...]
"""Names of variables, each with its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What a change can affect.

    Attributes:
        nodes: by number of the unit, the nodes on which its verdict may differ, each with what else is known of new
            results: for each changed triple the values of further variables, one of which every new result has. None:
            nothing is known.
        whole: numbers of units for which these are not known, or too many.
    """

    nodes: Mapping[int, Mapping[Term, set[Values] | None]]
    whole: set[int]


def affected(plan: Plan, graph: ChangedGraph, *, found: AbstractSet[str], limit: int) -> Affected:
    """Return what a change can affect; a node that is left out has the results that it had.

    Args:
        plan: whose units are asked about.
        graph: after the change.
        found: IRIs of the shapes and queries that had results before the change.
        limit: about how many nodes one unit may have; beyond, it is told as a whole.
    """
    whole: set[int] = set()
    nodes: defaultdict[int, dict[Term, set[Values] | None]] = defaultdict(dict)
    for triple in itertools.chain(graph.added, *graph.removed.values()):
        for ways, readers in _readers(plan, graph, triple, found).items():
            try:
                before = _nodes_before(graph, ways, triple, limit)
            except TooMany:
                whole |= readers.keys()
                continue
            for number, values in readers.items():
                _note(nodes[number], before, values)
                if len(nodes[number]) > limit:
                    whole.add(number)
    return _with_peers(plan, nodes, whole)


def _note(known: dict[Term, set[Values] | None], nodes: Iterable[Term], values: set[Values] | None) -> None:
    """Add nodes to those known; where for one of two nothing further is known, nothing is for the node."""
    for node in nodes:
        others = known.get(node, set())
        known[node] = None if others is None or values is None else others | values


def _with_peers(plan: Plan, nodes: Mapping[int, Mapping[Term, set[Values] | None]], whole: set[int]) -> Affected:
    """Add to each unit the nodes of those whose results bear the same source: all these results are replaced."""
    by_source: defaultdict[str, set[int]] = defaultdict(set)
    for number, unit in enumerate(plan.units):
        for source in unit.sources:
            by_source[source].add(number)
    all_nodes: defaultdict[int, dict[Term, set[Values] | None]] = defaultdict(dict)
    all_whole = set(whole)
    for number in {*nodes, *whole}:
        for peer in set().union(*(by_source[source] for source in plan.units[number].sources)):
            for node, values in nodes.get(number, {}).items():
                _note(all_nodes[peer], (node,), values if peer == number else None)
            if number in whole:
                all_whole.add(peer)
    return Affected(nodes={n: each for n, each in all_nodes.items() if each and n not in all_whole}, whole=all_whole)


def _nodes_before(graph: ChangedGraph, ways: Ways, triple: ox.Triple, limit: int) -> set[Term]:
    """Return the nodes from which some ways lead to a triple, by the way with the fewest nodes.

    Raises:
        TooMany: each of the ways comes from more nodes than the limit, or there is no way.
    """
    bounds = (limit,) if len(ways) == 1 else (limit // 100, limit // 10, limit)
    for bound, (way, place) in itertools.product(bounds, ways):
        with contextlib.suppress(TooMany):
            return walk_back(graph, way, (triple[place],), limit=bound)
    raise TooMany


def _readers(
    plan: Plan, graph: ChangedGraph, triple: ox.Triple, found: AbstractSet[str]
) -> dict[Ways, dict[int, set[Values] | None]]:
    """Return the units that read a changed triple, by the ways that lead to it.

    A read by which results can only go is passed over where there are none.
    """
    came = triple in graph.added
    known: dict[Read, bool] = {}
    readers: defaultdict[Ways, dict[int, set[Values] | None]] = defaultdict(dict)
    for number, read in itertools.chain(plan.by_predicate.get(triple.predicate, ()), plan.anywhere):
        unbroken = found.isdisjoint(plan.units[number].sources)
        if unbroken and read.adds is (not came):
            continue
        if read not in known:
            known[read] = is_read(read, triple, graph)
        if known[read]:
            bind = unbroken and read.adds is not None
            values = {tuple((name, triple[place]) for name, place in read.bound)} if bind else None
            others = readers[read.ways].get(number, set())
            readers[read.ways][number] = None if others is None or values is None else others | values
    return dict(readers)
