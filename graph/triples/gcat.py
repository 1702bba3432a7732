"""GCAT's payloads to triples: those on which two states, or a state and an international body, worked together.

A payload counts when its owner's state and the launcher's state differ, or when its owners are of two states. The two
sides of a succession (the Soviet Union and Russia, ESRO and ESA) are one side.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.sources.gcat_states import continued
from graph.triples.gcat_actors import ORGS, ORGS_GIVE, SITES, SITES_GIVE, Actors
from graph.triples.gcat_bodies import Bodies
from graph.triples.sheet import Sheet, concept, dataset_source, day, entity, iri, slug, statement, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.sources.gcat import Body, Code, Payload, PayloadEntry, Site
    from graph.sources.gcat_states import Party

LOG: Final = entity("source", "gcat-launchlog")
PAYLOADS: Final = entity("source", "gcat-psatcat")
_LOG_GIVES: Final = (
    "coo:beginEarliest", "coo:cosparId", "coo:dateAsStated", "coo:endLatest", "coo:gcatCode", "coo:hasParticipation",
    "coo:launchOutcome", "coo:launchVehicle", "coo:launchedFrom", "coo:launchedObject", "coo:noradId", "coo:onDate",
    "coo:owner", "coo:participant", "coo:role", "rdfs:label",
)  # fmt: skip
_PAYLOADS_GIVE: Final = ("coo:cosparId", "coo:missionType", "coo:noradId", "coo:registeredBy")
_LAUNCH_NUMBER: Final = re.compile(r"[0-9]{4}-[0-9]{3}")
_MISSIONS: Final = {
    "AST": "astronomy",
    "BIO": "space-science",
    "COM": "communications",
    "EOSCI": "earth-observation",
    "IMG": "earth-observation",
    "IMG-R": "earth-observation",
    "MET": "meteorology",
    "MET-RO": "meteorology",
    "MGRAV": "space-science",
    "NAV": "navigation",
    "PLAN": "deep-space-exploration",
    "SCI": "space-science",
    "SS": "human-spaceflight",
    "TECH": "technology-demonstration",
}
"""Category of GCAT to mission type; the others (signals, early warning, calibration) have no concept of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The tables of GCAT that belong together."""

    payloads: Sequence[Payload]
    entries: Mapping[str, PayloadEntry]
    bodies: Mapping[str, Body]
    sites: Mapping[str, Site]
    parties: Mapping[str, Party]


def cooperative(catalogue: Catalogue) -> list[Payload]:
    """Return the payloads on which more than one side worked, in the order of the launch log."""
    return [payload for payload in catalogue.payloads if _sides_differ(payload, catalogue.bodies)]


def add_payloads(sheet: Sheet, catalogue: Catalogue, payloads: Iterable[Payload]) -> None:
    """Describe payloads with launches, owners, vehicles and sites, and the datasets they come from."""
    _Writer(sheet, catalogue).add(payloads)
    for dataset, gives in ((LOG, _LOG_GIVES), (PAYLOADS, _PAYLOADS_GIVE), (ORGS, ORGS_GIVE), (SITES, SITES_GIVE)):
        dataset_source(sheet, dataset, gives=gives)
        sheet.repeat(dataset, "dcterms:creator", sheet.author)
        sheet.repeat(dataset, "dcterms:license", "https://creativecommons.org/licenses/by/4.0/")
        sheet.repeat(dataset, "dcterms:rights", text("CC BY; credit: Jonathan McDowell, https://planet4589.org"))


def _sides_differ(payload: Payload, bodies: Mapping[str, Body]) -> bool:
    owners = {state.code for state in payload.owner_states}
    if len(payload.owners) > 1:
        owners |= {bodies[code.code].state for code in payload.owners if code.code in bodies}
    launchers = {continued(state.code) for state in payload.launch_states}
    return {continued(state) for state in owners} != launchers


class _Writer:
    """Writes payloads to a sheet; a class because launches are shared by payloads."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue) -> None:
        self._sheet = sheet
        self._entries = catalogue.entries
        bodies = Bodies(catalogue.bodies, catalogue.parties)
        self._actors = Actors(sheet, bodies, catalogue.parties, catalogue.sites)
        self._vehicles: set[str] = set()

    def add(self, payloads: Iterable[Payload]) -> None:
        launches: defaultdict[str, list[Payload]] = defaultdict(list)
        for payload in payloads:
            launches[payload.tag].append(payload)
        for shared in launches.values():
            launch = self._launch(shared[0])
            for payload in shared:
                self._payload(payload, launch)

    def _payload(self, payload: Payload, launch: str) -> None:
        sheet = self._sheet
        row = f"{LOG}-{payload.jcat.lower()}"
        subject = self._subject(payload, row)
        sheet.row(LOG, payload.jcat, name=payload.jcat.lower(), what="GCAT launch log")
        sheet.describe(subject, _kind(payload), payload.label)
        if payload.other_label and not sheet.known.describes(subject):
            sheet.add(subject, "skos:altLabel", text(payload.other_label))
        sheet.add(subject, "coo:fromRow", row)
        if payload.cospar:
            sheet.single(subject, "coo:cosparId", ox.Literal(payload.cospar), row=row, dataset=LOG)
        if payload.norad:
            sheet.single(subject, "coo:noradId", ox.Literal(payload.norad), row=row, dataset=LOG)
        sheet.add(launch, "coo:launchedObject", subject)
        self._owners(payload, subject, row)
        if (entry := self._entries.get(payload.jcat)) is not None:
            self._entry(entry, subject)

    def _subject(self, payload: Payload, row: str) -> str:
        """Return the IRI of a payload: that of the curated thing with its numbers, else a new one."""
        known = self._sheet.known
        found = (
            (payload.cospar and known.bearer(iri("coo:cosparId"), payload.cospar))
            or (payload.norad and known.bearer(iri("coo:noradId"), payload.norad))
            or known.by_row(row)
            or known.by_row(f"{PAYLOADS}-{payload.jcat.lower()}")
        )
        name = payload.cospar.lower() or f"gcat-{payload.jcat.lower()}"
        return found or self._sheet.mint("system", name, key=payload.jcat)

    def _owners(self, payload: Payload, subject: str, row: str) -> None:
        """Name the owners; an owner in doubt is claimed, and a state stands in where no owner has a row."""
        sheet = self._sheet
        represented: set[str] = set()
        for owner in payload.owners:
            actor = self._actors.body(owner.code)
            if actor and not owner.doubtful:
                sheet.add(subject, "coo:owner", actor)
            elif actor:
                label = f"{owner.code} may be an owner of {payload.label}"
                name = f"{payload.jcat.lower()}-owner-{slug(owner.code)}-gcat"
                content = statement(subject, "coo:owner", ox.NamedNode(actor))
                made = sheet.claim(name, content, status="unreviewed", label=label)
                sheet.add(made, "coo:reportedIn", LOG)
                sheet.add(made, "dcterms:source", row)
            if actor and not owner.doubtful:
                represented |= self._actors.represented(owner.code)
        for state in payload.owner_states:
            # GCAT gives the state at the time of launch, the organization's row its last one: keep both sides.
            if (actor := self._actors.state(state.code)) and actor not in represented:
                sheet.add(subject, "coo:owner", actor)

    def _entry(self, entry: PayloadEntry, subject: str) -> None:
        sheet = self._sheet
        missions = {_MISSIONS[code] for code in entry.categories if code in _MISSIONS}
        if sheet.known.values(subject, iri("coo:missionType")):
            missions = set()
        state = self._actors.state(entry.registered_by) if entry.registered_by else None
        if not missions and not state:
            return
        row = sheet.row(PAYLOADS, entry.jcat, name=entry.jcat.lower(), what="GCAT payload catalogue")
        sheet.add(subject, "coo:fromRow", row)
        for mission in missions:
            sheet.add(subject, "coo:missionType", concept("mission-type", mission))
        if state:
            sheet.single(subject, "coo:registeredBy", state, row=row, dataset=PAYLOADS)

    def _launch(self, payload: Payload) -> str:
        sheet = self._sheet
        number = payload.tag if _LAUNCH_NUMBER.fullmatch(payload.tag) else f"gcat-{slug(payload.tag)}"
        launch = entity("occurrence", f"launch-{number}")
        row = sheet.row(LOG, payload.tag, name=slug(payload.tag), what="GCAT launch log")
        sheet.describe(launch, "coo:LaunchEvent", f"Launch {payload.tag} on {payload.vehicle}")
        sheet.add(launch, "coo:fromRow", row)
        self._launch_date(payload, launch, row)
        vehicle = self._vehicle(payload.vehicle, row)
        sheet.single(launch, "coo:launchVehicle", vehicle, row=row, dataset=LOG)
        if site := self._actors.site(payload.site):
            sheet.single(launch, "coo:launchedFrom", site, row=row, dataset=LOG)
        outcome = concept("launch-outcome", payload.outcome)
        sheet.single(launch, "coo:launchOutcome", outcome, row=row, dataset=LOG)
        self._providers(payload, launch, row)
        return launch

    def _launch_date(self, payload: Payload, launch: str, row: str) -> None:
        stated = payload.launched
        if stated.day:
            self._sheet.single(launch, "coo:onDate", day(stated.day), row=row, dataset=LOG)
        elif not self._sheet.known.values(launch, iri("coo:onDate")):
            self._sheet.add(launch, "coo:beginEarliest", day(stated.earliest))
            self._sheet.add(launch, "coo:endLatest", day(stated.latest))
        if stated.doubtful or not stated.day:
            self._sheet.add(launch, "coo:dateAsStated", text(stated.wording))

    def _providers(self, payload: Payload, launch: str, row: str) -> None:
        """Name who launched: the agency, and the state of the vehicle, which is not always the agency's seat."""
        agencies = (self._actors.body(code.code) for code in _sure(payload.agencies))
        states = (self._actors.state(code.code) for code in _sure(payload.launch_states))
        for actor in sorted({actor for actor in (*agencies, *states) if actor}):
            name = f"{launch.rpartition('/')[2]}-{actor.rpartition('/')[2]}-launch-provider"
            part = entity("situation", name)
            self._sheet.add(launch, "coo:hasParticipation", part)
            self._sheet.add(part, "rdf:type", iri("coo:Participation"))
            self._sheet.add(part, "coo:participant", actor)
            self._sheet.add(part, "coo:role", concept("role", "launch-provider"))
            self._sheet.add(part, "coo:fromRow", row)

    def _vehicle(self, name: str, row: str) -> str:
        known = self._sheet.known.by_gcat_code("system", name)
        if known:
            return known
        vehicle = self._sheet.mint("system", f"lv-{slug(name)}", key=name)
        if name not in self._vehicles:
            self._vehicles.add(name)
            self._sheet.describe(vehicle, "coo:LaunchVehicleModel", name)
            self._sheet.add(vehicle, "coo:gcatCode", ox.Literal(name))
            self._sheet.add(vehicle, "coo:fromRow", row)
        return vehicle


def _kind(payload: Payload) -> str:
    """Return the class: what stays attached, carries people or leaves the Earth is no satellite of it."""
    if payload.attached:
        return "coo:SpaceObject"
    if payload.crewed:
        return "coo:Spacecraft"
    return "coo:SpaceProbe" if payload.deep_space else "coo:Satellite"


def _sure(codes: Iterable[Code]) -> list[Code]:
    return [code for code in codes if not code.doubtful]
