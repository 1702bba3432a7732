"""Changes of one graph in an open store, each with what it did to counts and digest.

What is known of a change saves a scan, and only what differs is written, so that versions go on sharing their files.
Quads pass in pieces: a change of any size takes little memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.digest import digest_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GraphName = ox.NamedNode | ox.DefaultGraph

_PIECE: Final = 50_000


@dataclass(slots=True)
class Delta:
    """What a change did: quads that were not there were added, quads that were there removed.

    Attributes:
        counts: by graph, as `graph_key` names it: by how many quads it grew.
        digest: what to add to the sum that `graph.digest` keeps.
    """

    counts: Counter[str] = field(default_factory=Counter)
    digest: int = 0

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Count quads that were added."""
        for quad in quads:
            self.counts[graph_key(quad.graph_name)] += 1
            self.digest += digest_sum((quad,))

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Count quads that were removed."""
        for quad in quads:
            self.counts[graph_key(quad.graph_name)] -= 1
            self.digest -= digest_sum((quad,))


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
    _add(store, wanted, delta)
    return delta


def add_to_graph(store: ox.Store, graph: GraphName, triples: Iterable[ox.Triple]) -> Delta:
    """Add triples to a graph; it is there afterwards, also where there are none."""
    delta = Delta()
    store.add_graph(graph)
    for piece in _pieces(_in_graph(graph, triples)):
        as_stored = ox.Store()  # the engine keeps numbers by value: 01 comes back as 1, and counts as that
        as_stored.extend(piece)
        _add(store, as_stored, delta)
    return delta


def drop_graph(store: ox.Store, graph: GraphName) -> Delta:
    """Remove a graph with all it holds; the default graph is left empty."""
    delta = Delta()
    _remove(store, _quads(store, graph), delta)
    store.remove_graph(graph)
    return delta


def _quads(store: ox.Store, graph: GraphName) -> Iterator[ox.Quad]:
    """Yield the quads of a graph as they are now, whatever becomes of them meanwhile."""
    return store.quads_for_pattern(None, None, None, graph)


def _in_graph(graph: GraphName, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    return (ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)


def _add(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    """Add those of some quads, each given once, that a store does not hold."""
    for piece in _pieces(quad for quad in quads if quad not in store):
        delta.add(piece)
        if len(piece) == _PIECE:
            store.bulk_extend(piece)
        else:
            store.extend(piece)


def _remove(store: ox.Store, quads: Iterable[ox.Quad], delta: Delta) -> None:
    for piece in _pieces(quads):
        delta.remove(piece)
        for quad in piece:
            store.remove(quad)


def _pieces(quads: Iterable[ox.Quad]) -> Iterator[list[ox.Quad]]:
    rest = iter(quads)
    while piece := list(islice(rest, _PIECE)):
        yield piece
