"""What a format cannot carry is said, and never sent broken."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from graph.query_errors import NotAcceptable
from service.carrying import carried
from service.formats import BY_NAME

if TYPE_CHECKING:
    import httpx

TRIPLE_TERM = "CONSTRUCT { <urn:r> rdf:reifies <<( <urn:s> <urn:p> <urn:o> )>> } WHERE {}"


@pytest.mark.parametrize(
    ("query", "into", "words"),
    [
        pytest.param(TRIPLE_TERM, "jsonld", "triple term", id="triple term"),
        pytest.param("CONSTRUCT { <urn:r> <http://e.test/1> 1 } WHERE {}", "rdfxml", "no name", id="property"),
        pytest.param('CONSTRUCT { <urn:r> <urn:p> "\\u0001" } WHERE {}', "rdfxml", "control", id="control, graph"),
        pytest.param('SELECT ("\\u0001" AS ?x) {}', "xml", "control", id="control, result"),
        pytest.param('SELECT ("\\uFFFE" AS ?x) {}', "xml", "control", id="no character"),
    ],
)
def test_what_a_format_cannot_carry_is_refused(client: httpx.Client, query: str, into: str, words: str) -> None:
    """406 with the formats that can, and not 500 or XML that is none; another format has the same answer."""
    response = client.get("/sparql", params={"query": query, "format": into})
    assert response.status_code == 406
    assert words in response.json()["detail"]
    assert BY_NAME[into].media_type not in response.json()["available"]
    other = response.json()["available"][0]
    assert client.get("/sparql", params={"query": query}, headers={"Accept": other}).is_success


def test_a_carriage_return_stays_one(client: httpx.Client) -> None:
    """A reader of XML takes a bare one for a line feed."""
    query = 'SELECT ("a\\rb\\n<oxprefix: " AS ?x) {}'
    body = client.get("/sparql", params={"query": query, "format": "xml"}).content
    (literal,) = ET.fromstring(body).iter("{http://www.w3.org/2005/sparql-results#}literal")  # noqa: S314  (our own)
    assert literal.text == "a\rb\n<oxprefix: "


@pytest.mark.parametrize("cut", range(1, 11))
def test_it_is_found_wherever_it_is_cut(cut: int) -> None:
    """The pieces in which the engine writes end anywhere."""
    written = io.BytesIO()
    output = carried(written, BY_NAME["rdfxml"])
    document = b"<a/><oxprefix: xmlns"
    output.write(document[: 4 + cut])
    with pytest.raises(NotAcceptable):
        output.write(document[4 + cut :])


def test_the_engine_writes_as_expected() -> None:
    """Should the engine refuse such a property, or name it otherwise, this says so."""
    graph = ox.Store().query("CONSTRUCT { <urn:r> <http://e.test/1> 1 } WHERE {}")
    assert isinstance(graph, ox.QueryTriples)
    assert b"<oxprefix: " in (graph.serialize(format=ox.RdfFormat.RDF_XML) or b"")
