"""A small home whose versions share files, and damage to it: what tests of repair share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, G, P, update

from graph.changes import add_to_graph
from graph.commits import commit
from graph.plain import start_empty
from graph.repair import repair
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from graph.mending import Mended

MANY = 3000


def home_that_shares(folder: Path) -> Path:
    """Make a plain home: nothing, then 3,000 quads, then two small commits of which the last shares the file of those.

    The engine puts its files in order in a thread of its own, at times just while a version is made, which then has
    files of its own: such a home is made once more.
    """
    for attempt in range(10):
        home = home_of_four(folder / str(attempt) / "home")
        if (version_at(home, 3) / "store" / shared_file(home).name).exists():
            return home
    pytest.fail("in none of ten homes the last two versions share the large file")


def home_of_four(home: Path) -> Path:
    """Make such a home."""
    start_empty(home, now=NOW, author="tests")
    many = [ox.Triple(ox.NamedNode(f"http://e.test/s{n}"), P, ox.Literal(f"value {n}")) for n in range(MANY)]
    blank = ox.BlankNode("kept")
    commit(home, lambda store: add_to_graph(store, G, [*many, ox.Triple(blank, P, blank)]), origin=ORIGIN)
    commit(home, update("INSERT DATA { <http://e.test/a> <http://e.test/p> 1 }"), origin=ORIGIN)
    commit(home, update("CREATE GRAPH <http://e.test/empty>"), origin=ORIGIN)
    return home


def shared_file(home: Path) -> Path:
    """Return the largest file of the current store, version 4; version 3 has it too, as the fixture sees to."""
    return max(current(home).store.glob("*.sst"), key=lambda path: path.stat().st_size)


def corrupt(path: Path, *, at: float = 0.4) -> None:
    """Turn one byte of a file into another, in place, as a bad sector does."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 0xFF]))


def mended(home: Path, number: int | None = None) -> dict[int, Mended]:
    """Repair a home and return what was told of each version."""
    said: dict[int, Mended] = {}
    repair(home, number, tell=lambda each: said.update({each.number: each}))
    return said


def version_at(home: Path, number: int) -> Path:
    """Return the directory of a version."""
    return home / "versions" / f"{number:06}"
