"""Every page as of an older version: what it shows, what its links keep, and what is refused."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import rdflib
from chains import NEWEST, write
from committing import NOW
from html_pages import read_page
from rdflib.namespace import VOID

from graph.history import prune
from graph.release import make_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

IS_CURRENT = rdflib.URIRef("http://www.w3.org/ns/dcat#hasCurrentVersion")
HTML = {"Accept": "text/html"}
PAGES = ("/", "/data", "/links", "/void", "/dcat", "/examples", "/query", "/explore", "/CITATION.cff")


@pytest.fixture(scope="module")
def older(chain: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service with versions 2 to 7, of which the last two are released."""
    home = tmp_path_factory.mktemp("older") / "home"
    shutil.copytree(chain, home, symlinks=True)
    make_release(home, "late", now=NOW)
    prune(home, keep=NEWEST - 1)
    write(home, "INSERT DATA { <urn:s> <urn:made> 7 }")
    make_release(home, "later", now=NOW)
    with serve(home) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_each_page_can_be_had_as_of_an_older_version(older: httpx.Client, path: str) -> None:
    """It says which it is, offers the others, and its links to data keep the version."""
    response = older.get(f"{path}?version=3", headers=HTML)
    assert response.status_code == 200, response.text
    if path == "/CITATION.cff":
        assert "version: '3'" in response.text or 'version: "3"' in response.text
        return
    page = read_page(response.text)
    (banner,) = [each for each in page.named("p") if each.attributes.get("class") == "banner"]
    assert "As of version 3" in " ".join(banner.text.split())
    assert [each.attributes["value"] for each in page.named("option") if "selected" in each.attributes][:1] == ["3"]
    leads = [each.attributes["href"] for each in page.named("a")]
    assert "/?version=3" in leads
    assert "/data?version=3" in leads
    hidden = [each.attributes for each in page.named("input") if each.attributes.get("type") == "hidden"]
    assert {"type": "hidden", "name": "version", "value": "3"} in hidden


@pytest.mark.parametrize("path", PAGES)
def test_a_version_that_cannot_be_had_is_said(older: httpx.Client, path: str) -> None:
    """One that is no longer kept, one that never was, and what is no number."""
    codes = [older.get(f"{path}?version={number}", headers=HTML).status_code for number in ("1", "99", "x")]
    assert codes == [410, 404, 400]


def test_what_an_older_version_says_of_itself_is_its_own(older: httpx.Client) -> None:
    """Its counts, the releases up to it, no dumps of the current version, and not that it is current."""
    graphs = {}
    for number in (NEWEST, NEWEST + 1):
        for name in ("void", "dcat"):
            text = older.get(f"/{name}.ttl?version={number}").text
            graphs[name, number] = rdflib.Graph().parse(data=text, format="turtle")
    now = rdflib.Graph().parse(data=older.get("/dcat.ttl").text, format="turtle")
    assert set(now.objects(None, IS_CURRENT))
    assert not set(graphs["dcat", NEWEST + 1].objects(None, IS_CURRENT))
    told = {number: "/dumps/later/" in graphs["dcat", number].serialize() for number in (NEWEST, NEWEST + 1)}
    assert told == {NEWEST: False, NEWEST + 1: True}
    triples = [max(int(str(each)) for each in graphs["void", number].objects(None, VOID.triples)) for number in (6, 7)]
    assert triples[0] < triples[1]
    assert not set(graphs["void", NEWEST].objects(None, VOID.dataDump))
    page = older.get("/data?version=6", headers=HTML).text
    assert "/dumps/late/" in page
    assert "/dumps/later/" not in page


def test_all_versions_are_offered(older: httpx.Client) -> None:
    """On the current page all that are kept; the list of versions leads to the pages of each."""
    page = read_page(older.get("/", headers=HTML).text)
    offered = [each.attributes["value"] for each in page.named("option")]
    assert offered == [str(number) for number in range(NEWEST + 1, 1, -1)]
    leads = [each.attributes["href"] for each in read_page(older.get("/versions", headers=HTML).text).named("a")]
    assert {f"/?version={number}" for number in range(2, NEWEST + 2)} <= set(leads)


def test_the_quality_of_an_older_version(published: Path, serve: Serve) -> None:
    """The report is of the version asked for, as a page and as data."""
    with serve(published) as client:
        told = client.get("/data/quality?version=1&format=json")
        assert told.json()["version"] == 1
        assert "As of version 1" in client.get("/data/quality?version=1", headers=HTML).text
        assert client.get("/data/quality?version=77", headers=HTML).status_code == 404
