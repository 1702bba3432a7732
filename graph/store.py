"""The engine on disk: a directory of quads that is written once and then only read.

The default graph of the store is the merge of the named graphs, materialised: the engine's own union counts a triple
once for each graph that holds it, so that its counts would lie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.terms import NOT_IN_DEFAULT_GRAPH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path


def graph_iri(quad: ox.Quad) -> str:
    """Return the IRI of the named graph that holds a quad; empty for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def merged(quads: Collection[ox.Quad]) -> set[ox.Triple]:
    """Return the triples of the default graph: each triple of a published named graph, once."""
    return {quad.triple for quad in quads if graph_iri(quad) not in NOT_IN_DEFAULT_GRAPH}


def in_memory(triples: Iterable[ox.Triple]) -> ox.Store:
    """Return a store in memory whose default graph holds some triples."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return store


def write_store(directory: Path, quads: Iterable[ox.Quad], triples: Iterable[ox.Triple]) -> None:
    """Write named-graph quads and the merged default graph into a new store, flushed to disk.

    What has no blank node goes through N-Quads, which the engine writes and reads by itself, so that other threads run
    meanwhile; the rest goes quad by quad, since loading a text would give its blank nodes other labels.

    Args:
        directory: made by the engine; must not exist or be empty.
        quads: each in a named graph.
        triples: their merge; see `merged`.
    """
    everything = [*quads, *(ox.Quad(t.subject, t.predicate, t.object) for t in triples)]
    blank = [quad for quad in everything if _has_blank_node(quad)]
    lines = ox.serialize((quad for quad in everything if not _has_blank_node(quad)), format=ox.RdfFormat.N_QUADS)
    store = ox.Store(directory)
    store.bulk_load(lines, ox.RdfFormat.N_QUADS, lenient=True)
    store.extend(blank)
    store.optimize()
    store.flush()


def _has_blank_node(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
