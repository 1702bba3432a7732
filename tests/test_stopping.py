"""How the service stops, and what it logs of queries: real processes, signals and sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from conftest import COORBIT, LOOK_S, wait_until_ready
from processes import children, is_lowered

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "SELECT (COUNT(*) AS ?count) WHERE { ?a ?b ?c . ?d ?e ?f }"


@contextmanager
def service(
    home: Path, log: Path, *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the service with its stderr in a file; yield the process and its address."""
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [COORBIT, "serve", "--home", home, "--port", "0", *arguments], stderr=stderr, env=os.environ | environment
        )
    try:
        while (address := re.search(r"http://\S+", log.read_text())) is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=LOOK_S)
                pytest.fail(log.read_text())
        with httpx.Client(base_url=address[0]) as client:
            wait_until_ready(client, process)
        yield process, address[0]
    finally:
        process.kill()
        process.wait()


def test_a_stop_lets_running_queries_finish(home: Path, tmp_path: Path) -> None:
    """After SIGTERM the service is not ready and begins nothing, ends what runs, and goes when that is done."""
    answers: list[httpx.Response] = []
    with service(home, tmp_path / "log") as (process, address), httpx.Client(base_url=address, timeout=30) as client:

        def ask() -> None:
            answers.append(httpx.get(f"{address}sparql", params={"query": LONG, "timeout": "3"}, timeout=30))

        asker = threading.Thread(target=ask)
        asker.start()
        while not is_evaluating(process.pid):
            assert asker.is_alive()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        while (ready := client.get("/health/ready")).status_code == 200:
            assert time.monotonic() - began < 2
        assert (ready.status_code, ready.json()) == (503, {"status": "stopping", "stage": "stopping"})
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 503
        asker.join()
        process.wait(timeout=10)
    assert answers[0].status_code in {200, 504}  # it had its time, whatever came of it
    assert time.monotonic() - began < 10


def is_evaluating(process: int) -> bool:
    """Say whether a service evaluates a query that takes long."""
    return any(is_lowered(each) for each in children(process))


def test_a_second_signal_does_not_wait(home: Path, tmp_path: Path) -> None:
    """Who asks twice for the end gets it at once, though a query still runs."""
    with service(home, tmp_path / "log") as (process, address):
        asker = threading.Thread(target=fails, args=(address,))
        asker.start()
        while not is_evaluating(process.pid):
            assert asker.is_alive()
        process.send_signal(signal.SIGTERM)
        with httpx.Client(base_url=address) as client:
            while client.get("/health/ready").status_code == 200:
                os.sched_yield()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)
        asker.join()


def test_what_is_refused_unread_is_answered_and_logged_like_others(home: Path, tmp_path: Path) -> None:
    """Headers too long, an address too long, no HTTP, half a request: a problem with id, timing, CORS, a log line."""
    log = tmp_path / "log"
    sent = {
        431: f"GET /health/live HTTP/1.1\r\nHost: a.test\r\nX-Long: {'x' * 9000}\r\nConnection: close\r\n\r\n",
        414: f"GET /{'x' * 70_000} HTTP/1.1\r\nHost: a.test\r\n\r\n",
        400: "this is no HTTP\r\n\r\n",
        408: "GET /spa",
    }
    with service(home, log, "--log-queries", COORBIT_SEND_TIMEOUT_S="1") as (_, address):
        url = httpx.URL(address)
        for status, request in sent.items():
            with socket.create_connection((url.host, url.port or 80), timeout=20) as raw:
                raw.sendall(request.encode())
                with raw.makefile("rb") as answer:
                    head, _, body = answer.read().partition(b"\r\n\r\n")
            first, *rest = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in rest)
            assert (first.split()[1], headers["content-type"]) == (str(status), "application/problem+json")
            assert headers["access-control-allow-origin"] == "*"
            assert headers["server-timing"].startswith("query;dur=")
            assert json.loads(body)["id"] == headers["x-query-id"]
            lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
            assert (lines[-1]["id"], lines[-1]["status"]) == (headers["x-query-id"], status)
        refused = httpx.get(f"{address}sparql", params={"query": "SELECT"})
        assert refused.headers["server-timing"].startswith("query;dur=")


