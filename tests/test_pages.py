"""Pages for people: sound HTML, names in their language, older versions, and nothing that needs a script."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from html_pages import faults_of, read_page

from service.languages import LANGUAGES

if TYPE_CHECKING:
    import httpx

HTML = {"Accept": "text/html"}
STATES = "SELECT ?x ?n { VALUES ?n { 'CHN' 'DEU' } ?x coo:isoAlpha3 ?n }"
QUERY = f"/query?query={quote(STATES)}"
PAGES = [
    "/",
    "/query",
    QUERY,
    "/query?query=ASK%20%7B%7D",
    "/query?query=broken",
    "/examples",
    "/examples/partners-of-china",
    "/examples/partners-of-china/run",
    "/search",
    "/search?q=china",
    "/search?q=zzzzzzzz",
    "/id/actor/chn",
    "/id/actor/chn?version=1&lang=zh",
    "/id/actor/chn?relation=coo:participant",
    "/id/system/cfosat",
    "/id/place/brazil-alcantara",
    "/id/actor/nobody",
    "/voc/role",
    "/voc/role/partner",
    "/ont",
    "/shapes",
    "/graph/curated",
    "/links",
    "/versions",
    "/versions/1",
    "/dumps/",
    "/dumps/latest/",
    "/resolve?iri=Q148&format=html",
    "/about/limits",
    "/about/linked-data",
    "/about/deployment",
    "/about/errors?iri=https://w3id.org/coorbit/id/actor/chn&version=1",
]
"""Addresses of pages of every kind."""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_sound(client: httpx.Client, address: str) -> None:
    """One h1 and headings in order, a label for each field, landmarks with names, ids once, nothing inline."""
    response = client.get(address, headers=HTML, follow_redirects=True)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = read_page(response.text)
    assert faults_of(page) == []
    (title,) = [each.text for each in page.named("title") if each.inside == ("html", "head")]
    assert "Coorbit" in title
    assert response.headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_the_house_around_it(client: httpx.Client, address: str) -> None:
    """A way past it, the search box, the same places in the same order, and where one is among them."""
    page = read_page(client.get(address, headers=HTML, follow_redirects=True).text)
    assert page.named("a")[0].attributes["href"] == "#main"
    (box,) = [each for each in page.named("form") if "data-search" in each.attributes]
    assert (box.attributes["action"], box.attributes["role"]) == ("/search", "search")
    places = [each.text for each in page.named("a") if each.inside[-3:] == ("nav", "ul", "li")]
    assert [each for each in places if each in {"Query", "Examples", "Ontology"}] == ["Query", "Examples", "Ontology"]
    current = [
        each.text for each in page.named("a") if "aria-current" in each.attributes and "lang" not in each.attributes
    ]
    assert ("Query" in current) == address.startswith("/query")


def test_the_sheet_is_the_only_style_and_comes_from_here(client: httpx.Client) -> None:
    """Its address holds its digest."""
    page = read_page(client.get("/").text)
    (sheet,) = [each for each in page.named("link") if each.attributes["rel"] == "stylesheet"]
    response = client.get(sheet.attributes["href"])
    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]
    assert "url(" not in response.text


NAMES = {"en": "China", "zh": "中国", "fr": "Chine", "es": "China", "pt": "China", "ru": "Китай"}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_names_come_in_the_language_asked_for(client: httpx.Client, tag: str) -> None:
    """By the browser or by the address; the title of a page, its facts, and lists; English where there is none."""
    for address, headers in (
        ("/id/actor/chn", {"Accept-Language": tag}),
        (f"/id/actor/chn?lang={tag}", {"Accept-Language": "ar"}),
    ):
        response = client.get(address, headers={**HTML, **headers})
        page = read_page(response.text)
        assert page.one("h1").text == NAMES[tag]
        assert "Accept-Language" in response.headers["vary"].split(", ")
        (current,) = [
            each for each in page.named("a") if each.attributes.get("lang") and "aria-current" in each.attributes
        ]
        assert current.text == LANGUAGES[tag]


def test_a_language_that_was_chosen_stays(client: httpx.Client) -> None:
    """Every link to a page of ours keeps it, and none has it that was only preferred."""
    chosen = read_page(client.get("/id/actor/chn?lang=fr", headers=HTML).text)
    things = [
        each.attributes["href"] for each in chosen.named("a") if each.attributes["href"].startswith(("/id/", "/voc/"))
    ]
    pages = [each for each in things if not re.search(r"\.(ttl|nt|rdf|jsonld|trig|nq)\b", each) and "lang" in each]
    assert len([each for each in pages if "lang=fr" in each]) > 10
    assert {each.attributes["href"] for each in chosen.named("a") if each.text == "Query"} == {"/query?lang=fr"}
    preferred = client.get("/id/actor/chn", headers={**HTML, "Accept-Language": "fr"}).text
    assert "lang=fr" not in re.sub(r'<nav aria-label="Language of names">.*?</nav>', "", preferred, flags=re.DOTALL)


def test_caches_tell_languages_apart(client: httpx.Client) -> None:
    """Each has its entity tag; what is RDF is the same for all."""
    tags = {client.get("/id/actor/chn", headers={**HTML, "Accept-Language": tag}).headers["etag"] for tag in LANGUAGES}
    assert len(tags) == len(LANGUAGES)
    turtle = {client.get("/id/actor/chn.ttl", headers={"Accept-Language": tag}).headers["etag"] for tag in LANGUAGES}
    assert len(turtle) == 1


@pytest.mark.parametrize(
    "address", ["/id/actor/chn", "/query", "/about/limits", "/examples/partners-of-china/run", "/ont"]
)
def test_a_wrong_language_is_refused(client: httpx.Client, address: str) -> None:
    """400 with the tags that there are, and nothing of what was sent."""
    response = client.get(f"{address}?lang=%22%3E%3Cscript%3E", headers=HTML)
    assert response.status_code == 400
    assert "lang= takes one of en, zh, fr, es, pt, ru" in response.text
    assert "<script>" not in response.text


def test_cells_of_an_answer_lead_to_the_things_by_their_names(client: httpx.Client) -> None:
    """Things are links with their label in the reader's language; literals are not; a list of an outside thing too."""
    page = client.get(QUERY + "&lang=fr").text
    assert re.search(r'<a href="/id/actor/\w+\?lang=fr" lang="fr" dir="auto">[^<]+</a> <small>actor:\w+</small>', page)
    assert "<td>CHN</td>" in page
    outside = client.get("/query?query=SELECT%20(%3Chttp://www.wikidata.org/entity/Q148%3E%20AS%20?x)%20%7B%7D").text
    assert '<a href="http://www.wikidata.org/entity/Q148">wd:Q148</a>' in outside
    script = client.get("/query", params={"query": "SELECT (<javascript:alert(1)> AS ?x) {}"}).text
    assert "<td>javascript:alert(1)</td>" in script


