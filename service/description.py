"""The service's description of itself as RDF (SPARQL 1.1 Service Description).

What it says comes from where it is decided: formats from the table that serves them, graphs and counts from the
manifest, limits from the settings. Terms are those of the standard, of VoID and of schema.org; none is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote

import pyoxigraph as ox

from graph.rules import packaged_rules
from graph.terms import DERIVED_GRAPH, NOT_IN_DEFAULT_GRAPH, PREFIXES, RDF, RDFS, XSD
from graph.terms import GRAPHS as GRAPH_NAMES
from service.addresses import ENDPOINT
from service.formats import GRAPHS, SOLUTIONS, rdf_format
from service.limits import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.manifests import Manifest
    from graph.versions import Version
    from service.formats import Format
    from service.settings import Settings

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_SCHEMA: Final = PREFIXES["schema"]
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

_PREFIXES: Final = {
    "sd": _SD,
    "void": _VOID,
    "ent": _ENTAILMENT,
    "format": _FORMATS,
    "graph": GRAPH_NAMES,
    **{prefix: PREFIXES[prefix] for prefix in ("dcterms", "owl", "rdfs", "schema", "xsd")},
}
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_COMMENT: Final = ox.NamedNode(RDFS + "comment")

_Node = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the endpoint is and does, as far as neither settings nor version say it.

    Attributes:
        endpoint_iri: its address as the client sees it; of a version that is not to change, with its parameter.
        updates: whether it takes updates.
        federation: whether SERVICE is allowed at all.
    """

    endpoint_iri: str
    updates: bool = False
    federation: bool = False


def describe(version: Version, settings: Settings, *, offer: Offer, into: Format) -> bytes:
    """Describe the service in one of `formats.GRAPHS`; takes about a millisecond, so it needs no cache."""
    by_subject: dict[str, list[ox.Triple]] = {}  # so that Turtle names each subject once
    for subject, predicate, value in _Description(version.manifest, settings, offer).statements():
        by_subject.setdefault(subject, []).append(ox.Triple(ox.NamedNode(subject), predicate, value))
    triples = chain.from_iterable(by_subject.values())
    return cast("bytes", ox.serialize(triples, format=rdf_format(into), prefixes=_PREFIXES))


def is_union(manifest: Manifest) -> bool:
    """Say whether the default graph is the union of all named graphs, none left out."""
    return manifest.kind == "published" and not NOT_IN_DEFAULT_GRAPH & manifest.graphs.keys()


