"""A home of several versions: how it is made, pruned and asked, for the tests of what becomes of old versions."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graph.commits import commit
from graph.kept import claim
from graph.plain import start_empty
from graph.versions import Origin

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    import pyoxigraph as ox

    from graph.changes import Delta

NEWEST: Final = 6
COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s <urn:made> ?o }"
_NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_chain(home: Path) -> None:
    """Make a plain home: version 1 is empty, version n says n - 1 times that something was made."""
    start_empty(home, now=_NOW, author="tests")
    many = " ".join(f"<urn:s{number}> <urn:p> {number} ." for number in range(300))
    for number in range(2, NEWEST + 1):
        made = f"<urn:s> <urn:made> {number} . GRAPH <urn:g> {{ <urn:v> <urn:is> {number} }}"
        write(home, f"INSERT DATA {{ {made} {many} }}")


def write(home: Path, text: str) -> None:
    """Make one more version by an update."""

    def change(store: ox.Store, /) -> Delta | None:
        store.update(text)
        return None

    commit(home, change, origin=Origin(created=_NOW, author="tests", message=text[:20]))


def prune(home: Path, number: int) -> bool:
    """Remove a version unless somebody holds it; say whether it was removed."""
    directory = home / "versions" / f"{number:06}"
    claimed = claim(directory)
    if claimed is None:
        return False
    with claimed:
        shutil.rmtree(directory.rename(home / f"gone-{number}"))
    return True


def count(client: httpx.Client, **parameters: str | int) -> int:
    """Ask how often something was made."""
    response = client.get("/sparql", params={"query": COUNT, "format": "csv", **parameters})
    assert response.status_code == 200, response.text
    return int(response.text.split()[1])
