"""The bodies of GCAT as actors: parts, former states, renamed bodies, names and their languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gcat_tables import CURATED, imported, write_tables
from reading import block_of

from graph.sources.gcat import (
    read_organizations,
)
from graph.triples.gcat_bodies import language

if TYPE_CHECKING:
    from pathlib import Path


def test_part_of_a_body_is_no_states_agency(tmp_path: Path) -> None:
    """ESTEC stands under ESA: it is part of that, and no state's agency; ESA is the body itself."""
    turtle = imported(tmp_path, "", {"SatOwner": "ESTEC", "SatState": "I-ESA"})
    assert "actor:gcat-estec a coo:Organization ;" in turtle
    assert "  coo:parentOrganization actor:gcat-esa ;" in turtle
    assert "actor:gcat-esa a coo:InternationalOrganization ;" in turtle


def test_former_state_has_no_iso_code(tmp_path: Path) -> None:
    """The Soviet Union is a state of its own, known by its code in GCAT."""
    turtle = imported(tmp_path, "", {"LVState": "SU"})
    block = turtle.partition("actor:sun a coo:State ;\n")[2].partition("\n.\n")[0]
    assert '  coo:gcatCode "SU" ;' in block
    assert "iso" not in block


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
    turtle = imported(tmp_path, "", {"SatOwner": owner, "SatState": "RU" if state == "rus" else "SU"})
    assert f"  coo:agencyOf actor:{state} ;" in block_of(turtle, f"actor:gcat-{owner.lower()}")
    assert "  coo:owner actor:rus ;" not in turtle
    assert "  coo:owner actor:sun ;" not in turtle


def test_state_that_its_owner_represents_is_no_second_owner(tmp_path: Path) -> None:
    """Two codes of one state (BGN and BG) do not make the state an owner beside its own firm."""
    more = (("BGSAT", "BGSAT", "BGN", "O", "B", "2004", "-", "Bulgaria Sat AD", "-", "Bulgaria Sat AD"),)
    curated = 'actor:bgr a coo:State ; coo:isoAlpha2 "BG" .'
    turtle = imported(tmp_path, curated, {"SatOwner": "BGSAT", "SatState": "BG"}, more=more)
    assert "  coo:owner actor:gcat-bgsat ;" in turtle
    assert "  coo:basedIn actor:bgr ;" in turtle
    assert "  coo:owner actor:bgr ;" not in turtle


def test_seat_of_an_international_body_is_an_owner(tmp_path: Path) -> None:
    """An international organization does not stand for the state of its seat, so both stay owners."""
    curated = CURATED.replace("coo:SpaceAgency", "coo:InternationalOrganization ; coo:basedIn actor:gbr")
    turtle = imported(tmp_path, curated, {"SatState": "UK"})
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
    block = block_of(turtle := imported(tmp_path, "", *_TWO, more=_RENAMED), "actor:gcat-new")
    for line in (
        'rdfs:label "New Sky"@en', 'skos:altLabel "Old Sky"@en', 'coo:gcatCode "NEW"',
        "coo:fromRow src:gcat-orgs-new", "coo:fromRow src:gcat-orgs-old", "coo:basedIn actor:gbr",
    ):  # fmt: skip
        assert f"  {line} ;" in block
    assert block.count("coo:gcatCode") == 1
    assert "actor:gcat-old" not in turtle
    assert "  coo:basedIn actor:fra ;" in block_of(turtle, "actor:gcat-moved")


def test_renamed_body_is_the_curated_one(tmp_path: Path) -> None:
    """Where the curated graph knows one of the codes, all of them lead to that actor."""
    curated = 'actor:sky a coo:Company ; rdfs:label "Sky"@en ; coo:gcatCode "NEW" .'
    turtle = imported(tmp_path, curated, _TWO[0], more=_RENAMED)
    assert "  coo:owner actor:sky ;" in turtle
    assert "actor:gcat-" not in turtle.replace("actor:gcat-calt", "")


def test_body_that_the_curators_hold_for_several(tmp_path: Path) -> None:
    """A code of a body of which the curators made two actors is neither of them."""
    curated = 'actor:a a coo:Company ; coo:gcatCode "NEW" . actor:b a coo:Company ; coo:gcatCode "MID" .'
    more = (*_RENAMED, ("MID", "OLD", "UK", "O", "B", "1985", "1990", "Mid Sky", "-", "Mid Sky"))
    turtle = imported(tmp_path, curated, _TWO[0], more=more)
    assert "  coo:owner actor:gcat-old ;" in turtle
    assert '  coo:gcatCode "OLD" ;' in block_of(turtle, "actor:gcat-old")


def test_body_renamed_at_the_end_of_its_state_is_two(tmp_path: Path) -> None:
    """What ended with the Soviet Union and went on under a new code stands for each state in its time."""
    more = (("OKB1R", "OKB1", "RU", "O", "C", "1992", "-", "OKB-1", "-", "OKB-1"),)
    moved = {"SatOwner": "OKB1R", "SatState": "RU", "JCAT": "S43663", "Piece": "-"}
    turtle = imported(tmp_path, "", {"SatOwner": "OKB1", "SatState": "SU"}, moved, more=more)
    assert "  coo:agencyOf actor:sun ;" in block_of(turtle, "actor:gcat-okb1")
    assert "  coo:agencyOf actor:rus ;" in block_of(turtle, "actor:gcat-okb1r")


def test_english_name_of_another_row(tmp_path: Path) -> None:
    """A foreign name without an English one takes that of the body's other row; without any it is kept."""
    more = (
        ("UNI", "UNI", "F", "O", "A", "1970", "1990", "Universite", "University of X", "Université X"),
        ("UNI2", "UNI", "F", "O", "A", "1990", "-", "Universite", "-", "Université Y"),
        ("ECO", "ECO", "F", "O", "A", "1990", "-", "Ecole", "-", "École Z"),
    )
    rows = ({"SatOwner": "UNI2"}, {"SatOwner": "ECO", "JCAT": "S43663", "Piece": "-"})
    turtle = imported(tmp_path, "", *rows, more=more)
    block = block_of(turtle, "actor:gcat-uni2")
    assert '  rdfs:label "University of X"@en ;' in block
    assert '  skos:altLabel "Université Y"@und ;' in block
    assert '  rdfs:label "École Z"@en ;' in block_of(turtle, "actor:gcat-eco")


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
    assert language(read_organizations(write_tables(tmp_path, {}, more=more) / "orgs.2024.tsv")["NEW"]) == expected


def test_state_bears_its_code(tmp_path: Path) -> None:
    """A state of today keeps its IRI and bears the code by which GCAT calls it."""
    turtle = imported(tmp_path, "", {})
    assert '  coo:gcatCode "F" ;' in turtle.partition("actor:fra\n")[2].partition("\n.\n")[0]
