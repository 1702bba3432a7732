"""Writes to the published dataset over HTTP: taken when they conform, refused with a report when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from graph.terms import CURATED_GRAPH, DESCRIPTION_GRAPH, GRAPHS, PREFIXES, SH, SHAPES_GRAPH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

OURS = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("coo", "sys", "actor"))
GOOD = "sys:cfosat coo:owner actor:bra ."
BAD = "sys:cfosat coo:owner actor:nobody-of-that-name ."


@pytest.fixture(scope="module")
def writer(published: Path, coorbit: Coorbit, serve: Serve) -> Iterator[httpx.Client]:
    """A client with a token of a service on a published dataset of its own."""
    token = coorbit("token", "create", "--scope", "write", "--name", "curator", "--home", published).stdout.strip()
    with serve(published) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def update(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    """Send an update, which needs no PREFIX lines; underscores in names of headers stand for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/sparql", data={"update": text}, headers=given)


def insert(triples: str, graph: str = CURATED_GRAPH) -> str:
    """Return an update that inserts triples into a graph."""
    return f"INSERT DATA {{ GRAPH <{graph}> {{ {triples} }} }}"


def owners(client: httpx.Client) -> set[str]:
    """Return who owns CFOSAT, by the default graph."""
    response = client.get("/sparql", params={"query": "SELECT ?o { sys:cfosat coo:owner ?o }", "format": "tsv"})
    return set(response.text.split()[1:])


def version_of(client: httpx.Client) -> str:
    """Return the entity tag's version of an answer."""
    return client.get("/sparql", params={"query": "ASK {}"}).headers["etag"].strip('"').partition("-")[0]


def test_what_conforms_is_published(writer: httpx.Client) -> None:
    """204 with the new version and how it was validated; the next read of the default graph has it, and its reverse."""
    before = version_of(writer)
    response = update(writer, insert(GOOD))
    assert response.status_code == 204, response.text
    assert response.headers["etag"] == f'"{int(before) + 1}"'
    assert response.headers["coorbit-validation"].startswith("nodes=")
    assert "everything" not in response.headers["coorbit-validation"]
    assert f"<{PREFIXES['actor']}bra>" in owners(writer)
    assert update(writer, insert(GOOD).replace("INSERT", "DELETE")).status_code == 204
    assert f"<{PREFIXES['actor']}bra>" not in owners(writer)


def test_each_way_to_write_tells_how_it_was_validated(writer: httpx.Client) -> None:
    """PUT as POST and an update do; it has no entity tag, since what a GET gives is not what was sent."""
    where = {"graph": f"{GRAPHS}catalogue/own", "dry-run": "true"}
    for method in ("PUT", "POST"):
        headers = {"Content-Type": "text/turtle"}
        answer = writer.request(method, "/store", params=where, content=OURS + GOOD, headers=headers)
        assert (answer.status_code, answer.headers["coorbit-dry-run"]) == (200, "true"), answer.text
        assert answer.headers["coorbit-validation"].startswith("nodes=")
        assert ("etag" in answer.headers) == (method == "POST")


def test_a_large_write_tells_why_everything_was_validated(writer: httpx.Client) -> None:
    """The reason stands in the header beside the count of warnings."""
    many = "".join(f"<http://e.test/{number}> <http://e.test/p> {number} ." for number in range(1200))
    where = {"graph": "http://e.test/many", "dry-run": "true"}
    answer = writer.put("/store", params=where, content=many, headers={"Content-Type": "text/turtle"})
    said = answer.headers["coorbit-validation"]
    assert said.startswith('nodes=everything, reason="the change has more than 1000 triples", warnings='), said


def test_the_activity_of_a_commit_tells_who_and_why(writer: httpx.Client) -> None:
    """The message of a request and the name of its token stand in the graph of descriptions, and in the log."""
    why = "Eignerin ergänzt <&>"
    assert update(writer, insert(GOOD), Coorbit_Message=quote(why)).status_code == 204
    query = f"""SELECT ?why ?who {{ GRAPH <{DESCRIPTION_GRAPH}> {{
      ?activity prov:generated/dcat:version '{version_of(writer)}' ; rdfs:comment ?why ;
        prov:wasAssociatedWith/rdfs:label ?who }} }}"""
    (row,) = writer.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    assert (row["why"]["value"], row["who"]["value"]) == (why, "curator")
    assert update(writer, insert(GOOD).replace("INSERT", "DELETE")).status_code == 204


