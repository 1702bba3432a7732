"""Satellites, launches, exports and joint work: key facts against a table made by hand, and both sides of conflicts.

The table was written from the fact dossier, not from the graph, so that a slip in the data cannot confirm itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from reading import COO, VOC

if TYPE_CHECKING:
    from rdflib.term import Node

BASE: Final = "https://w3id.org/coorbit/"
ID: Final = Namespace(BASE + "id/")
WGS: Final = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
GOOD: Final = ("accepted", "corroborated")
WEAK: Final = ("disputed", "refuted", "outdated")

FACTS: Final = [
    ("system/cbers-1", "cosparId", "1999-057A"),
    ("system/cbers-2", "noradId", "28057"),
    ("system/cbers-2b", "cosparId", "2007-042A"),
    ("system/cbers-4", "noradId", "40336"),
    ("system/cbers-4a", "registeredBy", "actor/bra"),
    ("system/nigcomsat-1r", "registeredBy", "actor/chn"),
    ("system/prss-1", "noradId", "43530"),
    ("system/paktes-1a", "cosparId", "2018-056A"),
    ("system/vrss-1", "cosparId", "2012-052A"),
    ("system/tksat-1", "operator", "actor/abe"),
    ("system/cfosat", "carries", "system/swim"),
    ("system/svom", "manufacturer", "actor/secm"),
    ("system/long-march-3b", "gcatCode", "Chang Zheng 3B"),
    ("place/xichang", "gcatCode", "XSC"),
    ("occurrence/launch-2007-018", "onDate", "2007-05-13"),
    ("occurrence/launch-2007-018", "localDate", "2007-05-14"),
    ("occurrence/launch-2011-077", "onDate", "2011-12-19"),
    ("occurrence/launch-2017-060", "launchVehicle", "system/long-march-2d"),
    ("occurrence/launch-2014-079", "launchedFrom", "place/taiyuan"),
    ("occurrence/launch-gcat-2013-f03", "launchOutcome", "voc/launch-outcome/failure"),
    ("occurrence/launch-2018-045", "launchedObject", "system/queqiao"),
    ("occurrence/launch-cses-02", "onDate", "2025-06-14"),
    ("occurrence/alcomsat-1-export", "underAgreement", "agreement/asal-cgwic-2013-alcomsat-1"),
    ("occurrence/nigcomsat-1-export", "endEarliest", "2007-07-06"),
    ("occurrence/nigcomsat-1-export", "beginLatest", "2004-12-15"),
    ("occurrence/nigcomsat-1-failure", "onDate", "2008-11-11"),
    ("situation/cbers-1-2-development-chn-lead-developer", "sharePercent", "70"),
    ("situation/cbers-4a-development-bra-co-developer", "sharePercent", "50"),
    ("system/brics-constellation", "groupMember", "system/resourcesat-2a"),
    ("occurrence/lancang-mekong-centre-construction", "builds", "system/lancang-mekong-centre"),
]

CONFLICTS: Final = [
    ("F01", "cbers-4a-ordinal-al-arabiya", "x18-13a"),
    ("F01", "cbers-4-ordinal-cnsa", "cbers-4-ordinal-forum-macao"),
    ("F02", "chn-bra-earth-resources-begin-earliest-aeb", "chn-bra-earth-resources-begin-1984"),
    ("F05", "launch-2024-116-on-date-gcat", "launch-2024-116-plan-cnes-2014"),
    ("F06", "cses-01-development-ita-role-asi", "x18-20"),
    ("F08", "x18-24", "chn-exported-satellites-dawn-2018"),
    ("F12", "alcomsat-1-ordinal-al-araby", "alcomsat-1-ordinal-spacetech-asia"),
    ("F22", "cbers-2-end-inpe", "cbers-2-end-wikipedia"),
    ("F23", "prss-1-norad-psatcat", "prss-1-norad-ucs"),
    ("F23", "prss-1-cospar-psatcat", "prss-1-cospar-launchlog"),
    ("F27", "svom-development-begin-earliest-cnes", "svom-development-begin-global-times"),
    ("F28", "launch-2018-015-time-china-space-news", "launch-2018-015-time-spacetech-asia"),
    ("F31", "launch-gcat-2013-f03-on-date-seradata", "launch-gcat-2013-f03-on-date-eoportal"),
    ("F32", "launch-2017-060-on-date-defpost", "launch-2017-060-on-date-der-orion"),
    ("F33", "nigcomsat-1-failure-cgwic", "nigcomsat-1-failure-activeboard"),
    ("F35", "launch-2011-077-on-date-gcat", "launch-2011-077-on-date-ucs"),
]
TWO_DATES: Final = [
    ("F17", "lancang-mekong-centre-begun-white-paper", "x18-41", "2016-12-27"),
    ("F20", "chn-rus-deep-space-talks-parabolic-arc", "x18-48", "2018-03-03"),
]
"""Points where two dated claims differ and both hold, because they speak of two days or of two things."""


def status_of(claims: Graph, claim: URIRef) -> str:
    """Return the notation of a claim's status, empty when there is none."""
    return str(claims.value(claim, COO.claimStatus)).rpartition("/")[2]


