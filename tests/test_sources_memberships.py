"""Lists of members and acts towards treaties: what their rows mean, and what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.errors import SourceError
from graph.importing import import_source
from graph.resources import resource_dir
from graph.sources.memberships import read_differences, read_members
from graph.sources.treaties import read_acts, read_charter_members, read_station_partners
from graph.terms import PREFIXES
from graph.triples.known import Known
from graph.triples.memberships import BLOCKS, add_members
from graph.triples.sheet import Sheet
from graph.triples.treaties import add_acts, add_charter, add_station
from graph.writer import canonical_turtle, read_rdf

if TYPE_CHECKING:
    from pathlib import Path

_MEMBERS = "block,block_name,block_wikidata,member,member_status,joined,left,note"
_STATES = """
actor:aut a coo:State ; rdfs:label "Austria"@en ; coo:isoAlpha2 "AT" .
actor:sau a coo:State ; rdfs:label "Saudi Arabia"@en ; coo:isoAlpha2 "SA" .
actor:usa a coo:State ; rdfs:label "US"@en ; coo:isoAlpha2 "US" ; skos:altLabel "United States of America"@en .
actor:rus a coo:State ; rdfs:label "Russia"@en ; coo:isoAlpha2 "RU" ; skos:altLabel "Russian Federation"@en .
actor:tur a coo:State ; rdfs:label "Türkiye"@en ; coo:isoAlpha2 "TR" .
actor:nasa a coo:SpaceAgency ; rdfs:label "NASA"@en ; coo:gcatCode "NASA" .
"""


def _written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _sheet(curated: str = "") -> Sheet:
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    known = Known(q.triple for q in ox.parse(header + _STATES + curated, format=ox.RdfFormat.TURTLE))
    return Sheet(known, author="https://w3id.org/coorbit/id/actor/coorbit-curators")


def _memberships(folder: Path, *rows: str, differences: str = "ESA,AT,1,1", curated: str = "") -> str:
    members = read_members(_written(folder / "space-memberships.csv", _MEMBERS, *rows))
    compared = _written(folder / "members-old-vs-new.csv", "block,member,in_2025_12,in_2026_07", differences)
    sheet = _sheet(curated)
    add_members(sheet, members, read_differences(compared), {})
    return canonical_turtle(sheet.triples)


def _block(turtle: str, subject: str) -> str:
    return turtle.partition(f"\n{subject} ")[2].partition("\n.\n")[0] or turtle.partition(f"\n{subject}\n")[2]


def test_party_of_a_treaty(tmp_path: Path) -> None:
    """A member of a treaty is its party, from the day on that the row gives to the day it left."""
    row = "MOONAGREEMENT,Moon Agreement,Q281140,SA,former_member,2012-07-18,2024-01-05,"
    party = _block(_memberships(tmp_path, row), "sit:moon-agreement-sau-party")
    assert party.startswith("a coo:AgreementParty")
    assert 'coo:beginEarliest "2012-07-18"^^xsd:date' in party
    assert 'coo:endLatest "2024-01-05"^^xsd:date' in party
    assert "coo:fromRow src:space-memberships-moon-agreement-sa" in party


def test_member_of_a_body(tmp_path: Path) -> None:
    """A member of a body has a membership of a kind."""
    turtle = _memberships(tmp_path, "COSPASSARSAT,Cospas-Sarsat,Q605177,SA,participant,,,User State")
    member = _block(turtle, "sit:cospas-sarsat-member-sau")
    assert "coo:memberBody actor:cospas-sarsat" in member
    assert "coo:membershipKind mem:cooperating-state" in member
    assert '"Listed as: User State."@en' in member


def test_signatory_is_no_party(tmp_path: Path) -> None:
    """The Artemis Accords bind nobody: who signs them is a signatory."""
    turtle = _memberships(tmp_path, "ARTEMISACCORDS,Artemis Accords,Q1,SA,signatory,,,")
    assert "coo:role role:signatory" in _block(turtle, "sit:artemis-accords-sau-signatory")


def test_agencies_are_the_members_of_ceos(tmp_path: Path) -> None:
    """CEOS files agencies, and even UN offices, under the country of their seat: that country is no member."""
    turtle = _memberships(
        tmp_path, "CEOS,CEOS,Q1,AT,associate,1994,,UNOOSA", 'CEOS,CEOS,Q1,US,founding_member,1984,,"NASA, USGS"'
    )
    assert "ceos-member-aut" not in turtle
    assert 'coo:beginLatest "1994-12-31"^^xsd:date' in _block(turtle, "sit:ceos-member-unoosa")
    assert "coo:basedIn" not in _block(turtle, "actor:unoosa")
    assert "coo:basedIn actor:usa" in _block(turtle, "actor:usgs")
    assert "coo:memberActor actor:nasa" in _block(turtle, "sit:ceos-member-nasa")


def test_date_of_several_agencies_is_a_note(tmp_path: Path) -> None:
    """One year for three agencies is nobody's own date."""
    turtle = _memberships(tmp_path, 'CEOS,CEOS,Q1,US,founding_member,1984,,"NASA, USGS"')
    member = _block(turtle, "sit:ceos-member-usgs")
    assert "beginEarliest" not in member
    assert "The row gives 1984 for NASA, USGS together." in member


