"""The traps that the first news report sets: what it says is kept, and no later fact, name or partner is read into it.

An ordinal that does not fit, old names, unnamed partners and hedged hopes each have a test, so that neither an edit
nor a wider graph can tidy them away. The numbers F01 and so on are those of the fact dossier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from rdflib import DCTERMS, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from reading import ACTOR, CLM, COO, OCC, REPORT, REPORT_DAY, SIT, SRC, VOC, number, report_claims, value

from graph.terms import BASE

if TYPE_CHECKING:
    from rdflib.term import Node


AGREEMENT: Final = BASE + "id/agreement/"
SYS: Final = Namespace(BASE + "id/system/")
UND: Final = Namespace(BASE + "id/undertaking/")

FALSE: Final = Literal("false", datatype=XSD.boolean)


def named_by_the_report(data: Graph) -> set[Node]:
    """Return the actors that the claims of the report are about, and those in the participations they assert."""
    ways = COO.aboutEntity | COO.asserts | COO.claimSubject | COO.claimObject | COO.countedFor
    found = {thing for claim in report_claims(data) for thing in data.objects(claim, ways)}
    found |= {actor for part in found for actor in data.objects(part, COO.participant | COO.onBehalfOf)}
    return {thing for thing in found if str(thing).startswith(ACTOR)}


def participants(graph: Graph, occurrence: URIRef, role: str | None = None) -> set[str]:
    """Return the slugs of the actors that take part in an occurrence, in one role or in any."""
    found = set()
    for part in graph.objects(occurrence, COO.hasParticipation):
        if role is None or (part, COO.role, VOC[f"role/{role}"]) in graph:
            found.add(str(value(graph, part, COO.participant)).removeprefix(ACTOR))
    return found


def statuses(graph: Graph, subject: URIRef) -> set[tuple[str, str]]:
    """Return the statuses that a thing has been judged to be in, with their dates."""
    return {
        (str(value(graph, a, COO.asOf)), str(value(graph, a, COO.status)).rpartition("/")[2])
        for a in graph.objects(subject, COO.hasStatusAssessment)
    }


def test_fourth_satellite_stays_a_disputed_ordinal(data: Graph) -> None:
    """F01: "fourth" is kept as said and disputed beside the count of six; neither is a curated property."""
    said, other = CLM["x18-13a"], CLM["cbers-4a-ordinal-al-arabiya"]
    for claim, ordinal, status in ((said, 4, "disputed"), (other, 6, "accepted")):
        assert value(data, claim, COO.claimSubject) == SYS["cbers-4a"]
        assert value(data, claim, COO.claimPredicate) == COO.ordinalInSeries
        assert number(data, claim, COO.claimLiteral) == ordinal
        assert value(data, claim, COO.claimStatus) == VOC[f"claim-status/{status}"]
    assert (said, COO.conflictsWith, other) in data
    assert (None, COO.ordinalInSeries, None) not in data


def test_thirty_years_is_a_count_beside_the_curated_beginning(data: Graph) -> None:
    """F02: the 30 years stay a count; the curated beginning is 6 July 1988, from another page than the report."""
    work, begin = OCC["chn-bra-earth-resources"], Literal("1988-07-06", datatype=XSD.date)
    assert number(data, CLM["x18-12"], COO.countValue) == 30
    assert value(data, CLM["x18-12"], COO.countedKind) == VOC["counted-kind/cooperation-duration-years"]
    assert (CLM["x18-12"], COO.aboutEntity, work) in data
    for bound in (COO.beginEarliest, COO.beginLatest):
        assert value(data, work, bound) == begin
        given = [c for c in data.subjects(COO.claimSubject, work) if (c, COO.claimPredicate, bound) in data]
        taken = [c for c in given if (c, COO.claimStatus, VOC["claim-status/accepted"]) in data]
        assert [value(data, claim, COO.claimLiteral) for claim in taken] == [begin]
        assert not set(given) & set(report_claims(data))


def test_plan_and_achievement_share_the_launch(data: Graph) -> None:
    """F03: the ocean satellite's launch was planned on the day of the report and achieved inside the window given."""
    launch, claim = OCC["launch-2018-083"], CLM["x18-17"]
    assert statuses(data, launch) == {("2018-04-19", "planned"), ("2018-10-29", "achieved")}
    opened, closed = str(value(data, claim, COO.beginEarliest)), str(value(data, claim, COO.endLatest))
    assert opened <= str(value(data, launch, COO.onDate)) <= closed


