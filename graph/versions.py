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
import logging
import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from graph.disk import sync, sync_tree
from graph.errors import HomeUnusable, NoVersion, VersionDamaged
from graph.manifests import StoreFile, manifest_files, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graph.manifests import Manifest

_log = logging.getLogger(__name__)

LINK: Final = "current"
"""The symbolic link to the current version, in the home."""

REPORT: Final = "report.ttl"
"""The validation report of a published dataset."""

CHANGES: Final = "changes.rdfp.gz"
"""What a version added and removed, in its directory; see `graph.patch`."""

FIGURES: Final = "figures.json"
"""What was counted last, in the directory of a version and among the files of a release; see `graph.figures`."""

DUMPS: Final = "dumps"
"""The folder of dumps in the directory of a version."""

DIGEST: Final = ".sha256"
"""What follows the name of a dump of a version in that of the file of its digest, as `sha256sum` writes it."""

_NOT_KEPT: Final = ("LOCK", "LOG", "LOG.old.*")  # the engine makes them anew, and no two versions share them


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
        return self.directory / DUMPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who makes a version, when and why; see `Manifest`."""

    created: datetime
    author: str
    message: str

    def after(self, parent: Version | None) -> Origin:
        """Return the same, not earlier than the version before, which others may have made meanwhile.

        Times of versions never go back, whatever the clock does: Memento rests on their order.
        """
        if parent is None:
            return self
        return replace(self, created=max(self.created, datetime.fromisoformat(parent.manifest.created)))


def current(home: Path) -> Version:
    """Return the version that the link `current` names now.

    Raises:
        NoVersion: the home has none.
        VersionDamaged: its manifest cannot be read, or nothing says which version it is.
        HomeUnusable: the home cannot be read.
    """
    try:
        directory = current_directory(home)
        if directory is None:
            raise no_current(home)
        return read_version(directory)
    except FileNotFoundError:
        return current(home)  # pruned this moment, since another has become current
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault


def current_directory(home: Path) -> Path | None:
    """Return the version directory that the link `current` leads to; None where it leads to none, or is no link.

    Raises:
        OSError: the home cannot be read.
    """
    link = home / LINK
    try:
        directory = link.resolve(strict=True)
    except FileNotFoundError:
        return None
    return directory if link.is_symlink() and directory.parent.name == "versions" else None


def no_current(home: Path) -> NoVersion | VersionDamaged:
    """Return the error of a home whose link `current` names no version.

    Where there is a first version alone, its writer died before it was done: a build goes on from there.
    """
    numbers = version_numbers(home)
    if numbers in ([], [1]):
        return NoVersion(home)
    return VersionDamaged(numbers[-1], "the link `current`, which says that a version is the current one, is lost")


def version_numbers(home: Path) -> list[int]:
    """Return the numbers of the version directories of a home in order, whatever is in them."""
    return sorted(int(path.name) for path in (home / "versions").glob("[0-9]*") if path.name.isdecimal())


def read_version(directory: Path) -> Version:
    """Read the manifest of a version directory.

    Raises:
        FileNotFoundError: there is no such directory.
        VersionDamaged: neither the manifest nor its copy is what was written.
    """
    return Version(directory=directory, manifest=read_manifest(directory))


def publish(home: Path, staging: Path, manifest: Manifest) -> Version:
    """Complete a version in staging, put it on disk, then give it its name and make it current.

    The caller holds the lock and has closed the store.
    """
    drop_passing_files(staging / "store")
    manifest = replace(manifest, beside=files_beside(staging))
    for name, content in manifest_files(manifest).items():
        (staging / name).write_bytes(content)
    sync_tree(staging)
    directory = home / "versions" / f"{manifest.number:06}"
    directory.parent.mkdir(exist_ok=True)
    (home / "releases").mkdir(exist_ok=True)  # so that a backup can name it
    staging.rename(directory)
    sync(directory.parent)
    make_current(home, directory)
    _log.info("published version=%d triples=%d", manifest.number, manifest.triples)
    return Version(directory=directory.resolve(), manifest=manifest)


def drop_passing_files(store: Path) -> None:
    """Remove those files of a closed store that are of no version."""
    for pattern in _NOT_KEPT:
        for path in store.glob(pattern):
            path.unlink()


def next_number(home: Path) -> tuple[int, int | None]:
    """Return the number of the next version and of its parent, the current one.

    A directory past the current version was published by a writer that died before it moved the link: its number is
    not used again.
    """
    try:
        parent: int | None = current(home).manifest.number
    except NoVersion:
        parent = None
    return max(version_numbers(home), default=0) + 1, parent


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


def make_current(home: Path, directory: Path) -> None:
    """Have the link `current` name a version, at once; the caller holds the lock."""
    link = home / "staging" / LINK
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(os.path.relpath(directory, home))
    link.replace(home / LINK)
    sync(home)
