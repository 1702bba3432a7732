"""The short path on raw sockets: what is known is answered unread, and nothing else is taken for it."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

QUERY = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state LIMIT 3"


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service of its own, whose cache is empty at first."""
    with serve(home) as client:
        yield client


class Line:
    """One connection that speaks HTTP/1.1 in bytes."""

    def __init__(self, client: httpx.Client) -> None:
        self.socket = socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=20)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes in one piece."""
        self.socket.sendall(data)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Read one answer: status, headers by name in lower case, body."""
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers.get("content-length", "0"))
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        return int(status_line.split()[1]), headers, body

    def _more(self) -> None:
        data = self.socket.recv(65536)
        assert data, "the connection was closed"
        self._rest += data


def get(query: str, *lines: str) -> bytes:
    """Return a request as bytes."""
    return "\r\n".join([f"GET /sparql?query={quote(query)} HTTP/1.1", "Host: a.test", *lines, "", ""]).encode()


def is_hit(headers: dict[str, str]) -> bool:
    """Say whether an answer came from the cache."""
    return headers["server-timing"].startswith("cache")


def known(line: Line, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Ask until the bytes of a request are known; return the answer of the short path."""
    for _ in range(2):
        line.send(request)
        line.answer()
    line.send(request)
    return line.answer()


def test_both_paths_give_the_same(client: httpx.Client) -> None:
    """The third time the same bytes come they are not read; the answer is that of the first two, header by header."""
    request = get(QUERY)
    with Line(client) as line:
        answers = []
        for _ in range(4):
            line.send(request)
            answers.append(line.answer())
    differ = {"x-query-id", "date", "server-timing"}
    shown = [
        (status, sorted((n, v) for n, v in headers.items() if n not in differ), body)
        for status, headers, body in answers
    ]
    assert shown[1:] == shown[:1] * 3
    assert all(set(headers) == set(answers[0][1]) for _, headers, _ in answers)
    assert len({headers["x-query-id"] for _, headers, _ in answers}) == 4
    assert [is_hit(headers) for _, headers, _ in answers] == [False, True, True, True]
    # uvicorn writes the date first, the short path last: only so is it seen which one it was.
    assert [next(iter(headers)) for _, headers, _ in answers] == ["date", "date", "content-type", "content-type"]


def test_what_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    """If-None-Match is part of the bytes: 304 each time, without a body."""
    with Line(client) as line:
        tag = known(line, get(QUERY))[1]["etag"]
        status, headers, body = known(line, get(QUERY, f"If-None-Match: {tag}"))
        assert (status, body, headers["etag"]) == (304, b"", tag)
        assert next(iter(headers)) == "etag"
        line.send(get(QUERY))
        assert line.answer()[0] == 200


@pytest.mark.parametrize("cut", [1, 20, -2, -1])
def test_a_request_in_pieces_is_read(client: httpx.Client, cut: int) -> None:
    """Bytes of a known request that come in two pieces are put together by the parser."""
    request = get(QUERY)
    with Line(client) as line:
        expected = known(line, request)[2]
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.send(request[:cut])
        client.get("/health/live")  # the server has had its turn
        line.send(request[cut:])
        assert line.answer()[2] == expected


def test_requests_sent_ahead_are_answered_in_order(client: httpx.Client) -> None:
    """A known request behind an unknown one waits for its turn, in one piece or in two."""
    other = get("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c }")
    request = get(QUERY)
    with Line(client) as line:
        expected = known(line, request)[2]
        for pieces in ([other + request], [other, request]):
            for piece in pieces:
                line.send(piece)
            assert b'"n"' in line.answer()[2]
            assert line.answer()[2] == expected


def test_a_body_is_not_taken_for_a_request(client: httpx.Client) -> None:
    """A body that has the bytes of a known request, behind a request that is refused early, is a body."""
    request = get(QUERY)
    with Line(client) as line:
        expected = known(line, request)[2]
        head = f"POST /sparql HTTP/1.1\r\nHost: a.test\r\nContent-Type: a/b\r\nContent-Length: {len(request)}\r\n\r\n"
        line.send(head.encode())
        assert line.answer()[0] == 415
        line.send(request)
        line.send(get("ASK { FILTER(false) }"))
        assert json.loads(line.answer()[2]) == {"head": {}, "boolean": False}
        line.send(request)
        assert line.answer()[2] == expected


def test_what_is_asked_behind_an_answer_on_its_way_waits(client: httpx.Client) -> None:
    """New questions that come while one is evaluated are answered behind it, each with its own headers and body."""
    questions = [f"SELECT ({number} AS ?n) WHERE {{ ?state a coo:State }} LIMIT 1" for number in range(6)]
    with Line(client) as line:
        for question in questions:
            line.send(get(question))
        answers = [line.answer() for _ in questions]
    rows = [json.loads(body)["results"]["bindings"][0]["n"]["value"] for _, _, body in answers]
    assert rows == [str(number) for number in range(6)]
    assert len({headers["x-query-id"] for _, headers, _ in answers}) == 6


@pytest.mark.parametrize("path", ["/sparql?query=", "/id/"])
@pytest.mark.parametrize("size", [65_600, 200_000])
def test_an_address_that_cannot_be_read_is_too_long(client: httpx.Client, path: str, size: int) -> None:
    """414 as a problem document, also where the parser gives up; the service answers on."""
    with Line(client) as line:
        line.send(f"GET {path}{'x' * size} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode())
        status, headers, body = line.answer()
    assert (status, headers["content-type"]) == (414, "application/problem+json")
    assert headers["x-query-id"]
    assert "by POST" in json.loads(body)["detail"]
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_connection_that_is_to_close_closes(client: httpx.Client) -> None:
    """`Connection: close` is heeded however often the same bytes come."""
    request = get(QUERY, "Connection: close")
    for _ in range(4):
        with Line(client) as line:
            line.send(request)
            assert line.answer()[0] == 200
            assert line.socket.recv(1) == b""


def test_http_1_0_is_not_kept_open(client: httpx.Client) -> None:
    """A client of HTTP/1.0 finds the end of its answer, each time."""
    request = get(QUERY).replace(b"HTTP/1.1", b"HTTP/1.0")
    for _ in range(4):
        with Line(client) as line:
            line.send(request)
            assert line.answer()[0] == 200
            assert line.socket.recv(1) == b""


def test_a_write_is_seen_by_the_next_reader(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """The same bytes ask the version that is current when they come."""
    token = coorbit("token", "create", "--scope", "write", "--name", "tests", "--home", tmp_path).stdout.strip()
    request = get("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c }")
    with serve(tmp_path, "--empty", "--no-shapes") as client, Line(client) as line:
        for count in (1, 2, 3):
            update = f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {count} }}"
            headers = {"Authorization": f"Bearer {token}"}
            assert client.post("/sparql", data={"update": update}, headers=headers).is_success
            for _ in range(3):
                line.send(request)
                (row,) = json.loads(line.answer()[2])["results"]["bindings"]
                assert row["n"]["value"] == str(count)


def test_a_pruned_version_is_not_answered_from_memory(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """A request that names its version is read each time it comes, though it is known and its answer is kept."""
    token = coorbit("token", "create", "--scope", "write", "--name", "tests", "--home", tmp_path).stdout.strip()
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c }"
    fixed = get(query).replace(b" HTTP/1.1", b"&version=1 HTTP/1.1")
    with serve(tmp_path, "--empty", "--no-shapes") as client, Line(client) as line:
        status, headers, body = known(line, fixed)
        assert (status, is_hit(headers), "immutable" in headers["cache-control"]) == (200, True, True)
        assert known(line, get(query))[1]["cache-control"] == "no-cache"
        update = {"update": "INSERT DATA { <http://e.test/s> <http://e.test/p> 1 }"}
        assert client.post("/sparql", data=update, headers={"Authorization": f"Bearer {token}"}).is_success
        assert known(line, fixed)[2] == body
        assert known(line, get(query))[2] != body
        (tmp_path / "versions" / "000001").rename(tmp_path / "gone")
        line.send(fixed)
        assert line.answer()[0] == 410
        assert known(line, get(query))[0] == 200
