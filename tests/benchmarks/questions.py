"""How long the engine takes for each competency question on the whole packaged graph.

    python tests/benchmarks/questions.py [REPEATS]

Prints the slowest ten: median of the repeats in milliseconds, on a store in memory, rows read to the end.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, cast

from graph.build import read_dataset
from graph.questions import packaged_questions

if TYPE_CHECKING:
    import pyoxigraph as ox


def seconds(store: ox.Store, query: str) -> float:
    """Return how long one answer takes."""
    started = time.perf_counter()
    for _ in cast("ox.QuerySolutions", store.query(query)):
        pass
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    store = read_dataset().store
    medians = {
        each.name: statistics.median(seconds(store, each.text) for _ in range(repeats))
        for each in packaged_questions("questions")
    }
    for name, median in sorted(medians.items(), key=lambda item: -item[1])[:10]:
        print(f"{name:45} {median * 1000:8.1f} ms")
    print(f"{'all ' + str(len(medians)):45} {sum(medians.values()) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
