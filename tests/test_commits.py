"""Plain datasets: started empty, built from files, and changed version by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, G, P, nothing_known, told, update
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import Delta, add_to_graph, drop_graph, replace_graph
from graph.commits import commit
from graph.digest import changed_digest, set_digest
from graph.errors import NoVersion, TurtleError, WrongKind
from graph.plain import build_plain, start_empty
from graph.published import build
from graph.versions import current
from graph.write_errors import VersionChanged, WriteRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.changes import GraphName

NAMES = st.sampled_from([G, ox.DefaultGraph()])
TRIPLES = st.lists(
    st.builds(
        ox.Triple,
        st.sampled_from([ox.NamedNode("http://e.test/s"), ox.BlankNode("b")]),
        st.just(P),
        st.sampled_from([ox.Literal(1), ox.Literal("01", datatype=ox.NamedNode(ox.Literal(1).datatype.value)), P]),
    ),
    max_size=4,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty plain dataset."""
    start_empty(tmp_path / "home", now=NOW, author="tests")
    return tmp_path / "home"


def test_an_empty_dataset_is_a_version(home: Path) -> None:
    """It is plain, holds nothing, and its store can be opened."""
    version = current(home)
    assert (version.manifest.number, version.manifest.kind, version.manifest.packaged) == (1, "plain", False)
    assert told(version) == nothing_known(version) == (0, {}, set_digest([]))


def test_starting_again_empties_nothing(home: Path) -> None:
    """A home that holds a plain dataset is left as it is."""
    commit(home, update("INSERT DATA { <http://e.test/s> <http://e.test/p> 1 }"), origin=ORIGIN)
    assert start_empty(home, now=NOW, author="tests").manifest.triples == 1


def test_thirty_commits_are_all_there(home: Path) -> None:
    """What each commit added is in the last version, whatever the engine had flushed; old versions keep what they had.

    Without a flush the change would only be in the engine's log, which the next backup leaves out.
    """
    first, _ = commit(home, update("INSERT DATA { <http://e.test/s> <http://e.test/p> 0 }"), origin=ORIGIN)
    for number in range(1, 30):
        commit(home, update(f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {number} }}"), origin=ORIGIN)
    last = current(home)
    values = {quad.object.value for quad in ox.Store.read_only(str(last.store)) if isinstance(quad.object, ox.Literal)}
    assert values == {str(number) for number in range(30)}
    assert (last.manifest.number, last.manifest.parent) == (31, 30)
    assert len(ox.Store.read_only(str(first.store))) == 1


def test_small_files_do_not_pile_up(home: Path) -> None:
    """After many commits the store has been written anew, with its blank nodes and its empty graphs."""
    name = ox.BlankNode("kept")
    commit(home, lambda store: add_to_graph(store, G, [ox.Triple(name, P, name)]), origin=ORIGIN)
    commit(home, update("CREATE GRAPH <http://e.test/empty>"), origin=ORIGIN)
    for number in range(60):
        commit(
            home,
            lambda store, number=number: add_to_graph(store, ox.DefaultGraph(), [ox.Triple(G, P, ox.Literal(number))]),
            origin=ORIGIN,
        )
    last = current(home)
    assert len(list(last.store.glob("*.sst"))) < 105
    assert ox.Quad(name, P, name, G) in ox.Store.read_only(str(last.store))
    assert told(last) == nothing_known(last)
    assert last.manifest.graphs == {G.value: 1, "http://e.test/empty": 0}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([add_to_graph, replace_graph]), NAMES, TRIPLES), max_size=6))
def test_a_delta_says_what_a_scan_finds(
    steps: list[
        tuple[Callable[[ox.Store, GraphName, list[ox.Triple]], Delta], ox.NamedNode | ox.DefaultGraph, list[ox.Triple]]
    ],
) -> None:
    """Counts and digest that are brought up from changes are those of what the store then holds."""
    store = ox.Store()
    digest = set_digest([])
    counts: dict[str, int] = {"": 0, G.value: 0}
    for apply, graph, triples in steps:
        delta = apply(store, graph, triples)
        digest = changed_digest(digest, delta.digest)
        for name, growth in delta.counts.items():
            counts[name] += growth
    assert digest == set_digest(store)
    assert counts[G.value] == sum(quad.graph_name == G for quad in store)
    assert sum(counts.values()) == len(store)
    delta = drop_graph(store, G)
    assert changed_digest(digest, delta.digest) == set_digest(store)
    assert not list(store.named_graphs())


