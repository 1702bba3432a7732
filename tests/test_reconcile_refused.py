"""What is no request of the Reconciliation Service API, and is told to be none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

ROOT = "/reconcile"
DRAFT = "/reconcile/1.0-draft"


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
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "country"}]}}'}, "v is a string"),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "b", "v": "b"}]}}'}, "b is none of the properties"),
        ({"extend": "{}"}, "lists"),
        ({"extend": '{"ids": [1], "properties": []}'}, "an id is a string"),
        ({"extend": '{"ids": [], "properties": ["a"]}'}, "an object of JSON is missing"),
        ({"extend": '{"ids": [], "properties": [{"id": "launchdate"}]}'}, "did you mean launchDate"),
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


def test_a_type_that_is_none_is_refused(client: httpx.Client) -> None:
    """400 names the nearest class: an empty answer would hide a slip. A class of others that things have is one."""
    batch = json.dumps({"q": {"query": "China", "type": "Satellites"}})
    draft = {"queries": [{"type": "Satellites", "conditions": [{"matchType": "name", "v": "China"}]}]}
    for response in (
        client.post(ROOT, data={"queries": batch}),
        client.post(f"{DRAFT}/match", json=draft),
        client.get(f"{ROOT}/suggest/entity", params={"prefix": "c", "type": "Satellites"}),
        client.get(f"{ROOT}/extend/propose", params={"type": "Satellites"}),
    ):
        assert response.status_code == 400
        assert "did you mean Satellite" in response.json()["detail"]


def test_a_batch_that_is_too_large_is_413(client: httpx.Client) -> None:
    """As the specification has it for more than `batchSize`; so for entities to be extended."""
    queries = {str(n): {"query": "a"} for n in range(1001)}
    assert client.post(ROOT, data={"queries": json.dumps(queries)}).status_code == 413
    extension = {"ids": ["actor/chn"] * 1001, "properties": [{"id": "country"}]}
    response = client.post(f"{DRAFT}/extend", json=extension)
    assert response.status_code == 413
    assert "send at most 1000" in response.json()["detail"]


@pytest.mark.parametrize(
    "path", ["", "/1.0-draft", "/suggest/entity", "/suggest/property", "/extend/propose", "/preview"]
)
def test_an_older_version_is_refused(client: httpx.Client, path: str) -> None:
    """Clients make the addresses themselves, and would mix two versions without knowing."""
    response = client.get(f"{ROOT}{path}?version=1")
    assert response.status_code == 400
    assert "leave version= out" in response.json()["detail"]
