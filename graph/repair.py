"""Repair: what is damaged in a home is rebuilt from what does not depend on it.

A store is rebuilt from an intact version before it, or from a copy (`graph.bases`), and from the changes of each
version after that. Only what has the content digest and the counts of the manifest takes the place of what is damaged.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import pyoxigraph as ox

from graph.activities import DESCRIPTION, read_activity
from graph.activities import tell as tell_activity
from graph.bases import Copies, Copy
from graph.changes import Delta, apply_patch, graph_key
from graph.consequences import make_anew
from graph.damaged import unmark
from graph.digest import changed_digest, statement_sum
from graph.dumps import description_file
from graph.errors import ChangesUnreadable, PatchRefused, TurtleError, VersionDamaged
from graph.examples import example_quads
from graph.integrity import MANIFEST, find_damage, readable_versions, version_folders
from graph.kept import claim
from graph.loading import load
from graph.lost_changes import write_anew
from graph.patch import read_changes, read_patch
from graph.search_index import build_search
from graph.search_segment import SEARCH_FILES
from graph.terms import BESIDE_DATASET, EXAMPLES_GRAPH, MADE_GRAPHS
from graph.versions import (
    CHANGES,
    LOCK_WAIT_S,
    MANIFEST_COPY,
    put_in_place,
    read_manifest_copy,
    read_version,
    search_files,
    store_files,
    sync_tree,
    write_manifest,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from graph.integrity import Damage
    from graph.versions import Version

_SOURCE_FAULTS: Final = (ChangesUnreadable, PatchRefused, TurtleError, VersionDamaged, RuntimeError, ValueError)
_READ_FAULTS: Final = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What became of a damaged version: `how` it was mended, or why not."""

    number: int
    how: str
    mended: bool


