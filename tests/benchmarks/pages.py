"""How long the page of an entity takes, over HTTP, cold and kept.

    python tests/benchmarks/pages.py [--home DIR] [--entities 300]

Starts a service on a home with the packaged graph (built in the temporary folder where none is given) and asks for
pages of entities drawn by a fixed seed, as many of each kind. Cold: nothing is kept, each answer is asked of the store.
Kept: the same again from a service that keeps answers. Then those of which most is said. Medians in milliseconds. Ask
it of an idle machine: a query process gives way to whatever else runs once it has used the processor for 10 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(sys.executable).parent / "coorbit"
BASE = "https://w3id.org/coorbit/"
ALL = f'SELECT DISTINCT ?s WHERE {{ ?s a ?class FILTER (STRSTARTS(STR(?s), "{BASE}id/")) }}'
MOST = "/id/source/gcat-launchlog"
SEED = 20261123
PAGE = {"Accept": "text/html"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--entities", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder) / "home"
        if asked.home is None:
            subprocess.run([COMMAND, "build", "--home", home], check=True, capture_output=True)
        with served(home, COORBIT_CACHE_MB="0") as connection:
            text = fetched(connection, "/sparql?format=csv&query=" + quote(ALL), {})[1].decode()
            paths = ["/" + each.removeprefix(BASE) for each in text.split()[1:]]
            chosen = drawn(paths, asked.entities)
            told(f"{len(chosen)} of {len(paths)} entities, cold", [fetched(connection, path)[0] for path in chosen])
            told("all that is said of the United States, cold", repeated(connection, "/id/actor/usa"))
            told("most relations, cold", repeated(connection, MOST))
            told("most relations, page 50 of a list, cold", repeated(connection, f"{MOST}?relation=coo:rowOf&page=50"))
        with served(home) as connection:
            for path in chosen:
                fetched(connection, path)
            told(f"{len(chosen)} entities, kept", [fetched(connection, path)[0] for path in chosen])


def drawn(paths: list[str], count: int) -> list[str]:
    """Draw paths, as many of each kind; of a small kind all."""
    kinds: dict[str, list[str]] = {}
    for path in sorted(paths):
        kinds.setdefault(path.split("/")[2], []).append(path)
    choice = random.Random(SEED)  # noqa: S311  (no secret)
    chosen = [path for each in kinds.values() for path in choice.sample(each, min(len(each), count // len(kinds)))]
    choice.shuffle(chosen)
    return chosen


def repeated(connection: http.client.HTTPConnection, path: str) -> list[float]:
    """Ask for one page thirty times."""
    return [fetched(connection, path)[0] for _ in range(30)]


def fetched(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None
) -> tuple[float, bytes]:
    """Return the seconds that an answer took, and its body."""
    started = time.perf_counter()
    connection.request("GET", path, headers=PAGE if headers is None else headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != http.client.OK:
        message = f"{path}: {response.status} {body[:200]!r}"
        raise SystemExit(message)
    return time.perf_counter() - started, body


def told(what: str, seconds: list[float]) -> None:
    """Print median and 95th percentile."""
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(f"{what:48} p50 {statistics.median(seconds) * 1000:7.2f} ms   p95 {p95 * 1000:7.2f} ms")


@contextlib.contextmanager
def served(home: Path, **settings: str) -> Iterator[http.client.HTTPConnection]:
    """Serve a home on a free port; yield a connection once it is ready."""
    command = [str(COMMAND), "serve", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | settings)
    try:
        banner = process.stderr.readline() if process.stderr else ""
        address = urlsplit(re.findall(r"http://\S+", banner)[0])
        connection = http.client.HTTPConnection(str(address.hostname), address.port)
        for _ in range(2400):  # a home of another package is built anew
            connection.request("GET", "/health/ready")
            response = connection.getresponse()
            response.read()
            if response.status == http.client.OK:
                break
            time.sleep(0.05)
        yield connection
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


if __name__ == "__main__":
    main()
