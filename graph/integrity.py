"""Damage: files of versions that are no longer what was written, and which versions share them.

Versions share files by hard links, so that one damaged file damages all of them. A file is read once, whichever of them
it is asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from graph.digest import changed_digest, statement_sum
from graph.errors import ChangesUnreadable, FiguresUnreadable, NoVersion, VersionDamaged, VersionUnknown
from graph.figures import read_counted
from graph.manifests import MANIFEST, MANIFEST_COPY, manifest_fault, read_manifest_copy
from graph.patch import read_changes
from graph.versions import CHANGES, DIGEST, DUMPS, FIGURES, LINK, current_directory, read_version, version_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from graph.manifests import StoreFile
    from graph.versions import Version

COPIES: Final = "bases"
"""The folder of what a home keeps of versions beside their stores; see `graph.bases`."""

_PIECE: Final = 1 << 20
_SHOWN: Final = 10  # versions that one line names


class Advance(Protocol):
    """Is told of progress."""

    def __call__(self, size: int, /) -> object:
        """Take the number of bytes that were read since the last call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A damaged file.

    Attributes:
        file: its path below the directory of a version; of a copy (`graph.bases`) below the home.
        why: what is wrong.
        versions: numbers of those that have the file, in order.
        in_store: whether it is of the engine's files.
        in_search: whether it is of the search index, which can be made from the store.
    """

    file: str
    why: str
    versions: tuple[int, ...]
    in_store: bool
    in_search: bool = False

    def text(self) -> str:
        """Say it in one line."""
        numbers = [str(number) for number in self.versions]
        shown = ", ".join(numbers if len(numbers) <= _SHOWN else [*numbers[: _SHOWN - 2], "...", numbers[-1]])
        word = "version" if len(numbers) == 1 else "versions"
        return f"{self.file} {self.why}: {word} {shown}"


@dataclass(slots=True)
class _Files:
    """What the manifests say of one file on disk, and which versions have it; it is damaged if one of them is right."""

    path: Path
    told: StoreFile
    in_store: bool
    in_search: bool
    versions: list[int] = field(default_factory=list)


def version_folders(home: Path) -> dict[int, Path]:
    """Return the directories of the versions of a home by number, whatever is in them.

    Raises:
        NoVersion: there is none.
    """
    numbers, folder = version_numbers(home), (home / "versions").resolve()
    if not numbers:
        raise NoVersion(home)
    return {number: folder / f"{number:06}" for number in numbers}


def readable_versions(home: Path) -> dict[int, Version]:
    """Return the versions whose manifest can be read, by number; one with a good copy is read by that."""
    versions = {}
    for number, folder in version_folders(home).items():
        try:
            versions[number] = read_version(folder)
        except (FileNotFoundError, VersionDamaged):
            continue
    return versions


def work_of(home: Path, number: int | None = None) -> int:
    """Return how many bytes `find_damage` reads of stores, indexes and reports."""
    return sum(files.told.size for files in _files(_asked(readable_versions(home), number)).values())


def find_damage(home: Path, number: int | None = None, *, advance: Advance = lambda _size: None) -> list[Damage]:
    """Return what is damaged.

    Args:
        home: of the dataset.
        number: of the version to look at; None: all of them, and the copies of versions.
        advance: told of progress; see `work_of`.

    Raises:
        NoVersion: the home holds no version.
        VersionUnknown: it holds none of that number.
    """
    folders = version_folders(home)
    if number is not None and number not in folders:
        raise VersionUnknown(number, newest=max(folders))
    asked = folders if number is None else {number: folders[number]}
    versions = readable_versions(home)
    found = [damage for each, folder in asked.items() for damage in _around_store(each, folder, versions)]
    if number is None:
        found += [*_in_link(home, max(folders)), *_in_copies(home)]
    wanted = set(_files(_asked(versions, number)))
    for key, files in _files(versions).items():
        if key in wanted and (why := _fault(files, advance)):
            name = files.path.relative_to(files.path.parents[1]).as_posix() if files.in_store else files.path.name
            found.append(
                Damage(
                    file=name,
                    why=why,
                    versions=tuple(files.versions),
                    in_store=files.in_store,
                    in_search=files.in_search,
                )
            )
    return found


def _asked(versions: Mapping[int, Version], number: int | None) -> dict[int, Version]:
    return {each: version for each, version in versions.items() if number in {None, each}}


def _files(versions: Mapping[int, Version]) -> dict[tuple[object, ...], _Files]:
    """Return the files of stores, search indexes and reports of versions, each once, whoever shares it."""
    files: dict[tuple[object, ...], _Files] = {}
    for number, version in versions.items():
        for each in _files_of(version):
            try:
                status = each.path.stat()
                key: tuple[object, ...] = (status.st_dev, status.st_ino, each.told.sha256, each.told.size)
            except OSError:
                key = (each.path,)
            files.setdefault(key, each).versions.append(number)
    return files


def _files_of(version: Version) -> Iterator[_Files]:
    """Yield what the manifest of a version says of its files."""
    manifest, directory = version.manifest, version.directory
    for told in manifest.files:
        yield _Files(version.store / told.name, told, in_store=True, in_search=False)
    for told in manifest.search:
        yield _Files(directory / told.name, told, in_store=False, in_search=True)
    for told in manifest.beside:
        yield _Files(directory / told.name, told, in_store=False, in_search=False)


def _fault(files: _Files, advance: Advance) -> str:
    """Say what is wrong with a file; empty where it is as it was written."""
    told = files.told
    try:
        size = files.path.stat().st_size
        digest = file_digest(files.path, advance)
    except FileNotFoundError:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    if size != told.size:
        return f"has {size} bytes where its manifest says {told.size}"
    return "" if digest == told.sha256 else "is not what was written (SHA-256)"


def file_digest(path: Path, advance: Advance = lambda _size: None) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()


def _around_store(number: int, folder: Path, versions: Mapping[int, Version]) -> Iterable[Damage]:
    """Yield what is damaged in a version's directory beside its store."""
    why = manifest_fault(folder)
    if why:
        yield Damage(file=MANIFEST, why=why, versions=(number,), in_store=False)
    copy = folder / MANIFEST_COPY
    if copy.exists() and read_manifest_copy(folder) is None:
        why = "is not what was written (SHA-256)"
        yield Damage(file=MANIFEST_COPY, why=why, versions=(number,), in_store=False)
    if (folder / CHANGES).exists() and (why := _changes_fault(folder / CHANGES, number, versions)):
        yield Damage(file=CHANGES, why=why, versions=(number,), in_store=False)

    if (folder / FIGURES).exists():
        try:
            read_counted(folder / FIGURES)
        except FiguresUnreadable:
            yield Damage(file=FIGURES, why="is not what was written (SHA-256)", versions=(number,), in_store=False)
    for path in sorted((folder / DUMPS).glob(f"*{DIGEST}")):
        dump = path.with_suffix("")
        if dump.exists() and path.read_bytes().split(b" ")[0] != file_digest(dump).encode():
            file = f"{DUMPS}/{dump.name}"
            yield Damage(file=file, why="is not what was written (SHA-256)", versions=(number,), in_store=False)


