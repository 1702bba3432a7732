"""The data page and what it leads to: dumps, quality report, feed, citation, descriptions for people."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from chains import NEWEST, write
from html_pages import faults_of, read_page
from pydantic import ValidationError
from sharing import copy_home

from graph.patch import Row, write_changes
from graph.releases import releases
from graph.terms import BASE, OWL, RDFS, XSD
from service.atom import Entry, feed
from service.chronicle import Chronicle
from service.data import CONFORMANCE
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from conftest import Serve

ROOT = Path(__file__).parent.parent
HTML = {"Accept": "text/html"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def chained(chain: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service on a plain home with several versions, told where errors are reported."""
    home = copy_home(chain, tmp_path_factory.mktemp("chained") / "home")
    with serve(home, COORBIT_REPORT_URL="https://example.org/new?title={iri}&body=version%20{version}") as client:
        yield client


@pytest.mark.parametrize("address", ["/data", "/data/quality", "/void", "/dcat", "/about/errors"])
def test_a_page_is_sound(client: httpx.Client, chained: httpx.Client, address: str) -> None:
    """Of the packaged dataset and of a plain one, which has neither measures nor partitions."""
    for each in (client, chained):
        response = each.get(address, headers=HTML)
        assert response.status_code == 200
        assert faults_of(read_page(response.text)) == []


def test_every_link_of_the_data_page_leads_somewhere(client: httpx.Client) -> None:
    """Downloads, descriptions, reports."""
    links = {each.attributes["href"] for each in read_page(client.get("/data").text).named("a")}
    own = sorted(each for each in links if each.startswith("/"))
    assert {"/data/quality", "/CITATION.cff", "/versions.atom", "/void", "/dcat", "/links"} <= set(own)
    assert {each: client.head(each).status_code for each in own if "/dumps/latest" not in each} == dict.fromkeys(
        own, 200
    )


def test_conformance_is_what_the_readme_says() -> None:
    """The page and the README have the figures of one run."""
    rows = re.findall(r"^\| ([a-z ]+) \| (\d+) \| (\d+) \| (\d+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert [(name, int(a), int(b), int(c)) for name, a, b, c in rows] == list(CONFORMANCE)


def test_the_quality_report_is_that_of_the_version(client: httpx.Client) -> None:
    """As JSON, as Turtle, and on a page with the same figures."""
    told = client.get("/data/quality").json()
    rows = [row for each in told["measures"] for row in each["rows"]]
    assert told["version"] == 1
    assert len(rows) > 20
    turtle = client.get("/data/quality?format=turtle")
    values = [
        t.object for t in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE) if t.predicate.value.endswith("#value")
    ]
    assert len(values) == len(rows)
    page = unescape(client.get("/data/quality", headers=HTML).text)
    assert all(each["question"] in page for each in told["measures"])
    assert client.get("/data/quality", headers={"Accept": "image/png"}).status_code == 406


def test_void_comes_as_a_page_and_by_ending(client: httpx.Client) -> None:
    """RDF is what Accept asks for as before; endings name a format; an unknown one is not there."""
    assert client.get("/void").headers["content-type"].startswith("text/turtle")
    assert client.get("/void.jsonld", headers=HTML).headers["content-type"] == "application/ld+json"
    page = client.get("/void", headers=HTML)
    assert '<a href="/ont#State">coo:State</a>' in page.text
    assert "Accept" in page.headers["vary"].split(", ")
    assert client.get("/void", headers={**HTML, "If-None-Match": page.headers["etag"]}).status_code == 304
    assert client.get("/dcat.ttl").headers["content-type"].startswith("text/turtle")
    for address in ("/void.pdf", "/dcat.pdf", "/examples.pdf"):
        assert client.get(address).status_code == 404
    assert client.get("/examples.ttl").headers["content-type"].startswith("text/turtle")
    assert client.get("/examples/partners-of-china.jsonld").headers["content-type"] == "application/ld+json"


def test_the_citation_names_the_version_and_invents_nothing(client: httpx.Client) -> None:
    """The served file and that of the repository say the same of title, authors and licence, and have no identifier."""
    served, kept = client.get("/CITATION.cff").text, (ROOT / "CITATION.cff").read_text()
    for name in ("cff-version", "title", "type", "url", "license"):
        (one,) = re.findall(rf"^{name}: \"?([^\"\n]*)", served, re.MULTILINE)
        (other,) = re.findall(rf"^{name}: \"?([^\"\n]*)", kept, re.MULTILINE)
        assert one == other
    assert served.partition("authors:")[2] == kept.partition("authors:")[2]
    assert 'version: "1"\ndate-released: "2026-11-23"' in served
    assert "doi" not in served + kept
    assert "orcid" not in served + kept


