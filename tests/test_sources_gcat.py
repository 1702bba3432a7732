"""GCAT as it is read: its padded, doubtful and vague fields, and what is imported of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gcat_tables import read_payload, write_tables

from graph.errors import SourceError
from graph.importing import import_source
from graph.sources.gcat import (
    Code,
    read_organizations,
    read_payload_catalogue,
)
from graph.sources.gcat_states import SUCCESSIONS, continued, read_states

if TYPE_CHECKING:
    from pathlib import Path


def test_payload_is_read(tmp_path: Path) -> None:
    """Padding goes; the numbers come in the form of the graph."""
    payload = read_payload(tmp_path)
    assert (payload.cospar, payload.norad, payload.label) == ("2018-083A", "43662", "CFOSAT")
    assert payload.launched.day is not None
    assert payload.owners == (Code(code="CNES", doubtful=False),)
    assert payload.outcome == "success"


def test_number_loses_its_zeros(tmp_path: Path) -> None:
    """JCAT S00002 is catalogue number 2; a Greek designator is none of today's."""
    payload = read_payload(tmp_path, JCAT="S00002", Piece="1957 ALP 2")
    assert (payload.norad, payload.cospar) == ("2", "")


def test_piece_of_another_object_has_no_designator(tmp_path: Path) -> None:
    """What stays attached shares the designator of its carrier, so it bears none."""
    payload = read_payload(tmp_path, JCAT="A06295", Type="PXA---U")
    assert (payload.norad, payload.cospar, payload.attached) == ("", "", True)


def test_joint_and_doubtful_owners(tmp_path: Path) -> None:
    """'A/B?' is two owners, the second in doubt."""
    payload = read_payload(tmp_path, SatOwner="SSTL/CNES?")
    assert payload.owners == (Code(code="SSTL", doubtful=False), Code(code="CNES", doubtful=True))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("OS", "success"), ("OF", "failure"), ("OF40", "partial-failure"), ("DS", "success"), ("XU", "outcome-unknown")],
)
def test_outcomes(tmp_path: Path, code: str, outcome: str) -> None:
    """The second letter is the outcome; a figure behind it makes it partial."""
    assert read_payload(tmp_path, Launch_Code=code).outcome == outcome


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
        read_payload(tmp_path, **{field: value})
    assert f"launchlog.2024.tsv line 2: {field}: " in caplog.text


def test_brackets_mean_not_registered(tmp_path: Path) -> None:
    """A state in brackets has not registered the object; a category in doubt is left out."""
    entries = read_payload_catalogue(write_tables(tmp_path, {}) / "psatcat.2024.tsv")
    assert entries["S43662"].registered_by == "CN"
    assert (entries["S00002"].registered_by, entries["S00002"].categories) == ("", ("TECH",))


def test_names_of_bodies(tmp_path: Path) -> None:
    """The English name is the label; the name in its own script is kept beside it."""
    bodies = read_organizations(write_tables(tmp_path, {}) / "orgs.2024.tsv")
    assert (bodies["CALT"].label, bodies["CALT"].native) == ("Academy of Launch Vehicles", "中国运载火箭技术研究院")
    assert (bodies["ESA"].label, bodies["ESA"].native) == ("European Space Agency", "")


def test_every_state_code_has_one_meaning() -> None:
    """All 192 codes are in the table with a reason; those left unmapped stand for no party."""
    parties = read_states()
    assert len(parties) == 192
    assert parties["I"].iso2 == "IT"
    assert parties["D"].iso2 == "DE"
    assert parties["SU"].former == "sun"
    assert parties["I-ESA"].body == "ESA"
    assert {continued(code) for code in SUCCESSIONS} <= set(parties)


def test_import_needs_its_files(tmp_path: Path) -> None:
    """A table that is missing or there twice is named with what to do."""
    with pytest.raises(SourceError, match=r"need one file launchlog\*"):
        import_source("gcat", [tmp_path], only="cooperation", out=tmp_path / "out.ttl")
    write_tables(tmp_path, {})
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
    folder = write_tables(tmp_path, {}, {"JCAT": "S99999", "Piece": "2018-083Z", "SatOwner": "CALT", "SatState": "CN"})
    outs = [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    done = [import_source("gcat", [folder], only="cooperation", out=out) for out in outs]
    assert [part.rows for part in done] == [1, 1]
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert "99999" not in outs[0].read_text(encoding="utf-8")


def test_unknown_source(tmp_path: Path) -> None:
    """An unknown name is refused with those that exist."""
    with pytest.raises(SourceError, match="no importer for 'ucs': there are countries, gcat, links"):
        import_source("ucs", [tmp_path])
