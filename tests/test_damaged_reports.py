"""A report that is damaged is found, never carried over, and made anew; a store is closed when it is published."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from committing import ORIGIN, update
from sharing import copy_home

from graph.commits import commit
from graph.history import roll_back
from graph.integrity import find_damage
from graph.manifests import write_manifest
from graph.repair import repair
from graph.terms import CURATED_GRAPH, PREFIXES
from graph.versions import REPORT, current

if TYPE_CHECKING:
    from pathlib import Path

    from graph.incremental import Outcome
    from graph.mending import Mended

# A writer that finds no prepared shapes: it says which files of the new version it has open as that gets its name.
UNPREPARED = """
import os, shutil, sys
from datetime import UTC, datetime
from pathlib import Path
from graph.commits import commit
from graph.versions import Origin

home = Path(sys.argv[1])

def opened():
    for name in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            pass

def watch(event, arguments):
    if event == "os.rename" and Path(arguments[1]).parent.name == "versions":
        print(sum("/staging/" in path for path in opened()))

sys.addaudithook(watch)
text = f"INSERT DATA {{ GRAPH <{sys.argv[2]}> {{ <http://e.test/s> <http://e.test/p> 1 }} }}"
origin = Origin(created=datetime.now(UTC), author="tests", message="m")
commit(home, lambda store: store.update(text), origin=origin)
"""


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    """A published home of a few facts, to be damaged."""
    return copy_home(published, tmp_path / "home")


def overwrite(path: Path, content: bytes) -> None:
    """Write a file in place of one that other homes share."""
    path.unlink()
    path.write_bytes(content)


def insert(home: Path, number: int) -> Outcome:
    """Commit a fact; return how it was validated."""
    told: list[Outcome] = []
    text = f"INSERT DATA {{ GRAPH <{CURATED_GRAPH}> {{ <{PREFIXES['sys']}cfosat> skos:note 'note {number}'@en }} }}"
    commit(home, update(f"PREFIX skos: <{PREFIXES['skos']}> {text}"), origin=ORIGIN, tell=told.append)
    return told[0]


@pytest.mark.parametrize("content", [b"\xff", b"", b"@prefix sh: <http://www.w3.org/ns/shacl#> .\n[] a sh:Node ."])
def test_a_damaged_report_is_found_and_made_anew(home: Path, content: bytes) -> None:
    """By its digest in the manifest, whatever it says now; the same findings give the same text."""
    path = current(home).directory / REPORT
    before = path.read_bytes()
    overwrite(path, content)
    (damage,) = find_damage(home)
    assert damage.text() == f"report.ttl {damage.why}: version {current(home).manifest.number}"
    told: list[Mended] = []
    assert repair(home, tell=told.append) == []
    assert [each.how for each in told] == ["report.ttl made by validating its store"]
    assert path.read_bytes() == before


def test_a_damaged_report_is_not_carried_over(home: Path) -> None:
    """The next commit validates everything, the one after it what it affects; a way back has a report of its own."""
    old = current(home)
    report = (old.directory / REPORT).read_bytes()
    overwrite(old.directory / REPORT, report.replace(b"true", b"false"))
    assert [bool(insert(home, number).full) for number in range(2)] == [True, False]
    back, _ = roll_back(home, old.manifest.number, origin=ORIGIN)
    assert (back.directory / REPORT).read_bytes() == report
    (current(home).directory / REPORT).unlink()
    assert insert(home, 3).full


def test_a_version_of_older_software_has_no_digest_of_its_report(home: Path) -> None:
    """It is taken as it is, unless it cannot be read."""
    version = current(home)
    write_manifest(version.directory, replace(version.manifest, beside=[]))
    assert not insert(home, 1).full
    version = current(home)
    write_manifest(version.directory, replace(version.manifest, beside=[]))
    overwrite(version.directory / REPORT, b"\xff")
    assert find_damage(home) == []
    assert insert(home, 2).full


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_store_is_open_when_its_version_gets_its_name(home: Path) -> None:
    """Where a writer prepared the shapes itself, errors of the grammar held it in cycles, and it went on writing."""
    for path in (home / "plans").iterdir():
        path.unlink()
    run = subprocess.run(
        [sys.executable, "-c", UNPREPARED, home, CURATED_GRAPH], capture_output=True, text=True, check=True
    )
    assert run.stdout == "0\n"
    assert find_damage(home) == []
