"""GCAT: its padded, doubtful and vague fields, what counts as cooperation, and how it meets the curated graph."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.errors import SourceError
from graph.importing import import_source
from graph.resources import resource_dir
from graph.sources.gcat import (
    Code,
    Payload,
    read_launch_log,
    read_organizations,
    read_payload_catalogue,
    read_sites,
)
from graph.sources.gcat_states import SUCCESSIONS, continued, read_states
from graph.terms import PREFIXES
from graph.triples.gcat import Catalogue, add_payloads, cooperative
from graph.triples.gcat_bodies import language
from graph.triples.known import Known
from graph.triples.sheet import Sheet, slug
from graph.writer import canonical_turtle, read_rdf

if TYPE_CHECKING:
    from pathlib import Path

_LOG = (
    "Launch_Tag", "Launch_Date", "Piece", "Type", "Name", "PLName", "JCAT", "SatOwner", "SatState", "LV_Type",
    "Launch_Site", "Agency", "LVState", "Launch_Code",
)  # fmt: skip
_CFOSAT = {
    "Launch_Tag": "2018-083  ", "Launch_Date": "2018 Oct 29 0043:13", "Piece": "2018-083A", "Type": "P           ",
    "Name": "CFOSAT ", "PLName": "HY-cfosat", "JCAT": "S43662", "SatOwner": "CNES", "SatState": "F ",
    "LV_Type": "Chang Zheng 2C", "Launch_Site": "JQ", "Agency": "CALT", "LVState": "CN", "Launch_Code": "OS",
}  # fmt: skip
_ORGS = "#Code\tUCode\tStateCode\tType\tClass\tTStart\tTStop\tShortName\tName\tParent\tEName\tUName"
_SITES = "#Site\tUCode\tShortName\tName\tLongitude\tLatitude\tShortEName\tEName"
_PAYLOADS = "#JCAT\tCategory\tUNState\tUNReg"


_BODIES: tuple[tuple[str, ...], ...] = (
    ("CNES", "CNES", "F", "O/LA", "C", "-", "-", "Centre Nationale", "French Space Centre", "Centre national d'études"),
    ("CALT", "CALT", "CN", "O/LA", "C", "-", "-", "Zhongguo", "Academy of Launch Vehicles", "中国运载火箭技术研究院"),
    ("ESA", "ESA", "I-ESA", "O/LA", "C", "-", "-", "European Space Agency", "-", "European Space Agency"),
    ("ESTEC", "ESTEC", "I-ESA", "O", "C", "-", "-", "ESTEC", "-", "ESTEC", "ESA"),
    ("SSTL", "SSTL", "UK", "O", "B", "-", "-", "Surrey Satellites", "-", "Surrey Satellites"),
    ("F", "F", "F", "CY", "C", "-", "*", "Republique francaise", "France", "République française"),
    ("SU", "SU", "SU", "CY", "C", "1922 Dec 30", "1991 Dec 26", "SSSR", "Soviet Union", "Союз"),
    ("RU", "SU", "RU", "CY", "C", "1991 Dec 26", "-", "Rossiya", "Russia", "Россия"),
    ("OKB1", "OKB1", "SU", "O", "C", "1946", "1991 Dec 31", "OKB-1", "-", "OKB-1"),
    ("IKI", "IKI", "SU", "O", "C", "1965", "-", "Institut Kosmicheskikh", "-", "Институт космических"),
    ("POL", "POL", "SU", "O", "C", "1990?", "2007", "Polyot", "-", "Полёт"),
)
"""Code, UCode, StateCode, Type, Class, TStart, TStop, Name, EName, UName and, where there is one, Parent."""


def _org(*cells: str) -> str:
    *first, name, english, native = cells[:10]
    parent = cells[10] if len(cells) > 10 else "-"
    return "\t".join((*first, name, name, parent, english, native))


def _folder(folder: Path, *rows: dict[str, str], more: tuple[tuple[str, ...], ...] = ()) -> Path:
    """Write the four tables, the launch log with these rows over CFOSAT's, and more bodies."""
    lines = ["#" + "\t".join(_LOG), *("\t".join((_CFOSAT | row)[name] for name in _LOG) for row in rows)]
    orgs = [_ORGS, "# Updated 2026", *(_org(*cells) for cells in (*_BODIES, *more))]
    sites = [
        _SITES,
        "JQ\tJQ\tJiuquan\tJiuquan\t    100.3100 \t   41.3100 \t-\t-",
        "NIIP-5\tGIK-5\tBaykonur\tNIIP-5\t63.0000\t46.0000\tBaykonur\t-",
        "GIK-5\tGIK-5\tBaykonur\tGIK-5\t63.0000\t46.0000\tBaykonur\t-",
    ]
    payloads = [_PAYLOADS, "S43662\tEOSCI\tCN\tST/SG/SER.E/857", "S00002\tTECH/COM?\t[SU]\t-"]
    for name, text in (("launchlog", lines), ("orgs", orgs), ("sites", sites), ("psatcat", payloads)):
        (folder / f"{name}.2024.tsv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return folder


def _catalogue(folder: Path) -> Catalogue:
    return Catalogue(
        payloads=read_launch_log(folder / "launchlog.2024.tsv"),
        entries=read_payload_catalogue(folder / "psatcat.2024.tsv"),
        bodies=read_organizations(folder / "orgs.2024.tsv"),
        sites=read_sites(folder / "sites.2024.tsv"),
        parties=read_states(),
    )


def _payload(folder: Path, **cells: str) -> Payload:
    (payload,) = read_launch_log(_folder(folder, cells) / "launchlog.2024.tsv")
    return payload


def _known(turtle: str) -> Known:
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    states = "".join(
        f'actor:{slug} a coo:State ; coo:isoAlpha2 "{code}" .\n'
        for slug, code in (("chn", "CN"), ("fra", "FR"), ("gbr", "GB"), ("rus", "RU"))
    )
    return Known(quad.triple for quad in ox.parse(header + states + turtle, format=ox.RdfFormat.TURTLE))


def _written(folder: Path, curated: str, *rows: dict[str, str], more: tuple[tuple[str, ...], ...] = ()) -> str:
    sheet = Sheet(_known(curated), author="https://w3id.org/coorbit/id/actor/jonathan-mcdowell")
    catalogue = _catalogue(_folder(folder, *rows, more=more))
    add_payloads(sheet, catalogue, cooperative(catalogue))
    return canonical_turtle(sheet.triples)


def test_payload_is_read(tmp_path: Path) -> None:
    """Padding goes; the numbers come in the form of the graph."""
    payload = _payload(tmp_path)
    assert (payload.cospar, payload.norad, payload.label) == ("2018-083A", "43662", "CFOSAT")
    assert payload.launched.day is not None
    assert payload.owners == (Code(code="CNES", doubtful=False),)
    assert payload.outcome == "success"


def test_number_loses_its_zeros(tmp_path: Path) -> None:
    """JCAT S00002 is catalogue number 2; a Greek designator is none of today's."""
    payload = _payload(tmp_path, JCAT="S00002", Piece="1957 ALP 2")
    assert (payload.norad, payload.cospar) == ("2", "")


def test_piece_of_another_object_has_no_designator(tmp_path: Path) -> None:
    """What stays attached shares the designator of its carrier, so it bears none."""
    payload = _payload(tmp_path, JCAT="A06295", Type="PXA---U")
    assert (payload.norad, payload.cospar, payload.attached) == ("", "", True)


def test_joint_and_doubtful_owners(tmp_path: Path) -> None:
    """'A/B?' is two owners, the second in doubt."""
    payload = _payload(tmp_path, SatOwner="SSTL/CNES?")
    assert payload.owners == (Code(code="SSTL", doubtful=False), Code(code="CNES", doubtful=True))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("OS", "success"), ("OF", "failure"), ("OF40", "partial-failure"), ("DS", "success"), ("XU", "outcome-unknown")],
)
def test_outcomes(tmp_path: Path, code: str, outcome: str) -> None:
    """The second letter is the outcome; a figure behind it makes it partial."""
    assert _payload(tmp_path, Launch_Code=code).outcome == outcome


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("JCAT", "43662"),
        ("Launch_Date", "29.10.2018"),
        ("SatOwner", "-"),
        ("Launch_Code", "5"),
        ("Launch_Tag", ""),
        ("LVState", "C N"),
    ],
)
def test_bad_cells_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture, field: str, value: str) -> None:
    """A bad cell is a warning with file, line and field; one bad row in one is too many."""
    with pytest.raises(SourceError, match="1 of 1 rows"):
        _payload(tmp_path, **{field: value})
    assert f"launchlog.2024.tsv line 2: {field}: " in caplog.text


