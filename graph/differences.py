"""What became of a dataset from one release to the next, as an RDF Patch, found by one walk along two sorted dumps."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.outputs import Output


def write_differences(before: Path, after: Path, output: Output) -> int:
    """Write as RDF Patch what leads from one dataset to another; return the number of its lines that add or delete.

    Args:
        before: sorted N-Quads, gzip-compressed.
        after: likewise.
        output: takes the patch; lines are in the order of the quads.
    """
    output.write(b"TX .\n")
    count = 0
    with gzip.open(before) as old, gzip.open(after) as new:
        for sign, line in _differences(iter(old), iter(new)):
            output.write(sign + b" " + line)
            count += 1
    output.write(b"TC .\n")
    return count


def _differences(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield `D` with each line that is in the first alone, `A` with each that is in the second alone."""
    one, other = next(old, b""), next(new, b"")
    while one or other:
        if one == other:
            one, other = next(old, b""), next(new, b"")
        elif one and (not other or one < other):
            yield b"D", one
            one = next(old, b"")
        else:
            yield b"A", other
            other = next(new, b"")