def repair(home: Path, number: int | None = None, *, tell: Callable[[Mended], None]) -> list[Damage]:
    """Mend what is damaged, and return what still is.

    Args:
        home: of the dataset; services may go on reading it.
        number: of the version to mend; None: all of them. Others that share its damaged files are mended too.
        tell: called with each version, once it is mended or cannot be.

    Raises:
        NoVersion: the home holds no version.
        VersionUnknown: it holds none of that number.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=LOCK_WAIT_S):
        found = find_damage(home, number)
        for damage in found:
            if damage.file in {MANIFEST, MANIFEST_COPY}:
                for each in damage.versions:
                    tell(_mend_manifest(version_folders(home)[each]))
        found = find_damage(home)  # a manifest that could not be read may tell of more
        broken = _versions(found, lambda damage: damage.in_store)
        lost = _asked(_versions(found, lambda damage: damage.file == CHANGES), number)
        for mended in _mend_changes(home, lost):  # stores may be rebuilt by them
            if mended.mended:
                tell(mended)
                lost = lost - {mended.number}
        shared = _touched_by(number, found)
        for each in sorted(broken):
            if number is None or each in shared:
                tell(_mend_store(home, each, broken))
        for mended in _mend_changes(home, lost):
            tell(mended)
        for each in sorted(_asked(_versions(found, lambda damage: damage.in_search) - broken, number)):
            tell(_mend_search(home, each))
        return find_damage(home, number)


def _versions(found: Sequence[Damage], is_meant: Callable[[Damage], bool]) -> set[int]:
    """Return the versions that have one of some kind of damage."""
    return {each for damage in found if is_meant(damage) for each in damage.versions}


def _asked(versions: set[int], number: int | None) -> set[int]:
    """Return those of some versions that are to be mended."""
    return versions if number is None else versions & {number}


def _touched_by(number: int | None, found: Sequence[Damage]) -> set[int]:
    """Return the versions that share a damaged file with one."""
    return _versions(found, lambda damage: damage.in_store and number in damage.versions)


def _mend_manifest(folder: Path) -> Mended:
    """Put a manifest right by its copy, or its copy by it."""
    number = int(folder.name)
    text = read_manifest_copy(folder)
    if text is not None:
        put_in_place(folder / MANIFEST, text)
        return Mended(number=number, how=f"{MANIFEST} from its copy", mended=True)
    try:
        write_manifest(folder, read_version(folder).manifest)
    except (FileNotFoundError, VersionDamaged):
        how = f"neither {MANIFEST} nor its copy can be read"
        return Mended(number=number, how=how, mended=False)
    return Mended(number=number, how=f"{MANIFEST_COPY} from {MANIFEST}", mended=True)


def _mend_changes(home: Path, numbers: set[int]) -> Iterator[Mended]:
    """Find out what versions changed by comparing stores; their digests say whether that is right."""
    versions = readable_versions(home)
    for number in sorted(numbers & versions.keys()):
        version = versions[number]
        parent = versions.get(version.manifest.parent or 0)
        if parent is None:
            how = f"{CHANGES} needs the version before, {version.manifest.parent}, which is no longer kept"
            yield Mended(number=number, how=how, mended=False)
            continue
        place = home / "staging" / "repair"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            write_anew(version, parent, scratch=place)
        except _SOURCE_FAULTS as fault:
            yield Mended(number=number, how=f"{CHANGES}: {fault}", mended=False)
        else:
            how = f"{CHANGES} from the stores of versions {parent.manifest.number} and {number}"
            yield Mended(number=number, how=how, mended=True)


def _mend_store(home: Path, number: int, broken: set[int]) -> Mended:
    """Rebuild the store of a version; once that is done it is no longer among the broken ones."""
    versions = readable_versions(home)
    version, reasons = versions[number], []
    for name, build in _ways(home, versions, number, broken):
        place = home / "staging" / "repair"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            build(place)
            graphs = _checked(place, version)
        except (*_SOURCE_FAULTS, *_READ_FAULTS) as fault:
            reasons.append(f"not from {name}: {fault}")
            continue
        _replace(version, place, graphs)
        broken.discard(number)
        return Mended(number=number, how=f"store rebuilt from {name}", mended=True)
    how = "; ".join(reasons) or "there is neither a release nor a base of it or of a version before it"
    return Mended(number=number, how=how, mended=False)


def _mend_search(home: Path, number: int) -> Mended:
    """Make the search index of a version from its store, in one file; the files that others share stay as they are."""
    version, place = readable_versions(home)[number], home / "staging" / "repair"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        build_search(ox.Store.read_only(str(version.store)), place)
    except (*_SOURCE_FAULTS, *_READ_FAULTS) as fault:
        return Mended(number=number, how=f"search index not from its store: {fault}", mended=False)
    sync_tree(place)
    for path in place.iterdir():
        path.replace(version.directory / path.name)
    for name in SEARCH_FILES[1:]:  # what they hold is in the new one
        (version.directory / name).unlink(missing_ok=True)
    write_manifest(version.directory, replace(version.manifest, search=search_files(version.directory)))
    return Mended(number=number, how="search index made from its store", mended=True)


def _ways(
    home: Path, versions: dict[int, Version], number: int, broken: set[int]
) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Yield names of sources and what writes a store from each, the nearest first."""
    version = versions[number]
    parent = versions.get(version.manifest.parent or 0)
    if parent is not None and parent.manifest.number not in broken and version.changes.exists():
        name = f"version {parent.manifest.number} and the changes since"
        yield name, partial(_from_version, parent=parent, version=version)
    for copy in Copies(home, versions).of(number):
        origin = copy.dump.relative_to(home) if copy.dump else "its first version"
        count = len(copy.changes)
        yield f"{origin} and {count} versions' changes", partial(_from_copy, copy=copy, version=version)


def _from_version(place: Path, parent: Version, version: Version) -> None:
    """Write a store from that of the version before, whose files it shares."""
    ox.Store.read_only(str(parent.store)).backup(place / "store")
    _finish(ox.Store(place / "store"), [version.changes], version)


def _from_copy(place: Path, copy: Copy, version: Version) -> None:
    """Write a store from a dump."""
    store = ox.Store(place / "store")
    if copy.dump is not None:
        unpacked = place / "dump.nq"
        with gzip.open(copy.dump) as packed, unpacked.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        load(store, [unpacked])
        unpacked.unlink()
        store.optimize()
        _describe(store, copy.dump.parent / description_file())
    _finish(store, copy.changes, version)


