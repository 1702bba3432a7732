"""The Reconciliation Service API over HTTP: what each version of it offers, and what it tells."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from graph.terms import BASE, COO

if TYPE_CHECKING:
    import httpx

ROOT = "/reconcile"
DRAFT = "/reconcile/1.0-draft"


def ask(client: httpx.Client, queries: object) -> Any:  # noqa: ANN401  (JSON)
    """Send a batch of version 0.2 and return the answer."""
    response = client.post(ROOT, data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    return response.json()


def test_the_manifest_says_what_is_offered(client: httpx.Client) -> None:
    """What version 0.2 requires, with templates of its form; each service that it names answers."""
    manifest = client.get(ROOT).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == BASE + "id/"
    assert manifest["schemaSpace"] == COO
    assert manifest["batchSize"] == 1000
    for template in (manifest["view"], manifest["preview"]):  # clients encode an identifier as one component
        for identifier in ("actor/chn", "actor%2Fchn", "actor%2fchn"):
            address = template["url"].replace("{{id}}", identifier)
            assert client.get(address, follow_redirects=True).status_code == 200
    assert client.get("/id/actor%2Fchn.ttl?version=1").headers["location"] == "/id/actor/chn.ttl?version=1"
    assert client.get("/id/actor%2Fnone", follow_redirects=True).status_code == 404
    assert not any("flyout_service_path" in service for service in manifest["suggest"].values())
    for service in manifest["suggest"].values():
        address = service["service_url"] + service["service_path"]
        assert client.get(address, params={"prefix": "l"}).json()["result"]
    proposing = manifest["extend"]["propose_properties"]
    address = proposing["service_url"] + proposing["service_path"]
    assert client.get(address, params={"type": "Satellite"}).json()["properties"]


def test_the_draft_has_a_manifest_of_its_own(client: httpx.Client) -> None:
    """Version 1.0-draft has booleans where 0.2 has addresses; its services stand below its root."""
    manifest = client.get(DRAFT).json()
    assert manifest["versions"] == ["1.0-draft"]
    assert re.search(r"\{.*id.*\}", manifest["view"]["url"])
    assert manifest["suggest"] == {"entity": True, "property": True, "type": True}
    assert manifest["standardizedScore"] is True
    for kind in manifest["suggest"]:
        assert client.get(f"{DRAFT}/suggest/{kind}", params={"prefix": "l"}).json()["result"]
    assert client.get(f"{DRAFT}/preview", params={"id": "actor/chn"}).status_code == 200


def test_both_manifests_are_of_their_schemas(client: httpx.Client) -> None:
    """What the schemas of the specification require, and no field that they do not know."""
    both = {"versions", "name", "documentation", "serviceVersion", "view", "preview", "suggest", "extend", "batchSize"}
    both |= {"defaultTypes"}
    old, new = client.get(ROOT).json(), client.get(DRAFT).json()
    assert set(old) == both | {"identifierSpace", "schemaSpace"}
    assert set(new) == both | {"standardizedScore", "lang"}
    assert set(old["preview"]) == {"url", "width", "height"}
    assert set(new["preview"]) == {"width", "height"}
    assert set(new["extend"]) == {"proposeProperties", "propertySettings"}
    for manifest in (old, new):
        assert all(set(each) == {"id", "name"} for each in manifest["defaultTypes"])


def test_a_part_of_a_name_has_candidates_and_no_match(client: httpx.Client) -> None:
    """Korea may be either of two states, the best known first: a person decides."""
    for query in ({"query": "Korea"}, {"query": "Korea", "type": "State"}):
        candidates = ask(client, {"a": query})["a"]["result"]
        assert {each["id"] for each in candidates[:2]} == {"actor/kor", "actor/prk"}
        assert not any(each["match"] for each in candidates)


def test_terms_take_no_place_of_entities(client: httpx.Client) -> None:
    """Classes and concepts are no candidates, and so neither fill the list nor stand beside a match."""
    candidates = ask(client, {"a": {"query": "satellite", "limit": 5}})["a"]["result"]
    assert len(candidates) == 5
    assert not any(each["id"].startswith("http") for each in candidates)


def test_a_candidate_tells_why(client: httpx.Client) -> None:
    """Identifier, name, types, score, decision, and the features that the score was made of."""
    column = [{"pid": "country", "v": "China"}, {"pid": "launchDate", "v": "2018-10-29"}]
    query = {"query": "CFOSAT", "type": "Satellite", "properties": column}
    best = ask(client, {"a": query})["a"]["result"][0]
    assert (best["id"], best["name"], best["match"], best["score"]) == ("system/cfosat", "CFOSAT", True, 100)
    assert {"id": "Satellite", "name": "artificial satellite"} in best["type"]
    assert {each["id"]: each["value"] for each in best["features"]} == {
        "name": 1.0,
        "property:country": 1.0,
        "property:launchDate": 1.0,
    }


def test_a_column_that_contradicts_counts(client: httpx.Client) -> None:
    """The same name with another launch date is a worse candidate, and no match where it was one."""
    query = {"query": "CFOSAT", "type": "Satellite", "properties": [{"pid": "launchDate", "v": "1999-01-01"}]}
    best = ask(client, {"a": query})["a"]["result"][0]
    assert best["id"] == "system/cfosat"
    assert best["score"] <= 75


@pytest.mark.parametrize(
    "text",
    [
        "Telstar 401",
        "Alcomsat-2",
        "PRSS-2",
        "Astra 5Z",
        "Launch of CFOSAT 2",
        "Cuba Space Agency",
        "Wakanda Space Agency",
        "European Rail Agency",
        "China National Rail Administration",
        "Atlantis",
    ],
)
def test_what_is_not_there_is_no_match(client: httpx.Client, text: str) -> None:
    """A name of which a number or a word is another may have candidates: a person decides."""
    assert not any(each["match"] for each in ask(client, {"a": {"query": text}})["a"]["result"])


@pytest.mark.parametrize(
    ("text", "pid", "value"),
    [
        ("China", "isoAlpha3", "USA"),
        ("CFOSAT", "country", "Brazil"),
        ("CFOSAT", "launchDate", "1999-01-01"),
        ("CFOSAT", "launchDate", "not a date"),
        ("CFOSAT", "cosparId", "2018-083B"),
    ],
)
def test_what_contradicts_is_no_match(client: httpx.Client, text: str, pid: str, value: str) -> None:
    """Another identifier, country or date means another thing, and so does what is no date."""
    best = ask(client, {"a": {"query": text, "properties": [{"pid": pid, "v": value}]}})["a"]["result"][0]
    assert not best["match"]
    assert {"id": f"property:{pid}", "value": 0.0} in best["features"]


@pytest.mark.parametrize("day", ["2018", "2018-10", "2018-10-29T00:43:00Z"])
def test_a_date_agrees_as_far_as_it_tells(client: httpx.Client, day: str) -> None:
    """A year or a month alone contradicts nothing that lies in it."""
    query = {"query": "CFOSAT", "properties": [{"pid": "launchDate", "v": day}]}
    assert ask(client, {"a": query})["a"]["result"][0]["match"]


def test_identifiers_are_names_too(client: httpx.Client) -> None:
    """Our identifier, our IRI, an IRI of another graph and a code lead to their thing, with certainty."""
    given = [
        "Q148",
        "wd:Q148",
        "actor:chn",
        "actor/chn",
        BASE + "id/actor/chn",
        "http://www.wikidata.org/entity/Q148",
        "CHN",
    ]
    answer = ask(client, {text: {"query": text} for text in given})
    assert {
        text: (answer[text]["result"][0]["id"], answer[text]["result"][0]["match"]) for text in given
    } == dict.fromkeys(given, ("actor/chn", True))


def test_an_identifier_stands_for_a_name(client: httpx.Client) -> None:
    """A query of properties alone is answered by an identifier among them; one of Wikidata is suggested."""
    asked = {
        pid: {"query": "", "properties": [{"pid": pid, "v": value}]}
        for pid, value in (("cosparId", "2018-083A"), ("wikidata", "Q148"), ("identifier", "Q148"))
    }
    answer = ask(client, asked)
    found = [(answer[pid]["result"][0]["id"], answer[pid]["result"][0]["match"]) for pid in asked]
    assert found == [("system/cfosat", True), ("actor/chn", True), ("actor/chn", True)]
    suggested = client.get(f"{ROOT}/suggest/property", params={"prefix": "wiki"}).json()["result"]
    assert [each["id"] for each in suggested] == ["wikidata"]


def test_a_query_by_the_address(client: httpx.Client) -> None:
    """Version 0.2 takes a batch by GET too."""
    queries = json.dumps({"q": {"query": "Brasil", "type": "State"}})
    assert client.get(ROOT, params={"queries": queries}).json()["q"]["result"][0]["id"] == "actor/bra"


@pytest.mark.parametrize("path", [f"{DRAFT}/match", f"{DRAFT}/reconcile", ROOT])
def test_the_draft_is_asked_by_json(client: httpx.Client, path: str) -> None:
    """Conditions in place of a name and properties; a list of results in the order of the queries."""
    conditions: list[dict[str, object]] = [
        {"matchType": "name", "v": "CFOSAT"},
        {"matchType": "property", "pid": "country", "v": {"id": "actor/chn", "name": "China"}, "required": True},
    ]
    other = [{**conditions[1], "v": "Brazil"}]
    asked = {
        "queries": [
            {"type": "Satellite", "limit": 2, "conditions": conditions},
            {"type": "Satellite", "conditions": [conditions[0], *other]},
        ]
    }
    results = client.post(path, json=asked).json()["results"]
    assert [[each["id"] for each in result["candidates"]] for result in results] == [["system/cfosat"], []]
    assert all({"id", "name", "value"} == set(each) for each in results[0]["candidates"][0]["features"])


def test_values_are_taken(client: httpx.Client) -> None:
    """Entities with their names, days at midnight, texts; nothing for what is unknown; both versions tell the same."""
    properties = ["launchDate", "country", "cosparId", "operator"]
    asked = {"ids": ["system/cfosat", "actor/none", "x y"], "properties": [{"id": pid} for pid in properties]}
    told = client.post(ROOT, data={"extend": json.dumps(asked)}).json()
    assert [each["id"] for each in told["meta"]] == properties
    assert told["rows"]["system/cfosat"] == {
        "launchDate": [{"date": "2018-10-29T00:00:00Z"}],
        "country": [{"id": "actor/chn", "name": "China"}],
        "cosparId": [{"str": "2018-083A"}],
        "operator": told["rows"]["system/cfosat"]["operator"],
    }
    assert set(map(str, told["rows"]["actor/none"].values())) == {"[]"}
    draft = client.post(f"{DRAFT}/extend", json=asked).json()
    assert {each["id"]: {p["id"]: p["values"] for p in each["properties"]} for each in draft["rows"]} == told["rows"]


def test_suggestions_follow_what_is_typed(client: httpx.Client) -> None:
    """Entities, types and properties by their beginnings, from the place that is asked for; terms are no entities."""
    entities = client.get(f"{ROOT}/suggest/entity", params={"prefix": "china nat"}).json()["result"]
    assert entities[0]["id"] == "actor/cnsa"
    assert all(not each["id"].startswith("http") for each in entities)
    states = client.get(f"{ROOT}/suggest/entity", params={"prefix": "chi", "type": "State"}).json()["result"]
    assert {"actor/chn", "actor/chl"} <= {each["id"] for each in states}
    later = client.get(f"{ROOT}/suggest/entity", params={"prefix": "chi", "type": "State", "cursor": "1"}).json()[
        "result"
    ]
    assert later[0] == states[1]
    types = client.get(f"{ROOT}/suggest/type", params={"prefix": "space ag"}).json()["result"]
    assert types[0] == {"id": "SpaceAgency", "name": "space agency"}
    assert client.get(f"{ROOT}/suggest/type").json()["result"]
    assert client.get(f"{ROOT}/suggest/property", params={"prefix": "launch"}).json()["result"][0]["id"] == "launchDate"
    proposed = client.get(f"{ROOT}/extend/propose", params={"type": "SpaceAgency", "limit": "3"}).json()
    assert proposed["type"] == "SpaceAgency"
    assert "country" in {each["id"] for each in proposed["properties"]}
    assert len(proposed["properties"]) == 3


def test_a_preview_may_be_embedded(client: httpx.Client) -> None:
    """A small page without script or style, that any page may frame; 404 for what is no entity."""
    response = client.get(f"{ROOT}/preview", params={"id": "system/cfosat"})
    assert "2018-10-29" in response.text
    assert "frame-ancestors *" in response.headers["content-security-policy"]
    assert not re.search(r"<(script|link|style|img)", response.text)
    for identifier in ("actor/none", "", "<script>alert(1)</script>", "http://[", "a b"):
        refused = client.get(f"{ROOT}/preview", params={"id": identifier})
        assert refused.status_code == 404
        assert "<script>" not in refused.text
