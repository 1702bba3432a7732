"""The chain of immutable versions under one home directory.

    HOME/
      current            -> versions/000001   symbolic link, replaced atomically
      versions/000001/   store/  manifest.json  manifest.copy  changes.rdfp.gz (against the parent; a version
                         that was built lacks it); of a published dataset also report.ttl, figures.json
                         (`graph.figures`) and search.sqlite (`graph.search_index`); dumps/ once they are asked for
      bases/             see `graph.bases`
      releases/          see `graph.releases`
      staging/           versions in the making, swept by the next writer; see `graph.locking`
      validating/        graphs that are checked and not stored; see `service.scratch`
      lock, lock.next    one writer at a time, across processes, and the one that comes next

A write makes a new version or nothing: all files of a version are on disk before its name is. What a version is made
of is decided by `graph.published`, `graph.plain` and `graph.commits`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from graph.errors import HomeUnusable, NoVersion, VersionDamaged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

_log = logging.getLogger(__name__)

REPORT: Final = "report.ttl"
"""The validation report of a published dataset."""

CHANGES: Final = "changes.rdfp.gz"
"""What a version added and removed, in its directory; see `graph.patch`."""

FIGURES: Final = "figures.json"
"""What was counted last, in the directory of a version and among the files of a release; see `graph.figures`."""

MANIFEST_COPY: Final = "manifest.copy"
"""The SHA-256 of the manifest, a line feed, and the manifest again."""

_NOT_KEPT: Final = ("LOCK", "LOG", "LOG.old.*")  # the engine makes them anew, and no two versions share them

Kind = Literal["published", "plain"]
"""Published: named graphs, their merge and shapes. Plain: whatever was written, as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """One file of the store: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a version says of itself in `manifest.json`.

    Attributes:
        number: 1 for the first version of a home.
        parent: the number of the version before, None for the first.
        created: UTC, ISO 8601.
        author: who made it.
        message: why.
        kind: of the dataset, the same in all versions of a home; see `Kind`.
        packaged: whether it is what the package makes; after a commit it is not.
        software: version of coorbit that made it.
        engine: version of pyoxigraph that wrote the store.
        triples: of the default graph.
        graphs: named graph IRI to its number of quads; an empty graph that the engine keeps has 0.
        digest: of the set of named-graph quads, in a plain dataset of all quads; see `graph.digest`.
        files: the store's files, by name.
        made_from: `graph.resources.package_digest` of the package that it, or what commits have changed since, was made
            from; empty for another origin.
        store: name of the folder of the engine's files; a repair makes another, so that no reader finds one file in
            place of another.
        search: the files of the search index, by name; a plain dataset has none.
        beside: the report of a published dataset; versions of older software have none here.
    """

    number: int
    parent: int | None
    created: str
    author: str
    message: str
    packaged: bool
    software: str
    engine: str
    triples: int
    graphs: dict[str, int]
    digest: str
    files: list[StoreFile]
    kind: Kind = "published"
    made_from: str = ""
    store: str = "store"
    search: list[StoreFile] = field(default_factory=list)
    beside: list[StoreFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version on disk: its directory, by resolved path, and its manifest."""

    directory: Path
    manifest: Manifest

    @property
    def store(self) -> Path:
        """The engine's files; open them read-only."""
        return self.directory / self.manifest.store

    @property
    def changes(self) -> Path:
        """The quads that it added to its parent, or to nothing, and removed: a compressed RDF Patch."""
        return self.directory / CHANGES

    @property
    def dumps(self) -> Path:
        """The folder of `coorbit.ttl` and `coorbit.trig`, each written when it is first asked for."""
        return self.directory / "dumps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who makes a version, when and why; see `Manifest`."""

    created: datetime
    author: str
    message: str


def current(home: Path) -> Version:
    """Return the version that the link `current` names now.

    Raises:
        NoVersion: the home has none.
    """
    try:
        return read_version((home / "current").resolve(strict=True))
    except FileNotFoundError as fault:
        raise NoVersion(home) from fault
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault


def read_version(directory: Path) -> Version:
    """Read the manifest of a version directory.

    Raises:
        FileNotFoundError: there is none.
        VersionDamaged: it is not what was written.
    """
    text = (directory / "manifest.json").read_bytes()
    try:
        return Version(directory=directory, manifest=_manifest(text))
    except (ValueError, KeyError, TypeError) as fault:
        raise VersionDamaged(_number(directory), f"manifest.json cannot be read ({fault})") from fault


def read_manifest_copy(directory: Path) -> bytes | None:
    """Return the text of a version's manifest by the copy that is kept beside it; None where there is no good one."""
    try:
        digest, _, text = (directory / MANIFEST_COPY).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    return text if hashlib.sha256(text).hexdigest().encode() == digest else None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write a manifest and its copy, each in place of what is there at once; a reader finds the one or the other."""
    for name, content in _manifest_files(manifest).items():
        put_in_place(directory / name, content)


def _manifest_files(manifest: Manifest) -> dict[str, bytes]:
    text = (json.dumps(asdict(manifest), indent=2) + "\n").encode()
    return {MANIFEST_COPY: hashlib.sha256(text).hexdigest().encode() + b"\n" + text, "manifest.json": text}


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file in place of the one that has its name, if there is one; it is on disk before it has the name."""
    unnamed = path.with_name(f".{path.name}.new")
    unnamed.write_bytes(content)
    _sync_directory(unnamed)
    unnamed.replace(path)
    _sync_directory(path.parent)


def _manifest(text: bytes) -> Manifest:
    content = json.loads(text)
    for name in ("files", "search", "beside"):
        content[name] = [StoreFile(**entry) for entry in content.get(name, [])]
    return Manifest(**content)


def _number(directory: Path) -> int:
    return int(directory.name) if directory.name.isdecimal() else 0


def publish(home: Path, staging: Path, manifest: Manifest) -> Version:
    """Complete a version in staging, put it on disk, then give it its name and make it current.

    The caller holds the lock and has closed the store.
    """
    for pattern in _NOT_KEPT:
        for path in (staging / "store").glob(pattern):
            path.unlink()
    manifest = replace(manifest, beside=files_beside(staging))
    for name, content in _manifest_files(manifest).items():
        (staging / name).write_bytes(content)
    sync_tree(staging)
    directory = home / "versions" / f"{manifest.number:06}"
    directory.parent.mkdir(exist_ok=True)
    (home / "releases").mkdir(exist_ok=True)  # so that a backup can name it
    staging.rename(directory)
    _sync_directory(directory.parent)
    _make_current(home, directory)
    _log.info("published version=%d triples=%d", manifest.number, manifest.triples)
    return Version(directory=directory.resolve(), manifest=manifest)


def next_number(home: Path) -> tuple[int, int | None]:
    """Return the number of the next version and of its parent, the current one.

    A directory past the current version was published by a writer that died before it moved the link: its number is
    not used again.
    """
    taken = [int(path.name) for path in (home / "versions").glob("[0-9]" * 6)]
    try:
        parent: int | None = current(home).manifest.number
    except NoVersion:
        parent = None
    return max(taken, default=0) + 1, parent


def store_files(store: Path, *, parent: Version | None = None) -> list[StoreFile]:
    """Return the files of a store by name; what is one file with the parent's is not read again."""
    kept = [path for path in store.iterdir() if not any(path.match(pattern) for pattern in _NOT_KEPT)]
    return _told(kept, parent.store if parent else store, parent.manifest.files if parent else ())


def search_files(directory: Path, *, parent: Version | None = None) -> list[StoreFile]:
    """Return the files of the search index in a version's directory, likewise; none where it has no index."""
    kept = list(directory.glob("search*.sqlite"))
    return _told(kept, parent.directory if parent else directory, parent.manifest.search if parent else ())


def files_beside(directory: Path) -> list[StoreFile]:
    """Return the files of a version's directory that belong to neither."""
    return _told(directory.glob(REPORT), directory, ())


def _told(paths: Iterable[Path], shared_with: Path, known: Iterable[StoreFile]) -> list[StoreFile]:
    """Return what a manifest says of files; what is one file with a known one in another directory is not read."""
    entries = {entry.name: entry for entry in known}
    files = []
    for path in sorted(paths):
        entry = entries.get(path.name)
        if entry is None or not _same_file(path, shared_with / path.name):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            entry = StoreFile(name=path.name, size=path.stat().st_size, sha256=digest)
        files.append(entry)
    return files


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False


def _make_current(home: Path, directory: Path) -> None:
    link = home / "staging" / "current"
    link.symlink_to(os.path.relpath(directory, home))
    link.replace(home / "current")
    _sync_directory(home)


def sync_tree(directory: Path) -> None:
    """Have a directory and all below it on disk."""
    for path in directory.rglob("*"):
        _sync_directory(path)
    _sync_directory(directory)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
