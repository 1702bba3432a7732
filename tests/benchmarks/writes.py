"""What a commit to a published dataset costs over HTTP, and what commits cost those who read meanwhile.

    python tests/benchmarks/writes.py [--quads 1000000,10000000] [--runs 3] [--folder DIR]

Each dataset is the packaged graph and copies of its things (`copies.py`), served from a home in the temporary folder.
A time runs from the first byte of the request to the last byte of a query's answer that sees the change: the commit
with validation, rules and search rows, and the read. Reads are light queries, each in a new text, over one connection,
one after the other: first while nothing is written, then while one commit follows another.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import statistics
import subprocess
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from comparison.servers import OURS, Server, Stand
from comparison.wire import Line, ask
from copies import COORBIT, ID, published_home

from graph.terms import BASE, COO, GRAPHS, PREFIXES
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 7
READS = 5000
LIMIT_S = 120.0
CURATED = f"{GRAPHS}curated"
TYPE = PREFIXES["rdf"] + "type"
ALT = PREFIXES["skos"] + "altLabel"
SATELLITE = f"{ID}system/cfosat"
NUMBERS = count(time.time_ns())

Request = tuple[str, str, str, bytes]
"""Method, path, media type and body."""


def labels(number: int) -> list[str]:
    """Return ten triples that no rule reads: other names of a satellite."""
    return [f'<{SATELLITE}> <{ALT}> "name {number} {each}"@en' for each in range(10)]


def satellite(number: int) -> list[str]:
    """Return ten triples of a new satellite; rules read its class and its owners."""
    node = f"<{ID}system/new-{number}>"
    owners = [f"{node} <{COO}owner> <{ID}actor/{name}>" for name in ("chn", "bra", "fra")]
    names = [f'{node} <{PREFIXES["rdfs"]}label> "new {number}"@{tag}' for tag in ("en", "fr", "es", "pt", "ru")]
    mission = f"<{BASE}voc/mission-type/earth-observation>"
    return [f"{node} <{TYPE}> <{COO}Satellite>", *owners, *names, f"{node} <{COO}missionType> {mission}"]


def insert(triples: list[str]) -> Request:
    """Return a request that adds triples by an update."""
    text = f"INSERT DATA {{ GRAPH <{CURATED}> {{ {' . '.join(triples)} }} }}"
    return "POST", "/sparql", "application/sparql-update", text.encode()


def patch(triples: list[str]) -> Request:
    """Return a request that adds triples by an RDF Patch."""
    rows = "".join(f"A {triple} <{CURATED}> .\n" for triple in triples)
    return "PATCH", "/store", "application/rdf-patch", rows.encode()


def post(triples: list[str]) -> Request:
    """Return a request that adds triples to a graph."""
    body = "".join(f"{triple} .\n" for triple in triples)
    return "POST", f"/store?graph={quote(CURATED, safe='')}", "text/turtle", body.encode()


def where(triples: list[str]) -> Request:
    """Return a request that adds triples of one thing by an update with a WHERE, which can touch the curated graph."""
    said = " . ".join(triples).replace(f"<{SATELLITE}>", "?thing")
    text = f"WITH <{CURATED}> INSERT {{ {said} }} WHERE {{ VALUES ?thing {{ <{SATELLITE}> }} ?thing <{TYPE}> ?class }}"
    return "POST", "/sparql", "application/sparql-update", text.encode()


KINDS: dict[str, tuple[Callable[[list[str]], Request], Callable[[int], list[str]]]] = {
    "INSERT DATA, no rule reads it": (insert, labels),
    "INSERT DATA, rules read it": (insert, satellite),
    "PATCH, no rule reads it": (patch, labels),
    "PATCH, rules read it": (patch, satellite),
    "POST, no rule reads it": (post, labels),
    "POST, rules read it": (post, satellite),
    "update with WHERE, no rule reads it": (where, labels),
}


def main() -> None:
    """Print a table of commits, then one of reads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quads", default="1000000,10000000", help="of the named graphs, each a dataset of its own")
    parser.add_argument("--runs", type=int, default=3, help="of the reads")
    parser.add_argument("--folder", type=Path, help="where homes are kept for another time; else they are removed")
    asked = parser.parse_args()
    for quads in map(int, asked.quads.split(",")):
        with contextlib.ExitStack() as stack:
            folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            home = folder / str(quads) / "home"
            if not home.exists():
                home.mkdir(parents=True)
                started = time.perf_counter()
                version = published_home(home, quads)
                print(f"{sum(version.manifest.graphs.values()):,} quads: made in {time.perf_counter() - started:.0f} s")
            with served(home.parent) as (server, token):
                for name, (how, what) in KINDS.items():
                    print(f"| {quads:,} | {name} | {committed(server, token, how, what)} |", flush=True)
                runs = [beside(server, token) for _ in range(asked.runs)]
                quiet, busy, commits = (statistics.median(each) for each in zip(*runs, strict=True))
                told = f"p99 quiet {quiet:.1f} ms, beside {commits:.0f} commits {busy:.1f} ms"
                print(f"| {quads:,} | {READS} reads, median of {asked.runs} runs | {told} |", flush=True)
                size = current(home).manifest.graphs[CURATED]
                print(f"The curated graph, which the update with WHERE can touch, holds {size:,} quads.", flush=True)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[Server, str]]:
    """Serve the home in a folder; give the server, which is ready, and a token for writes."""
    name = f"benchmark-{next(NUMBERS)}"
    line = [str(COORBIT), "token", "create", "--scope", "write", "--name", name, "--home", str(folder / "home")]
    token = subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()
    stand = Stand(folder=folder, graph=folder, packaged=True, peers_env=None, names=[OURS])
    try:
        server = stand.server(OURS)
        commit(server, token, insert(labels(next(NUMBERS))))  # the first one waits for the shapes to be prepared
        yield server, token
    finally:
        stand.stop_all()


