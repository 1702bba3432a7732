"""One version, and what differs between two, over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from chains import NEWEST, prune
from committing import NOW, ORIGIN, P, S
from html_pages import read_page
from sharing import copy_home

from graph.changes import Delta, add_quads
from graph.commits import commit
from graph.history import diff
from graph.patch import patch_lines
from graph.plain import start_empty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

PRUNED: Final = 3
PATCH: Final = {"Accept": "application/rdf-patch"}


@pytest.fixture(scope="module")
def home(chain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with several versions, one of them pruned."""
    home = copy_home(chain, tmp_path_factory.mktemp("difference") / "home")
    assert prune(home, PRUNED)
    return home


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service of it."""
    with serve(home) as client:
        yield client


@pytest.mark.parametrize(("old", "new"), [(4, 5), (1, NEWEST), (5, 2), (4, 4)])
def test_the_difference_is_a_patch_from_one_to_the_other(home: Path, client: httpx.Client, old: int, new: int) -> None:
    """It is what `coorbit diff` prints, in either direction; between a version and itself nothing differs."""
    response = client.get(f"/versions/{old}..{new}", headers=PATCH)
    assert response.headers["content-type"].startswith("application/rdf-patch")
    assert response.text == "".join(patch_lines(diff(home, old, new)))
    assert "immutable" in response.headers["cache-control"]
    known = PATCH | {"If-None-Match": response.headers["etag"]}
    assert client.get(f"/versions/{old}..{new}", headers=known).status_code == 304
    assert client.get(f"/versions/{old}..{new}?format=patch").content == response.content
    head = client.head(f"/versions/{old}..{new}", headers=PATCH)
    assert (head.status_code, head.headers["etag"]) == (200, response.headers["etag"])


def test_the_counts_are_those_of_the_patch(home: Path, client: httpx.Client) -> None:
    """By graph, the default graph without a name; a client that takes anything gets them."""
    rows = list(diff(home, 1, NEWEST))
    told = client.get(f"/versions/1..{NEWEST}").json()
    assert (told["added"], told["removed"]) == (len(rows), 0)
    named = sum("<urn:g>" in row.quad for row in rows)
    assert told["graphs"] == {
        "": {"added": len(rows) - named, "removed": 0},
        "urn:g": {"added": named, "removed": 0},
    }
    back = client.get(f"/versions/{NEWEST}..1?format=counts").json()
    assert (back["added"], back["removed"]) == (0, len(rows))


def test_a_version_tells_of_itself(client: httpx.Client) -> None:
    """As JSON what its manifest says, as a page the same with a link to what it changed, if that can be told."""
    told = client.get("/versions/5").json()
    assert (told["number"], told["parent"], told["author"], told["kind"]) == (5, 4, "tests", "plain")
    listed = client.get("/versions").json()["versions"]
    assert {**told, **next(each for each in listed if each["number"] == 5)} == told
    page = client.get("/versions/5", headers={"Accept": "text/html"})
    assert "/versions/4..5?format=patch" in page.text
    assert "..4?" not in client.get("/versions/4", headers={"Accept": "text/html"}).text
    known = {"If-None-Match": page.headers["etag"], "Accept": "text/html"}
    assert client.get("/versions/5", headers=known).status_code == 304


def test_the_versions_that_are_kept_are_a_page_too(client: httpx.Client) -> None:
    """Each leads to itself and to what it changed of the one before that is kept; programs get JSON."""
    page = client.get("/versions", headers={"Accept": "text/html"})
    assert page.headers["vary"].startswith("Accept")
    links = re.findall(r'href="(/versions/[^"]*)"', page.text)
    kept = [number for number in range(NEWEST, 0, -1) if number != PRUNED]
    assert [each for each in links if ".." not in each] == [f"/versions/{number}" for number in kept]
    assert f"/versions/{PRUNED - 1}..{PRUNED + 1}" in links
    assert all(client.head(each).status_code == 200 for each in links)
    assert client.get("/versions").headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/versions/99", 404),
        (f"/versions/{PRUNED}", 410),
        (f"/versions/1..{PRUNED}", 410),
        ("/versions/1..99", 404),
        ("/versions/x", 400),
        ("/versions/1..x", 400),
        ("/versions/1..2..3", 400),
        ("/versions/0", 404),
        ("/versions/1..2?format=pdf", 400),
    ],
)
def test_what_there_is_not_is_told(client: httpx.Client, path: str, status: int) -> None:
    """Unknown, pruned, or no number at all."""
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/versions/1..2", headers={"Accept": "image/png"}).status_code == 406


def test_a_browser_gets_a_page(client: httpx.Client, home: Path) -> None:
    """Counts by graph, the statements under their names, a page at a time, and the ways to the data."""
    html = {"Accept": "text/html"}
    response = client.get(f"/versions/1..{NEWEST}", headers=html)
    assert response.headers["content-type"].startswith("text/html")
    rows = list(diff(home, 1, NEWEST))
    page = read_page(response.text)
    assert f"{len(rows):,} statements added, 0 removed" in " ".join(response.text.split())
    leads = [each.attributes["href"] for each in page.named("a")]
    for path in (f"/versions/1..{NEWEST}?format=patch", f"/versions/1..{NEWEST}?format=counts", "/versions/1"):
        assert path in leads
    shown = [each for each in page.named("tr") if each.text.startswith("added")]
    assert len(shown) == 100
    last = -(-len(rows) // 100)
    assert f"/versions/1..{NEWEST}?page=2" in leads
    end = client.get(f"/versions/1..{NEWEST}?page={last}", headers=html).text
    assert end.count("<td>added</td>") == len(rows) - 100 * (last - 1)
    beyond = client.get(f"/versions/1..{NEWEST}?page={last + 1}", headers=html)
    assert (beyond.status_code, f"page {last + 1} has no rows" in beyond.text) == (404, True)
    assert "They hold the same" in client.get("/versions/4..4", headers=html).text
    known = html | {"If-None-Match": response.headers["etag"]}
    assert client.get(f"/versions/1..{NEWEST}", headers=known).status_code == 304
    assert response.headers["cache-control"] == "no-cache"
    assert "/versions/4..5" in client.get("/versions/5", headers=html).text


def test_a_graph_without_a_name_is_counted_as_such(tmp_path: Path, serve: Serve) -> None:
    """`_:label` is no graph of the name `label`."""
    start_empty(tmp_path, now=NOW, author="tests")
    quads = [ox.Quad(S, P, S, graph) for graph in (ox.BlankNode("g"), ox.NamedNode("urn:g"), ox.DefaultGraph())]
    commit(tmp_path, lambda store: add_quads(store, quads, Delta()), origin=ORIGIN)
    with serve(tmp_path) as client:
        assert sorted(client.get("/versions/1..2?format=counts").json()["graphs"]) == ["", "_:g", "urn:g"]
