"""How long it takes to count a dataset for VoID, and to write the description that `/void` sends.

    python tests/benchmarks/descriptions.py [REPEATS [COPIES]]

The dataset is 869,399 generated triples in a named graph, or COPIES times as many, with the merge in the default graph:
what a build has in its hands when it counts. Counting reads the store from disk; writing is what the HTTP process does
once a version and format.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from release import write_dataset

from graph.manifests import Manifest
from graph.survey import survey
from graph.versions import FIGURES, Version
from service.deps import Chosen
from service.describing import Descriptions
from service.formats import GRAPHS

if TYPE_CHECKING:
    from graph.figures import Counted


def make_store(folder: Path, copies: int) -> tuple[Path, dict[str, int]]:
    """Write the dataset into a store as a build does; return its path and the counts of its named graphs."""
    quads = write_dataset(folder, copies)
    store = ox.Store(folder / "store")
    store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)
    parsed = ox.parse(path=quads, format=ox.RdfFormat.N_QUADS)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in parsed)
    store.optimize()
    store.flush()
    names = [graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]
    return folder / "store", {name: _count(store, name) for name in names}


def _count(store: ox.Store, name: str) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, ox.NamedNode(name)))


def written_s(home: Path, counted: Counted) -> float:
    """Return the seconds that `/void` takes as Turtle when nobody has asked for it yet."""
    directory = home / "versions" / "000001"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FIGURES).write_text(counted.json(), encoding="utf-8")
    manifest = Manifest(
        number=1,
        parent=None,
        created="2026-11-23T12:00:00+00:00",
        author="benchmark",
        message="",
        packaged=False,
        software="0",
        engine="0",
        triples=counted.figures.triples,
        graphs=dict(counted.graphs),
        digest="0",
        files=[],
    )
    version = Version(directory=directory, manifest=manifest)
    started = time.perf_counter()
    Descriptions(home).get(Chosen(version=version, number=None), "void", into=GRAPHS[0], site="http://127.0.0.1:8000/")
    return time.perf_counter() - started


def main() -> None:
    """Print the times of counting and of writing."""
    repeats, copies = (int(value) for value in [*sys.argv[1:], *("3", "1")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name:
        path, graphs = make_store(Path(name), copies)
        store = ox.Store.read_only(str(path))
        counting, processor, writing = [], [], []
        for _ in range(repeats):
            started, used = time.perf_counter(), time.process_time()
            counted = survey(store, graphs, number=1, scratch=Path(name))
            counting.append(time.perf_counter() - started)
            processor.append(time.process_time() - used)
            writing.append(written_s(Path(name) / "home", counted))
    figures, quads = counted.figures, sum(graphs.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores, {repeats} runs, {figures.triples:,} triples, {quads:,} quads in named graphs")
    print(f"{len(figures.classes)} classes, {len(figures.properties)} properties")
    print(f"counted: median {statistics.median(counting):.1f} s ({', '.join(f'{each:.1f}' for each in counting)})")
    print(f"of the processor: {', '.join(f'{each:.1f}' for each in processor)} s")
    print(f"written: median {statistics.median(writing) * 1000:.0f} ms")
    print(f"at most {memory:.0f} MB, the making of the data included")


if __name__ == "__main__":
    main()