def test_brackets_mean_not_registered(tmp_path: Path) -> None:
    """A state in brackets has not registered the object; a category in doubt is left out."""
    entries = read_payload_catalogue(_folder(tmp_path, {}) / "psatcat.2024.tsv")
    assert entries["S43662"].registered_by == "CN"
    assert (entries["S00002"].registered_by, entries["S00002"].categories) == ("", ("TECH",))


def test_names_of_bodies(tmp_path: Path) -> None:
    """The English name is the label; the name in its own script is kept beside it."""
    bodies = read_organizations(_folder(tmp_path, {}) / "orgs.2024.tsv")
    assert (bodies["CALT"].label, bodies["CALT"].native) == ("Academy of Launch Vehicles", "中国运载火箭技术研究院")
    assert (bodies["ESA"].label, bodies["ESA"].native) == ("European Space Agency", "")


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
    assert bool(cooperative(_catalogue(_folder(tmp_path, cells)))) is counts


def test_every_state_code_has_one_meaning() -> None:
    """All 192 codes are in the table with a reason; those left unmapped stand for no party."""
    parties = read_states()
    assert len(parties) == 192
    assert parties["I"].iso2 == "IT"
    assert parties["D"].iso2 == "DE"
    assert parties["SU"].former == "sun"
    assert parties["I-ESA"].body == "ESA"
    assert {continued(code) for code in SUCCESSIONS} <= set(parties)


