"""The command `coorbit`, run as a process: queries, the start of the service, settings and help."""

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

if TYPE_CHECKING:
    from conftest import Coorbit
COUNT = "SELECT (COUNT(*) AS ?count) WHERE { ?state a coo:State }"


def test_a_home_that_cannot_be_used_is_one_line(coorbit: Coorbit, tmp_path: Path) -> None:
    """A file where the home should be: exit 1 and one line, no traceback."""
    (tmp_path / "home").write_text("")
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    for command in (("build", "--from", tmp_path / "own.ttl"), ("query", COUNT)):
        run = coorbit(*command, "--home", tmp_path / "home")
        assert (run.returncode, run.stderr.count("\n")) == (1, 1)
        assert "cannot be used as home" in run.stderr


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a device that is always full")
@pytest.mark.parametrize("command", [("dump",), ("query", "ASK {}"), ("diff", "1", "1"), ("log",)])
def test_output_that_cannot_be_written_is_one_line(home: Path, command: tuple[str, ...]) -> None:
    """Exit 1 and why; nothing of Python's, not even where the text had waited for the end of the process."""
    program = Path(sys.executable).parent / "coorbit"
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [program, *command, "--home", home], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("coorbit: the output cannot be written: ")
    assert "Traceback" not in run.stderr
    assert "Exception" not in run.stderr


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


def test_a_command_loads_only_what_it_needs() -> None:
    """The web framework, rdflib and pySHACL take most of a second to load: no command waits for those of another."""
    program = "import sys, service.cli; print(*{'fastapi', 'rdflib', 'pyshacl', 'uvicorn'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "\n", f"loaded by every command: {run.stdout}"


@pytest.mark.parametrize("command", ["", "build", "validate", "query", "serve", "format"])
def test_each_command_explains_itself(coorbit: Coorbit, command: str) -> None:
    """--help says what a command does."""
    run = coorbit(*command.split(), "--help")
    assert run.returncode == 0
    assert "Usage" in run.stdout
