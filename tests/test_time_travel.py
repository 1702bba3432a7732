"""Old versions over HTTP: `version=` on `/sparql`, `/store` and `/query`, and the list of `/versions`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox
import pytest
from chains import COUNT, NEWEST, count, prune
from html_pages import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Coorbit, Serve

PRUNED: Final = 3
IMMUTABLE: Final = "public, max-age=31536000, immutable"
UPDATE: Final = {"Content-Type": "application/sparql-update"}


@pytest.fixture
def home(chain: Path, tmp_path: Path) -> Path:
    """A copy of the home with several versions, to be written and pruned."""
    return shutil.copytree(chain, tmp_path / "home", symlinks=True)


@pytest.fixture(scope="module")
def shared(chain: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service, with a token for writes, of a copy without version 3; its versions stay what they are."""
    home = shutil.copytree(chain, tmp_path_factory.mktemp("shared") / "home", symlinks=True)
    assert prune(home, PRUNED)
    with serve(home, COORBIT_BUFFER_MB="1") as client:
        yield client


@pytest.mark.parametrize("number", [each for each in range(1, NEWEST + 1) if each != PRUNED])
def test_each_way_to_ask_answers_from_the_version(shared: httpx.Client, number: int) -> None:
    """GET, POST as a form and as a query, and QUERY answer from the version that is named, the current one too."""
    by_url = {"version": str(number), "format": "csv"}
    form = {"query": COUNT, **by_url}
    direct = {"Content-Type": "application/sparql-query"}
    answers = [
        shared.get("/sparql", params=form),
        shared.post("/sparql", data=form),
        shared.post("/sparql", params=by_url, data={"query": COUNT}),
        shared.post("/sparql", params=by_url, content=COUNT, headers=direct),
        shared.request("QUERY", "/sparql", params=by_url, content=COUNT, headers=direct),
    ]
    assert [(each.status_code, each.text.split()[1]) for each in answers] == [(200, str(number - 1))] * 5
    head = shared.head("/sparql", params=form)
    assert (head.headers["etag"], head.headers["cache-control"]) == (answers[0].headers["etag"], IMMUTABLE)
    assert count(shared) == NEWEST - 1


@pytest.mark.parametrize("number", [2, 5, NEWEST])
def test_a_graph_is_read_as_it_was(shared: httpx.Client, number: int) -> None:
    """Graph Store reads take the parameter beside `graph` and `default`; a graph that was not there yet is 404."""
    where: dict[str, str | int] = {"graph": "urn:g", "version": number}
    got = shared.get("/store", params=where, headers={"Accept": "application/n-triples"})
    assert {line.split()[2] for line in got.text.splitlines()} == {
        f'"{each}"^^<{ox.Literal(1).datatype.value}>' for each in range(2, number + 1)
    }
    head = shared.head("/store", params=where, headers={"Accept": "application/n-triples"})
    for response in (got, head):
        assert response.headers["etag"].startswith(f'"{number}-')
        assert response.headers["cache-control"] == IMMUTABLE
    assert shared.get("/store?default&version=1").text == ""
    assert shared.get("/store", params={"graph": "urn:g", "version": 1}).status_code == 404


def test_an_answer_of_a_fixed_version_lasts(shared: httpx.Client) -> None:
    """It may be kept for good, also as 304; the same answer to a request that names no version follows the current one.

    Both have one entity tag and one place in the cache, where it matters not who asked first.
    """
    fixed = {"query": "ASK { ?s <urn:made> 6 }", "version": str(NEWEST)}
    follows = {"query": fixed["query"]}
    for _ in range(3):
        one, other = shared.get("/sparql", params=fixed), shared.get("/sparql", params=follows)
        assert one.headers["etag"] == other.headers["etag"]
        assert (one.headers["cache-control"], other.headers["cache-control"]) == (IMMUTABLE, "no-cache")
        tag = {"If-None-Match": one.headers["etag"]}
        again = [shared.get("/sparql", params=each, headers=tag) for each in (fixed, follows)]
        assert [(each.status_code, each.headers["cache-control"]) for each in again] == [
            (304, IMMUTABLE),
            (304, "no-cache"),
        ]


