"""GCAT as triples: what counts as cooperation, and how payloads and launches meet the curated graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gcat_tables import CURATED, imported, read_catalogue, write_tables

from graph.errors import SourceError
from graph.triples.gcat import cooperative
from graph.triples.known import Known
from graph.triples.sheet import Sheet, slug

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        pytest.param({}, True, id="two-states"),
        pytest.param({"SatOwner": "CALT", "SatState": "CN"}, False, id="one-state"),
        pytest.param({"SatOwner": "OKB1", "SatState": "SU", "LVState": "RU"}, False, id="Soviet-then-Russian"),
        pytest.param({"SatOwner": "ESA", "SatState": "I-ESRO", "LVState": "I-ESA"}, False, id="ESRO-then-ESA"),
        pytest.param({"SatOwner": "ESA", "SatState": "I-ESA", "LVState": "F"}, True, id="body-and-state"),
        pytest.param({"SatOwner": "CALT/CNES", "SatState": "CN"}, True, id="joint-owners"),
        pytest.param({"SatOwner": "CALT/NOROW", "SatState": "CN"}, False, id="joint-owner-without-row"),
    ],
)
def test_cooperation(tmp_path: Path, cells: dict[str, str], *, counts: bool) -> None:
    """Two sides cooperate: owner and launcher, or two owners; a state and its successor are one side."""
    assert bool(cooperative(read_catalogue(write_tables(tmp_path, cells)))) is counts


def test_new_things(tmp_path: Path) -> None:
    """What the curated graph does not know is described whole, with its rows and the credit of GCAT."""
    turtle = imported(tmp_path, "", {})
    for line in (
        "sys:2018-083a a coo:Satellite ;",
        '  coo:noradId "43662" ;',
        "  coo:owner actor:gcat-cnes ;",
        "  coo:registeredBy actor:chn ;",
        "occ:launch-2018-083 a coo:LaunchEvent ;",
        "  coo:launchVehicle sys:lv-chang-zheng-2c ;",
        "  coo:hasParticipation sit:launch-2018-083-chn-launch-provider ;",
        "  coo:hasParticipation sit:launch-2018-083-gcat-calt-launch-provider ;",
        '  rdfs:label "中国运载火箭技术研究院"@zh ;',
        '  dcterms:rights "CC BY; credit: Jonathan McDowell, https://planet4589.org"@en ;',
        "  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;",
        "  wgs:lat 41.3100 ;",
    ):
        assert line in turtle


def test_known_things_keep_their_iris(tmp_path: Path) -> None:
    """A known number or code leads to the curated thing, of which only what is new is stated."""
    turtle = imported(tmp_path, CURATED, {})
    assert "sys:2018-083a" not in turtle
    block = turtle.partition("sys:cfosat\n")[2].partition("\n.\n")[0]
    assert "  coo:owner actor:cnes ;" in block
    assert "cosparId" not in block
    assert "label" not in block
    launch = turtle.partition("occ:launch-2018-083\n")[2].partition("\n.\n")[0]
    assert "coo:launchedFrom place:jiuquan ;" in launch
    assert "coo:launchVehicle sys:long-march-2c ;" in launch
    assert "onDate" not in launch
    assert "gcat-cnes" not in turtle


def test_thing_known_by_its_row(tmp_path: Path) -> None:
    """A satellite without numbers is known by the row that a curated claim cites."""
    curated = """sys:cbers-3 a coo:Satellite .
    clm:x a coo:StatementClaim ; coo:claimSubject sys:cbers-3 ; dcterms:source src:gcat-launchlog-f01403 ."""
    turtle = imported(tmp_path, curated, {"JCAT": "F01403", "Piece": "2013-F03", "Launch_Tag": "2013-F03"})
    assert "sys:cbers-3\n" in turtle
    assert "sys:gcat-f01403" not in turtle
    assert "occ:launch-gcat-2013-f03 a coo:LaunchEvent" in turtle


def test_other_value_becomes_a_claim(tmp_path: Path) -> None:
    """Where the curated value differs, the catalogue's is a disputed claim, in conflict both ways, and no fact."""
    curated = (
        CURATED.replace("2018-10-29", "2018-10-28")
        + """
    clm:date a coo:StatementClaim ; coo:claimSubject occ:launch-2018-083 ; coo:claimPredicate coo:onDate ;
      coo:claimLiteral "2018-10-28"^^xsd:date ; coo:claimStatus cst:accepted ."""
    )
    turtle = imported(tmp_path, curated, {})
    claim = turtle.partition("clm:launch-2018-083-on-date-gcat-launchlog a ")[2].partition("\n.\n")[0]
    assert '  coo:claimLiteral "2018-10-29"^^xsd:date ;' in claim
    assert "  coo:claimStatus cst:disputed ;" in claim
    assert "  coo:conflictsWith clm:date ;" in claim
    assert "  coo:statedBy actor:jonathan-mcdowell ;" in claim
    assert "  coo:conflictsWith clm:launch-2018-083-on-date-gcat-launchlog ;" in turtle.partition("clm:date\n")[2]
    assert "  coo:onDate" not in turtle


