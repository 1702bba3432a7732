"""What versions changed, for the feed: counted in a query process, from the files that versions keep of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.errors import ChangesUnreadable
from graph.patch import read_changes
from graph.terms import OWL, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

_DEPRECATED: Final = f' <{OWL}deprecated> "true"^^<{XSD}boolean>'
_ROWS: Final = 2_000_000  # of all versions together: some seconds


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class Chronicle:
    """Versions to be told of.

    Attributes:
        changes: number of each version to the path of its file of changes, the newest first.
    """

    changes: tuple[tuple[int, str], ...]

    def run(self, _store: ox.Store, _version: Path, /) -> bytes:
        """Return how many quads each version added and removed, and which names it gave up.

        A version that keeps no such file, or is beyond what can be read, is left out.
        """
        told: dict[int, dict[str, object]] = {}
        left = _ROWS
        for number, path in self.changes:
            try:
                told[number] = _read(Path(path), left)
            except ChangesUnreadable:
                continue
            except OverflowError:
                break
            left -= int(str(told[number]["added"])) + int(str(told[number]["removed"]))
        return json.dumps(told).encode()


def _read(path: Path, most: int) -> dict[str, object]:
    """Count the rows of a file.

    Raises:
        OverflowError: there are more than so many.
        ChangesUnreadable: it cannot be read.
    """
    counts = {"A": 0, "D": 0}
    retired: list[str] = []
    for op, quad in read_changes(path):
        counts[op] += 1
        if sum(counts.values()) > most:
            raise OverflowError
        subject, _, rest = quad.partition(" ")
        if op == "A" and f" {rest}".startswith(_DEPRECATED) and subject.startswith("<"):
            retired.append(subject[1:-1])
    return {"added": counts["A"], "removed": counts["D"], "retired": sorted(set(retired))}