def test_new_things(tmp_path: Path) -> None:
    """What the curated graph does not know is described whole, with its rows and the credit of GCAT."""
    turtle = _written(tmp_path, "", {})
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


_CURATED = """
sys:cfosat a coo:Satellite ; rdfs:label "CFOSAT"@en ; coo:cosparId "2018-083A" ; coo:noradId "43662" .
occ:launch-2018-083 a coo:LaunchEvent ; rdfs:label "Launch"@en ; coo:onDate "2018-10-29"^^xsd:date .
actor:cnes a coo:SpaceAgency ; rdfs:label "CNES"@en ; coo:gcatCode "CNES" .
place:jiuquan a coo:LaunchSite ; rdfs:label "Jiuquan"@en ; coo:gcatCode "JQ" .
sys:long-march-2c a coo:LaunchVehicleModel ; rdfs:label "Long March 2C"@en ; coo:gcatCode "Chang Zheng 2C" .
"""


def test_known_things_keep_their_iris(tmp_path: Path) -> None:
    """A known number or code leads to the curated thing, of which only what is new is stated."""
    turtle = _written(tmp_path, _CURATED, {})
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
    turtle = _written(tmp_path, curated, {"JCAT": "F01403", "Piece": "2013-F03", "Launch_Tag": "2013-F03"})
    assert "sys:cbers-3\n" in turtle
    assert "sys:gcat-f01403" not in turtle
    assert "occ:launch-gcat-2013-f03 a coo:LaunchEvent" in turtle


