"""Releases in a home: their names and order, damage, and that nothing half made is ever there."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import subprocess
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from conftest import COORBIT
from release_data import DATA, KINDS, PLAIN
from small_homes import NOW, publish_quads, read

from graph.errors import HomeUnusable, NoVersion, ReleaseDamaged, ReleaseRefused, ReleaseUnknown, VersionDamaged
from graph.release import make_first_release, make_release
from graph.releases import CURRENT, dumps_of, find_release, latest_release, released_versions, releases
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

    from graph.manifests import Kind


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "latest", *CURRENT, "x" * 65, "a b", "ö"])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    """What is no single file name, or stands for something else in an address, names no release."""
    publish_quads(tmp_path, read(DATA))
    with pytest.raises(ReleaseRefused, match="is no name of a release"):
        make_release(tmp_path, name, now=NOW)
    with pytest.raises(ReleaseUnknown):
        find_release(tmp_path, name)


def test_a_release_is_never_changed(tmp_path: Path) -> None:
    """A name that is taken is refused, and the files stay as they are."""
    publish_quads(tmp_path, read(DATA))
    first = make_release(tmp_path, "one", now=NOW)
    with pytest.raises(ReleaseRefused, match="never changed"):
        make_release(tmp_path, "one", now=NOW)
    assert find_release(tmp_path, "one") == first


def test_releases_are_found_the_newest_first(tmp_path: Path) -> None:
    """The order is that in which they were made; each holds its version."""
    with pytest.raises(NoVersion):
        make_release(tmp_path, "one", now=NOW)
    publish_quads(tmp_path, read(DATA))
    with pytest.raises(ReleaseUnknown, match="coorbit release NAME"):
        latest_release(tmp_path)
    first = make_first_release(tmp_path, now=NOW)
    assert first is not None
    assert first.name == "2026.11"
    assert make_first_release(tmp_path, now=NOW) is None
    publish_quads(tmp_path, read(PLAIN)[:-2])
    second = make_release(tmp_path, "1", now=NOW.replace(hour=13))
    assert releases(tmp_path) == [second, first]
    assert latest_release(tmp_path) == second
    assert released_versions(tmp_path) == {1, 2}
    assert (tmp_path / "releases" / "1" / "version").resolve() == current(tmp_path).directory


@pytest.mark.parametrize(("kind", "trig"), KINDS)
def test_a_damaged_version_is_not_released(tmp_path: Path, kind: Kind, trig: str) -> None:
    """A store that does not hold what the manifest says is told, and nothing is left behind."""
    publish_quads(tmp_path, read(trig), kind=kind, triples=99)
    with pytest.raises(VersionDamaged, match="says 99"):
        make_release(tmp_path, "one", now=NOW)
    assert not list((tmp_path / "releases").iterdir())


@pytest.mark.parametrize("harm", ["a byte", "the end", "the file"])
def test_a_damaged_release_is_not_built_upon(tmp_path: Path, harm: str) -> None:
    """Where a dump of the release before is not what it was, nobody can say what changed: that is told."""
    publish_quads(tmp_path, read(DATA))
    make_release(tmp_path, "one", now=NOW)
    path = dumps_of(tmp_path, "one") / "coorbit.nq.gz"
    data = path.read_bytes()
    match harm:
        case "a byte":
            path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])
        case "the end":
            path.write_bytes(data[:-9])
        case _:
            path.unlink()
    with pytest.raises(ReleaseDamaged, match=r"release one is damaged: coorbit\.nq\.gz"):
        make_release(tmp_path, "two", now=NOW)
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {"one"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": [{}]}', "nonsense"])
def test_a_damaged_record_hides_no_other_release(tmp_path: Path, text: str) -> None:
    """It is left out of the list; asked for by name, it is told."""
    publish_quads(tmp_path, read(DATA))
    for name in ("one", "two"):
        make_release(tmp_path, name, now=NOW)
    (dumps_of(tmp_path, "two") / "release.json").write_text(text)
    assert [release.name for release in releases(tmp_path)] == ["one"]
    with pytest.raises(ReleaseDamaged):
        find_release(tmp_path, "two")


def test_what_a_dead_maker_left_is_swept(tmp_path: Path) -> None:
    """Litter of a process that is gone goes with the next release; that of one at work stays."""
    publish_quads(tmp_path, read(DATA))
    dead, alive = tmp_path / "releases" / ".making-dead", tmp_path / "releases" / ".making-alive"
    for folder in (dead, alive):
        (folder / "one" / "dumps").mkdir(parents=True)
    descriptor = os.open(alive, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        make_release(tmp_path, "two", now=NOW)
    finally:
        os.close(descriptor)
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {".making-alive", "two"}
    assert [release.name for release in releases(tmp_path)] == ["two"]


def test_a_full_disk_leaves_no_release(tmp_path: Path) -> None:
    """A file that cannot be written ends it with one line; neither a release nor litter is there."""
    many = [
        ox.Quad(ox.NamedNode("http://e.test/s"), ox.NamedNode("http://e.test/p"), ox.Literal(n)) for n in range(5000)
    ]
    publish_quads(tmp_path, many, kind="plain")
    run = subprocess.run(
        [COORBIT, "release", "one", "--home", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert run.returncode == 1
    assert "cannot be used as home" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list((tmp_path / "releases").iterdir())


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file in the place of the releases is an error that a person can read."""
    publish_quads(tmp_path, read(DATA))
    (tmp_path / "releases").rmdir()
    (tmp_path / "releases").write_text("")
    with pytest.raises(HomeUnusable):
        make_release(tmp_path, "one", now=NOW)


