"""The releases of a home, as those see them who list, serve or keep them; `graph.release` makes them.

    HOME/releases/2026.12/
      version            -> ../../versions/000007   this version is never pruned
      dumps/             the files, release.json, SHA256SUMS

A release is never changed once it has its name.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import ReleaseDamaged, ReleaseRefused, ReleaseUnknown

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)

RECORD: Final = "release.json"
SUMS: Final = "SHA256SUMS"
CURRENT: Final = ("coorbit.ttl", "coorbit.trig")
"""What there is of the current version without a release: the merge of its graphs, and the graphs by name."""

QUADS: Final = "coorbit.nq.gz"
"""The whole dataset, from which a version can be rebuilt."""

LATEST: Final = "latest"
"""Stands for the newest release in an address, and so is no name of one."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpFile:
    """One file of a release.

    Attributes:
        name: path below the release.
        title: what it holds.
        media_type: of its content, once it is decompressed.
        size: in bytes, as it lies on disk.
        sha256: likewise.
        statements: how many triples or quads it holds; None where it describes the release.
        graph: name of the one graph that it holds; None for several or a merge.
    """

    name: str
    title: str
    media_type: str
    size: int
    sha256: str
    statements: int | None = None
    graph: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release, as its `release.json` says.

    Attributes:
        name: of the release.
        version: number of the version that it gives.
        issued: when it was made; UTC, ISO 8601.
        previous: name of the release before it; None for the first.
        triples: of the merge.
        quads: of all graphs that the dataset's dumps hold.
        nquads_sha256: see `graph.dumps.Dumps`.
        canonical_sha256: likewise.
        files: all but release.json and SHA256SUMS.
    """

    name: str
    version: int
    issued: str
    previous: str | None
    triples: int
    quads: int
    nquads_sha256: str
    canonical_sha256: str | None
    files: list[DumpFile]

    def serves(self, name: str) -> bool:
        """Say whether a file belongs to the release."""
        return name in {RECORD, SUMS} or self.file(name) is not None

    def file(self, name: str) -> DumpFile | None:
        """Return what is told of a file; None where nothing is."""
        return next((file for file in self.files if file.name == name), None)


def releases(home: Path) -> list[Release]:
    """Return the releases of a home, the newest first; one whose record is damaged is left out, with a warning."""
    found = []
    for path in (home / "releases").glob(f"[!.]*/dumps/{RECORD}"):
        try:
            found.append(_read(path))
        except ReleaseDamaged as error:
            _log.warning("a release is left out error=%s", error)
    return sorted(found, key=lambda each: (each.issued, each.name), reverse=True)


def latest_release(home: Path) -> Release:
    """Return the newest release.

    Raises:
        ReleaseUnknown: there is none.
    """
    for release in releases(home):
        return release
    message = "there is no release yet: make one with coorbit release NAME"
    raise ReleaseUnknown(message)


def find_release(home: Path, name: str) -> Release:
    """Return a release by its name.

    Raises:
        ReleaseUnknown: there is none of that name.
        ReleaseDamaged: its record cannot be read.
    """
    try:
        return _read(dumps_of(home, checked_name(name)) / RECORD)
    except (FileNotFoundError, ReleaseRefused) as fault:
        known = ", ".join(each.name for each in releases(home)) or "none yet"
        message = f"there is no release {name}; there are: {known}"
        raise ReleaseUnknown(message) from fault


def dumps_of(home: Path, name: str) -> Path:
    """Return the folder of a release's files."""
    return home / "releases" / name / "dumps"


def released_versions(home: Path) -> frozenset[int]:
    """Return the numbers of the versions that releases give; they are not pruned."""
    links = (home / "releases").glob("[!.]*/version")
    return frozenset(int(link.readlink().name) for link in links)


def checked_name(name: str) -> str:
    """Return a name that a release can have.

    Raises:
        ReleaseRefused: it is none.
    """
    if not _NAME.fullmatch(name) or name in {LATEST, *CURRENT}:
        message = f"{name!r} is no name of a release: take letters, digits, dots and dashes, such as 2026.12"
        raise ReleaseRefused(message)
    return name


def _read(path: Path) -> Release:
    """Read the record of a release.

    Raises:
        FileNotFoundError: there is none.
        ReleaseDamaged: it is not what it was.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        content = json.loads(text)
        content["files"] = [DumpFile(**entry) for entry in content["files"]]
        return Release(**content)
    except (ValueError, KeyError, TypeError) as fault:
        raise ReleaseDamaged(path.parent.parent.name, RECORD) from fault
