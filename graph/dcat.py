"""DCAT 3: where a dataset comes from, its versions, and the files and services that give it.

https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from graph.dump_files import TURTLE_12
from graph.releases import CURRENT
from graph.statements import (
    DCAT,
    DCTERMS,
    LICENCE,
    SPDX,
    counted,
    date_time,
    english,
    linked,
    publisher_told,
    typed,
)
from graph.terms import PREFIXES, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.manifests import Manifest
    from graph.releases import DumpFile, Release
    from graph.statements import Statement

_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_RDF_12: Final = "https://www.w3.org/TR/rdf12-turtle/"
_W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMATS: Final = {
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}
"""Media type to the W3C's name of the format."""

_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_RECONCILIATION: Final = (
    "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/",
    "https://reconciliation-api.github.io/specs/1.0-draft/",
)
_CURRENT_TYPES: Final = {"coorbit.ttl": "text/turtle", "coorbit.trig": "application/trig"}
_CURRENT_TOLD: Final = {
    "coorbit.ttl": "the current version: its graphs merged, as Turtle",
    "coorbit.trig": "the current version: each of its graphs, as TriG",
}


class _Service(NamedTuple):
    """A way to ask: its name in the catalogue, title, path, where it is described, and what it conforms to."""

    name: str
    title: str
    path: str
    description: str
    standards: tuple[str, ...] = ()


_SERVICES: Final = (
    _Service("service", "SPARQL endpoint", "sparql", "sparql", (_PROTOCOL,)),
    _Service("reconciliation", "Reconciliation: names to things", "reconcile", "reconcile", _RECONCILIATION),
    _Service("search", "Search by name or identifier", "search", "openapi.json"),
)
"""What a service offers to ask; a plain dataset has the first alone, as it has no index."""


def catalogue_told(site: str, dataset: str, manifest: Manifest, *, is_current: bool) -> Iterator[Statement]:
    """Tell of the dataset, of the service that answers from it, and of the catalogue that lists both.

    Args:
        site: address of the service, with a slash at its end.
        dataset: IRI of the dataset.
        manifest: of the version.
        is_current: whether it is told of as the current one, which has dumps of its own.
    """
    catalogue = f"{site}dcat#catalogue"
    yield typed(catalogue, DCAT + "Catalog")
    yield catalogue, DCTERMS + "title", english("What this service publishes")
    yield catalogue, DCTERMS + "description", english("A dataset, its versions and dumps, and the services that answer")
    yield linked(catalogue, DCAT + "dataset", dataset)
    yield linked(catalogue, PREFIXES["foaf"] + "homepage", site)
    if manifest.made_from:
        yield from publisher_told(catalogue)
    for service in _SERVICES if manifest.kind == "published" else _SERVICES[:1]:
        yield linked(catalogue, DCAT + "service", f"{site}dcat#{service.name}")
        yield from _service_told(site, dataset, service)
    yield from dataset_told(dataset, manifest)
    yield linked(dataset, DCAT + "landingPage", site)
    for name in CURRENT if is_current else ():
        node = f"{site}dcat#{name}"
        yield linked(dataset, DCAT + "distribution", node)
        yield typed(node, DCAT + "Distribution")
        yield node, DCTERMS + "title", english(_CURRENT_TOLD[name])
        yield linked(node, DCAT + "accessURL", f"{site}dumps/{name}")
        yield linked(node, DCAT + "downloadURL", f"{site}dumps/{name}")
        yield from _format_told(node, _CURRENT_TYPES[name])
        yield linked(node, DCAT + "accessService", f"{site}dcat#{_SERVICES[0].name}")


def _service_told(site: str, dataset: str, service: _Service) -> Iterator[Statement]:
    node = f"{site}dcat#{service.name}"
    yield typed(node, DCAT + "DataService")
    yield node, DCTERMS + "title", english(service.title)
    yield linked(node, DCAT + "endpointURL", site + service.path)
    yield linked(node, DCAT + "endpointDescription", site + service.description)
    for standard in service.standards:
        yield linked(node, DCTERMS + "conformsTo", standard)
    yield linked(node, DCAT + "servesDataset", dataset)


def _format_told(node: str, media_type: str) -> Iterator[Statement]:
    plain = media_type.partition(";")[0]
    yield linked(node, DCAT + "mediaType", _MEDIA + plain)
    if plain in _FORMATS:
        yield linked(node, DCTERMS + "format", _W3C_FORMATS + _FORMATS[plain])


