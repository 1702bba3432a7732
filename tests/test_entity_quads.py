"""Entities as quads: each triple in the named graphs that state it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pyoxigraph as ox
import pytest

from graph.statements import DATASET
from graph.terms import BASE, CURATED_GRAPH, DERIVED_GRAPH, VOID

if TYPE_CHECKING:
    import httpx

KINDS = ["id/actor/chn", "id/system/cfosat", "id/link/chn-wikidata", "id/claim/x18-17", "voc/role/partner"]


def quads(response: httpx.Response) -> set[ox.Quad]:
    """Read an answer in the format that it says it has."""
    assert response.status_code == 200, response.text
    file_format = ox.RdfFormat.from_media_type(response.headers["content-type"].partition(";")[0])
    return set(ox.parse(response.content, format=file_format))


@pytest.mark.parametrize("path", KINDS)
def test_each_triple_is_in_the_graphs_that_state_it(client: httpx.Client, path: str) -> None:
    """As the endpoint has it, in all graphs of the merge and no others; in TriG and N-Quads alike."""
    found = quads(client.get(f"/{path}.nq"))
    assert found == quads(client.get(f"/{path}.trig"))
    query = f"SELECT ?g ?p ?o WHERE {{ GRAPH ?g {{ <{BASE}{path}> ?p ?o }} }}"
    answer = client.get("/sparql", params={"query": query}).content
    rows = cast("ox.QuerySolutions", ox.parse_query_results(answer, ox.QueryResultsFormat.JSON))
    this = ox.NamedNode(BASE + path)
    expected = {ox.Quad(this, cast("ox.NamedNode", p), o, cast("ox.NamedNode", g)) for g, p, o in rows}
    assert {quad for quad in found if quad.subject == this} == expected


def test_formats_of_triples_have_the_same_without_graphs(client: httpx.Client) -> None:
    """A reader of quads who forgets the graphs has what a reader of triples has."""
    found = quads(client.get("/id/actor/chn.nq"))
    assert {quad.triple for quad in found} == {quad.triple for quad in quads(client.get("/id/actor/chn.nt"))}
    graphs = {quad.graph_name for quad in found}
    assert {ox.NamedNode(CURATED_GRAPH), ox.NamedNode(DERIVED_GRAPH), ox.DefaultGraph()} <= graphs


def test_the_default_graph_tells_of_the_description_alone(client: httpx.Client) -> None:
    """Nothing of the dataset stands there, which is the merge of the others; the document names the dataset."""
    beside = {quad for quad in quads(client.get("/id/system/cfosat.nq")) if quad.graph_name == ox.DefaultGraph()}
    document = ox.NamedNode(f"{BASE}id/system/cfosat#description")
    assert ox.Quad(document, ox.NamedNode(VOID + "inDataset"), ox.NamedNode(DATASET)) in beside
    about = {quad.subject.value.partition("#")[0] for quad in beside if isinstance(quad.subject, ox.NamedNode)}
    assert about == {f"{BASE}id/system/cfosat"}
    assert all("#" in quad.subject.value for quad in beside if isinstance(quad.subject, ox.NamedNode))


def test_a_list_of_what_points_to_a_thing_has_graphs_too(client: httpx.Client) -> None:
    """Each pointing triple in its graphs."""
    relation = "https://w3id.org/coorbit/ont#representsState"
    found = quads(client.get("/id/actor/chn.nq", params={"relation": relation}))
    pointing = {quad for quad in found if quad.predicate.value == relation}
    assert pointing
    assert ox.DefaultGraph() not in {quad.graph_name for quad in pointing}


def test_the_default_graph_of_a_plain_dataset_states_triples(plain: httpx.Client) -> None:
    """There it is a graph like others."""
    name, graph = f"{BASE}id/actor/plain", "http://e.test/quads"
    rows = [f'<{name}> <http://e.test/p> "in the default graph" .', f'<{name}> <http://e.test/p> "in both" .']
    assert plain.post("/store?default", content="\n".join(rows), headers={"Content-Type": "text/turtle"}).is_success
    assert plain.post(f"/store?graph={graph}", content=rows[1], headers={"Content-Type": "text/turtle"}).is_success
    found = {quad for quad in quads(plain.get("/id/actor/plain.nq")) if quad.subject.value == name}  # type: ignore[union-attr]
    assert {(quad.object.value, str(quad.graph_name)) for quad in found} == {  # type: ignore[union-attr]
        ("in the default graph", "DEFAULT"),
        ("in both", "DEFAULT"),
        ("in both", f"<{graph}>"),
    }
