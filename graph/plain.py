"""Plain datasets, which hold what was written as it was written: started empty, or built from files.

Both make versions from nothing but files; what changes a version that is there is a commit (`graph.commits`).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.changes import graph_key
from graph.comparison import compare
from graph.digest import changed_digest, statement_sum
from graph.errors import NoVersion, WrongKind
from graph.loading import load
from graph.locking import writing
from graph.patch import Row, write_changes
from graph.staging import Contents, contents_in, contents_of, finish_first, new_staging, publish_contents
from graph.versions import CHANGES, Origin, Version, current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path


def start_empty(home: Path, *, now: datetime, author: str) -> Version:
    """Give a home that has no version an empty plain dataset; one that holds a plain dataset is left as it is.

    Raises:
        WrongKind: the home holds a published dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    finish_first(home)
    with writing(home):
        with contextlib.suppress(NoVersion):
            return current_plain(home)
        staging = new_staging(home)
        contents = _loaded(staging, (), None)
        origin = Origin(created=now, author=author, message="an empty dataset")
        return publish_contents(home, staging, contents, origin, None)


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
    finish_first(home)
    with writing(home):
        parent = None
        with contextlib.suppress(NoVersion):
            parent = current_plain(home)
        staging = new_staging(home)
        contents = _loaded(staging, files, parent)
        if parent and contents == contents_of(parent):
            return parent, False
        message = f"build from {', '.join(path.name for path in files)}"
        origin = Origin(created=now, author=author, message=message).after(parent)
        return publish_contents(home, staging, contents, origin, parent), True


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


def _loaded(staging: Path, files: Sequence[Path], parent: Version | None) -> Contents:
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
    if contents != contents_of(parent):
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

    def contents(self, store: ox.Store) -> Contents:
        """Return what the store holds, once all rows have passed."""
        return contents_in(store, self.counts, changed_digest("0", self.digest))
