"""The ontology, the shapes and the named graphs at their names."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.questions import packaged_questions
from graph.terms import BASE, COO, ONTOLOGY, ONTOLOGY_GRAPH, RDFS, SHAPES_GRAPH
from service.formats import GRAPHS

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from conftest import Serve

HTML = {"Accept": "text/html"}


def count(response: httpx.Response) -> int:
    """Return the number of triples of an answer."""
    assert response.status_code == 200, response.text
    file_format = ox.RdfFormat.from_media_type(response.headers["content-type"].partition(";")[0])
    return len({quad.triple for quad in ox.parse(response.content, format=file_format)})


@pytest.fixture(scope="module")
def ontology_page(client: httpx.Client) -> str:
    """The ontology as a page."""
    return client.get("/ont", headers=HTML).text


@pytest.mark.parametrize(
    ("path", "graph"),
    [
        ("/ont", ONTOLOGY_GRAPH),
        ("/shapes", SHAPES_GRAPH),
        ("/graph/curated", f"{BASE}graph/curated"),
        ("/graph/links/wikidata", f"{BASE}graph/links/wikidata"),
    ],
)
def test_a_document_is_its_named_graph_in_every_format(client: httpx.Client, path: str, graph: str) -> None:
    """By Accept and by ending; as many triples as the dataset says that the graph holds."""
    query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    expected = int(client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1])
    for each in GRAPHS:
        assert count(client.get(path, headers={"Accept": each.media_type})) == expected
    response = client.get(f"{path}.ttl?version=1")
    assert count(response) == expected
    assert response.headers["content-location"] == f"{path}.ttl?version=1"
    assert "memento-datetime" in response.headers
    assert client.get(path, headers={"Accept-Datetime": "Mon, 23 Nov 2026 12:00:00 GMT"}).status_code == 302
    assert client.get(f"/timemap{path}").status_code == 200
    shown = client.get(path, headers=HTML)
    assert shown.headers["content-type"].startswith("text/html")
    assert client.get(path, headers=HTML | {"If-None-Match": shown.headers["etag"]}).status_code == 304


def test_every_term_is_documented_at_its_anchor(ontology_page: str, store: ox.Store) -> None:
    """Anchor, definition, domain and range of each class and property that the ontology defines."""
    query = f"""SELECT ?term ?definition ?domain ?range WHERE {{
      ?term <{RDFS}isDefinedBy> <{ONTOLOGY}> ; <http://www.w3.org/2004/02/skos/core#definition> ?definition .
      OPTIONAL {{ ?term <{RDFS}domain> ?domain FILTER (ISIRI(?domain)) }}
      OPTIONAL {{ ?term <{RDFS}range> ?range FILTER (STRSTARTS(STR(?range), "{COO}")) }} }}"""
    found = 0
    for row in store.query(query):  # type: ignore[union-attr]
        name = row["term"].value.removeprefix(COO)
        section = ontology_page.partition(f'<h3 id="{name}">')[2].partition("</section>")[0]
        assert row["definition"].value in unescape(section), name
        for part in ("domain", "range"):
            if row[part] is not None:
                told = section.partition(f"<dt>{part}</dt><dd>")[2].partition("</dd>")[0]
                assert f'href="#{row[part].value.removeprefix(COO)}"' in told, (name, part)
        found += 1
    assert found > 150


def test_a_union_and_a_restriction_are_told_in_words(ontology_page: str) -> None:
    """A domain of several classes names each; a restriction its property and class."""
    operator = ontology_page.partition('<h3 id="aboutEntity">')[2].partition("</section>")[0]
    assert "<dt>domain</dt>" in operator
    agreement = ontology_page.partition('<h3 id="Agreement">')[2].partition("</section>")[0]
    assert "what has someValuesFrom coo:hasParty coo:AgreementParty" in agreement
    assert "_:" not in re.sub(r"href=\"[^\"]*\"", "", ontology_page)


def test_terms_name_the_shapes_and_the_questions_that_use_them(client: httpx.Client, ontology_page: str) -> None:
    """Each question that writes a term is linked from it and stands once on the page; a shape leads to its anchor."""
    section = ontology_page.partition('<h3 id="ordinalInSeries">')[2].partition("</section>")[0]
    users = [each for each in packaged_questions("questions") if re.search(r"\bcoo:ordinalInSeries\b", each.text)]
    assert users
    assert re.findall(r'href="#question-([^"]*)"', section) == [each.name for each in users]
    assert all(ontology_page.count(f'<li id="question-{each.name}">') == 1 for each in users)
    shapes = client.get("/shapes", headers=HTML).text
    anchors = re.findall(r'href="/shapes#([^"]*)"', ontology_page)
    assert len(anchors) > 100
    assert all(f'id="{each}"' in shapes for each in anchors)


def test_people_can_read_the_turtle(client: httpx.Client) -> None:
    """The ontology as Turtle has the dataset's own prefixes."""
    text = client.get("/ont.ttl").text
    assert "coo:Agreement a owl:Class" in text
    assert "<https://w3id.org/coorbit/ont#" not in text.partition("coo:Agreement a owl:Class")[2]


def test_no_anchor_stands_twice(client: httpx.Client, ontology_page: str) -> None:
    """An anchor leads to one place."""
    for text in (ontology_page, client.get("/shapes", headers=HTML).text):
        anchors = re.findall(r'\bid="([^"]*)"', text)
        assert len(anchors) == len(set(anchors))


def test_an_edition_of_the_ontology_has_a_name(client: httpx.Client) -> None:
    """The version IRI gives the ontology; an older edition is gone, one that never was is unknown."""
    now = client.get("/ont/1.0.0.ttl")
    assert count(now) == count(client.get("/ont"))
    assert client.get("/ont/1.0.0", headers=HTML).headers["location"] == "/ont"
    assert client.get("/ont/0.1.0").status_code == 410
    unknown = client.get("/ont/7.0.0")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


def test_a_dataset_without_an_ontology_says_so(tmp_path: Path, serve: Serve) -> None:
    """A graph that is not there is 404, for programs and for browsers."""
    publish_quads(tmp_path / "home", read(f"GRAPH <{BASE}graph/x> {{ <urn:a> <urn:b> <urn:c> }}"))
    with serve(tmp_path / "home") as small:
        assert count(small.get("/graph/x")) == 1
        for path in ("/ont", "/shapes", "/ont/1.0.0", "/graph/y", "/graph/%3Cscript%3E"):
            assert small.get(path).headers["content-type"] == "application/problem+json"
            response = small.get(path, headers=HTML)
            assert response.status_code == 404
            assert "<script>" not in response.text