def dataset_told(dataset: str, manifest: Manifest) -> Iterator[Statement]:
    """Tell what a dataset is, whatever its version."""
    yield typed(dataset, DCAT + "Dataset")
    yield dataset, DCTERMS + "title", english(title(manifest))
    yield dataset, DCTERMS + "description", english(told(manifest))
    if manifest.made_from:
        yield linked(dataset, DCTERMS + "license", LICENCE)
        yield from publisher_told(dataset)


def version_told(dataset: str, version: str, manifest: Manifest, parent: str | None) -> Iterator[Statement]:
    """Tell which version of a dataset is the current one, and of which it is a revision."""
    yield dataset, DCAT + "version", ox.Literal(str(manifest.number))
    yield dataset, DCTERMS + "modified", date_time(manifest.created)
    yield linked(dataset, DCAT + "hasCurrentVersion", version)
    yield from one_version_told(dataset, version, manifest, parent)


def one_version_told(dataset: str, version: str, manifest: Manifest, parent: str | None) -> Iterator[Statement]:
    """Tell of a version of a dataset, whether it is the current one or not."""
    yield linked(dataset, DCAT + "hasVersion", version)
    yield typed(version, DCAT + "Dataset")
    yield version, DCTERMS + "title", english(f"{title(manifest)}: version {manifest.number}")
    yield version, DCAT + "version", ox.Literal(str(manifest.number))
    yield version, DCTERMS + "issued", date_time(manifest.created)
    yield linked(version, DCAT + "isVersionOf", dataset)
    if parent is not None:
        yield linked(version, DCAT + "previousVersion", parent)


def releases_told(site: str, dataset: str, found: Sequence[Release]) -> Iterator[Statement]:
    """Tell of the releases, the newest first: of that one every file, of the others where they are told."""
    for place, release in enumerate(found):
        folder = f"{site}dumps/{release.name}/"
        node = f"{folder}dcat.ttl#release"
        yield linked(dataset, DCAT + "hasVersion", node)
        yield from release_told(node, release.name, release.issued)
        yield linked(node, DCAT + "isVersionOf", dataset)
        yield linked(node, DCAT + "landingPage", folder)
        if release.previous is not None:
            yield linked(node, DCAT + "previousVersion", f"{site}dumps/{release.previous}/dcat.ttl#release")
        if place == 0:
            for file in release.files:
                yield from distribution(node, folder, file)


def release_told(node: str, name: str, issued: str) -> Iterator[Statement]:
    """Tell what a release is."""
    yield typed(node, DCAT + "Dataset")
    yield node, DCTERMS + "title", english(f"Release {name}")
    yield node, DCAT + "version", ox.Literal(name)
    yield node, DCTERMS + "issued", date_time(issued)


def distribution(release: str, folder: str, file: DumpFile) -> Iterator[Statement]:
    """Tell of one file of a release.

    Args:
        release: IRI of the release.
        folder: address of its files, with a slash at its end.
        file: the file.
    """
    key = file.name.replace("/", "-")
    node, checksum = f"{folder}dcat.ttl#{key}", f"{folder}dcat.ttl#sha256-{key}"
    yield linked(release, DCAT + "distribution", node)
    yield typed(node, DCAT + "Distribution")
    yield node, DCTERMS + "title", english(file.title if file.graph is None else f"{file.title}: {file.graph}")
    yield linked(node, DCAT + "accessURL", folder)
    yield linked(node, DCAT + "downloadURL", folder + file.name)
    yield from _format_told(node, file.media_type)
    yield counted(node, DCAT + "byteSize", file.size)
    if file.name.endswith(".gz"):
        yield linked(node, DCAT + "compressFormat", _MEDIA + "application/gzip")
    if file.media_type == TURTLE_12:
        yield linked(node, DCTERMS + "conformsTo", _RDF_12)
    yield linked(node, SPDX + "checksum", checksum)
    yield typed(checksum, SPDX + "Checksum")
    yield linked(checksum, SPDX + "algorithm", SPDX + "checksumAlgorithm_sha256")
    yield checksum, SPDX + "checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary"))


def title(manifest: Manifest) -> str:
    """Return the name of a dataset."""
    return "Coorbit, the graph of international space cooperation" if manifest.made_from else "A dataset"


def told(manifest: Manifest) -> str:
    """Return what a dataset is, in a sentence."""
    if manifest.kind == "plain":
        return "A plain dataset, as it was written."
    return (
        "Who cooperates with whom in space: agencies, countries, organizations, satellites, agreements, launches and "
        "talks, every statement with its source."
        if manifest.made_from
        else "A dataset under the ontology of Coorbit, the graph of international space cooperation."
    )
