"""What the service says of its dataset as RDF: VoID and DCAT under one set of names.

Two readers ask for it: the graph of descriptions in the store, which a build fills, and those who get `/void` and
`/dcat`, with the counts of the version that is current then. Partitions and linksets are counted by a build or a
release, and are told of the version that they were counted in; counts by graph are those of the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.activities import activity_of, version_iri
from graph.dcat import catalogue_told, dataset_told, one_version_told, releases_told, title, version_told
from graph.figures import ENTITIES
from graph.statements import DATASET, DCAT, DCTERMS, LICENCE, date_time, english, linked, publisher_told, triples, typed
from graph.terms import BASE, DESCRIPTION_GRAPH, PREFIXES, VOID
from graph.void import counts_told, graphs_told, linkset_dumps_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.figures import Counted
    from graph.manifests import Manifest
    from graph.releases import Release
    from graph.statements import Statement

_FORMATS: Final = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is told of.

    Attributes:
        manifest: of the version.
        counted: what was counted last, in this version or one before it; None where nothing was.
        releases: the newest first.
        site: address of the service, with a slash at its end.
        is_current: whether it is told of as the current one, which has dumps of its own.
    """

    manifest: Manifest
    counted: Counted | None = None
    releases: Sequence[Release] = ()
    site: str = BASE
    is_current: bool = True

    @property
    def dataset(self) -> str:
        """IRI of the dataset; a foreign one has the address under which it is served."""
        return DATASET if self.manifest.kind == "published" else f"{self.site}void#dataset"


def void_statements(about: Published) -> Iterator[Statement]:
    """Yield the VoID description of the current version.

    What was counted in another version is told of that one.
    """
    dataset, manifest, found = about.dataset, about.manifest, about.counted
    parts = dataset.removesuffix("dataset")
    yield from dataset_statements(about)
    yield dataset, PREFIXES["owl"] + "versionInfo", ox.Literal(str(manifest.number))
    yield dataset, DCTERMS + "modified", date_time(manifest.created)
    yield from graphs_told(dataset, parts, manifest.graphs)
    if found is not None and found.version == manifest.number:
        yield from counts_told(dataset, parts, found)
        yield from linkset_dumps_told(about.site, parts, found)
        return
    yield dataset, VOID + "triples", ox.Literal(manifest.triples)
    if found is not None:
        yield from counted_version(about, found)
        yield from linkset_dumps_told(about.site, f"{parts}version-{found.version}-", found)


def dataset_statements(about: Published) -> Iterator[Statement]:
    """Yield what VoID says of the dataset, whatever its version: names, addresses, formats, licence."""
    dataset, manifest, site = about.dataset, about.manifest, about.site
    yield typed(dataset, VOID + "Dataset")
    yield dataset, DCTERMS + "title", english(title(manifest))
    if manifest.made_from:
        yield linked(dataset, DCTERMS + "license", LICENCE)
        yield from publisher_told(dataset)
    if manifest.kind == "published":
        yield dataset, VOID + "uriSpace", ox.Literal(ENTITIES)
    yield linked(dataset, PREFIXES["foaf"] + "homepage", site)
    yield linked(dataset, VOID + "sparqlEndpoint", f"{site}sparql")
    for name in ("coorbit.ttl", "coorbit.trig") if about.is_current else ():
        yield linked(dataset, VOID + "dataDump", f"{site}dumps/{name}")
    for name in _FORMATS:
        yield linked(dataset, VOID + "feature", _W3C_FORMATS + name)


def counted_version(about: Published, found: Counted) -> Iterator[Statement]:
    """Yield what was counted, as told of the version in which it was."""
    parts = f"{about.dataset.removesuffix('dataset')}version-{found.version}"
    yield typed(parts, VOID + "Dataset")
    yield parts, DCTERMS + "title", english(f"{title(about.manifest)}: version {found.version}, as it was counted")
    yield parts, PREFIXES["owl"] + "versionInfo", ox.Literal(str(found.version))
    yield linked(parts, DCAT + "isVersionOf", about.dataset)
    yield linked(about.dataset, DCAT + "hasVersion", parts)
    yield from graphs_told(parts, f"{parts}-", found.graphs)
    yield from counts_told(parts, f"{parts}-", found)


def dcat_statements(about: Published) -> Iterator[Statement]:
    """Yield the DCAT description: catalogue, dataset, endpoint, versions and files."""
    manifest, dataset = about.manifest, about.dataset
    yield from catalogue_told(about.site, dataset, manifest, is_current=about.is_current)
    yield from (version_told if about.is_current else one_version_told)(dataset, *_version_and_parent(about))
    yield from releases_told(about.site, dataset, about.releases)


def version_triples(about: Published) -> Iterator[ox.Triple]:
    """Yield what is told of one version: of which dataset it is, of what a revision, and how it came to be."""
    yield from triples(one_version_told(about.dataset, *_version_and_parent(about)))
    if about.manifest.kind == "published":
        yield from (quad.triple for quad in activity_of(about.manifest).quads())


def _version_and_parent(about: Published) -> tuple[str, Manifest, str | None]:
    """Return the name of the version, its manifest, and the name of the version before."""
    manifest = about.manifest
    names = f"{about.site}versions/" if manifest.kind == "plain" else version_iri(0).removesuffix("0")
    parent = None if manifest.parent is None else f"{names}{manifest.parent}"
    return f"{names}{manifest.number}", manifest, parent


def stored_quads(about: Published) -> Iterator[ox.Quad]:
    """Yield what a build puts into the graph of descriptions beside the activities.

    It holds for as long as the graph does: counts are told of the version that was built.
    """
    statements = [*dataset_statements(about), *dataset_told(about.dataset, about.manifest)]
    statements += catalogue_told(about.site, about.dataset, about.manifest, is_current=about.is_current)
    statements += releases_told(about.site, about.dataset, about.releases)
    if about.counted is not None:
        statements += counted_version(about, about.counted)
    graph = ox.NamedNode(DESCRIPTION_GRAPH)
    for triple in dict.fromkeys(triples(statements)):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)
