"""Which picture is to be shown, of what and within which bounds: the question that a query process gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from graph.terms import BASE
from service.paths import link_to, path_of
from service.site import Site

ANY: Final = "any"
"""Stands for every kind; the questions know it by this word."""

_BEGINNING: Final = 0
_END: Final = 9999
"""Years that bound nothing, as the questions know them."""

MOST_SHOWN: Final = 300
"""Things in one picture; a page says what it leaves out."""

MOST_EXPANDED: Final = 8
"""Things of a network whose neighbours are shown, beside the one that it is about; each costs two queries."""

COOPERATION: Final = "cooperation"
NETWORK: Final = "network"
TIMELINE: Final = "timeline"
SUBJECTS: Final = {COOPERATION: "state", NETWORK: "about", TIMELINE: "actor"}
"""Each picture with the parameter that says what it is of."""

_THINGS: Final = BASE + "id/"


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class Picture:
    """One picture.

    Attributes:
        kind: one of `SUBJECTS`.
        about: IRI of the state, thing or actor; empty: the picture is of all there is.
        wanted: kind of cooperation or event to keep to, or `ANY`.
        first: year to begin with; None: from the beginning, what has no year too.
        last: year to end with; None: to the end.
        expanded: IRIs of further things whose neighbours a network shows.
        site: what stands around the page: its root, and the version where the request names it.
    """

    kind: str
    about: str = ""
    wanted: str = ANY
    first: int | None = None
    last: int | None = None
    expanded: tuple[str, ...] = ()
    site: Site = field(default_factory=Site)

    @property
    def is_bounded(self) -> bool:
        """Whether a kind or years are chosen."""
        return self.wanted != ANY or self.first is not None or self.last is not None

    def bounds(self) -> dict[str, str]:
        """Return kind and years as parameters of a question."""
        first = _BEGINNING if self.first is None else self.first
        last = _END if self.last is None else self.last
        return {"wanted": self.wanted, "firstYear": str(first), "lastYear": str(last)}

    def address(self, **changed: object) -> str:
        """Return the address of the same picture with something changed, such as `first=2018`."""
        given = {name: changed.get(name, getattr(self, name)) for name in ("about", "wanted", "first", "last")}
        expanded = changed.get("expanded", self.expanded)
        pairs = [(SUBJECTS[self.kind], short(str(given["about"])))] if given["about"] else []
        pairs += [("kind", str(given["wanted"]))] if given["wanted"] != ANY else []
        pairs += [(name, str(given[of])) for name, of in (("from", "first"), ("to", "last")) if given[of] is not None]
        pairs += [("expand", short(each)) for each in expanded] if isinstance(expanded, tuple) else []
        return self.site.within(f"/explore/{self.kind}" + (f"?{urlencode(pairs)}" if pairs else ""))

    def page_of(self, iri: str) -> str:
        """Return the address of the page of a thing, in the version of the picture."""
        path = path_of(iri)
        return link_to(iri, self.site.root) if path is None else self.site.within(path)


def short(iri: str) -> str:
    """Return a name as an address has it: `actor/chn` for a thing of the dataset, the IRI for any other."""
    return iri.removeprefix(_THINGS)
