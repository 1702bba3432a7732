"""How tests make versions, and read what is in them without believing the manifest."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.changes import graph_key
from graph.digest import set_digest
from graph.versions import Origin

if TYPE_CHECKING:
    from graph.commits import Change
    from graph.versions import Version

NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ORIGIN: Final = Origin(created=NOW, author="tests", message="a test")
G: Final = ox.NamedNode("http://e.test/g")
P: Final = ox.NamedNode("http://e.test/p")
S: Final = ox.NamedNode("http://e.test/s")


def update(text: str) -> Change:
    """Return a change of which nobody knows what it does."""

    def change(store: ox.Store, /) -> None:
        store.update(text)

    return change


def nothing_known(version: Version) -> tuple[int, dict[str, int], str]:
    """Return triples, counts by graph and digest of a version by reading all of its store."""
    store = ox.Store.read_only(str(version.store))
    counts = Counter(graph_key(quad.graph_name) for quad in store)
    triples = counts.pop("", 0)
    return triples, {graph_key(graph): counts[graph_key(graph)] for graph in store.named_graphs()}, set_digest(store)


def told(version: Version) -> tuple[int, dict[str, int], str]:
    """Return the same by the version's manifest."""
    return version.manifest.triples, version.manifest.graphs, version.manifest.digest


def quads(version: Version) -> set[str]:
    """Return what a version holds, a line a quad."""
    return {str(quad) for quad in ox.Store.read_only(str(version.store))}
