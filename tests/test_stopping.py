"""How the service stops, and what it logs of queries: real processes, signals and sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest
from conftest import COORBIT, LOOK_S, wait_until_ready
from processes import children, is_lowered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = "SELECT (COUNT(*) AS ?count) WHERE { ?a ?b ?c . ?d ?e ?f }"


@contextmanager
def service(home: Path, log: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the service with its stderr in a file; yield the process and its address."""
    with log.open("wb") as stderr:
        process = subprocess.Popen([COORBIT, "serve", "--home", home, "--port", "0", *arguments], stderr=stderr)
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
        assert (ready.status_code, ready.json()["stage"]) == (503, "stopping")
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


def fails(address: str) -> None:
    """Send a query that is cut off."""
    try:
        httpx.get(f"{address}sparql", params={"query": LONG}, timeout=30)
    except httpx.HTTPError:
        return


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
    for line in lines[:3]:
        assert (line["form"], line["rows"], line["version"]) == ("SELECT", 7, 1)
        assert line["bytes"] == len(states.content)
        assert float(str(line["ms"])) >= 0
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines)