def test_what_does_not_conform_is_told_and_not_stored(writer: httpx.Client) -> None:
    """422 as problem+json: focus node, path, value, message and source of each result; the version stays."""
    before = version_of(writer)
    response = update(writer, insert(BAD))
    assert response.status_code == 422
    problem = response.json()
    assert problem["violations"] >= 1
    (result,) = [each for each in problem["results"] if each.get("resultPath") == PREFIXES["coo"] + "owner"]
    assert result["focusNode"] == PREFIXES["sys"] + "cfosat"
    assert result["value"] == PREFIXES["actor"] + "nobody-of-that-name"
    assert result["message"]
    assert result["severity"] == "Violation"
    assert version_of(writer) == before


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "application/rdf+xml"])
def test_the_report_comes_as_rdf_to_who_wants_it(writer: httpx.Client, media_type: str) -> None:
    """422 with a sh:ValidationReport in the format that the client likes best."""
    response = writer.post(
        "/store",
        params={"graph": CURATED_GRAPH},
        content=OURS + BAD,
        headers={"Content-Type": "text/turtle", "Accept": f"{media_type}, application/problem+json;q=0.5"},
    )
    assert response.status_code == 422
    assert response.headers["content-type"].partition(";")[0] == media_type
    triples = [quad.triple for quad in ox.parse(response.content, ox.RdfFormat.from_media_type(media_type))]
    assert any(triple.object == ox.NamedNode(SH + "ValidationReport") for triple in triples)


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json;q=0.5, application/json", "*/*"])
def test_who_takes_json_gets_a_problem(writer: httpx.Client, accept: str) -> None:
    """422 as application/problem+json, though JSON-LD is JSON too."""
    response = update(writer, insert(BAD), Accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert response.json()["violations"] >= 1


def test_a_dry_run_stores_nothing(writer: httpx.Client) -> None:
    """`?dry-run=true` gives the answer that the write would get, and leaves the version as it is."""
    before = version_of(writer)
    for triples, status in ((GOOD, 204), (BAD, 422)):
        response = writer.post("/sparql", params={"dry-run": "true"}, data={"update": insert(triples)})
        assert response.status_code == status, response.text
        where = {"graph": CURATED_GRAPH, "dry-run": "true"}
        posted = writer.post("/store", params=where, content=OURS + triples, headers={"Content-Type": "text/turtle"})
        assert posted.status_code == status
    assert version_of(writer) == before
    assert writer.post("/sparql", params={"dry-run": "perhaps"}, data={"update": insert(GOOD)}).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { sys:cfosat coo:owner actor:bra }",
        insert(GOOD, SHAPES_GRAPH),
        f"CLEAR GRAPH <{SHAPES_GRAPH}>",
        "CLEAR ALL",
        "DELETE WHERE { ?satellite a coo:Satellite }",
    ],
)
def test_what_is_made_is_not_written(writer: httpx.Client, text: str) -> None:
    """403 for the default graph and what comes with the package, with the way out; nothing is stored."""
    before = version_of(writer)
    response = update(writer, text)
    assert response.status_code == 403, response.text
    assert version_of(writer) == before


def test_a_write_for_another_version_is_refused(writer: httpx.Client) -> None:
    """412 where If-Match names a version that is not current."""
    assert update(writer, insert(GOOD), If_Match='"999999"').status_code == 412


def test_another_server_on_the_home_sees_a_write_at_once(published: Path, writer: httpx.Client, serve: Serve) -> None:
    """A read that starts after a write was acknowledged sees it, whichever process of the home is asked."""
    fact = "sys:gaofen-1 rdfs:comment 'written through one server'@en ."
    query = "SELECT (COUNT(*) AS ?n) { sys:gaofen-1 rdfs:comment 'written through one server'@en }"
    with serve(published) as other:

        def seen() -> str:
            return other.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]

        for _ in range(3):
            assert update(writer, insert(fact)).status_code == 204
            assert seen() == "1"
            assert update(writer, insert(fact).replace("INSERT", "DELETE")).status_code == 204
            assert seen() == "0"
