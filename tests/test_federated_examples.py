"""The federated examples: each joins this graph with an outside one, for which a second instance stands here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.candidates import read_candidates
from graph.examples import packaged_examples
from graph.proposals import Known, propose
from graph.questions import packaged_questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

WIKIDATA = "https://query.wikidata.org/sparql"
FEDERATED = {question.name: question for question in packaged_questions("federated")}
OUTSIDE = """
@prefix wdt: <http://www.wikidata.org/prop/direct/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix wd: <http://www.wikidata.org/entity/> .
<{mongolia}> wdt:P298 "MNG" ; rdfs:label "Mongolia"@sw , "Mongolie"@fr .
wd:Q900001 wdt:P247 "2018-083A" ; rdfs:label "CFOSAT"@en ; wdt:P619 "2018-10-28T00:00:00Z"^^xsd:dateTime .
wd:Q900002 wdt:P247 "2017-078A" ; wdt:P619 "2017-12-10T00:00:00Z"^^xsd:dateTime .
"""


@pytest.fixture(scope="module")
def client(
    home: Path, store: ox.Store, tmp_path_factory: pytest.TempPathFactory, serve: Serve
) -> Iterator[httpx.Client]:
    """This graph, which may call an instance that holds what Wikidata says of some things; its address is `outside`."""
    exact = ox.NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
    mongolia = ox.NamedNode("https://w3id.org/coorbit/id/actor/mng")
    items = [str(quad.object)[1:-1] for quad in store.quads_for_pattern(mongolia, exact, None)]
    (item,) = [each for each in items if each.startswith("http://www.wikidata.org/")]
    outside = tmp_path_factory.mktemp("outside") / "home"
    publish_quads(outside, read(OUTSIDE.format(mongolia=item)), kind="plain")
    with serve(outside) as other:
        address = f"{other.base_url}sparql"
        with serve(home, COORBIT_SERVICE_ALLOW=address) as served:
            served.headers["X-Outside"] = address
            yield served


def asked(client: httpx.Client, name: str, form: str) -> httpx.Response:
    """Return what a federated example answers where the other instance stands for Wikidata."""
    assert FEDERATED[name].services == (WIKIDATA,)
    text = FEDERATED[name].text.replace(WIKIDATA, client.headers["X-Outside"])
    response = client.get("/sparql", params={"query": text, "format": form})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    return response


def rows(client: httpx.Client, name: str) -> list[list[str]]:
    """Return the rows of such an answer."""
    return [line.split(",") for line in asked(client, name, "csv").text.splitlines()[1:]]


def test_names_come_from_outside(client: httpx.Client) -> None:
    """A state is found by its link, and has there a name that is not here."""
    (row,) = rows(client, "names-of-states-in-wikidata")
    assert (row[0].rpartition("/")[2], row[1], row[3]) == ("mng", "Mongolia", "Mongolia")


def test_dates_are_compared_by_identifier(client: httpx.Client) -> None:
    """A satellite is found by its COSPAR designator; only a date that differs is told."""
    (row,) = rows(client, "launch-dates-in-wikidata")
    assert (row[2], row[3], row[5]) == ("2018-083A", "2018-10-29", "2018-10-28")


def test_an_answer_from_outside_proposes_links(client: httpx.Client, tmp_path: Path, store: ox.Store) -> None:
    """Saved as a file it is a catalogue of candidates, which are found by the identifier that both sides carry."""
    response = asked(client, "satellites-to-link-to-wikidata", "json")
    (tmp_path / "answer.srj").write_bytes(response.content)
    (proposal,) = propose("wikidata", read_candidates(tmp_path / "answer.srj"), Known(store))
    assert (proposal.local.rpartition("/")[2], proposal.external.rpartition("/")[2]) == ("cfosat", "Q900001")
    assert (proposal.grounds, proposal.relation) == ("shared-identifier", "exactMatch")


@pytest.mark.parametrize("name", FEDERATED)
def test_an_example_is_not_asked_where_its_endpoint_is_not_allowed(client: httpx.Client, name: str) -> None:
    """403 with the way out; the page says who has to allow it."""
    response = client.get(f"/examples/{name}/run")
    assert (response.status_code, WIKIDATA in response.json()["detail"]) == (403, True)
    page = client.get(f"/examples/{name}", headers={"Accept": "text/html"}).text
    assert 'href="/about/deployment#federation"' in page
    deployment = client.get("/about/deployment").text
    assert '<h2 id="federation">' in deployment
    assert f"COORBIT_SERVICE_ALLOW={WIKIDATA}" in deployment


def test_federated_examples_are_examples() -> None:
    """They are listed with the others, and say whom they ask."""
    assert len(FEDERATED) >= 2
    assert FEDERATED.keys() <= {question.name for question in packaged_examples()}
    for question in FEDERATED.values():
        assert question.services
        assert set(re.findall(r"\?(\w+)", question.answers)) == set(question.columns)
