"""Damage: files of versions that are no longer what was written, and which versions share them.

Versions share files by hard links, so that one damaged file damages all of them. A file is read once, whichever of them
it is asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from graph.errors import ChangesUnreadable, NoVersion, VersionDamaged, VersionUnknown
from graph.patch import read_changes
from graph.versions import CHANGES, MANIFEST_COPY, read_manifest_copy, read_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from graph.versions import StoreFile, Version

MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 20


class Advance(Protocol):
    """Is told of progress."""

    def __call__(self, size: int, /) -> object:
        """Take the number of bytes that were read since the last call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A damaged file.

    Attributes:
        file: its path below the directory of a version.
        why: what is wrong.
        versions: numbers of those that have the file, in order.
        in_store: whether it is of the engine's files.
    """

    file: str
    why: str
    versions: tuple[int, ...]
    in_store: bool

    def text(self) -> str:
        """Say it in one line."""
        numbers = [str(number) for number in self.versions]
        shown = ", ".join(numbers if len(numbers) <= 10 else [*numbers[:8], "...", numbers[-1]])  # noqa: PLR2004
        word = "version" if len(numbers) == 1 else "versions"
        return f"{self.file} {self.why}: {word} {shown}"


@dataclass(slots=True)
class _Files:
    """What the manifests say of one file on disk, and which versions have it; it is damaged if one of them is right."""

    path: Path
    told: StoreFile
    versions: list[int] = field(default_factory=list)


def version_folders(home: Path) -> dict[int, Path]:
    """Return the directories of the versions of a home by number, whatever is in them.

    Raises:
        NoVersion: there is none.
    """
    found = {int(path.name): path for path in (home / "versions").resolve().glob("[0-9]*") if path.name.isdecimal()}
    if not found:
        raise NoVersion(home)
    return dict(sorted(found.items()))


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
    """Return how many bytes `find_damage` reads of stores."""
    return sum(files.told.size for files in _files(_asked(readable_versions(home), number)).values())


def find_damage(home: Path, number: int | None = None, *, advance: Advance = lambda _size: None) -> list[Damage]:
    """Return what is damaged.

    Args:
        home: of the dataset.
        number: of the version to look at; None: all of them.
        advance: told of progress; see `work_of`.

    Raises:
        NoVersion: the home holds no version.
        VersionUnknown: it holds none of that number.
    """
    folders = version_folders(home)
    if number is not None and number not in folders:
        raise VersionUnknown(number, newest=max(folders))
    asked = folders if number is None else {number: folders[number]}
    found = [damage for each, folder in asked.items() for damage in _around_store(each, folder)]
    versions = readable_versions(home)
    wanted = set(_files(_asked(versions, number)))
    for key, files in _files(versions).items():
        if key in wanted and (why := _fault(files, advance)):
            name = files.path.relative_to(files.path.parents[1]).as_posix()
            found.append(Damage(file=name, why=why, versions=tuple(files.versions), in_store=True))
    return found


def _asked(versions: Mapping[int, Version], number: int | None) -> dict[int, Version]:
    return {each: version for each, version in versions.items() if number in {None, each}}


def _files(versions: Mapping[int, Version]) -> dict[tuple[object, ...], _Files]:
    """Return the store files of versions, each once, whoever shares it."""
    files: dict[tuple[object, ...], _Files] = {}
    for number, version in versions.items():
        for told in version.manifest.files:
            path = version.store / told.name
            try:
                status = path.stat()
                key: tuple[object, ...] = (status.st_dev, status.st_ino, told.sha256, told.size)
            except OSError:
                key = (path,)
            files.setdefault(key, _Files(path, told)).versions.append(number)
    return files


def _fault(files: _Files, advance: Advance) -> str:
    """Say what is wrong with a file; empty where it is as it was written."""
    told, digest, size = files.told, hashlib.sha256(), 0
    try:
        with files.path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                advance(len(piece))
    except FileNotFoundError:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    if size != told.size:
        return f"has {size} bytes where its manifest says {told.size}"
    return "" if digest.hexdigest() == told.sha256 else "is not what was written (SHA-256)"


def _around_store(number: int, folder: Path) -> Iterable[Damage]:
    """Yield what is damaged in a version's directory beside its store."""
    why = _manifest_fault(folder)
    if why:
        yield Damage(file=MANIFEST, why=why, versions=(number,), in_store=False)
    copy = folder / MANIFEST_COPY
    if copy.exists() and read_manifest_copy(folder) is None:
        why = "is not what was written (SHA-256)"
        yield Damage(file=MANIFEST_COPY, why=why, versions=(number,), in_store=False)
    if (folder / CHANGES).exists():
        try:
            for _ in read_changes(folder / CHANGES):
                pass
        except ChangesUnreadable:
            yield Damage(file=CHANGES, why="cannot be read", versions=(number,), in_store=False)


def _manifest_fault(folder: Path) -> str:
    try:
        version = read_version(folder)
    except FileNotFoundError:
        return "is missing"
    except VersionDamaged:
        return "cannot be read"
    copy = read_manifest_copy(folder)
    if copy is not None and copy != (folder / MANIFEST).read_bytes():
        return "is not what was written: it differs from its copy"
    if version.manifest.number != int(folder.name):
        return f"is of version {version.manifest.number}"
    return ""