def test_known_membership_is_left_alone(tmp_path: Path) -> None:
    """What the curators have of a member is not stated again."""
    turtle = _memberships(
        tmp_path,
        "MOONAGREEMENT,Moon Agreement,Q1,SA,member,2012-07-18,,",
        curated="sit:moon-agreement-sau-party a coo:AgreementParty .",
    )
    assert "sit:moon-agreement-sau-party" not in turtle


def test_earlier_member_is_an_open_claim(tmp_path: Path) -> None:
    """Who stands in the earlier list alone is claimed, unreviewed, and is no party as a fact."""
    turtle = _memberships(
        tmp_path,
        "LIABILITYCONVENTION,Liability Convention,Q1,SA,member,,,",
        differences="LIABILITYCONVENTION,AT,1,0",
    )
    claim = _block(turtle, "clm:liability-convention-aut-list-2025-12")
    assert "coo:claimObject actor:aut" in claim
    assert "coo:claimStatus cst:unreviewed" in claim
    assert "sit:liability-convention-aut-party" not in turtle
    assert "coo:membershipComplete false" in _block(turtle, "agr:liability-convention")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("ESA,ESA,Q42262,AT,boss,,,", "member_status"),
        ("ESA,ESA,Q42262,at,member,,,", "member"),
        ("ESA,ESA,42262,AT,member,,,", "block_wikidata"),
        ("ESA,ESA,Q42262,AT,member,soon,,", "joined"),
    ],
)
def test_bad_member_rows(tmp_path: Path, caplog: pytest.LogCaptureFixture, row: str, field: str) -> None:
    """An unknown status, code or date makes the row bad, with its field."""
    with pytest.raises(SourceError):
        _memberships(tmp_path, row)
    assert f"line 2: {field}: " in caplog.text


def _acts(folder: Path, *rows: str, number: str = "24-1") -> Path:
    return _written(
        folder / f"{number}.csv", 'Participant,Signature,"Accession(a), Succession(d), Ratification"', *rows
    )


def test_acts_are_kept_apart(tmp_path: Path) -> None:
    """Signature, ratification, accession and succession are acts of their own."""
    path = _acts(tmp_path, "A,26 Mar 1975,5 May 1993", "B,,9 Mar 2007 a", "C,,13 Dec 1988 d")
    kinds = [(act.state, act.kind) for act in read_acts(path)]
    assert kinds == [("A", "signature"), ("A", "ratification"), ("B", "accession"), ("C", "succession")]


@pytest.mark.parametrize(("row", "field"), [("A,,", "Signature"), ("A,,9 Mar 2007 x", "Accession"), ("A,2007,", "Sig")])
def test_bad_acts(tmp_path: Path, caplog: pytest.LogCaptureFixture, row: str, field: str) -> None:
    """A row without a date, with an unknown letter or a date of another form is bad."""
    with pytest.raises(SourceError):
        read_acts(_acts(tmp_path, row))
    assert f"24-1.csv line 2: {field}" in caplog.text


def test_acts_need_their_columns(tmp_path: Path) -> None:
    """A file without a column of ratifications is refused."""
    with pytest.raises(SourceError, match="one with Ratification are missing"):
        read_acts(_written(tmp_path / "24-1.csv", "Participant,Signature", "A,26 Mar 1975"))


