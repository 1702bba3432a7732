"""Markdown tables, medians and ratios."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others figures."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def median(values: Sequence[float]) -> float | None:
    """Return the median, None of nothing."""
    return statistics.median(values) if values else None


def ratio(one: float | None, other: float | None) -> float | None:
    """Return one figure divided by another, None where either is missing."""
    return one / other if one is not None and other else None


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Return the geometric mean of the figures that there are."""
    known = [value for value in values if value]
    return math.exp(statistics.fmean(map(math.log, known))) if known else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that at least this many percent of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def figure(value: float | None, digits: int = 2) -> str:
    """Return a figure for a cell; a dash where there is none."""
    return "-" if value is None else f"{value:,.{digits}f}"
