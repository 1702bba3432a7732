"""Commits: each change of a dataset makes the next version.

In a published dataset default graph, derived graph and report follow each change; see `graph.consequences`.

A commit takes the current store by hard links, changes the copy, and gives it a name once it is whole on disk. Killed
at any step, it leaves the old version current and litter in staging, which the next writer sweeps.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from graph.activities import Activity, iso_time, tell, tell_past
from graph.changes import Delta, replace_graph
from graph.comparison import compare
from graph.digest import changed_digest
from graph.locking import LOCK_WAIT_S, writing
from graph.patch import Row, write_changes
from graph.search_index import build_search, follow_search, has_index, share_search
from graph.staging import Contents, contents_in, contents_of, new_staging, publish_contents
from graph.terms import BESIDE_DATASET, DERIVED_GRAPH, DESCRIPTION_GRAPH
from graph.versions import CHANGES, REPORT, Origin, Version, current
from graph.write_errors import VersionChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from graph.changes import Touched
    from graph.incremental import Outcome

_FILES_KEPT: Final = 100  # each commit leaves small ones, which neither the engine nor its `optimize` ever merges
_QUADS_PER_FILE_KEPT: Final = 1000  # so that writing a store anew costs a few milliseconds a commit on the average


class Change(Protocol):
    """Changes an open store."""

    def __call__(self, store: ox.Store, /) -> Delta | Touched | None:
        """Change it and return what that did; else the graphs that it can have touched, None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is wanted of a commit, and when it began by the clock that `time.perf_counter` reads."""

    origin: Origin
    tell: Callable[[Outcome], None] | None = None
    full: bool = False
    began_s: float = field(default_factory=time.perf_counter)


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
    began_s = time.perf_counter()
    with writing(home, wait_s=lock_wait_s):
        parent = current(home)
        origin = origin.after(parent)
        task = _Task(origin=origin, tell=tell, full=full, began_s=began_s)
        if expected is not None and parent.manifest.number not in expected:
            raise VersionChanged(parent.manifest.number)
        staging = new_staging(home)
        contents = _changed(staging, change, parent, task)
        if contents == contents_of(parent):
            return parent, False
        if dry_run:
            return parent, True
        return publish_contents(home, staging, contents, origin, parent), True


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
    origin = origin.after(parent)
    task = _Task(origin=origin)
    contents = contents_of(old)
    if contents.is_like(contents_of(parent)):
        return parent, False
    staging = new_staging(home)
    ox.Store.read_only(str(old.store)).backup(staging / "store")
    if old.manifest.kind == "published":
        _take_report(old, staging)
        store = ox.Store(staging / "store")
        newest = ox.Store.read_only(str(parent.store))
        beside = BESIDE_DATASET & (old.manifest.graphs.keys() | parent.manifest.graphs.keys())
        for name in sorted(beside):  # they tell of versions, and of the package
            graph = ox.NamedNode(name)
            kept = newest.quads_for_pattern(None, None, None, graph)
            delta = replace_graph(store, graph, (quad.triple for quad in kept))
            contents = contents.grown(name, delta.counts[name])
        contents = _told(store, staging, changes, task, contents, parent)
        store.flush()
        del store
        if has_index(old.directory):
            share_search(old.directory, staging)
        else:
            build_search(ox.Store.read_only(str(old.store)), staging)
    else:
        write_changes(staging / CHANGES, changes)
    return publish_contents(home, staging, contents, origin, parent, shared_with=old), True


def _take_report(old: Version, staging: Path) -> None:
    """Give a version the report of another of the same content."""
    from graph.consequences import last_report, report_anew  # noqa: PLC0415  (as below)

    report = last_report(old) or report_anew(ox.Store.read_only(str(old.store)))
    (staging / REPORT).write_text(report.turtle(), encoding="utf-8")


def _changed(staging: Path, change: Change, parent: Version, task: _Task) -> Contents:
    """Change a copy of the parent's store; when this returns it is closed, and all that it holds is in its files."""
    before = ox.Store.read_only(str(parent.store))
    before.backup(staging / "store")
    store = ox.Store(staging / "store")
    known = change(store)
    delta = known if isinstance(known, Delta) else compare(before, store, known.graphs if known else None)
    contents = _followed(store, delta, contents_of(parent))
    if contents == contents_of(parent):
        return contents
    if parent.manifest.kind == "plain":
        write_changes(staging / CHANGES, delta.rows())
    else:
        from graph.consequences import (  # noqa: PLC0415  (loads rdflib, which no plain dataset needs)
            follow,
            last_report,
            plans_of,
        )

        then = follow(
            before,
            store,
            delta,
            report=last_report(parent),
            plans=plans_of(parent),
            full=task.full,
        )
        (staging / REPORT).write_text(then.outcome.report.turtle(), encoding="utf-8")
        follow_search(store, then.changed, parent.directory, staging)
        if task.tell is not None:
            task.tell(then.outcome)
        contents = replace(contents, triples=contents.triples + then.triples).grown(DERIVED_GRAPH, then.derived)
        contents = _told(store, staging, delta.rows(), task, contents, parent)
    store.flush()  # without it the change is only in the engine's log, which a backup of a read-only store leaves out
    quads = contents.triples + sum(contents.graphs.values())
    if len(list((staging / "store").glob("*.sst"))) > _FILES_KEPT + quads // _QUADS_PER_FILE_KEPT:
        _copy(store, staging / "copy")
        del store
        shutil.rmtree(staging / "store")
        (staging / "copy").rename(staging / "store")
    return contents


def _told(  # noqa: PLR0913, PLR0917  (all that an activity tells of)
    store: ox.Store, staging: Path, rows: Iterable[Row], task: _Task, contents: Contents, parent: Version
) -> Contents:
    """Write what a version of a published dataset changes, and tell in its descriptions how it came to be."""
    ended = task.origin.created + timedelta(seconds=time.perf_counter() - task.began_s)
    activity = Activity(
        number=int(staging.name),
        parent=parent.manifest.number,
        started=task.origin.created.isoformat(timespec="seconds"),
        ended=iso_time(ended),
        author=task.origin.author,
        message=task.origin.message,
        digest=contents.digest,
    )
    added, removed = write_changes(staging / CHANGES, rows, activity.headers())
    told = tell_past(store, parent) + tell(store, replace(activity, added=added, removed=removed))
    return contents.grown(DESCRIPTION_GRAPH, told)


def _copy(store: ox.Store, directory: Path) -> None:
    """Write what a store holds into a new one, in few files and under the same blank nodes."""
    copy = ox.Store(directory)
    copy.bulk_extend(store)
    for graph in store.named_graphs():
        copy.add_graph(graph)
    copy.flush()


def _followed(store: ox.Store, delta: Delta, before: Contents) -> Contents:
    """Bring counts and digest up from those before a change."""
    counts = Counter({"": before.triples} | before.graphs)
    counts.update(delta.counts)
    return contents_in(store, counts, changed_digest(before.digest, delta.digest))