def _describe(store: ox.Store, path: Path) -> None:
    """Take the graph of descriptions beside a release's dump; without it the content is mended all the same."""
    with contextlib.suppress(*_READ_FAULTS, SyntaxError), gzip.open(path) as packed:
        quads = list(ox.parse(cast("BinaryIO", packed), format=ox.RdfFormat.TURTLE))
        store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, DESCRIPTION) for quad in quads)


def _finish(store: ox.Store, changes: Sequence[Path], version: Version) -> None:
    """Do what patches say, and what follows; when this returns all is in the store's files."""
    for path in changes:
        for _ in read_changes(path):  # the whole is read before a part is done: it may be cut off
            pass
        with gzip.open(path) as patch:
            apply_patch(store, read_patch(cast("BinaryIO", patch), path=path), Delta())
        if version.manifest.kind == "published" and (activity := read_activity(path)) is not None:
            tell_activity(store, activity)
    if version.manifest.kind == "published":
        make_anew(store)
        has_examples = ox.NamedNode(EXAMPLES_GRAPH) in set(store.named_graphs())
        if version.manifest.graphs.get(EXAMPLES_GRAPH) and not has_examples:  # a release's dump has none
            store.extend(example_quads())
    for graph in version.manifest.graphs:
        if graph and not graph.startswith("_:"):
            store.add_graph(ox.NamedNode(graph))
    known = version.manifest.graphs.keys()
    for name in [graph for graph in store.named_graphs() if graph_key(graph) not in known]:
        if next(store.quads_for_pattern(None, None, None, name), None) is None:
            store.remove_graph(name)
    store.flush()


def _checked(place: Path, version: Version) -> dict[str, int]:
    """Compare what a rebuilt store holds with what the manifest says, and return the counts of its named graphs.

    A graph of descriptions that is shorter than it was costs nobody his data, nor do the examples of this package.

    Raises:
        VersionDamaged: it is something else.
    """
    manifest = version.manifest
    made = MADE_GRAPHS | {""} if manifest.kind == "published" else frozenset[str]()
    store = ox.Store.read_only(str(place / "store"))
    counts: Counter[str] = Counter({graph_key(graph): 0 for graph in store.named_graphs()})
    digest = 0
    for quad in store:
        graph = graph_key(quad.graph_name)
        counts[graph] += 1
        if graph not in made:
            digest += statement_sum(str(quad))
    triples = counts.pop("", 0)
    known = manifest.graphs
    if manifest.kind == "published":
        known = known | {graph: counts[graph] for graph in BESIDE_DATASET & known.keys()}
    if changed_digest("0", digest) != manifest.digest:
        message = "the result has another content digest than its manifest says"
        raise VersionDamaged(manifest.number, message)
    if (triples, dict(counts)) != (manifest.triples, known):
        message = "what the rules derive from it is not what its manifest counts: they are of another release"
        raise VersionDamaged(manifest.number, message)
    return known


def _replace(version: Version, place: Path, graphs: dict[str, int]) -> None:
    """Put a rebuilt store into a version: whoever opens it finds the old or the new one, each whole.

    It has a name of its own, since processes may have the old one open, whose files have the same names.
    """
    taken = [int(path.suffix[1:]) for path in version.directory.glob("store.*") if path.suffix[1:].isdecimal()]
    name = f"store.{max(taken, default=0) + 1:03}"
    for pattern in ("LOCK", "LOG", "LOG.old.*"):
        for path in (place / "store").glob(pattern):
            path.unlink()
    sync_tree(place / "store")
    (place / "store").rename(version.directory / name)
    with_claim = claim(version.directory)
    manifest = replace(version.manifest, graphs=graphs, store=name, files=store_files(version.directory / name))
    write_manifest(version.directory, manifest)
    unmark(version.directory)
    if with_claim is not None:  # nobody reads the old one
        with with_claim:
            shutil.rmtree(version.store, ignore_errors=True)
