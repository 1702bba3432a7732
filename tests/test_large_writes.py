"""Writes of one literal of 100 MB: refused by its length, or taken, or ended within the writer's limits."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}


def huge(before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    """Yield a triple whose literal has 100 MB, with something before and after it."""
    yield before + b'<http://e.test/huge> <http://e.test/p> "'
    for _ in range(100):
        yield b"x" * 1_000_000
    yield b'" .' + after


def test_a_body_past_the_limit_is_refused_unread(plain: httpx.Client) -> None:
    """413 by the length that is announced, before any of it has come."""
    before = plain.get("/health/ready").json()["version"]
    port = plain.base_url.port
    for line, media_type in (("PUT /store?default", "text/turtle"), ("POST /sparql", "application/sparql-update")):
        head = f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {media_type}\r\n"
        head += f"Authorization: {plain.headers['Authorization']}\r\nContent-Length: 100000000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode())
            assert connection.recv(12) == b"HTTP/1.1 413"
    assert plain.get("/health/ready").json()["version"] == before


def test_a_body_of_unknown_length_is_refused_at_the_limit(plain: httpx.Client) -> None:
    """413 for one that comes in chunks, though no length announces it."""
    before = plain.get("/health/ready").json()["version"]
    refused = plain.put("/store?default", content=(b"#" * 100_000 for _ in range(20)), headers=TURTLE)
    assert refused.status_code == 413, refused.text
    assert "COORBIT_BODY_MB" in refused.json()["detail"]
    assert plain.get("/health/ready").json()["version"] == before


@pytest.mark.slow
@pytest.mark.parametrize("memory", [{}, {"COORBIT_QUERY_MEMORY_MB": "64"}], ids=["default", "little memory"])
@pytest.mark.parametrize("as_update", [False, True], ids=["graph", "update"])
def test_a_literal_of_100_mb_ends_clearly(
    tmp_path: Path, coorbit: Coorbit, serve: Serve, *, as_update: bool, memory: dict[str, str]
) -> None:
    """Where bodies may be so large it is taken, or refused with 413 or 507 and nothing changed.

    Light queries are answered meanwhile, and so is the next write.
    """
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    with serve(tmp_path, "--empty", "--no-shapes", COORBIT_BODY_MB="120", **memory) as client:
        client.headers["Authorization"] = f"Bearer {token}"

        def send() -> httpx.Response:
            if as_update:
                return client.post("/sparql", content=huge(b"INSERT DATA { ", b" }"), headers=UPDATE)
            return client.put("/store?default", content=huge(), headers=TURTLE)

        with ThreadPoolExecutor(1) as beside:
            write = beside.submit(send)
            while not write.done():
                assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        answer = write.result()
        taken = answer.status_code == 204
        assert taken or (answer.status_code in {413, 507} and answer.json()["detail"]), answer.text
        assert client.get("/health/ready").json()["version"] == 1 + taken
        query = "SELECT (STRLEN(?o) AS ?length) WHERE { <http://e.test/huge> ?p ?o }"
        found = client.get("/sparql", params={"query": query})
        assert found.status_code == 200, found.text
        lengths = [row["length"]["value"] for row in found.json()["results"]["bindings"]]
        assert lengths == ["100000000"] * taken
        small = "<http://e.test/s> <http://e.test/p> 1 ."
        assert client.post("/store?default", content=small, headers=TURTLE).status_code == 204
