"""The JSON-LD context knows every term and every prefix, and reads a value as the ontology means it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, XSD

from graph.terms import COO, ONTOLOGY, PREFIXES

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = ROOT / "ontology" / "context.jsonld"
CORE = Graph().parse(ROOT / "ontology" / "core.ttl")
TERMS = sorted(str(term).removeprefix(COO) for term in CORE.subjects(RDFS.isDefinedBy, URIRef(ONTOLOGY)))


def context() -> dict[str, Any]:
    """Return the context itself."""
    document: dict[str, dict[str, Any]] = json.loads(CONTEXT.read_text(encoding="utf-8"))
    return document["@context"]


def definition(name: str) -> dict[str, str]:
    """Return what the context has to say on a term, read from the ontology."""
    term, found = URIRef(COO + name), {"@id": f"coo:{name}"}
    if (term, RDF.type, OWL.ObjectProperty) in CORE:
        return {**found, "@type": "@id"}
    value = CORE.value(term, RDFS.range)
    if (term, RDF.type, OWL.DatatypeProperty) in CORE and value not in (None, XSD.string, RDF.langString):
        return {**found, "@type": str(value).replace(str(XSD), "xsd:")}
    return found


def test_each_prefix_of_the_project_is_in_the_context() -> None:
    """Names are written in JSON-LD as in Turtle."""
    assert {name: iri for name, iri in context().items() if isinstance(iri, str)} == PREFIXES


@pytest.mark.parametrize("name", TERMS)
def test_each_term_is_in_the_context(name: str) -> None:
    """A term stands under its prefixed name, an object property with IRIs and a datatype property with its type."""
    assert context().get(f"coo:{name}") == definition(name), f"ontology/context.jsonld: correct coo:{name}"


def test_the_context_holds_nothing_else_and_is_sorted() -> None:
    """A new term is one new place in the file, and a dropped one leaves none."""
    names = [name for name, value in context().items() if isinstance(value, dict)]
    assert names == [f"coo:{name}" for name in TERMS]


def test_json_is_read_by_the_context() -> None:
    """A date is a date, a reference a reference, and a plain string stays plain."""
    document = {
        "@context": context(),
        "@id": "sys:cfosat",
        "coo:cosparId": "2018-083A",
        "coo:owner": "actor:chn",
        "coo:onDate": "2018-10-29",
    }
    read = {str(quad.triple) for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)}
    subject = f"<{PREFIXES['sys']}cfosat>"
    assert read == {
        f"{subject} <{COO}owner> <{PREFIXES['actor']}chn>",
        f'{subject} <{COO}onDate> "2018-10-29"^^<{XSD.date}>',
        f'{subject} <{COO}cosparId> "2018-083A"',
    }
