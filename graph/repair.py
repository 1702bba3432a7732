"""Repair: what is damaged in a home is rebuilt from what does not depend on it.

What is mended first is what others are mended from. How each kind of damage is put right stands in `graph.mending`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from graph.errors import VersionUnknown
from graph.integrity import Advance, find_damage, readable_versions, version_folders, work_of
from graph.locking import LOCK_WAIT_S, writing
from graph.manifests import MANIFEST, MANIFEST_COPY
from graph.mending import (
    drop_dumps,
    mend_changes,
    mend_copies,
    mend_figures,
    mend_link,
    mend_manifest,
    mend_report,
    mend_search,
    mend_store,
)
from graph.release_integrity import damaged_dumps
from graph.versions import CHANGES, FIGURES, REPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from graph.integrity import Damage
    from graph.mending import Mended


class Begin(Protocol):
    """Is told what begins."""

    def __call__(self, what: str, total: int, /) -> Advance:
        """Take a stage and how much it is, bytes or versions; return who is told of its progress."""


def _unwatched(_what: str, _total: int, /) -> Advance:
    return lambda _size: None


def repair(
    home: Path, number: int | None = None, *, tell: Callable[[Mended], None], begin: Begin = _unwatched
) -> list[Damage]:
    """Mend what is damaged, and return what still is.

    Args:
        home: of the dataset; services may go on reading it.
        number: of the version to mend; None: all of them. Others that share its damaged files are mended too.
        tell: called with each version, once it is mended or cannot be.
        begin: called as each stage begins; see `Begin`.

    Raises:
        NoVersion: the home holds no version.
        VersionUnknown: it holds none of that number.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    with writing(home, wait_s=LOCK_WAIT_S):
        if (mended := mend_link(home)) is not None:
            tell(mended)
        if number is not None and number not in (known := version_folders(home)):
            raise VersionUnknown(number, newest=max(known))
        found = _found(home, begin)
        manifests = _asked(_versions(found, lambda damage: damage.file in {MANIFEST, MANIFEST_COPY}), number)
        for each in sorted(manifests):
            tell(mend_manifest(version_folders(home)[each]))
        if manifests:
            found = _found(home, begin)  # what could not be read may tell of more
        without = damaged_dumps(home)
        if found or without:
            for mended in _mend(home, number, found, without, begin):
                tell(mended)
            found = _found(home, begin)
        return [damage for damage in found if number is None or number in damage.versions]


def _found(home: Path, begin: Begin) -> list[Damage]:
    return find_damage(home, advance=begin("reading files", work_of(home)))


def _mend(
    home: Path, number: int | None, found: Sequence[Damage], without: Collection[Path], begin: Begin
) -> Iterator[Mended]:
    """Mend stores, changes and search indexes, each version after the one that it follows, and tell of each."""
    broken = _versions(found, lambda damage: damage.in_store)
    stores = sorted(broken if number is None else broken & _touched_by(number, found))
    indexes = sorted(_asked(_versions(found, lambda damage: damage.in_search), number))
    lost, reports, figures = (_asked(_of_file(found, file), number) for file in (CHANGES, REPORT, FIGURES))
    others = [*((mend_report, each) for each in sorted(reports)), *((mend_figures, each) for each in sorted(figures))]
    advance = begin("mending", len(stores) + len(lost) + len(indexes) + len(others))
    for mended in mend_changes(home, lost, broken):  # stores may be rebuilt by them
        if mended.mended:
            yield mended
            advance(1)
            lost = lost - {mended.number}
    for each in stores:
        yield mend_store(home, each, broken)
        advance(1)
    for mended in mend_changes(home, lost, broken):
        yield mended
        advance(1)
    yield from mend_copies(home, found, broken, without)
    yield from drop_dumps(home, [damage for damage in found if number in {None, *damage.versions}])
    for mend, each in others:
        yield mend(readable_versions(home)[each])
        advance(1)
    unsearchable = _versions(found, lambda damage: damage.in_search)
    for each in indexes:
        if each not in broken:
            yield mend_search(home, each, unsearchable | broken)
            unsearchable.discard(each)
        advance(1)


def _versions(found: Sequence[Damage], is_meant: Callable[[Damage], bool]) -> set[int]:
    """Return the versions that have one of some kind of damage."""
    return {each for damage in found if is_meant(damage) for each in damage.versions}


def _of_file(found: Sequence[Damage], name: str) -> set[int]:
    return _versions(found, lambda damage: damage.file == name)


def _asked(versions: set[int], number: int | None) -> set[int]:
    """Return those of some versions that are to be mended."""
    return versions if number is None else versions & {number}


def _touched_by(number: int | None, found: Sequence[Damage]) -> set[int]:
    """Return the versions that share a damaged file with one."""
    return _versions(found, lambda damage: damage.in_store and number in damage.versions)
