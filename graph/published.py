"""From files to a published version: read, derived, validated and written.

It stands apart from `graph.versions`, so that who reads or changes versions need not load what validates them.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from graph.build import Dataset, check, read_dataset
from graph.errors import NoVersion, WrongKind
from graph.resources import package_digest
from graph.store import graph_iri, write_store
from graph.versions import Manifest, Origin, Version, current, next_number, publish, store_files, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path


def build(home: Path, files: Sequence[Path] = (), *, now: datetime, author: str) -> tuple[Version, bool]:
    """Read, validate and publish the packaged graph, or the given files in its place.

    Returns:
        The version that now holds it, and whether it is new: a dataset equal to the current version's is not
        published again.

    Raises:
        TurtleError: a file does not parse.
        ValidationFailed: the graph does not conform.
        WrongKind: the home holds a plain dataset.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    dataset = read_dataset(files)
    with writing(home):
        with contextlib.suppress(NoVersion):
            version = current(home)
            if version.manifest.kind != "published":
                raise WrongKind(home, version.manifest.kind)
            if version.manifest.digest == dataset.digest:
                return version, False
        message = f"build from {', '.join(path.name for path in files)}" if files else "build of the packaged graph"
        origin = Origin(created=now, author=author, message=message)
        number, parent = next_number(home)
        staging = home / "staging" / f"{number:06}"
        with ThreadPoolExecutor(1) as beside:  # the engine writes while the shapes are checked
            written = beside.submit(_write, staging, dataset)
            report = check(dataset)
            written.result()
        (staging / "report.ttl").write_text(report.turtle(), encoding="utf-8")
        return publish(home, staging, _manifest(dataset, staging, origin, parent, packaged=not files)), True


def _write(staging: Path, dataset: Dataset) -> None:
    """Write the store of a version into staging."""
    staging.mkdir(parents=True)
    write_store(staging / "store", dataset.quads, dataset.triples)


def _manifest(dataset: Dataset, staging: Path, origin: Origin, parent: int | None, *, packaged: bool) -> Manifest:
    return Manifest(
        number=int(staging.name),
        parent=parent,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        packaged=packaged,
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=len(dataset.triples),
        graphs=dict(sorted(Counter(map(graph_iri, dataset.quads)).items())),
        digest=dataset.digest,
        files=store_files(staging / "store"),
        made_from=package_digest() if packaged else "",
    )
