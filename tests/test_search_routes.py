"""`/search` and `/resolve` over HTTP: answers for people and programs, what is refused, and what is cached."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from graph.terms import BASE, CURATED_GRAPH, RDFS

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
SCRIPT = "<script>alert(1)</script>"


def test_a_search_answers_programs(client: httpx.Client) -> None:
    """The best first, each with IRI, label, types, the name that fits and a score."""
    content = client.get("/search", params={"q": "cnsa", "limit": "3"}, headers=JSON).json()
    assert content["query"] == "cnsa"
    first = content["results"][0]
    assert first["id"] == BASE + "id/actor/cnsa"
    assert first["match"] == {"text": "CNSA", "languages": [], "role": "acronym"}
    assert BASE + "ont#SpaceAgency" in first["types"]
    assert len(content["results"]) <= 3


@pytest.mark.parametrize(
    "text", ["Q148", "wd:Q148", "http://www.wikidata.org/entity/Q148", BASE + "id/actor/chn", "actor:chn"]
)
def test_an_identifier_is_searched_for(client: httpx.Client, text: str) -> None:
    """What cites a thing finds it first, as `/resolve` does; a type is kept to."""
    results = client.get("/search", params={"q": text}, headers=JSON).json()["results"]
    assert results[0]["id"] == BASE + "id/actor/chn"
    kept = client.get("/search", params={"q": text, "type": "Satellite"}, headers=JSON).json()["results"]
    assert BASE + "id/actor/chn" not in {each["id"] for each in kept}


def test_a_search_shows_people(client: httpx.Client) -> None:
    """A page with the form as it was filled in, and links to the things."""
    page = client.get("/search", params={"q": "中国", "type": "State", "lang": "zh"}, headers=HTML)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'value="中国"' in page.text
    assert '<option value="State" selected>' in page.text
    assert '<a href="/id/actor/chn?lang=zh" lang="zh" dir="auto">中国</a>' in page.text
    assert client.get("/search").headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "q= says what to look for"),
        ("q=", "q= says what to look for"),
        ("q=a&q=b", "given twice"),
        ("q=a&lang=%22en", "one language tag"),
        ("q=a&lang=e", "one language tag"),
        ("q=a&lang=english_british", "one language tag"),
        ("q=" + "a" * 201, "at most 200 characters"),
        ("q=a%00b", "control character"),
        ("q=%FF", "not UTF-8"),
        ("q=a&limit=0", "from 1 to 100"),
        ("q=a&limit=101", "from 1 to 100"),
        ("q=a&limit=%C2%B2", "from 1 to 100"),
        ("q=a&limit=" + "9" * 5000, "from 1 to 100"),
        ("q=a&type=no-such:Class", "classes of the ontology"),
        ("q=a&type=%3Cscript%3E", "classes of the ontology"),
        ("q=a&type=state", "did you mean State?"),
        ("q=a&type=nope", "no class of the ontology"),
        ("q=a&langs=en", "did you mean lang?"),
        ("q=a&version=x", "number of one version"),
    ],
)
def test_what_is_no_search_is_refused(client: httpx.Client, query: str, expected: str) -> None:
    """400 that says what was expected."""
    response = client.get(f"/search?{query}", headers=JSON)
    assert response.status_code == 400, response.text
    assert expected in response.json()["detail"]


@pytest.mark.parametrize("query", ["q={}", "q=a&lang={}", "q=a&type={}", "q=a&limit={}"])
def test_no_markup_comes_back(client: httpx.Client, query: str) -> None:
    """What was sent is nowhere in a page as it came."""
    for headers in (HTML, JSON):
        response = client.get("/search?" + query.format("%3Cscript%3Ealert(1)%3C/script%3E"), headers=headers)
        assert SCRIPT not in response.text or response.headers["content-type"].startswith("application/")
        if headers is HTML and response.status_code == 200:
            assert response.headers["content-security-policy"].startswith("default-src 'none'")
    response = client.get("/resolve", params={"iri": f"http://e.test/{SCRIPT}"}, headers=HTML)
    assert response.status_code == 400
    assert SCRIPT not in response.text


@pytest.mark.parametrize("path", ["/search?q=china", "/resolve?iri=Q148"])
def test_an_answer_is_asked_for_once(client: httpx.Client, path: str) -> None:
    """304 for who has it; an answer of a fixed version stays for good; formats are kept apart."""
    first = client.get(path, headers=JSON)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert "Accept" in first.headers["vary"].split(", ")
    again = client.get(path, headers={**JSON, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    fixed = client.get(f"{path}&version=1", headers=JSON)
    assert "immutable" in fixed.headers["cache-control"]
    assert client.get(path, headers=HTML, follow_redirects=False).headers["etag"] != first.headers["etag"]
    assert client.head(path, headers=JSON).status_code == 200


def test_a_form_that_is_not_there_is_told(client: httpx.Client) -> None:
    """406 names the two."""
    for path in ("/search?q=a", "/resolve?iri=Q148"):
        response = client.get(path, headers={"Accept": "text/turtle"})
        assert response.status_code == 406
        assert set(response.json()["available"]) == {"application/json", "text/html"}


def test_an_identifier_leads_to_ours(client: httpx.Client) -> None:
    """A browser is sent on to the page; the IRI is in `Link`."""
    response = client.get("/resolve", params={"iri": "http://www.wikidata.org/entity/Q148"}, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/id/actor/chn"
    assert response.headers["link"] == f'<{BASE}id/actor/chn>; rel="canonical"'


def test_an_identifier_comes_with_its_evidence(client: httpx.Client) -> None:
    """JSON says which record of the linkset it rests on."""
    content = client.get("/resolve", params={"iri": "https://sws.geonames.org/3577279/"}, headers=JSON).json()
    (match,) = content["matches"]
    assert match["id"] == BASE + "id/actor/abw"
    assert match["evidence"]["record"] == BASE + "id/link/abw-geonames"
    assert match["evidence"]["relation"] == "skos:exactMatch"


def test_several_things_may_be_meant(client: httpx.Client) -> None:
    """300 with all of them, as JSON or as a page; a code without its scheme is a public one where it can be."""
    asked = {"iri": "gcat:Ariane5ECA"}
    as_json = client.get("/resolve", params=asked, headers=JSON)
    assert as_json.status_code == 300
    assert len(as_json.json()["matches"]) == 2
    page = client.get("/resolve", params=asked, headers=HTML)
    assert page.status_code == 300
    assert all(f'href="/{match["id"].removeprefix(BASE)}"' in page.text for match in as_json.json()["matches"])
    for identifier, slug in (("ITA", "ita"), ("gcat:ITA", "gcat-ita")):
        (match,) = client.get("/resolve", params={"iri": identifier}, headers=JSON).json()["matches"]
        assert match["id"].endswith(f"/{slug}")


def test_what_is_unknown_is_not_found(client: httpx.Client) -> None:
    """404 for an identifier that nothing here has."""
    assert client.get("/resolve", params={"iri": "http://e.test/unknown"}, headers=JSON).status_code == 404


@pytest.mark.parametrize("query", ["", "iri=", "iri=http://e.test/%3Ca%3E", "iri=http://e.test/a%20b", "iri=%01"])
def test_what_is_no_identifier_is_refused(client: httpx.Client, query: str) -> None:
    """400 that says what was expected."""
    response = client.get(f"/resolve?{query}", headers=JSON)
    assert response.status_code == 400
    assert "iri=" in response.json()["detail"]


def test_many_identifiers_come_at_once(client: httpx.Client) -> None:
    """A list gives a list in its order; what is unknown has no matches."""
    given = ["Q148", "http://e.test/unknown", "iso:BR", "43662"]
    results = client.post("/resolve", json=given).json()["results"]
    assert [each["identifier"] for each in results] == given
    assert [[match["id"].rpartition("/")[2] for match in each["matches"]] for each in results] == [
        ["chn"],
        [],
        ["bra"],
        ["cfosat"],
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"iri": "Q148"}', "no list of strings"),
        (b"[1]", "no list of strings"),
        (b'["http://e.test/<a>"]', "no IRI has"),
        (b"[" + b",".join([b'"Q1"'] * 1001) + b"]", "at most 1000"),
    ],
)
def test_a_batch_that_is_none_is_refused(client: httpx.Client, body: bytes, expected: str) -> None:
    """400 that says what was expected."""
    response = client.post("/resolve", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert expected in response.json()["detail"]


def test_a_batch_is_sent_as_json(client: httpx.Client) -> None:
    """415 for another type, 413 for more than anybody needs."""
    assert client.post("/resolve", content=b"[]", headers={"Content-Type": "text/plain"}).status_code == 415
    body = b'["' + b"a" * 2_000_001 + b'"]'
    assert client.post("/resolve", content=body, headers={"Content-Type": "application/json"}).status_code == 413


def test_a_plain_dataset_says_why_it_has_no_search(tmp_path: Path, serve: Serve) -> None:
    """404 with what has an index."""
    with serve(tmp_path, "--empty", "--no-shapes") as client:
        for path in ("/search?q=a", "/resolve?iri=Q148"):
            response = client.get(path, headers=JSON)
            assert response.status_code == 404
            assert "no search index" in response.json()["detail"]


def test_a_write_is_found_by_the_next_search(published: Path, coorbit: Coorbit, serve: Serve) -> None:
    """What a commit names is found and matched as soon as it is acknowledged; the version before stays."""
    token = coorbit("token", "create", "--scope", "write", "--name", "t", "--home", published).stdout.strip()
    named = f"<{BASE}id/system/cfosat> <{RDFS}label> 'Vigília franco-chinesa'@pt ."
    update = f"INSERT DATA {{ GRAPH <{CURATED_GRAPH}> {{ {named} }} }}"
    with serve(published) as client:
        before = client.get("/search?q=vigilia", headers=JSON)
        assert before.json()["results"] == []
        written = client.post("/sparql", data={"update": update}, headers={"Authorization": f"Bearer {token}"})
        assert written.status_code == 204, written.text
        after = client.get("/search?q=vigilia", headers={**JSON, "If-None-Match": before.headers["etag"]})
        assert [each["id"] for each in after.json()["results"]] == [BASE + "id/system/cfosat"]
        assert client.get("/search?q=vigilia&version=1", headers=JSON).json()["results"] == []
        asked = {"queries": '{"q": {"query": "vigilia franco chinesa", "type": "Satellite"}}'}
        (candidate, *_) = client.post("/reconcile", data=asked).json()["q"]["result"]
        assert (candidate["id"], candidate["match"]) == ("system/cfosat", True)


def test_a_page_says_how_many_there_are_and_leads_on(client: httpx.Client) -> None:
    """Each page has the next ones of one order, none twice; past the last page nothing is linked."""
    address: str | None = "/search?q=china&limit=40"
    seen: list[str] = []
    while address:
        page = unescape(client.get(address, headers=HTML).text)
        assert "More than 100 things fit" in page
        seen += re.findall(r'<li><a href="(/id/[^"]+)">', page)
        after = re.search(r'rel="next" href="([^"]+)"', page)
        address = after[1] if after else None
    assert len(seen) == len(set(seen)) == 100
    few = client.get("/search?q=CFOSAT", headers=HTML).text
    assert re.search(r"\d+ things fit|One thing fits", few)


def test_a_page_names_things_as_the_browser_likes(client: httpx.Client) -> None:
    """Labels follow Accept-Language where no language is asked for; JSON does not."""
    asked = {"q": "chn"}
    page = client.get("/search", params=asked, headers={**HTML, "Accept-Language": "ru"})
    assert ">Китай</a>" in page.text
    assert page.headers["vary"].startswith("Accept, Accept-Language")
    assert page.headers["etag"] != client.get("/search", params=asked, headers=HTML).headers["etag"]
    results = client.get("/search", params=asked, headers={**JSON, "Accept-Language": "ru"}).json()["results"]
    assert (results[0]["label"], results[0]["languages"]) == ("China", ["en", "es"])


def test_a_label_says_its_languages(client: httpx.Client) -> None:
    """All those in which a thing is called so that it is called in the language that was asked for."""
    for lang, label, languages in (("zh", "中国", ["zh"]), ("fr", "Chine", ["fr"]), ("", "China", ["en", "es"])):
        found = client.get("/search", params={"q": label, "lang": lang}, headers=JSON).json()["results"]
        assert (found[0]["label"], found[0]["languages"]) == (label, languages)


def test_a_word_of_a_name_finds_the_best_known(client: httpx.Client) -> None:
    """Who types Korea means a state: what has the word stands beside what begins with it, by how known it is."""
    results = client.get("/search", params={"q": "Korea", "limit": 5}, headers=JSON).json()["results"]
    found = [each["id"].removeprefix(f"{BASE}id/") for each in results]
    assert found[0] == "actor/kor"
    assert "actor/prk" in found
