"""The history of a home: differences, the way back, and which versions go."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, G, P, S, nothing_known, quads, told, update
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import replace_graph
from graph.commits import commit
from graph.errors import NoVersion, VersionDamaged, VersionPruned, VersionUnknown
from graph.history import diff, prune, roll_back, sweep
from graph.kept import find_version, hold, kept_versions
from graph.locking import writing
from graph.patch import Row, read_changes
from graph.plain import start_empty
from graph.published import build
from graph.release import make_release
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version

# Holds a version as a query process does, until its standard input ends.
HOLDER = """
import sys
from pathlib import Path
from graph.kept import hold

holding = hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


# Prunes, while a release of version 5 gets its name as that version is taken to be removed.
PRUNER = """
import fcntl, os, sys
from pathlib import Path
from graph.history import prune

home, hidden = map(Path, sys.argv[1:])

def watch(event, arguments):
    if event == "fcntl.flock" and arguments[1] & fcntl.LOCK_EX and hidden.exists():
        if "/versions/000005/" in os.readlink(f"/proc/self/fd/{arguments[0]}"):
            hidden.rename(hidden.with_name("one"))

sys.addaudithook(watch)
print(prune(home, keep=1))
"""


def holding(home: Path, *numbers: int) -> Version:
    """Make a version whose graph holds these numbers and no others."""
    triples = [ox.Triple(S, P, ox.Literal(number)) for number in numbers]
    return commit(home, lambda store: replace_graph(store, G, triples), origin=ORIGIN)[0]


def row(op: str, number: int) -> tuple[str, str]:
    """Return a row as it is kept."""
    return op, str(ox.Quad(S, P, ox.Literal(number), G))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty version and four after it."""
    start_empty(tmp_path / "home", now=NOW, author="tests")
    for numbers in ((1, 2), (2, 3), (1, 2, 3), (4,)):
        holding(tmp_path / "home", *numbers)
    return tmp_path / "home"


def numbers(home: Path) -> list[int]:
    """Return the versions that are kept, the newest first."""
    return [version.manifest.number for version in kept_versions(home)]


def test_changes_are_put_together(home: Path) -> None:
    """What was added and removed again between two versions is no difference; sorted, in both directions."""
    assert list(diff(home, 2, 3)) == [row("D", 1), row("A", 3)]
    assert list(diff(home, 2, 4)) == [row("A", 3)]
    assert list(diff(home, 4, 2)) == [row("D", 3)]
    assert list(diff(home, 1, 5)) == [row("A", 4)]
    assert list(diff(home, 3, 3)) == []


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=6),
    st.tuples(st.integers(0, 6), st.integers(0, 6)),
    st.sets(st.integers(0, 6)),
)
def test_a_difference_is_that_of_the_contents(
    tmp_path_factory: pytest.TempPathFactory, steps: list[set[int]], ends: tuple[int, int], lost: set[int]
) -> None:
    """Between any two versions: whether the changes of those between are there, damaged, or no longer kept."""
    home = tmp_path_factory.mktemp("home")
    start_empty(home, now=NOW, author="tests")
    versions = [current(home), *(holding(home, *step) for step in steps)]
    versions = list({version.manifest.number: version for version in versions}.values())
    old, new = (versions[end % len(versions)] for end in ends)
    for number in lost:
        versions[number % len(versions)].changes.write_bytes(b"damaged")
    removed, added = quads(old) - quads(new), quads(new) - quads(old)
    expected = {("D", quad) for quad in removed} | {("A", quad) for quad in added}
    found = list(diff(home, old.manifest.number, new.manifest.number))
    assert set(found) == expected
    assert found == sorted(found, key=lambda each: each.quad)


def test_a_gap_in_the_history_is_bridged(home: Path) -> None:
    """Where versions between were pruned, the stores are compared."""
    release(home, "first", 2)
    prune(home, keep=1)
    assert numbers(home) == [5, 2]
    assert list(diff(home, 2, 5)) == [row("D", 1), row("D", 2), row("A", 4)]


@pytest.mark.parametrize("numbers", [(0, 1), (1, 6)])
def test_a_difference_needs_two_versions(home: Path, numbers: tuple[int, int]) -> None:
    """A number that never was is told."""
    with pytest.raises(VersionUnknown):
        list(diff(home, *numbers))


def test_the_difference_of_published_versions_is_that_of_their_content(tmp_path: Path) -> None:
    """Neither the default graph, which is made of the others, nor what rules derive is in it."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    build(tmp_path / "home", [tmp_path / "own.ttl"], now=NOW, author="tests")
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 2 .")
    build(tmp_path / "home", [tmp_path / "own.ttl"], now=NOW, author="tests")
    rows = list(diff(tmp_path / "home", 1, 2))
    assert [op for op, _ in rows] == ["D", "A"]
    assert all(quad.count("<") >= 4 for _, quad in rows)


