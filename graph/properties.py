"""Properties as a person with a table means them: some stand on the thing itself, some a few steps away.

Who matches a table knows the country and the launch date of a satellite, where the graph has a register, an operator
and a launch. Each property here has the ways on which its values are found, the first that has any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import COO, PREFIXES, SKOS

if TYPE_CHECKING:
    from graph.writer import Term

_DEFAULT: Final = ox.DefaultGraph()


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property to match by or to take values of.

    Attributes:
        id: in requests; a short name.
        name: for people, in English.
        classes: local names of the classes whose things may have it.
        ways: each a chain of properties from the thing.
        is_date: whether its values are days.
        within: what the IRIs among its values begin with; empty: any.
    """

    id: str
    name: str
    classes: tuple[str, ...]
    ways: tuple[tuple[ox.NamedNode, ...], ...]
    is_date: bool = False
    within: str = ""


def _ways(*texts: str) -> tuple[tuple[ox.NamedNode, ...], ...]:
    return tuple(tuple(_node(step) for step in text.split("/")) for text in texts)


def _node(step: str) -> ox.NamedNode:
    prefix, _, name = step.rpartition(":")
    return ox.NamedNode((PREFIXES[prefix] if prefix else COO) + name)


def _own(name: str, label: str, *classes: str, is_date: bool = False) -> Property:
    return Property(id=name, name=label, classes=classes, ways=_ways(name), is_date=is_date)


_TABLE: Final = (
    Property(
        id="country",
        name="country",
        classes=("Actor", "SpaceSystem"),
        ways=_ways(
            "representsState", "registeredBy/representsState", "operator/representsState", "owner/representsState"
        ),
    ),
    Property(
        id="launchDate",
        name="launch date",
        classes=("SpaceObject", "LaunchEvent"),
        ways=_ways("launchedIn/onDate", "onDate"),
        is_date=True,
    ),
    Property(
        id="identifier",
        name="identifier of any kind",
        classes=("Actor", "SpaceSystem", "Place", "Occurrence", "Agreement", "Undertaking"),
        ways=_ways(
            "cosparId", "noradId", "isoAlpha2", "isoAlpha3", "isoNumeric", "m49Code", "gcatCode", "skos:exactMatch"
        ),
        within=PREFIXES["wd"],
    ),
    Property(
        id="wikidata",
        name="Wikidata identifier",
        classes=(),
        ways=_ways("skos:exactMatch"),
        within=PREFIXES["wd"],
    ),
    _own("cosparId", "COSPAR identifier", "SpaceObject"),
    _own("noradId", "NORAD catalogue number", "SpaceObject"),
    _own("isoAlpha2", "ISO 3166-1 alpha-2 code", "State"),
    _own("isoAlpha3", "ISO 3166-1 alpha-3 code", "State"),
    _own("isoNumeric", "ISO 3166-1 numeric code", "State"),
    _own("gcatCode", "GCAT code", "Organization", "State", "LaunchSite", "LaunchVehicleModel"),
    _own("acronym", "acronym", "Organization", "Undertaking", "SpaceSystem"),
    _own("operator", "operator", "SpaceSystem"),
    _own("owner", "owner", "SpaceSystem"),
    _own("manufacturer", "manufacturer", "SpaceSystem"),
    _own("registeredBy", "state of registry", "SpaceObject"),
    _own("missionType", "type of mission", "SpaceSystem", "Undertaking"),
    _own("orbitClass", "class of orbit", "SpaceSystem"),
    _own("partOfUndertaking", "part of", "SpaceSystem", "Occurrence", "Undertaking"),
    Property(
        id="launchVehicle",
        name="launch vehicle",
        classes=("SpaceObject", "LaunchEvent"),
        ways=_ways("launchedIn/launchVehicle", "launchVehicle"),
    ),
    Property(
        id="launchSite",
        name="launch site",
        classes=("SpaceObject", "LaunchEvent"),
        ways=_ways("launchedIn/launchedFrom", "launchedFrom"),
    ),
    _own("agencyOf", "agency of", "Organization"),
    _own("parentOrganization", "parent organization", "Organization"),
    _own("foundedOn", "founded on", "Organization", is_date=True),
    _own("signedOn", "signed on", "Agreement", is_date=True),
    _own("inForceFrom", "in force from", "Agreement", is_date=True),
    Property(id="party", name="party", classes=("Agreement",), ways=_ways("hasPartyActor")),
    _own("hasParticipant", "participant", "Occurrence", "Undertaking"),
    Property(id="exactMatch", name="same thing elsewhere", classes=(), ways=_ways("skos:exactMatch")),
    Property(id="altLabel", name="other name", classes=(), ways=_ways("skos:altLabel")),
)

PROPERTIES: Final = {each.id: each for each in _TABLE}
"""All of them by id; those without classes fit any thing."""

IDENTIFIERS: Final = frozenset(
    {"identifier", "wikidata", "cosparId", "noradId", "isoAlpha2", "isoAlpha3", "isoNumeric"}
)
"""Properties whose values mean one thing each, so that it can be found by them."""

TELLING: Final = IDENTIFIERS | {"country"}
"""Properties that, like dates, say of a thing with another value that it is another thing."""

EVERY_WAY: Final = frozenset({"identifier"})
"""Properties that have the values of all their ways."""


def find_property(identifier: str) -> Property | None:
    """Return a property by its id or by the IRI of a term that it stands for; None where there is none."""
    if identifier.startswith(COO):
        identifier = identifier.removeprefix(COO)
    elif identifier.startswith(SKOS):
        identifier = identifier.removeprefix(SKOS)
    return PROPERTIES.get(identifier)


def values(store: ox.Store, iri: str, wanted: Property) -> list[Term]:
    """Return the values of a property for a thing in the default graph, sorted, each once."""
    found: set[Term] = set()
    for way in wanted.ways:
        reached = _reached(store, ox.NamedNode(iri), way)
        found |= {
            term for term in reached if not isinstance(term, ox.NamedNode) or term.value.startswith(wanted.within)
        }
        if found and wanted.id not in EVERY_WAY:
            break
    return sorted(found, key=str)


def _reached(store: ox.Store, node: ox.NamedNode, way: tuple[ox.NamedNode, ...]) -> set[Term]:
    reached: set[Term] = {node}
    for step in way:
        nodes = [each for each in reached if isinstance(each, ox.NamedNode)]
        reached = {quad.object for each in nodes for quad in store.quads_for_pattern(each, step, None, _DEFAULT)}
    return reached