def test_other_value_becomes_a_claim(tmp_path: Path) -> None:
    """Where the curated value differs, the catalogue's is a disputed claim, in conflict both ways, and no fact."""
    curated = (
        _CURATED.replace("2018-10-29", "2018-10-28")
        + """
    clm:date a coo:StatementClaim ; coo:claimSubject occ:launch-2018-083 ; coo:claimPredicate coo:onDate ;
      coo:claimLiteral "2018-10-28"^^xsd:date ; coo:claimStatus cst:accepted ."""
    )
    turtle = _written(tmp_path, curated, {})
    claim = turtle.partition("clm:launch-2018-083-on-date-gcat-launchlog a ")[2].partition("\n.\n")[0]
    assert '  coo:claimLiteral "2018-10-29"^^xsd:date ;' in claim
    assert "  coo:claimStatus cst:disputed ;" in claim
    assert "  coo:conflictsWith clm:date ;" in claim
    assert "  coo:statedBy actor:jonathan-mcdowell ;" in claim
    assert "  coo:conflictsWith clm:launch-2018-083-on-date-gcat-launchlog ;" in turtle.partition("clm:date\n")[2]
    assert "  coo:onDate" not in turtle


def test_difference_without_a_curated_claim_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A difference that no curated claim can answer is a warning, and neither fact nor claim."""
    turtle = _written(tmp_path, _CURATED.replace("2018-10-29", "2018-10-28"), {})
    assert "2018-10-29" not in turtle
    assert "no claim backs the curated value" in caplog.text


def test_vague_launch_keeps_its_wording(tmp_path: Path) -> None:
    """A launch known to the month gets bounds and the wording, no day."""
    turtle = _written(tmp_path, "", {"Launch_Date": "2018 Oct"})
    assert 'coo:beginEarliest "2018-10-01"^^xsd:date' in turtle
    assert 'coo:endLatest "2018-10-31"^^xsd:date' in turtle
    assert 'coo:dateAsStated "2018 Oct"@en' in turtle
    assert "  coo:onDate" not in turtle


def test_state_stands_in_for_a_doubtful_owner(tmp_path: Path) -> None:
    """Where the only owner is in doubt, the owner's state, which is not, is the owner."""
    turtle = _written(tmp_path, "", {"SatOwner": "CNES?"})
    assert "  coo:owner actor:fra ;" in turtle


def test_doubtful_owner_is_claimed(tmp_path: Path) -> None:
    """An owner with a question mark is an unreviewed claim, no fact."""
    turtle = _written(tmp_path, "", {"SatOwner": "SSTL/CNES?", "SatState": "UK"})
    assert "  coo:owner actor:gcat-sstl ;" in turtle
    assert "  coo:owner actor:gcat-cnes ;" not in turtle
    assert "  coo:claimObject actor:gcat-cnes ;" in turtle


def test_renamed_site_is_one_place(tmp_path: Path) -> None:
    """Two codes of one site, with one group and place, give one resource."""
    other = {"JCAT": "S43663", "Piece": "2018-083B", "Launch_Tag": "2018-084", "Launch_Site": "GIK-5"}
    turtle = _written(tmp_path, "", {"Launch_Site": "NIIP-5"}, other)
    assert turtle.count("a coo:LaunchSite") == 1
    assert turtle.count("coo:launchedFrom place:gcat-gik-5") == 2


def test_part_of_a_body_is_no_states_agency(tmp_path: Path) -> None:
    """ESTEC stands under ESA: it is part of that, and no state's agency; ESA is the body itself."""
    turtle = _written(tmp_path, "", {"SatOwner": "ESTEC", "SatState": "I-ESA"})
    assert "actor:gcat-estec a coo:Organization ;" in turtle
    assert "  coo:parentOrganization actor:gcat-esa ;" in turtle
    assert "actor:gcat-esa a coo:InternationalOrganization ;" in turtle


def test_former_state_has_no_iso_code(tmp_path: Path) -> None:
    """The Soviet Union is a state of its own, known by its code in GCAT."""
    turtle = _written(tmp_path, "", {"LVState": "SU"})
    block = turtle.partition("actor:sun a coo:State ;\n")[2].partition("\n.\n")[0]
    assert '  coo:gcatCode "SU" ;' in block
    assert "iso" not in block


def _block(turtle: str, name: str) -> str:
    """Return what a file says of one thing; empty when it does not describe it."""
    return f"\n{turtle}".partition(f"\n{name} a ")[2].partition("\n.\n")[0]


