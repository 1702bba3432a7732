"""Launches, agreements and memberships in the order of their dates, and how many there are in each year."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.explore.asking import Name, asked, label_of, named, query_path, require, require_kind, value
from service.explore.picture import MOST_SHOWN, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyoxigraph as ox

    from service.explore.picture import Picture

OF_ONE: Final = "dated-events-of-an-actor"
OF_ALL: Final = "dated-events"
"""Names of the questions."""

KINDS: Final = ("launch", "agreement", "act under an agreement", "membership")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: its date, ISO 8601, its kind, what happened and in which language, and the address of its page."""

    date: str
    kind: str
    name: str
    lang: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Events of one year: numbers by kind, and the address of the timeline of that year alone."""

    year: int
    numbers: Mapping[str, int]
    href: str

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """The page; `events` are the latest, at most `MOST_SHOWN` of all that are counted in `years`."""

    picture: Picture
    actor: Name
    actor_value: str
    actor_href: str
    kinds: Sequence[str]
    shown_kinds: Sequence[str]
    years: Sequence[Year]
    events: Sequence[Event]
    total: int
    query_path: str
    data: dict[str, object]


def timeline_page(store: ox.Store, picture: Picture) -> TimelinePage:
    """Gather the page, by one query.

    Raises:
        BadRequest: there is no such kind.
        EntityUnknown: what was chosen is no actor of the version.
    """
    require_kind(picture, KINDS)
    if picture.about:
        require(store, picture.about, "Actor")
        question = asked(OF_ONE, actor=picture.about, **picture.bounds())
    else:
        question = asked(OF_ALL, **picture.bounds())
    events = [_event(store, picture, row) for row in question.rows(store)]
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for each in events:
        counts[int(each.date[:4])][each.kind] += 1
    years = [
        Year(year=year, numbers=counts[year], href=picture.address(first=year, last=year)) for year in sorted(counts)
    ]
    shown = events[-MOST_SHOWN:]
    return TimelinePage(
        picture=picture,
        actor=label_of(store, picture.about, picture.site.language) if picture.about else Name(),
        actor_value=short(picture.about),
        actor_href=picture.page_of(picture.about) if picture.about else "",
        kinds=KINDS,
        shown_kinds=[kind for kind in KINDS if any(kind in each.numbers for each in years)],
        years=years,
        events=shown,
        total=len(events),
        query_path=query_path(picture, question.text()),
        data=_data(years, shown, len(events)),
    )


def _event(store: ox.Store, picture: Picture, row: ox.QuerySolution) -> Event:
    kind, thing, name = value(row, "kind"), value(row, "thing"), Name(value(row, "name"))
    if kind != "membership":  # that is named by two things: who joined, and what
        name = named(store, picture, thing, name.text)
    return Event(date=value(row, "date"), kind=kind, name=name.text, lang=name.lang, href=picture.page_of(thing))


def _data(years: Sequence[Year], shown: Sequence[Event], total: int) -> dict[str, object]:
    """Return what a script draws: each event where all are shown, else how many there are in each year."""
    events = [
        {"date": each.date, "kind": each.kind, "name": each.name, "lang": each.lang, "href": each.href}
        for each in shown
    ]
    return {
        "kinds": KINDS,
        "years": [{"year": each.year, "href": each.href, "numbers": dict(each.numbers)} for each in years],
        "events": events if len(shown) == total else [],
    }