def commit(server: Server, token: str, request: Request) -> None:
    """Make a commit.

    Raises:
        RuntimeError: it was refused, or changed nothing.
    """
    method, path, media_type, body = request
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT_S)
    with contextlib.closing(line):
        line.request(method, path, body, {"Content-Type": media_type, "Authorization": f"Bearer {token}"})
        response = line.getresponse()
        answer = response.read()
    if response.status not in {200, 201, 204}:
        message = f"a commit was refused: {response.status} {answer[:1000]!r}"
        raise RuntimeError(message)


def committed(server: Server, token: str, how: Callable[[list[str]], Request], what: Callable[[int], list[str]]) -> str:
    """Return the median and the longest of some commits with a read that sees each."""
    spent = []
    for _ in range(ROUNDS):
        triples = what(next(NUMBERS))
        request = how(triples)
        started = time.perf_counter()
        commit(server, token, request)
        seen = ask(server, f"ASK {{ {' . '.join(triples)} }}", limit_s=LIMIT_S)
        spent.append((time.perf_counter() - started) * 1000)
        if b"true" not in seen.body:
            message = "a read after a commit did not see it"
            raise RuntimeError(message)
    return f"median {statistics.median(spent):.0f} ms, longest {max(spent):.0f} ms"


def beside(server: Server, token: str) -> tuple[float, float, int]:
    """Return the p99 of reads in milliseconds, alone and beside commits, and how many commits there were."""
    quiet = p99(server)
    commits = 0
    over = threading.Event()

    def write() -> None:
        nonlocal commits
        while not over.is_set():
            kind = list(KINDS.values())[commits % len(KINDS)]
            commit(server, token, kind[0](kind[1](next(NUMBERS))))
            commits += 1

    writer = threading.Thread(target=write)
    writer.start()
    busy = p99(server)
    over.set()
    writer.join()
    return quiet, busy, commits


def p99(server: Server) -> float:
    """Return the 99th percentile of light queries in milliseconds."""
    spent = []
    reader = Line(server, limit_s=LIMIT_S)
    with contextlib.closing(reader):
        for _ in range(READS):
            reply = reader.ask(f"SELECT ?p ?o WHERE {{ <{SATELLITE}> ?p ?o }} LIMIT 20 # {next(NUMBERS)}")
            if reply.status != http.client.OK:
                message = f"a read failed: {reply.status}"
                raise RuntimeError(message)
            spent.append(reply.seconds * 1000)
    return statistics.quantiles(spent, n=100)[98]


if __name__ == "__main__":
    main()
