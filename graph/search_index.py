"""The search index of a version: SQLite files with full text (FTS5) over all that has a name, written once.

    search.sqlite          what a build has found; versions share it by hard links
    search.middle.sqlite   things that changed since, by the thousand; likewise shared
    search.recent.sqlite   those that changed last: the copy of the parent's with the rows of the change

A thing in a later file hides the same thing in those before it, also where it has lost its name: then it stands there
without one. So a commit copies and writes a small file, whatever the size of the graph. When the recent file has grown
its things go to the middle one, and when that has, the whole is written anew. What stands in a file is told by
`graph.search_segment`.
"""

from __future__ import annotations

import errno
import logging
import os
import pickle
import shutil
import sqlite3
import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final

from graph.search_rows import Thing, named_things, read_thing, touched_things
from graph.search_segment import (
    BASE_FILE,
    INDEX_FORMAT,
    MIDDLE_FILE,
    RECENT_FILE,
    SEARCH_FILES,
    Segment,
    digest_of,
    open_search,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyoxigraph as ox

_log = logging.getLogger(__name__)

RECENT_MOST: Final = 1_000
MIDDLE_MOST: Final = 10_000
_PART: Final = 4  # of the base, past which a middle file is too large, and a change too


def build_search(store: ox.Store, directory: Path) -> None:
    """Write the index of a store into a directory as one file; what is there of an index is replaced.

    Raises:
        OSError: it cannot be written, such as on a full disk.
    """
    for name in (*SEARCH_FILES, f"{MIDDLE_FILE}.new", f"{RECENT_FILE}.new"):
        (directory / name).unlink(missing_ok=True)
    try:
        with tempfile.TemporaryFile(dir=directory) as spool, Segment(directory / BASE_FILE, new=True) as base:
            base.fill(_by_weight(store, spool))
    except sqlite3.OperationalError as fault:
        raise OSError(errno.EIO, f"the search index cannot be written ({fault})") from fault


def follow_search(store: ox.Store, triples: Iterable[ox.Triple], old: Path, new: Path) -> None:
    """Write the index of a version that has changed its parent.

    Args:
        store: of the new version.
        triples: that came to its default graph or went.
        old: directory of the parent; without an index of this format that can be read, a whole one is written.
        new: directory of the new version.

    Raises:
        OSError: it cannot be written.
    """
    if has_index(old):
        try:
            _follow(store, triples, old, new)
        except sqlite3.DatabaseError as fault:
            _log.warning("writing the search index anew why=%s", fault)
        else:
            return
    build_search(store, new)


def _follow(store: ox.Store, triples: Iterable[ox.Triple], old: Path, new: Path) -> None:
    touched = touched_things(store, triples)
    if len(touched) > max(MIDDLE_MOST, _largest(old / BASE_FILE) // _PART):
        build_search(store, new)
        return
    share_search(old, new)
    known = _Known(new)
    changed = [(iri, thing) for iri in sorted(touched) if known.differs(iri, thing := read_thing(store, iri))]
    known.close()
    if changed:
        _write(new, RECENT_FILE, changed)
        _merge(store, new)


def share_search(old: Path, new: Path) -> None:
    """Give a version the index of another, by hard links."""
    for name in SEARCH_FILES:
        if (old / name).exists():
            os.link(old / name, new / name)


def has_index(directory: Path) -> bool:
    """Say whether a version has an index of this format."""
    try:
        return all(_format(directory / name) == INDEX_FORMAT for name in SEARCH_FILES if _is_there(directory, name))
    except sqlite3.Error:
        return False


def _is_there(directory: Path, name: str) -> bool:
    return name == BASE_FILE or (directory / name).exists()


def _format(path: Path) -> int:
    connection = open_search(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _size(path: Path) -> int:
    """Return how many things a file of an index holds."""
    connection = open_search(path)
    try:
        return int(connection.execute("SELECT COUNT(*) FROM thing").fetchone()[0])
    finally:
        connection.close()


def _largest(path: Path) -> int:
    """Return the largest number of a thing in a file: of a base file how many it holds, without counting them."""
    connection = open_search(path)
    try:
        return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM thing").fetchone()[0])
    finally:
        connection.close()


def _write(directory: Path, name: str, things: Iterable[tuple[str, Thing | None]]) -> None:
    """Put things into a file of an index: into a copy, since other versions share it.

    Raises:
        sqlite3.DatabaseError: the file cannot be read, or the copy not be written.
    """
    path, copy = directory / name, directory / f"{name}.new"
    is_new = not path.exists()
    if not is_new:
        shutil.copyfile(path, copy)
    with Segment(copy, new=is_new) as segment:
        for iri, thing in things:
            segment.put(iri, thing)
    copy.replace(path)


def _merge(store: ox.Store, directory: Path) -> None:
    """Move the things of a recent file that has grown to the middle one, or write all anew when that has."""
    recent = directory / RECENT_FILE
    if _size(recent) <= RECENT_MOST:
        return
    iris = _iris(recent)
    _write(directory, MIDDLE_FILE, ((iri, read_thing(store, iri)) for iri in iris))
    recent.unlink()
    if _size(directory / MIDDLE_FILE) > max(MIDDLE_MOST, _largest(directory / BASE_FILE) // _PART):
        build_search(store, directory)


def _iris(path: Path) -> list[str]:
    connection = open_search(path)
    try:
        return [iri for (iri,) in connection.execute("SELECT iri FROM thing ORDER BY iri")]
    finally:
        connection.close()


def _by_weight(store: ox.Store, spool: BinaryIO) -> Iterator[Thing]:
    """Yield all things with a name, those most likely looked for first; they wait in a file, not in memory."""
    places = []
    for iri in named_things(store):
        thing = read_thing(store, iri)
        if thing is not None:
            places.append((-thing.weight, iri, spool.tell()))
            pickle.dump(thing, spool, pickle.HIGHEST_PROTOCOL)
    for _, _, place in sorted(places):
        spool.seek(place)
        yield pickle.load(spool)  # noqa: S301  (written just above)


class _Known:
    """What the files of an index hold of things already."""

    def __init__(self, directory: Path) -> None:
        self._files = [open_search(directory / name) for name in SEARCH_FILES[::-1] if (directory / name).exists()]

    def differs(self, iri: str, thing: Thing | None) -> bool:
        """Say whether what is known of a thing is something else."""
        for file in self._files:
            row = file.execute("SELECT digest FROM thing WHERE iri = ?", (iri,)).fetchone()
            if row is not None:
                return bool(row[0] != (digest_of(thing) if thing else None))
        return thing is not None

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()
