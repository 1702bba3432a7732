"""Stores that are made again: from the store of the version before, whose files the new one shares, or from a dump.

What follows a change is brought up from it, as a commit does; only from a dump all is derived anew. No store is given
back that does not hold what the manifest of its version says.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
import zlib
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import pyoxigraph as ox

from graph.activities import DESCRIPTION, read_activity, tell
from graph.bases import Copies
from graph.changes import Delta, apply_patch, graph_key
from graph.consequences import bring_up, make_anew
from graph.digest import changed_digest, statement_sum
from graph.dump_files import description_file
from graph.errors import VersionDamaged
from graph.examples import example_quads
from graph.loading import load
from graph.patch import read_changes, read_patch
from graph.staging import contents_in, contents_of
from graph.terms import DERIVED_GRAPH, DESCRIPTION_GRAPH, EXAMPLES_GRAPH, MADE_GRAPHS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from graph.bases import Copy
    from graph.staging import Contents
    from graph.versions import Version

READ_FAULTS: Final = (OSError, EOFError, zlib.error)
"""What reading a damaged file raises, of our own or of the engine's."""

Way = tuple[str, "Callable[[Path], dict[str, int]]"]
"""The name of a source, and what makes a store of it in a folder and returns the counts of its named graphs.

Raises:
    CoorbitError: it is damaged, or gives something else than the manifest says.
    RuntimeError, ValueError, OSError, EOFError, zlib.error: it cannot be read.
"""


def ways(home: Path, versions: Mapping[int, Version], number: int, broken: Collection[int]) -> Iterator[Way]:
    """Yield the ways to make the store of a version again, the nearest first.

    Args:
        home: of the dataset.
        versions: those that can be read, by number.
        number: of the version.
        broken: numbers of those whose stores are damaged.
    """
    version = versions[number]
    parent = versions.get(version.manifest.parent or 0)
    if parent is not None and parent.manifest.number not in broken and version.changes.exists():
        name = f"version {parent.manifest.number} and the changes since"
        yield name, partial(_from_version, parent=parent, version=version)
    for copy in Copies(home, versions).of(number):
        origin = copy.dump.relative_to(home) if copy.dump else "its first version"
        count = len(copy.changes)
        yield f"{origin} and {count} versions' changes", partial(_from_copy, copy=copy, version=version)


def _from_version(place: Path, parent: Version, version: Version) -> dict[str, int]:
    """Make a store from that of the version before; both share what the change leaves alone."""
    before = ox.Store.read_only(str(parent.store))
    before.backup(place / "store")
    store = ox.Store(place / "store")
    delta = _patched(store, version.changes)
    counts = Counter({"": parent.manifest.triples} | parent.manifest.graphs)
    counts.update(delta.counts)
    if version.manifest.kind == "published":
        net = bring_up(before, store, delta)
        counts[""] += len(net.added) - len(net.removed)
        counts[DERIVED_GRAPH] += net.derived
        counts[DESCRIPTION_GRAPH] += _told(store, version.changes)
    _mind_empty_graphs(store, version)
    store.flush()
    return _agreed(contents_in(store, counts, changed_digest(parent.manifest.digest, delta.digest)), version)


def _from_copy(place: Path, copy: Copy, version: Version) -> dict[str, int]:
    """Make a store from a dump, or from nothing, and from what versions have changed since."""
    store = ox.Store(place / "made")
    if copy.dump is not None:
        unpacked = place / "dump.nq"
        with gzip.open(copy.dump) as packed, unpacked.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        load(store, [unpacked])
        unpacked.unlink()
        _describe(store, copy.dump.parent / description_file())
    for changes in copy.changes:
        _patched(store, changes)
        if version.manifest.kind == "published":
            _told(store, changes)
    if version.manifest.kind == "published":
        make_anew(store)
        has_examples = ox.NamedNode(EXAMPLES_GRAPH) in set(store.named_graphs())
        if version.manifest.graphs.get(EXAMPLES_GRAPH) and not has_examples:  # a release's dump has none
            store.extend(example_quads())
    _mind_empty_graphs(store, version)
    store.flush()
    store.optimize()  # else the versions after it would each write again what the engine puts in order
    store.backup(place / "store")  # without the engine's log of all that was written
    return _agreed(_read(store, is_published=version.manifest.kind == "published"), version)


def _describe(store: ox.Store, path: Path) -> None:
    """Take the graph of descriptions beside a release's dump; without it the content is mended all the same."""
    with contextlib.suppress(*READ_FAULTS, SyntaxError), gzip.open(path) as packed:
        quads = list(ox.parse(cast("BinaryIO", packed), format=ox.RdfFormat.TURTLE))
        store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, DESCRIPTION) for quad in quads)


def _patched(store: ox.Store, changes: Path) -> Delta:
    """Do what a version did."""
    for _ in read_changes(changes):  # the whole is read before a part is done: it may be cut off
        pass
    with gzip.open(changes) as patch:
        return apply_patch(store, read_patch(cast("BinaryIO", patch), path=changes), Delta())


def _told(store: ox.Store, changes: Path) -> int:
    """Tell how a version came to be, as its changes say; return by how many quads the descriptions grew."""
    activity = read_activity(changes)
    return 0 if activity is None else tell(store, activity)


def _mind_empty_graphs(store: ox.Store, version: Version) -> None:
    """Have the empty graphs that a version has, and no others."""
    known = version.manifest.graphs.keys()
    for graph in known:
        if graph and not graph.startswith("_:"):
            store.add_graph(ox.NamedNode(graph))
    for name in [graph for graph in store.named_graphs() if graph_key(graph) not in known]:
        if next(store.quads_for_pattern(None, None, None, name), None) is None:
            store.remove_graph(name)


def _read(store: ox.Store, *, is_published: bool) -> Contents:
    """Return what a store holds by reading all of it."""
    made = MADE_GRAPHS | {""} if is_published else frozenset[str]()
    counts: Counter[str] = Counter()
    digest = 0
    for quad in store:
        graph = graph_key(quad.graph_name)
        counts[graph] += 1
        if graph not in made:
            digest += statement_sum(str(quad))
    return contents_in(store, counts, changed_digest("0", digest))


def _agreed(found: Contents, version: Version) -> dict[str, int]:
    """Compare what a store holds with what the manifest says, and return the counts of its named graphs.

    A graph of descriptions that is shorter than it was costs nobody his data, nor do the examples of this package.

    Raises:
        VersionDamaged: it is something else.
    """
    number = version.manifest.number
    if found.digest != version.manifest.digest:
        message = "the result has another content digest than its manifest says"
        raise VersionDamaged(number, message)
    if not found.is_like(contents_of(version)):
        message = "what the rules derive from it is not what its manifest counts: they are of another release"
        raise VersionDamaged(number, message)
    return found.graphs
