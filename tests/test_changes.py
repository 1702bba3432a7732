"""What a change did: deltas that are followed, and deltas that are found by comparing stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, G, P, S, nothing_known, quads, told, update
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import HELD, Delta, Touched, add_to_graph, replace_graph
from graph.commits import commit
from graph.comparison import compare
from graph.digest import changed_digest, set_digest
from graph.patch import Row, read_changes
from graph.plain import build_plain, start_empty
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


QUADS = st.lists(
    st.builds(
        ox.Quad,
        st.sampled_from([S, ox.BlankNode("b")]),
        st.just(P),
        st.builds(ox.Literal, st.integers(0, 30)) | st.just(ox.BlankNode("b")),
        st.sampled_from([G, ox.DefaultGraph(), ox.NamedNode("http://e.test/h"), ox.BlankNode("graph")]),
    ),
    max_size=40,
    unique=True,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty plain dataset."""
    start_empty(tmp_path / "home", now=NOW, author="tests")
    return tmp_path / "home"


def applied(before: set[str], rows: Iterable[Row]) -> set[str]:
    """Return what a set of quads is after a change of which each row must do something."""
    after = set(before)
    for op, quad in rows:
        assert (quad in after) == (op == "D")
        after ^= {quad}
    return after


def holding(contents: list[ox.Quad]) -> ox.Store:
    """Return a store in memory."""
    store = ox.Store()
    store.extend(contents)
    return store


@settings(max_examples=200, deadline=None)
@given(QUADS, QUADS)
def test_a_comparison_finds_all_that_differs(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    """Applied to one store it gives the other; counts and digest say the same."""
    before, after = holding(old), holding(new)
    delta = compare(before, after)
    assert (delta.added, delta.removed) == (set(new) - set(old), set(old) - set(new))
    assert applied(set(map(str, old)), delta.rows()) == set(map(str, new))
    assert changed_digest(set_digest(old), delta.digest) == set_digest(new)
    assert sum(delta.counts.values()) == len(new) - len(old)


@settings(max_examples=50, deadline=None)
@given(QUADS, QUADS)
def test_a_comparison_of_some_graphs_looks_at_no_others(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    """What differs elsewhere is left out."""
    delta = compare(holding(old), holding(new), {G, ox.DefaultGraph()})
    within = [{quad for quad in each if quad.graph_name in {G, ox.DefaultGraph()}} for each in (old, new)]
    assert (delta.added, delta.removed) == (within[1] - within[0], within[0] - within[1])


def test_what_meets_its_opposite_is_nothing() -> None:
    """A quad that was added and removed again is in no row, however large the delta has grown meanwhile."""
    passing, staying = ox.Quad(S, P, S), ox.Quad(S, P, P)
    for size in (0, HELD):
        delta = Delta()
        delta.add([passing, staying])
        delta.add(ox.Quad(S, P, ox.Literal(number)) for number in range(size))
        delta.remove([passing])
        assert (delta.added is None, delta.removed is None) == (size == HELD, size == HELD)
        rows = list(delta.rows())
        assert len(rows) == size + 1
        assert Row("A", str(staying)) in rows
        assert delta.counts[""] == size + 1
        delta.remove(ox.Quad(S, P, ox.Literal(number)) for number in range(size))
        delta.remove([staying])
        assert not list(delta.rows())
        assert changed_digest(set_digest([]), delta.digest) == set_digest([])


@settings(max_examples=8, deadline=None)
@given(st.lists(QUADS, min_size=1, max_size=4))
def test_each_version_keeps_what_it_changed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[ox.Quad]]
) -> None:
    """Its file, applied to what its parent holds, gives what it holds; also where nobody knew what the change did."""
    home = tmp_path_factory.mktemp("home")
    start_empty(home, now=NOW, author="tests")
    for number, contents in enumerate(steps):
        before = current(home)

        def change(store: ox.Store, number: int = number, contents: list[ox.Quad] = contents) -> Delta | Touched | None:
            if number % 2 == 0:
                return replace_graph(store, G, (quad.triple for quad in contents))
            store.clear()
            store.extend(contents)
            return None

        version, new = commit(home, change, origin=ORIGIN)
        assert told(version) == nothing_known(version)
        if new:
            assert applied(quads(before), read_changes(version.changes)) == quads(version)


def test_the_first_version_is_a_change_of_nothing(tmp_path: Path) -> None:
    """Built from files, it adds all; the next one built is told against it; an empty one adds nothing."""
    (tmp_path / "own.nq").write_text(f"{S} {P} 'x' {G} .\n{S} {P} 'x' .\n".replace("'", '"'))
    (tmp_path / "own.ttl").write_text(f'{S} {P} "x" .')
    first, _ = build_plain(tmp_path / "home", [tmp_path / "own.nq"], now=NOW, author="tests")
    assert applied(set(), read_changes(first.changes)) == quads(first)
    second, _ = build_plain(tmp_path / "home", [tmp_path / "own.ttl"], now=NOW, author="tests")
    assert list(read_changes(second.changes)) == [Row("D", f'{S} {P} "x" {G}')]
    assert not list(read_changes(start_empty(tmp_path / "empty", now=NOW, author="tests").changes))


def test_equal_changes_are_equal_bytes(tmp_path: Path) -> None:
    """Two homes that make one change, in whatever order, have one file."""
    triples = [ox.Triple(S, P, ox.Literal(number)) for number in range(50)]
    files = []
    for name, given_order in (("one", triples), ("two", triples[::-1])):
        start_empty(tmp_path / name, now=NOW, author="tests")
        version, _ = commit(
            tmp_path / name, lambda store, order=given_order: add_to_graph(store, G, order), origin=ORIGIN
        )
        files.append(version.changes.read_bytes())
    assert files[0] == files[1]


def test_a_change_that_names_its_graphs_is_looked_for_there(home: Path) -> None:
    """Counts and digest follow from the graphs that it can have touched."""

    def change(store: ox.Store, /) -> Touched:
        store.update("INSERT { GRAPH <http://e.test/g> { <http://e.test/s> <http://e.test/p> 1 } } WHERE {}")
        return Touched(graphs=frozenset({G}))

    version, new = commit(home, change, origin=ORIGIN)
    assert new
    assert told(version) == nothing_known(version)
    assert version.manifest.graphs == {G.value: 1}


def test_an_empty_graph_alone_makes_a_version(home: Path) -> None:
    """Its file has no row: a patch knows no empty graphs."""
    version, new = commit(home, update("CREATE GRAPH <http://e.test/g>"), origin=ORIGIN)
    assert new
    assert not list(read_changes(version.changes))