def said(term: Node) -> str:
    """Return a literal's text, or an IRI of ours without its beginning."""
    return str(term).removeprefix(ID).removeprefix(BASE)


def roles(curated: Graph, occurrence: str) -> set[tuple[str, str]]:
    """Return actor and role of all who take part in an occurrence."""
    return {
        (said(curated.value(part, COO.participant) or part), said(curated.value(part, COO.role) or part))
        for part in curated.objects(ID[occurrence], COO.hasParticipation)
    }


@pytest.mark.parametrize(("thing", "name", "expected"), FACTS, ids=[f"{t}-{n}" for t, n, _ in FACTS])
def test_key_facts(curated: Graph, thing: str, name: str, expected: str) -> None:
    """The graph states what the dossier has."""
    assert expected in {said(term) for term in curated.objects(ID[thing], COO[name])}


@pytest.mark.parametrize(("number", "chosen", "other"), CONFLICTS, ids=[f"{n}-{o}" for n, _, o in CONFLICTS])
def test_conflicts_keep_both_sides(claims: Graph, number: str, chosen: str, other: str) -> None:
    """Both claims of a conflict are kept, linked both ways; the chosen one is accepted, the other weaker."""
    one, two = ID[f"claim/{chosen}"], ID[f"claim/{other}"]
    assert (one, COO.conflictsWith, two) in claims, number
    assert (two, COO.conflictsWith, one) in claims, number
    assert status_of(claims, one) in GOOD
    assert status_of(claims, two) in WEAK


@pytest.mark.parametrize(("number", "earlier", "later", "day"), TWO_DATES, ids=[row[0] for row in TWO_DATES])
def test_two_dated_claims_stand_side_by_side(claims: Graph, number: str, earlier: str, later: str, day: str) -> None:
    """Where both claims hold, each has its own date and status, and a note says how they go together."""
    one, two = ID[f"claim/{earlier}"], ID[f"claim/{later}"]
    assert [str(claims.value(claim, COO.asOf)) for claim in (one, two)] == [day, "2018-04-19"]
    assert status_of(claims, one) in GOOD
    assert status_of(claims, two) in GOOD
    assert str(claims.value(one, SKOS.note)).startswith(number)
    assert (one, COO.identificationNote, None) in claims


def test_chosen_dates_and_identifiers_are_the_curated_ones(curated: Graph, claims: Graph) -> None:
    """Where two literals stand against each other, the curated value is that of the good claim alone."""
    for claim, other in claims.subject_objects(COO.conflictsWith):
        predicate, subject = claims.value(claim, COO.claimPredicate), claims.value(claim, COO.claimSubject)
        value, against = claims.value(claim, COO.claimLiteral), claims.value(other, COO.claimLiteral)
        if predicate is None or value is None or against is None or predicate == COO.ordinalInSeries:
            continue
        if (subject, predicate, None) not in curated:
            continue
        assert isinstance(claim, URIRef)
        if (subject, predicate, value) in curated:
            assert status_of(claims, claim) in GOOD, claim
        elif status_of(claims, claim) in GOOD:
            pytest.fail(f"{claim} is accepted, but {subject} has another value of {predicate}")


