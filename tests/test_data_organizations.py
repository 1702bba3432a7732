"""Organizations and counts: foundings, members and successors, what is counted, and the conflicts kept.

The expected values are written by hand from the fact dossier, so that a slip in the data and one in this table would
have to agree before they could pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef
from reading import ACTOR, CLM, COO, GOOD, SIT, VOC, day

if TYPE_CHECKING:
    from rdflib.term import Node

CURATED: Final = Path(__file__).resolve().parents[1] / "graph" / "data" / "curated"
OWN: Final = ("organizations", "agreements", "actors")
LOST: Final = {VOC["claim-status/disputed"], VOC["claim-status/refuted"]}
DATED: Final = (
    "onDate",
    "beginEarliest",
    "beginLatest",
    "endEarliest",
    "endLatest",
    "foundedOn",
    "signedOn",
    "inForceFrom",
    "gcatCode",
    "participant",
    "role",
    "onBehalfOf",
    "memberActor",
    "memberBody",
    "hasParty",
    "hasParticipation",
)

FOUNDED: Final = [
    ("cnsa", "1993-04-22"),
    ("gocnae", "1961-08-03"),
    ("aeb", "1994-02-10"),
    ("asi", "1988-05-30"),
    ("tua", "2018-12-13"),
    ("esa", "1975-05-30"),
    ("copuos", "1959-12-12"),
    ("roscosmos", "2016-01-01"),
]

COUNTS: Final = [
    ("chn-agreements-2006", 16, "cooperation-agreements", "2006-08-28"),
    ("chn-agreements-2006-partners", 13, "partners-of-any-kind", "2006-08-28"),
    ("chn-mechanisms-2011", 12, "cooperation-mechanisms", "2011-12-29"),
    ("chn-agreements-2016", 43, "agreements-of-period", "2016-12-27"),
    ("chn-agreements-2016-partners", 29, "partners-of-any-kind", "2016-12-27"),
    ("chn-agreements-2017", 98, "cooperation-agreements", "2017-05-31"),
    ("x18-04", 121, "cooperation-agreements", "2018-04-19"),
    ("gaofen-data-countries-2022", 158, "data-recipient-countries", "2022-01-28"),
    ("fengyun-data-countries-2022", 121, "data-recipient-countries", "2022-01-28"),
]

CONFLICTS: Final = [
    ("chn-agreements-2017-states", "chn-partner-states-2016"),
    ("ilrs-partnership-begin-memorandum", "ilrs-partnership-begin-road-map"),
    ("cnsa-founded-piglix", "cnsa-founded-gcat"),
    ("tua-founded-page", "tua-founded-spacewatch"),
    ("cnes-cnsa-2014-cfosat-svom-signed", "cnes-cnsa-2014-cfosat-svom-signed-other"),
    ("outer-space-treaty-chn-consent", "outer-space-treaty-chn-consent-1970"),
    ("cnes-founded-page", "cnes-founded-gcat"),
    ("nasrda-founded-page", "nasrda-founded-clever-geek"),
    ("nasrda-founded-page", "nasrda-founded-gcat"),
    ("abae-founded-page", "abae-founded-gcat"),
    ("abe-founded-page", "abe-founded-gcat"),
    ("esa-founded-page", "esa-founded-gcat"),
    ("apsco-founded-istanbul", "apsco-founded-gcat"),
    ("copuos-founded-page", "copuos-founded-ad-hoc"),
    ("iranian-space-agency-founded-page", "iranian-space-agency-founded-wikisum"),
    ("inpe-founded-gcat", "inpe-founded-mast"),
    ("cnsa-luxembourg-2018-space-signed", "cnsa-luxembourg-2018-space-signed-other"),
    ("cnsa-aeb-2023-plan-participant", "cnsa-aeb-2023-plan-participant-other"),
    ("apsco-members-council-11", "apsco-members-wrong-list"),
    ("brics-members-2024", "brics-member-sau-2024"),
]


def members(graph: Graph, body: str) -> dict[str, str]:
    """Return the slug of each member of a body, with its grade."""
    found = {}
    for each in graph.subjects(COO.memberBody, ACTOR[body]):
        actor, grade = graph.value(each, COO.memberActor), graph.value(each, COO.membershipKind)
        found[str(actor).removeprefix(ACTOR)] = str(grade).rpartition("/")[2]
    return found


def traced(graph: Graph, subject: Node, predicate: URIRef, value: Node) -> bool:
    """Tell whether a good claim asserts the subject or states the value, or a dataset row gives the property."""
    if any(graph.value(claim, COO.claimStatus) in GOOD for claim in graph.subjects(COO.asserts, subject)):
        return True
    for claim in graph.subjects(COO.claimSubject, subject):
        same = value in {*graph.objects(claim, COO.claimLiteral), *graph.objects(claim, COO.claimObject)}
        if same and (claim, COO.claimPredicate, predicate) in graph and graph.value(claim, COO.claimStatus) in GOOD:
            return True
    rows = graph.objects(subject, COO.fromRow)
    return any((graph.value(row, COO.rowOf), COO.givesProperty, predicate) in graph for row in rows)


@pytest.mark.parametrize(("slug", "founded"), FOUNDED, ids=[row[0] for row in FOUNDED])
def test_foundings(data: Graph, slug: str, founded: str) -> None:
    """A day of founding stands on the organization and on an event that changes it, and both are traced."""
    assert data.value(ACTOR[slug], COO.foundedOn) == day(founded)
    events = [e for e in data.subjects(COO.changedOrganization, ACTOR[slug]) if (e, COO.onDate, day(founded)) in data]
    assert len(events) == 1
    assert traced(data, ACTOR[slug], COO.foundedOn, day(founded))


@pytest.mark.parametrize(("slug", "count", "kind", "as_of"), COUNTS, ids=[row[0] for row in COUNTS])
def test_counts(data: Graph, slug: str, count: int, kind: str, as_of: str) -> None:
    """F13: counts are dated and told apart by what they count, so that nobody adds or subtracts them."""
    claim = CLM[slug]
    assert int(str(data.value(claim, COO.countValue))) == count
    assert data.value(claim, COO.countedKind) == VOC[f"counted-kind/{kind}"]
    assert data.value(claim, COO.asOf) == day(as_of)


@pytest.mark.parametrize(("taken", "other"), CONFLICTS, ids=[row[1] for row in CONFLICTS])
def test_conflicts_keep_both_sides(data: Graph, taken: str, other: str) -> None:
    """Each conflict is two attributed claims that name each other, one taken with a reason and one not."""
    one, two = CLM[taken], CLM[other]
    assert (one, COO.conflictsWith, two) in data
    assert (two, COO.conflictsWith, one) in data
    assert data.value(one, COO.claimStatus) in GOOD
    assert data.value(two, COO.claimStatus) in LOST
    for claim in (one, two):
        assert (claim, COO.statedBy, None) in data
        assert (claim, COO.reportedIn, None) in data
    if taken != "cnsa-founded-piglix":
        assert (one, SKOS.note, None) in data


def test_members_of_apsco_and_brics(curated: Graph) -> None:
    """Eight states are in APSCO, nine in BRICS; Indonesia has only signed, Saudi Arabia is left out."""
    apsco = members(curated, "apsco")
    full = {slug for slug, grade in apsco.items() if grade == "full-member"}
    assert full == {"bgd", "chn", "irn", "mng", "pak", "per", "tha", "tur"}
    assert {apsco[slug] for slug in ("mex", "isnet")} == {"observer-member"}
    assert apsco["idn"] == "signatory-member"
    brics = members(curated, "brics")
    assert set(brics) == {"bra", "rus", "ind", "chn", "zaf", "egy", "eth", "irn", "are"}
    assert curated.value(SIT["brics-member-irn"], COO.beginEarliest) == day("2024-01-01")
    assert curated.value(SIT["brics-member-zaf"], COO.beginLatest) == day("2010-12-31")


def test_four_organizations_stay_unnamed(data: Graph) -> None:
    """F14: no claim fills in which four organizations the report means."""
    assert list(data.objects(CLM["x18-06"], COO.aboutEntity)) == []
    assert list(data.subjects(COO.breakdownOf, CLM["x18-06"])) == []


def test_turkish_agency_has_no_part_in_the_report(data: Graph) -> None:
    """F29: the Turkish agency is of December 2018, and no claim of April 2018 is about it."""
    about = set(data.subjects(COO.aboutEntity, ACTOR.tua))
    assert not [claim for claim in about if str(claim).startswith(CLM["x18-"])]
    assert (CLM["x18-32"], COO.aboutEntity, ACTOR.tur) in data


def test_every_date_identifier_party_and_role_is_traced(data: Graph) -> None:
    """What organizations.ttl, agreements.ttl and actors.ttl say of days, codes, parties and roles has its source."""
    bare = []
    for name in OWN:
        own = Graph().parse(CURATED / f"{name}.ttl", format="turtle")
        for local in DATED:
            bare += [(s, local) for s, o in own.subject_objects(COO[local]) if not traced(data, s, COO[local], o)]
    assert bare == []


def test_successors_of_an_organization_are_told_apart(curated: Graph) -> None:
    """A renamed body is its own resource with its predecessor: four bodies lead to Roscosmos, three to INPE."""
    chains = {"roscosmos": ["roscosmos-federal-agency", "rosaviakosmos", "rka"], "inpe": ["cnae", "gocnae"]}
    for last, earlier in chains.items():
        slug, found = last, []
        while (before := curated.value(ACTOR[slug], COO.predecessor)) is not None:
            slug = str(before).removeprefix(ACTOR)
            found.append(slug)
        assert found == earlier
    labels = [str(o) for s in curated.subjects(RDF.type, COO.SpaceAgency) for o in curated.objects(s, RDFS.label)]
    assert len(labels) == len(set(labels))
