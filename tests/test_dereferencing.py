"""Linked data over HTTP: each name answers, in each format, with the headers that say so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.terms import BASE, PREFIXES
from service.formats import BY_EXTENSION, GRAPHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from conftest import Serve

ODD = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix coo: <https://w3id.org/coorbit/ont#> .
@prefix id: <https://w3id.org/coorbit/id/actor/> .
GRAPH <https://w3id.org/coorbit/graph/curated> {
  id:old owl:deprecated true ; dcterms:isReplacedBy id:new .
  id:new rdfs:label "New"@en .
  id:moved owl:deprecated true ; dcterms:isReplacedBy <https://example.org/elsewhere> .
  id:itself owl:deprecated true ; dcterms:isReplacedBy id:itself .
  id:gone owl:deprecated true ; skos:changeNote "never was <b>one</b>"@en .
  id:中 rdfs:label "中"@zh .
  id:script rdfs:label "</script><script>alert(1)</script>"@en , "\\"><img src=x onerror=alert(2)>"@zh ;
    rdfs:seeAlso <javascript:alert(3)> , <https://example.org/?a=%22%3E%3Cscript%3E> ;
    coo:role id:script ; id:prop "x" ; coo:acronym "{{ 7*7 }}" .
}
"""
KINDS = [
    "id/actor/chn",
    "id/agreement/outer-space-treaty",
    "id/claim/x18-17",
    "id/link/chn-wikidata",
    "id/occurrence/launch-2018-083",
    "id/place/jiuquan",
    "id/situation/launch-2018-083-chn-launch-provider",
    "id/source/gcat-launchlog",
    "id/system/cfosat",
    "id/undertaking/cbers",
    "voc/role",
    "voc/role/partner",
]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service of a small dataset with deprecated names and with markup wherever text can stand."""
    home = tmp_path_factory.mktemp("odd")
    publish_quads(home, read(ODD))
    with serve(home) as client:
        yield client


def triples(response: httpx.Response) -> set[ox.Triple]:
    """Read the RDF of an answer in the format that it says it has."""
    assert response.status_code == 200, response.text
    media_type = response.headers["content-type"].partition(";")[0]
    file_format = ox.RdfFormat.from_media_type(media_type)
    assert file_format is not None, media_type
    return {quad.triple for quad in ox.parse(response.content, format=file_format)}


@pytest.mark.parametrize("path", KINDS)
def test_each_kind_of_name_answers_with_its_own_triples(client: httpx.Client, path: str) -> None:
    """The description of a thing holds all triples of the default graph with it as subject, and labels of values."""
    iri = BASE + path
    found = triples(client.get(f"/{path}"))
    own = triples(client.get("/sparql", params={"query": f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}"}))
    assert own
    assert own <= found
    labels = f"""CONSTRUCT {{ ?o ?label ?text }} WHERE {{
      <{iri}> ?p ?o . ?o ?label ?text . FILTER (?label IN (rdfs:label, skos:prefLabel)) }}"""
    assert triples(client.get("/sparql", params={"query": labels})) <= found


def test_a_description_counts_what_points_to_a_thing(client: httpx.Client) -> None:
    """Incoming triples are counted by property, in VoID's terms, as the dataset has them; a link leads to the list."""
    iri, void = f"{BASE}id/source/gcat-launchlog", "http://rdfs.org/ns/void#"
    found = triples(client.get("/id/source/gcat-launchlog"))
    parts = {t.subject: t.object for t in found if t.predicate.value == void + "property"}
    counts = {t.subject: t.object for t in found if t.predicate.value == void + "triples"}
    told = {(parts[part].value, counts[part].value) for part in parts}  # type: ignore[union-attr]
    query = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ ?s ?p <{iri}> }} GROUP BY ?p"
    rows = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1:]
    assert told == {tuple(row.split(",")) for row in rows}
    lists = {t.object.value for t in found if t.predicate.value.endswith("#seeAlso") and t.subject in parts}  # type: ignore[union-attr]
    for each in lists:
        assert client.get(each.removeprefix(BASE.rstrip("/"))).status_code == 200


