"""`/links`: the linksets counted, and each downloaded alone as Turtle and as SSSOM TSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.links import packaged_linksets
from graph.sssom import sssom_lines
from graph.terms import COO, GRAPHS, RDF

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from graph.versions import Version

SETS = {path.stem: path for path in packaged_linksets()}


def records(path: Path) -> int:
    """Return how many records of links a packaged file has."""
    return path.read_text(encoding="utf-8").count(" a coo:IdentityLink ;")


def test_the_list_counts_the_links(client: httpx.Client) -> None:
    """Each set with the number of its records, as JSON and as a page that leads to the files."""
    response = client.get("/links")
    listed = {each["target"]: each for each in response.json()["linksets"]}
    assert {name: each["links"] for name, each in listed.items()} == {n: records(path) for n, path in SETS.items()}
    assert all(sum(each["relations"].values()) == each["links"] for each in listed.values())
    assert client.get("/links", headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    page = client.get("/links", headers={"Accept": "text/html"}).text
    for name in SETS:
        assert f'href="/links/{name}.ttl"' in page
        assert f'href="/links/{name}.sssom.tsv"' in page
    assert client.get("/links", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("name", SETS)
def test_turtle_is_the_packaged_file(client: httpx.Client, name: str) -> None:
    """The same triples in the same layout, by ending, by Accept and by format; 304 to who has it."""
    response = client.get(f"/links/{name}.ttl")
    assert response.headers["content-type"].startswith("text/turtle")
    found = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
    store = ox.Store()
    store.load(SETS[name].read_bytes(), ox.RdfFormat.TURTLE)  # the engine writes numbers by value
    assert found == {quad.triple for quad in store}
    assert client.get(f"/links/{name}", headers={"Accept": "text/turtle"}).content == response.content
    assert client.get(f"/links/{name}", params={"format": "turtle"}).content == response.content
    tag = {"If-None-Match": response.headers["etag"]}
    assert client.get(f"/links/{name}.ttl", headers=tag).status_code == 304


@pytest.mark.parametrize("name", SETS)
def test_sssom_has_a_mapping_a_record(client: httpx.Client, name: str, version: Version) -> None:
    """Under the metadata a row a record, each CURIE by the prefix map of the header, none without a column."""
    response = client.get(f"/links/{name}.sssom.tsv")
    assert response.headers["content-type"].startswith("text/tab-separated-values")
    head = [line for line in response.text.splitlines() if line.startswith("#")]
    assert head[:2] == ['#sssom_version: "1.1"', f"#mapping_set_id: {GRAPHS}links/{name}"]
    assert f'#mapping_set_version: "{version.manifest.number}"' in head
    assert any(line.startswith("#license: https://") for line in head)
    prefixes = dict(line[3:].split(": ", 1) for line in head if line.startswith("#  "))
    body = "".join(line for line in response.text.splitlines(keepends=True) if not line.startswith("#"))
    rows = list(csv.DictReader(io.StringIO(body), delimiter="\t"))
    assert len(rows) == records(SETS[name])
    for row in rows:
        for column in ("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification"):
            assert row[column].partition(":")[0] in prefixes
        assert 0 <= float(row["confidence"]) <= 1
    pairs = {(_whole(row["subject_id"], prefixes), _whole(row["object_id"], prefixes)) for row in rows}
    assert pairs == _pairs(SETS[name])
    accepting = {"Accept": "text/tab-separated-values"}
    assert client.get(f"/links/{name}", headers=accepting).content == response.content


def _whole(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, rest = curie.partition(":")
    return prefixes[prefix] + rest


def _pairs(path: Path) -> set[tuple[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            said.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
    records = [facts for facts in said.values() if facts.get(RDF + "type") == COO + "IdentityLink"]
    return {(facts[COO + "localResource"], facts[COO + "externalResource"]) for facts in records}


def test_a_tab_in_a_note_begins_no_cell() -> None:
    """A note is one cell of one row, whatever stands in it."""
    record = f"""<urn:r> a <{COO}IdentityLink> ; <{COO}localResource> <urn:l> ; <{COO}externalResource> <urn:e> ;
      <{COO}linkPredicate> <urn:p> ; <{COO}linkJustification> <urn:j> ; <{COO}confidence> 0.5 ;
      <http://purl.org/dc/terms/date> "2026-01-01" ; <http://purl.org/dc/terms/source> <urn:s> ;
      <http://www.w3.org/2004/02/skos/core#note> "a\\tb\\nc" ."""
    store = ox.Store()
    store.load(record.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(GRAPHS + "links/x"))
    *_, names, row = sssom_lines(store, "x", version=1)
    assert len(names.split("\t")) == len(row.split("\t"))
    assert row.endswith("\ta b c\n")


def test_what_there_is_not_is_told(client: httpx.Client) -> None:
    """404 names the sets that there are; a version that never was; a format that there is not."""
    response = client.get("/links/nowhere.ttl")
    assert (response.status_code, "wikidata" in response.json()["detail"]) == (404, True)
    assert client.get("/links/wikidata.ttl", params={"version": 99}).status_code == 404
    assert client.get("/links/wikidata", headers={"Accept": "image/png"}).status_code == 406
    assert "immutable" in client.get("/links/wikidata.ttl", params={"version": 1}).headers["cache-control"]
