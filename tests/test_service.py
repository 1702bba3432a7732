"""The service over HTTP, as a client sees it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pyoxigraph as ox
import pytest
from processes import children, family, server_at

from graph.questions import packaged_questions
from service.app import create_app
from service.formats import GRAPHS, SOLUTIONS, Format
from service.server import Front
from service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit, Serve

    from graph.versions import Version

STATES = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state"
CHINA = "CONSTRUCT WHERE { actor:chn ?property ?value }"
FORM = "application/x-www-form-urlencoded"


def ask(client: httpx.Client, query: str, accept: str = "*/*") -> httpx.Response:
    """Send a query by GET."""
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


@pytest.mark.parametrize("each", SOLUTIONS, ids=lambda each: each.name)
def test_select_in_each_format(client: httpx.Client, each: Format) -> None:
    """SELECT comes in each format, with its type, and with the same rows."""
    response = ask(client, STATES, each.media_type)
    assert response.status_code == 200
    assert response.headers["content-type"] == each.content_type
    assert "Accept" in response.headers["vary"]
    if each.name == "csv":
        assert response.text.splitlines()[0] == "state"
        return
    results = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.from_media_type(each.media_type))
    assert isinstance(results, ox.QuerySolutions)
    assert ox.NamedNode("https://w3id.org/coorbit/id/actor/chn") in [row["state"] for row in results]


@pytest.mark.parametrize("each", SOLUTIONS, ids=lambda each: each.name)
def test_ask_in_each_format(client: httpx.Client, each: Format) -> None:
    """ASK comes in each format too."""
    response = ask(client, "ASK { actor:chn a coo:State }", each.media_type)
    assert response.status_code == 200
    assert "true" in response.text


@pytest.mark.parametrize("query", [CHINA, "DESCRIBE actor:chn"], ids=["construct", "describe"])
@pytest.mark.parametrize("each", GRAPHS, ids=lambda each: each.name)
def test_graphs_in_each_format(client: httpx.Client, each: Format, query: str) -> None:
    """CONSTRUCT and DESCRIBE come in each format, with its type, and as the same triples."""
    response = ask(client, query, each.media_type)
    assert response.status_code == 200
    assert response.headers["content-type"] == each.content_type
    triples = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(each.media_type))}
    expected = {quad.triple for quad in ox.parse(ask(client, CHINA).content, format=ox.RdfFormat.TURTLE)}
    assert triples >= expected > set()


def test_characters_survive_the_url(client: httpx.Client) -> None:
    """Percent signs, plus signs and Chinese in a query mean themselves."""
    response = ask(client, 'SELECT ("100 % 中国 +" AS ?text) WHERE {}')
    assert response.json()["results"]["bindings"][0]["text"]["value"] == "100 % 中国 +"


def test_head_has_the_headers_and_no_body(client: httpx.Client) -> None:
    """HEAD answers as GET does, without the body."""
    response = client.head("/sparql", params={"query": STATES})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == SOLUTIONS[0].content_type


def test_any_site_may_ask(client: httpx.Client) -> None:
    """CORS is open, for answers, errors and preflights."""
    for response in (
        client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://e.test"}),
        client.get("/sparql", params={"query": "ASK"}, headers={"Origin": "https://e.test"}),
        client.options("/sparql", headers={"Origin": "https://e.test", "Access-Control-Request-Method": "POST"}),
    ):
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        pytest.param("SELECT ?x WHERE { ?x ?y }", "a variable", id="missing object"),
        pytest.param("ASK {\n  ?x nope:y ?z }", "declared prefix", id="undeclared prefix"),
    ],
)
def test_a_broken_query_is_a_problem_with_a_place(client: httpx.Client, query: str, words: str) -> None:
    """400 problem+json with line, column and what was expected."""
    response = ask(client, query)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["title"]) == (400, "Bad Request")
    assert problem["line"] >= 1
    assert problem["column"] >= 1
    assert any(words in expected for expected in problem["expected"])


@pytest.mark.parametrize(
    ("query", "available"),
    [(STATES, SOLUTIONS), (CHINA, GRAPHS)],
    ids=["select", "construct"],
)
def test_what_cannot_be_sent_is_listed(client: httpx.Client, query: str, available: tuple[Format, ...]) -> None:
    """406 lists the media types of that kind of answer."""
    response = ask(client, query, "image/png")
    assert response.status_code == 406
    assert response.json()["available"] == [each.media_type for each in available]


def test_unknown_paths_and_methods_are_problems(client: httpx.Client) -> None:
    """404 and 405 have the shape of every other error."""
    assert client.get("/nowhere").json()["status"] == 404
    response = client.delete("/sparql")
    assert response.json()["status"] == 405
    assert "GET" in response.headers["allow"]


def test_health(client: httpx.Client) -> None:
    """Live and ready, with the number of the version served."""
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "version": 1}


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_a_page(client: httpx.Client) -> None:
    """A client that prefers HTML is sent to the query page, which keeps the query and shows the rows."""
    response = client.get("/sparql", params={"query": STATES}, headers={"Accept": BROWSER}, follow_redirects=True)
    assert response.history[0].status_code == 303
    assert response.url.path == "/query"
    assert "actor:chn" in response.text
    assert STATES in response.text


@pytest.mark.parametrize(
    ("query", "status", "shown"),
    [
        pytest.param("", 200, "Prefixes", id="none"),
        pytest.param("ASK { actor:chn a coo:State }", 200, "<p>yes</p>", id="ask"),
        pytest.param("DESCRIBE actor:chn", 200, "<pre ", id="describe"),
        pytest.param("SELECT ?x {", 400, "line 1, column", id="broken"),
        pytest.param('SELECT ("<script>x</script>" AS ?text) {}', 200, "&lt;script&gt;x&lt;", id="markup"),
    ],
)
def test_the_query_page_shows_each_kind_of_outcome(client: httpx.Client, query: str, status: int, shown: str) -> None:
    """Table, yes or no, Turtle or the error, all escaped, under a policy that runs no script but ours."""
    response = client.get("/query", params={"query": query})
    assert response.status_code == status
    assert shown in response.text
    assert not re.search(r'<script(?! type="module" src="/static/[\w.-]+"></script>)', response.text)
    assert response.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")


def test_the_query_page_answers_as_the_endpoint_does(client: httpx.Client) -> None:
    """What a browser is redirected with counts there too: the dataset of the request, relative IRIs."""
    nothing = {"query": "ASK { ?s ?p ?o }", "default-graph-uri": "http://e.test/none"}
    assert "<p>no</p>" in client.get("/query", params=nothing).text
    assert "/x</a></td>" in client.get("/query", params={"query": "SELECT (<x> AS ?iri) {}"}).text
    assert client.get("/query", params={"query": "ASK {}", "timeout": "soon"}).status_code == 400


def test_the_query_page_keeps_what_it_was_asked_with(client: httpx.Client) -> None:
    """The form and the downloads say which graphs, version and time limit were asked for; each download answers."""
    graph = "https://w3id.org/coorbit/graph/curated"
    asked = {"query": "SELECT * { ?s ?p ?o } LIMIT 1", "default-graph-uri": graph, "timeout": "9", "version": "1"}
    text = client.get("/query", params=asked).text
    for name, value in asked.items():
        if name != "query":
            assert re.search(rf'<input [^>]*name="{name}" value="{value}"', text)
    downloads = [unescape(each) for each in re.findall(r'<a href="(/sparql\?[^"]+)"', text)]
    assert len(downloads) == len(SOLUTIONS)
    for address, each in zip(downloads, SOLUTIONS, strict=True):
        assert httpx.URL(address).params["default-graph-uri"] == graph
        assert httpx.URL(address).params["version"] == "1"
        assert client.get(address).headers["content-type"] == each.content_type


def test_the_query_page_and_its_script_share_an_answer(client: httpx.Client) -> None:
    """What the page was made from is kept for the endpoint, in the format that the page's script asks for."""
    query = 'SELECT ?state ("shared" AS ?mark) WHERE { ?state a coo:State } ORDER BY ?state'
    first = client.get("/query", params={"query": query}).text
    script = {"Accept": "application/sparql-results+json, text/turtle;q=0.9"}
    response = client.get("/sparql", params={"query": query}, headers=script)
    assert response.headers["server-timing"] == "cache;desc=hit"
    assert client.get("/query", params={"query": query}).text == first


