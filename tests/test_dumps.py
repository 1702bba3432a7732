"""The current version as files, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import BNode, Graph
from rdflib.compare import isomorphic

if TYPE_CHECKING:
    import httpx

    from graph.versions import Version


def test_dumps_are_the_dataset(client: httpx.Client, version: Version) -> None:
    """The Turtle dump parses in rdflib and in pyoxigraph to the same graph, the merge that the manifest counts."""
    response = client.get("/dumps/coorbit.ttl")
    assert response.headers["content-type"].startswith("text/turtle")
    in_rdflib = Graph().parse(data=response.text, format="turtle")
    in_pyoxigraph = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
    again = Graph().parse(data=ox.serialize(in_pyoxigraph, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert len(in_rdflib) == len(again) == len(in_pyoxigraph) == version.manifest.triples

    def blank(graph: Graph) -> Graph:
        found = Graph()
        for triple in graph:
            if any(isinstance(term, BNode) for term in triple):
                found.add(triple)
        return found

    assert set(in_rdflib) - set(blank(in_rdflib)) == set(again) - set(blank(again))
    assert isomorphic(blank(in_rdflib), blank(again))


def test_the_trig_dump_keeps_the_graphs(client: httpx.Client, version: Version) -> None:
    """Each named graph is there with the quads that the manifest counts, and nothing outside them."""
    response = client.get("/dumps/coorbit.trig")
    assert response.headers["content-type"].startswith("application/trig")
    counts: dict[str, int] = {}
    for quad in ox.parse(response.content, format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)
        counts[quad.graph_name.value] = counts.get(quad.graph_name.value, 0) + 1
    assert counts == version.manifest.graphs


def test_an_unknown_dump_names_the_known_ones(client: httpx.Client) -> None:
    """404 with the list."""
    response = client.get("/dumps/coorbit.zip")
    assert response.status_code == 404
    assert "coorbit.ttl" in response.json()["detail"]
