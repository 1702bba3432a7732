"""Versions in the making: where the next one is prepared, what it holds, and how it is published.

`graph.commits` and `graph.plain` fill the store; from the counts and the digest that they bring, the manifest is made.
"""

from __future__ import annotations

import gc
import importlib.metadata
import secrets
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph.changes import graph_key
from graph.locking import writing
from graph.manifests import MANIFEST, Manifest
from graph.terms import BESIDE_DATASET
from graph.versions import FIGURES, LINK, make_current, next_number, publish, search_files, store_files, version_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyoxigraph as ox

    from graph.versions import Origin, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a store holds, as a manifest says it."""

    triples: int
    graphs: dict[str, int]
    digest: str

    def grown(self, graph: str, count: int) -> Contents:
        """Return the same with some more quads in a graph."""
        if not count:
            return self
        graphs = self.graphs | {graph: self.graphs.get(graph, 0) + count}
        return replace(self, graphs=dict(sorted(graphs.items())))

    def is_like(self, other: Contents) -> bool:
        """Say whether the content is that of another version, however each came to be."""
        own, others = ({**each.graphs, **dict.fromkeys(BESIDE_DATASET, 0)} for each in (self, other))
        return (self.triples, own, self.digest) == (other.triples, others, other.digest)


def contents_in(store: ox.Store, counts: Mapping[str, int], digest: str) -> Contents:
    """Return what a store holds.

    Args:
        store: that knows which named graphs there are, empty ones among them.
        counts: of quads by graph, "" for the default graph.
        digest: of the quads; see `graph.digest`.
    """
    names = sorted(graph_key(graph) for graph in store.named_graphs())
    return Contents(triples=counts.get("", 0), graphs={name: counts.get(name, 0) for name in names}, digest=digest)


def contents_of(version: Version) -> Contents:
    """Return what a version holds, by its manifest."""
    manifest = version.manifest
    return Contents(triples=manifest.triples, graphs=manifest.graphs, digest=manifest.digest)


def new_staging(home: Path) -> Path:
    """Make the place where the next version is prepared, one that no store still open after a failure is at."""
    staging = home / "staging" / secrets.token_hex(4) / f"{next_number(home)[0]:06}"
    staging.mkdir(parents=True)
    return staging


def finish_first(home: Path) -> None:
    """Make the first version of a home current where its writer died just before that.

    Raises:
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    if _has_first_alone(home):
        with writing(home):
            if _has_first_alone(home):
                make_current(home, home / "versions" / f"{1:06}")


def _has_first_alone(home: Path) -> bool:
    manifest = home / "versions" / f"{1:06}" / MANIFEST
    return version_numbers(home) == [1] and manifest.exists() and not (home / LINK).is_symlink()


def publish_contents(  # noqa: PLR0913  (what a manifest is made of)
    home: Path,
    staging: Path,
    contents: Contents,
    origin: Origin,
    parent: Version | None,
    *,
    shared_with: Version | None = None,
) -> Version:
    """Make what stands in staging the current version; the caller holds the home's lock and nothing of the store.

    Args:
        home: of the dataset.
        staging: made by `new_staging`.
        contents: of its store.
        origin: of the version.
        parent: the version before, whose kind it keeps; None for the first version of a plain dataset.
        shared_with: the version whose files the store shares; None: its parent.
    """
    # An open store goes on writing and removing files, and cycles hold it: graphs of pySHACL, and the frames of errors
    # that rdflib's grammar keeps.
    gc.collect()
    if parent is not None and (parent.directory / FIGURES).exists():
        shutil.copyfile(parent.directory / FIGURES, staging / FIGURES)
    manifest = Manifest(
        number=int(staging.name),
        parent=parent.manifest.number if parent else None,
        created=origin.created.isoformat(timespec="seconds"),
        author=origin.author,
        message=origin.message,
        kind=parent.manifest.kind if parent else "plain",
        packaged=False,
        made_from=parent.manifest.made_from if parent else "",
        software=importlib.metadata.version("coorbit"),
        engine=importlib.metadata.version("pyoxigraph"),
        triples=contents.triples,
        graphs=contents.graphs,
        digest=contents.digest,
        files=store_files(staging / "store", parent=shared_with or parent),
        search=search_files(staging, parent=shared_with or parent),
    )
    return publish(home, staging, manifest)
