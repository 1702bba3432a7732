"""Copies: what of a home can be made again from something else, and is, once it is damaged."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from committing import NOW, ORIGIN, quads, update
from damaging import corrupt, home_that_shares, mended, shared_file, version_at

from graph.commits import commit
from graph.figures import read_counted
from graph.history import prune
from graph.integrity import find_damage
from graph.kept import kept_versions
from graph.plain import start_empty
from graph.published import build
from graph.release import make_release, write_current_dump
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A plain home of four versions, of which the last two share their largest file."""
    return home_that_shares(tmp_path)


def test_a_base_is_the_same_bytes_for_the_same_content(tmp_path: Path) -> None:
    """Two homes that came to the same content in other ways have equal bases."""
    bases = []
    for name, order in (("one", (1, 2)), ("two", (2, 1))):
        home = tmp_path / name
        start_empty(home, now=NOW, author="tests")
        for number in order:
            commit(home, update(f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {number} }}"), origin=ORIGIN)
        (current(home).directory / "changes.rdfp.gz").unlink()
        prune(home, keep=50)
        bases.append((home / "bases" / "000003.nq.gz").read_bytes())
    assert bases[0] == bases[1]
    assert gzip.decompress(bases[0]).count(b"\n") == 2


def test_changes_of_pruned_versions_do_not_pile_up(tmp_path: Path) -> None:
    """What is kept of versions that have gone is what the oldest that is left needs, and it is enough."""
    home = tmp_path / "home"
    start_empty(home, now=NOW, author="tests")
    for number in range(8):
        commit(home, update(f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {number} }}"), origin=ORIGIN)
        prune(home, keep=2)
    kept = [version.manifest.number for version in kept_versions(home)]
    assert kept == [9, 8]
    make_release(home, "one", now=NOW)
    commit(home, update("INSERT DATA { <http://e.test/s> <http://e.test/p> 100 }"), origin=ORIGIN)
    prune(home, keep=1)
    assert list((home / "bases").iterdir()) == []
    for file in current(home).store.glob("*.sst"):
        corrupt(file)
    assert mended(home)[10].mended
    assert len(quads(current(home))) == 9


def test_a_release_is_a_copy_too(home: Path) -> None:
    """The newest copy is taken: a release in place of all that was before it."""
    make_release(home, "one", now=NOW)
    for path in home.glob("versions/00000[123]/changes.rdfp.gz"):
        path.unlink()
    corrupt(shared_file(home))
    said = mended(home)
    assert "releases/one" in said[4].how
    assert [number for number, each in said.items() if each.mended] == [4]
    assert (3,) in {damage.versions for damage in find_damage(home) if damage.in_store}


def test_a_damaged_copy_is_passed_over(home: Path) -> None:
    """A dump with a bad byte is not taken; an older way is, and nothing is replaced where no way is left."""
    make_release(home, "one", now=NOW)
    corrupt(home / "releases" / "one" / "dumps" / "coorbit.nq.gz")
    corrupt(shared_file(home))
    assert all(each.mended for each in mended(home).values())
    for number in (3, 4):
        version_at(home, number).joinpath("changes.rdfp.gz").unlink()
    corrupt(shared_file(home))
    store = current(home).store
    said = mended(home)
    assert not said[4].mended
    assert "releases/one" in said[4].how
    assert current(home).store == store


def test_what_does_not_have_the_digest_is_not_taken(home: Path) -> None:
    """A copy that can be read but says something else is refused, and the damaged store stays."""
    make_release(home, "one", now=NOW)
    with gzip.open(home / "releases" / "one" / "dumps" / "coorbit.nq.gz", "wt") as dump:
        dump.write("<http://e.test/a> <http://e.test/p> <http://e.test/lie> .\n")
    version_at(home, 4).joinpath("changes.rdfp.gz").unlink()
    corrupt(shared_file(home))
    assert "digest" in mended(home)[4].how
    assert find_damage(home)


def test_what_rests_on_a_damaged_release_gets_another_copy(home: Path, coorbit: Coorbit) -> None:
    """As long as its store is whole: else the next damage would be the end of it."""
    make_release(home, "one", now=NOW)
    for path in home.glob("versions/*/changes.rdfp.gz"):
        path.unlink()
    prune(home, keep=1)
    dump = home / "releases" / "one" / "dumps" / "coorbit.nq.gz"
    corrupt(dump)
    run = coorbit("check", "store", "--home", home)
    assert run.returncode == 1
    assert "releases/one/dumps/coorbit.nq.gz is not what was written" in run.stdout
    assert "version 4 could not be rebuilt" in run.stdout
    assert mended(home)[4].mended
    dump.unlink()
    content = quads(current(home))
    corrupt(shared_file(home))
    assert mended(home)[4].mended
    assert quads(current(home)) == content


def test_a_damaged_dump_of_a_version_is_written_again(home: Path) -> None:
    """It is found by its digest, and let go; the next request has it written."""
    version = current(home)
    for name in ("coorbit.ttl", "coorbit.trig"):
        write_current_dump(home, version.directory, name)
    before = (version.dumps / "coorbit.ttl").read_bytes()
    assert find_damage(home) == []
    corrupt(version.dumps / "coorbit.ttl")
    (damage,) = find_damage(home)
    assert (damage.file, damage.versions) == ("dumps/coorbit.ttl", (4,))
    assert mended(home)[4].mended
    assert sorted(path.name for path in version.dumps.iterdir()) == ["coorbit.trig", "coorbit.trig.sha256"]
    assert find_damage(home) == []
    write_current_dump(home, version.directory, "coorbit.ttl")
    assert (version.dumps / "coorbit.ttl").read_bytes() == before


def test_damaged_figures_are_counted_again(tmp_path: Path) -> None:
    """A figure that is another is found, though the file can be read."""
    own = tmp_path / "own.ttl"
    own.write_text("<http://e.test/s> <http://e.test/p> 1 .")
    version, _ = build(tmp_path / "home", [own], now=NOW, author="tests")
    figures = version.directory / "figures.json"
    whole, before = figures.read_text(), read_counted(figures).figures
    for text in (whole.replace('"triples": ', '"triples": 1', 1), whole[:-20]):
        figures.write_text(text)
        assert [damage.file for damage in find_damage(tmp_path / "home")] == ["figures.json"]
        assert mended(tmp_path / "home")[1].mended
        assert read_counted(figures).figures == before
