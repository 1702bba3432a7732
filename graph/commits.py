"""Commits: each change of a dataset makes the next version; a plain dataset is started empty or from files.

In a published dataset default graph, derived graph and report follow each change; see `graph.consequences`.

A commit takes the current store by hard links, changes the copy, and gives it a name once it is whole on disk. Killed
at any step, it leaves the old version current and litter in staging, which the next writer sweeps.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import secrets
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from graph.changes import Delta, graph_key
from graph.comparison import compare
from graph.consequences import follow, plans_of
from graph.digest import changed_digest, statement_sum
from graph.errors import NoVersion, VersionChanged, WrongKind
from graph.loading import load
from graph.patch import Row, write_changes
from graph.terms import DERIVED_GRAPH
from graph.versions import (
    CHANGES,
    LOCK_WAIT_S,
    REPORT,
    Manifest,
    Origin,
    Version,
    current,
    next_number,
    publish,
    store_files,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.changes import Touched
    from graph.consequences import Consequences
    from graph.incremental import Outcome

_FILES_KEPT: Final = 100  # each commit leaves small ones, which neither the engine nor its `optimize` ever merges
_QUADS_PER_FILE_KEPT: Final = 1000  # so that writing a store anew costs a few milliseconds a commit on the average


class Change(Protocol):
    """Changes an open store."""

    def __call__(self, store: ox.Store, /) -> Delta | Touched | None:
        """Change it and return what that did; else the graphs that it can have touched, None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What a store holds, as a manifest says it."""

    triples: int
    graphs: dict[str, int]
    digest: str


def commit(  # noqa: PLR0913  (what may be said of a change)
    home: Path,
    change: Change,
    *,
    origin: Origin,
    expected: Collection[int] | None = None,
    lock_wait_s: float = LOCK_WAIT_S,
    dry_run: bool = False,
    full: bool = False,
    tell: Callable[[Outcome], None] | None = None,
) -> tuple[Version, bool]:
    """Change the current version of a dataset into the next one.

    Args:
        home: of the dataset.
        change: called once, with a copy of the store.
        origin: of the new version.
        expected: numbers of the versions that the change is meant for; None: any.
        lock_wait_s: how long to wait for another writer.
        dry_run: whether to stop before the version is published.
        full: whether all of a published dataset is derived and validated anew.
        tell: called with what the validation of a published dataset has found.

    Returns:
        The version that is current now, and whether it is new: a change that changes nothing makes none. Of a dry run,
        whether there would be a new one.

    Raises:
        NoVersion: the home holds no dataset.
        WriteRefused: the change touches what only a build may write; see `graph.consequences`.
        ValidationFailed: a published dataset would not conform any more.
        VersionChanged: its current version is not among those expected.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=lock_wait_s):
        parent = current(home)
        if expected is not None and parent.manifest.number not in expected:
            raise VersionChanged(parent.manifest.number)
        staging = _staging(home)
        contents = _changed(staging, change, parent, tell, full=full)
        if "pyshacl" in sys.modules:  # its graphs hold the store in cycles, and an open store still removes files
            gc.collect()
        if contents == _contents_of(parent):
            return parent, False
        if dry_run:
            return parent, True
        return _published(home, staging, contents, origin, parent), True


def restore(home: Path, old: Version, changes: Iterable[Row], *, origin: Origin) -> tuple[Version, bool]:
    """Make the next version of a dataset from an old one; the caller holds the home's write lock.

    Args:
        home: of the dataset.
        old: whose store is taken, by hard links.
        changes: from the current version to the old one.
        origin: of the new version.

    Returns:
        The version that is current now, and whether it is new.

    Raises:
        NoVersion: the home holds no dataset.
    """
    parent = current(home)
    contents = _contents_of(old)
    if contents == _contents_of(parent):
        return parent, False
    staging = _staging(home)
    ox.Store.read_only(str(old.store)).backup(staging / "store")
    write_changes(staging / CHANGES, changes)
    if old.manifest.kind == "published":
        shutil.copyfile(old.directory / REPORT, staging / REPORT)
    return _published(home, staging, contents, origin, parent, shared_with=old), True


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
        contents = _loaded(staging, (), None)
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
        contents = _loaded(staging, files, parent)
        if parent and contents == _contents_of(parent):
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
    """Make the place where the next version is prepared, one that no store still open after a failure is at."""
    staging = home / "staging" / secrets.token_hex(4) / f"{next_number(home)[0]:06}"
    staging.mkdir(parents=True)
    return staging