def test_not_modified_needs_no_process_in_the_past_either(shared: httpx.Client) -> None:
    """304 for a tag whose answer is kept no more: the tag names version and question."""
    asked = {"query": "ASK { ?s <urn:made> 4 }", "version": "4"}
    tag = shared.get("/sparql", params=asked).headers["etag"]
    assert tag.startswith('"4-')
    different = asked | {"version": "5"}
    assert shared.get("/sparql", params=different, headers={"If-None-Match": tag}).status_code == 200


def test_what_is_of_the_moment_is_never_kept(shared: httpx.Client) -> None:
    """The version is fixed, the clock is not."""
    response = shared.get("/sparql", params={"query": "SELECT (NOW() AS ?now) {}", "version": 2})
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_a_large_answer_streams_from_an_old_version(shared: httpx.Client) -> None:
    """Past the buffer it goes through a file and arrives whole, with the same promise."""
    query = "SELECT * { ?a <urn:p> ?b . ?c <urn:p> ?d }"
    response = shared.get("/sparql", params={"query": query, "version": 4, "format": "tsv"})
    assert response.text.count("\n") == 300 * 300 + 1
    assert response.headers["cache-control"] == IMMUTABLE


READS: Final = [
    pytest.param("/sparql", {"query": COUNT}, id="query"),
    pytest.param("/sparql", {}, id="description"),
    pytest.param("/store", {"default": ""}, id="graph"),
]


@pytest.mark.parametrize(("path", "parameters"), READS)
def test_a_version_that_never_was_is_unknown(shared: httpx.Client, path: str, parameters: dict[str, str]) -> None:
    """404 names the newest."""
    for number in (0, NEWEST + 1, 10**17):
        response = shared.get(path, params=parameters | {"version": str(number)})
        assert (response.status_code, response.json()["newest"]) == (404, NEWEST)


@pytest.mark.parametrize(("path", "parameters"), READS)
def test_a_pruned_version_names_its_neighbours(shared: httpx.Client, path: str, parameters: dict[str, str]) -> None:
    """410 with the nearest that are kept."""
    response = shared.get(path, params=parameters | {"version": str(PRUNED)})
    assert (response.status_code, response.json()["nearest"]) == (410, [PRUNED - 1, PRUNED + 1])
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("value", ["", "x", "-1", "+1", "1.0", " 1", "٣", "1" * 19, "1&version=2"])
@pytest.mark.parametrize(("path", "parameters"), READS)
def test_what_is_no_number_is_refused(shared: httpx.Client, path: str, parameters: dict[str, str], value: str) -> None:
    """400, never an answer from another version."""
    query = httpx.QueryParams(parameters)
    response = shared.get(f"{path}?{query}{'&' * bool(parameters)}version={value.replace('+', '%2B')}")
    assert response.status_code == 400, response.text
    assert "version=" in response.json()["detail"]


def test_a_write_takes_no_version(home: Path, coorbit: Coorbit, serve: Serve) -> None:
    """400 wherever the parameter stands; nothing is written."""
    token = coorbit("token", "create", "--scope", "write", "--home", home).stdout.strip()
    text = "INSERT DATA { <urn:s> <urn:made> 7 }"
    turtle = {"Content-Type": "text/turtle"}
    with serve(home) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        refused = [
            client.post("/sparql?version=2", content=text, headers=UPDATE),
            client.post("/sparql?version=2", data={"update": text}),
            client.post("/sparql", data={"update": text, "version": "2"}),
            client.put("/store?default&version=2", content="<urn:a> <urn:b> 1 .", headers=turtle),
            client.post("/store?default&version=2", content="<urn:a> <urn:b> 1 .", headers=turtle),
            client.delete("/store?default&version=2"),
        ]
        assert [each.status_code for each in refused] == [400] * len(refused)
        assert all("If-Match" in each.json()["detail"] for each in refused)
        assert client.get("/health/ready").json()["version"] == NEWEST