class _Description:
    """The statements, as subject IRI, property and object; all nodes have IRIs under that of the endpoint."""

    def __init__(self, manifest: Manifest, settings: Settings, offer: Offer) -> None:
        self._manifest = manifest
        self._settings = settings
        self._offer = offer

    def statements(self) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
        """Yield all statements: service, limits, dataset, graphs."""
        named = (self._named_graph(name, count) for name, count in self._manifest.graphs.items())
        return chain(self._service(), self._limits(), self._dataset(), *named)

    def _part(self, name: str) -> str:
        return f"{self._offer.endpoint_iri}#{name}"

    def _service(self) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
        service = self._part("service")
        site = self._offer.endpoint_iri.partition("?")[0].rstrip("/").removesuffix(ENDPOINT)
        yield service, _TYPE, _sd("Service")
        yield service, _LABEL, _english("Coorbit, SPARQL endpoint")
        yield service, _sd("endpoint"), ox.NamedNode(self._offer.endpoint_iri)
        yield service, ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(f"{site}/about/limits")
        yield service, ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(f"{site}/versions")
        yield service, _COMMENT, _english(_VERSIONS_TOLD)
        yield service, _sd("supportedLanguage"), _sd("SPARQL11Query")
        if self._offer.updates:
            yield service, _sd("supportedLanguage"), _sd("SPARQL11Update")
            for each in GRAPHS:
                yield service, _sd("inputFormat"), ox.NamedNode(each.iri)
        for each in (*SOLUTIONS, *GRAPHS):
            yield service, _sd("resultFormat"), ox.NamedNode(each.iri)
        if is_union(self._manifest):
            yield service, _sd("feature"), _sd("UnionDefaultGraph")
        if self._offer.federation:
            yield service, _sd("feature"), _sd("BasicFederatedQuery")
        yield service, _sd("defaultEntailmentRegime"), ox.NamedNode(_ENTAILMENT + "Simple")
        yield service, _sd("defaultDataset"), ox.NamedNode(self._part("dataset"))
        yield service, _sd("availableGraphs"), ox.NamedNode(self._part("dataset"))

    def _limits(self) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
        """Tell each limit as a schema:PropertyValue, which has a name, an upper value and a unit."""
        for each in limits(self._settings):
            limit = self._part(f"limit-{each.setting}")
            fate = f"{each.status.value} {each.status.phrase}. {each.then}" if each.status else each.then
            yield self._part("service"), _schema("additionalProperty"), ox.NamedNode(limit)
            yield limit, _TYPE, _schema("PropertyValue")
            yield limit, _schema("name"), _english(f"limit: {each.what}")
            yield limit, _schema("propertyID"), ox.Literal(each.setting)
            yield limit, _schema("maxValue"), _number(each.value)
            yield limit, _schema("unitText"), ox.Literal(each.unit)
            yield limit, _COMMENT, _english(fate)

    def _dataset(self) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
        dataset, default = self._part("dataset"), self._part("default-graph")
        yield dataset, _TYPE, _sd("Dataset")
        yield dataset, _LABEL, _english(f"version {self._manifest.number}")
        yield dataset, ox.NamedNode(PREFIXES["owl"] + "versionInfo"), ox.Literal(str(self._manifest.number))
        yield dataset, _dcterms("modified"), ox.Literal(self._manifest.created, datatype=ox.NamedNode(XSD + "dateTime"))
        if self._manifest.made_from:
            yield dataset, _dcterms("license"), ox.NamedNode(_LICENCE)
        yield dataset, _sd("defaultGraph"), ox.NamedNode(default)
        yield from _graph(default, self._manifest.triples)
        if self._manifest.kind == "published":
            yield default, _COMMENT, _english(_merge_told(self._manifest))

    def _named_graph(self, name: str, count: int) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
        key = quote(name.removeprefix(GRAPH_NAMES), safe="")
        entry, graph = self._part(f"named-{key}"), self._part(f"graph-{key}")
        yield self._part("dataset"), _sd("namedGraph"), ox.NamedNode(entry)
        yield entry, _TYPE, _sd("NamedGraph")
        yield entry, _sd("name"), ox.NamedNode(name)
        yield entry, _sd("graph"), ox.NamedNode(graph)
        yield from _graph(graph, count)
        if name == DERIVED_GRAPH and self._manifest.kind == "published":
            yield entry, _sd("entailmentRegime"), ox.NamedNode(_ENTAILMENT + "Simple")
            yield graph, _COMMENT, _english(_DERIVED_TOLD)
            for rule in packaged_rules():
                yield graph, _COMMENT, _english(f"{rule.name}: {rule.rule}")


_VERSIONS_TOLD: Final = (
    "The parameter version=, with the number of a version that is kept, has a query answered from that version in "
    "place of the current one; without a query, that version is described."
)
_DERIVED_TOLD: Final = (
    "What follows from the other graphs by the rules told here, written down once a version; a query matches it as it "
    "stands, by simple entailment, and nothing is derived while a query runs."
)


def _merge_told(manifest: Manifest) -> str:
    left_out = sorted(NOT_IN_DEFAULT_GRAPH & manifest.graphs.keys())
    told = "The merge of the named graphs; a triple in several of them counts once."
    return f"{told} Left out: {', '.join(left_out)}." if left_out else told


def _graph(node: str, count: int) -> Iterator[tuple[str, ox.NamedNode, _Node]]:
    yield node, _TYPE, _sd("Graph")
    yield node, ox.NamedNode(_VOID + "triples"), ox.Literal(count)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def _schema(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SCHEMA + name)


def _dcterms(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["dcterms"] + name)


def _number(value: float) -> ox.Literal:
    """Return a number as xsd:integer or xsd:decimal, which has no exponent."""
    if value == int(value):
        return ox.Literal(int(value))
    return ox.Literal(f"{Decimal(repr(value)):f}", datatype=ox.NamedNode(XSD + "decimal"))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")
