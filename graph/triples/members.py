"""The bodies that lists of members name by an acronym: the curated ones, else described here.

Two lists name partly the same agencies, so both go through here and give each one IRI and one name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.triples.gcat_actors import ORGS
from graph.triples.sheet import Sheet, entity, iri, slug

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.sources.gcat import Body

_HOSTED: Final = frozenset(
    {"AfSA", "ESA", "EUMETSAT", "EUTELSAT", "European Commission", "GCOS", "UNEP", "UNOOSA", "WCRP", "WMO"}
)
"""International bodies, which lists file under the country of their seat."""

_GCAT: Final = {
    "ABAE": "ABAE", "AEM": "AEMX", "ASI": "ASI", "CNES": "CNES", "CNSA": "CNSA", "CAST": "CAST", "CMA": "CMA",
    "CONAE": "CONAE", "CRESDA": "ZZWYZ", "CSA": "CSA", "CSIRO": "CSIRO", "DLR": "DLR2", "DNSC": "DNSC", "ESA": "ESA",
    "EUMETSAT": "EUMET", "GISTDA": "GISTDA", "HSC": "ELKED", "INPE": "INPE", "ISRO": "ISRO", "JAXA": "JAXA",
    "KARI": "KARI", "MYSA": "MYSA", "NASA": "NASA", "NASRDA": "NSRDA", "NOAA": "NOAA", "NOSA": "NSC", "NSMC": "NSMC",
    "NSPO": "NSPO", "ROSCOSMOS": "ROSK", "SSC": "SSC", "SUPARCO": "SUPA", "TUBITAK UZAY": "TUBTU", "UAESA": "UAESA",
    "UKSA": "UKSA", "VAST": "VAST", "VNSC": "VNSC",
}  # fmt: skip
"""Acronym to the code by which GCAT calls the same body, so that its catalogue adds no second resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Finds and describes bodies by acronym.

    Attributes:
        sheet: where they are described.
        listed: GCAT's organizations, for names; empty: acronyms stand for names.
    """

    sheet: Sheet
    listed: Mapping[str, Body]

    def actor(self, acronym: str, *, home: str | None, name: str = "") -> str:
        """Return the actor for an acronym, described unless the curated graph does.

        Args:
            acronym: as the list has it, in any case.
            home: IRI of the state under which the list files it; None for none.
            name: the full name that the list gives, which tells a body from its successor; empty for none.
        """
        acronym = acronym.upper() if acronym.casefold() == "roscosmos" else acronym
        code = _GCAT.get(acronym, "")
        known = self.sheet.known
        made = entity("actor", slug(acronym))
        found = (name and known.by_name(name)) or (code and known.by_gcat_code("actor", code)) or known.by_name(acronym)
        if found or known.describes(made):
            return found or made
        body = self.listed.get(code)
        self.sheet.describe(made, "coo:Organization", body.label if body else name or acronym)
        if re.fullmatch(r"\S+", acronym):
            self.sheet.add(made, "coo:acronym", ox.Literal(acronym))
        if body:
            row = self.sheet.row(ORGS, body.code, name=slug(body.code), what="GCAT organizations")
            self.sheet.add(made, "coo:gcatCode", ox.Literal(code))
            self.sheet.add(made, "coo:fromRow", row)
        if home and acronym not in _HOSTED:
            self.sheet.add(made, "coo:basedIn", home)
        return made

    def state(self, iso2: str) -> str | None:
        """Return the state with an ISO alpha-2 code; None when there is none."""
        return self.sheet.known.bearer(iri("coo:isoAlpha2"), iso2)