def test_italy_is_payload_contributor_in_conflict_with_the_report(data: Graph) -> None:
    """F06: the report makes Italy a joint developer; the curated role is payload contributor, and both are kept."""
    part = SIT["cses-01-development-ita-payload-contributor"]
    contributors = participants(data, OCC["cses-01-development"], "payload-contributor")
    assert contributors == {"ita", "asi", "infn", "aut"}
    assert participants(data, OCC["cses-01-development"], "co-developer") == set()
    assert value(data, part, COO.participant) == ACTOR.ita
    assert value(data, CLM["x18-20"], COO.claimSubject) == part
    assert value(data, CLM["x18-20"], COO.claimObject) == VOC["role/co-developer"]
    assert (CLM["x18-20"], COO.conflictsWith, CLM["cses-01-development-ita-role-asi"]) in data
    assert named_by_the_report(data) & {ACTOR.asi, ACTOR.infn, ACTOR.aut} == set()


def test_network_is_possible_and_never_asserted(data: Graph) -> None:
    """F07: the earthquake network is hedged: modality possible, status proposed, no link from the satellite."""
    network, proposed = UND["earthquake-monitoring-network"], SIT["earthquake-monitoring-network-proposed-2018-04-19"]
    assert value(data, CLM["x18-23"], COO.modality) == VOC["modality/possible"]
    assert list(data.subjects(COO.modality, VOC["modality/possible"])) == [CLM["x18-23"]]
    assert list(data.objects(CLM["x18-23"], COO.asserts)) == [proposed]
    assert statuses(data, network) == {(str(REPORT_DAY), "proposed")}
    assert (None, COO.asserts, network) not in data
    assert set(data.subjects(None, network)) == {CLM["x18-23"]}


def test_eleven_sold_satellites_have_no_member(data: Graph) -> None:
    """F08: 11 is a count of an open group without members, and the group itself bears no number."""
    group = SYS["chinese-exported-satellites-2018"]
    assert number(data, CLM["x18-24"], COO.countValue) == 11
    assert (CLM["x18-24"], COO.aboutEntity, group) in data
    assert value(data, group, COO.membershipComplete) == FALSE
    assert (group, COO.groupMember, None) not in data
    assert not [o for o in data.objects(group, None) if isinstance(o, Literal) and o.datatype == XSD.integer]


def test_alcomsat_1_has_a_utc_and_a_local_date(data: Graph) -> None:
    """F11: Alcomsat-1 flew on 10 December 2017 UTC, on the 11th by local time, inside the month that Li gave."""
    launch = OCC["launch-2017-078"]
    assert str(value(data, launch, COO.onDate)) == "2017-12-10"
    assert str(value(data, launch, COO.localDate)) == "2017-12-11"
    window = (value(data, CLM["x18-27"], COO.beginEarliest), value(data, CLM["x18-27"], COO.endLatest))
    assert (str(window[0]), str(window[1])) == ("2017-12-01", "2017-12-31")


def test_counts_of_agreements_stay_counts(data: Graph) -> None:
    """F13, F14: 121, 37 and 4 are counts; no agreement and none of the four organizations is filled in for them."""
    counts = {key: number(data, CLM[f"x18-{key}"], COO.countValue) for key in ("04", "05", "06")}
    assert counts == {"04": 121, "05": 37, "06": 4}
    assert set(data.subjects(COO.breakdownOf, CLM["x18-04"])) == {CLM["x18-05"], CLM["x18-06"]}
    for key in counts:
        leads_to = {o for o in data.objects(CLM[f"x18-{key}"]) if str(o).startswith(BASE + "id/")}
        things = {o for o in leads_to if not str(o).startswith((CLM, SRC))}
        assert things == {ACTOR.chn, ACTOR["li-guoping"], OCC["cnsa-press-conference-2018-04-19"]}
    assert not [o for claim in report_claims(data) for o in data.objects(claim) if str(o).startswith(AGREEMENT)]


def test_data_recipients_are_an_open_list_without_pairing(data: Graph) -> None:
    """F15: four named recipients of an open list, two hazards, and no hazard tied to one country."""
    aid = OCC["chn-data-assistance"]
    assert participants(data, aid, "data-recipient") == {"pak", "irn", "tur", "per"}
    assert value(data, aid, COO.participantsComplete) == FALSE
    uses = {VOC["intended-use/flood-monitoring"], VOC["intended-use/forest-fire-monitoring"]}
    assert set(data.objects(aid, COO.intendedUse)) == uses
    assert {s for use in uses for s in data.subjects(COO.intendedUse, use)} == {aid}


