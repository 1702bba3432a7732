"""The states, bodies and launch sites of GCAT to actors and places of the graph.

A code leads to the curated thing that bears it, else to an ISO entry, else to a new resource made from its row.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.sources.gcat_states import FORMER_STATES, Party, continued
from graph.triples.gcat_bodies import Bodies, language
from graph.triples.sheet import Sheet, decimal, entity, iri, slug, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.sources.gcat import Body, Site

_log = logging.getLogger(__name__)

ORGS: Final = entity("source", "gcat-orgs")
SITES: Final = entity("source", "gcat-sites")
ORGS_GIVE: Final = ("coo:agencyOf", "coo:basedIn", "coo:gcatCode", "coo:parentOrganization", "rdfs:label")
SITES_GIVE: Final = ("coo:gcatCode", "rdfs:label", "wgs:lat", "wgs:long")

TREATY_BODIES: Final = frozenset({"APSCO", "CERN"})
"""International organizations that GCAT files under the state of their seat."""

_LEARNED: Final = re.compile(
    r"universi|institut|instytut|college|school|academ|akadem|polite|polyt|technion|observator|laborator|research"
    r"|ecole|école|hochschule|daigaku|daehak|daxue",
    re.IGNORECASE,
)
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_SCRIPTS: Final = (
    ("CN", "zh", re.compile(r"[一-鿿]")),
    ("RU", "ru", _CYRILLIC),
    ("SU", "ru", _CYRILLIC),
    ("IR", "fa", re.compile(r"[؀-ۿ]")),
    *(
        (state, "ar", re.compile(r"[؀-ۿ]"))
        for state in ("DZ", "EG", "I-ARAB", "IQ", "JO", "KW", "MA", "QA", "SA", "UAE")
    ),
)


@dataclass(slots=True)
class Actors:
    """Finds and describes the things behind GCAT's codes, each once.

    Attributes:
        sheet: where they are described.
        bodies: organizations, each under its codes.
        parties: state codes.
        sites: launch sites by code.
    """

    sheet: Sheet
    bodies: Bodies
    parties: Mapping[str, Party]
    sites: Mapping[str, Site]
    _found: dict[str, str | None] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)
    _groups: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def state(self, code: str) -> str | None:
        """Return the actor for a state code; None for a code that stands for no party (the Moon, unknown)."""
        party = self.parties.get(code)
        if party is None:
            _log.warning("left out: the state code %s of GCAT is not in the table of states", code)
            return None
        if party.body:
            return self.body(party.body)
        if party.former:
            return self._former_state(party.former)
        if not party.iso2:
            return None
        if (state := self.sheet.known.bearer(iri("coo:isoAlpha2"), party.iso2)) is None:
            _log.warning("left out: no state has the ISO code %s, which GCAT calls %s", party.iso2, code)
        else:
            self._name_state(state, continued(code))
        return state

    def body(self, code: str) -> str | None:
        """Return the actor for an organization's code, described from its row; None when GCAT has no such row."""
        if code not in self._found:
            self._found[code] = self._made(code)  # a body that is its own parent ends here
            self._found[code] = self._find_body(code)
        return self._found[code]

    def site(self, code: str) -> str | None:
        """Return the place for a launch site's code; None when GCAT has no such row.

        Codes of one site under other names (NIIP-5, GIK-5) share a group and coordinates, and give one place.
        """
        if (site := self.sites.get(code)) is None:
            _log.warning("left out: GCAT has no row for the launch site %s", code)
            return None
        key = (site.group, site.longitude, site.latitude)
        if key not in self._groups:
            self._groups[key] = self._find_site(site, key)
        return self._groups[key]

    def _find_body(self, code: str) -> str | None:
        if (body := self.bodies.by_code.get(code)) is None:
            _log.warning("left out: GCAT has no row for the organization %s", code)
            return None
        if body.kinds[0] in {"CY", "CYP"} and code in self.parties:
            return self.state(code)
        known = self._known_body(body)
        latest = body if known else self._uncurated(body)[0]
        actor = known or self.sheet.mint("actor", f"gcat-{slug(latest.code)}", key=latest.code)
        if not self.sheet.known.describes(actor):
            self._describe_body(actor, latest)
            self._describe_former_name(actor, body, latest)
        return actor

    def represented(self, code: str) -> set[str]:
        """Return the states that the actor for an organization's code stands for, and the actor itself."""
        if (actor := self.body(code)) is None:
            return set()
        known, body = self.sheet.known, self.bodies.by_code[code]
        stated = known.values(actor, iri("coo:agencyOf")) | known.values(actor, iri("coo:basedIn"))
        if ox.NamedNode(iri("coo:InternationalOrganization")) in known.values(actor, iri("rdf:type")):
            stated = frozenset()  # its seat is no state that it stands for
        found = {term.value for term in stated if isinstance(term, ox.NamedNode)}
        if not found and body.state and (state := self.state(self.bodies.state(body))):
            found.add(state)
        return {actor, *found}

    def _known_body(self, body: Body) -> str | None:
        """Return the curated actor that bears the code, else the only one that bears another code of the body."""
        known = self.sheet.known
        if own := known.by_gcat_code("actor", body.code):
            return own
        others = {known.by_gcat_code("actor", row.code) for row in self.bodies.group(body)} - {None}
        return others.pop() if len(others) == 1 else None  # of several, the curators hold the body for several

    def _uncurated(self, body: Body) -> list[Body]:
        """Return the rows of one body whose codes no curated actor bears, the latest first."""
        known = self.sheet.known
        return [row for row in self.bodies.group(body) if known.by_gcat_code("actor", row.code) is None]

    def _made(self, code: str) -> str | None:
        """Return the actor that was made from another code of the same body."""
        if (body := self.bodies.by_code.get(code)) is None:
            return None
        return next((made for row in self._uncurated(body) if (made := self._found.get(row.code))), None)

    def _describe_body(self, actor: str, body: Body) -> None:
        sheet = self.sheet
        alone = self._is_treaty_body(body) or self._is_part_of_body(body)
        state = None if alone else self.state(self.bodies.state(body))
        row = sheet.row(ORGS, body.code, name=slug(body.code), what="GCAT organizations")
        sheet.describe(actor, self._types(body, state), self.bodies.label(body))
        self._name_in_own_language(actor, body)
        sheet.add(actor, "coo:gcatCode", ox.Literal(body.code))
        sheet.add(actor, "coo:fromRow", row)
        if state:
            sheet.add(actor, "coo:agencyOf" if _is_government(body) else "coo:basedIn", state)
        if (parent := self._parent(body)) and parent != actor:
            sheet.add(actor, "coo:parentOrganization", parent)

    def _describe_former_name(self, actor: str, body: Body, latest: Body) -> None:
        """Keep the row of another code of a body, and the names under it as other names."""
        if body.code == latest.code:
            return
        row = self.sheet.row(ORGS, body.code, name=slug(body.code), what="GCAT organizations")
        self.sheet.add(actor, "coo:fromRow", row)
        taken = {self.bodies.label(latest), latest.label, latest.native}
        own = "en" if body.english or not body.foreign else "und"
        for name, tongue in ((body.label, own), (body.native, _tongue(body))):
            if name and name not in taken:
                self.sheet.add(actor, "skos:altLabel", text(name, tongue))

    def _types(self, body: Body, state: str | None) -> str:
        if self._is_treaty_body(body):
            return "coo:InternationalOrganization"
        if _is_government(body) and state:
            return "coo:GovernmentBody"
        if body.sector == "B":
            return "coo:Company"
        return "coo:ResearchInstitution" if _LEARNED.search(f"{body.label} {body.native}") else "coo:Organization"

    def _is_treaty_body(self, body: Body) -> bool:
        """Say whether a body is itself what a state code of an international body stands for."""
        party = self.parties.get(body.state)
        return body.code in TREATY_BODIES or bool(party and party.body == body.code)

    def _is_part_of_body(self, body: Body) -> bool:
        party = self.parties.get(body.state)
        return bool(party and party.body and party.body != body.code)

    def _parent(self, body: Body) -> str | None:
        """Return the body it is part of, if that one is described anyway or is an international body."""
        if self._is_part_of_body(body):
            return self.body(self.parties[body.state].body)
        parent = self.bodies.by_code.get(body.parent)
        if parent is None or parent.kinds[0] in {"CY", "CYP", "AP", "IGO"}:
            return None
        return self._known_body(parent) or self._made(parent.code)

    def _name_in_own_language(self, actor: str, body: Body) -> None:
        if body.foreign and not body.native and self.bodies.label(body) != body.label:
            self.sheet.add(actor, "skos:altLabel", text(body.label, language(body)))
        if not body.native:
            return
        tongue = _tongue(body)
        if any(tongue == other for _, other, _ in _SCRIPTS):
            self.sheet.label(actor, body.native, tongue)
        else:
            self.sheet.add(actor, "skos:altLabel", text(body.native, tongue))

    def _name_state(self, state: str, code: str) -> None:
        """Give a state the code by which GCAT calls it, once; of several codes the one of today."""
        if state not in self._named and code in self.bodies.by_code:
            self._named.add(state)
            if not self.sheet.known.values(state, iri("coo:gcatCode")):
                row = self.sheet.row(ORGS, code, name=slug(code), what="GCAT organizations")
                self.sheet.add(state, "coo:gcatCode", ox.Literal(code))
                self.sheet.add(state, "coo:fromRow", row)

    def _former_state(self, name: str) -> str:
        label, code = FORMER_STATES[name]
        known = self.sheet.known.by_gcat_code("actor", code)
        actor = known or entity("actor", name)
        if not self.sheet.known.describes(actor):
            row = self.sheet.row(ORGS, code, name=slug(code), what="GCAT organizations")
            self.sheet.describe(actor, "coo:State", label)
            self.sheet.add(actor, "coo:gcatCode", ox.Literal(code))
            self.sheet.add(actor, "coo:fromRow", row)
        return actor

    def _find_site(self, site: Site, key: tuple[str, str, str]) -> str:
        names = sorted(
            other.code for other in self.sites.values() if (other.group, other.longitude, other.latitude) == key
        )
        for code in (site.code, site.group, *names):
            if known := self.sheet.known.by_gcat_code("place", code):
                return known
        chosen = self.sites[site.group] if site.group in names else self.sites[names[0]]
        place = self.sheet.mint("place", f"gcat-{slug(chosen.code)}", key=chosen.code)
        row = self.sheet.row(SITES, chosen.code, name=slug(chosen.code), what="GCAT launch sites")
        self.sheet.describe(place, "coo:LaunchSite", chosen.label)
        self.sheet.add(place, "coo:gcatCode", ox.Literal(chosen.code))
        self.sheet.add(place, "coo:fromRow", row)
        if chosen.longitude and chosen.latitude:
            self.sheet.add(place, "wgs:long", decimal(chosen.longitude))
            self.sheet.add(place, "wgs:lat", decimal(chosen.latitude))
        for other in names:
            if other != chosen.code and self.sites[other].label != chosen.label:
                self.sheet.add(place, "skos:altLabel", text(self.sites[other].label))
        return place


def _tongue(body: Body) -> str:
    """Return the language of a native name, by its state where the script is that of the state's language."""
    found = (tongue for state, tongue, script in _SCRIPTS if body.state == state and script.search(body.native))
    return next(found, language(body))


def _is_government(body: Body) -> bool:
    return body.sector in {"C", "D"}
