"""What a release says of itself as RDF: VoID with counts, DCAT with its files.

Addresses are relative to the document, so that they hold on whatever host, and in whatever folder, the release lies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.dumps import TURTLE_12, slug
from graph.terms import BASE, PREFIXES, RDF, XSD
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from graph.dumps import Dumps
    from graph.releases import DumpFile
    from graph.versions import Manifest

_HERE: Final = "http://release.invalid/dumps/name/"
"""Stands for the place of the documents while they are made; it is taken off before they are written."""

_VOID: Final = "http://rdfs.org/ns/void#"
_SPDX: Final = "http://spdx.org/rdf/terms#"
_DCAT: Final = PREFIXES["dcat"]
_DCTERMS: Final = PREFIXES["dcterms"]
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_RDF_12: Final = "https://www.w3.org/TR/rdf12-turtle/"
_DATASET: Final = _HERE + "void.ttl#dataset"
_RELEASE: Final = _HERE + "dcat.ttl#release"
_OWN: Final = {"void": _VOID, "spdx": _SPDX}

_Statement = tuple[str, str, ox.NamedNode | ox.Literal]


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
    """Return the VoID description: counts of the merge, of each property and class, and of each graph."""
    return _document([*_dataset(release), *_partitions(release), *_subsets(release.dumps.files)])


def dcat_turtle(release: Described, files: Sequence[DumpFile]) -> str:
    """Return the DCAT 3 description of a release and its files."""
    manifest, dumps = release.manifest, release.dumps
    statements: list[_Statement] = [
        (_RELEASE, RDF + "type", ox.NamedNode(_DCAT + "Dataset")),
        (_RELEASE, _DCTERMS + "title", _english(_title(manifest))),
        (_RELEASE, _DCTERMS + "description", _english(_digests_told(dumps))),
        (_RELEASE, _DCAT + "version", ox.Literal(release.name)),
        (_RELEASE, _DCTERMS + "issued", _date_time(release.issued.isoformat(timespec="seconds"))),
        (_RELEASE, _DCTERMS + "modified", _date_time(manifest.created)),
        (_RELEASE, PREFIXES["foaf"] + "primaryTopic", ox.NamedNode(_DATASET)),
    ]
    if manifest.packaged:
        statements.append((_RELEASE, _DCTERMS + "license", ox.NamedNode(_LICENCE)))
    if release.previous:
        before = ox.NamedNode(f"{_HERE}../{release.previous}/dcat.ttl#release")
        statements.append((_RELEASE, _DCAT + "previousVersion", before))
    for file in files:
        statements += _distribution(file)
    return _document(statements)


def _dataset(release: Described) -> Iterator[_Statement]:
    figures, manifest = release.dumps.figures, release.manifest
    yield _DATASET, RDF + "type", ox.NamedNode(_VOID + "Dataset")
    yield _DATASET, _DCTERMS + "title", _english(_title(manifest))
    yield _DATASET, PREFIXES["owl"] + "versionInfo", ox.Literal(release.name)
    yield _DATASET, _DCTERMS + "modified", _date_time(manifest.created)
    if manifest.packaged:
        yield _DATASET, _DCTERMS + "license", ox.NamedNode(_LICENCE)
    if manifest.kind == "published":
        yield _DATASET, _VOID + "uriSpace", ox.Literal(BASE + "id/")
    for name, count in (
        ("triples", figures.triples),
        ("distinctSubjects", figures.subjects),
        ("distinctObjects", figures.objects),
        ("properties", len(figures.properties)),
        ("classes", len(figures.classes)),
    ):
        yield _DATASET, _VOID + name, ox.Literal(count)
    for file in release.dumps.files:
        if file.graph is None and file.media_type != TURTLE_12:
            yield _DATASET, _VOID + "dataDump", ox.NamedNode(_HERE + file.name)


def _partitions(release: Described) -> Iterator[_Statement]:
    figures = release.dumps.figures
    for iri, count in figures.classes.items():
        part = _part("class", iri)
        yield _DATASET, _VOID + "classPartition", part
        yield part.value, _VOID + "class", ox.NamedNode(iri)
        yield part.value, _VOID + "entities", ox.Literal(count)
    for iri, count in figures.properties.items():
        part = _part("property", iri)
        yield _DATASET, _VOID + "propertyPartition", part
        yield part.value, _VOID + "property", ox.NamedNode(iri)
        yield part.value, _VOID + "triples", ox.Literal(count)
        yield part.value, _VOID + "distinctSubjects", ox.Literal(figures.property_subjects[iri])


def _subsets(files: Sequence[DumpFile]) -> Iterator[_Statement]:
    for file in files:
        if file.graph is None:
            continue
        part = ox.NamedNode(f"{_HERE}void.ttl#graph-{slug(file.graph)}")
        yield _DATASET, _VOID + "subset", part
        yield part.value, RDF + "type", ox.NamedNode(_VOID + "Dataset")
        yield part.value, _DCTERMS + "identifier", ox.Literal(file.graph)
        yield part.value, _VOID + "triples", ox.Literal(file.statements or 0)
        yield part.value, _VOID + "dataDump", ox.NamedNode(_HERE + file.name)


def _distribution(file: DumpFile) -> Iterator[_Statement]:
    key = file.name.replace("/", "-")
    node, checksum = f"{_HERE}dcat.ttl#{key}", f"{_HERE}dcat.ttl#sha256-{key}"
    media_type = file.media_type.partition(";")[0]
    yield _RELEASE, _DCAT + "distribution", ox.NamedNode(node)
    yield node, RDF + "type", ox.NamedNode(_DCAT + "Distribution")
    yield node, _DCTERMS + "title", _english(file.title if file.graph is None else f"{file.title}: {file.graph}")
    yield node, _DCAT + "downloadURL", ox.NamedNode(_HERE + file.name)
    yield node, _DCAT + "mediaType", ox.NamedNode(_MEDIA + media_type)
    yield node, _DCAT + "byteSize", ox.Literal(file.size)
    if file.name.endswith(".gz"):
        yield node, _DCAT + "compressFormat", ox.NamedNode(_MEDIA + "application/gzip")
    if file.media_type == TURTLE_12:
        yield node, _DCTERMS + "conformsTo", ox.NamedNode(_RDF_12)
    yield node, _SPDX + "checksum", ox.NamedNode(checksum)
    yield checksum, RDF + "type", ox.NamedNode(_SPDX + "Checksum")
    yield checksum, _SPDX + "algorithm", ox.NamedNode(_SPDX + "checksumAlgorithm_sha256")
    yield checksum, _SPDX + "checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary"))


def _title(manifest: Manifest) -> str:
    return "Coorbit, the graph of international space cooperation" if manifest.packaged else "A dataset"


def _digests_told(dumps: Dumps) -> str:
    told = f"SHA-256 of all graphs as sorted N-Quads: {dumps.nquads_sha256}. "
    if dumps.canonical_sha256 is None:
        return told + "There is no RDFC-1.0 digest: the blank nodes are too many, or too entangled."
    return told + f"SHA-256 of all graphs in canonical form (RDFC-1.0): {dumps.canonical_sha256}."


def _document(statements: Sequence[_Statement]) -> str:
    triples = [ox.Triple(ox.NamedNode(subject), ox.NamedNode(name), value) for subject, name, value in statements]
    prefixes: Mapping[str, str] = {**PREFIXES, **_OWN}
    return canonical_turtle(triples, prefixes=prefixes).replace(f"<{_HERE}", "<")


def _part(kind: str, iri: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_HERE}void.ttl#{kind}-{hashlib.sha256(iri.encode()).hexdigest()[:12]}")


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _date_time(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "dateTime"))
