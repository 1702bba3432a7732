"""SPARQL 1.1 Service Description: GET on the address of queries, without a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox
import pytest
from conformance.answers import read_graph
from conformance.facts import RDF, Facts
from conformance.service import media_type, shown

if TYPE_CHECKING:
    from conformance.service import Service
    from conformance.suite import Case

SUITES: Final = ("service description",)
KINDS: Final = ("ServiceDescriptionTest",)

SD: Final = "http://www.w3.org/ns/sparql-service-description#"

ONCE: Final = ("endpoint", "defaultDataset", "defaultEntailmentRegime", "defaultSupportedEntailmentProfile")
MANY: Final = ("supportedLanguage", "resultFormat", "inputFormat", "feature", "languageExtension", "extensionFunction")
"""Properties of a service whose values are resources (Service Description, 3.2)."""


def test_service_description(case: Case, service: Service) -> None:
    """The description is RDF, names the address that it was got from, and keeps to the vocabulary's schema."""
    response = service.describe("text/turtle")
    assert response.status_code == httpx.codes.OK, shown(response)
    facts = Facts(read_graph(response.content, media_type(response), base_iri=str(response.url)))
    described = facts.holders(f"{SD}endpoint", ox.NamedNode(service.addresses.query))
    match case.name:
        case "service-description/returns-rdf":
            pass  # it was read
        case "service-description/has-endpoint-triple":
            assert len(described) == 1, response.text
        case "service-description/conforms-to-schema":
            assert _keeps_to_the_schema(facts, described[0]), response.text
        case unknown:
            pytest.fail(f"{unknown}: nothing is checked for this test of the suite")


def _keeps_to_the_schema(facts: Facts, service: ox.NamedNode | ox.BlankNode) -> bool:
    """Return whether the values of a service are of the classes that the vocabulary gives its properties."""
    links = [value for name in (*ONCE, *MANY) for value in facts.values(service, SD + name)]
    datasets = facts.values(service, f"{SD}defaultDataset")
    graphs = [graph for dataset in datasets for graph in facts.values(dataset, f"{SD}namedGraph")]
    return (
        ox.NamedNode(f"{SD}Service") in facts.values(service, f"{RDF}type")
        and all(len(facts.values(service, SD + name)) <= 1 for name in ONCE)
        and not any(isinstance(value, ox.Literal) for value in links)
        and facts.has(service, f"{SD}supportedLanguage")
        and facts.has(service, f"{SD}resultFormat")
        and all(ox.NamedNode(f"{SD}Dataset") in facts.values(dataset, f"{RDF}type") for dataset in datasets)
        and all(isinstance(facts.value(graph, f"{SD}name"), ox.NamedNode) for graph in graphs)
    )
