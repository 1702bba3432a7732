"""Calls to other hosts: none, but to the endpoints that the operator has listed, and these in full."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve


@pytest.fixture(scope="module")
def other(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A second instance, which stands for an endpoint elsewhere."""
    with serve(home) as client:
        yield client


def endpoint(client: httpx.Client) -> str:
    """Return the whole address of an instance's endpoint."""
    return f"{client.base_url}sparql"


class Elsewhere(ThreadingHTTPServer):
    """A host that notes who calls, and sends everybody on to another address."""

    def __init__(self, status: int, target: str) -> None:
        self.calls = 0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Note the call and redirect it."""
                host = self.server
                assert isinstance(host, Elsewhere)
                host.calls += 1
                self.send_response(status)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815  (the name is the method's)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Its whole address."""
        return f"http://127.0.0.1:{self.server_port}/sparql"


@contextlib.contextmanager
def elsewhere(status: int, target: str) -> Iterator[Elsewhere]:
    """Run such a host for the length of a with block."""
    host = Elsewhere(status, target)
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        host.shutdown()
        thread.join()
        host.server_close()


def test_an_allowed_endpoint_is_called(home: Path, serve: Serve, other: httpx.Client) -> None:
    """SERVICE with a listed address gives the other's solutions; the answer is of the moment and not kept."""
    query = (
        f"SELECT ?name {{ SERVICE <{endpoint(other)}> {{ actor:chn rdfs:label ?name }} FILTER(LANG(?name) = 'en') }}"
    )
    with serve(home, COORBIT_SERVICE_ALLOW=f"{endpoint(other)} http://e.test/sparql") as client:
        for _ in range(2):
            response = client.get("/sparql", params={"query": query, "format": "csv"})
            assert response.text.splitlines() == ["name", "China"]
            assert response.headers["cache-control"] == "no-store"
        turtle = client.get("/sparql", params={"format": "turtle"}).text
        assert "BasicFederatedQuery" in turtle


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("SERVICE <{address}x> {{ ?s ?p ?o }}", id="longer address"),
        pytest.param("SERVICE <{address}?x> {{ ?s ?p ?o }}", id="parameter"),
        pytest.param("SERVICE <{address}#x> {{ ?s ?p ?o }}", id="fragment"),
        pytest.param("SERVICE <{origin}/store> {{ ?s ?p ?o }}", id="other path"),
        pytest.param("SERVICE <{origin}/x/../sparql> {{ ?s ?p ?o }}", id="dots"),
        pytest.param("SERVICE <http://localhost:{port}/sparql> {{ ?s ?p ?o }}", id="name of loopback"),
        pytest.param("SERVICE <http://[::1]:{port}/sparql> {{ ?s ?p ?o }}", id="IPv6"),
        pytest.param("SERVICE <http://[::ffff:127.0.0.1]:{port}/sparql> {{ ?s ?p ?o }}", id="IPv4 in IPv6"),
        pytest.param("SERVICE <http://2130706433:{port}/sparql> {{ ?s ?p ?o }}", id="address as a number"),
        pytest.param("SERVICE <http://127.1:{port}/sparql> {{ ?s ?p ?o }}", id="short address"),
        pytest.param("SERVICE <http://user@127.0.0.1:{port}/sparql> {{ ?s ?p ?o }}", id="user"),
        pytest.param("BIND(<{address}> AS ?there) SERVICE ?there {{ ?s ?p ?o }}", id="variable"),
        pytest.param("SERVICE SILENT <{address}x> {{ ?s ?p ?o }}", id="silent"),
        pytest.param(
            "SERVICE <{address}> {{ ?s ?p ?o }} {{ SELECT * {{ SERVICE <{address}x> {{ ?s ?p ?o }} }} }}", id="subquery"
        ),
        pytest.param("SERVICE # <{address}>\n <{address}x> {{ ?s ?p ?o }}", id="comment"),
        pytest.param("\\u0053ERVICE <{address}x> {{ ?s ?p ?o }}", id="escaped keyword"),
        pytest.param("SERVICE <{address}\\u0078> {{ ?s ?p ?o }}", id="escaped address"),
        pytest.param("FILTER EXISTS {{ SERVICE <{address}x> {{ ?s ?p ?o }} }}", id="in a filter"),
        pytest.param("SERVICE <{address}> {{ SERVICE <{address}x> {{ ?s ?p ?o }} }}", id="nested"),
    ],
)
def test_nothing_else_is_called(allowing: httpx.Client, other: httpx.Client, call: str) -> None:
    """An address that is not exactly a listed one is refused with 403, however it is written."""
    pattern = call.format(address=endpoint(other), origin=str(other.base_url).rstrip("/"), port=other.base_url.port)
    response = allowing.post("/sparql", data={"query": f"SELECT * WHERE {{ {pattern} }}"})
    if call.startswith("\\"):
        assert response.status_code == 400  # the engine takes no escapes in keywords
    else:
        assert response.status_code == 403, response.text
        assert "SERVICE" in response.json()["detail"]
        assert f"only <{endpoint(other)}> may be called" in response.json()["detail"]


def test_a_long_query_calls_nobody(allowing: httpx.Client, other: httpx.Client) -> None:
    """The refusal tells that it is the length, not the address."""
    query = f"ASK {{ SERVICE <{endpoint(other)}> {{ ?s ?p ?o }} }} #{'x' * 10_000}"
    response = allowing.post("/sparql", data={"query": query})
    assert response.status_code == 403
    assert "at most 10000" in response.json()["detail"]


@pytest.fixture(scope="module")
def allowing(home: Path, serve: Serve, other: httpx.Client) -> Iterator[httpx.Client]:
    """A service that may call the other one."""
    with serve(home, COORBIT_SERVICE_ALLOW=endpoint(other)) as client:
        yield client


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_nowhere(home: Path, serve: Serve, other: httpx.Client, status: int) -> None:
    """An allowed endpoint that sends on to loopback: the call is not followed there."""
    with elsewhere(200, "") as hidden, elsewhere(status, hidden.address) as allowed:
        with serve(home, COORBIT_SERVICE_ALLOW=allowed.address) as client:
            query = f"SELECT * {{ SERVICE <{allowed.address}> {{ ?s ?p ?o }} }}"
            response = client.get("/sparql", params={"query": query})
        assert response.status_code == 502
        assert allowed.calls > 0
        assert hidden.calls == 0
    assert other.get("/health/live").status_code == 200


def test_an_endpoint_that_does_not_answer(home: Path, serve: Serve) -> None:
    """A listed endpoint that is down is a bad gateway; SILENT passes over it."""
    with serve(home, COORBIT_SERVICE_ALLOW="http://127.0.0.1:9/sparql") as client:
        query = "SELECT * { SERVICE %s <http://127.0.0.1:9/sparql> { ?s ?p ?o } }"
        assert client.get("/sparql", params={"query": query % ""}).status_code == 502
        assert client.get("/sparql", params={"query": query % "SILENT"}).status_code == 200
