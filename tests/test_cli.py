"""The command `coorbit`, run as a process."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from graph.terms import PREFIXES

if TYPE_CHECKING:
    from conftest import Coorbit

BAD = "<https://w3id.org/coorbit/id/actor/xyz> a <https://w3id.org/coorbit/ont#State> ."
PREFIX_LINES = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items())
COUNT = "SELECT (COUNT(*) AS ?count) WHERE { ?state a coo:State }"


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


def test_a_violation_makes_no_version(coorbit: Coorbit, tmp_path: Path) -> None:
    """Exit 1 with the report, and the home stays without a version."""
    (tmp_path / "bad.ttl").write_text(BAD)
    run = coorbit("build", "--home", tmp_path / "home", "--from", tmp_path / "bad.ttl")
    assert run.returncode == 1
    assert "Violation:" in run.stdout
    assert "id/actor/xyz" in run.stdout
    assert not (tmp_path / "home" / "current").exists()


def test_build_from_files_wants_a_home_by_name(coorbit: Coorbit, tmp_path: Path) -> None:
    """The dataset in the default home is not replaced by accident: exit 2."""
    (tmp_path / "own.ttl").write_text(BAD)
    run = coorbit("build", "--from", tmp_path / "own.ttl", XDG_DATA_HOME=str(tmp_path))
    assert run.returncode == 2
    assert "--home" in run.stderr


def test_a_home_that_cannot_be_used_is_one_line(coorbit: Coorbit, tmp_path: Path) -> None:
    """A file where the home should be: exit 1 and one line, no traceback."""
    (tmp_path / "home").write_text("")
    for command in (("build",), ("query", COUNT)):
        run = coorbit(*command, "--home", tmp_path / "home")
        assert (run.returncode, run.stderr.count("\n")) == (1, 1)
        assert "cannot be used as home" in run.stderr


def test_validate_checks_a_file_with_the_graph(coorbit: Coorbit, tmp_path: Path) -> None:
    """--add checks one's own facts beside the packaged ones, whose things they may refer to."""
    fact = "actor:xyz a coo:Organization ; rdfs:label 'Xyz'@en ; coo:agencyOf actor:chn ."
    (tmp_path / "good.ttl").write_text(PREFIX_LINES + fact)
    run = coorbit("validate", "--add", tmp_path / "good.ttl")
    assert run.returncode == 0, run.stdout


def test_validate_conforms(coorbit: Coorbit) -> None:
    """The packaged graph conforms, exit 0."""
    run = coorbit("validate")
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


def test_hygiene_refuses_too(coorbit: Coorbit, tmp_path: Path) -> None:
    """What no shape sees but a hygiene query does is refused by validate and by build, with the query's IRI."""
    fact = "actor:chn coo:foundedOn '1949-10-01'^^xsd:date ."
    (tmp_path / "bad.ttl").write_text(PREFIX_LINES + fact)
    run = coorbit("validate", "--from", tmp_path / "bad.ttl", "--format", "turtle")
    assert run.returncode == 1
    sources = set(Graph().parse(data=run.stdout, format="turtle").objects(None, SH.sourceShape))
    assert URIRef("https://w3id.org/coorbit/queries/hygiene/uncovered-fact") in sources
    assert coorbit("build", "--from", tmp_path / "bad.ttl", "--home", tmp_path / "home").returncode == 1
    assert not (tmp_path / "home" / "current").exists()


def test_a_file_cannot_switch_off_its_checks(coorbit: Coorbit, tmp_path: Path) -> None:
    """Shapes and ontology come with the package: a file that writes into their graphs is refused."""
    (tmp_path / "own.trig").write_text(
        "<https://w3id.org/coorbit/graph/shapes> { <https://w3id.org/coorbit/shapes#State> "
        "<http://www.w3.org/ns/shacl#deactivated> true }"
    )
    run = coorbit("validate", "--from", tmp_path / "own.trig")
    assert run.returncode == 1
    assert "comes with the package" in run.stderr


def test_a_terminal_gets_a_table(home: Path) -> None:
    """On a terminal a SELECT is a table with a count of rows, an ASK a yes or no."""
    for query, words in ((COUNT, " row\r\n"), ("ASK { actor:chn a coo:State }", "yes")):
        leader, follower = pty.openpty()
        command: list[str | Path] = [Path(sys.executable).parent / "coorbit", "query", query, "--home", home]
        with subprocess.Popen(command, stdout=follower) as process:
            os.close(follower)
            shown = b""
            with contextlib.suppress(OSError):  # Linux ends a terminal whose other end is closed with EIO
                while chunk := os.read(leader, 4096):
                    shown += chunk
            assert process.wait(timeout=60) == 0
        os.close(leader)
        assert words in shown.decode()


def test_a_start_that_fails_ends_the_service(coorbit: Coorbit, tmp_path: Path) -> None:
    """A home that cannot be used ends `serve` with exit 1 and the reason."""
    (tmp_path / "home").write_text("")
    run = coorbit("serve", "--port", "0", "--home", tmp_path / "home")
    assert run.returncode == 1
    assert "cannot be used as home" in run.stderr
    assert "Traceback" not in run.stderr


