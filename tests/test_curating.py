"""The commands of those who make the graph, run as processes: build, validate, format, import, check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from graph.terms import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

BAD = "<https://w3id.org/coorbit/id/actor/xyz> a <https://w3id.org/coorbit/ont#State> ."
PREFIX_LINES = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items())


def test_build_says_what_it_did(coorbit: Coorbit, tmp_path: Path) -> None:
    """The first build makes version 000001, the second finds nothing to do."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    first = coorbit("build", "--home", tmp_path, "--from", tmp_path / "own.ttl")
    assert first.returncode == 0, first.stderr
    assert "version 1 published" in first.stdout
    assert (tmp_path / "versions" / "000001" / "manifest.json").exists()
    second = coorbit("build", "--from", tmp_path / "own.ttl", COORBIT_HOME=str(tmp_path))
    assert "version 1 unchanged" in second.stdout


def test_turtle_that_does_not_parse_makes_no_version(coorbit: Coorbit, tmp_path: Path) -> None:
    """Exit 1 with file, line and column, and the home stays without a version."""
    (tmp_path / "broken.ttl").write_text("<http://e.test/s>\n  <http://e.test/p> nonsense .\n")
    run = coorbit("build", "--home", tmp_path / "home", "--from", tmp_path / "broken.ttl")
    assert run.returncode == 1
    assert "broken.ttl line 2 column " in run.stderr
    assert not (tmp_path / "home").exists()


def test_build_from_files_wants_a_home_by_name(coorbit: Coorbit, tmp_path: Path) -> None:
    """The dataset in the default home is not replaced by accident: exit 2."""
    (tmp_path / "own.ttl").write_text(BAD)
    run = coorbit("build", "--from", tmp_path / "own.ttl", XDG_DATA_HOME=str(tmp_path))
    assert run.returncode == 2
    assert "--home" in run.stderr


def test_validate_checks_a_file_with_the_graph(coorbit: Coorbit, tmp_path: Path) -> None:
    """--add checks one's own facts beside the packaged ones, whose things they may refer to; both conform, exit 0."""
    fact = "actor:xyz a coo:Organization ; rdfs:label 'Xyz'@en ; coo:agencyOf actor:chn ."
    (tmp_path / "good.ttl").write_text(PREFIX_LINES + fact)
    run = coorbit("validate", "--add", tmp_path / "good.ttl")
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1].startswith("conforms")


SATELLITE = "sys:own a coo:Satellite ; rdfs:label 'Own'@en ; coo:missionType mis:communications ; "
BAD_DATA = {
    "a claim without a source": (
        (
            "clm:own a coo:QuantityClaim ; rdfs:label 'own'@en ; coo:countValue 1 ; coo:countedFor actor:chn ;"
            " coo:countedKind knd:cooperation-agreements ; coo:asOf '2018-04-19'^^xsd:date ; coo:statedBy actor:chn ;"
            " coo:claimStatus cst:accepted ."
        ),
        "id/claim/own",
    ),
    "an unknown term": (SATELLITE + "coo:cosparID '2018-083A' .", "ont#cosparID"),
    "a NORAD number of another": (SATELLITE.replace("own", "own2") + "coo:noradId '43662' .", "id/system/own2"),
    "a COSPAR number of another": (SATELLITE.replace("own", "own3") + "coo:cosparId '2018-083A' .", "id/system/own3"),
    "a dangling reference": (SATELLITE + "coo:operator actor:nowhere .", "id/actor/nowhere"),
}