def test_what_a_killed_service_leaves_goes_at_the_next_start(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder for long answers is removed; that of one that runs is not, nor one that holds a file."""
    temporary = tmp_path / "temporary"
    (temporary / "coorbit-spool-full" / "answer-1").mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(temporary))
    with service(home, tmp_path / "killed"):
        killed = {*temporary.iterdir()}
    with service(home, tmp_path / "runs"):
        running = {*temporary.iterdir()} - killed
        with service(home, tmp_path / "log") as (process, _):
            left = {*temporary.iterdir()}
            assert killed - left == {each for each in killed if each.name != "coorbit-spool-full"}
            assert running
            assert running < left
            process.terminate()
            process.wait()
        assert {*temporary.iterdir()} == {*running, temporary / "coorbit-spool-full"}


def fails(address: str) -> None:
    """Send a query that is cut off."""
    try:
        httpx.get(f"{address}sparql", params={"query": LONG}, timeout=30)
    except httpx.HTTPError:
        return


def test_it_takes_as_many_connections_as_it_may(home: Path, tmp_path: Path) -> None:
    """A low soft limit on open files, as service managers give it, is raised to the hard one."""
    with service(home, tmp_path / "log") as (process, _):
        lines = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii").splitlines()
    (files,) = (line.split()[3:5] for line in lines if line.startswith("Max open files"))
    assert files[0] == files[1] or int(files[0]) >= 65_536


def test_who_leaves_before_the_request_is_whole_is_no_fault(home: Path, tmp_path: Path) -> None:
    """The log has a line of it and no traceback, at the endpoint and elsewhere."""
    log = tmp_path / "log"
    with service(home, log, "--log-queries") as (_, address), httpx.Client(base_url=address) as client:
        for path, kind in (("/sparql", "application/sparql-query"), ("/validate", "text/turtle")):
            with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as raw:
                head = f"POST {path} HTTP/1.1\r\nHost: a.test\r\nContent-Type: {kind}\r\nContent-Length: 99\r\n\r\n"
                raw.sendall(f"{head}ASK".encode())
                time.sleep(0.5)
        time.sleep(0.5)
        assert client.get("/health/live").is_success
    assert "Traceback" not in log.read_text()
    assert "ERROR" not in log.read_text()


def test_each_query_has_a_line_without_its_asker(home: Path, tmp_path: Path) -> None:
    """--log-queries: id, form, milliseconds, rows, bytes, status and version of each query, never an address."""
    log = tmp_path / "log"
    with service(home, log, "--log-queries") as (_, address), httpx.Client(base_url=address) as client:
        states = client.get("/sparql", params={"query": "SELECT ?s WHERE { ?s a coo:State } LIMIT 7"})
        again = client.get("/sparql", params={"query": "SELECT ?s WHERE { ?s a coo:State } LIMIT 7"})
        unread = client.get("/sparql", params={"query": "SELECT ?s WHERE { ?s a coo:State } LIMIT 7"})
        broken = client.get("/sparql", params={"query": "SELECT"})
        lines: list[dict[str, object]] = []
        while len(lines) < 4:  # the line follows the answer
            lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
            assert client.get("/health/live").is_success
    assert [line["id"] for line in lines] == [each.headers["x-query-id"] for each in (states, again, unread, broken)]
    assert [line["status"] for line in lines] == [200, 200, 200, 400]
    assert (lines[3]["form"], lines[3]["error"]) == ("SELECT", "QuerySyntaxError")
    for line in lines[:3]:
        assert (line["form"], line["rows"], line["version"]) == ("SELECT", 7, 1)
        assert line["bytes"] == len(states.content)
        assert float(str(line["ms"])) >= 0
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines)
