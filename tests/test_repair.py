"""Damage on disk: found by `coorbit check store`, mended by `--repair`, and never answered from."""

from __future__ import annotations

import gzip
import shutil
from typing import TYPE_CHECKING

import pytest
from committing import NOW, ORIGIN, nothing_known, quads, told, update
from damaging import MANY, corrupt, home_that_shares, mended, shared_file, version_at

from graph.commits import commit
from graph.errors import NoVersion, VersionDamaged, VersionUnknown
from graph.history import prune
from graph.integrity import find_damage
from graph.kept import kept_versions
from graph.plain import start_empty
from graph.published import build
from graph.repair import repair
from graph.terms import GRAPHS
from graph.versions import current, read_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Coorbit, Serve


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A plain home of four versions, of which the last two share their largest file."""
    return home_that_shares(tmp_path)


def rebuilt_files(home: Path, number: int) -> list[Path]:
    """Return the engine's files in the first rebuilt store of a version."""
    return list((version_at(home, number) / "store.001").glob("*.sst"))


def test_a_sound_home_has_no_damage(home: Path) -> None:
    """Nothing is found, in all versions or in one; a version that is not there is said not to be."""
    assert find_damage(home) == []
    assert find_damage(home, 2) == []
    with pytest.raises(VersionUnknown, match="no version 9"):
        find_damage(home, 9)


def test_a_damaged_file_is_named_with_all_that_share_it(home: Path) -> None:
    """One byte of a file that two versions have: one finding, both versions, whichever of them is asked for."""
    path = shared_file(home)
    corrupt(path)
    for number in (None, 3, 4):
        (damage,) = find_damage(home, number)
        assert damage.file == f"store/{path.name}"
        assert damage.versions == (3, 4)
    assert find_damage(home, 2) == []


def test_a_file_that_is_gone_or_cut_off_is_damage(home: Path) -> None:
    """A missing file and a short one are told as such, of the version that has lost it."""
    path = shared_file(home)
    path.unlink()
    (damage,) = find_damage(home)
    assert (damage.why, damage.versions) == ("is missing", (4,))
    other = version_at(home, 3) / "store" / path.name
    with other.open("r+b") as file:
        file.truncate(100)
    assert {damage.versions for damage in find_damage(home)} == {(4,), (3,)}


def test_a_store_is_rebuilt_to_the_same_contents(home: Path) -> None:
    """All versions that share the damaged file hold what they held, blank nodes and empty graphs included."""
    before = {number: quads(read_version(version_at(home, number))) for number in (1, 2, 3, 4)}
    corrupt(shared_file(home))
    said = mended(home)
    assert [number for number, each in said.items() if each.mended] == [3, 4]
    assert find_damage(home) == []
    for number, content in before.items():
        version = read_version(version_at(home, number))
        assert quads(version) == content
        assert told(version) == nothing_known(version)
    commit(home, update("INSERT DATA { <http://e.test/b> <http://e.test/p> 2 }"), origin=ORIGIN)
    assert len(quads(current(home))) == MANY + 3


def test_rebuilt_stores_go_on_sharing_files(home: Path) -> None:
    """A version is rebuilt from the one before it, of which it has the large file, not from a dump each."""
    corrupt(shared_file(home))
    said = mended(home)
    assert said[4].how == "store rebuilt from version 3 and the changes since"
    files = {number: {path.stat().st_ino for path in rebuilt_files(home, number)} for number in (3, 4)}
    assert files[3] & files[4]  # most of them, unless the engine has put some in order meanwhile


def test_a_repair_tells_how_far_it_is(home: Path) -> None:
    """Each stage tells its size when it begins, and comes to it: files read, versions mended, files read again."""
    stages: list[list[int | str]] = []

    def begin(what: str, total: int, /) -> Callable[[int], None]:
        stage: list[int | str] = [what, total, 0]
        stages.append(stage)

        def advance(size: int, /) -> None:
            stage[2] = int(stage[2]) + size

        return advance

    repair(home, tell=lambda _each: None, begin=begin)
    assert [stage[0] for stage in stages] == ["reading files"]  # there is nothing to mend
    flips = (version_at(home, 2) / "changes.rdfp.gz", shared_file(home))
    for path in flips:
        corrupt(path)
    repair(home, tell=lambda _each: None, begin=begin)
    assert [stage[0] for stage in stages[1:]] == ["reading files", "mending", "reading files"]
    assert stages[2][1] == 3
    assert all(total == done for _, total, done in stages)


