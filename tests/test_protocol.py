"""The SPARQL 1.1 Protocol in full, and what is refused at the door."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox
import pytest

from service.formats import GRAPHS, SOLUTIONS, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Serve

DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
YES = "ASK { actor:chn a coo:State }"


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service with small limits at the door."""
    with serve(home, COORBIT_BODY_MB="1", COORBIT_URL_KB="8", COORBIT_BUFFER_MB="1") as client:
        yield client


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        pytest.param("GET", {"params": {"query": YES}}, id="GET"),
        pytest.param("POST", {"data": {"query": YES}}, id="form"),
        pytest.param("POST", {"content": YES, "headers": {"Content-Type": DIRECT}}, id="direct"),
        pytest.param(
            "POST", {"content": YES, "headers": {"Content-Type": f"{DIRECT}; charset=UTF-8"}}, id="with a charset"
        ),
        pytest.param(
            "POST",
            {"content": YES, "headers": {"Content-Type": f"{DIRECT}; charset=utf-8; version=1.2"}},
            id="and more",
        ),
        pytest.param("QUERY", {"content": YES, "headers": {"Content-Type": DIRECT}}, id="QUERY, direct"),
        pytest.param("QUERY", {"data": {"query": YES}}, id="QUERY, form"),
    ],
)
def test_each_way_to_ask(client: httpx.Client, path: str, method: str, arguments: dict[str, Any]) -> None:
    """A query is answered however it is sent, with and without a slash at the end of the address."""
    assert client.request(method, path, **arguments).json()["boolean"] is True


def test_options_and_other_methods(client: httpx.Client) -> None:
    """OPTIONS names the methods; a method that is not among them gets 405 with the same list."""
    options = client.options("/sparql")
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, POST, QUERY, OPTIONS"
    assert DIRECT in options.headers["accept-query"]
    for method in ("PUT", "DELETE", "PATCH", "PROPFIND"):
        response = client.request(method, "/sparql")
        assert response.status_code == 405
        assert response.headers["allow"] == options.headers["allow"]


@pytest.mark.parametrize(
    ("status", "method", "arguments", "words"),
    [
        pytest.param(400, "GET", {"params": [("query", YES), ("query", YES)]}, "exactly one", id="two queries"),
        pytest.param(400, "GET", {"params": {"update": "CLEAR ALL"}}, "by POST", id="update by GET"),
        pytest.param(400, "POST", {"data": {"query": YES, "update": "CLEAR ALL"}}, "exactly one", id="both"),
        pytest.param(400, "POST", {"data": {"quer": YES}}, "exactly one", id="neither"),
        pytest.param(
            400,
            "POST",
            {"params": {"query": YES}, "content": YES, "headers": {"Content-Type": DIRECT}},
            "exactly one",
            id="in address and body",
        ),
        pytest.param(
            400, "GET", {"params": {"query": YES, "using-graph-uri": "http://e.test/"}}, "default-graph-uri", id="using"
        ),
        pytest.param(400, "GET", {"params": {"query": YES, "timeout": "soon"}}, "seconds", id="timeout not a number"),
        pytest.param(400, "GET", {"params": {"query": YES, "timeout": "-1"}}, "above 0", id="timeout below 0"),
        *(
            pytest.param(400, "GET", {"params": {"query": YES, "timeout": odd}}, "such as", id=f"timeout {odd[:9]!r}")
            for odd in ("1 ", " 1", "1_0", "1e3", "nan", "inf", "+1", "1.", "\u0661", "0", "9" * 400)
        ),
        pytest.param(400, "GET", {"params": {"query": YES, "format": "pdf"}}, "json, xml", id="unknown format"),
        pytest.param(400, "GET", {"params": {"query": YES, "default-graph-uri": "not an IRI"}}, "IRI", id="no IRI"),
        pytest.param(400, "GET", {"params": {"query": YES, "named-graph-uri": "http://["}}, "host", id="no host"),
        pytest.param(
            400, "POST", {"content": b"ASK { ?s ?p '\xff' }", "headers": {"Content-Type": DIRECT}}, "UTF-8", id="bytes"
        ),
        pytest.param(400, "POST", {"content": b"query=%ff", "headers": {"Content-Type": FORM}}, "UTF-8", id="escaped"),
        pytest.param(406, "GET", {"params": {"query": YES}, "headers": {"Accept": "image/png"}}, "csv", id="picture"),
        pytest.param(406, "GET", {"headers": {"Accept": "image/png"}}, "turtle", id="description as a picture"),
        pytest.param(413, "POST", {"data": {"query": f"#{'x' * 1_100_000}\n{YES}"}}, "COORBIT_BODY_MB", id="body"),
        pytest.param(414, "GET", {"params": {"query": f"#{'x' * 9000}\n{YES}"}}, "by POST", id="address"),
        pytest.param(
            415, "POST", {"content": YES, "headers": {"Content-Type": "text/plain"}}, "sparql-query", id="plain text"
        ),
        pytest.param(415, "POST", {"content": YES}, "without a type", id="no type"),
        pytest.param(
            415,
            "POST",
            {"content": YES.encode("utf-16"), "headers": {"Content-Type": f"{DIRECT}; charset=utf-16"}},
            "UTF-8",
            id="character set",
        ),
        pytest.param(
            415,
            "POST",
            {"content": YES, "headers": {"Content-Type": DIRECT, "Content-Encoding": "gzip"}},
            "compressed",
            id="compressed",
        ),
        pytest.param(
            415,
            "QUERY",
            {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}},
            "sparql-query",
            id="update by QUERY",
        ),
        pytest.param(400, "QUERY", {"data": {"update": "CLEAR ALL"}}, "by POST", id="update by QUERY, form"),
        pytest.param(
            415,
            "POST",
            {"content": YES, "headers": {"Content-Type": f"{DIRECT}; version=1.2; charset=iso-8859-1"}},
            "UTF-8",
            id="character set behind another parameter",
        ),
    ],
)
def test_what_is_refused(client: httpx.Client, status: int, method: str, arguments: dict[str, Any], words: str) -> None:
    """Each refusal is a problem document under the right status, says what was expected, and bears an id."""
    response = client.request(method, "/sparql", **arguments)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert words in json.dumps(response.json())
    assert response.headers["x-query-id"]