def test_validate_reports_as_turtle(coorbit: Coorbit, tmp_path: Path) -> None:
    """Exit 1, and the report on stdout is RDF that names shape and node."""
    (tmp_path / "bad.ttl").write_text(BAD)
    run = coorbit("validate", "--from", tmp_path / "bad.ttl", "--format", "turtle")
    assert run.returncode == 1
    report = Graph().parse(data=run.stdout, format="turtle")
    assert any(
        str(shape).startswith("https://w3id.org/coorbit/shapes#") for shape in report.objects(None, SH.sourceShape)
    )
    assert URIRef("https://w3id.org/coorbit/id/actor/xyz") in set(report.objects(None, SH.focusNode))
    assert (None, RDF.type, SH.ValidationReport) in report


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("json", lambda text: json.loads(text)["results"]["bindings"][0]["count"]["value"]),
        ("csv", lambda text: text.splitlines()[1]),
        ("tsv", lambda text: text.splitlines()[1]),
        ("xml", lambda text: text.split('integer">')[1].split("<")[0]),
    ],
)
def test_query_in_each_format(coorbit: Coorbit, home: Path, name: str, reads: object) -> None:
    """A query text is answered from the current version in the format asked for."""
    run = coorbit("query", COUNT, "--home", home, "--format", name)
    assert run.returncode == 0, run.stderr
    assert callable(reads)
    assert int(reads(run.stdout)) >= 14


def test_query_from_a_file(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """A .rq file is read, and without a terminal the answer is TSV."""
    (tmp_path / "count.rq").write_text(COUNT)
    assert coorbit("query", tmp_path / "count.rq", "--home", home).stdout.startswith("?count\n")


def test_query_for_a_graph_gives_turtle(coorbit: Coorbit, home: Path) -> None:
    """CONSTRUCT comes as Turtle unless told otherwise."""
    run = coorbit("query", "DESCRIBE actor:chn", "--home", home)
    assert list(ox.parse(run.stdout, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param(("SELECT ?x {",), 1, "line 1, column", id="broken query"),
        pytest.param(("ASK { SERVICE <http://e.test/> {} }",), 1, "never calls another host", id="outside call"),
        pytest.param((COUNT, "--format", "turtle"), 1, "ask for one of these", id="format of another kind"),
        pytest.param((COUNT, "--format", "pdf"), 2, "unknown format", id="unknown format"),
        pytest.param(("missing.rq",), 2, "cannot be read", id="missing file"),
    ],
)
def test_query_errors(coorbit: Coorbit, home: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    """A query that fails is exit 1, wrong use exit 2, each with a message on stderr and nothing on stdout."""
    run = coorbit("query", *arguments, "--home", home)
    assert (run.returncode, run.stdout) == (status, "")
    assert words in " ".join(run.stderr.split())


def test_query_without_a_version_says_what_to_do(coorbit: Coorbit, tmp_path: Path) -> None:
    """An empty home is named, with the command that fills it."""
    run = coorbit("query", COUNT, "--home", tmp_path)
    assert run.returncode == 1
    assert "coorbit build" in run.stderr


def test_a_port_in_use_is_one_line(coorbit: Coorbit, home: Path) -> None:
    """Exit 2 before anything is built or served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = coorbit("serve", "--home", home, "--port", str(taken.getsockname()[1]))
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "--port" in run.stderr


def test_a_bad_setting_stops_the_start(coorbit: Coorbit) -> None:
    """A known setting with a bad value is exit 2, by name."""
    run = coorbit("serve", "--port", "0", COORBIT_QUERY_TIMEOUT_S="soon")
    assert run.returncode == 2
    assert "COORBIT_QUERY_TIMEOUT_S" in run.stderr


def test_an_unknown_setting_is_a_warning(coorbit: Coorbit, home: Path) -> None:
    """A misspelt setting is named with the nearest known one, and the command goes on."""
    run = coorbit("query", COUNT, "--home", home, COORBIT_QUERY_TIMEOUT="3")
    assert run.returncode == 0
    assert "did you mean COORBIT_QUERY_TIMEOUT_S" in run.stderr


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


@pytest.mark.parametrize("command", ["", "build", "validate", "query", "serve", "format"])
def test_each_command_explains_itself(coorbit: Coorbit, command: str) -> None:
    """--help says what a command does."""
    run = coorbit(*command.split(), "--help")
    assert run.returncode == 0
    assert "Usage" in run.stdout


def test_import_writes_a_catalogue(coorbit: Coorbit, tmp_path: Path) -> None:
    """A publisher's file that lacks a column is refused with exit 1 and the column; nothing is written."""
    (tmp_path / "country-codes.csv").write_text("ISO3166-1-Alpha-3,CLDR display name\nXYZ,Xyz\n")
    run = coorbit("import", "countries", "--from", tmp_path, "--out", tmp_path / "countries.ttl")
    assert run.returncode == 1
    assert "country-codes.csv" in run.stderr
    assert "column" in run.stderr
    assert not (tmp_path / "countries.ttl").exists()


def test_check_prints_the_quality_report(coorbit: Coorbit) -> None:
    """The report goes to stdout, as text or as Turtle."""
    assert "languages" in coorbit("check").stdout
    turtle = coorbit("check", "--format", "turtle").stdout
    assert list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))


def test_check_links_finds_them_sound(coorbit: Coorbit) -> None:
    """Offline, form, pattern and uniqueness of the packaged links are checked; exit 0."""
    run = coorbit("check", "links")
    assert run.returncode == 0, run.stdout
    assert "links are sound" in run.stdout
