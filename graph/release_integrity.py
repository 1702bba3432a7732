"""Damage to the files of releases: which are no longer what was written, and what to do about each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.integrity import file_digest
from graph.releases import QUADS, RECORD, SUMS, dumps_of
from graph.versions import LINK

if TYPE_CHECKING:
    from pathlib import Path

    from graph.integrity import Advance


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


def work_of_releases(home: Path, number: int | None = None) -> int:
    """Return how many bytes `find_release_damage` reads."""
    folders = (dumps_of(home, name) for name in _releases(home, number))
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


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


def damaged_dumps(home: Path) -> set[Path]:
    """Return the paths of releases' N-Quads that are not what was written, from which nothing can be rebuilt."""
    folders = [dumps_of(home, name) for name in _releases(home, None)]
    dumps = [(folder / QUADS, _sums(folder).get(QUADS, "")) for folder in folders]
    return {path for path, told in dumps if path.exists() and _sum_fault(path, told, lambda _size: None)}


def _releases(home: Path, number: int | None) -> list[str]:
    """Return the names of the releases of a version, or of all."""
    names = sorted(path.parent.name for path in (home / "releases").glob("[!.]*/dumps"))
    return [name for name in names if number in {None, _version_of(home, name)}]


def _version_of(home: Path, release: str) -> int | None:
    link = home / "releases" / release / "version"
    return int(link.readlink().name) if link.is_symlink() else None


def _current(home: Path) -> int | None:
    link = home / LINK
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
        return any(file["name"] == name and file["sha256"] == file_digest(folder / name) for file in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _sum_fault(path: Path, told: str, advance: Advance) -> str:
    """Say what is wrong with a file of a release; empty where it is as it was written."""
    if not told:
        return "is missing or cannot be read"
    try:
        digest = file_digest(path, advance)
    except FileNotFoundError:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    return "" if digest == told else "is not what was written (SHA-256)"