def _changes_fault(path: Path, number: int, versions: Mapping[int, Version]) -> str:
    """Say what is wrong with what a version changed: it leads from the digest of the version before to its own."""
    total = 0
    try:
        for row in read_changes(path):
            total += statement_sum(str(row.quad)) * (1 if row.op == "A" else -1)
    except ChangesUnreadable:
        return "cannot be read"
    version = versions.get(number)
    parent = None if version is None else version.manifest.parent
    if version is None or (parent and parent not in versions):
        return ""  # nobody knows the one digest or the other
    before = versions[parent].manifest.digest if parent else "0"
    if changed_digest(before, total) == version.manifest.digest:
        return ""
    origin = f"version {parent}" if parent else "nothing"
    return f"does not lead from the content digest of {origin} to that of version {number}"


def _in_link(home: Path, newest: int) -> Iterable[Damage]:
    """Yield the link to the current version where it is lost."""
    link = home / LINK
    if current_directory(home) is None:
        why = f"leads to {link.readlink()}, which is no version" if link.is_symlink() else "is missing"
        why = "is no link to a version" if link.exists() and not link.is_symlink() else why
        yield Damage(file=LINK, why=why, versions=(newest,), in_store=False)


def _in_copies(home: Path) -> Iterable[Damage]:
    """Yield the copies of versions that cannot be read; each ends with a checksum of its own."""
    for path in sorted((home / COPIES).glob("[0-9]*.gz")):
        try:
            with gzip.open(path) as packed:
                while packed.read(_PIECE):
                    pass
        except (OSError, EOFError, zlib.error):
            number = int(re.split("[.-]", path.name)[0])
            yield Damage(file=f"{COPIES}/{path.name}", why="cannot be read", versions=(number,), in_store=False)