def test_the_way_back_is_a_new_version(home: Path) -> None:
    """It has the old one's digest, counts and graphs, its own number and parent, and tells what it changed."""
    commit(home, update("CREATE GRAPH <http://e.test/empty>"), origin=ORIGIN)
    old, before = find_version(home, 2), current(home)
    version, new = roll_back(home, 2, origin=ORIGIN)
    assert new
    assert (version.manifest.number, version.manifest.parent) == (7, 6)
    assert told(version) == told(old) == nothing_known(version)
    assert version.manifest.graphs == {G.value: 2}
    assert set(read_changes(version.changes)) == set(diff(home, before.manifest.number, 2))
    assert quads(before) == {str(ox.Quad(S, P, ox.Literal(4), G))}
    assert not (home / "staging").exists()


def test_nothing_is_rolled_back_to_what_is(home: Path) -> None:
    """The current version, or an older one of the same contents, makes none."""
    holding(home, 1, 2)
    for number in (2, 6):
        version, new = roll_back(home, number, origin=ORIGIN)
        assert (version.manifest.number, new) == (6, False)


def test_commits_go_on_from_the_way_back(home: Path) -> None:
    """What is written later has the old contents below it, and shares their files."""
    roll_back(home, 2, origin=ORIGIN)
    version, _ = commit(home, update("INSERT DATA { <http://e.test/s> <http://e.test/p> 9 }"), origin=ORIGIN)
    assert told(version) == nothing_known(version)
    assert version.manifest.triples == 1
    assert version.manifest.graphs == {G.value: 2}
    names = {file.name for file in find_version(home, 2).manifest.files}
    assert names & {file.name for file in version.manifest.files}


def release(home: Path, name: str, number: int) -> None:
    """Name a version as a release does."""
    (home / "releases" / name).mkdir(parents=True)
    (home / "releases" / name / "version").symlink_to(f"../../versions/{number:06}")


@pytest.mark.parametrize(
    ("keep", "left"), [(0, [5]), (1, [5]), (3, [5, 4, 3]), (5, [5, 4, 3, 2, 1]), (9, [5, 4, 3, 2, 1])]
)
def test_the_newest_are_kept(home: Path, keep: int, left: list[int]) -> None:
    """As many as are asked for, the current one always; those that stay are whole."""
    assert prune(home, keep=keep) == [number for number in (5, 4, 3, 2, 1) if number not in left]
    assert numbers(home) == left
    for version in kept_versions(home):
        assert told(version) == nothing_known(version)
    assert not (home / "staging").exists()
    if 1 not in left:
        with pytest.raises(VersionPruned):
            roll_back(home, 1, origin=ORIGIN)


def test_a_released_version_is_kept(home: Path) -> None:
    """A release stays whole as long as its folder is there."""
    release(home, "one", 1)
    release(home, "three", 3)
    assert prune(home, keep=1) == [4, 2]
    assert numbers(home) == [5, 3, 1]


def test_a_version_that_is_read_is_kept(home: Path) -> None:
    """As long as a process holds it; a process that is killed holds nothing."""
    directory = find_version(home, 2).directory
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert prune(home, keep=1) == [4, 3, 1]
        assert numbers(home) == [5, 2]
        process.kill()
    assert prune(home, keep=1) == [2]


