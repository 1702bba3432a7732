"""The chain of immutable versions under one home directory.

    HOME/
      current            -> versions/000001   symbolic link, replaced atomically
      versions/000001/   store/  dumps/  manifest.json  report.ttl
      staging/           versions in the making, swept by the next writer
      lock               one writer at a time, across processes

A write makes a new version or nothing: all files of a version are on disk before its name is.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import json
import logging
import os
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from graph.build import Dataset, check, read_dataset
from graph.errors import HomeBusy, HomeUnusable, NoVersion
from graph.store import graph_iri, write_dumps, write_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.report import Report

_log = logging.getLogger(__name__)

_LOCK_WAIT_S: Final = 30.0
_LOCK_STEP_S: Final = 0.1


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
        packaged: whether it was made from the packaged graph; one made from other files is not replaced by it.
        software: version of coorbit that made it.
        engine: version of pyoxigraph that wrote the store.
        triples: of the merged default graph.
        graphs: named graph IRI to its number of quads.
        digest: of the set of named-graph quads; see `graph.digest`.
        files: the store's files, by name.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version on disk: its directory, by resolved path, and its manifest."""

    directory: Path
    manifest: Manifest

    @property
    def store(self) -> Path:
        """The engine's files; open them read-only."""
        return self.directory / "store"

    @property
    def dumps(self) -> Path:
        """The folder of `coorbit.ttl` and `coorbit.trig`."""
        return self.directory / "dumps"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Who makes a version, when, why and from what; see `Manifest`."""

    created: datetime
    author: str
    message: str
    packaged: bool


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
    """
    content = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    content["files"] = [StoreFile(**entry) for entry in content["files"]]
    return Version(directory=directory, manifest=Manifest(**content))


def build(home: Path, files: Sequence[Path] = (), *, now: datetime, author: str) -> tuple[Version, bool]:
    """Read, validate and publish the packaged graph, or the given files in its place.

    Returns:
        The version that now holds it, and whether it is new: a dataset equal to the current version's is not
        published again.

    Raises:
        TurtleError: a file does not parse.
        ValidationFailed: the graph does not conform.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    dataset = read_dataset(files)
    with writing(home):
        with contextlib.suppress(NoVersion):
            version = current(home)
            if version.manifest.digest == dataset.digest:
                return version, False
        message = f"build from {', '.join(path.name for path in files)}" if files else "build of the packaged graph"
        origin = _Origin(created=now, author=author, message=message, packaged=not files)
        number, parent = _next_number(home)
        staging = home / "staging" / f"{number:06}"
        with ThreadPoolExecutor(1) as beside:  # the engine writes while the shapes are checked
            written = beside.submit(_write, staging, dataset)
            report = check(dataset)
            written.result()
        return _publish(home, staging, _manifest(dataset, staging, origin, number, parent), report), True


@contextlib.contextmanager
def writing(home: Path, *, wait_s: float = _LOCK_WAIT_S) -> Iterator[None]:
    """Hold the home's write lock and find its staging area empty; makes the home where there is none.

    Raises:
        HomeBusy: another process holds the lock for longer than `wait_s` seconds.
        HomeUnusable: the home cannot be written.
    """
    deadline = time.monotonic() + wait_s
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock_file = (home / "lock").open("a")
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault
    with lock_file as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as fault:
                if time.monotonic() >= deadline:
                    raise HomeBusy(home, wait_s) from fault
                time.sleep(_LOCK_STEP_S)
        _sweep(home)
        try:
            yield
        finally:
            _sweep(home)


def _sweep(home: Path) -> None:
    """Remove what an unfinished write has left."""
    if (home / "staging").exists():
        shutil.rmtree(home / "staging")


def _write(staging: Path, dataset: Dataset) -> None:
    """Write store and dumps of a version into staging."""
    (staging / "dumps").mkdir(parents=True)
    write_store(staging / "store", dataset.quads, dataset.triples)
    write_dumps(staging / "dumps", dataset.quads, dataset.store)


def _manifest(dataset: Dataset, staging: Path, origin: _Origin, number: int, parent: int | None) -> Manifest:
    return Manifest(
        number=number,
        parent=parent,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        packaged=origin.packaged,
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=len(dataset.triples),
        graphs=dict(sorted(Counter(map(graph_iri, dataset.quads)).items())),
        digest=dataset.digest,
        files=_store_files(staging / "store"),
    )


def _publish(home: Path, staging: Path, manifest: Manifest, report: Report) -> Version:
    """Complete a version in staging, put it on disk, then give it its name and make it current."""
    (staging / "report.ttl").write_text(report.turtle(), encoding="utf-8")
    (staging / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    _sync(staging)
    directory = home / "versions" / f"{manifest.number:06}"
    directory.parent.mkdir(exist_ok=True)
    staging.rename(directory)
    _sync_directory(directory.parent)
    _make_current(home, directory)
    _log.info("published version=%d triples=%d", manifest.number, manifest.triples)
    return Version(directory=directory.resolve(), manifest=manifest)


def _next_number(home: Path) -> tuple[int, int | None]:
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


def _store_files(store: Path) -> list[StoreFile]:
    return [
        StoreFile(name=path.name, size=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(store.iterdir())
        if path.is_file() and path.name not in {"LOCK", "LOG"}
    ]


def _make_current(home: Path, directory: Path) -> None:
    link = home / "staging" / "current"
    link.symlink_to(os.path.relpath(directory, home))
    link.replace(home / "current")
    _sync_directory(home)


def _sync(directory: Path) -> None:
    for path in directory.rglob("*"):
        _sync_directory(path)
    _sync_directory(directory)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