def test_the_command_makes_a_release(coorbit: Coorbit, tmp_path: Path) -> None:
    """What was made goes to stdout; a name that is taken is one line and exit status 1."""
    (tmp_path / "own.nt").write_text("<http://e.test/s> <http://e.test/p> <http://e.test/o> .\n")
    home = tmp_path / "home"
    built = coorbit("build", "--from", tmp_path / "own.nt", "--no-shapes", "--home", home)
    assert f"release {releases(home)[0].name} made" in built.stdout
    run = coorbit("release", "one", "--home", home)
    assert run.returncode == 0, run.stderr
    assert "release one of version 1: 1 quads" in run.stdout
    assert run.stderr.strip() == ""
    again = coorbit("release", "one", "--home", home)
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr
    rebuilt = coorbit("build", "--from", tmp_path / "own.nt", "--no-shapes", "--home", home)
    assert "release" not in rebuilt.stdout


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    """A person sees how far it is; the summary on stdout stays clean."""
    publish_quads(tmp_path, read(DATA))
    reader, terminal = pty.openpty()
    try:
        run = subprocess.run(
            [COORBIT, "release", "one", "--home", tmp_path],
            stdout=subprocess.PIPE,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm"},
            check=True,
            timeout=60,
        )
        shown = os.read(reader, 100_000).decode()
    finally:
        os.close(reader)
        os.close(terminal)
    assert "100 %" in shown
    assert run.stdout.decode().startswith("release one of version 1")


@pytest.mark.slow
def test_a_maker_that_is_killed_leaves_no_release(tmp_path: Path) -> None:
    """Killed at its work, it leaves litter under no name of a release; the next one sweeps that."""
    many = [
        ox.Quad(ox.NamedNode("http://e.test/s"), ox.NamedNode("http://e.test/p"), ox.Literal(n)) for n in range(99_999)
    ]
    publish_quads(tmp_path, many, kind="plain")
    process = subprocess.Popen([COORBIT, "release", "one", "--home", tmp_path])
    try:
        while not list(tmp_path.glob("releases/.making-*/one/dumps/coorbit.nq.gz")):
            assert process.poll() is None
    finally:
        process.kill()
        process.wait(timeout=30)
    assert releases(tmp_path) == []
    assert list((tmp_path / "releases").iterdir())
    make_release(tmp_path, "one", now=NOW)
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {"one"}
