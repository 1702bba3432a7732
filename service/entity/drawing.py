"""Small pictures of a page as plain SVG figures: where the marks stand; a table beside each says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH: Final = 640
_HEIGHT: Final = 100
_WIDEST: Final = 24.0
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One year: its count, and the bar in units of the drawing."""

    year: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Counts by year as bars, in a drawing of some width and height."""

    width: int
    height: int
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on a map of 360 by 180 degrees, as degrees and as a point of the drawing."""

    latitude: float
    longitude: float
    x: float
    y: float


def timeline(years: Mapping[int, int]) -> Timeline | None:
    """Draw counts by year; None where there are too few years for a picture to help."""
    if len(years) < _FEWEST:
        return None
    first, last, most = min(years), max(years), max(years.values())
    step = _WIDTH / (last - first + 1)
    width = round(min(step * 0.8, _WIDEST), 2)
    bars = []
    for year, count in sorted(years.items()):
        height = round(_HEIGHT * count / most, 2)
        x = round((year - first) * step + (step - width) / 2, 2)
        bars.append(Bar(year=year, count=count, x=x, y=round(_HEIGHT - height, 2), width=width, height=height))
    return Timeline(width=_WIDTH, height=_HEIGHT, bars=bars)


def spot(latitude: str, longitude: str) -> Spot | None:
    """Place a point on the map; None where the numbers are none of a place on Earth."""
    try:
        lat, long = float(latitude), float(longitude)
    except ValueError:
        return None
    if not (abs(lat) <= 90 and abs(long) <= 180):  # noqa: PLR2004  (degrees)
        return None
    return Spot(latitude=lat, longitude=long, x=round(long + 180, 2), y=round(90 - lat, 2))
