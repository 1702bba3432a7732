"""The quality report of a version, measured in a query process: under its limits, and not beside requests."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from graph.quality import measure, quality_turtle

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class Assessment:
    """The report as of a day.

    Attributes:
        today: what counts as past; ISO 8601.
    """

    today: str

    def run(self, store: ox.Store, _version: Path, /) -> bytes:
        """Return the measures with their rows, and the report as Turtle."""
        measures = measure(store, today=date.fromisoformat(self.today))
        return json.dumps({"measures": [*map(asdict, measures)], "turtle": quality_turtle(measures)}).encode()