def test_exports_have_a_supplier_and_a_customer(curated: Graph) -> None:
    """Each satellite export has both sides, hands over one satellite, and keeps contract apart from launch."""
    exports = list(curated.subjects(RDF.type, COO.SatelliteExport))
    assert len(exports) == 16
    for export in exports:
        taking_part = roles(curated, said(export))
        assert {role for _, role in taking_part} >= {"voc/role/supplier", "voc/role/customer"}, export
        assert len(list(curated.objects(export, COO.transferredObject))) == 1, export
        assert (export, COO.onDate, None) not in curated, export


def test_sold_and_not_flown_by_april_2018(curated: Graph) -> None:
    """F09: three satellites were under contract before the count of eleven and did not fly before it."""
    for name, launched in (("prss-1", "2018-07-09"), ("apstar-6c", "2018-05-03"), ("congosat-01", None)):
        begin = curated.value(ID[f"occurrence/{name}-export"], COO.beginLatest)
        flights = list(curated.subjects(COO.launchedObject, ID[f"system/{name}"]))
        assert str(begin) < "2018-04-19"
        assert [str(curated.value(flight, COO.onDate)) for flight in flights] == ([launched] if launched else [])


def test_group_of_sold_satellites_stays_without_members(curated: Graph) -> None:
    """F08: no list of the eleven is made up from the exports that are known."""
    assert (ID["system/chinese-exported-satellites-2018"], COO.groupMember, None) not in curated


def test_shares_add_up(curated: Graph) -> None:
    """The shares on one basis in one development make 100 per cent."""
    for development in curated.subjects(RDF.type, COO.JointDevelopment):
        shares = [
            float(str(share))
            for part in curated.objects(development, COO.hasParticipation)
            for share in curated.objects(part, COO.sharePercent)
        ]
        assert not shares or sum(shares) == 100, development


def test_virtual_constellation(curated: Graph) -> None:
    """F19: the BRICS constellation lists satellites flown before 2021 and is not called complete."""
    constellation = ID["system/brics-constellation"]
    members = list(curated.objects(constellation, COO.groupMember))
    assert len(members) == 5
    for member in members:
        launch = next(curated.subjects(COO.launchedObject, member))
        assert str(curated.value(launch, COO.onDate)) < "2021-08-18"
    assert str(curated.value(constellation, COO.membershipComplete)) == "false"


@pytest.mark.parametrize(
    ("occurrence", "status", "day"),
    [
        ("apsco-meteorological-adjustment", "achieved", "2018-06-05"),
        ("brics-constellation-development", "achieved", "2021-08-18"),
        ("launch-2024-116", "planned", "2014-08-04"),
        ("launch-gcat-2013-f03", "failed", "2013-12-09"),
        ("congosat-01-export", "planned", "2012-11-17"),
    ],
    ids=str,
)
def test_later_statuses(curated: Graph, claims: Graph, occurrence: str, status: str, day: str) -> None:
    """F18, F19 and others: what came of a plan is a dated status with a claim behind it."""
    assessment = ID[f"situation/{occurrence}-{status}-{day}"]
    assert (ID[f"occurrence/{occurrence}"], COO.hasStatusAssessment, assessment) in curated
    assert curated.value(assessment, COO.status) == VOC[f"activity-status/{status}"]
    sources = list(curated.objects(assessment, URIRef("http://purl.org/dc/terms/source")))
    assert sources
    assert all((source, COO.claimStatus, None) in claims for source in sources)


def test_each_launch_has_rocket_site_and_outcome(curated: Graph) -> None:
    """A curated launch says by what, from where and how it ended; sites have coordinates."""
    for launch in curated.subjects(RDF.type, COO.LaunchEvent):
        for name in ("launchVehicle", "launchedFrom", "launchOutcome"):
            assert len(list(curated.objects(launch, COO[name]))) == 1, (launch, name)
    for site in curated.subjects(RDF.type, COO.LaunchSite):
        assert isinstance(curated.value(site, WGS.lat), Literal)
        assert isinstance(curated.value(site, WGS.long), Literal)


def test_labels_of_rows_name_the_thing(claims: Graph) -> None:
    """A row of a catalogue is named after what it describes, not by its key alone."""
    for row in claims.subjects(RDF.type, COO.DatasetRow):
        assert not str(claims.value(row, RDFS.label)).endswith("row of "), row
