"""One line of JSON for each query, for the operator; who asked is never in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, kw_only=True)
class QueryLog:
    """Where the lines go; None for nowhere."""

    stream: TextIO | None = None

    def write(self, entry: Mapping[str, object]) -> None:
        """Write a line at once, so that a reader of the stream sees it with the answer."""
        if self.stream is not None:
            self.stream.write(json.dumps(entry) + "\n")
            self.stream.flush()
