"""Agreements and partnerships: when they were signed, by whom, and what is left open.

The expected values are written by hand from the fact dossier, so that a slip in the data and one in this table would
have to agree before they could pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef
from reading import ACTOR, CLM, COO, GOOD, OCC, day

from graph.terms import BASE

ROOT: Final = Path(__file__).resolve().parents[1]
AGR: Final = Namespace(BASE + "id/agreement/")

AGREEMENTS: Final = dict(
    line.split("\t")
    for line in (ROOT / "tests/fixtures/data/agreements.tsv").read_text(encoding="utf-8").splitlines()[1:]
)
"""Number in the dossier to slug; E34 is left out, as it rests on one weak page."""

SIGNED: Final = [
    ("E01", "1982-03-25", {"chn", "bra"}),
    ("E04", "1988-08-22", {"cast", "inpe"}),
    ("E07", "2002-11-27", {"chn", "bra"}),
    ("E12", "2015-05-19", {"chn", "bra"}),
    ("E15", "2023-04-14", {"cnsa", "aeb"}),
    ("E18", "2014-03-26", {"cnes", "cnsa"}),
    ("E20", "2014-08-02", {"cnes", "cnsa"}),
    ("E27", "2016-06-25", {"chn", "rus"}),
    ("E29", "2018-03-03", {"cnsa", "roscosmos"}),
    ("E30", "2021-03-09", {"cnsa", "roscosmos"}),
    ("E31", "2005-11-18", {"chn", "esa"}),
    ("E36", "2018-01-16", {"cnsa", "luxembourg-ministry-of-economy"}),
    ("E40", "2015-03-26", {"cnsa", "lapan"}),
    ("E44", "2023-12-06", {"cnsa", "egsa"}),
    ("E51", "2018-06-19", {"unoosa", "cnsa"}),
    ("E53", "2021-08-18", {"aeb", "roscosmos", "isro", "cnsa", "sansa"}),
    ("E54", "2004-12-15", {"nasrda", "cgwic"}),
    ("E57", "2009-03-24", {"nga", "nigcomsat", "cgwic"}),
    ("E60", "2011-09-18", {"blr", "cgwic"}),
    ("E63", "2012-11-17", {"renatelsat", "cgwic"}),
]

BOUNDED: Final = [
    ("E09", "2010-04-01", "2010-04-21"),
    ("E17", "1997-05-01", None),
    ("E19", "2006-11-01", "2006-11-30"),
    ("E26", "2012-01-01", "2013-12-31"),
    ("E42", None, "2020-07-24"),
    ("E50", "2016-01-01", "2016-06-16"),
    ("E62", "2016-04-01", "2016-04-30"),
]


def parties(graph: Graph, agreement: URIRef) -> set[str]:
    """Return the slugs of the actors that are named as parties of an agreement."""
    found = (graph.value(each, COO.participant) for each in graph.objects(agreement, COO.hasParty))
    return {str(actor).removeprefix(ACTOR) for actor in found}


def test_all_agreements_of_the_dossier_are_there(curated: Graph) -> None:
    """62 of the 63 agreements are curated: E34 rests on one weak page and is none of them."""
    assert {f"E{n:02}" for n in range(1, 64)} - set(AGREEMENTS) == {"E34"}
    missing = [key for key, slug in AGREEMENTS.items() if (AGR[slug], RDF.type, COO.Agreement) not in curated]
    assert missing == []
    assert not [a for a in curated.subjects(RDF.type, COO.Agreement) if "esa-1986" in str(a)]


@pytest.mark.parametrize("slug", AGREEMENTS.values(), ids=AGREEMENTS)
def test_each_agreement_is_complete(data: Graph, slug: str) -> None:
    """An agreement has a kind, parties that signed, a day or bounds, and an accepted claim that asserts them all."""
    agreement, claim = AGR[slug], CLM[f"{slug}-agreement"]
    assert data.value(agreement, COO.instrumentKind) is not None
    assert data.value(claim, COO.claimStatus) in GOOD
    assert set(data.objects(claim, COO.asserts)) >= {agreement, *data.objects(agreement, COO.hasParty)}
    bounds = [p for p in ("signedOn", "beginEarliest", "beginLatest") if (agreement, COO[p], None) in data]
    assert bounds, f"{slug} has neither a day nor bounds"
    incomplete = (agreement, COO.membershipComplete, Literal(lexical_or_value=False)) in data
    assert len(parties(data, agreement)) >= (1 if incomplete else 2)


@pytest.mark.parametrize(("key", "signed", "who"), SIGNED, ids=[row[0] for row in SIGNED])
def test_signed_agreements(curated: Graph, key: str, signed: str, who: set[str]) -> None:
    """Where the day is known, agreement and signature event have it, and the parties are those of the dossier."""
    agreement = AGR[AGREEMENTS[key]]
    assert curated.value(agreement, COO.signedOn) == day(signed)
    assert parties(curated, agreement) == who
    event = OCC[f"{AGREEMENTS[key]}-signature"]
    assert curated.value(event, COO.concernsAgreement) == agreement
    assert curated.value(event, COO.onDate) == day(signed)


@pytest.mark.parametrize(("key", "earliest", "latest"), BOUNDED, ids=[row[0] for row in BOUNDED])
def test_vague_days_are_bounds(curated: Graph, key: str, earliest: str | None, latest: str | None) -> None:
    """A month, a year or "by then" gives bounds and keeps its wording; no day of signature is made up."""
    agreement = AGR[AGREEMENTS[key]]
    assert curated.value(agreement, COO.signedOn) is None
    assert curated.value(agreement, COO.beginEarliest) == (day(earliest) if earliest else None)
    assert curated.value(agreement, COO.beginLatest) == (day(latest) if latest else None)
    assert curated.value(agreement, COO.dateAsStated) is not None


def test_no_party_signs_before_it_is_founded(curated: Graph) -> None:
    """F25: CNSA is party of nothing before April 1993; the texts of 1988 are of the states, CAST and INPE."""
    for agreement, signed in curated.subject_objects(COO.signedOn):
        for party in curated.objects(agreement, COO.hasParty):
            founded = curated.value(curated.value(party, COO.participant), COO.foundedOn)
            assert founded is None or str(founded) <= str(signed), party
    early = [a for a, signed in curated.subject_objects(COO.signedOn) if str(signed) < "1993-04-22"]
    assert not [a for a in early if isinstance(a, URIRef) and "cnsa" in parties(curated, a)]


def test_china_in_the_outer_space_treaty(curated: Graph) -> None:
    """F36: three deposits by the People's Republic, and nothing of 1967 or 1970."""
    treaty = AGR["outer-space-treaty"]
    days = set()
    for event in curated.subjects(COO.concernsAgreement, treaty):
        who = {curated.value(each, COO.participant) for each in curated.objects(event, COO.hasParticipation)}
        if ACTOR.chn in who:
            days.add(str(curated.value(event, COO.onDate)))
    assert days == {"1983-12-30", "1984-01-06", "1984-01-12"}


def test_talks_with_russia_understate(data: Graph) -> None:
    """F20: the agreement of intent was signed before the report spoke of talks; that they are one is only likely."""
    signed = data.value(AGR["cnsa-roscosmos-2018-deep-space"], COO.signedOn)
    assert str(signed) < str(data.value(CLM["x18-48"], COO.asOf))
    link = CLM["chn-rus-deep-space-talks-agreement"]
    assert data.value(link, COO.claimStatus) in GOOD
    assert data.value(link, COO.confidence) == Literal("0.6", datatype=XSD.decimal)


def test_partners_of_the_lunar_station(curated: Graph) -> None:
    """Fifteen states are in the lunar station, ESA is not, and the list is not said to be complete."""
    station = AGR["ilrs-partnership"]
    founders, later = {"chn", "rus"}, {"ven", "zaf", "aze", "pak", "blr", "egy", "sen", "tha"}
    assert parties(curated, station) == founders | later | {"srb", "nic", "dji", "eth", "bol"}
    assert (station, COO.membershipComplete, Literal(lexical_or_value=False)) in curated
