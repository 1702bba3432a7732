"""What a commit costs on a plain dataset of a million quads, and what it adds to a read of the graphs it touches.

    python tests/benchmarks/commits.py [--quads 1000000]

Prints the median of some commits of each kind in milliseconds, engine, files and digest included, on a new home in the
temporary folder. An update with a WHERE is given against what it can touch, in microseconds a quad beyond its own
evaluation; the time of the processor beside it tells how busy the machine was with other things.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graph.changes import Delta, apply_patch
from graph.commits import commit
from graph.patch import read_patch
from graph.plain import build_plain
from graph.versions import Origin
from service.updating import run_update

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyoxigraph as ox

    from graph.changes import Touched
    from graph.commits import Change

BASE = "http://example.org/"
ROUNDS = 7


def main() -> None:
    """Build the dataset, then time each kind of commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=1_000_000)
    quads = parser.parse_args().quads
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.nq"
        write(path, quads)
        home = Path(folder) / "home"
        started = time.perf_counter()
        version, _ = build_plain(home, [path], now=datetime.now(UTC), author="benchmark")
        print(f"build {quads} quads: {time.perf_counter() - started:.1f} s")
        print(f"changes of the first version: {version.changes.stat().st_size / 1e6:.1f} MB")
        for name, change in KINDS.items():
            print(f"{name}: {timed(home, change):.0f} ms")
        for graph, share in (("large", quads * 4 // 5), ("small", quads // 5)):
            elapsed, busy = (cost * 1e6 / share for cost in searched(home, graph))
            print(f"WHERE on the {graph} graph: {elapsed:.1f} us a quad beyond the engine, {busy:.1f} of the processor")


def write(path: Path, quads: int) -> None:
    """Write a file of quads: ten of each subject, four fifths of them in one graph."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(quads):
            graph = "large" if number % 50 < 40 else "small"
            value = f'"value {number}"' if number % 2 else f"<{BASE}thing/{number // 7}>"
            out.write(f"<{BASE}thing/{number // 10}> <{BASE}p{number % 10}> {value} <{BASE}{graph}> .\n")


def data(number: int) -> str:
    """Return ten triples that no other number has."""
    return " ".join(f"<{BASE}new/{number}> <{BASE}p{each}> {each} ." for each in range(10))


def insert_data(number: int) -> Change:
    """Ten quads by INSERT DATA."""
    return lambda store: run_update(store, f"INSERT DATA {{ GRAPH <{BASE}large> {{ {data(number)} }} }}", base_iri=BASE)


def delete_data(number: int) -> Change:
    """The same ten away by DELETE DATA."""
    return lambda store: run_update(store, f"DELETE DATA {{ GRAPH <{BASE}large> {{ {data(number)} }} }}", base_iri=BASE)


def patch(number: int) -> Change:
    """Ten quads by a patch."""
    rows = "".join(f'A <{BASE}patched/{number}> <{BASE}p> "{each}" <{BASE}large> .\n' for each in range(10))
    return lambda store: apply_patch(store, read_patch(io.BytesIO(rows.encode())), Delta())


KINDS: dict[str, Callable[[int], Change]] = {
    "INSERT DATA, 10 quads": insert_data,
    "DELETE DATA, 10 quads": delete_data,
    "RDF Patch, 10 quads": patch,
}


def timed(home: Path, change: Callable[[int], Change]) -> float:
    """Return the median of some commits in milliseconds."""
    spent = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        _, new = commit(home, change(number), origin=Origin(created=datetime.now(UTC), author="benchmark", message=""))
        spent.append((time.perf_counter() - started) * 1000)
        if not new:
            message = "a commit changed nothing"
            raise RuntimeError(message)
    return statistics.median(spent)


def searched(home: Path, graph: str) -> tuple[float, float]:
    """Return what it takes beyond the engine's own work to find what an update with a WHERE did to a graph.

    Returns:
        Seconds that passed, and seconds of the processor.
    """
    evaluated = (0.0, 0.0)

    def change(store: ox.Store, /) -> Delta | Touched | None:
        nonlocal evaluated
        started = clocks()
        known = run_update(
            store,
            f"WITH <{BASE}{graph}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p {time.time_ns()} }} "
            f"WHERE {{ VALUES ?s {{ <{BASE}thing/0> <{BASE}thing/4> <{BASE}thing/9> }} ?s ?p ?o }}",
            base_iri=BASE,
        )
        evaluated = since(started)
        return known

    started = clocks()
    commit(home, change, origin=Origin(created=datetime.now(UTC), author="benchmark", message=""))
    elapsed, busy = since(started)
    return elapsed - evaluated[0], busy - evaluated[1]


def clocks() -> tuple[float, float]:
    """Return the time and the time of the processor, in seconds."""
    return time.perf_counter(), time.process_time()


def since(started: tuple[float, float]) -> tuple[float, float]:
    """Return what has passed since."""
    now = clocks()
    return now[0] - started[0], now[1] - started[1]


if __name__ == "__main__":
    main()
