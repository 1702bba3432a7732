"""Each rule derives what it says and nothing that it should not.

The expected triples stand beside the data, so that a case reads as a sentence.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.rules import derive, packaged_rules
from graph.store import in_memory
from graph.writer import read_rdf

ROOT = Path(__file__).resolve().parent.parent
PREFIXES = """
@prefix coo: <https://w3id.org/coorbit/ont#> . @prefix role: <https://w3id.org/coorbit/voc/role/> .
@prefix e: <http://e.test/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
MANY = "e:pact coo:hasParty {} . {}".format(
    " , ".join(f"e:p{n}" for n in range(21)),
    " ".join(f"e:p{n} coo:participant e:s{n} ; coo:role role:party ." for n in range(21)),
)

# Twenty states, each with two party nodes, as one that signed and ratified has: twenty parties, not forty.
TWENTY = "e:pact coo:hasParty {} . {}".format(
    " , ".join(f"e:p{n}" for n in range(40)),
    " ".join(f"e:p{n} coo:participant e:s{n % 20} ; coo:role role:party ." for n in range(40)),
)


def part(name: str, actor: str, role: str = "partner") -> str:
    """Return a participation in Turtle."""
    return f"{name} coo:participant {actor} ; coo:role role:{role} . "


ACTIVITY = "e:work a coo:JointDevelopment ; coo:hasParticipation e:a , e:b . "
PACT = "e:pact coo:hasParty e:a , e:b . "
STATES = "e:cnsa coo:agencyOf e:chn . e:asi coo:basedIn e:ita . e:chn a coo:State . e:ita a coo:State . "

CASES = {
    "inverse": ("e:l coo:launchedObject e:s .", "e:s coo:launchedIn e:l ."),
    "inverse-twice": ("e:act coo:underAgreement e:pact .", "e:pact coo:governs e:act ."),
    "participant": (f"{ACTIVITY}{part('e:a', 'e:x')}", "e:work coo:hasParticipant e:x ."),
    "participates": (f"{ACTIVITY}{part('e:a', 'e:x')}", "e:x coo:participatesIn e:work ."),
    "party": (f"{PACT}{part('e:a', 'e:x', 'party')}", "e:pact coo:hasPartyActor e:x ."),
    "type": ("e:sat a coo:Satellite .", "e:sat a coo:Spacecraft , coo:SpaceObject , coo:SpaceSystem ."),
    "own-state": (STATES, "e:cnsa coo:representsState e:chn . e:chn coo:representsState e:chn ."),
    "parent-state": (f"{STATES} e:lab coo:parentOrganization e:mid . e:mid coo:parentOrganization e:cnsa .",
                     "e:lab coo:representsState e:chn ."),
    "activity": (f"{ACTIVITY}{part('e:a', 'e:x')}{part('e:b', 'e:y')}",
                 "e:x coo:cooperatesWith e:y . e:y coo:cooperatesWith e:x ."),
    "activity-for-others": (f"{ACTIVITY}{part('e:a', 'e:x')}{part('e:b', 'e:y')} e:b coo:onBehalfOf e:z .",
                            "e:x coo:cooperatesWith e:z ."),
    "agreement": (f"{PACT}{part('e:a', 'e:x', 'party')}{part('e:b', 'e:y', 'signatory')}",
                  "e:x coo:cooperatesWith e:y ."),
    "joint owners": ("e:sat coo:owner e:x , e:y .", "e:x coo:cooperatesWith e:y . e:y coo:cooperatesWith e:x ."),
    "giver-and-receiver": (f"{ACTIVITY}{part('e:a', 'e:x', 'data-provider')}{part('e:b', 'e:y', 'data-recipient')}",
                           "e:y coo:cooperatesWith e:x ."),
    "treaty-of-twenty": (TWENTY, "e:s0 coo:cooperatesWith e:s1 ."),
    "states": (f"{STATES}{ACTIVITY}{part('e:a', 'e:cnsa')}{part('e:b', 'e:asi')}", "e:chn coo:cooperatesWith e:ita ."),
}  # fmt: skip
NOT_DERIVED = {
    "alone": (f"{ACTIVITY}{part('e:a', 'e:x')}{part('e:b', 'e:x')}", "e:x coo:cooperatesWith e:x ."),
    "observer": (f"{ACTIVITY}{part('e:a', 'e:x')}{part('e:b', 'e:y', 'observer')}", "e:x coo:cooperatesWith e:y ."),
    "depositary": (f"{PACT}{part('e:a', 'e:x')}{part('e:b', 'e:y', 'depositary')}", "e:x coo:cooperatesWith e:y ."),
    "two-receivers": (f"{ACTIVITY}{part('e:a', 'e:x', 'data-recipient')}{part('e:b', 'e:y', 'customer')}",
                      "e:x coo:cooperatesWith e:y ."),
    "own-member": ((f"{ACTIVITY}{part('e:a', 'e:brics')}{part('e:b', 'e:x')}"
                   "e:m coo:memberActor e:x ; coo:memberBody e:brics ."), "e:brics coo:cooperatesWith e:x ."),
    "body-of-own-member": ((f"{ACTIVITY}{part('e:a', 'e:brics')}{part('e:b', 'e:x')}"
                           "e:m coo:memberActor e:x ; coo:memberBody e:brics ."), "e:x coo:cooperatesWith e:brics ."),
    "owner-and-its-state": (f"{STATES} e:sat coo:owner e:cnsa , e:chn .", "e:chn coo:cooperatesWith e:cnsa ."),
    "state-of-own-agency": (f"{STATES}{ACTIVITY}{part('e:a', 'e:cnsa')}{part('e:b', 'e:chn')}",
                            "e:chn coo:cooperatesWith e:cnsa ."),
    "treaty-of-many": (MANY, "e:s0 coo:cooperatesWith e:s1 ."),
    "launch": (f"e:l a coo:LaunchEvent ; coo:hasParticipation e:a , e:b . {part('e:a', 'e:x')}{part('e:b', 'e:y')}",
               "e:x coo:cooperatesWith e:y ."),
    "own-agency": (f"{STATES}{ACTIVITY}{part('e:a', 'e:cnsa')}{part('e:b', 'e:chn')}",
                   "e:cnsa coo:cooperatesWith e:chn ."),
    "state-with-itself": (
        f"{STATES} e:cast coo:basedIn e:chn . {ACTIVITY}{part('e:a', 'e:cnsa')}{part('e:b', 'e:cast')}",
        "e:chn coo:cooperatesWith e:chn ."),
    "international-organization": ("e:esa a coo:InternationalOrganization ; coo:basedIn e:fra .",
                                   "e:esa coo:representsState e:fra ."),
    "foreign-class": ("e:org a coo:Organization .", "e:org a <http://www.w3.org/ns/org#Organization> ."),
}  # fmt: skip


def derived(turtle: str) -> set[ox.Triple]:
    """Return what the rules derive from data merged with the ontology."""
    core = {quad.triple for quad in read_rdf(ROOT / "ontology" / "core.ttl")}
    return derive(in_memory(core | parsed(turtle)), packaged_rules())


def parsed(turtle: str) -> set[ox.Triple]:
    """Return the triples of a Turtle text."""
    return {quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES.keys())
def test_a_rule_derives_what_it_says(given: str, expected: str) -> None:
    """What follows is derived."""
    assert parsed(expected) <= derived(given)


@pytest.mark.parametrize(("given", "excluded"), NOT_DERIVED.values(), ids=NOT_DERIVED.keys())
def test_a_rule_derives_no_more(given: str, excluded: str) -> None:
    """What only looks like it follows is not derived."""
    assert not parsed(excluded) & derived(given)
