"""Ways are walked back over all that stands there or stood there, within bounds, and unknown queries are not traced."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph.patterns import Untraceable
from graph.query_patterns import query_patterns
from graph.query_reads import query_reads
from graph.reads import ChangedGraph, Repeat, Step, TooMany, is_read, walk_back
from graph.store import in_memory


def node(name: str) -> ox.NamedNode:
    """Return a node of the test's own."""
    return ox.NamedNode(f"http://e.test/{name}")


def triple(subject: str, predicate: str, obj: str) -> ox.Triple:
    """Return a triple of such nodes."""
    return ox.Triple(node(subject), node(predicate), node(obj))


ALONG_P = Step(0, 2, (None, node("p"), None))
BACK_Q = Step(2, 0, (None, node("q"), None))


def test_a_way_leads_back_over_triples_that_are_gone() -> None:
    """A node from which a way led before the change alone is found too, though the graph holds no such way now."""
    graph = ChangedGraph(in_memory([triple("b", "p", "c")]), [], [triple("a", "p", "b")])
    assert walk_back(graph, (ALONG_P, ALONG_P), [node("c")], limit=10) == {node("a")}


def test_a_repeated_step_is_walked_any_number_of_times() -> None:
    """The node itself counts, and a ring ends."""
    ring = in_memory([triple("a", "p", "b"), triple("b", "p", "a"), triple("x", "p", "a"), triple("a", "p", "z")])
    found = walk_back(ChangedGraph(ring, [], []), (Repeat(((ALONG_P,),)),), [node("a")], limit=10)
    assert found == {node("a"), node("b"), node("x")}


def test_a_hub_ends_the_walk() -> None:
    """Past the bound a walk gives up, rather than read what a hub has."""
    graph = ChangedGraph(in_memory([triple(f"n{number}", "p", "hub") for number in range(100)]), [], [])
    with pytest.raises(TooMany):
        walk_back(graph, (ALONG_P,), [node("hub")], limit=10)
    assert len(walk_back(graph, (ALONG_P,), [node("hub")], limit=100)) == 100


def test_one_more_triple_of_a_pattern_changes_nothing_where_only_existence_counts() -> None:
    """A reader of `some value` is concerned by the first and the last value, and by none between."""
    patterns = query_patterns(
        "SELECT ?v { ?v <http://e.test/p> ?x . FILTER NOT EXISTS { ?x <http://e.test/q> ?y } }", {}
    )
    read = next(read for read in query_reads(patterns, "v") if read.pattern[1] == node("q"))
    first, second = triple("x", "q", "y1"), triple("x", "q", "y2")
    beside = triple("v", "p", "x")
    assert read.existence
    assert is_read(read, first, ChangedGraph(in_memory([beside, first]), [first], []))
    assert not is_read(read, second, ChangedGraph(in_memory([beside, first, second]), [second], []))
    assert is_read(read, first, ChangedGraph(in_memory([beside]), [], [first]))
    assert not is_read(read, first, ChangedGraph(in_memory([first]), [first], [])), "nothing leads to it"
    assert read.ways == (((ALONG_P,), 0),)


def test_what_goes_together_is_read() -> None:
    """A triple is read though what it needs beside it has gone with it: it stood there before."""
    text = "SELECT ?v { ?v <http://e.test/p> ?x . ?x <http://e.test/q> ?y }"
    one, other = triple("v", "p", "x"), triple("x", "q", "y")
    graph = ChangedGraph(in_memory([]), [], [one, other])
    reads = query_reads(query_patterns(text, {}), "v")
    assert [is_read(read, one, graph) or is_read(read, other, graph) for read in reads] == [True, True]


def test_a_pattern_is_reached_from_both_ends() -> None:
    """Where both ends of a pattern are bound elsewhere there is a way to each, the shorter first."""
    text = "SELECT ?v { ?v <http://e.test/p> ?x . ?y <http://e.test/q> ?v . ?x <http://e.test/r> ?y }"
    read = next(read for read in query_reads(query_patterns(text, {}), "v") if read.pattern[1] == node("r"))
    assert set(read.ways) == {((ALONG_P,), 0), ((BACK_Q,), 2)}


def test_a_pattern_at_a_computed_value_has_no_way() -> None:
    """Nothing in the graph leads to what a query computes, so that a change there makes it run whole."""
    text = "SELECT ?v { ?v <http://e.test/p> ?x . BIND (IRI(STR(?x)) AS ?y) ?y <http://e.test/q> ?z }"
    reads = query_reads(query_patterns(text, {}), "v")
    assert [read.pattern[1] for read in reads if not read.ways] == [node("q")]


UNTRACED = {
    "negated path": "SELECT ?v { ?v !<http://e.test/p> ?x }",
    "optional path": "SELECT ?v { ?v <http://e.test/p>? ?x }",
    "limit": "SELECT ?v { ?v <http://e.test/p> ?x } LIMIT 1",
    "graph": "SELECT ?v { GRAPH ?g { ?v <http://e.test/p> ?x } }",
    "service": "SELECT ?v { SERVICE <http://e.test/> { ?v <http://e.test/p> ?x } }",
    "count": "SELECT ?v { { SELECT (COUNT(*) AS ?n) { ?any <http://e.test/p> ?x } } ?v <http://e.test/q> ?n }",
    "no query": "SELECT ?v {",
}


@pytest.mark.parametrize("text", UNTRACED.values(), ids=UNTRACED.keys())
def test_what_cannot_be_traced_is_said(text: str) -> None:
    """A construct whose reads are not known is an error, by which the query runs whole; it is never passed over."""
    with pytest.raises(Untraceable):
        query_reads(query_patterns(text, {}), "v")
