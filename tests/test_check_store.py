"""What `coorbit check store` looks at beside stores: what versions changed, and the files of releases."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, G, P, S, update

from graph.changes import add_to_graph
from graph.commits import commit
from graph.history import diff, prune
from graph.integrity import find_damage, work_of
from graph.plain import start_empty
from graph.release import make_release
from graph.release_integrity import find_release_damage, work_of_releases
from graph.releases import dumps_of
from graph.repair import repair
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

    from graph.mending import Mended


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A plain home of four versions; a release of the third, and one of the current version."""
    home = tmp_path / "home"
    start_empty(home, now=NOW, author="tests")
    commit(
        home, lambda store: add_to_graph(store, G, [ox.Triple(S, P, ox.Literal(n)) for n in range(9)]), origin=ORIGIN
    )
    commit(home, update("DELETE WHERE { GRAPH ?g { ?s ?p 3 } }"), origin=ORIGIN)
    make_release(home, "old", now=NOW)
    commit(home, update("INSERT DATA { <http://e.test/a> <http://e.test/p> _:b }"), origin=ORIGIN)
    make_release(home, "new", now=NOW.replace(hour=13))
    return home


def flip(path: Path) -> None:
    """Turn one byte of a file into another, in place."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def changes(home: Path, number: int) -> Path:
    """Return the file of what a version changed."""
    return home / "versions" / f"{number:06}" / "changes.rdfp.gz"


def mended(home: Path, number: int | None = None) -> list[Mended]:
    """Repair a home and return what was told."""
    said: list[Mended] = []
    repair(home, number, tell=said.append)
    return said


def test_lost_changes_are_found_again(home: Path) -> None:
    """Comparing the stores gives the same file, byte by byte, whatever the version did."""
    for number in (2, 3, 4):
        before = changes(home, number).read_bytes()
        flip(changes(home, number))
        assert [damage.text() for damage in find_damage(home)] == [f"changes.rdfp.gz cannot be read: version {number}"]
        (said,) = mended(home)
        assert said.mended
        assert said.how == f"changes.rdfp.gz from the stores of versions {number - 1} and {number}"
        assert changes(home, number).read_bytes() == before
    assert find_damage(home) == []
    assert len([*diff(home, 1, 4)]) == 9


def test_only_the_version_asked_for_is_mended(home: Path) -> None:
    """Others stay as they are."""
    flip(changes(home, 2))
    flip(changes(home, 4))
    assert [each.number for each in mended(home, 4)] == [4]
    assert [damage.versions for damage in find_damage(home)] == [(2,)]


def test_lost_changes_and_a_lost_store_are_mended_by_each_other(home: Path) -> None:
    """What a version changed is found by its neighbours' stores, and then helps to rebuild the next one's."""
    flip(changes(home, 3))
    (current(home).store / "CURRENT").write_bytes(b"nothing\n")
    assert all(each.mended for each in mended(home))
    assert find_damage(home) == []


def test_where_the_version_before_is_gone_a_base_takes_the_place_of_changes(home: Path) -> None:
    """Nobody can ask for them any more: they are removed, and the version can be rebuilt without."""
    prune(home, keep=1)  # the third stays, as it is released
    shutil.rmtree(home / "releases" / "old")
    flip(changes(home, 3))
    (said,) = mended(home)
    assert said.mended
    assert "version before, 2, which is no longer kept" in said.how
    assert find_damage(home) == []
    (home / "versions" / "000003" / "store" / "CURRENT").write_bytes(b"nothing\n")
    assert [each.how for each in mended(home)] == ["store rebuilt from bases/000003.nq.gz and 0 versions' changes"]
    assert find_damage(home) == []


def test_a_damaged_copy_of_a_version_is_found_and_written_anew(tmp_path: Path) -> None:
    """Before it is needed: the changes of a version that is no longer kept, or a base; what is left can be rebuilt."""
    home = tmp_path / "home"
    start_empty(home, now=NOW, author="tests")
    for number in range(4):
        commit(home, update(f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {number} }}"), origin=ORIGIN)
        prune(home, keep=1)
    for name in ("bases/000003-000002.rdfp.gz", "bases/000005.nq.gz"):
        flip(home / name)
        (damage,) = find_damage(home)
        assert damage.text() == f"{name} cannot be read: version {int(name[6:12])}"
        assert find_damage(home, 5) == []
        assert all(each.mended for each in mended(home))
        assert find_damage(home) == []
    (current(home).store / "CURRENT").write_bytes(b"nothing\n")
    assert [each.how for each in mended(home)] == ["store rebuilt from bases/000005.nq.gz and 0 versions' changes"]
    assert find_damage(home) == []


def test_changes_that_do_not_fit_the_digests_are_not_written(home: Path) -> None:
    """Where a neighbour holds something else than it says, nothing is made up."""
    flip(changes(home, 4))
    manifest = current(home).directory / "manifest.json"
    for path in (manifest, manifest.with_name("manifest.copy")):
        path.unlink()
    text = home.joinpath("versions", "000003", "manifest.json").read_text()
    manifest.write_text(text.replace('"number": 3', '"number": 4').replace('"parent": 2', '"parent": 3'))
    assert any(not each.mended and "digests" in each.how for each in mended(home))


@pytest.mark.parametrize("name", ["coorbit.nq.gz", "void.ttl", "release.json", "figures.json"])
def test_a_damaged_file_of_a_release_is_named(home: Path, name: str) -> None:
    """With what to do: the current version is released again, an older one takes a copy of the same digest."""
    assert find_release_damage(home) == []
    for release in ("old", "new"):
        flip(dumps_of(home, release) / name)
    new, old = find_release_damage(home)
    assert (new.release, old.release, new.file, old.file) == ("new", "old", name, name)
    assert new.text() == (
        f"releases/new/dumps/{name} is not what was written (SHA-256): remove releases/new and run coorbit release "
        "new: one version always gives the same dumps"
    )
    assert old.text().endswith(f"put a copy with the SHA-256 {old.sha256} in its place, or remove releases/old")
    assert [damage.release for damage in find_release_damage(home, 3)] == ["old"]


def test_a_missing_file_and_a_damaged_list_are_told_apart(home: Path) -> None:
    """A list that lies about an intact file is itself what is damaged; one that cannot be read too."""
    folder = dumps_of(home, "old")
    (folder / "coorbit.trig.gz").unlink()
    assert [(each.file, each.why) for each in find_release_damage(home)] == [("coorbit.trig.gz", "is missing")]
    sums = dumps_of(home, "new") / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    at = next(place for place, line in enumerate(lines) if line.endswith("  coorbit.nq.gz"))
    lines[at] = lines[at].translate(str.maketrans("0123456789", "1234567890"))
    sums.write_text("\n".join(lines))
    assert [(each.file, each.sha256) for each in find_release_damage(home, 4)] == [("SHA256SUMS", "")]
    sums.write_bytes(b"\xff\n")
    assert [each.file for each in find_release_damage(home, 4)] == ["SHA256SUMS"]


def test_progress_counts_releases(home: Path) -> None:
    """What is announced is what is read."""
    read = 0

    def advance(size: int) -> None:
        nonlocal read
        read += size

    find_damage(home, advance=advance)
    find_release_damage(home, advance=advance)
    sums = sum((dumps_of(home, name) / "SHA256SUMS").stat().st_size for name in ("old", "new"))
    assert read == work_of(home) + work_of_releases(home) - sums


def test_the_command_looks_at_releases(home: Path, coorbit: Coorbit) -> None:
    """Exit 1 and the line, with and without --repair, which mends what versions changed and leaves releases alone."""
    flip(dumps_of(home, "old") / "coorbit.ttl.gz")
    flip(changes(home, 4))
    run = coorbit("check", "store", "--home", home)
    assert run.returncode == 1
    assert "changes.rdfp.gz cannot be read: version 4" in run.stdout
    assert "releases/old/dumps/coorbit.ttl.gz" in run.stdout
    assert "--repair" in run.stderr
    run = coorbit("check", "store", "--repair", "--home", home)
    assert run.returncode == 1
    assert "version 4: changes.rdfp.gz from the stores" in run.stdout
    assert "releases/old/dumps/coorbit.ttl.gz" in run.stdout
    assert coorbit("check", "store", "4", "--home", home).returncode == 0
