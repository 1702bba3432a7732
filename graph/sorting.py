"""Sorting more lines than memory holds: runs are sorted and laid on disk, and merged while they are read.

A dump is in one order whatever order the engine keeps, so that equal content gives equal bytes.
"""

from __future__ import annotations

import heapq
import tempfile
from typing import IO, TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_RUN_BYTES: Final = 48_000_000
_MOST_RUNS: Final = 64  # files that are open at once


class LineSorter:
    """Takes lines, gives them back in the order of their bytes; what it laid on disk is gone when it is closed.

    In UTF-8 that is the order of code points, which canonical N-Quads ask for (RDFC-1.0, section 5).
    """

    def __init__(self, scratch: Path, *, run_bytes: int = _RUN_BYTES) -> None:
        self._scratch = scratch
        self._run_bytes = run_bytes
        self._held: list[bytes] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def extend(self, lines: Iterable[bytes]) -> None:
        """Take some lines, each with its line feed."""
        held, size = self._held, self._size
        for line in lines:
            held.append(line)
            size += len(line)
            if size >= self._run_bytes:
                self._lay_down()
                size = 0
        self._size = size

    def lines(self) -> Iterator[bytes]:
        """Yield all lines, sorted; a line that was given twice comes twice. Take no more lines after that."""
        self._held.sort()
        return heapq.merge(*self._runs, self._held) if self._runs else iter(self._held)

    def _lay_down(self) -> None:
        self._held.sort()
        self._runs.append(self._file(self._held))
        self._held.clear()
        if len(self._runs) == _MOST_RUNS:
            merged = self._file(heapq.merge(*self._runs))
            self.close()
            self._runs = [merged]

    def _file(self, lines: Iterable[bytes]) -> IO[bytes]:
        file = tempfile.TemporaryFile(dir=self._scratch)  # noqa: SIM115  (closed by `close`)
        file.writelines(lines)
        file.seek(0)
        return file

    def close(self) -> None:
        """Give up what was laid on disk."""
        for file in self._runs:
            file.close()
        self._runs = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