@pytest.mark.parametrize(
    ("owner", "state"),
    [
        pytest.param("IKI", "rus", id="goes-on"),
        pytest.param("POL", "rus", id="ended-later"),
        pytest.param("OKB1", "sun", id="ended-with-its-state"),
    ],
)
def test_body_past_the_end_of_its_state(tmp_path: Path, owner: str, state: str) -> None:
    """A body that outlived its state stands under the state that continues it; one that ended with it keeps it."""
    turtle = _written(tmp_path, "", {"SatOwner": owner, "SatState": "RU" if state == "rus" else "SU"})
    assert f"  coo:agencyOf actor:{state} ;" in _block(turtle, f"actor:gcat-{owner.lower()}")
    assert "  coo:owner actor:rus ;" not in turtle
    assert "  coo:owner actor:sun ;" not in turtle


def test_state_that_its_owner_represents_is_no_second_owner(tmp_path: Path) -> None:
    """Two codes of one state (BGN and BG) do not make the state an owner beside its own firm."""
    more = (("BGSAT", "BGSAT", "BGN", "O", "B", "2004", "-", "Bulgaria Sat AD", "-", "Bulgaria Sat AD"),)
    curated = 'actor:bgr a coo:State ; coo:isoAlpha2 "BG" .'
    turtle = _written(tmp_path, curated, {"SatOwner": "BGSAT", "SatState": "BG"}, more=more)
    assert "  coo:owner actor:gcat-bgsat ;" in turtle
    assert "  coo:basedIn actor:bgr ;" in turtle
    assert "  coo:owner actor:bgr ;" not in turtle


def test_seat_of_an_international_body_is_an_owner(tmp_path: Path) -> None:
    """An international organization does not stand for the state of its seat, so both stay owners."""
    curated = _CURATED.replace("coo:SpaceAgency", "coo:InternationalOrganization ; coo:basedIn actor:gbr")
    turtle = _written(tmp_path, curated, {"SatState": "UK"})
    assert "  coo:owner actor:cnes ;" in turtle
    assert "  coo:owner actor:gbr ;" in turtle


_RENAMED = (
    ("OLD", "OLD", "UK", "O", "B", "1980", "1990", "Old Sky", "Old Sky", "Old Sky"),
    ("NEW", "OLD", "UK", "O", "B", "1990", "-", "New Sky", "New Sky", "New Sky"),
    ("MOVED", "OLD", "F", "O", "B", "1990", "-", "Ciel", "-", "Ciel Nouveau"),
)
_TWO = ({"SatOwner": "OLD", "SatState": "UK"}, {"SatOwner": "MOVED", "SatState": "F", "JCAT": "S43663", "Piece": "-"})


def test_renamed_body_is_one_actor(tmp_path: Path) -> None:
    """Codes with one UCode in one state are one actor, called as it is today; in another state it is another."""
    block = _block(turtle := _written(tmp_path, "", *_TWO, more=_RENAMED), "actor:gcat-new")
    for line in (
        'rdfs:label "New Sky"@en', 'skos:altLabel "Old Sky"@en', 'coo:gcatCode "NEW"',
        "coo:fromRow src:gcat-orgs-new", "coo:fromRow src:gcat-orgs-old", "coo:basedIn actor:gbr",
    ):  # fmt: skip
        assert f"  {line} ;" in block
    assert block.count("coo:gcatCode") == 1
    assert "actor:gcat-old" not in turtle
    assert "  coo:basedIn actor:fra ;" in _block(turtle, "actor:gcat-moved")


def test_renamed_body_is_the_curated_one(tmp_path: Path) -> None:
    """Where the curated graph knows one of the codes, all of them lead to that actor."""
    curated = 'actor:sky a coo:Company ; rdfs:label "Sky"@en ; coo:gcatCode "NEW" .'
    turtle = _written(tmp_path, curated, _TWO[0], more=_RENAMED)
    assert "  coo:owner actor:sky ;" in turtle
    assert "actor:gcat-" not in turtle.replace("actor:gcat-calt", "")


