"""From files to a published version: read, derived, validated and written.

It stands apart from `graph.versions`, so that who reads or changes versions need not load what validates them.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.activities import activities, activity_of, described, iso_time, tell, tell_past
from graph.build import Dataset, check, read_dataset
from graph.carried import written_by_commits
from graph.descriptions import Published, stored_quads
from graph.errors import NoVersion, WrongKind
from graph.locking import writing
from graph.manifests import Manifest
from graph.releases import releases
from graph.resources import package_digest
from graph.search_index import build_search, has_index
from graph.staging import finish_first
from graph.store import graph_iri, write_store
from graph.survey import survey
from graph.terms import DESCRIPTION_GRAPH, MADE_GRAPHS
from graph.versions import FIGURES, Origin, Version, current, next_number, publish, search_files, store_files
from graph.write_errors import VersionChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from graph.activities import Activity
    from graph.figures import Counted

_log = logging.getLogger(__name__)


def build(
    home: Path, files: Sequence[Path] = (), *, now: datetime, author: str, replace_all: bool = False
) -> tuple[Version, bool]:
    """Read, validate and publish the packaged graph, or the given files in its place.

    Graphs that commits have added to a packaged dataset stay beside the graphs of the package.

    Args:
        home: of the dataset.
        files: in place of the package's; empty: the packaged graph.
        now: when.
        author: who.
        replace_all: whether what commits have written leaves; what files bring always replaces everything.

    Returns:
        The version that now holds it, and whether it is new: a dataset equal to the current version's is not
        published again, unless that has no search index yet.

    Raises:
        TurtleError: a file does not parse.
        ValidationFailed: the graph does not conform.
        PackageConflict: commits have changed graphs of the package.
        WrongKind: the home holds a plain dataset.
        VersionChanged: a commit came meanwhile.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    began_s = time.perf_counter()
    made_from = "" if files else package_digest()
    finish_first(home)
    seen = _number_of_current(home)
    dataset = read_dataset(files, kept=() if files or replace_all else written_by_commits(home))
    with writing(home):
        before = None
        with contextlib.suppress(NoVersion):
            before = current(home)
            if before.manifest.kind != "published":
                raise WrongKind(home, before.manifest.kind)
            # Another package may have other rules for the same content.
            same = (before.manifest.digest, before.manifest.made_from) == (dataset.digest, made_from)
            if same and has_index(before.directory):
                return before, False
        if before is not None and before.manifest.number != seen:
            raise VersionChanged(before.manifest.number)
        message = f"build from {', '.join(path.name for path in files)}" if files else "build of the packaged graph"
        origin = Origin(created=now, author=author, message=message).after(before)
        number, parent = next_number(home)
        staging = home / "staging" / f"{number:06}"
        manifest = _manifest(dataset, origin, number, parent, made_from)
        staging.mkdir(parents=True)
        with ThreadPoolExecutor(2) as beside:  # the engine writes, and is counted, while the shapes are checked
            written = beside.submit(_write, staging, dataset, manifest)
            indexed = beside.submit(build_search, dataset.store, staging)
            report = check(dataset)
            counted = written.result()
            indexed.result()
        (staging / "report.ttl").write_text(report.turtle(), encoding="utf-8")
        about = Published(manifest=manifest, counted=counted, releases=releases(home))
        ended = now + timedelta(seconds=time.perf_counter() - began_s)
        count = _describe(staging, dataset, about, replace(activity_of(manifest), ended=iso_time(ended)), before)
        graphs = dict(sorted((manifest.graphs | {DESCRIPTION_GRAPH: count}).items()))
        store, search = store_files(staging / "store"), search_files(staging)
        return publish(home, staging, replace(manifest, graphs=graphs, files=store, search=search)), True


def _number_of_current(home: Path) -> int:
    """Return the number of the current version; 0 where there is none."""
    with contextlib.suppress(NoVersion):
        return current(home).manifest.number
    return 0


def _write(staging: Path, dataset: Dataset, manifest: Manifest) -> Counted:
    """Write the store of a version into staging, and what was counted in it."""
    write_store(staging / "store", dataset.quads, dataset.triples)
    store = ox.Store.read_only(str(staging / "store"))
    counted = survey(store, manifest.graphs, number=manifest.number, scratch=staging.parent)
    (staging / FIGURES).write_text(counted.json(), encoding="utf-8")
    return counted


def _describe(staging: Path, dataset: Dataset, about: Published, activity: Activity, before: Version | None) -> int:
    """Write the graph of descriptions; return how many quads it holds.

    It has the activities of the versions before, this one, and what the dataset is.
    """
    store = ox.Store(staging / "store")
    new = {quad for quad in dataset.quads if graph_iri(quad) not in MADE_GRAPHS}
    try:
        past, old = _read(before) if before else (set(), set())
        activity = replace(activity, added=len(new - old), removed=len(old - new))
        store.extend(past)
        if before is not None:
            tell_past(store, before)
    except (OSError, RuntimeError, ValueError) as fault:  # a damaged version is no reason not to build another
        _log.warning("the version before cannot be read why=%s", fault)
    tell(store, activity)
    store.extend(stored_quads(about))
    store.flush()
    return sum(1 for _ in described(store))


def _read(version: Version) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return the activities that a version tells of, and its content."""
    store, left_out = ox.Store.read_only(str(version.store)), MADE_GRAPHS | {""}
    return set(activities(store)), {quad for quad in store if graph_iri(quad) not in left_out}


def _manifest(dataset: Dataset, origin: Origin, number: int, parent: int | None, made_from: str) -> Manifest:
    """Return what is known before the store is complete."""
    return Manifest(
        number=number,
        parent=parent,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        packaged=bool(made_from),
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=len(dataset.triples),
        graphs=dict(sorted(Counter(map(graph_iri, dataset.quads)).items())),
        digest=dataset.digest,
        files=[],
        made_from=made_from,
    )