def test_replacing_leaves_what_is_there(home: Path) -> None:
    """Only what differs is written: a graph that is sent again, its numbers in other words, makes no version."""
    integer = ox.Literal(1).datatype
    commit(home, lambda store: replace_graph(store, G, [ox.Triple(G, P, ox.Literal(1))]), origin=ORIGIN)
    same = [ox.Triple(G, P, ox.Literal("01", datatype=integer))]
    version, new = commit(home, lambda store: replace_graph(store, G, same), origin=ORIGIN)
    assert (version.manifest.number, new) == (2, False)
    version, new = commit(home, lambda store: replace_graph(store, G, []), origin=ORIGIN)
    assert new
    assert version.manifest.graphs == {G.value: 0}


def test_a_change_that_changes_nothing_makes_no_version(home: Path) -> None:
    """The version stays, and nothing is left in staging."""
    version, new = commit(home, update("DELETE WHERE { ?s ?p ?o }"), origin=ORIGIN)
    assert (version.manifest.number, new) == (1, False)
    assert not (home / "staging").exists()


def test_a_change_that_fails_leaves_the_home_as_it_was(home: Path) -> None:
    """The error comes out, the old version is current, and the next change is made."""
    with pytest.raises(RuntimeError, match="does not exist"):
        commit(home, update("DROP GRAPH <http://e.test/none>"), origin=ORIGIN)
    assert current(home).manifest.number == 1
    version, new = commit(home, update("CREATE GRAPH <http://e.test/one>"), origin=ORIGIN)
    assert (version.manifest.number, new) == (2, True)


def test_a_change_can_be_for_one_version_alone(home: Path) -> None:
    """Another current version than those expected refuses it."""
    commit(home, update("CREATE GRAPH <http://e.test/one>"), origin=ORIGIN, expected={1})
    with pytest.raises(VersionChanged, match="version 2"):
        commit(home, update("CREATE GRAPH <http://e.test/two>"), origin=ORIGIN, expected={1})


def test_files_of_a_store_are_shared_and_named(home: Path) -> None:
    """A new version shares what it did not change, and its manifest has the digest of each file."""
    many = [ox.Triple(G, P, ox.Literal(number)) for number in range(1000)]
    old, _ = commit(home, lambda store: add_to_graph(store, G, many), origin=ORIGIN)
    new, _ = commit(home, update("CREATE GRAPH <http://e.test/one>"), origin=ORIGIN)
    shared = {file.name for file in new.manifest.files} & {path.name for path in old.store.glob("*.sst")}
    assert shared
    assert all((old.store / name).samefile(new.store / name) for name in shared)
    assert {file.name for file in new.manifest.files} == {path.name for path in new.store.iterdir()}


def test_files_become_a_plain_dataset(tmp_path: Path) -> None:
    """Triples go where the file has them, the default graph included; the same files make no second version."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    (tmp_path / "own.trig").write_text("<http://e.test/g> { <http://e.test/s> <http://e.test/p> 1 }")
    files = [tmp_path / "own.ttl", tmp_path / "own.trig"]
    version, new = build_plain(tmp_path / "home", files, now=NOW, author="tests")
    assert new
    assert told(version) == nothing_known(version)
    assert (version.manifest.triples, version.manifest.graphs) == (1, {G.value: 1})
    assert build_plain(tmp_path / "home", files, now=NOW, author="tests") == (version, False)
    second, new = build_plain(tmp_path / "home", files[:1], now=NOW, author="tests")
    assert new
    assert (second.manifest.parent, second.manifest.graphs) == (1, {})


def test_a_plain_file_that_does_not_parse_names_its_place(tmp_path: Path) -> None:
    """The error has file and line, and the home has no version."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s>\n  nonsense 1 .")
    with pytest.raises(TurtleError, match="line 2"):
        build_plain(tmp_path / "home", [tmp_path / "own.ttl"], now=NOW, author="tests")
    (tmp_path / "own.csv").write_text("a,b")
    with pytest.raises(TurtleError, match=r"\.trig"):
        build_plain(tmp_path / "home", [tmp_path / "own.csv"], now=NOW, author="tests")
    with pytest.raises(NoVersion):
        current(tmp_path / "home")


def test_a_home_keeps_its_kind(home: Path, tmp_path: Path) -> None:
    """A plain dataset is not published over, a published one neither emptied nor written outside its named graphs."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    with pytest.raises(WrongKind, match="plain dataset"):
        build(home, [tmp_path / "own.ttl"], now=NOW, author="tests")
    build(tmp_path / "other", [tmp_path / "own.ttl"], now=NOW, author="tests")
    with pytest.raises(WrongKind, match="published dataset"):
        start_empty(tmp_path / "other", now=NOW, author="tests")
    with pytest.raises(WrongKind, match="published dataset"):
        build_plain(tmp_path / "other", [tmp_path / "own.ttl"], now=NOW, author="tests")
    with pytest.raises(WriteRefused, match="merge of the named graphs"):
        commit(tmp_path / "other", update("CLEAR ALL"), origin=ORIGIN)
