"""What is told of versions as RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.terms import BASE, PREFIXES, RDF
from service.formats import GRAPHS, rdf_format

if TYPE_CHECKING:
    import httpx

VERSION = ox.NamedNode(f"{BASE}versions/1")


@pytest.mark.parametrize("path", ["/versions/1", "/versions"])
@pytest.mark.parametrize("name", [each.name for each in GRAPHS])
def test_versions_are_told_in_every_format_of_rdf(client: httpx.Client, path: str, name: str) -> None:
    """By `format=` and by Accept alike: the version as DCAT has it, and how it came to be as PROV has it."""
    into = next(each for each in GRAPHS if each.name == name)
    response = client.get(path, params={"format": name})
    assert response.headers["content-type"] == into.content_type
    assert client.get(path, headers={"Accept": into.media_type}).content == response.content
    found = {quad.triple for quad in ox.parse(response.content, format=rdf_format(into))}
    assert ox.Triple(VERSION, ox.NamedNode(RDF + "type"), ox.NamedNode(PREFIXES["dcat"] + "Dataset")) in found
    activity = ox.NamedNode(PREFIXES["prov"] + "Activity")
    assert [each for each in found if each.object == activity]


def test_versions_name_their_formats(client: httpx.Client) -> None:
    """Each is an alternate that is answered; one that is not known is refused, and JSON stays the first choice."""
    response = client.get("/versions/1")
    assert response.headers["content-type"] == "application/json"
    alternates = response.headers["link"].split(", ")
    assert all('rel="alternate"' in each for each in alternates)
    for each in alternates:
        assert client.head(each[1 : each.index(">")]).status_code == 200
    for path in ("/versions", "/versions/1"):
        refused = client.get(path, params={"format": "word"})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
        assert "turtle" in refused.json()["detail"]