def test_the_feed_tells_of_each_version(chained: httpx.Client) -> None:
    """Newest first, with ids and dates, and how much each changed."""
    response = chained.get("/versions.atom")
    assert response.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(response.text)  # noqa: S314  (our own)
    entries = root.findall("a:entry", ATOM)
    kept = [*range(NEWEST, 0, -1)]
    site = str(chained.base_url).rstrip("/")
    assert [each.findtext("a:id", "", ATOM) for each in entries] == [f"{site}/versions/{number}" for number in kept]
    assert root.findtext("a:updated", "", ATOM) == entries[0].findtext("a:updated", "", ATOM)
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", e.findtext("a:updated", "", ATOM))
        for e in entries
    )
    assert re.search(r"Statements added: \d+; removed: \d+\.", entries[0].findtext("a:content", "", ATOM))
    again = chained.get("/versions.atom", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_names_that_were_given_up_are_told(tmp_path: Path) -> None:
    """Those of which a version first says that they are deprecated; a file that is not there leaves its version out."""
    yes = f'<{OWL}deprecated> "true"^^<{XSD}boolean>'
    rows = [Row("A", f"<{BASE}id/actor/old> {yes} <{BASE}graph/curated>"), Row("D", f"<{BASE}id/actor/back> {yes}")]
    rows.append(Row("A", f'<{BASE}id/actor/a> <{BASE}ont#x> "{OWL}deprecated"'))
    write_changes(tmp_path / "2", rows)
    task = Chronicle(changes=((3, str(tmp_path / "3")), (2, str(tmp_path / "2"))))
    told = json.loads(task.run(ox.Store(), tmp_path))
    assert told == {"2": {"added": 2, "removed": 1, "retired": [f"{BASE}id/actor/old"]}}


def test_whatever_a_message_holds_the_feed_is_xml() -> None:
    """Markup is escaped, and what XML has no characters for is replaced."""
    entry = Entry(
        number=1,
        iri="urn:x:1",
        created="2026-11-23T12:00:00+00:00",
        author="\x00",
        message="<script>&\x1b\ud800",
        graphs={"curated": -3},
        retired=[f"urn:x:{number}" for number in range(60)],
    )
    root = ET.fromstring(feed([entry], title="t", iri="urn:x", site="http://e.test/"))  # noqa: S314  (our own)
    content = root.findtext("a:entry/a:content", "", ATOM)
    assert "<script>&" in content
    assert "curated: -3" in content
    assert content.endswith("and others")


def test_an_error_is_reported_where_the_operator_says(client: httpx.Client, chained: httpx.Client) -> None:
    """The address has IRI and version filled in, percent-encoded; without one the page says how."""
    asked = {"iri": BASE + 'id/actor/"><script>', "version": "3"}
    page = chained.get("/about/errors", params=asked)
    (link,) = [each for each in read_page(page.text).named("a") if each.attributes.get("role") == "button"]
    expected = "https://example.org/new?title=https%3A%2F%2Fw3id.org%2Fcoorbit%2Fid%2Factor%2F%22%3E%3Cscript%3E&body=version%203"
    assert link.attributes["href"] == expected
    assert "Tell it to who runs this service" in client.get("/about/errors", params=asked).text


def test_the_page_of_a_thing_leads_there_at_once(chain: Path, tmp_path: Path, serve: Serve) -> None:
    """One click, with the name of the thing and the version that it is read from; in older versions of a page too."""
    home = copy_home(chain, tmp_path / "home")
    for language in ("en", "fr"):
        write(home, f"INSERT DATA {{ <{BASE}id/actor/fra> <{RDFS}label> 'France'@{language} }}")
    with serve(home, COORBIT_REPORT_URL="mailto:data@example.org?subject={iri}&body={version}") as client:
        for asked, version in (("", NEWEST + 2), (f"?version={NEWEST + 1}", NEWEST + 1)):
            page = read_page(client.get(f"/id/actor/fra{asked}", headers=HTML).text)
            (link,) = [each for each in page.named("a") if each.text == "Report an error" and "main" in each.inside]
            name = "https%3A%2F%2Fw3id.org%2Fcoorbit%2Fid%2Factor%2Ffra"
            assert link.attributes["href"] == f"mailto:data@example.org?subject={name}&body={version}"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "mailto:nobody", "https://example.org/{name}", "ftp://e.test/x"]
)
def test_a_bad_address_for_reports_stops_the_start(address: str) -> None:
    """What no page could link to, or what is never filled in."""
    with pytest.raises(ValidationError):
        Settings(report_url=address)


def test_the_dumps_shown_are_those_of_the_newest_release(home: Path, client: httpx.Client) -> None:
    """With sizes and digests; where there is none the page says how one is made."""
    page = client.get("/data").text
    found = releases(home)
    if not found:
        assert "coorbit release NAME" in page
    for each in (file for release in found[:1] for file in release.files if file.graph is None and file.statements):
        assert each.sha256 in page
