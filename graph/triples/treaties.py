"""Acts towards treaties, members of the Disasters Charter and participants of the ILRS to triples."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.triples.members import Bodies
from graph.triples.sheet import Sheet, concept, dataset_source, day, entity, iri, slug, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.sources.dates import StatedDate
    from graph.sources.gcat import Body
    from graph.sources.treaties import Act, CharterMember, StationPartner

_log = logging.getLogger(__name__)

TREATIES: Final = {
    "24-1": ("registration-convention", "Registration Convention", "XXIV-1"),
    "24-2": ("moon-agreement", "Moon Agreement", "XXIV-2"),
    "25-1": ("brussels-satellites-convention", "Brussels Satellites Convention", "XXV-1"),
}
"""Number in the UN Treaty Collection to slug, short English name and the number in its addresses."""

CHARTER: Final = entity("agreement", "disasters-charter")
STATION: Final = entity("agreement", "ilrs-partnership")
_CHARTER_LIST: Final = entity("source", "disasters-charter-members")
_STATION_LIST: Final = entity("source", "ilrs-participants")
_COLLECTION: Final = entity("source", "un-treaty-collection")
_PARTY_GIVES: Final = (
    "coo:beginEarliest", "coo:beginLatest", "coo:dateAsStated", "coo:participant", "coo:role",
)  # fmt: skip
_EVENT_GIVES: Final = ("coo:agreementEventKind", "coo:concernsAgreement", "coo:hasParticipation", "coo:onDate")
_OTHER_NAMES: Final = {
    "Czech Republic": "CZ",
    "Iran (Islamic Republic of)": "IR",
    "Netherlands": "NL",
    "St. Vincent and the Grenadines": "VC",
    "The former Yugoslav Republic of Macedonia": "MK",
    "Turkey": "TR",
    "United Kingdom of Great Britain and Northern Ireland": "GB",
    "Côte d'Ivoire": "CI",
}
"""Names that the Collection had in 2015 and the table of countries has otherwise."""

_SOVIET_UNTIL: Final = date(1991, 12, 26)
_VERBS: Final = {
    "signature": "signs",
    "ratification": "ratifies",
    "accession": "accedes to",
    "succession": "succeeds to",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    """One actor in one role in one agreement, as a row has it; IRIs but for the role's notation."""

    agreement: str
    actor: str
    role: str
    row: str
    joined: StatedDate | None


def add_acts(sheet: Sheet, acts: Iterable[Act]) -> None:
    """Describe signatures, ratifications, accessions and successions, and the parties that follow from them."""
    seen: set[str] = set()
    for act in acts:
        name, label, number = TREATIES[act.treaty]
        if act.treaty not in seen:
            seen.add(act.treaty)
            _add_collection(sheet, act.treaty, label, number)
            _add_agreement(sheet, entity("agreement", name), label, "treaty")
        state = _state(sheet, act.state)
        if state is None:
            _log.warning("left out: no state is called %s, as UN Treaty Collection %s has it", act.state, act.treaty)
            continue
        _add_act(sheet, act, state)
    brussels = entity("agreement", TREATIES["25-1"][0])
    sheet.incomplete(brussels, "The list has the status of March 2015; later parties are missing.")


def add_charter(sheet: Sheet, members: Iterable[CharterMember], listed: Mapping[str, Body]) -> None:
    """Describe the members of the Disasters Charter."""
    _add_agreement(sheet, CHARTER, "International Charter Space and Major Disasters", "charter")
    _add_list(
        sheet,
        _CHARTER_LIST,
        "Members of the Disasters Charter, by its page of history",
        "disasters-charter-members.csv",
        ["https://disasterscharter.org/web/guest/history"],
    )
    bodies = Bodies(sheet=sheet, listed=listed)
    for member in members:
        actor = bodies.actor(member.acronym, home=bodies.state(member.home), name=member.name)
        row = sheet.row(_CHARTER_LIST, member.acronym, name=slug(member.acronym), what="Disasters Charter list")
        held = _add_party(sheet, _Party(agreement=CHARTER, actor=actor, role="party", row=row, joined=member.joined))
        if member.remark:
            sheet.add(held, "skos:note", text(f"By the list: {member.remark}."))


def add_station(sheet: Sheet, partners: Iterable[StationPartner]) -> None:
    """Describe the participants of the ILRS, with the page that names each."""
    partners = list(partners)
    _add_agreement(
        sheet, STATION, "Partnership of the International Lunar Research Station", "cooperation-agreement-unspecified"
    )
    sheet.incomplete(STATION, "The participants are those that the press has named; six without a date.")
    pages = sorted({partner.address for partner in partners})
    _add_list(sheet, _STATION_LIST, "Participants of the ILRS, by press reports", "ilrs-participants.csv", pages)
    for partner in partners:
        state = sheet.known.bearer(iri("coo:isoAlpha2"), partner.iso2)
        if state is None:
            _log.warning("left out: no state has the ISO code %s of the ILRS list", partner.iso2)
            continue
        row = sheet.row(_STATION_LIST, partner.iso2, name=partner.iso2.lower(), what="ILRS list")
        sheet.add(row, "schema:url", partner.address)
        _add_party(sheet, _Party(agreement=STATION, actor=state, role="party", row=row, joined=partner.joined))


