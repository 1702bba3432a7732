"""The Reconciliation Service API over HTTP: sessions as OpenRefine has them, tables of messy names, and bad input."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from messy import ABSENT, LANGUAGES, NOISE, Messy, Row

from graph.terms import BASE, COO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from graph.versions import Version

ROOT = "/reconcile"
DRAFT = "/reconcile/1.0-draft"
AT_ONCE = 10
"""Queries in a request of OpenRefine."""

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))]
"""The first is quick; the others make the figure one that chance does not give."""


@pytest.fixture(scope="module")
def messy(version: Version) -> Messy:
    """The maker of tables."""
    return Messy(version.directory, ox.Store.read_only(str(version.store)))


def batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield rows as OpenRefine sends them."""
    for at in range(0, len(rows), AT_ONCE):
        yield rows[at : at + AT_ONCE]


def ask(client: httpx.Client, queries: object) -> Any:  # noqa: ANN401  (JSON)
    """Send a batch of version 0.2 and return the answer."""
    response = client.post(ROOT, data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    return response.json()


def matched(client: httpx.Client, rows: Sequence[Row]) -> list[str]:
    """Return the IRIs that the service matches rows with, empty for none; the best candidate comes first."""
    queries = {
        f"q{number}": {
            "query": row.text,
            "type": row.kind,
            "type_strict": "should",
            "limit": 5,
            "properties": [{"pid": pid, "v": value} for pid, value in row.columns.items()],
        }
        for number, row in enumerate(rows)
    }
    answer = ask(client, queries)
    assert list(answer) == list(queries)
    found = []
    for name in queries:
        candidates = answer[name]["result"]
        scores = [each["score"] for each in candidates]
        assert scores == sorted(scores, reverse=True)
        assert sum(each["match"] for each in candidates) <= 1
        found.append(BASE + "id/" + candidates[0]["id"] if candidates and candidates[0]["match"] else "")
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_messy_table_is_matched(
    client: httpx.Client, messy: Messy, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 200 messy names those with a thing are matched with it and no others: precision and recall 0.95 or more."""
    rows = messy.table(seed)
    found = [iri for batch in batches(rows) for iri in matched(client, batch)]
    outcome: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, iri in zip(rows, found, strict=True):
        outcome[row.noise]["right" if iri == row.iri else "wrong" if iri else "unmatched"] += 1
    right = sum(bool(iri) and iri == row.iri for row, iri in zip(rows, found, strict=True))
    precision, recall = right / sum(map(bool, found)), right / sum(bool(row.iri) for row in rows)
    with capsys.disabled():
        named = sum(bool(row.columns) for row in rows)
        print(f"\nseed {seed}: precision {precision:.3f}, recall {recall:.3f}; {named} rows with a column", end=" ")
        print({noise: dict(counts) for noise, counts in outcome.items() if set(counts) != {"right"}}, end="")
    assert precision >= 0.95
    assert recall >= 0.95


def test_tables_have_all_kinds_of_noise(messy: Messy) -> None:
    """Eight kinds alike often, one row in ten that is nowhere, five languages beside English, and the same by seed."""
    rows = messy.table(7)
    counts = Counter(row.noise for row in rows)
    assert set(counts) == {*NOISE, ABSENT}
    assert counts[ABSENT] == len(rows) / 10
    assert min(counts[noise] for noise in NOISE) >= 20
    assert rows == messy.table(7)
    assert rows != messy.table(8)
    assert len(LANGUAGES) == 6


def test_the_manifest_says_what_is_offered(client: httpx.Client) -> None:
    """What version 0.2 requires, with templates of its form; each service that it names answers."""
    manifest = client.get(ROOT).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == BASE + "id/"
    assert manifest["schemaSpace"] == COO
    assert "{{id}}" in manifest["view"]["url"]
    shown = client.get(manifest["preview"]["url"].replace("{{id}}", "actor/chn"))
    assert shown.status_code == 200
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
    properties = ["launchDate", "country", "cosparId", "nothing"]
    asked = {"ids": ["system/cfosat", "actor/none", "x y"], "properties": [{"id": pid} for pid in properties]}
    told = client.post(ROOT, data={"extend": json.dumps(asked)}).json()
    assert [each["id"] for each in told["meta"]] == properties
    assert told["rows"]["system/cfosat"] == {
        "launchDate": [{"date": "2018-10-29T00:00:00Z"}],
        "country": [{"id": "actor/chn", "name": "China"}],
        "cosparId": [{"str": "2018-083A"}],
        "nothing": [],
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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"queries": "{"}, "not JSON"),
        ({"queries": "[" * 100_000}, "not JSON"),
        ({"queries": "[]"}, "an object of JSON is missing"),
        ({"queries": '{"q": 1}'}, "an object of JSON is missing"),
        ({"queries": '{"q": {}}'}, "neither query nor properties"),
        ({"queries": '{"q": {"properties": [{"pid": "country", "v": "b"}]}}'}, "a name is needed"),
        ({"queries": '{"q": {"query": 1}}'}, "query is a string"),
        ({"queries": json.dumps({"q": {"query": "a" * 501}})}, "at most 500 characters"),
        ({"queries": '{"q": {"query": "a", "limit": 0.5}}'}, "limit is a number"),
        ({"queries": '{"q": {"query": "a", "limit": "b"}}'}, "limit is a number"),
        ({"queries": '{"q": {"query": "a", "type": [1]}}'}, "type is a string"),
        ({"queries": '{"q": {"query": "a", "properties": [{"v": "b"}]}}'}, "pid is a string"),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "b"}]}}'}, "v is a string"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(1001)})}, "at most 1000"),
        ({"extend": "{}"}, "lists"),
        ({"extend": '{"ids": [1], "properties": []}'}, "an id is a string"),
        ({"extend": '{"ids": [], "properties": ["a"]}'}, "an object of JSON is missing"),
        ({"other": "1"}, "send queries="),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_batch_is_refused(client: httpx.Client, body: dict[str, str], expected: str) -> None:
    """400 that says what was wrong and what is expected."""
    response = client.post(ROOT, data=body)
    assert response.status_code == 400, response.text
    assert expected in response.json()["detail"]
    assert "send " in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[]", "an object of JSON is missing"),
        ("{}", "no list of queries"),
        ('{"queries": [{}]}', "at least one condition"),
        ('{"queries": [{"conditions": [{"v": "a"}]}]}', "matchType"),
        ('{"queries": [{"conditions": [{"matchType": "property", "v": "a"}]}]}', "pid"),
        (
            '{"queries": [{"conditions": [{"matchType": "property", "pid": "a", "v": "a", "matchQuantifier": []}]}]}',
            "matchQuantifier",
        ),
    ],
)
def test_what_is_no_batch_of_the_draft_is_refused(client: httpx.Client, body: str, expected: str) -> None:
    """400 likewise."""
    response = client.post(f"{DRAFT}/match", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert expected in response.json()["detail"]


def test_a_body_has_its_type(client: httpx.Client) -> None:
    """415 names the types that are taken."""
    for path in (ROOT, f"{DRAFT}/match", f"{DRAFT}/extend"):
        response = client.post(path, content=b"x", headers={"Content-Type": "text/plain"})
        assert response.status_code == 415
        assert "application/json" in response.json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=-1", "offset=99999", "prefix=" + "a" * 201])
def test_what_cannot_be_suggested_is_refused(client: httpx.Client, query: str) -> None:
    """400 for a place or a number that there is not."""
    assert client.get(f"{ROOT}/suggest/entity?{query}").status_code == 400
