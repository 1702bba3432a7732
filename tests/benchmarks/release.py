"""How long `coorbit release` takes for a generated dataset, and in how much memory.

    python tests/benchmarks/release.py [REPEATS [COPIES]]

The dataset is 869,399 quads in five named graphs, or COPIES times as many, in a home of its own. Each run is a whole
command in a fresh process; memory is its greatest resident size. The digests of all runs must be equal.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from comparison.data import write_graph

from graph.terms import BASE
from graph.terms import GRAPHS as GRAPH_NAMES

COORBIT = str(Path(sys.executable).parent / "coorbit")
GRAPHS = 5


def write_dataset(folder: Path, copies: int) -> Path:
    """Write copies of the generated graph, each under names of its own, as N-Quads spread over five graphs."""
    triples, quads = folder / "graph.nt", folder / "graph.nq"
    write_graph(triples)
    with quads.open("w") as file:
        for copy in range(copies):
            with triples.open() as lines:
                for line in lines:
                    number = hashlib.sha256(line.split(" ", 1)[0].encode()).digest()[0] % GRAPHS
                    triple = line.rstrip()[:-1].replace(f"{BASE}id/", f"{BASE}id/{copy}-")
                    file.write(f"{triple}<{GRAPH_NAMES}catalogue/part-{number}> .\n")
    return quads


def release(home: Path, name: str) -> tuple[float, float, int]:
    """Make a release; return its seconds, those of the processor, and its greatest resident size in kilobytes."""
    started = time.perf_counter()
    process = subprocess.Popen([COORBIT, "release", name, "--home", home], stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"coorbit release ended with {process.returncode}"
        raise SystemExit(message)
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss


def dump_sums(path: Path) -> str:
    """Return the checksums of a release's dumps: what describes it has its name and its day in it."""
    lines = path.read_text().splitlines()
    return "\n".join(line for line in lines if line.split()[1].startswith(("coorbit", "graphs/")))


def main() -> None:
    """Print the time of each run, its memory, and whether the dumps were equal."""
    repeats, copies = (int(value) for value in [*sys.argv[1:], *("3", "1")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        quads = write_dataset(Path(name), copies)
        subprocess.run([COORBIT, "build", "--from", quads, "--no-shapes", "--home", home], check=True)
        runs = [release(home, f"run-{number}") for number in range(repeats)]
        sums = {dump_sums(path) for path in home.glob("releases/run-*/dumps/SHA256SUMS")}
    seconds, processor, memory = zip(*runs, strict=True)
    print(f"{os.cpu_count()} cores, {repeats} runs: {', '.join(f'{value:.1f}' for value in seconds)} s")
    print(f"median {statistics.median(seconds):.1f} s, of the processor {statistics.median(processor):.1f} s", end="")
    print(f", at most {max(memory) / 1024:.0f} MB")
    print("equal dumps" if len(sums) == 1 else "DIFFERENT DUMPS")


if __name__ == "__main__":
    main()
