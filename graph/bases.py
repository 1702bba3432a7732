"""Copies of versions that do not depend on their stores: from them a damaged store is rebuilt.

    HOME/bases/000041.nq.gz            version 41 as sorted N-Quads
    HOME/bases/000042-000041.rdfp.gz   what version 42, which is no longer kept, changed in 41

A version is rebuilt from the newest copy before it, a release's N-Quads or a base, and from the changes of each version
after that. Where versions are pruned their changes stay as long as they are needed; they are replaced by a new base
once they have outgrown the old one, so that a commit never pays for the whole graph but once in a long while.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.disk import sync_tree
from graph.errors import VersionDamaged
from graph.extraction import Extraction, graphs_of, read_lines, term_of
from graph.outputs import File
from graph.releases import QUADS
from graph.sorting import LineSorter
from graph.versions import CHANGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from graph.versions import Version

_LINK: Final = re.compile(r"([0-9]{6,})-([0-9]{6,})\.rdfp\.gz")
_LEAST_BYTES: Final = 1_000_000  # of changes behind a base, before a new base is thought of
_MOST_LINKS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A way to rebuild a version.

    Attributes:
        number: of the version that it starts from; 0: an empty dataset.
        dump: N-Quads of it; None where it is empty.
        changes: what each version after it changed, in order.
    """

    number: int
    dump: Path | None
    changes: tuple[Path, ...]


class Copies:
    """The copies that a home keeps of its versions.

    Args:
        home: of the dataset.
        versions: those on disk, by number.
        without: files that are no longer what was written.
    """

    def __init__(self, home: Path, versions: Mapping[int, Version], *, without: Collection[Path] = ()) -> None:
        self._without = without
        self._dumps = _dumps(home)
        self._links = _links(home, versions)

    def of(self, number: int) -> Iterator[Copy]:
        """Yield the ways to rebuild a version, the one from the newest copy first."""
        changes: list[Path] = []
        while True:
            for dump in self._dumps.get(number, ()):
                if dump not in self._without:
                    yield Copy(number=number, dump=dump, changes=tuple(reversed(changes)))
            if number == 0:
                yield Copy(number=0, dump=None, changes=tuple(reversed(changes)))
            if number not in self._links:
                return
            number, path = self._links[number]
            if path in self._without:
                return
            changes.append(path)


def exposed(home: Path, versions: Mapping[int, Version], damaged: Collection[Path]) -> set[int]:
    """Return the numbers of versions that could be rebuilt, were some files not damaged, and now cannot."""
    whole, left = Copies(home, versions), Copies(home, versions, without=damaged)
    return {number for number in versions if next(whole.of(number), None) and not next(left.of(number), None)}


def secure(home: Path, versions: Collection[Version], *, without: Collection[Path] = ()) -> None:
    """See to it that each of some versions can be rebuilt; the caller holds the write lock.

    Args:
        home: of the dataset.
        versions: those that are to be rebuilt.
        without: files that are damaged, so that nothing can be rebuilt from them.

    Raises:
        VersionDamaged: the store of one that has no copy is damaged.
        OSError: a base cannot be written.
    """
    known = {version.manifest.number: version for version in versions}
    copies = Copies(home, known, without=without)
    for number, version in sorted(known.items()):
        copy = next(copies.of(number), None)
        if copy is None or _is_outgrown(home, copy):
            try:
                _write_base(home, version)
            except (RuntimeError, ValueError) as fault:
                message = "its store cannot be read"
                raise VersionDamaged(number, message) from fault
            copies = Copies(home, known, without=without)


def keep_changes(home: Path, version: Version) -> None:
    """Keep what a version changed, which is about to be pruned."""
    if version.changes.exists():
        folder = home / "bases"
        folder.mkdir(exist_ok=True)
        place = folder / f"{version.manifest.number:06}-{version.manifest.parent or 0:06}.rdfp.gz"
        if not place.exists():
            os.link(version.changes, place)
            sync_tree(folder)


def drop_unneeded(home: Path, versions: Collection[Version]) -> None:
    """Remove the bases and changes from which nobody would rebuild one of the versions that are kept."""
    known = {version.manifest.number: version for version in versions}
    copies = Copies(home, known)
    needed: set[Path | None] = set()
    for number in known:
        copy = next(copies.of(number), None)
        if copy is not None:
            needed |= {copy.dump, *copy.changes}
    for path in (home / "bases").glob("*"):
        if path not in needed:
            path.unlink()


def _is_outgrown(home: Path, copy: Copy) -> bool:
    """Say whether the changes of versions that are gone weigh more than their base."""
    old = [path for path in copy.changes if path.parent == home / "bases"]
    size = sum(path.stat().st_size for path in old)
    base = copy.dump.stat().st_size if copy.dump else 0
    return len(old) > _MOST_LINKS or size > max(base, _LEAST_BYTES)


def _dumps(home: Path) -> dict[int, list[Path]]:
    """Return the N-Quads on disk by the version that they give: bases, then releases."""
    dumps: dict[int, list[Path]] = {}
    for path in sorted((home / "bases").glob("*.nq.gz")):
        dumps.setdefault(int(path.name.partition(".")[0]), []).append(path)
    for link in sorted((home / "releases").glob("[!.]*/version")):
        dump = link.parent / "dumps" / QUADS
        if link.is_symlink() and dump.exists():
            dumps.setdefault(int(link.readlink().name), []).append(dump)
    return dumps


def _links(home: Path, versions: Mapping[int, Version]) -> dict[int, tuple[int, Path]]:
    """Return by number the version that each version has changed, 0 for nothing, and the file that says how."""
    links = {}
    for path in (home / "bases").glob("*.rdfp.gz"):
        if match := _LINK.fullmatch(path.name):
            links[int(match[1])] = (int(match[2]), path)
    for number, version in versions.items():
        if (version.directory / CHANGES).exists():
            links[number] = (version.manifest.parent or 0, version.changes)
    return links


def _write_base(home: Path, version: Version) -> None:
    """Write a version as sorted N-Quads; equal content gives equal bytes."""
    number, scratch = version.manifest.number, home / "staging" / "base"
    scratch.mkdir(parents=True)
    extraction = Extraction(version, scratch)
    with LineSorter(scratch) as lines, File(scratch / f"{number:06}.nq.gz") as base:
        for graph in graphs_of(version.manifest):
            end = f" {term_of(graph)} .\n".encode() if graph else b" .\n"
            lines.extend(line[:-3] + end for line in read_lines(extraction.graph(graph)))
        for line in lines.lines():
            base.write(line)
    sync_tree(scratch)
    (home / "bases").mkdir(exist_ok=True)
    (scratch / f"{number:06}.nq.gz").replace(home / "bases" / f"{number:06}.nq.gz")
    sync_tree(home / "bases")
    shutil.rmtree(scratch)
