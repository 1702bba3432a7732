"""What it costs to read a query's own tokens: microseconds for harmless texts, and how the cost grows for others.

python tests/benchmarks/tokens.py
"""

from __future__ import annotations

import time

from service.queries import read

HARMLESS = "PREFIX ex: <http://e.test/> SELECT ?s ?label WHERE { ?s ex:id 42 ; ex:label ?label . } LIMIT 10".ljust(100)
PIECES = ("<#>", "(?x<#>", "(?x<a:'b'>", "'''", "'''\\q", "<a", "a.b", "#\n", "PREFIX a: <x:y>", "{")


def seconds(query: str, *, times: int) -> float:
    """Return the processor seconds of the quickest of five runs."""
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for _ in range(times):
            read(query)
        best = min(best, time.process_time() - started)
    return best / times


def main() -> None:
    """Print both tables; eight times the text should take about eight times as long, never 64 times."""
    print(f"harmless, 100 characters: {seconds(HARMLESS, times=1000) * 1e6:.1f} us")
    print("| text of | 20 kB, ms | 160 kB, ms | times |")
    print("|---|---:|---:|---:|")
    for piece in PIECES:
        small, large = (seconds(piece * (size // len(piece)) + " SERVICE FROM", times=1) for size in (20_000, 160_000))
        print(f"| `{piece.strip()}` | {small * 1e3:.1f} | {large * 1e3:.1f} | {large / small:.1f} |")


if __name__ == "__main__":
    main()
