"""`/explore/network`: its relations are those of its query; it grows, stays small, and says what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from pictured import cells, data_of, rows_behind

from graph.terms import BASE, COO, PREFIXES
from service.explore.network import network_page
from service.explore.picture import MOST_EXPANDED, MOST_SHOWN, NETWORK, Picture

if TYPE_CHECKING:
    import httpx

    from graph.versions import Version

ID = BASE + "id/"
CHINA, FRANCE, CFOSAT = ID + "actor/chn", ID + "actor/fra", ID + "system/cfosat"


@pytest.fixture(scope="module")
def stored(version: Version) -> ox.Store:
    """The packaged dataset as a query process has it open."""
    return ox.Store.read_only(str(version.store))


def test_the_relations_of_a_network_are_those_of_its_query(client: httpx.Client) -> None:
    """Each row of the query is a relation that is shown, for a thing that has few."""
    text = client.get("/explore/network?about=system/cfosat").text
    rows = rows_behind(client, text)
    shown = {(row[0], row[2]) for row in cells(text, "Relations shown")}
    names = {row["to"] if row["from"] == CFOSAT else row["from"]: row["name"] for row in rows} | {CFOSAT: "CFOSAT"}
    expected = {(names[row["from"]], names[row["to"]]) for row in rows}
    assert shown == expected
    data = data_of(text)
    assert len(data["edges"]) == len(cells(text, "Relations shown"))
    assert data["nodes"][0]["id"] == "system/cfosat"
    assert "left out" not in text


def test_a_network_is_expanded_by_a_link(client: httpx.Client) -> None:
    """A link adds the neighbours of a thing to those that were there, and another takes them away again."""
    before = data_of(client.get("/explore/network?about=system/cfosat").text)
    (france,) = [each for each in before["nodes"] if each["id"] == "actor/cnes"]
    after = data_of(client.get(france["expand"]).text)
    assert {each["id"] for each in before["nodes"]} < {each["id"] for each in after["nodes"]}
    (again,) = [each for each in after["nodes"] if each["id"] == france["id"]]
    assert again["expanded"]
    assert data_of(client.get(again["expand"]).text) == before


def test_a_network_stays_small_and_says_what_is_missing(stored: ox.Store) -> None:
    """Never more things than fit, each relation has its share, and what is left out is counted."""
    further = tuple(ID + f"actor/{code}" for code in ("usa", "fra", "rus", "ind", "jpn", "esa"))
    page = network_page(stored, Picture(kind=NETWORK, about=CHINA, expanded=further))
    assert len(page.nodes) == MOST_SHOWN
    assert {edge.source.iri for edge in page.edges} | {edge.target.iri for edge in page.edges} <= {
        node.iri for node in page.nodes
    }
    assert sum(node.missing for node in page.cut) > 1000
    small = network_page(stored, Picture(kind=NETWORK, about=CFOSAT))
    assert small.cut == []


def test_nothing_is_offered_that_would_change_nothing(client: httpx.Client) -> None:
    """Where as many things are expanded as can be, none is to be expanded; what a network is about is not folded up."""
    most = "&".join(f"expand=actor/{code}" for code in ("usa", "fra", "rus", "ind", "jpn", "bra", "chn", "deu"))
    text = client.get(f"/explore/network?about=system/cfosat&{most}").text
    nodes = data_of(text)["nodes"]
    assert [each["id"] for each in nodes if each["expand"]] == [each["id"] for each in nodes[1 : MOST_EXPANDED + 1]]
    assert nodes[0]["centre"] == "/explore/network?about=system%2Fcfosat"
    assert f"No more than {MOST_EXPANDED} can be: fold one up to expand another." in text
    assert text.count(">fold up</a>") == 2 * MOST_EXPANDED
    assert ">expand</a>" not in text
    alone = client.get("/explore/network?about=system/cfosat").text
    centre, *others = data_of(alone)["nodes"]
    assert (centre["expand"], centre["centre"]) == ("", "")
    assert all(each["expand"] and each["centre"] for each in others)
    assert "No more than" not in alone


def test_what_is_left_out_of_a_network_is_told_of_each_thing(client: httpx.Client, stored: ox.Store) -> None:
    """CFOSAT has all of its relations where France, which is expanded, has not: the page of France has them."""
    page = network_page(stored, Picture(kind=NETWORK, about=CFOSAT, expanded=(FRANCE,)))
    (cut,) = page.cut
    shown = sum(FRANCE in (edge.source.iri, edge.target.iri) for edge in page.edges)
    alone = network_page(stored, Picture(kind=NETWORK, about=FRANCE))
    assert (cut.iri, cut.missing + shown) == (FRANCE, alone.nodes[0].missing + len(alone.edges))
    text = client.get("/explore/network?about=system/cfosat&expand=actor/fra").text
    expected = f'Left out: {cut.missing:,} of the relations of <a href="/id/actor/fra">France</a>; its page has all.'
    assert expected in text
    text = client.get("/explore/network?about=actor/chn&expand=actor/fra&lang=fr").text
    assert '<a href="/id/actor/chn?lang=fr"><span lang="fr" dir="auto">Chine</span></a>, ' in text
    assert "; their pages have all." in text


def test_terms_of_the_network_are_those_of_the_ontology(stored: ox.Store) -> None:
    """Each property that the network follows is declared."""
    from service.explore.network import _RELATIONS  # noqa: PLC0415  (the list itself is what is held)

    declared = ox.NamedNode(PREFIXES["owl"] + "ObjectProperty")
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    assert [n for n in _RELATIONS if not list(stored.quads_for_pattern(ox.NamedNode(COO + n), kind, declared))] == []
