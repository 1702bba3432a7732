"""A journal: quads that come and go, and what is left of that in the end.

Where a quad is added and removed again, nothing was done. To know that of a change of any size, quads are collected in
sorted runs, which lie on disk past a certain number and are merged when they are read.
"""

from __future__ import annotations

import gzip
import heapq
import io
import tempfile
import weakref
from itertools import groupby
from typing import IO, TYPE_CHECKING, Final, cast

from graph.patch import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.patch import Op

RUN: Final = 100_000
"""Quads that are held in memory, some 30 MB."""


class Journal:
    """The net of what was done, in little memory; its files end with it.

    Args:
        rows: what was done so far.
        run: how many quads to hold in memory.
    """

    def __init__(self, rows: Iterable[Row] = (), *, run: int = RUN) -> None:
        self._run = run
        self._recent: dict[str, Op] = {}
        self._files: list[IO[bytes]] = []
        for op, quad in rows:
            self.note(op, quad)

    def note(self, op: Op, quad: str) -> None:
        """Take a row; a quad that is there is never added, nor one removed that is not there."""
        if quad in self._recent:
            del self._recent[quad]
        else:
            self._recent[quad] = op
            if len(self._recent) == self._run:
                self._put_away()

    def rows(self) -> Iterator[Row]:
        """Yield what is left, sorted by quad; more may be noted only when that is done."""
        for quad, lines in groupby(heapq.merge(*map(_lines, self._files), self._sorted()), key=lambda line: line[:-3]):
            ops = [line[-2] for line in lines]
            if len(ops) % 2:
                # Each undoes the one before it: those of an odd number end as most of them say.
                op = max(ops, key=ops.count)
                yield Row(cast("Op", op), quad)

    def _sorted(self) -> list[str]:
        # A tab sorts before whatever can follow a quad in a longer one, so that equal quads stand together.
        return sorted(f"{quad}\t{op}\n" for quad, op in self._recent.items())

    def _put_away(self) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (it ends with the journal)
        weakref.finalize(self, file.close)
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed:
            packed.write("".join(self._sorted()).encode())
        self._files.append(file)
        self._recent.clear()


def _lines(file: IO[bytes]) -> Iterator[str]:
    file.seek(0)
    with gzip.GzipFile(fileobj=file) as packed:
        yield from io.TextIOWrapper(packed, encoding="utf-8", newline="\n")