def test_every_way_to_ask_for_a_format_gives_the_same_triples(client: httpx.Client) -> None:
    """Accept, an ending and `format=` by name, media type or ending; all formats hold the same."""
    expected = triples(client.get("/id/system/cfosat"))
    endings = {each: extension for extension, each in BY_EXTENSION.items()}
    for each in GRAPHS:
        ways = [
            client.get("/id/system/cfosat", headers={"Accept": each.media_type}),
            client.get(f"/id/system/cfosat.{endings[each]}", headers={"Accept": "image/png"}),
            *(
                client.get("/id/system/cfosat", params={"format": name})
                for name in (each.name, each.media_type, endings[each])
            ),
        ]
        assert {way.headers["content-type"] for way in ways} == {each.content_type}
        assert all(triples(way) == expected for way in ways)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/ld+json;q=0.9,text/html;q=0.5", "application/ld+json"),
        ("application/json", "application/ld+json"),
    ],
)
def test_browsers_get_a_page_and_programs_get_rdf(client: httpx.Client, accept: str, media_type: str) -> None:
    """Weights decide; who takes anything gets Turtle."""
    assert client.get("/id/actor/chn", headers={"Accept": accept}).headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("path", ["/id/actor/chn", "/id/actor/chn.html", "/voc/role/partner?version=1"])
def test_headers_say_where_the_answer_lies_and_what_else_there_is(client: httpx.Client, path: str) -> None:
    """Content-Location names this format, Link every other with its type, and the name itself; each of them answers."""
    response = client.get(path)
    assert {"Accept", "Accept-Encoding"} <= set(response.headers["vary"].split(", "))
    assert re.fullmatch(r'"1-[0-9a-f]{24}"', response.headers["etag"])
    here = client.get(response.headers["content-location"], headers={"Accept": "image/png"})
    assert here.content == response.content
    others = [each for each in response.links.values() if each["rel"] == "alternate"]
    links = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', response.headers["link"])
    assert others
    assert len(links) == len(BY_EXTENSION) - 1
    for address, media_type in links:
        assert client.head(urljoin(path, address)).headers["content-type"].startswith(media_type)
    assert response.links["about"]["url"].startswith(BASE)


def test_head_and_conditional_requests(client: httpx.Client) -> None:
    """HEAD tells what GET would, without a body; an ETag that the client has is 304, from another format it is not."""
    response = client.get("/id/actor/esa")
    head = client.head("/id/actor/esa")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "link", "content-location", "vary"):
        assert head.headers[name] == response.headers[name]
    known = {"If-None-Match": response.headers["etag"]}
    assert client.get("/id/actor/esa", headers=known).status_code == 304
    assert client.get("/id/actor/esa.nt", headers=known).status_code == 200
    assert client.get("/id/actor/never-was", headers={"If-None-Match": "*"}).status_code == 404


