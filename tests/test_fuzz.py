"""Whatever arrives at `/sparql`, the service has an answer for it that is no fault of its own."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

NAMES = [
    "query",
    "update",
    "default-graph-uri",
    "named-graph-uri",
    "using-graph-uri",
    "timeout",
    "format",
    "version",
    "",
]
VALUES = [
    "ASK {}",
    "SELECT * WHERE { ?s ?p ?o } LIMIT 2",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2",
    "DESCRIBE actor:chn",
    "SELECT (<<( actor:chn a coo:State )>> AS ?t) {}",
    "CONSTRUCT { actor:chn rdf:reifies <<( actor:chn a coo:State )>> } {}",
    "SELECT (STRLANGDIR('x', 'ar', 'rtl') AS ?t) {}",
    "SELECT ?s FROM <http://e.test/a> FROM <http://e.test/b> { ?s ?p ?o }",
    "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "CLEAR ALL",
    "1",
    "json",
    "jsonld",
    "http://e.test/graph",
    "\u0000",
    "\ud800",
    "\U0010ffff",
    "{" * 500,
]
TYPES = ["application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update", "text/plain", ""]
HEADERS = ["Accept", "Accept-Encoding", "If-None-Match", "Content-Type", "Content-Encoding", "Origin", "Forwarded"]


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service whose answers are looked at for faults."""
    with serve(home, COORBIT_QUERY_TIMEOUT_S="2") as client:
        yield client


texts = st.one_of(
    st.sampled_from(VALUES), st.text(max_size=60), st.text("SELECTWHRASKfrom{}()<>?:.\"'\\#*; \n1a", max_size=60)
)
values = st.one_of(texts.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60))
parameters = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=4)
visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60).map(str.strip)
media = st.sampled_from(
    ["*/*", "text/csv;q=0.5", "text/*", "application/json", ";;q=", "text/html", "a/b;q=2, */*;q=0"]
)
headers = st.dictionaries(st.sampled_from(HEADERS), st.one_of(media, visible, st.sampled_from(TYPES)), max_size=4)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "DELETE"]),
    path=st.sampled_from(["/sparql", "/sparql/"]),
    url=parameters,
    body=st.one_of(st.binary(max_size=80), parameters.map(lambda pairs: encoded(pairs).encode()), values),
    media_type=st.sampled_from(TYPES),
    given_headers=headers,
)
def test_no_request_makes_the_service_fail(  # noqa: PLR0913  (a request has that many parts)
    client: httpx.Client,
    *,
    method: str,
    path: str,
    url: list[tuple[str, bytes]],
    body: bytes,
    media_type: str,
    given_headers: dict[str, str],
) -> None:
    """Arbitrary bytes, headers and parameters: an answer, or an error that names the fault of the request."""
    response = client.request(
        method,
        f"{path}?{encoded(url)}",
        content=body if method not in {"GET", "HEAD", "OPTIONS"} else None,
        headers={"Content-Type": media_type, **given_headers},
    )
    assert response.status_code != 500
    if response.status_code >= 400 and method != "HEAD":
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]


def encoded(pairs: list[tuple[str, bytes]]) -> str:
    """Return parameters as they stand in an address; bytes that are no text are kept."""
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
@pytest.mark.parametrize(
    ("nested", "one", "other"),
    [
        pytest.param("ASK { %s %s }", "{", "}", id="groups"),
        pytest.param("SELECT * WHERE %s { ?s ?p ?o } %s LIMIT 3", "{", "}", id="from the outside"),
        pytest.param("ASK { FILTER(%s 1 %s) }", "(", ")", id="brackets"),
        pytest.param("ASK { FILTER(%s true %s) }", "!", "", id="not"),
        pytest.param("ASK { ?s %s <http://e.test/p> %s ?o }", "(", ")*", id="paths"),
    ],
)
def test_deep_nesting_is_no_fault_of_the_service(
    client: httpx.Client, nested: str, one: str, other: str, depth: int
) -> None:
    """Groups in groups, however deep, are answered or refused; the service's own fault they are not."""
    query = nested % (one * depth, other * depth)
    assert client.post("/sparql", data={"query": query}, timeout=60).status_code in {200, 400, 422, 504, 507}


def test_raw_bytes_in_the_address(client: httpx.Client) -> None:
    """Bytes that no address may hold are answered by the server, without ending it."""
    for raw in (b"GET /sparql?query=\xff\xfe HTTP/1.1", b"GET /sparql?query=ASK{} HTTP/1.1", b"\x00\x01 / HTTP/1.1"):
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
            connection.sendall(raw + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert connection.recv(12)[:9] in {b"HTTP/1.1 ", b""}
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
