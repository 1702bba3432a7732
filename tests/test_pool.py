"""The pool of query processes under stress, over real sockets: limits, lanes, streams, deaths."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from processes import alive, children, has_connection, server_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Serve

ENDLESS = "SELECT (COUNT(*) AS ?count) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOG = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
EVERYTHING = "SELECT * WHERE { ?subject ?property ?value }"
LIGHT = "ASK { actor:chn a coo:State }"


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service with small limits, so that they are reached."""
    with serve(home, COORBIT_QUERY_TIMEOUT_S="20", COORBIT_BUFFER_MB="1", COORBIT_HEAVY_PLACES="2") as client:
        yield client


def ask(client: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    """Send a query by GET."""
    return client.get("/sparql", params={"query": query, **parameters})


def test_past_its_time_a_query_is_ended(client: httpx.Client) -> None:
    """504, not before the limit, and the limit that held is named."""
    started = time.monotonic()
    response = ask(client, ENDLESS, timeout="1.5")
    assert response.status_code == 504
    assert time.monotonic() - started >= 1.5
    assert "1.5 s" in response.json()["detail"]


def test_a_client_may_not_raise_the_limit(home: Path, serve: Serve) -> None:
    """timeout= counts in seconds, up to the service's own limit."""
    with serve(home, COORBIT_QUERY_TIMEOUT_S="1") as client:
        assert "after 1 s" in ask(client, ENDLESS, timeout="60").json()["detail"]


def test_past_its_memory_a_query_is_ended(home: Path, serve: Serve) -> None:
    """507 says that it was memory, and the next query is answered."""
    with serve(home, COORBIT_QUERY_TIMEOUT_S="60", COORBIT_QUERY_MEMORY_MB="256") as client:
        response = ask(client, HOG)
        assert response.status_code == 507
        assert "memory" in response.json()["detail"]
        assert ask(client, LIGHT).status_code == 200


def test_short_queries_pass_heavy_ones(client: httpx.Client) -> None:
    """While endless queries run and more of them come, light ones are answered, every one, long before those end."""
    stop = threading.Event()

    def abuse() -> None:
        with httpx.Client(base_url=client.base_url, timeout=30) as abuser:
            while not stop.is_set():
                ask(abuser, ENDLESS)

    abusers = [threading.Thread(target=abuse) for _ in range(4)]
    for abuser in abusers:
        abuser.start()
    try:
        for _ in range(100):
            assert ask(client, LIGHT, timeout="5").status_code == 200
    finally:
        stop.set()
        for abuser in abusers:
            abuser.join(timeout=25)


def test_one_client_cannot_hold_all_heavy_places(client: httpx.Client) -> None:
    """Of two heavy queries of one client at once, one is refused with Retry-After; both end."""
    codes: list[int] = []

    def heavy() -> None:
        with httpx.Client(base_url=client.base_url, timeout=30) as own:
            response = ask(own, ENDLESS, timeout="1.5")
            codes.append(response.status_code)
            if response.status_code == 503:
                assert int(response.headers["retry-after"]) > 0

    threads = [threading.Thread(target=heavy) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [503, 504]


def test_a_large_answer_is_whole(client: httpx.Client) -> None:
    """An answer past the buffer goes through a file and arrives byte for byte as long as it should be."""
    count = int(ask(client, "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }", format="csv").text.splitlines()[1])
    response = ask(client, EVERYTHING, format="tsv")
    assert response.text.count("\n") == count + 1


def test_a_slow_reader_holds_no_process(client: httpx.Client) -> None:
    """While somebody reads a large answer a byte at a time, others are answered."""
    host, port = client.base_url.host, client.base_url.port
    with socket.create_connection((host, port or 80)) as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(f"GET /sparql?query={quote(EVERYTHING)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert reader.recv(12) == b"HTTP/1.1 200"
        for _ in range(20):
            assert ask(client, LIGHT).status_code == 200


def test_a_reader_that_takes_nothing_is_dropped(home: Path, serve: Serve) -> None:
    """Past COORBIT_SEND_TIMEOUT_S the connection is gone, with what was kept for it."""
    with serve(home, COORBIT_SEND_TIMEOUT_S="1", COORBIT_BUFFER_MB="1") as client:
        host, port = client.base_url.host, client.base_url.port or 80
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect((host, port))
            reader.sendall(f"GET /sparql?query={quote(EVERYTHING)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert reader.recv(12) == b"HTTP/1.1 200"
            deadline = time.monotonic() + 20
            while has_connection(port, reader.getsockname()[1]):
                assert client.get("/health/live").status_code == 200
                assert time.monotonic() < deadline


def test_an_answer_that_breaks_off_has_no_end(home: Path, serve: Serve) -> None:
    """After the first byte a failure ends the connection without the last chunk, so that nobody takes it for whole."""
    with serve(home, COORBIT_BUFFER_MB="1", COORBIT_SPOOL_MB="2") as client:
        host, port = client.base_url.host, client.base_url.port
        with socket.create_connection((host, port or 80)) as raw:
            raw.sendall(f"GET /sparql?query={quote(EVERYTHING)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            received = b""
            while data := raw.recv(1 << 16):
                received += data
    assert received.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in received.lower()
    assert not received.endswith(b"0\r\n\r\n")


def test_a_client_that_leaves_ends_its_query(client: httpx.Client) -> None:
    """A query whose client has gone frees its heavy place at once."""
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": ENDLESS}, timeout=0.6)
    assert ask(client, ENDLESS, timeout="0.5").status_code == 504  # not 503: the place is free


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_the_request_chooses_the_dataset(client: httpx.Client, parameter: str) -> None:
    """Graphs named by the request replace the query's own; several default graphs are merged."""
    curated, countries = (f"https://w3id.org/coorbit/graph/{name}" for name in ("curated", "catalogue/countries"))
    pattern = "{ actor:chn rdfs:label ?label }"
    query = "SELECT (COUNT(*) AS ?count) FROM <http://e.test/none> WHERE " + (
        pattern if parameter == "default-graph-uri" else f"{{ GRAPH ?graph {pattern} }}"
    )
    counts = []
    for graphs in ([curated], [countries], [curated, countries]):
        response = client.get("/sparql", params={"query": query, parameter: graphs, "format": "csv"})
        counts.append(int(response.text.splitlines()[1]))
    # The names that the curated graph has stand among those of the countries: merged, they count once.
    assert counts[0] > 0
    assert counts[2] == (counts[1] if parameter == "default-graph-uri" else counts[0] + counts[1])


def test_two_from_clauses_are_merged(client: httpx.Client) -> None:
    """A triple in both graphs counts once."""
    query = (
        "SELECT (COUNT(*) AS ?count) FROM <https://w3id.org/coorbit/graph/curated> "
        "FROM <https://w3id.org/coorbit/graph/catalogue/countries> WHERE { actor:chn rdfs:label ?label }"
    )
    merged = "SELECT (COUNT(DISTINCT ?label) AS ?count) WHERE { actor:chn rdfs:label ?label }"
    assert ask(client, query, format="csv").text == ask(client, merged, format="csv").text


def test_a_query_process_cannot_open_a_socket() -> None:
    """With the scanner passed by, the second lock still holds: the engine's SERVICE fails, and files still open."""
    program = (
        "import pyoxigraph as ox, socket\n"
        "from service.sandbox import forbid_sockets\n"
        "assert forbid_sockets()\n"
        "store = ox.Store()\n"
        "try:\n    store.query('ASK { SERVICE <http://127.0.0.1:8/> { ?s ?p ?o } }')\n"
        "except (OSError, RuntimeError) as fault:\n    print('service', fault)\n"
        "try:\n    socket.socket()\nexcept PermissionError:\n    print('socket refused')\n"
        "open('/proc/self/status').close()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "socket refused" in run.stdout
    assert "not permitted" in run.stdout


def test_no_process_outlives_its_parent(home: Path, serve: Serve) -> None:
    """After kill -9 of the service its zygote and query processes are gone."""
    with serve(home) as client:
        ask(client, LIGHT)
        server = server_at(client.base_url.port)
        mine = children(server)
        assert len(mine) > 1
        os.kill(server, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and any(alive(process) for process in mine):
            os.sched_yield()
        assert not [process for process in mine if alive(process)]