def test_what_cannot_be_met_is_406(client: httpx.Client) -> None:
    """The formats that there are are listed, the page among them."""
    response = client.get("/id/actor/chn", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.json()["available"] == [*(each.media_type for each in GRAPHS), "text/html"]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("id/actor/CHN", "id/actor/chn"),
        ("id/system/esa", "id/actor/esa"),
        ("id/actor/CNSA", "id/actor/cnsa"),
        ("id/system/cfosatt", "id/system/cfosat"),
        ("id/system/2019-093E", "id/system/cbers-4a"),
    ],
)
def test_what_is_unknown_is_404_with_what_is_near(client: httpx.Client, path: str, near: str) -> None:
    """Another case, another kind, an identifier or a slip finds the thing; browsers get a page that links to it."""
    response = client.get(f"/{path}")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert BASE + near in response.json()["nearest"]
    assert "/search?q=" in response.json()["detail"]
    page = client.get(f"/{path}", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert f'href="/{near}"' in page.text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/id/actor/%zz", "percent-encode it"),
        ("/id/actor/a%3Cb%3E%zz", "percent-encode it"),
        ("/id/actor/chn?format=pdf", "format= takes one of"),
        ("/id/actor/chn?version=x", "version= takes the number"),
        ("/id/actor/chn?relation=no iri", "relation= takes the IRI"),
        ("/id/actor/chn?page=0", "page= takes the number"),
        ("/id/actor/chn?page=%FF", "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_400_with_what_was_expected(client: httpx.Client, address: str, expected: str) -> None:
    """An IRI with odd characters, a format, number or property that is none."""
    response = client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert expected in response.json()["detail"]


def test_a_fixed_version_may_be_cached_for_good(client: httpx.Client) -> None:
    """`version=` gives that version, immutable, and its page stays in it; one that never was is 404."""
    now, then = client.get("/id/actor/chn"), client.get("/id/actor/chn?version=1")
    assert now.headers["cache-control"] == "no-cache"
    assert then.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert then.headers["content-location"] == "/id/actor/chn.ttl?version=1"
    page = client.get("/id/actor/chn.html?version=1").text
    assert "/id/actor/chn.ttl?version=1" in page
    assert re.search(r"relation=[^&\"]*&amp;version=1", page)
    assert client.get("/id/actor/chn?version=2").status_code == 404


def test_deprecated_names_lead_on_or_are_gone(odd: httpx.Client) -> None:
    """301 to what stands in the place, in the format that the address names; 410 with the reason where nothing does."""
    moved = odd.get("/id/actor/old.ttl?version=1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/id/actor/new.ttl?version=1")
    assert odd.get("/id/actor/old", follow_redirects=True).status_code == 200
    assert odd.get("/id/actor/moved").headers["location"] == "https://example.org/elsewhere"
    gone = odd.get("/id/actor/gone")
    assert gone.status_code == 410
    assert "never was <b>one</b>" in gone.json()["detail"]
    assert "never was &lt;b&gt;one&lt;/b&gt;" in odd.get("/id/actor/gone", headers={"Accept": "text/html"}).text
    assert odd.get("/id/actor/itself").status_code == 410


def test_a_name_beyond_ascii_answers_at_its_percent_encoded_path(odd: httpx.Client) -> None:
    """Clients send bytes; the name is an IRI."""
    response = odd.get("/id/actor/%E4%B8%AD")
    assert f"{BASE}id/actor/中" in {str(t.subject.value) for t in triples(response)}  # type: ignore[union-attr]
    assert response.headers["content-location"] == "/id/actor/%E4%B8%AD.ttl"


SCRIPTED = [
    "/id/actor/script",
    "/id/actor/script?relation=coo:role",
    "/id/actor/script?relation=%22%3E%3Cscript%3Ealert(4)%3C/script%3E",
    "/id/actor/%22%3E%3Cscript%3Ealert(5)%3C%2Fscript%3E",
    "/id/actor/'onmouseover='alert(6)",
    "/id/actor/script?page=%3Cscript%3E",
    "/id/actor/script?format=%3Cscript%3E",
    "/about/errors?iri=%22%3E%3Cscript%3Ealert(7)%3C/script%3E&version=%3Cscript%3E",
    "/about/errors?iri=https://w3id.org/coorbit/id/actor/%22%3E%3Cscript%3E",
]


@pytest.mark.parametrize("address", SCRIPTED)
def test_no_markup_of_others_gets_into_a_page(odd: httpx.Client, address: str) -> None:
    """Scripts in labels, IRIs and parameters stay text: the only script elements are our data and bundles."""
    response = odd.get(address, headers={"Accept": "text/html"})
    if not response.headers["content-type"].startswith("text/html"):
        assert response.headers["content-type"] == "application/problem+json"
        return
    text = response.text
    rest = re.sub(r'<script type="application/(?:ld\+)?json">[^<>]*</script>', "", text)
    rest = re.sub(r'<script type="module" src="/static/[\w.-]+"></script>', "", rest)
    assert "<script" not in rest
    assert "</script" not in rest
    assert not re.search(r"<[^>]*\son\w+=", rest)
    assert not re.search(r"<img|javascript:[^<]*\">", rest)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "49" not in rest


def test_what_points_to_a_thing_is_listed_fifty_at_a_time(client: httpx.Client) -> None:
    """`relation=` takes a prefixed name or an IRI; its pages tell each subject once, and lead to each other."""
    query = "SELECT ?s WHERE { ?s coo:participant actor:rus }"
    expected = set(client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1:])
    seen: list[str] = []
    address: str | None = "/id/actor/rus?relation=coo:participant"
    while address:
        found = triples(client.get(address))
        names = [t.subject.value for t in found if t.predicate.value == f"{PREFIXES['coo']}participant"]  # type: ignore[union-attr]
        nexts = [t.object.value for t in found if t.predicate.value.endswith("vocab#next")]  # type: ignore[union-attr]
        assert len(names) == 50 or not nexts
        seen += names
        address = "/" + nexts[0].removeprefix(BASE) if nexts else None
    assert len(expected) > 100
    assert sorted(seen) == sorted(expected)
    page = client.get("/id/actor/rus.html?relation=coo:participant&page=2").text
    assert page.partition("<ol")[2].count("<li>") == 50 + page.partition("</main>")[2].count("<li>")
    assert 'rel="prev"' in page
    assert 'href="/id/actor/rus">All that is said of it' in page
    assert client.get("/id/actor/rus?relation=coo:participant&page=999").status_code == 404


@pytest.mark.parametrize("path", ["/id/actor/nobody-at-all", "/graph/none"])
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_what_is_missing_says_that_its_body_is_negotiated(client: httpx.Client, path: str, accept: str) -> None:
    """A cache may not give the page of a browser to who takes a problem document."""
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 404
    assert "Accept" in response.headers["vary"].split(", ")
    assert response.headers["content-type"].startswith("text/html") == (accept == "text/html")
