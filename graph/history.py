"""The history of a home: what differs between two of its versions, the way back to one, and which of them go.

Nothing in it is ever rewritten. A way back is a new version with the contents of an old one, so that what came between
stays to be read; versions end only by pruning.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.bases import drop_unneeded, keep_changes, secure
from graph.commits import restore
from graph.comparison import compare
from graph.errors import ChangesUnreadable, HomeBusy, HomeUnusable, VersionDamaged
from graph.integrity import readable_versions, version_folders
from graph.journal import Journal
from graph.kept import claim, find_version, hold, kept_versions
from graph.locking import LOCK_WAIT_S, writing
from graph.manifests import MANIFEST, read_manifest_copy
from graph.patch import Row, read_changes
from graph.releases import released_versions
from graph.terms import MADE_GRAPHS
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from graph.changes import GraphName
    from graph.versions import Origin, Version

_log = logging.getLogger(__name__)


def diff(home: Path, old: int, new: int) -> Iterator[Row]:
    """Yield what was added and removed between two versions, sorted by quad; each quad has one row.

    The changes of the versions between are put together; where one of them is no longer kept, both stores are read.

    Args:
        home: of the dataset.
        old: number of the version to start from.
        new: number of the other; it may be the older one.

    Raises:
        VersionUnknown: there is no such version.
        VersionPruned: one of the two is no longer kept.
        NoVersion: the home holds no dataset.
    """
    with _held(home, min(old, new)) as first, _held(home, max(old, new)) as last:
        for op, quad in _between(home, first, last):
            if old <= new:
                yield Row(op, quad)
            else:
                yield Row("D" if op == "A" else "A", quad)


def roll_back(home: Path, number: int, *, origin: Origin) -> tuple[Version, bool]:
    """Make a version that holds what an old one held: the same quads, graphs and digest.

    Args:
        home: of the dataset.
        number: of the old version.
        origin: of the new one.

    Returns:
        The version that is current now, and whether it is new: where nothing has changed since, none is made.

    Raises:
        VersionUnknown: there is no such version.
        VersionPruned: it is no longer kept.
        NoVersion: the home holds no dataset.
        WriteRefused: it holds a published one.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=LOCK_WAIT_S):
        old = find_version(home, number)
        return restore(home, old, diff(home, current(home).manifest.number, number), origin=origin)


def prune(home: Path, *, keep: int, lock_wait_s: float = LOCK_WAIT_S) -> list[int]:
    """Remove old versions, but for those that a release names or a process holds.

    Args:
        home: of the dataset.
        keep: how many to keep, the newest; the current one always stays.
        lock_wait_s: how long to wait for a writer.

    Returns:
        Numbers of those removed, the newest first.

    Raises:
        NoVersion: the home holds no dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=lock_wait_s):
        kept, released = kept_versions(home), released_versions(home)
        old = [version for version in kept[max(keep, 1) :] if version.manifest.number not in released]
        if not _is_secured(home, old, [version for version in kept if version not in old]):
            return []
        litter = _never_current(home, kept, released)
        removed = [version.manifest.number for version in old if _remove(home, version.directory)]
        for folder in litter:
            _remove(home, folder)
        if len(version_folders(home)) == len(kept) - len(removed):
            drop_unneeded(home, [version for version in kept if version.manifest.number not in removed])
    if removed:
        _log.info("pruned versions=%s", ",".join(map(str, removed)))
    return removed


def _never_current(home: Path, kept: Sequence[Version], released: Collection[int]) -> list[Path]:
    """Return the folders that a writer published just before it died, so that no version goes back to them.

    Where a manifest is not what was written, or the chain ends early, versions only seem to be such: what is older than
    the whole chain stays, and so does everything while a manifest and its copy differ.
    """
    if any(read_manifest_copy(each.directory) != (each.directory / MANIFEST).read_bytes() for each in kept):
        return []
    known = {version.directory for version in kept}
    oldest = min(version.manifest.number for version in kept)
    readable = readable_versions(home)
    return [
        folder
        for number, folder in version_folders(home).items()
        if folder not in known and number > oldest and number in readable and number not in released
    ]


def keep_copies(home: Path) -> None:
    """See to it that each version that is kept can be rebuilt when its store is damaged; every prune does so too.

    Raises:
        NoVersion: the home holds no dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home):
        _is_secured(home, [], kept_versions(home))


def _is_secured(home: Path, old: list[Version], stay: list[Version]) -> bool:
    """See to it that what stays can be rebuilt without what goes; say whether it can."""
    try:
        for version in old:
            keep_changes(home, version)
        secure(home, stay)
    except VersionDamaged as fault:
        _log.warning("nothing pruned why=%s", fault)  # what is old may be all that it can be mended from
        return False
    return True


def sweep(home: Path) -> None:
    """Remove what a killed writer has left; where another one is writing, or nothing can be written, do nothing."""
    with contextlib.suppress(HomeBusy, HomeUnusable), writing(home, wait_s=0):
        _log.debug("swept home=%s", home)  # whoever holds the lock finds the staging area empty


@contextlib.contextmanager
def _held(home: Path, number: int) -> Iterator[Version]:
    """Hold a version while its files are read."""
    version = find_version(home, number)
    try:
        holding = hold(version.directory)
    except FileNotFoundError:  # pruned this moment
        version = find_version(home, number)
        holding = hold(version.directory)
    with holding:
        yield version


def _between(home: Path, first: Version, last: Version) -> Iterator[Row]:
    """Yield the net of the versions behind the first, up to the last."""
    chain = [version for version in kept_versions(home)[::-1] if _is_behind(version, first, last)]
    parents = [first.manifest.number, *(version.manifest.number for version in chain)]
    if [version.manifest.parent for version in chain] == parents[:-1]:
        try:
            return _net(chain)
        except ChangesUnreadable as fault:
            _log.warning("comparing stores old=%d new=%d why=%s", first.manifest.number, last.manifest.number, fault)
    graphs = None if last.manifest.kind == "plain" else _content(first, last)
    return compare(ox.Store.read_only(str(first.store)), ox.Store.read_only(str(last.store)), graphs).rows()


def _content(*versions: Version) -> set[GraphName]:
    """Return the graphs whose quads are content; in a published dataset the default graph is made of them."""
    names = {name for version in versions for name in version.manifest.graphs}
    return {ox.NamedNode(name) for name in names - MADE_GRAPHS}


def _is_behind(version: Version, first: Version, last: Version) -> bool:
    return first.manifest.number < version.manifest.number <= last.manifest.number


def _net(chain: list[Version]) -> Iterator[Row]:
    """Put the changes of versions together; all of them are read before the first row comes."""
    journal = Journal()
    for version in chain:
        for op, quad in read_changes(version.changes):
            journal.note(op, quad)
    return journal.rows()


def _remove(home: Path, directory: Path) -> bool:
    """Remove a version that nobody holds; it has gone as a whole before a part of it goes."""
    claimed = claim(directory)
    if claimed is None:
        return False
    with claimed:
        if int(directory.name) in released_versions(home):  # by now; whoever makes a release holds its version
            return False
        going = home / "staging" / directory.name
        going.parent.mkdir(exist_ok=True)
        directory.rename(going)
    shutil.rmtree(going)
    return True
