"""What a release says of itself as RDF: VoID with counts, DCAT with its files.

Addresses are relative to the document, so that they hold on whatever host, and in whatever folder, the release lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.dcat import distribution, release_told, title
from graph.dump_files import TURTLE_12
from graph.figures import ENTITIES
from graph.statements import (
    DATASET,
    DCAT,
    DCTERMS,
    LICENCE,
    Statement,
    date_time,
    document,
    english,
    linked,
    typed,
)
from graph.terms import BESIDE_DATASET, PREFIXES, VOID
from graph.void import counts_told, graph_part, graphs_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from graph.dumps import Dumps
    from graph.manifests import Manifest
    from graph.releases import DumpFile

_HERE: Final = "http://release.invalid/dumps/name/"
"""Stands for the place of the documents while they are made; it is taken off before they are written."""

_PARTS: Final = _HERE + "void.ttl#"
_DATASET: Final = _PARTS + "dataset"
_RELEASE: Final = _HERE + "dcat.ttl#release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the documents tell of.

    Attributes:
        name: of the release.
        manifest: of its version.
        issued: when it was made.
        dumps: its dump files and figures.
        previous: name of the release before it; None for the first.
    """

    name: str
    manifest: Manifest
    issued: datetime
    dumps: Dumps
    previous: str | None


def void_turtle(release: Described) -> str:
    """Return the VoID description: counts of the merge, of each property and class, and of each graph; linksets."""
    return document([*_dataset(release), *_graphs(release)], here=_HERE)


def dcat_turtle(release: Described, files: Sequence[DumpFile]) -> str:
    """Return the DCAT 3 description of a release and its files."""
    manifest = release.manifest
    statements: list[Statement] = [
        *release_told(_RELEASE, release.name, release.issued.isoformat(timespec="seconds")),
        (_RELEASE, DCTERMS + "description", english(_digests_told(release.dumps))),
        (_RELEASE, DCTERMS + "modified", date_time(manifest.created)),
        linked(_RELEASE, PREFIXES["foaf"] + "primaryTopic", _DATASET),
    ]
    if manifest.made_from:
        statements.append(linked(_RELEASE, DCTERMS + "license", LICENCE))
    if manifest.kind == "published":
        statements.append(linked(_RELEASE, DCAT + "isVersionOf", DATASET))
    if release.previous:
        statements.append(linked(_RELEASE, DCAT + "previousVersion", f"{_HERE}../{release.previous}/dcat.ttl#release"))
    for file in files:
        statements += distribution(_RELEASE, _HERE, file)
    return document(statements, here=_HERE)


def _dataset(release: Described) -> Iterator[Statement]:
    manifest = release.manifest
    yield typed(_DATASET, VOID + "Dataset")
    yield _DATASET, DCTERMS + "title", english(title(manifest))
    yield _DATASET, PREFIXES["owl"] + "versionInfo", ox.Literal(release.name)
    yield _DATASET, DCTERMS + "modified", date_time(manifest.created)
    if manifest.made_from:
        yield linked(_DATASET, DCTERMS + "license", LICENCE)
    if manifest.kind == "published":
        yield _DATASET, VOID + "uriSpace", ox.Literal(ENTITIES)
    yield from counts_told(_DATASET, _PARTS, release.dumps.counted)
    for file in release.dumps.files:
        if file.graph is None and file.media_type != TURTLE_12:
            yield linked(_DATASET, VOID + "dataDump", _HERE + file.name)


def _graphs(release: Described) -> Iterator[Statement]:
    yield from graphs_told(_DATASET, _PARTS, release.dumps.counted.graphs)
    for file in release.dumps.files:
        if file.graph is not None and file.graph not in BESIDE_DATASET:
            yield linked(graph_part(_PARTS, file.graph), VOID + "dataDump", _HERE + file.name)


def _digests_told(dumps: Dumps) -> str:
    told = f"SHA-256 of all graphs as sorted N-Quads: {dumps.nquads_sha256}. "
    if dumps.canonical_sha256 is None:
        return told + "There is no RDFC-1.0 digest: the blank nodes are too many, or too entangled."
    return told + f"SHA-256 of all graphs in canonical form (RDFC-1.0): {dumps.canonical_sha256}."
