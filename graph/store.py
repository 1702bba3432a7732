"""The engine on disk: a directory of quads that is written once and then only read.

The default graph of the store is the merge of the named graphs, materialised: the engine's own union counts a triple
once for each graph that holds it, so that its counts would lie.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.terms import NOT_IN_DEFAULT_GRAPH, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path


def graph_iri(quad: ox.Quad) -> str:
    """Return the IRI of the named graph that holds a quad; empty for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def merged(quads: Collection[ox.Quad]) -> set[ox.Triple]:
    """Return the triples of the default graph: each triple of a published named graph, once."""
    return {quad.triple for quad in quads if graph_iri(quad) not in NOT_IN_DEFAULT_GRAPH}


def write_store(directory: Path, quads: Iterable[ox.Quad], triples: Iterable[ox.Triple]) -> None:
    """Write named-graph quads and the merged default graph into a new store, flushed to disk.

    Args:
        directory: made by the engine; must not exist or be empty.
        quads: each in a named graph.
        triples: their merge; see `merged`.
    """
    store = ox.Store(directory)
    store.bulk_extend(chain(quads, (ox.Quad(t.subject, t.predicate, t.object) for t in triples)))
    store.optimize()
    store.flush()


def write_dumps(store: ox.Store, directory: Path) -> None:
    """Write the merged graph as `coorbit.ttl` and the named graphs as `coorbit.trig`, by streaming.

    Args:
        store: may be open read-only.
        directory: must exist.
    """
    store.dump(directory / "coorbit.ttl", ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph(), prefixes=PREFIXES)
    ox.serialize(named_quads(store), directory / "coorbit.trig", ox.RdfFormat.TRIG, prefixes=PREFIXES)


def named_quads(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield the quads of all named graphs, graph by graph in the order of their IRIs."""
    for graph_name in sorted(store.named_graphs(), key=lambda name: name.value):
        yield from store.quads_for_pattern(None, None, None, graph_name)
