"""The default graph of a published dataset, kept the merge of its named graphs by each change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.rederivation import Net
from graph.store import graph_iri
from graph.terms import DERIVED_GRAPH, MADE_GRAPHS, NOT_IN_DEFAULT_GRAPH

if TYPE_CHECKING:
    from collections.abc import Iterable

_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_NOT_CONTENT: Final = NOT_IN_DEFAULT_GRAPH | MADE_GRAPHS | {""}


def merge_change(store: ox.Store, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> Net:
    """Bring the default graph of a store up to a change of its named graphs.

    Args:
        store: whose named graphs have the change already.
        added: quads that were not there.
        removed: quads that were there.

    Returns:
        What the default graph has gained and lost. A triple that was derived and is now said leaves the derived graph,
        which holds what nobody says; the default graph has it as before.
    """
    net = Net()
    for quad in removed:
        if graph_iri(quad) not in _NOT_CONTENT and not _is_said(store, quad):
            store.remove(ox.Quad(quad.subject, quad.predicate, quad.object))
            net.remove(quad.triple)
    for quad in added:
        if graph_iri(quad) in _NOT_CONTENT:
            continue
        merged = ox.Quad(quad.subject, quad.predicate, quad.object)
        if merged not in store:
            store.add(merged)
            net.add(quad.triple)
        elif (derived := ox.Quad(quad.subject, quad.predicate, quad.object, _DERIVED)) in store:
            store.remove(derived)
            net.derived -= 1
    return net


def _is_said(store: ox.Store, quad: ox.Quad) -> bool:
    """Say whether a graph of the content holds a triple."""
    same = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(graph_iri(each) not in _NOT_CONTENT for each in same)