def _state(sheet: Sheet, name: str) -> str | None:
    known = sheet.known
    if code := _OTHER_NAMES.get(name):
        return known.bearer(iri("coo:isoAlpha2"), code)
    return known.by_name(name)


def _add_act(sheet: Sheet, act: Act, state: str) -> None:
    name, label, _ = TREATIES[act.treaty]
    agreement, actor = entity("agreement", name), state.rpartition("/")[2]
    dataset = f"{_COLLECTION}-{act.treaty}"
    row = sheet.row(dataset, act.state, name=slug(act.state), what=f"UN Treaty Collection {act.treaty}")
    role = "signatory" if act.kind == "signature" else "party"
    _add_party(sheet, _Party(agreement=agreement, actor=state, role=role, row=row, joined=act.done))
    event = entity("occurrence", f"{name}-{actor}-{act.kind}")
    if sheet.known.describes(event):
        return
    part = entity("situation", f"{name}-{actor}-{act.kind}-{actor}-{role}")
    sheet.describe(event, "coo:AgreementEvent", f"{act.state} {_VERBS[act.kind]} the {label}")
    sheet.add(event, "coo:concernsAgreement", agreement)
    sheet.add(event, "coo:agreementEventKind", concept("event-kind", act.kind))
    sheet.add(event, "coo:onDate", day(act.done.earliest))
    sheet.add(event, "coo:hasParticipation", part)
    sheet.add(event, "coo:fromRow", row)
    sheet.add(part, "rdf:type", iri("coo:Participation"))
    sheet.add(part, "coo:participant", state)
    sheet.add(part, "coo:role", concept("role", role))
    sheet.add(part, "coo:fromRow", row)
    if actor == "rus" and act.done.earliest < _SOVIET_UNTIL:
        note = "Act of the Soviet Union; the Collection lists it under the Russian Federation, which continues it."
        sheet.add(event, "skos:note", text(note))


def _add_party(sheet: Sheet, party: _Party) -> str:
    """Make an actor party of an agreement and return its part; a known date of it is left as it is."""
    agreement, actor = party.agreement.rpartition("/")[2], party.actor.rpartition("/")[2]
    held = entity("situation", f"{agreement}-{actor}-{party.role}")
    sheet.add(party.agreement, "coo:hasParty", held)
    sheet.describe_only(held, "coo:AgreementParty")
    sheet.add(held, "coo:participant", party.actor)
    sheet.add(held, "coo:role", concept("role", party.role))
    sheet.add(held, "coo:fromRow", party.row)
    stated = sheet.known.values(held, iri("coo:beginEarliest"))
    if party.joined and not stated:
        sheet.period(held, begin=party.joined)
    elif party.joined and day(party.joined.earliest) not in stated:
        other = ", ".join(sorted(map(str, stated)))
        _log.warning("left out: %s begins %s here and %s in the graph", held, party.joined.wording, other)
    return held


def _add_agreement(sheet: Sheet, agreement: str, label: str, kind: str) -> None:
    sheet.describe(agreement, "coo:Agreement", label)
    if not sheet.known.values(agreement, iri("coo:instrumentKind")):
        sheet.add(agreement, "coo:instrumentKind", concept("instrument-kind", kind))


def _add_collection(sheet: Sheet, treaty: str, label: str, number: str) -> None:
    dataset = f"{_COLLECTION}-{treaty}"
    chapter = re.sub(r"-.*", "", treaty)
    address = f"http://treaties.un.org/pages/ViewDetails.aspx?src=TREATY&mtdsg_no={number}&chapter={chapter}&lang=en"
    sheet.describe(dataset, "coo:ReferenceDataset", f"UN Treaty Collection, status of the {label}, March 2015")
    dataset_source(sheet, dataset, gives=(*_PARTY_GIVES, *_EVENT_GIVES))
    sheet.add(dataset, "dcat:version", ox.Literal("2015-03"))
    sheet.add(dataset, "dcterms:identifier", ox.Literal(f"{treaty}.csv"))
    sheet.add(dataset, "dcterms:rights", text("Dates of acts are facts; collected by the United Nations"))
    sheet.add(dataset, "schema:url", address)


def _add_list(sheet: Sheet, dataset: str, label: str, file: str, pages: list[str]) -> None:
    sheet.describe(dataset, "coo:ReferenceDataset", label)
    dataset_source(sheet, dataset, gives=_PARTY_GIVES)
    sheet.add(dataset, "dcterms:identifier", ox.Literal(file))
    sheet.add(dataset, "dcterms:rights", text("Facts of public record"))
    for page in pages:
        sheet.add(dataset, "schema:url", page)
