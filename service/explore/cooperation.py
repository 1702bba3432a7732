"""Cooperation of states: of one with its partners by kind and year, or how many partners each of them has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from graph.names import fold
from graph.terms import COO, PREFIXES, SKOS
from service.explore.asking import asked, label_of, named, query_path, require, require_kind, value
from service.explore.picture import ANY, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyoxigraph as ox

    from service.explore.asking import Name
    from service.explore.picture import Picture

OF_ONE: Final = "cooperation-of-a-state"
OF_ALL: Final = "partner-counts-by-state"
WITHIN: Final = "partner-counts-within-years"
"""Names of the questions."""

_CODES: Final = f"SELECT ?state ?code WHERE {{ ?state <{COO}isoNumeric> ?code }}"
_KINDS: Final = f"""SELECT DISTINCT ?name WHERE {{
  ?concept <{SKOS}inScheme> <{PREFIXES["coop"].removesuffix("/")}> ; <{SKOS}prefLabel> ?name .
  FILTER (LANG(?name) = "en")
}} ORDER BY ?name"""
_OWN_KINDS: Final = (
    "agreement",
    "payload owned together",
    "launch for the partner",
    "launch by the partner",
    "other activity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How often a state and a partner cooperate in one kind; years are None where none is known."""

    kind: str
    number: int
    first: int | None
    last: int | None


@dataclass(slots=True, kw_only=True)
class Partner:
    """A state: its name, the address of its page and of its own map, its ISO numeric code, and its figures.

    Attributes:
        iri: of the state.
        name: in the language of the picture, else in English.
        lang: its language; empty for English.
        href: of its page.
        map_href: of the map of its own cooperation, within the same filters.
        code: three digits, by which a shape of a map is found; empty where the dataset has none.
        number: of all kinds together; in the list of all states, of partners.
        figures: by kind; empty in the list of all states.
        years: number by year, in order; what has no year is left out.
    """

    iri: str
    name: str
    lang: str
    href: str
    map_href: str
    code: str
    number: int = 0
    figures: list[Figure] = field(default_factory=list)
    years: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CooperationPage:
    """The page: the state chosen, if any, and its partners; or all states. `states` and `kinds` are to choose from."""

    picture: Picture
    state: Partner | None
    partners: Sequence[Partner]
    states: Sequence[Partner]
    kinds: Sequence[str]
    query_path: str
    data: dict[str, object]

    @property
    def total(self) -> int:
        """All figures together."""
        return sum(each.number for each in self.partners)


def cooperation_page(store: ox.Store, picture: Picture) -> CooperationPage:
    """Gather the page, by three queries for all states and four for one, or for all within bounds.

    Raises:
        BadRequest: there is no such kind.
        EntityUnknown: what was chosen is no state of the version.
    """
    if picture.about:
        require(store, picture.about, "State")
    codes = {value(row, "state"): value(row, "code") for row in _rows(store, _CODES)}
    kinds = sorted({*_OWN_KINDS, *(value(row, "name") for row in _rows(store, _KINDS))})
    require_kind(picture, kinds)
    question = asked(OF_ALL)
    shown = _counts(store, question.rows(store), picture, codes)
    states = sorted(shown, key=lambda each: fold(each.name))
    chosen = None
    if picture.about:
        question = asked(OF_ONE, country=picture.about, **picture.bounds())
        shown = _partners(store, question.rows(store), picture, codes)
        chosen = _state(picture, picture.about, label_of(store, picture.about, picture.site.language), codes)
        chosen.number = sum(each.number for each in shown)
    elif picture.is_bounded:
        question = asked(WITHIN, **picture.bounds())
        shown = _counts(store, question.rows(store), picture, codes)
    return CooperationPage(
        picture=picture,
        state=chosen,
        partners=shown,
        states=states if chosen is None or any(each.iri == chosen.iri for each in states) else [chosen, *states],
        kinds=kinds,
        query_path=query_path(picture, question.text()),
        data=_data(chosen, shown),
    )


def _rows(store: ox.Store, query: str) -> Iterable[ox.QuerySolution]:
    return cast("ox.QuerySolutions", store.query(query))


def _state(picture: Picture, iri: str, name: Name, codes: dict[str, str]) -> Partner:
    return Partner(
        iri=iri,
        name=name.text,
        lang=name.lang,
        href=picture.page_of(iri),
        map_href=picture.address(about=iri),
        code=codes.get(iri, ""),
    )


def _counts(
    store: ox.Store, rows: Iterable[ox.QuerySolution], picture: Picture, codes: dict[str, str]
) -> list[Partner]:
    """Return states with how many partners each has, those with the most first."""
    states = []
    for row in rows:
        iri = value(row, "state")
        state = _state(picture, iri, named(store, picture, iri, value(row, "stateName")), codes)
        state.number = int(value(row, "partners"))
        states.append(state)
    return sorted(states, key=lambda each: -each.number)


def _partners(
    store: ox.Store, rows: Iterable[ox.QuerySolution], picture: Picture, codes: dict[str, str]
) -> list[Partner]:
    """Return the partners, those with the highest number first."""
    partners: dict[str, Partner] = {}
    by_kind: defaultdict[tuple[str, str], list[tuple[int | None, int]]] = defaultdict(list)
    for row in rows:
        iri, number = value(row, "partner"), int(value(row, "number"))
        if iri not in partners:
            partners[iri] = _state(picture, iri, named(store, picture, iri, value(row, "partnerName")), codes)
        year = int(text) if (text := value(row, "year")) else None
        by_kind[iri, value(row, "kind")].append((year, number))
        partners[iri].number += number
        if year is not None:
            partners[iri].years[year] = partners[iri].years.get(year, 0) + number
    for (iri, kind), counted in sorted(by_kind.items()):
        years = [year for year, _ in counted if year is not None]
        number = sum(number for _, number in counted)
        figure = Figure(kind=kind, number=number, first=min(years, default=None), last=max(years, default=None))
        partners[iri].figures.append(figure)
    return sorted(partners.values(), key=lambda each: (-each.number, fold(each.name)))


def _data(chosen: Partner | None, shown: Sequence[Partner]) -> dict[str, object]:
    """Return what a script draws: the same figures."""
    return {
        "state": chosen and {"code": chosen.code, "name": chosen.name, "lang": chosen.lang, "href": chosen.href},
        "places": [
            {
                "id": short(each.iri),
                "code": each.code,
                "name": each.name,
                "lang": each.lang,
                "href": each.map_href,
                "number": each.number,
                "kinds": {figure.kind: figure.number for figure in each.figures},
                "years": sorted(each.years.items()),
            }
            for each in shown
        ],
        "any": ANY,
    }
