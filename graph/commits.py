"""Versions of plain datasets: a home is started empty or from files, and each change makes the next version.

A commit takes the current store by hard links, changes the copy, and gives it a name once it is whole on disk. Killed
at any step, it leaves the old version current and litter in staging, which the next writer sweeps.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from graph.changes import graph_key
from graph.digest import changed_digest, set_digest
from graph.errors import NoVersion, TurtleError, VersionChanged, WriteRefused, WrongKind
from graph.versions import LOCK_WAIT_S, Manifest, Origin, Version, current, next_number, publish, store_files, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.changes import Delta

_FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}


_PUBLISHED: Final = (
    "this dataset is published from files, and changes of it over HTTP come in a later release: build it again, or "
    "serve a plain one (coorbit serve --home DIR --empty --no-shapes)"
)
_FILES_KEPT: Final = 100  # each commit leaves small ones, which neither the engine nor its `optimize` ever merges
_QUADS_PER_FILE_KEPT: Final = 1000  # so that writing a store anew costs a few milliseconds a commit on the average


class Change(Protocol):
    """Changes an open store."""

    def __call__(self, store: ox.Store, /) -> Delta | None:
        """Change it and return what was added and removed, or None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What a store holds, as a manifest says it."""

    triples: int
    graphs: dict[str, int]
    digest: str


def commit(
    home: Path,
    change: Change,
    *,
    origin: Origin,
    expected: Collection[int] | None = None,
    lock_wait_s: float = LOCK_WAIT_S,
) -> tuple[Version, bool]:
    """Change the current version of a plain dataset into the next one.

    Args:
        home: of the dataset.
        change: called once, with a copy of the store.
        origin: of the new version.
        expected: numbers of the versions that the change is meant for; None: any.
        lock_wait_s: how long to wait for another writer.

    Returns:
        The version that is current now, and whether it is new: a change that changes nothing makes none.

    Raises:
        NoVersion: the home holds no dataset.
        WriteRefused: it holds a published one.
        VersionChanged: its current version is not among those expected.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=lock_wait_s):
        parent = current(home)
        if parent.manifest.kind != "plain":
            raise WriteRefused(_PUBLISHED)
        if expected is not None and parent.manifest.number not in expected:
            raise VersionChanged(parent.manifest.number)
        staging = _staging(home)
        ox.Store.read_only(str(parent.store)).backup(staging / "store")
        contents = _changed(staging / "store", change, parent.manifest)
        before = _Contents(
            triples=parent.manifest.triples, graphs=parent.manifest.graphs, digest=parent.manifest.digest
        )
        if contents == before:
            return parent, False
        return _published(home, staging, contents, origin, parent), True


def start_empty(home: Path, *, now: datetime, author: str) -> Version:
    """Give a home that has no version an empty plain dataset; one that holds a plain dataset is left as it is.

    Raises:
        WrongKind: the home holds a published dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home):
        with contextlib.suppress(NoVersion):
            return current_plain(home)
        staging = _staging(home)
        contents = _loaded(staging / "store", ())
        origin = Origin(created=now, author=author, message="an empty dataset")
        return _published(home, staging, contents, origin, None)


def build_plain(home: Path, files: Sequence[Path], *, now: datetime, author: str) -> tuple[Version, bool]:
    """Make a version of a plain dataset from files alone; what the version before held is not taken over.

    Args:
        home: that has no version, or a plain dataset.
        files: Turtle, N-Triples, TriG and N-Quads, by their names' ends.
        now: when.
        author: who.

    Returns:
        The version that is current now, and whether it is new.

    Raises:
        TurtleError: a file does not parse.
        WrongKind: the home holds a published dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home):
        parent = None
        with contextlib.suppress(NoVersion):
            parent = current_plain(home)
        staging = _staging(home)
        contents = _loaded(staging / "store", files)
        if parent and (contents.digest, contents.graphs) == (parent.manifest.digest, parent.manifest.graphs):
            return parent, False
        message = f"build from {', '.join(path.name for path in files)}"
        origin = Origin(created=now, author=author, message=message)
        return _published(home, staging, contents, origin, parent), True


def current_plain(home: Path) -> Version:
    """Return the current version of a plain dataset.

    Raises:
        NoVersion: the home holds no dataset.
        WrongKind: it holds a published one.
    """
    version = current(home)
    if version.manifest.kind != "plain":
        raise WrongKind(home, version.manifest.kind)
    return version


def _staging(home: Path) -> Path:
    """Make the place where the next version is prepared."""
    staging = home / "staging" / f"{next_number(home)[0]:06}"
    staging.mkdir(parents=True)
    return staging


def _changed(directory: Path, change: Change, before: Manifest) -> _Contents:
    """Change a store on disk; when this returns it is closed, and all that it holds is in its files."""
    store = ox.Store(directory)
    delta = change(store)
    contents = _scanned(store) if delta is None else _followed(store, delta, before)
    store.flush()  # without it the change is only in the engine's log, which a backup of a read-only store leaves out
    quads = contents.triples + sum(contents.graphs.values())
    if len(list(directory.glob("*.sst"))) > _FILES_KEPT + quads // _QUADS_PER_FILE_KEPT:
        _copy(store, directory.with_name("copy"))
        del store
        shutil.rmtree(directory)
        directory.with_name("copy").rename(directory)
    return contents


def _copy(store: ox.Store, directory: Path) -> None:
    """Write what a store holds into a new one, in few files and under the same blank nodes."""
    copy = ox.Store(directory)
    copy.bulk_extend(store)
    for graph in store.named_graphs():
        copy.add_graph(graph)
    copy.flush()


def _loaded(directory: Path, files: Sequence[Path]) -> _Contents:
    """Write a new store from files; when this returns it is closed."""
    store = ox.Store(directory)
    for path in files:
        try:
            store.bulk_load(path=path, format=_FORMATS[path.suffix])
        except KeyError as fault:
            message = f"its name ends in none of {', '.join(_FORMATS)}"
            raise TurtleError(message, path=path) from fault
        except SyntaxError as fault:
            raise TurtleError(fault.msg, path=path, line=fault.lineno, column=fault.offset) from fault
    store.optimize()
    store.flush()
    return _scanned(store)


def _scanned(store: ox.Store) -> _Contents:
    """Count and digest all quads of a store."""
    counts: Counter[str] = Counter()

    def counted() -> Iterator[ox.Quad]:
        for quad in store:
            counts[graph_key(quad.graph_name)] += 1
            yield quad

    digest = set_digest(counted())
    return _contents(store, counts, digest)


def _followed(store: ox.Store, delta: Delta, before: Manifest) -> _Contents:
    """Bring counts and digest up from those before a change."""
    counts = Counter({"": before.triples} | before.graphs)
    counts.update(delta.counts)
    return _contents(store, counts, changed_digest(before.digest, delta.digest))


def _contents(store: ox.Store, counts: Counter[str], digest: str) -> _Contents:
    names = sorted(graph_key(graph) for graph in store.named_graphs())
    return _Contents(triples=counts[""], graphs={name: counts[name] for name in names}, digest=digest)


def _published(home: Path, staging: Path, contents: _Contents, origin: Origin, parent: Version | None) -> Version:
    manifest = Manifest(
        number=int(staging.name),
        parent=parent.manifest.number if parent else None,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        kind="plain",
        packaged=False,
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=contents.triples,
        graphs=contents.graphs,
        digest=contents.digest,
        files=store_files(staging / "store", parent=parent),
    )
    return publish(home, staging, manifest)
