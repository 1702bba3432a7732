"""Damage: files of versions that are no longer what was written, and which versions share them.

Versions share files by hard links, so that one damaged file damages all of them. A file is read once, whichever of them
it is asked for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from graph.errors import ChangesUnreadable, NoVersion, VersionDamaged, VersionUnknown
from graph.patch import read_changes
from graph.releases import RECORD, SUMS, dumps_of
from graph.versions import CHANGES, MANIFEST_COPY, read_manifest_copy, read_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from graph.versions import StoreFile, Version

MANIFEST: Final = "manifest.json"
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
        file: its path below the directory of a version.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDamage:
    """A damaged file of a release.

    Attributes:
        release: name of the release.
        file: its path among the files of the release.
        why: what is wrong.
        sha256: of what was written; empty where nobody knows.
        is_current: whether the release gives the current version.
    """

    release: str
    file: str
    why: str
    sha256: str
    is_current: bool

    def text(self) -> str:
        """Say it, and how it is mended, in one line."""
        folder = f"releases/{self.release}"
        if self.is_current:
            how = f"remove {folder} and run coorbit release {self.release}: one version always gives the same dumps"
        elif self.sha256:
            how = f"put a copy with the SHA-256 {self.sha256} in its place, or remove {folder}"
        else:
            how = f"put a copy in its place, or remove {folder}"
        return f"{folder}/dumps/{self.file} {self.why}: {how}"


@dataclass(slots=True)
class _Files:
    """What the manifests say of one file on disk, and which versions have it; it is damaged if one of them is right."""

    path: Path
    told: StoreFile
    in_store: bool
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
    """Return how many bytes `find_damage` reads of stores and indexes, and `find_release_damage` of releases."""
    stores = sum(files.told.size for files in _files(_asked(readable_versions(home), number)).values())
    folders = (dumps_of(home, name) for name in _releases(home, number))
    return stores + sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


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
            name = files.path.relative_to(files.path.parents[1]).as_posix() if files.in_store else files.path.name
            versions_of = tuple(files.versions)
            found.append(
                Damage(file=name, why=why, versions=versions_of, in_store=files.in_store, in_search=not files.in_store)
            )
    return found


def find_release_damage(
    home: Path, number: int | None = None, *, advance: Advance = lambda _size: None
) -> list[ReleaseDamage]:
    """Return what is damaged of releases, by SHA256SUMS of each and by its record.

    Args:
        home: of the dataset.
        number: of the version whose releases to look at; None: all of them.
        advance: told of progress; see `work_of`.
    """
    damaged = []
    for name in _releases(home, number):
        folder = dumps_of(home, name)
        is_current = _version_of(home, name) == _current(home)
        sums = _sums(folder)
        for file, told in (sums or {SUMS: ""}).items():
            if not (why := _sum_fault(folder / file, told, advance)):
                continue
            if _is_recorded(folder, file):  # then it is the list that is damaged
                why = f"is not what was written: {file} is, and it says otherwise"
                found = ReleaseDamage(release=name, file=SUMS, why=why, sha256="", is_current=is_current)
            else:
                found = ReleaseDamage(release=name, file=file, why=why, sha256=told, is_current=is_current)
            damaged.append(found)
    return damaged


def _releases(home: Path, number: int | None) -> list[str]:
    """Return the names of the releases of a version, or of all."""
    names = sorted(path.parent.name for path in (home / "releases").glob("[!.]*/dumps"))
    return [name for name in names if number in {None, _version_of(home, name)}]


def _version_of(home: Path, release: str) -> int | None:
    link = home / "releases" / release / "version"
    return int(link.readlink().name) if link.is_symlink() else None


def _current(home: Path) -> int | None:
    link = home / "current"
    return int(link.readlink().name) if link.is_symlink() else None


def _sums(folder: Path) -> dict[str, str]:
    """Return the digests of a release's files by name; empty where the list cannot be read."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        return {}


def _is_recorded(folder: Path, name: str) -> bool:
    """Say whether a file is what the record of its release tells."""
    try:
        files = json.loads((folder / RECORD).read_bytes())["files"]
        return any(file["name"] == name and file["sha256"] == _digest(folder / name) for file in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _sum_fault(path: Path, told: str, advance: Advance) -> str:
    """Say what is wrong with a file of a release; empty where it is as it was written."""
    if not told:
        return "is missing or cannot be read"
    try:
        digest = _digest(path, advance)
    except FileNotFoundError:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    return "" if digest == told else "is not what was written (SHA-256)"


def _asked(versions: Mapping[int, Version], number: int | None) -> dict[int, Version]:
    return {each: version for each, version in versions.items() if number in {None, each}}


def _files(versions: Mapping[int, Version]) -> dict[tuple[object, ...], _Files]:
    """Return the files of stores and search indexes of versions, each once, whoever shares it."""
    files: dict[tuple[object, ...], _Files] = {}
    for number, version in versions.items():
        of_store = [_Files(version.store / told.name, told, in_store=True) for told in version.manifest.files]
        of_search = [_Files(version.directory / told.name, told, in_store=False) for told in version.manifest.search]
        for each in (*of_store, *of_search):
            try:
                status = each.path.stat()
                key: tuple[object, ...] = (status.st_dev, status.st_ino, each.told.sha256, each.told.size)
            except OSError:
                key = (each.path,)
            files.setdefault(key, each).versions.append(number)
    return files


def _fault(files: _Files, advance: Advance) -> str:
    """Say what is wrong with a file; empty where it is as it was written."""
    told = files.told
    try:
        size = files.path.stat().st_size
        digest = _digest(files.path, advance)
    except FileNotFoundError:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    if size != told.size:
        return f"has {size} bytes where its manifest says {told.size}"
    return "" if digest == told.sha256 else "is not what was written (SHA-256)"


def _digest(path: Path, advance: Advance = lambda _size: None) -> str:
    """Return the SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()


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