def test_difference_without_a_curated_claim_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A difference that no curated claim can answer is a warning, and neither fact nor claim."""
    turtle = imported(tmp_path, CURATED.replace("2018-10-29", "2018-10-28"), {})
    assert "2018-10-29" not in turtle
    assert "no claim backs the curated value" in caplog.text


def test_vague_launch_keeps_its_wording(tmp_path: Path) -> None:
    """A launch known to the month gets bounds and the wording, no day."""
    turtle = imported(tmp_path, "", {"Launch_Date": "2018 Oct"})
    assert 'coo:beginEarliest "2018-10-01"^^xsd:date' in turtle
    assert 'coo:endLatest "2018-10-31"^^xsd:date' in turtle
    assert 'coo:dateAsStated "2018 Oct"@en' in turtle
    assert "  coo:onDate" not in turtle


def test_state_stands_in_for_a_doubtful_owner(tmp_path: Path) -> None:
    """Where the only owner is in doubt, the owner's state, which is not, is the owner."""
    turtle = imported(tmp_path, "", {"SatOwner": "CNES?"})
    assert "  coo:owner actor:fra ;" in turtle


def test_doubtful_owner_is_claimed(tmp_path: Path) -> None:
    """An owner with a question mark is an unreviewed claim, no fact."""
    turtle = imported(tmp_path, "", {"SatOwner": "SSTL/CNES?", "SatState": "UK"})
    assert "  coo:owner actor:gcat-sstl ;" in turtle
    assert "  coo:owner actor:gcat-cnes ;" not in turtle
    assert "  coo:claimObject actor:gcat-cnes ;" in turtle


def test_renamed_site_is_one_place(tmp_path: Path) -> None:
    """Two codes of one site, with one group and place, give one resource."""
    other = {"JCAT": "S43663", "Piece": "2018-083B", "Launch_Tag": "2018-084", "Launch_Site": "GIK-5"}
    turtle = imported(tmp_path, "", {"Launch_Site": "NIIP-5"}, other)
    assert turtle.count("a coo:LaunchSite") == 1
    assert turtle.count("coo:launchedFrom place:gcat-gik-5") == 2


def test_two_keys_never_share_an_iri() -> None:
    """Names that would become one IRI stop the import."""
    sheet = Sheet(Known(()), author="urn:x")
    sheet.mint("system", f"lv-{slug('Antares 230+')}", key="Antares 230+")
    assert slug("Antares 230+") != slug("Antares 230")
    sheet.mint("system", "lv-a-b", key="A/B")
    with pytest.raises(SourceError, match="would get one IRI"):
        sheet.mint("system", "lv-a-b", key="A-B")