def test_the_query_page_goes_back_too(shared: httpx.Client) -> None:
    """A browser that is sent on keeps the version; what cannot be answered is told on the page, with its status."""
    asked = {"query": COUNT, "version": "2"}
    sent_on = shared.get("/sparql", params=asked, headers={"Accept": "text/html"})
    assert sent_on.status_code == 303
    page = shared.get(sent_on.headers["location"])
    assert '<td class="number">1</td>' in page.text
    assert 'name="version" value="2"' in page.text
    assert f'<td class="number">{NEWEST - 1}</td>' in shared.get("/query", params={"query": COUNT}).text
    for number, status in ((PRUNED, 410), (NEWEST + 1, 404)):
        page = shared.get("/query", params=asked | {"version": str(number)})
        assert (page.status_code, 'role="alert"' in page.text) == (status, True)


def test_the_version_of_the_query_page_is_chosen_before_the_query(shared: httpx.Client) -> None:
    """A page that names a version is of it, empty too; of one that cannot be had it says so, and stays with today's."""
    empty = shared.get("/query?version=2").text
    assert "As of version 2" in empty
    assert 'name="version" value="2"' in empty
    for query in ("", COUNT):
        refused = shared.get("/query", params={"query": query, "version": str(PRUNED)})
        assert (refused.status_code, f"version {PRUNED} " in read_page(refused.text).one("main").text) == (410, True)
        assert "As of version" not in refused.text
        languages = [
            each.attributes["href"] for each in read_page(refused.text).named("a") if "lang=" in each.attributes["href"]
        ]
        assert languages
        assert not [each for each in languages if "version=" in each]


def test_a_version_is_described(shared: httpx.Client) -> None:
    """The description of an old version has its number, its counts and the address that answers from it."""
    text = shared.get("/sparql", params={"version": 2}, headers={"Accept": "text/turtle"}).text
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TURTLE)
    query = """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?endpoint ?number ?count {
          ?service sd:endpoint ?endpoint ; sd:defaultDataset ?dataset .
          ?dataset owl:versionInfo ?number ; sd:defaultGraph/void:triples ?count
        }"""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [[term.value for term in row] for row in solutions] == [[f"{shared.base_url}sparql?version=2", "2", "301"]]
    assert "versions>" in text


def test_versions_are_listed(home: Path, coorbit: Coorbit, serve: Serve) -> None:
    """The newest first, with what their manifests say; a write and a prune change list and tag."""
    token = coorbit("token", "create", "--scope", "write", "--name", "loader", "--home", home).stdout.strip()
    prune(home, PRUNED)
    with serve(home) as client:
        listed = client.get("/versions")
        assert listed.headers["cache-control"] == "no-cache"
        content = listed.json()
        assert content["current"] == NEWEST
        assert [each["number"] for each in content["versions"]] == [6, 5, 4, 2, 1]
        assert content["versions"][3] | {"digest": ""} == {
            "number": 2,
            "parent": 1,
            "created": "2026-11-23T12:00:00+00:00",
            "author": "tests",
            "message": "INSERT DATA { <urn:s",
            "triples": 301,
            "digest": "",
        }
        assert len({each["digest"] for each in content["versions"]}) == 5
        tag = {"If-None-Match": listed.headers["etag"]}
        assert client.get("/versions", headers=tag).status_code == 304
        assert client.head("/versions").headers["etag"] == listed.headers["etag"]
        update = {"update": "INSERT DATA { <urn:s> <urn:made> 7 }"}
        assert client.post("/sparql", data=update, headers={"Authorization": f"Bearer {token}"}).is_success
        after = client.get("/versions", headers=tag)
        assert (after.status_code, after.json()["versions"][0]["author"]) == (200, "loader")
        assert prune(home, 4)
        assert client.get("/versions", headers={"If-None-Match": after.headers["etag"]}).status_code == 200


def test_the_interface_tells_of_it(shared: httpx.Client) -> None:
    """Each read that takes `version` says so in the API description, with 404 and 410."""
    paths = shared.get("/openapi.json").json()["paths"]
    for operation in (paths["/sparql"]["get"], paths["/sparql"]["post"], paths["/store"]["get"]):
        assert "version" in {each["name"] for each in operation["parameters"]}
        assert {"404", "410"} <= operation["responses"].keys()
    assert "/versions" in paths
    assert "version" not in {each["name"] for each in paths["/store"]["put"]["parameters"]}