@pytest.mark.parametrize(
    ("code", "form", "label", "claim"),
    [("mmr", "Burma", "Myanmar", "43"), ("tur", "Turkey", "Türkiye", "32")],
    ids=["burma", "turkey"],
)
def test_old_names_are_name_usages(data: Graph, code: str, form: str, label: str, claim: str) -> None:
    """F16, F29: the report's name is a name usage of the state, whose own label is today's."""
    usages = [u for u in data.objects(ACTOR[code], COO.hasNameUsage) if (u, DCTERMS.source, REPORT) in data]
    assert [value(data, usage, COO.nameForm) for usage in usages] == [Literal(form, lang="en")]
    assert (ACTOR[code], RDFS.label, Literal(label, lang="en")) in data
    assert Literal(form, lang="en") not in set(data.objects(None, RDFS.label))
    assert (CLM[f"x18-{claim}"], COO.aboutEntity, ACTOR[code]) in data


@pytest.mark.parametrize(
    ("code", "known"), [("mmr", {"maeu"}), ("tur", {"tua", "tubitak", "tubitak-uzay"})], ids=["myanmar", "turkey"]
)
def test_no_body_of_a_state_stands_in_for_it(data: Graph, code: str, known: set[str]) -> None:
    """F16, F29: the report names Myanmar and Turkey; no agency or institute of theirs has a part in what it says."""
    bodies = set(data.subjects(COO.basedIn, ACTOR[code])) | set(data.subjects(COO.agencyOf, ACTOR[code]))
    bodies |= {ACTOR[slug] for slug in known}
    assert all((body, RDF.type, None) in data for body in bodies)
    reached = named_by_the_report(data)
    assert ACTOR[code] in reached
    assert reached & bodies == set()


def test_apsco_asks_and_benefits(data: Graph) -> None:
    """F18: China arranges the weather satellites, APSCO asked and benefits, and the satellite is CMA's, not APSCO's."""
    change = OCC["apsco-meteorological-adjustment"]
    roles = {role: participants(data, change, role) for role in ("coordinator", "requester", "beneficiary")}
    assert roles == {"coordinator": {"chn"}, "requester": {"apsco", "wmo"}, "beneficiary": {"apsco"}}
    assert value(data, SYS["fengyun-2h"], COO.operator) == ACTOR.cma
    assert ACTOR.wmo not in named_by_the_report(data)


def test_nothing_is_dated_before_its_actor_existed(data: Graph) -> None:
    """F25, F26: CNSA, of 1993, has no part in anything earlier: not in the launch of 1970, nor the texts of 1988."""
    founded = str(value(data, ACTOR.cnsa, COO.foundedOn))
    parts = {*data.subjects(COO.participant, ACTOR.cnsa), *data.subjects(COO.onBehalfOf, ACTOR.cnsa)}
    works = {work for part in parts for work in data.subjects(COO.hasParticipation | COO.hasParty, part)}
    systems = {*data.subjects(COO.operator, ACTOR.cnsa), *data.subjects(COO.owner, ACTOR.cnsa)}
    works |= {launch for system in systems for launch in data.subjects(COO.launchedObject, system)}
    days = {str(day) for work in works for day in data.objects(work, COO.onDate | COO.signedOn | COO.beginLatest)}
    assert len(days) > 20
    assert min(days) >= founded
    assert (SYS["dongfanghong-1"], COO.operator | COO.owner | COO.manufacturer, None) not in data
    assert "cnsa" not in participants(data, OCC["chn-bra-earth-resources"])
    assert (SIT["cnsa-press-conference-2018-04-19-li-guoping-speaker"], COO.onBehalfOf, ACTOR.cnsa) in data


def test_talks_are_two_negotiations(data: Graph) -> None:
    """C48, C49: China talked with Russia and with ESA apart, not in one round of three."""
    found = {str(s).removeprefix(OCC) for s in data.subjects(RDF.type, COO.Negotiation)}
    assert found == {"chn-rus-deep-space-talks", "chn-esa-deep-space-talks"}
    for partner in ("rus", "esa"):
        talks = OCC[f"chn-{partner}-deep-space-talks"]
        assert participants(data, talks) == {"chn", partner}
        assert value(data, talks, COO.endLatest) == REPORT_DAY