def test_an_empty_graph_is_said_to_be_empty(client: httpx.Client) -> None:
    """A CONSTRUCT that makes nothing shows that it did, and offers the formats of graphs."""
    text = client.get("/query", params={"query": "CONSTRUCT WHERE { actor:chn a actor:chn }"}).text
    assert "# The graph is empty." in text
    assert "format=ntriples" in text


def test_a_dataset_from_other_files_is_not_replaced(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """What someone built with --from is served as it is."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    run = coorbit("build", "--from", tmp_path / "own.ttl", "--home", tmp_path / "home")
    assert run.returncode == 0, run.stdout
    with serve(tmp_path / "home") as client:
        assert ask(client, "ASK { <http://e.test/s> ?p 1 }").json()["boolean"] is True


def test_a_killed_idle_process_is_replaced(home: Path, serve: Serve) -> None:
    """The query after the death of idle processes is answered like any other."""
    with serve(home) as client:
        assert ask(client, "ASK {}").status_code == 200
        server = server_at(client.base_url.port)
        for process, parent in family("service.zygote").items():
            if parent != server and parent in children(server):
                os.kill(process, signal.SIGKILL)
        assert ask(client, "ASK {}").status_code == 200


def test_openapi_names_routes_and_formats(client: httpx.Client) -> None:
    """The description holds each route, and for /sparql each media type that is served."""
    description = client.get("/openapi.json").json()
    assert {"/", "/query", "/sparql", "/dumps/{name}", "/health/live", "/health/ready"} <= set(description["paths"])
    content = description["paths"]["/sparql"]["get"]["responses"]["200"]["content"]
    assert {each.media_type for each in (*SOLUTIONS, *GRAPHS)} <= set(content)


def test_the_front_page_shows_figures_and_questions(client: httpx.Client, version: Version) -> None:
    """Plain HTML with the version's figures, and five questions with their answers, each a link that answers."""
    response = client.get("/")
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert f"{version.manifest.triples:,} triples" in response.text
    asked = re.findall(r'<dt><a href="([^"]+)">([^<]+)</a></dt>\n<dd>([^<]+)</dd>', response.text)
    assert len(asked) == 5
    questions = {each.question for each in packaged_questions("questions")}
    for address, question, answer in asked:
        assert unescape(question) in questions
        shown = client.get(address, headers={"Accept": "text/csv"}).text
        assert answer.split(", ")[0].split(" and ")[0] in shown


def test_a_new_version_is_served_at_once(home: Path, tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """A build beside a running service is seen by the next query, without a restart."""
    own = shutil.copytree(home, tmp_path / "home", symlinks=True)
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    with serve(own) as client:
        assert ask(client, "ASK { <http://e.test/s> ?p 1 }").json()["boolean"] is False
        assert coorbit("build", "--from", tmp_path / "own.ttl", "--home", own).returncode == 0
        assert ask(client, "ASK { <http://e.test/s> ?p 1 }").json()["boolean"] is True
        assert client.get("/health/ready").json()["version"] == 2


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK%7B%7D", "/query", "/dumps/coorbit.ttl"])
def test_before_the_dataset_is_there_the_service_says_so(tmp_path: Path, path: str) -> None:
    """503 with Retry-After and the stage, and no path of the machine; liveness is another matter."""

    async def story() -> None:
        transport = httpx.ASGITransport(Front(create_app(Settings(home=tmp_path))))  # the start is not run: not ready
        async with httpx.AsyncClient(transport=transport, base_url="http://e.test") as client:
            response = await client.get(path)
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            assert "starting" in response.json()["detail"]
            assert str(tmp_path) not in response.text
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/health/ready")).json() == {"status": "starting", "stage": "starting"}

    asyncio.run(story())


def test_accept_in_several_lines_is_one_list(client: httpx.Client) -> None:
    """Header lines of one name are one list (RFC 9110, 5.3)."""
    headers = [("Accept", "image/png"), ("Accept", "text/csv")]
    response = client.get("/sparql", params={"query": STATES}, headers=headers)
    assert response.headers["content-type"].startswith("text/csv")


def test_a_first_start_builds_the_dataset(tmp_path: Path, serve: Serve) -> None:
    """In an empty home the service comes up by itself, and the report's figures are there."""
    with serve(tmp_path / "home") as client:
        rows = ask(
            client,
            "SELECT ?count WHERE { ?claim a coo:QuantityClaim ; coo:countValue ?count ;"
            " coo:reportedIn src:xinhua-2018-04-19 }",
        ).json()["results"]["bindings"]
    assert sorted(int(row["count"]["value"]) for row in rows) == [4, 11, 30, 37, 121]
