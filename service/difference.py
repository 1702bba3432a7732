"""What differs between two versions, worked out in a query process: under its limits, and not beside requests."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.history import diff
from graph.patch import patch_lines
from service.formats import COUNTS, SENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.patch import Row
    from service.jobs import Begin


ROWS_SHOWN: Final = 100
"""How many rows a page of a difference has."""


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class Difference:
    """Two versions to be compared.

    Attributes:
        home: of the dataset.
        old: number of the version to start from.
        new: number of the other; it may be the older one.
        into: name of the format, `patch` or `counts`.
        page: which so many rows (`ROWS_SHOWN`) are told beside the counts, from 1; 0: none.
    """

    home: str
    old: int
    new: int
    into: str
    page: int = 0


def write_difference(difference: Difference, begin: Begin) -> None:
    """Answer with what was added and removed between two versions.

    Args:
        difference: which.
        begin: called once both are known to be kept; the answer is written to what it returns.

    Raises:
        VersionUnknown: one of them never was.
        VersionPruned: one of them is no longer kept.
    """
    rows = diff(Path(difference.home), difference.old, difference.new)
    first = next(rows, None)
    found = chain([first], rows) if first is not None else rows
    output = begin(SENT[difference.into], form="DIFFERENCE", volatile=False)
    if difference.into == COUNTS.name:
        output.write(json.dumps(_counted(difference, found), indent=2).encode() + b"\n")
        return
    for line in patch_lines(found):
        output.write(line.encode())


def _counted(difference: Difference, rows: Iterable[Row]) -> dict[str, object]:
    """Count the rows by graph, the default graph without a name; those of a page go along where one is asked for."""
    counts: dict[str, Counter[str]] = {"A": Counter(), "D": Counter()}
    first, shown = (difference.page - 1) * ROWS_SHOWN, []
    for place, row in enumerate(rows):
        counts[row.op][_graph_of(row.quad)] += 1
        if difference.page and first <= place < first + ROWS_SHOWN:
            shown.append(row)
    graphs = sorted({*counts["A"], *counts["D"]})
    told: dict[str, object] = {
        "old": difference.old,
        "new": difference.new,
        "added": counts["A"].total(),
        "removed": counts["D"].total(),
        "graphs": {each: {"added": counts["A"][each], "removed": counts["D"][each]} for each in graphs},
    }
    return told | {"rows": shown} if difference.page else told


def _graph_of(quad: str) -> str:
    """Return the name of the graph of a quad, as `_:label` where that is a blank node; empty for the default graph."""
    (read,) = ox.parse(f"{quad} .", format=ox.RdfFormat.N_QUADS)
    name = read.graph_name
    if isinstance(name, ox.BlankNode):
        return str(name)
    return "" if isinstance(name, ox.DefaultGraph) else name.value