def test_an_older_version_says_so_and_offers_others(client: httpx.Client) -> None:
    """A banner with the way to the current version; links to data stay in it; a form for another."""
    page = read_page(client.get("/id/actor/chn?version=1", headers=HTML).text)
    (banner,) = [each for each in page.named("p") if each.attributes.get("class") == "banner"]
    assert "As of version 1, made on 2026-11-23" in " ".join(banner.text.split())
    assert any(each.attributes["href"] == "/id/actor/chn" for each in page.named("a") if "current version" in each.text)
    assert any(each.attributes["href"] == "/ont?version=1#State" for each in page.named("a"))
    (chosen,) = [each for each in page.named("option") if "selected" in each.attributes]
    assert chosen.attributes["value"] == "1"
    now = client.get("/id/actor/chn", headers=HTML).text
    assert "As of version" not in now
    assert 'name="version"' in now


def test_a_search_of_an_older_version_stays_in_it(client: httpx.Client) -> None:
    """Its results lead to the things as of that version."""
    page = client.get("/search?q=cnsa&version=1", headers=HTML).text
    assert "As of version 1" in page
    assert '<a href="/id/actor/cnsa?version=1">' in page
    assert '<a href="/id/actor/cnsa">' in client.get("/search?q=cnsa", headers=HTML).text


def test_pages_are_told_apart_by_what_they_depend_on(client: httpx.Client) -> None:
    """A page of an example is negotiated, and its names are in a language."""
    vary = client.get("/examples/partners-of-china", headers=HTML).headers["vary"].split(", ")
    assert {"Accept", "Accept-Encoding", "Accept-Language"} <= set(vary)


def test_examples_that_ask_others_are_marked(client: httpx.Client) -> None:
    """With the endpoint that they ask."""
    page = unescape(client.get("/examples", headers=HTML).text)
    assert page.count("federated: asks https://query.wikidata.org/sparql too") >= 3


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/resolve?iri=http://nowhere.test/x", 404, "nothing here has the identifier http://nowhere.test/x"),
        ("/nothing/here", 404, "nothing is at /nothing/here"),
        ("/id/actor/chn?relation=coo:participant&page=9999", 404, "page 9999 of what points to"),
        ("/search?q=china&page=9999", 400, "page= takes a number from 1 to 10"),
    ],
)
def test_an_error_says_what_there_is_not(client: httpx.Client, address: str, status: int, words: str) -> None:
    """As a page to a browser, with ways on, and to programs as a problem document; no page says its title twice."""
    shown = client.get(address, headers=HTML)
    assert (shown.status_code, words in shown.text) == (status, True)
    page = read_page(shown.text)
    (heading,) = [each.text.strip() for each in page.named("h1")]
    assert all(each.text.strip() != heading for each in page.named("p"))
    assert words in client.get(address, headers={"Accept": "application/json"}).json()["detail"]