def test_act_makes_event_and_party(tmp_path: Path) -> None:
    """An act is a dated event, and makes its state signatory or party."""
    sheet = _sheet()
    add_acts(
        sheet, read_acts(_acts(tmp_path, "United States of America,24 Jan 1975,15 Sep 1976", "Turkey,,1 Mar 2006 a"))
    )
    turtle = canonical_turtle(sheet.triples)
    event = _block(turtle, "occ:registration-convention-usa-ratification")
    assert 'coo:onDate "1976-09-15"^^xsd:date' in event
    assert "coo:agreementEventKind evk:ratification" in event
    assert "sit:registration-convention-usa-signatory" in turtle
    assert "sit:registration-convention-tur-party" in turtle


def test_soviet_acts_are_noted(tmp_path: Path) -> None:
    """The Collection lists Soviet acts under Russia: the event says so."""
    sheet = _sheet()
    add_acts(sheet, read_acts(_acts(tmp_path, "Russian Federation,17 Jun 1975,")))
    turtle = canonical_turtle(sheet.triples)
    assert "Act of the Soviet Union" in _block(turtle, "occ:registration-convention-rus-signature")


def test_unknown_state_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A name that no state bears is a warning, not a guess."""
    sheet = _sheet()
    add_acts(sheet, read_acts(_acts(tmp_path, "Atlantis,17 Jun 1975,")))
    assert "no state is called Atlantis" in caplog.text
    assert "atlantis-signature" not in canonical_turtle(sheet.triples)


def test_charter_members(tmp_path: Path) -> None:
    """A member of the Charter is party from the month on that its page gives, in the wording of the page."""
    path = _written(
        tmp_path / "disasters-charter-members.csv",
        "agency,agency_name,iso2_or_org,joined,source",
        "USGS,United States Geological Survey,US,2005,https://disasterscharter.org/",
        "NASA,NASA,US,2001-09,https://disasterscharter.org/",
    )
    sheet = _sheet()
    add_charter(sheet, read_charter_members(path), {})
    turtle = canonical_turtle(sheet.triples)
    assert 'rdfs:label "United States Geological Survey"@en' in _block(turtle, "actor:usgs")
    assert 'coo:beginLatest "2001-09-30"^^xsd:date' in _block(turtle, "sit:disasters-charter-nasa-party")
    assert 'coo:dateAsStated "2005"@en' in _block(turtle, "sit:disasters-charter-usgs-party")


def test_station_partners(tmp_path: Path) -> None:
    """A participant of the ILRS without a date has none; 'same page' leads to the page named before."""
    path = _written(
        tmp_path / "ilrs-participants.csv",
        "iso2,country,role,joined,source",
        "RU,Russia,founding,2021-06,https://caliber.az/en/post/x (quoting Roscosmos)",
        "AT,Austria,participant,,same caliber.az page",
    )
    sheet = _sheet()
    add_station(sheet, read_station_partners(path))
    turtle = canonical_turtle(sheet.triples)
    assert "beginEarliest" not in _block(turtle, "sit:ilrs-partnership-aut-party")
    assert "schema:url <https://caliber.az/en/post/x>" in _block(turtle, "src:ilrs-participants-at")
    assert "coo:membershipComplete false" in _block(turtle, "agr:ilrs-partnership")


def test_import_of_members(tmp_path: Path) -> None:
    """The importer finds its two lists by name in a folder and writes them against the packaged graph."""
    _written(tmp_path / "space-memberships-2026-07.csv", _MEMBERS, "ESA,ESA,Q42262,AT,member,,,")
    _written(tmp_path / "members-a-vs-b.csv", "block,member,in_2025_12,in_2026_07", "COPUOS,IE,1,0")
    done = import_source("memberships", [tmp_path], out=tmp_path / "out" / "memberships.ttl")
    assert done.rows == 1
    assert "clm:copuos-irl-list-2025-12" in done.path.read_text(encoding="utf-8")


def test_packaged_members_are_all_there() -> None:
    """The packaged list has all 731 rows, in the catalogue or as what the curators have of the same member."""
    keys = {
        quad.object.value
        for quad in read_rdf(resource_dir("data") / "catalogue" / "memberships.ttl")
        if quad.predicate.value.endswith("#rowKey") and isinstance(quad.object, ox.Literal)
    }
    counts = {block: sum(key.split()[0] == block for key in keys) for block in BLOCKS}
    assert counts["OUTERTREATY"] == 118
    assert counts["CEOS"] == 38
    assert sum(counts.values()) >= 700