def test_body_that_the_curators_hold_for_several(tmp_path: Path) -> None:
    """A code of a body of which the curators made two actors is neither of them."""
    curated = 'actor:a a coo:Company ; coo:gcatCode "NEW" . actor:b a coo:Company ; coo:gcatCode "MID" .'
    more = (*_RENAMED, ("MID", "OLD", "UK", "O", "B", "1985", "1990", "Mid Sky", "-", "Mid Sky"))
    turtle = _written(tmp_path, curated, _TWO[0], more=more)
    assert "  coo:owner actor:gcat-old ;" in turtle
    assert '  coo:gcatCode "OLD" ;' in _block(turtle, "actor:gcat-old")


def test_body_renamed_at_the_end_of_its_state_is_two(tmp_path: Path) -> None:
    """What ended with the Soviet Union and went on under a new code stands for each state in its time."""
    more = (("OKB1R", "OKB1", "RU", "O", "C", "1992", "-", "OKB-1", "-", "OKB-1"),)
    moved = {"SatOwner": "OKB1R", "SatState": "RU", "JCAT": "S43663", "Piece": "-"}
    turtle = _written(tmp_path, "", {"SatOwner": "OKB1", "SatState": "SU"}, moved, more=more)
    assert "  coo:agencyOf actor:sun ;" in _block(turtle, "actor:gcat-okb1")
    assert "  coo:agencyOf actor:rus ;" in _block(turtle, "actor:gcat-okb1r")


def test_english_name_of_another_row(tmp_path: Path) -> None:
    """A foreign name without an English one takes that of the body's other row; without any it is kept."""
    more = (
        ("UNI", "UNI", "F", "O", "A", "1970", "1990", "Universite", "University of X", "Université X"),
        ("UNI2", "UNI", "F", "O", "A", "1990", "-", "Universite", "-", "Université Y"),
        ("ECO", "ECO", "F", "O", "A", "1990", "-", "Ecole", "-", "École Z"),
    )
    rows = ({"SatOwner": "UNI2"}, {"SatOwner": "ECO", "JCAT": "S43663", "Piece": "-"})
    turtle = _written(tmp_path, "", *rows, more=more)
    block = _block(turtle, "actor:gcat-uni2")
    assert '  rdfs:label "University of X"@en ;' in block
    assert '  skos:altLabel "Université Y"@und ;' in block
    assert '  rdfs:label "École Z"@en ;' in _block(turtle, "actor:gcat-eco")


@pytest.mark.parametrize(
    ("state", "native", "expected"),
    [
        ("UA", "Збройні сили України", "uk"),
        ("UA", "КБ Южное", "und"),
        ("BY", "Нацыянальная акадэмія", "be"),
        ("BY", "Завод точной электромеханики", "und"),
        ("BG", "Институт за космически изследвания", "bg"),
        ("KZ", "Қазақстан ғарыш агенттігі", "kk"),
        ("J", "宇宙科学研究所", "ja"),
        ("F", "Université", "und"),
    ],
)
def test_language_of_a_native_name(tmp_path: Path, state: str, native: str, expected: str) -> None:
    """The state tells the language of a Cyrillic name, unless it may be Russian."""
    more = (("NEW", "NEW", state, "O", "C", "-", "-", "Name", "English", native),)
    assert language(read_organizations(_folder(tmp_path, {}, more=more) / "orgs.2024.tsv")["NEW"]) == expected


def test_state_bears_its_code(tmp_path: Path) -> None:
    """A state of today keeps its IRI and bears the code by which GCAT calls it."""
    turtle = _written(tmp_path, "", {})
    assert '  coo:gcatCode "F" ;' in turtle.partition("actor:fra\n")[2].partition("\n.\n")[0]


def test_two_keys_never_share_an_iri() -> None:
    """Names that would become one IRI stop the import."""
    sheet = Sheet(Known(()), author="urn:x")
    sheet.mint("system", f"lv-{slug('Antares 230+')}", key="Antares 230+")
    assert slug("Antares 230+") != slug("Antares 230")
    sheet.mint("system", "lv-a-b", key="A/B")
    with pytest.raises(SourceError, match="would get one IRI"):
        sheet.mint("system", "lv-a-b", key="A-B")