def test_a_version_that_is_compared_is_kept(home: Path) -> None:
    """A difference that is being read holds both its ends."""
    rows = diff(home, 1, 3)
    next(rows)
    prune(home, keep=1)
    assert numbers(home) == [5, 3, 1]
    assert list(rows)


def test_what_never_was_current_goes(home: Path) -> None:
    """A writer that died before it moved the link left a version that nobody knows of."""
    never = holding(home, 7)
    (home / "current").unlink()
    (home / "current").symlink_to("versions/000005")
    later = holding(home, 8)
    assert (later.manifest.number, later.manifest.parent) == (7, 5)
    assert prune(home, keep=50) == []
    assert numbers(home) == [7, 5, 4, 3, 2, 1]
    assert not never.directory.exists()


def test_a_home_without_versions_has_no_history(tmp_path: Path) -> None:
    """Each asks for a build first."""
    with pytest.raises(NoVersion):
        list(diff(tmp_path, 1, 2))
    with pytest.raises(NoVersion):
        prune(tmp_path, keep=1)


def test_rows_of_a_difference_are_a_patch(home: Path) -> None:
    """What it yields is what a file of changes holds."""
    assert all(isinstance(each, Row) for each in diff(home, 1, 5))
    assert list(diff(home, 1, 2)) == list(read_changes(find_version(home, 2).changes))


def test_holding_is_shared(home: Path) -> None:
    """Many may read a version at once."""
    directory = find_version(home, 1).directory
    with hold(directory), hold(directory):
        assert prune(home, keep=4) == []


def test_litter_is_swept(home: Path) -> None:
    """What a killed writer left goes, but for while another one writes."""
    (home / "staging" / "000006").mkdir(parents=True)
    with writing(home):
        (home / "staging" / "000007").mkdir(parents=True)
        sweep(home)
        assert (home / "staging" / "000007").exists()
    (home / "staging" / "000008").mkdir(parents=True)
    sweep(home)
    assert not (home / "staging").exists()
    sweep(home / "lock" / "is a file")


@pytest.mark.parametrize("parent", [0, 2])
def test_a_damaged_manifest_costs_no_version(home: Path, parent: int) -> None:
    """A chain that ends early by one false number leaves older versions where they are: a repair finds them all."""
    manifest = current(home).directory / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"parent": 4', f'"parent": {parent}'))
    assert manifest.read_text() != text
    prune(home, keep=50)
    holding(home, 5)
    prune(home, keep=50)
    manifest.write_text(text)
    assert numbers(home) == [6, 5, 4, 3, 2, 1]


def test_no_chain_is_begun_anew_where_the_link_is_lost(home: Path) -> None:
    """Nothing says which version is current: a build and a prune name the command that does, and nothing goes."""
    before = sorted((home / "versions").iterdir())
    (home / "current").unlink()
    with pytest.raises(VersionDamaged, match="coorbit check store"):
        start_empty(home, now=NOW, author="tests")
    with pytest.raises(VersionDamaged, match="coorbit check store"):
        prune(home, keep=1)
    assert sorted((home / "versions").iterdir()) == before


def test_a_version_is_never_older_than_the_one_before(home: Path) -> None:
    """Whoever began first may be the later one to write, and a clock may be set back: Memento rests on the order."""
    early = replace(ORIGIN, created=NOW - timedelta(hours=1))
    made, _ = commit(home, update("INSERT DATA { <http://e.test/late> <http://e.test/p> 2 }"), origin=early)
    again, _ = roll_back(home, 1, origin=early)
    assert [made.manifest.created, again.manifest.created] == [ORIGIN.created.isoformat(timespec="seconds")] * 2


def test_what_is_released_meanwhile_stays(home: Path) -> None:
    """A release that gets its name after prune has asked which there are still keeps its version."""
    make_release(home, "one", now=NOW)
    holding(home, 9)
    hidden = (home / "releases" / "one").rename(home / "releases" / ".one")
    run = subprocess.run([sys.executable, "-c", PRUNER, home, hidden], check=True, capture_output=True, text=True)
    assert run.stdout == "[4, 3, 2, 1]\n"
    assert find_version(home, 5).directory.exists()
    (home / "releases" / "one" / "version").unlink()
    assert prune(home, keep=1) == [5]