def test_a_store_is_rebuilt_where_what_was_before_is_pruned(home: Path) -> None:
    """A base stands in for the versions that have gone, and what they changed behind it; unused ones do not pile up."""
    content = quads(current(home))
    assert prune(home, keep=1) == [3, 2, 1]
    assert list((home / "bases").iterdir())
    corrupt(shared_file(home))
    assert mended(home)[4].mended
    assert quads(current(home)) == content
    assert find_damage(home) == []


def test_a_published_dataset_is_rebuilt_with_all_that_follows(tmp_path: Path) -> None:
    """Without a release the first commit leaves a base; default and derived graph come out as they were."""
    home, own = tmp_path / "home", tmp_path / "own.ttl"
    own.write_text("<http://e.test/s> <http://e.test/p> 1 .")
    build(home, [own], now=NOW, author="tests")
    for number in (2, 3):
        text = f"INSERT DATA {{ GRAPH <{GRAPHS}catalogue/own> {{ <http://e.test/s> <http://e.test/p> {number} }} }}"
        commit(home, update(text), origin=ORIGIN)
        prune(home, keep=50)
    assert [path.name for path in (home / "bases").iterdir()] == ["000001.nq.gz"]
    before = [(quads(version), version.manifest) for version in kept_versions(home)]
    for path in (version_at(home, number) / "store" for number in (1, 2, 3)):
        for file in path.glob("*.sst"):
            corrupt(file)
    assert sorted(mended(home)) == [1, 2, 3]
    assert find_damage(home) == []
    for version, (content, manifest) in zip(kept_versions(home), before, strict=True):
        assert quads(version) == content
        assert (version.manifest.triples, version.manifest.digest) == (manifest.triples, manifest.digest)


def test_a_manifest_is_mended_by_its_copy(home: Path) -> None:
    """One byte of it, whether it can still be read or not; and the copy by the manifest. The copy is what counts."""
    manifest = version_at(home, 3) / "manifest.json"
    whole = manifest.read_bytes()
    for content in (whole.replace(b"{", b"(", 1), whole.replace(b'"author": "tests"', b'"author": "tasts"')):
        manifest.write_bytes(content)
        assert [damage.file for damage in find_damage(home)] == ["manifest.json"]
        assert read_version(version_at(home, 3)).manifest.author == "tests"
        mended(home)
        assert manifest.read_bytes() == whole
    corrupt(manifest.with_name("manifest.copy"))
    assert [damage.file for damage in find_damage(home)] == ["manifest.copy"]
    assert read_version(version_at(home, 3)).manifest.author == "tests"
    mended(home)
    assert find_damage(home) == []


def test_a_damaged_manifest_costs_no_other_version(home: Path) -> None:
    """Commits and pruning go on, and the version is there again once it is mended, if one of two copies is sound."""
    manifest = version_at(home, 2) / "manifest.json"
    whole = manifest.read_bytes()
    manifest.unlink()
    commit(home, update("INSERT DATA { <http://e.test/b> <http://e.test/p> 2 }"), origin=ORIGIN)
    assert [version.manifest.number for version in kept_versions(home)] == [5, 4, 3, 1]
    prune(home, keep=2)
    assert version_at(home, 2).exists()
    mended(home)
    assert manifest.read_bytes() == whole
    for name in ("manifest.json", "manifest.copy"):
        (current(home).directory / name).write_bytes(b"{")
    with pytest.raises(VersionDamaged, match="check store"):
        current(home)


def test_a_lost_link_is_set_anew(home: Path, coorbit: Coorbit) -> None:
    """No dataset seems to be gone: what names the command is told, and after it the newest version is current again."""
    link = home / "current"
    for leads in (None, "versions/000009"):
        link.unlink()
        if leads:
            link.symlink_to(leads)
        with pytest.raises(VersionDamaged, match=r"version 4 .*`current`.*coorbit check store"):
            current(home)
        with pytest.raises(VersionDamaged, match="current"):
            commit(home, update("INSERT DATA { <http://e.test/b> <http://e.test/p> 2 }"), origin=ORIGIN)
        assert [damage.file for damage in find_damage(home)] == ["current"]
        run = coorbit("check", "store", "--home", home, "--repair")
        assert run.returncode == 0, run.stderr
        assert run.stdout == "version 4: current leads to it again, the newest version\nno damage\n"
        assert current(home).manifest.number == 4