@pytest.mark.parametrize("each", [*SOLUTIONS, *GRAPHS], ids=lambda each: each.name)
def test_format_by_name_and_by_media_type(client: httpx.Client, each: Format) -> None:
    """format= stands above Accept, by the short name or by the media type."""
    query = YES if each in SOLUTIONS else "CONSTRUCT WHERE { actor:chn a ?type }"
    for name in (each.name, each.media_type):
        response = client.get("/sparql", params={"query": query, "format": name}, headers={"Accept": "image/png"})
        assert response.headers["content-type"] == each.content_type


def test_a_relative_iri_is_read_against_the_endpoint(client: httpx.Client) -> None:
    """Without BASE the endpoint's own address is the base; BASE in the query stands above it."""
    rows = client.get("/sparql", params={"query": "SELECT (<x> AS ?iri) {}", "format": "csv"}).text.splitlines()
    assert rows[1] == f"{str(client.base_url).rstrip('/')}/x"
    query = "BASE <http://e.test/> SELECT (<x> AS ?iri) {}"
    assert client.get("/sparql", params={"query": query, "format": "csv"}).text.splitlines()[1] == "http://e.test/x"


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_triple_terms_pass_through(client: httpx.Client, name: str) -> None:
    """A triple term of RDF 1.2 comes in each format that can carry it."""
    query = "SELECT (<<( <http://e.test/s> <http://e.test/p> 1 )>> AS ?triple) {}"
    response = client.get("/sparql", params={"query": query, "format": name})
    media_type = next(each.media_type for each in SOLUTIONS if each.name == name)
    results = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.from_media_type(media_type))
    assert isinstance(results, ox.QuerySolutions)
    assert isinstance(next(results)["triple"], ox.Triple)


def test_a_triple_term_in_a_graph(client: httpx.Client) -> None:
    """CONSTRUCT gives triple terms in Turtle."""
    query = "CONSTRUCT { <http://e.test/x> rdf:reifies <<( <http://e.test/s> <http://e.test/p> 1 )>> } WHERE {}"
    response = client.get("/sparql", params={"query": query, "format": "turtle"})
    assert "<<(" in response.text


@pytest.mark.parametrize("query", ["ASK%7B%7D", "SELECT*%7B?s?p?o%7DLIMIT%2030000"], ids=["small", "through a file"])
def test_the_oldest_http_gets_a_length(client: httpx.Client, query: str) -> None:
    """HTTP/1.0 knows the end of an answer by its length, so it is told, also where gzip would do."""
    host, port = client.base_url.host, client.base_url.port or 80
    with socket.create_connection((host, port)) as raw:
        headers = f"Host: {host}:{port}\r\nAccept-Encoding: gzip\r\n"
        raw.sendall(f"GET /sparql?query={query} HTTP/1.0\r\n{headers}\r\n".encode())
        received = b""
        while data := raw.recv(65536):
            received += data
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert json.loads(body)["head"] is not None


