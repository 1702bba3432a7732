"""Random changes of small graphs, for tests that hold what follows a change against the same made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from graph.nodes import Term
from graph.reads import ChangedGraph
from graph.store import in_memory
from graph.terms import BASE, COO, RDF, RDFS, SKOS, XSD

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterable

TYPE = ox.NamedNode(RDF + "type")
SUBCLASS = ox.NamedNode(RDFS + "subClassOf")
TermT = TypeVar("TermT", bound=Term)
LITERALS = [ox.Literal("x"), ox.Literal(" y", language="en"), ox.Literal(5), ox.Literal(value=True)]
LITERALS += [ox.Literal("2020-01-01", datatype=ox.NamedNode(XSD + "date")), ox.Literal(value=False)]


class Changing:
    """A graph that changes at random: triples go and come back, and new ones are made of the terms that it has.

    Args:
        triples: to begin with.
        data: those of them that most changes are about, the rest being ontology.
        choice: where chance comes from.
    """

    def __init__(self, triples: Collection[ox.Triple], data: Collection[ox.Triple], choice: random.Random) -> None:
        self.store = in_memory(triples)
        self.triples = set(triples)
        self._choice = choice
        self._data = sorted(data, key=str)
        self._rest = sorted(set(triples).difference(data), key=str)
        self._subjects = _sorted(t.subject for t in self._data)
        self._objects: list[Term] = [*_sorted(t.object for t in self._data), *self._subjects, *LITERALS]
        self._classes = _sorted(t.subject for t in self._rest if t.predicate == SUBCLASS)
        self._concepts = _sorted(t.subject for t in self._rest if t.predicate.value == SKOS + "inScheme")
        terms = _sorted(t.subject for t in self._rest if isinstance(t.subject, ox.NamedNode))
        own = [term for term in terms if term.value.startswith(COO)]
        self._predicates = [*_sorted(t.predicate for t in self._data), *own]

    def step(self) -> ChangedGraph:
        """Change the graph by one to eight operations; return it with the net change."""
        removed: set[ox.Triple] = set()
        wanted: set[ox.Triple] = set()
        for _ in range(self._choice.choice([1, 1, 2, 3, 8])):
            chance = self._choice.random()
            if chance < 0.4:
                removed |= self._some_there()
            elif chance < 0.6:
                wanted.add(self._choice.choice(self._data))
            else:
                wanted.add(self._made())
        added = {quad.triple for quad in in_memory(wanted)} - self.triples
        removed = (removed & self.triples) - added
        for triple in removed:
            self.store.remove(ox.Quad(*triple))
        self.store.extend(ox.Quad(*triple) for triple in added)
        self.triples = (self.triples - removed) | added
        return ChangedGraph(self.store, added, removed)

    def _some_there(self) -> set[ox.Triple]:
        """Return one triple, or all of one subject."""
        triple = self._choice.choice(self._data if self._choice.random() < 0.85 or not self._rest else self._rest)
        if self._choice.random() < 0.2:
            return {quad.triple for quad in self.store.quads_for_pattern(triple.subject, None, None)}
        return {triple}

    def _made(self) -> ox.Triple:
        """Return a triple that may never have been: types and superclasses often, which reach furthest."""
        chance = self._choice.random()
        like = self._choice.choice(self._data)
        subject = self._subject()
        if chance < 0.25 and self._classes:
            return ox.Triple(subject, TYPE, self._choice.choice(self._classes))
        if chance < 0.32 and self._classes:
            return ox.Triple(self._choice.choice(self._classes), SUBCLASS, self._choice.choice(self._classes))
        if chance < 0.42 and self._concepts:
            return ox.Triple(subject, like.predicate, self._choice.choice(self._concepts))
        if chance < 0.6:
            return ox.Triple(subject, like.predicate, like.object)
        predicate = like.predicate if chance < 0.85 else self._choice.choice(self._predicates)
        return ox.Triple(subject, predicate, self._choice.choice(self._objects))

    def _subject(self) -> ox.NamedNode | ox.BlankNode | ox.Triple:
        chance = self._choice.random()
        if chance < 0.03:
            return ox.BlankNode(f"b{self._choice.randrange(2)}")
        if chance < 0.1:
            return ox.NamedNode(f"{BASE}id/actor/new-{self._choice.randrange(3)}")
        return self._choice.choice(self._subjects)


def _sorted(terms: Iterable[TermT]) -> list[TermT]:
    return sorted(set(terms), key=str)