def test_a_copy_that_followed_links_is_told(home: Path, coorbit: Coorbit) -> None:
    """A folder where the link should be: every part says so, nothing of it is removed, and then it is mended."""
    link = home / "current"
    link.unlink()
    shutil.copytree(version_at(home, 4), link)
    with pytest.raises(VersionDamaged, match="current"):
        current(home)
    (damage,) = find_damage(home)
    assert (damage.file, damage.why) == ("current", "is no link to a version")
    run = coorbit("check", "store", "--home", home, "--repair")
    assert run.returncode == 1
    assert "move it away" in run.stdout
    shutil.rmtree(link)
    assert coorbit("check", "store", "--home", home, "--repair").returncode == 0
    assert current(home).manifest.number == 4


def test_a_first_version_that_was_never_current_becomes_it(tmp_path: Path) -> None:
    """Its writer died just before: nobody was told of it, and the next build goes on from there."""
    home = tmp_path / "home"
    made = start_empty(home, now=NOW, author="tests")
    (home / "current").unlink()
    with pytest.raises(NoVersion):
        current(home)
    assert start_empty(home, now=NOW, author="tests") == made
    assert current(home) == made


def test_changes_that_lead_elsewhere_are_found_again(home: Path) -> None:
    """A file that can be read and says something else than what was done: the digests of two versions tell."""
    changes = version_at(home, 3) / "changes.rdfp.gz"
    before = gzip.decompress(changes.read_bytes())
    assert b"http://e.test/a" in before
    changes.write_bytes(gzip.compress(before.replace(b"http://e.test/a", b"http://e.test/z")))
    (damage,) = find_damage(home)
    assert (damage.file, damage.versions) == ("changes.rdfp.gz", (3,))
    assert "digest of version 2" in damage.why
    assert mended(home)[3].mended
    assert find_damage(home) == []
    assert b"http://e.test/a" in gzip.decompress(changes.read_bytes())


def test_the_command_finds_and_mends(home: Path, coorbit: Coorbit) -> None:
    """Exit 1 with file and versions; --repair says what it did; then all is well."""
    path = shared_file(home)
    corrupt(path)
    run = coorbit("check", "store", "--home", home)
    assert (run.returncode, run.stdout) == (
        1,
        f"store/{path.name} is not what was written (SHA-256): versions 3, 4\n",
    )
    assert "--repair" in run.stderr
    run = coorbit("check", "store", "--home", home, "4", "--repair")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "version 3: store rebuilt from version 2" in run.stdout
    assert coorbit("check", "store", "--home", home).stdout == "no damage\n"


def test_a_query_on_a_damaged_store_is_refused(home: Path, serve: Serve, coorbit: Coorbit) -> None:
    """503 and never a short answer, for each file; the version is marked; after a repair the same service answers."""
    token = coorbit("token", "create", "--scope", "write", "--name", "t", "--home", home).stdout.strip()
    everything = {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "format": "tsv"}
    with serve(home, COORBIT_QUERY_TIMEOUT_S="5") as client:
        for path in current(home).store.glob("*.sst"):
            if path.stat().st_size > 20_000:
                corrupt(path)
        response = client.get("/sparql", params=everything)
        assert response.status_code == 503, response.text
        assert "version 4" in response.json()["detail"]
        assert (version_at(home, 4) / "damaged").exists()
        counted = client.get("/sparql", params={"query": "SELECT (COUNT(?o) AS ?n) { GRAPH ?g { ?s ?p ?o } }"})
        assert counted.status_code == 503, counted.text
        text = "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }"
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.post("/sparql", data={"update": text}).status_code == 503
        assert current(home).manifest.number == 4
        assert coorbit("check", "store", "--home", home, "--repair").returncode == 0
        assert not (version_at(home, 4) / "damaged").exists()
        assert client.get("/sparql", params=everything).status_code in {200, 503}  # it may know of the old store still
        response = client.get("/sparql", params=everything)
        assert response.status_code == 200, response.text
        assert len(response.text.splitlines()) == MANY + 2