def test_import_needs_its_files(tmp_path: Path) -> None:
    """A table that is missing or there twice is named with what to do."""
    with pytest.raises(SourceError, match=r"need one file launchlog\*"):
        import_source("gcat", [tmp_path], only="cooperation", out=tmp_path / "out.ttl")
    _folder(tmp_path, {})
    (tmp_path / "launchlog.2025.tsv").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match=r"launchlog.2025.tsv"):
        import_source("gcat", [tmp_path], only="cooperation", out=tmp_path / "out.ttl")


@pytest.mark.parametrize(
    ("name", "only", "message"),
    [
        ("gcat", None, "gcat is imported in part: give only=cooperation"),
        ("gcat", "everything", "gcat has no part 'everything'"),
        ("countries", "cooperation", "countries has no part 'cooperation'"),
    ],
)
def test_parts_of_sources(tmp_path: Path, name: str, only: str | None, message: str) -> None:
    """GCAT comes in by its cooperative part alone; the other sources have no parts."""
    with pytest.raises(SourceError, match=message):
        import_source(name, [tmp_path], only=only, out=tmp_path / "out.ttl")


def test_import_writes_the_cooperative_part(tmp_path: Path) -> None:
    """The whole way from the publisher's files to canonical Turtle, twice with the same bytes."""
    folder = _folder(tmp_path, {}, {"JCAT": "S99999", "Piece": "2018-083Z", "SatOwner": "CALT", "SatState": "CN"})
    outs = [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    done = [import_source("gcat", [folder], only="cooperation", out=out) for out in outs]
    assert [part.rows for part in done] == [1, 1]
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert "99999" not in outs[0].read_text(encoding="utf-8")


def test_unknown_source(tmp_path: Path) -> None:
    """An unknown name is refused with those that exist."""
    with pytest.raises(SourceError, match="no importer for 'ucs': there are countries, gcat, links"):
        import_source("ucs", [tmp_path])


def test_packaged_identifiers_are_unique() -> None:
    """No two resources of the packaged graph share an identifier; codes of GCAT are unique within a kind of thing."""
    bearers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    coo = PREFIXES["coo"]
    names = {"cosparId", "noradId", "isoAlpha2", "isoAlpha3", "isoNumeric", "m49Code", "gcatCode"}
    for path in sorted(resource_dir("data").glob("*/*.ttl")):
        for quad in read_rdf(path):
            name = quad.predicate.value.removeprefix(coo)
            if name in names and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                kind = quad.subject.value.split("/")[-2] if name == "gcatCode" else ""
                bearers[f"{kind} {name}".strip(), quad.object.value].add(quad.subject.value)
    assert {key: sorted(shared) for key, shared in bearers.items() if len(shared) > 1} == {}
    assert len(bearers) > 6000


def test_packaged_catalogue_bears_its_credit() -> None:
    """The file itself names licence and author for each table of GCAT, so that the credit goes with a copy of it."""
    text = (resource_dir("data") / "catalogue" / "gcat-cooperation.ttl").read_text(encoding="utf-8")
    for table in ("launchlog", "psatcat", "orgs", "sites"):
        block = text.partition(f"\nsrc:gcat-{table}\n")[2].partition("\n.\n")[0]
        assert "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;" in block
        assert "Jonathan McDowell, https://planet4589.org" in block


def test_packaged_values_are_single() -> None:
    """The merged graph has one value of each property that has one, whichever file says it."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    single = {
        PREFIXES["coo"] + name
        for name in ("cosparId", "noradId", "onDate", "launchVehicle", "launchedFrom", "launchOutcome", "registeredBy")
    }
    for path in sorted(resource_dir("data").glob("*/*.ttl")):
        for quad in read_rdf(path):
            if quad.predicate.value in single:
                values[str(quad.subject), quad.predicate.value].add(str(quad.object))
    assert {key: sorted(both) for key, both in values.items() if len(both) > 1} == {}
