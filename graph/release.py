"""Making a release: the current version as files under a name, beside the chain of versions.

It is made in HOME/releases/.making-*, which the next maker sweeps once this one is gone, and gets its name when all of
it is on disk. `graph.releases` reads what was made.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from graph.datasheet import Described, dcat_turtle, void_turtle
from graph.differences import write_differences
from graph.disk import put_in_place, sync, sync_tree
from graph.dump_files import TURTLE
from graph.dumps import write_current, write_dumps
from graph.errors import HomeUnusable, ReleaseDamaged, ReleaseRefused
from graph.kept import hold
from graph.outputs import File
from graph.releases import QUADS, RECORD, SUMS, DumpFile, Release, checked_name, dumps_of, releases
from graph.versions import DIGEST, FIGURES, current, read_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from graph.dumps import Advance, Dumps
    from graph.versions import Version

_log = logging.getLogger(__name__)


def make_release(home: Path, name: str, *, now: datetime, advance: Advance = lambda _statements: None) -> Release:
    """Write the current version as a release.

    Args:
        home: of the dataset; others may write to it meanwhile.
        name: such as 2026.12.
        now: when.
        advance: told of progress; see `graph.dumps.work_of`.

    Raises:
        NoVersion: the home holds no dataset.
        ReleaseRefused: the name is taken, or is no name.
        VersionDamaged: the store does not hold what its manifest says.
        ReleaseDamaged: the release before it cannot be read, so that nobody can say what has changed.
        HomeUnusable: the home cannot be written.
    """
    place = home / "releases" / checked_name(name)
    if place.exists():
        message = f"there is a release {name} already: releases are never changed, choose another name"
        raise ReleaseRefused(message)
    started = time.perf_counter()
    try:
        with _making(place.parent) as making, _held_current(home) as version:
            record = _write(making, version, name, now=now, advance=advance)
            sync_tree(making / name)
            (making / name / "version").symlink_to(f"../../versions/{version.directory.name}")
            sync(making / name)
            (making / name).rename(place)
            sync(place.parent)
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault
    seconds = time.perf_counter() - started
    _log.info("released name=%s version=%d quads=%d seconds=%.1f", name, record.version, record.quads, seconds)
    return record


def make_first_release(home: Path, *, now: datetime) -> Release | None:
    """Release the current version under the year and month, such as 2026.11, where there is no release yet."""
    return None if releases(home) else make_release(home, f"{now:%Y.%m}", now=now)


def write_current_dump(home: Path, directory: Path, name: str) -> None:
    """Write one of `graph.releases.CURRENT` into the folder `dumps` of a version; its name appears when it is whole.

    Args:
        home: of the version.
        directory: of the version, resolved.
        name: of the dump.

    Raises:
        VersionDamaged: the store does not hold what its manifest says.
        HomeUnusable: the home cannot be written.
    """
    version = read_version(directory)
    try:
        with _making(home / "releases") as making, hold(version.directory):
            digest = write_current(version, name, making / name, scratch=making)
            version.dumps.mkdir(exist_ok=True)
            put_in_place(version.dumps / f"{name}{DIGEST}", f"{digest}  {name}\n".encode())
            sync(making / name)
            (making / name).replace(version.dumps / name)
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault


@contextlib.contextmanager
def _held_current(home: Path) -> Iterator[Version]:
    """Hold the version that is current; one that is pruned this moment is current no longer."""
    while True:
        version = current(home)
        with contextlib.suppress(FileNotFoundError):
            holding = hold(version.directory)
            break
    with holding:
        yield version


@contextlib.contextmanager
def _making(folder: Path) -> Iterator[Path]:
    """Make a place for a release in the making, once those of makers that are gone are swept away."""
    folder.mkdir(parents=True, exist_ok=True)
    for litter in folder.glob(".making-*"):
        with contextlib.suppress(OSError), _locked(litter):
            shutil.rmtree(litter)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        with _locked(making):
            yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder.

    Raises:
        BlockingIOError: another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _write(making: Path, version: Version, name: str, *, now: datetime, advance: Advance) -> Release:
    """Write all files of a release into `making / name`."""
    home = making.parent.parent
    folder, scratch = making / name / "dumps", making / "scratch"
    folder.mkdir(parents=True)
    scratch.mkdir()
    dumps = write_dumps(version, folder, scratch=scratch, advance=advance)
    previous = next(iter(releases(home)), None)
    files = list(dumps.files)
    if previous is not None:
        files.append(_write_changes(dumps_of(home, previous.name), folder, previous.name))
    described = Described(
        name=name, manifest=version.manifest, issued=now, dumps=dumps, previous=previous.name if previous else None
    )
    files.append(_write_text(folder / FIGURES, dumps.counted.json(), "counts, as JSON"))
    files.append(_write_text(folder / "void.ttl", void_turtle(described), "counts, as VoID"))
    files.append(_write_text(folder / "dcat.ttl", dcat_turtle(described, files), "this list, as DCAT"))
    return _write_record(folder, described, dumps, files)


def _write_record(folder: Path, described: Described, dumps: Dumps, files: list[DumpFile]) -> Release:
    record = Release(
        name=described.name,
        version=described.manifest.number,
        issued=described.issued.isoformat(timespec="seconds"),
        previous=described.previous,
        triples=dumps.counted.figures.triples,
        quads=next(file.statements or 0 for file in files if file.name == QUADS),
        nquads_sha256=dumps.nquads_sha256,
        canonical_sha256=dumps.canonical_sha256,
        files=files,
    )
    text = json.dumps(asdict(record), indent=2) + "\n"
    own = _write_text(folder / RECORD, text, "this list, as JSON")
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in sorted([*files, own], key=lambda each: each.name))
    (folder / SUMS).write_text(sums, encoding="utf-8")
    return record


def _write_changes(before: Path, folder: Path, previous: str) -> DumpFile:
    name = "changes.rdfp.gz"
    with File(folder / name) as file:
        try:
            count = write_differences(before / QUADS, folder / QUADS, file)
        except (gzip.BadGzipFile, EOFError, FileNotFoundError, zlib.error) as fault:
            raise ReleaseDamaged(previous, QUADS) from fault
    return DumpFile(
        name=name,
        title=f"what was added and deleted since {previous}, as RDF Patch",
        media_type="application/rdf-patch",
        size=file.size,
        sha256=file.sha256,
        statements=count,
    )


def _write_text(path: Path, text: str, title: str) -> DumpFile:
    content = text.encode()
    path.write_bytes(content)
    return DumpFile(
        name=path.name,
        title=title,
        media_type="application/json" if path.suffix == ".json" else TURTLE,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