def test_many_bodies_are_as_much_as_a_giant(client: httpx.Client) -> None:
    """One client's bodies are held up to eight of the largest size, all together up to sixteen; then 503."""
    port = client.base_url.port or 80
    head = f"POST /sparql HTTP/1.1\r\nHost: a.test\r\nContent-Type: {DIRECT}\r\nContent-Length: 999999\r\n\r\n"
    transport = httpx.HTTPTransport(local_address="127.0.0.9")

    def large(asker: httpx.Client = client) -> httpx.Response:
        return asker.post("/sparql", content=YES + "#" * 900_000, headers={"Content-Type": DIRECT})

    with contextlib.ExitStack() as held, httpx.Client(base_url=client.base_url, transport=transport) as other:

        def fill(source: str, asker: httpx.Client) -> httpx.Response:
            refused = large(asker)
            for _ in range(60):  # one of them may itself be refused, when what is sent beside it has just come
                raw = held.enter_context(socket.create_connection(("127.0.0.1", port), source_address=(source, 0)))
                with contextlib.suppress(ConnectionError):
                    raw.sendall(head.encode() + b"#" * 990_000)
                if not (refused := large(asker)).is_success:
                    break
            return refused

        of_one = fill("127.0.0.1", client)
        assert (of_one.status_code, "of yours" in of_one.text) == (503, True)
        assert "Retry-After" in of_one.headers
        assert large(other).is_success
        fill("127.0.0.8", other)
        of_all = large(other)
        assert (of_all.status_code, "of yours" in of_all.text) == (503, False)
    while large().status_code == 503:
        pass  # the connections have just been closed
    assert large().is_success


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"GET /spa", b"HTTP/1.1 408", id="half an address"),
        pytest.param(b"GET /sparql HTTP/1.1\r\nHost: a.te", b"HTTP/1.1 408", id="half a header"),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 99\r\n\r\nASK",
            b"HTTP/1.1 408",
            id="half a body",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a.test\r\nContent-Type: a/b\r\nContent-Length: 99\r\n\r\nASK",
            b"HTTP/1.1 415",
            id="answered before it is whole",
        ),
    ],
)
def test_what_does_not_arrive_is_not_waited_for(home: Path, serve: Serve, sent: bytes, answered: bytes) -> None:
    """Half a request holds neither a connection nor room for bodies; the log has no fault of ours."""
    with serve(home, COORBIT_SEND_TIMEOUT_S="1") as client:
        host, port = client.base_url.host, client.base_url.port or 80
        with socket.create_connection((host, port), timeout=10) as raw:
            raw.sendall(sent)
            received = b""
            while data := raw.recv(65536):
                received += data
        assert received.startswith(answered)
        assert received.count(b"HTTP/1.1") <= 1
        assert client.get("/sparql", params={"query": YES}).is_success


def test_half_a_request_behind_one_that_is_answered(home: Path, serve: Serve) -> None:
    """The answer before it comes first, and whole."""
    endless = "SELECT%20(COUNT(*)AS?n)%7B?a?b?c.?d?e?f.?g?h?i%20FILTER(?a=?i)%7D"
    with serve(home, COORBIT_SEND_TIMEOUT_S="0.5", COORBIT_QUERY_TIMEOUT_S="2") as client:
        host, port = client.base_url.host, client.base_url.port or 80
        for half in ("GET /spa", "POST /sparql HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\nASK"):
            with socket.create_connection((host, port), timeout=10) as raw:
                raw.sendall(f"GET /sparql?query={endless} HTTP/1.1\r\nHost: a.test\r\n\r\n{half}".encode())
                received = b""
                while data := raw.recv(65536):
                    received += data
            assert received.startswith(b"HTTP/1.1 504")


def test_a_long_answer_is_waited_for(home: Path, serve: Serve) -> None:
    """Only the request is to arrive in time: what is evaluated meanwhile has the limit of a query."""
    with serve(home, COORBIT_SEND_TIMEOUT_S="0.5", COORBIT_QUERY_TIMEOUT_S="2") as client:
        endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i) }"
        assert client.post("/sparql", data={"query": endless}).status_code == 504


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "X-Anything"])
@pytest.mark.parametrize("value", ['"' * 9000, "gzip;a" + " " * 9000 + "b", ", ".join(["a/b;q=0.5"] * 900)])
def test_long_headers_are_refused(client: httpx.Client, name: str, value: str) -> None:
    """431 before anything reads them, since some take long to read."""
    for path in ("/sparql?query=ASK%7B%7D", "/health/live"):
        response = client.get(path, headers={name: value})
        assert response.status_code == 431
        assert "8192" in response.json()["detail"]


def test_a_browser_is_sent_to_the_page(client: httpx.Client) -> None:
    """A client that prefers a page gets 303 to it, with its query, or without one."""
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with_query = client.get("/sparql", params={"query": YES}, headers=accept)
    assert (with_query.status_code, with_query.next_request and with_query.next_request.url.path) == (303, "/query")
    assert client.get("/sparql", headers=accept).headers["location"] == "/query"
    assert client.get("/sparql", params={"query": YES, "format": "csv"}, headers=accept).status_code == 200


@pytest.mark.parametrize("piece", ["a", "A:", "<a", "_", "\\\\", "(", "中"])
def test_a_long_query_is_read_in_time(client: httpx.Client, piece: str) -> None:
    """No reading of it takes the square of its length: 900 kB within a string are answered, without its end 400."""
    text = f'SELECT ("{piece * (900_000 // len(piece.encode()))}" AS ?x) {{}}'
    answered = client.post("/sparql", content=text.encode(), headers={"Content-Type": DIRECT})
    assert answered.status_code == 200
    open_ended = text.replace('" AS', " AS").encode()
    refused = client.post("/sparql", content=open_ended, headers={"Content-Type": DIRECT})
    assert refused.status_code == 400
    assert refused.json()["line"] == 1