@pytest.fixture(scope="module")
def findings(coorbit: Coorbit, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The violations that `validate` finds in all bad facts at once, a file each."""
    folder = tmp_path_factory.mktemp("bad")
    arguments: list[str | Path] = []
    for name, (fact, _) in BAD_DATA.items():
        path = folder / f"{name.replace(' ', '-')}.ttl"
        path.write_text(PREFIX_LINES + fact)
        arguments += ["--add", path]
    run = coorbit("validate", *arguments)
    assert run.returncode == 1
    return [part for part in run.stdout.split("\n\n") if part.startswith("Violation")]


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_facts_are_refused_with_iri_and_file(findings: list[str], name: str) -> None:
    """What would harm the graph is refused, and the report names the thing at fault and its file."""
    _, iri = BAD_DATA[name]
    file = f"{name.replace(' ', '-')}.ttl"
    assert [part for part in findings if iri in part and file in part]


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two faults: one for a shape, and one that no shape sees but a hygiene query does."""
    path = tmp_path_factory.mktemp("bad") / "bad.ttl"
    path.write_text(f"{PREFIX_LINES} {BAD} actor:chn coo:foundedOn '1949-10-01'^^xsd:date .")
    return path


def test_what_does_not_conform_makes_no_version(coorbit: Coorbit, bad: Path, tmp_path: Path) -> None:
    """Exit 1 with the report, of shapes and hygiene queries alike, and the home stays without a version."""
    run = coorbit("build", "--home", tmp_path / "home", "--from", bad)
    assert run.returncode == 1
    assert "Violation:" in run.stdout
    assert "id/actor/xyz" in run.stdout
    assert "queries/hygiene/uncovered-fact" in run.stdout
    assert not (tmp_path / "home" / "current").exists()


def test_validate_reports_as_turtle(coorbit: Coorbit, bad: Path) -> None:
    """Exit 1, and the report on stdout is RDF that names shape and node, and a hygiene query by its IRI."""
    run = coorbit("validate", "--from", bad, "--format", "turtle")
    assert run.returncode == 1
    report = Graph().parse(data=run.stdout, format="turtle")
    sources = set(map(str, report.objects(None, SH.sourceShape)))
    assert any(source.startswith("https://w3id.org/coorbit/shapes#") for source in sources)
    assert "https://w3id.org/coorbit/queries/hygiene/uncovered-fact" in sources
    assert URIRef("https://w3id.org/coorbit/id/actor/xyz") in set(report.objects(None, SH.focusNode))
    assert (None, RDF.type, SH.ValidationReport) in report


def test_a_file_cannot_switch_off_its_checks(coorbit: Coorbit, tmp_path: Path) -> None:
    """Shapes and ontology come with the package: a file that writes into their graphs is refused."""
    (tmp_path / "own.trig").write_text(
        "<https://w3id.org/coorbit/graph/shapes> { <https://w3id.org/coorbit/shapes#State> "
        "<http://www.w3.org/ns/shacl#deactivated> true }"
    )
    run = coorbit("validate", "--from", tmp_path / "own.trig")
    assert run.returncode == 1
    assert "comes with the package" in run.stderr


def test_format_repairs_and_checks(coorbit: Coorbit, tmp_path: Path) -> None:
    """--check tells and changes nothing; without it the file is rewritten."""
    path = tmp_path / "own.ttl"
    path.write_text("<http://e.test/s> <http://e.test/p> 2 , 1 .")
    check = coorbit("format", "--check", tmp_path)
    assert (check.returncode, path.read_text()) == (1, "<http://e.test/s> <http://e.test/p> 2 , 1 .")
    assert f"coorbit format {path}" in check.stderr
    assert coorbit("format", path).returncode == 0
    assert path.read_text() == "<http://e.test/s>\n  <http://e.test/p> 1 ;\n  <http://e.test/p> 2 ;\n.\n"
    assert coorbit("format", "--check", tmp_path).returncode == 0


def test_import_writes_a_catalogue(coorbit: Coorbit, tmp_path: Path) -> None:
    """A publisher's file that lacks a column is refused with exit 1 and the column; nothing is written."""
    (tmp_path / "country-codes.csv").write_text("ISO3166-1-Alpha-3,CLDR display name\nXYZ,Xyz\n")
    run = coorbit("import", "countries", "--from", tmp_path, "--out", tmp_path / "countries.ttl")
    assert run.returncode == 1
    assert "country-codes.csv" in run.stderr
    assert "column" in run.stderr
    assert not (tmp_path / "countries.ttl").exists()


def test_check_prints_the_quality_report(coorbit: Coorbit) -> None:
    """The report goes to stdout, as text."""
    assert "languages" in coorbit("check").stdout


@pytest.mark.slow
def test_check_prints_the_quality_report_as_turtle(coorbit: Coorbit) -> None:
    """With --format it is RDF."""
    turtle = coorbit("check", "--format", "turtle").stdout
    assert list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))


def test_check_links_finds_them_sound(coorbit: Coorbit) -> None:
    """Offline, form, pattern and uniqueness of the packaged links are checked; exit 0."""
    run = coorbit("check", "links")
    assert run.returncode == 0, run.stdout
    assert "links are sound" in run.stdout