def _changed(
    staging: Path, change: Change, parent: Version, tell: Callable[[Outcome], None] | None, *, full: bool
) -> _Contents:
    """Change a copy of the parent's store; when this returns it is closed, and all that it holds is in its files."""
    before = ox.Store.read_only(str(parent.store))
    before.backup(staging / "store")
    store = ox.Store(staging / "store")
    known = change(store)
    delta = known if isinstance(known, Delta) else compare(before, store, known.graphs if known else None)
    contents = _followed(store, delta, _contents_of(parent))
    if contents == _contents_of(parent):
        return contents
    write_changes(staging / CHANGES, delta.rows())
    if parent.manifest.kind == "published":
        then = follow(
            before,
            store,
            delta,
            report=(parent.directory / REPORT).read_text(encoding="utf-8"),
            plans=plans_of(parent),
            full=full,
        )
        contents = _with_consequences(contents, then)
        (staging / REPORT).write_text(then.outcome.report.turtle(), encoding="utf-8")
        if tell is not None:
            tell(then.outcome)
    store.flush()  # without it the change is only in the engine's log, which a backup of a read-only store leaves out
    quads = contents.triples + sum(contents.graphs.values())
    if len(list((staging / "store").glob("*.sst"))) > _FILES_KEPT + quads // _QUADS_PER_FILE_KEPT:
        _copy(store, staging / "copy")
        del store
        shutil.rmtree(staging / "store")
        (staging / "copy").rename(staging / "store")
    return contents


def _with_consequences(contents: _Contents, then: Consequences) -> _Contents:
    graphs = contents.graphs | {DERIVED_GRAPH: contents.graphs.get(DERIVED_GRAPH, 0) + then.derived}
    return replace(contents, triples=contents.triples + then.triples, graphs=dict(sorted(graphs.items())))


def _copy(store: ox.Store, directory: Path) -> None:
    """Write what a store holds into a new one, in few files and under the same blank nodes."""
    copy = ox.Store(directory)
    copy.bulk_extend(store)
    for graph in store.named_graphs():
        copy.add_graph(graph)
    copy.flush()


def _loaded(staging: Path, files: Sequence[Path], parent: Version | None) -> _Contents:
    """Write a new store from files; when this returns it is closed."""
    store = ox.Store(staging / "store")
    load(store, files)
    store.optimize()
    store.flush()
    whole = _Whole()
    if parent is None:
        write_changes(staging / CHANGES, whole.rows(store))
        return whole.contents(store)
    for _ in whole.rows(store):
        pass
    contents = whole.contents(store)
    if contents != _contents_of(parent):
        write_changes(staging / CHANGES, compare(ox.Store.read_only(str(parent.store)), store).rows())
    return contents


@dataclass(slots=True)
class _Whole:
    """Counts and digest of all quads of a store, taken as they pass by."""

    counts: Counter[str] = field(default_factory=Counter)
    digest: int = 0

    def rows(self, store: ox.Store) -> Iterator[Row]:
        """Yield the quads of a store as added to nothing."""
        for quad in store:
            statement = str(quad)
            self.counts[graph_key(quad.graph_name)] += 1
            self.digest += statement_sum(statement)
            yield Row("A", statement)

    def contents(self, store: ox.Store) -> _Contents:
        """Return what the store holds, once all rows have passed."""
        return _contents(store, self.counts, changed_digest("0", self.digest))


def _followed(store: ox.Store, delta: Delta, before: _Contents) -> _Contents:
    """Bring counts and digest up from those before a change."""
    counts = Counter({"": before.triples} | before.graphs)
    counts.update(delta.counts)
    return _contents(store, counts, changed_digest(before.digest, delta.digest))


def _contents(store: ox.Store, counts: Counter[str], digest: str) -> _Contents:
    names = sorted(graph_key(graph) for graph in store.named_graphs())
    return _Contents(triples=counts[""], graphs={name: counts[name] for name in names}, digest=digest)


def _contents_of(version: Version) -> _Contents:
    manifest = version.manifest
    return _Contents(triples=manifest.triples, graphs=manifest.graphs, digest=manifest.digest)


def _published(  # noqa: PLR0913  (what a manifest is made of)
    home: Path,
    staging: Path,
    contents: _Contents,
    origin: Origin,
    parent: Version | None,
    *,
    shared_with: Version | None = None,
) -> Version:
    manifest = Manifest(
        number=int(staging.name),
        parent=parent.manifest.number if parent else None,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        kind=parent.manifest.kind if parent else "plain",
        packaged=False,  # what a commit has made no new package replaces
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=contents.triples,
        graphs=contents.graphs,
        digest=contents.digest,
        files=store_files(staging / "store", parent=shared_with or parent),
    )
    return publish(home, staging, manifest)
