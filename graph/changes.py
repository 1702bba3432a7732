"""Changes of one graph in an open store, each with what it did to counts and digest.

What is known of a change saves a scan, and only what differs is written, so that versions go on sharing their files.
Quads pass in pieces: a change of any size takes little memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, TypeVar

import pyoxigraph as ox

from graph.digest import statement_sum
from graph.journal import Journal
from graph.patch import Row
from graph.write_errors import PatchRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.patch import Op, Step

GraphName = ox.NamedNode | ox.DefaultGraph

HELD: Final = 5_000
"""Quads that a delta holds; of a larger one only counts, digest and rows are known."""

_PIECE: Final = 50_000
_Thing = TypeVar("_Thing")


@dataclass(slots=True)
class Delta:
    """What a change did: quads that were not there were added, quads that were there removed.

    Attributes:
        counts: by graph, as `graph_key` names it: by how many quads it grew.
        digest: what to add to the sum that `graph.digest` keeps.
        added: the quads that are there now and were not before; None where a large change has too many of them.
        removed: those that are no longer there; None likewise.
    """

    counts: Counter[str] = field(default_factory=Counter)
    digest: int = 0
    added: set[ox.Quad] | None = field(default_factory=set)
    removed: set[ox.Quad] | None = field(default_factory=set)
    _journal: Journal | None = None

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Count quads that were added."""
        for quad in quads:
            statement = str(quad)
            self.counts[graph_key(quad.graph_name)] += 1
            self.digest += statement_sum(statement)
            self._note("A", quad, statement)

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Count quads that were removed."""
        for quad in quads:
            statement = str(quad)
            self.counts[graph_key(quad.graph_name)] -= 1
            self.digest -= statement_sum(statement)
            self._note("D", quad, statement)

    def rows(self) -> Iterator[Row]:
        """Yield the change as the rows of a patch, sorted by quad; each quad has one."""
        if self._journal is not None:
            return self._journal.rows()
        return Journal(self._held()).rows()

    def _note(self, op: Op, quad: ox.Quad, statement: str) -> None:
        if self._journal is not None:
            self._journal.note(op, statement)
            return
        if self.added is None or self.removed is None:
            return
        into, opposite = (self.added, self.removed) if op == "A" else (self.removed, self.added)
        if quad in opposite:
            opposite.remove(quad)
        else:
            into.add(quad)
        if len(self.added) + len(self.removed) > HELD:
            self._journal = Journal(self._held())
            self.added = self.removed = None

    def _held(self) -> Iterator[Row]:
        for quad in self.added or ():
            yield Row("A", str(quad))
        for quad in self.removed or ():
            yield Row("D", str(quad))


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The graphs that a change can have added quads to or removed them from, when nothing more is known."""

    graphs: frozenset[GraphName]


def graph_key(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> str:
    """Return the IRI of a graph, `_:` and label where it is a blank node, empty for the default graph."""
    if isinstance(graph, ox.NamedNode):
        return graph.value
    return "" if isinstance(graph, ox.DefaultGraph) else str(graph)


def exists(store: ox.Store, graph: GraphName) -> bool:
    """Say whether a store has a graph; the default graph is always there."""
    return isinstance(graph, ox.DefaultGraph) or store.contains_named_graph(graph)


def replace_graph(store: ox.Store, graph: GraphName, triples: Iterable[ox.Triple]) -> Delta:
    """Make a graph hold some triples and no others; it is there afterwards, empty where there are none."""
    if next(iter(_quads(store, graph)), None) is None:
        return add_to_graph(store, graph, triples)
    wanted = ox.Store()
    for piece in _pieces(_in_graph(graph, triples)):
        wanted.extend(piece)
    delta = Delta()
    _remove(store, (quad for quad in _quads(store, graph) if quad not in wanted), delta)
    insert_quads(store, wanted, delta)
    return delta


def add_to_graph(store: ox.Store, graph: GraphName, triples: Iterable[ox.Triple]) -> Delta:
    """Add triples to a graph; it is there afterwards, also where there are none."""
    delta = Delta()
    store.add_graph(graph)
    add_quads(store, _in_graph(graph, triples), delta)
    return delta


def add_quads(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    """Add those of some quads that a store does not hold, as it keeps them."""
    for piece in _pieces(quads):
        as_stored = ox.Store()  # the engine keeps numbers by value: 01 comes back as 1, and counts as that
        as_stored.extend(piece)
        insert_quads(store, as_stored, delta)


def drop_graph(store: ox.Store, graph: GraphName) -> Delta:
    """Remove a graph with all it holds; the default graph is left empty."""
    delta = Delta()
    _remove(store, _quads(store, graph), delta)
    store.remove_graph(graph)
    return delta


def apply_patch(store: ox.Store, steps: Iterable[Step], delta: Delta) -> Delta:
    """Do what a patch says, in its order; return the delta, brought up from what it was.

    Raises:
        PatchRefused: a step does nothing, as it adds what is there or removes what is not.
    """
    for op, same in groupby(steps, key=lambda step: step.op):
        for piece in _pieces(same):
            quads = _fitting(store, piece)
            if op == "A":
                insert_quads(store, quads, delta)
            else:
                _remove(store, quads, delta)
    return delta


def insert_quads(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    """Add those of some quads, each given once and as a store gives them back, that a store does not hold."""
    for piece in _pieces(quad for quad in quads if quad not in store):
        delta.add(piece)
        if len(piece) == _PIECE:
            store.bulk_extend(piece)
        else:
            store.extend(piece)


def remove_quads(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    """Remove those of some quads, each given once and as a store gives them back, that a store holds."""
    _remove(store, (quad for quad in quads if quad in store), delta)


def _fitting(store: ox.Store, steps: list[Step]) -> list[ox.Quad]:
    """Return the quads of steps that all add or all remove, as the engine keeps them.

    Raises:
        PatchRefused: one would do nothing, or comes twice.
    """
    as_stored = ox.Store()
    for step in steps:
        if (step.quad in store) == (step.op == "A") or step.quad in as_stored:
            raise PatchRefused(step.line, step.op, str(step.quad))
        as_stored.add(step.quad)
    return list(as_stored)


def _quads(store: ox.Store, graph: GraphName) -> Iterator[ox.Quad]:
    """Yield the quads of a graph as they are now, whatever becomes of them meanwhile."""
    return store.quads_for_pattern(None, None, None, graph)


def _in_graph(graph: GraphName, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    return (ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)


def _remove(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    for piece in _pieces(quads):
        delta.remove(piece)
        for quad in piece:
            store.remove(quad)


def _pieces(things: Iterable[_Thing]) -> Iterator[list[_Thing]]:
    rest = iter(things)
    while piece := list(islice(rest, _PIECE)):
        yield piece
