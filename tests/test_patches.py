"""PATCH of `/store`: an RDF Patch makes a version, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from graph.patch import read_changes
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATCH = {"Content-Type": "application/rdf-patch"}
S = "<http://e.test/s> <http://e.test/p>"
DEFAULT = "/store?default"


@pytest.fixture(scope="module")
def home(plain_home: Path) -> Path:
    """The home of that dataset."""
    return plain_home


@pytest.fixture(scope="module")
def plain(plain: httpx.Client) -> Iterator[httpx.Client]:
    """A client of the shared plain dataset that reads graphs as N-Triples."""
    headers = {"Authorization": plain.headers["Authorization"], "Accept": "application/n-triples"}
    with httpx.Client(base_url=plain.base_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def one(plain: httpx.Client) -> None:
    """The default graph holds one triple, a named graph another."""
    for where, text in ((DEFAULT, "1"), ("/store?graph=http://e.test/g", "2")):
        answer = plain.put(where, content=f"{S} {text} .", headers={"Content-Type": "text/turtle"})
        assert answer.status_code in {201, 204}


INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"


def test_a_patch_makes_one_version(plain: httpx.Client, home: Path) -> None:
    """204 with its tag; quads go to the graphs that the rows name, numbers by value; a row undone is no change."""
    before = current(home).manifest.number
    text = f'TX .\nD {S} "01"{INTEGER} .\nA {S} "x" .\nA {S} "y" <http://e.test/g> .\nD {S} "x" .\nTC .\n'
    answer = plain.patch("/store", content=text, headers=PATCH)
    assert (answer.status_code, answer.headers["etag"]) == (204, f'"{before + 1}"'), answer.text
    assert plain.get(DEFAULT).text == ""
    assert plain.get("/store?graph=http://e.test/g").text.count("\n") == 2
    rows = sorted(read_changes(current(home).changes))
    assert rows == [("A", f'{S} "y" <http://e.test/g>'), ("D", f'{S} "1"{INTEGER}')]
    assert current(home).manifest.author == "tests"


def test_a_blank_node_is_the_one_of_the_store(plain: httpx.Client) -> None:
    """A label that the store gave is good in a patch, in either form."""
    plain.put(DEFAULT, content="[] <http://e.test/p> 1, 2 .", headers={"Content-Type": "text/turtle"})
    label = plain.get(DEFAULT).text.split()[0]
    text = f'D {label} <http://e.test/p> "1"{INTEGER} .\nD <{label}> <http://e.test/p> "2"{INTEGER} .'
    assert plain.patch("/store", content=text, headers=PATCH).status_code == 204
    assert plain.get(DEFAULT).text == ""


@pytest.mark.parametrize(
    ("text", "line", "quad"),
    [
        pytest.param(f'A {S} "x" .\nD {S} "9" .\nD {S} "8" .', 2, f'{S} "9"', id="removed but not there"),
        pytest.param(f'A {S} "x" .\n\nA {S} "1"{INTEGER} .', 3, f'{S} "1"{INTEGER}', id="added but there"),
        pytest.param(f'A {S} "x" .\nA {S} "x" .', 2, f'{S} "x"', id="added twice"),
        pytest.param(f'D {S} "1"{INTEGER} .\nD {S} "01"{INTEGER} .', 2, f'{S} "01"{INTEGER}', id="removed twice"),
        pytest.param(f'D {S} "1"{INTEGER} <http://e.test/g> .', 1, f'{S} "1"{INTEGER} <http://e.test/g>', id="graph"),
    ],
)
def test_a_patch_that_does_not_apply_is_a_conflict(plain: httpx.Client, text: str, line: int, quad: str) -> None:
    """409 with the first row that does nothing, and nothing is changed."""
    before = plain.get("/health/ready").json()["version"]
    refused = plain.patch("/store", content=text, headers=PATCH)
    assert (refused.status_code, refused.json()["line"], refused.json()["quad"]) == (409, line, quad)
    assert plain.get("/health/ready").json()["version"] == before


@pytest.mark.parametrize(
    ("address", "headers", "text", "status"),
    [
        pytest.param("/store", PATCH, f"A {S} 1 .", 400, id="broken"),
        pytest.param("/store", PATCH, f'TX .\nA {S} "x" .\n', 400, id="cut off"),
        pytest.param("/store?default", PATCH, f'A {S} "x" .', 400, id="graph in the address"),
        pytest.param("/store", {"Content-Type": "text/turtle"}, f"{S} 1 .", 415, id="no patch"),
        pytest.param("/store", {}, f'A {S} "x" .', 415, id="no type"),
        pytest.param("/store", PATCH | {"Content-Encoding": "gzip"}, f'A {S} "x" .', 415, id="compressed"),
        pytest.param("/store", PATCH, "#" * 1_000_001, 413, id="too large"),
        pytest.param("/store", PATCH | {"If-Match": '"1"'}, f'A {S} "x" .', 412, id="another version"),
        pytest.param("/store", PATCH | {"Authorization": "Bearer coorbit_x"}, f'A {S} "x" .', 401, id="no token"),
        pytest.param("/store/g", PATCH, f'A {S} "x" .', 405, id="one graph"),
    ],
)
def test_what_cannot_be_taken(
    plain: httpx.Client, address: str, headers: dict[str, str], text: str, status: int
) -> None:
    """Refused with its status; no version is made."""
    before = plain.get("/health/ready").json()["version"]
    refused = plain.patch(address, content=text, headers=headers)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert plain.get("/health/ready").json()["version"] == before


def test_a_broken_patch_has_a_place(plain: httpx.Client) -> None:
    """400 with line and column."""
    refused = plain.patch("/store", content=f'A {S} "x" .\nA {S} nonsense .', headers=PATCH)
    assert (refused.status_code, refused.json()["line"]) == (400, 2)
    assert refused.json()["column"] == len(S) + 4


def test_a_patch_that_changes_nothing_makes_no_version(plain: httpx.Client) -> None:
    """204 with the tag of the version that is there; nothing is held of an empty patch."""
    before = plain.get("/health/ready").json()["version"]
    answer = plain.patch("/store", content="TX .\nTC .\n", headers=PATCH)
    assert (answer.status_code, answer.headers["etag"]) == (204, f'"{before}"')
