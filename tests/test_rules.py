"""Rules: their headers, their order, and what they derive."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.errors import QuestionError
from graph.rules import Rule, derive, in_order, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import COO, DERIVED_GRAPH, PREFIXES

if TYPE_CHECKING:
    from graph.build import Dataset

RULES = packaged_rules()
CONSTRUCT = "PREFIX coo: <https://w3id.org/coorbit/ont#> CONSTRUCT { ?b coo:p2 ?a } WHERE { ?a coo:p1 ?b }"
NEXT = Rule(name="next", rule="", reads=frozenset({COO + "p1"}), derives=frozenset({COO + "p2"}), text=CONSTRUCT)


def triple(subject: str, predicate: str, value: str) -> ox.Triple:
    """Return a triple of our own terms."""
    return ox.Triple(*(ox.NamedNode(COO + name) for name in (subject, predicate, value)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_header_names_what_a_rule_reads_and_derives(rule: Rule) -> None:
    """Each term of ours in the pattern is in `reads`, each in the template in `derives`, or they are variables."""
    head, _, body = rule.text.partition("WHERE")
    template = head.partition("CONSTRUCT")[2]
    names = {COO + name for name in re.findall(r"coo:(\w+)", body)}
    assert names <= rule.reads
    assert {COO + name for name in re.findall(r"coo:(\w+)", template)} <= rule.derives


def test_a_rule_adds_what_it_derives_and_no_more() -> None:
    """What is there already is not derived again."""
    given = {triple("a", "p1", "b"), triple("c", "p1", "d"), triple("d", "p2", "c")}
    assert derive(in_memory(given), [NEXT]) == {triple("b", "p2", "a")}


def test_a_rule_that_reads_what_it_derives_runs_on() -> None:
    """A chain is followed to its end."""
    closure = replace(
        NEXT,
        reads=frozenset({COO + "p1"}),
        derives=frozenset({COO + "p1"}),
        text=CONSTRUCT.replace("?b coo:p2 ?a", "?a coo:p1 ?c").replace(
            "?a coo:p1 ?b }", "?a coo:p1 ?b . ?b coo:p1 ?c }"
        ),
    )
    chain = {triple(name, "p1", after) for name, after in zip("abcd", "bcde", strict=True)}
    assert len(derive(in_memory(chain), [closure])) == 6


def test_a_rule_waits_for_what_it_reads() -> None:
    """Whatever their names, a rule stands after those that derive what it reads."""
    last = replace(NEXT, name="a", reads=frozenset({COO + "p2"}), derives=frozenset({COO + "p3"}))
    assert [rule.name for rule in in_order([last, NEXT])] == ["next", "a"]


def test_rules_in_a_ring_are_refused() -> None:
    """Two rules that wait for each other have no order in which absence means absence."""
    other = replace(NEXT, name="other", reads=NEXT.derives, derives=NEXT.reads)
    with pytest.raises(QuestionError, match="wait for each other"):
        in_order([NEXT, other])


def test_the_packaged_graph_derives_what_people_ask(dataset: Dataset) -> None:
    """States cooperate when their agencies do; nobody cooperates with himself; a thing has the types above its own."""
    derived = {quad.triple for quad in dataset.quads if graph_iri(quad) == DERIVED_GRAPH}
    actor = PREFIXES["actor"]
    cooperate = ox.NamedNode(COO + "cooperatesWith")
    pairs = {(t.subject, t.object) for t in derived if t.predicate == cooperate}
    assert (ox.NamedNode(actor + "chn"), ox.NamedNode(actor + "bra")) in pairs
    assert all((other, one) in pairs and one != other for one, other in pairs)
    assert derived.isdisjoint(merged([quad for quad in dataset.quads if graph_iri(quad) != DERIVED_GRAPH]))
