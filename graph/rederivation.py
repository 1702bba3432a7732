"""What the rules derive, brought up from a change: the cost follows the change, not the graph.

An application of a rule that comes or goes with a change reads a triple that came or went. So where a rule is to be run
again is found from the changed triples: from those that came on the graph as it is, from those that went on the graph
as it was. `#+ touches` in a rule says how. What the rule said there before leaves, what it says there now comes; and
what has left is looked for elsewhere (`#+ gives`), since another application may say the same. What rules read of their
own results follows in the same way: first all that may be lost leaves, then what holds without it comes back (delete
and rederive: Gupta, Mumick and Subrahmanian, Maintaining views incrementally, 1993).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.rules import in_order
from graph.terms import DERIVED_GRAPH, OWL, PREFIXES, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.rules import Rule, Way
    from graph.writer import Term

Place = tuple[int, tuple[tuple[str, "Term"], ...]]
"""A rule by its number in the group, and values of some of its variables."""

_VARIABLE: Final = re.compile(r"\?(\w+)")
_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_DEFAULT: Final = ox.DefaultGraph()
_TYPE: Final = ox.NamedNode(RDF + "type")
_SYMMETRIC: Final = ox.NamedNode(OWL + "SymmetricProperty")


@dataclass(slots=True)
class Net:
    """Triples that the default graph has gained and lost; none is in both.

    Attributes:
        added: that it had not before.
        removed: that it has no more.
        derived: by how many triples the derived graph grew meanwhile.
    """

    added: set[ox.Triple] = field(default_factory=set)
    removed: set[ox.Triple] = field(default_factory=set)
    derived: int = 0

    def add(self, triple: ox.Triple) -> None:
        """Note a triple that has come; one that had gone is back."""
        if triple in self.removed:
            self.removed.discard(triple)
        else:
            self.added.add(triple)

    def remove(self, triple: ox.Triple) -> None:
        """Note a triple that has gone; one that had just come was never there."""
        if triple in self.added:
            self.added.discard(triple)
        else:
            self.removed.add(triple)


def rederive(before: ox.Store, store: ox.Store, rules: Sequence[Rule], change: Net) -> None:
    """Bring derived graph and default graph of a store up to a change of its content.

    Args:
        before: the store as it was before the change.
        store: whose default graph has the change already; the derived graph holds what the rules gave before it and
            the content does not say.
        rules: all of them.
        change: of the default graph; what the rules add and take away is noted in it.
    """
    for group in groups(rules):
        _Group(before, store, group).follow(change)


def groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the rules, those that derive the same properties together, each group after those that it reads.

    Raises:
        QuestionError: two rules wait for each other.
    """
    found: list[list[Rule]] = []
    for rule in in_order(rules):
        same = [group for group in found if any(rule.derives & other.derives for other in group)]
        found = [group for group in found if group not in same]
        found.append([*(other for group in same for other in group), rule])
    return found


class _Group:
    """Rules that derive the same properties: what one of them takes away another may still say."""

    def __init__(self, before: ox.Store, store: ox.Store, rules: Sequence[Rule]) -> None:
        self._before = before
        self._store = store
        self._rules = rules
        self._derives = {iri for rule in rules for iri in rule.derives}

    def follow(self, change: Net) -> None:
        """Take away what may hold no longer, then derive what holds now."""
        unsaid = [triple for triple in change.removed if triple.predicate.value in self._derives]
        places = self._places(self._store, change.added) | self._places(self._before, change.removed)
        gone = self._leave(places, change)
        new = self._derive(places, change)
        lost = {triple for triple in {*gone, *unsaid} if _in(triple, _DEFAULT) not in self._store}
        new |= {triple for triple in self._still_given(lost) if self._come(triple, change)}
        while new:  # what rules of the group read of it
            new = self._derive(self._places(self._store, new), change)

    def _leave(self, places: set[Place], change: Net) -> set[ox.Triple]:
        """Take away what the rules said at some places, and what they may have derived from that."""
        gone: set[ox.Triple] = set()
        frontier = places
        while frontier:
            said = {triple for place in frontier for triple in self._said(self._before, place)}
            leaving = {triple for triple in said - gone if _in(triple, _DERIVED) in self._store}
            for triple in leaving:
                self._store.remove(_in(triple, _DERIVED))
                self._store.remove(_in(triple, _DEFAULT))
                change.remove(triple)
            change.derived -= len(leaving)
            gone |= leaving
            frontier = self._places(self._before, leaving) - places
            places |= frontier
        return gone

    def _derive(self, places: Iterable[Place], change: Net) -> set[ox.Triple]:
        """Add what the rules say at some places; return what is new."""
        said = {triple for place in places for triple in self._said(self._store, place)}
        return {triple for triple in said if self._come(triple, change)}

    def _come(self, triple: ox.Triple, change: Net) -> bool:
        """Add a triple that a rule gives; say whether it was not there."""
        quad = _in(triple, _DEFAULT)
        if quad in self._store:
            return False
        self._store.add(quad)
        self._store.add(_in(triple, _DERIVED))
        change.add(triple)
        change.derived += 1
        return True

    def _still_given(self, triples: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Return those of some triples that a rule gives anywhere."""
        asked = {triple: self._handy(triple) for triple in triples}
        places = {
            (number, place)
            for triple in asked.values()
            for number, rule in enumerate(self._rules)
            if rule.gives is not None
            for place in self._reached(self._store, rule.gives, triple)
        }
        said = {triple for place in places for triple in self._said(self._store, place)}
        return {triple for triple, handy in asked.items() if handy in said}

    def _handy(self, triple: ox.Triple) -> ox.Triple:
        """Return what is asked in place of a triple: of a symmetric property, it from the end with fewer triples."""
        if self._is_symmetric(triple.predicate) and self._has_more(triple.subject, triple.object):
            return ox.Triple(triple.object, triple.predicate, triple.subject)  # type: ignore[arg-type]  # an actor
        return triple

    def _is_symmetric(self, predicate: ox.NamedNode) -> bool:
        return ox.Quad(predicate, _TYPE, _SYMMETRIC) in self._store

    def _has_more(self, one: Term, other: Term) -> bool:
        """Say whether more triples lead to one node than to another, looking at no more of them than it takes."""
        if not isinstance(other, ox.NamedNode | ox.BlankNode):
            return False
        first, second = (self._store.quads_for_pattern(None, None, node, _DEFAULT) for node in (one, other))
        return all(next(first, None) is not None for _ in second)

    def _places(self, store: ox.Store, triples: Iterable[ox.Triple]) -> set[Place]:
        """Return the places at which a rule of the group reads one of some triples of a store."""
        return {
            (number, place)
            for triple in triples
            for number, rule in enumerate(self._rules)
            for way in rule.touches.get(triple.predicate.value, ())
            for place in self._reached(store, way, triple)
        }

    def _reached(self, store: ox.Store, way: Way, triple: ox.Triple) -> Iterator[tuple[tuple[str, Term], ...]]:
        """Yield the values of the variables that a way from a triple binds."""
        ends: dict[str, Term] = {way.subject: triple.subject, way.object: triple.object}
        if not way.pattern:
            yield tuple((name, ends[name]) for name in way.binds)
            return
        # A name goes into the text, where the engine plans by it: by a substitution alone it scans (200 ms for 1).
        named = {name: term for name, term in ends.items() if isinstance(term, ox.NamedNode)}
        bound = {ox.Variable(name): term for name, term in ends.items() if name not in named}
        pattern = _VARIABLE.sub(lambda found: str(named.get(found[1], found[0])), way.pattern)
        names = {name for name in (*way.binds, *ends) if name not in named}
        text = f"SELECT DISTINCT {' '.join(f'?{name}' for name in names) or '*'} WHERE {{ {pattern} }}"
        for row in cast("ox.QuerySolutions", store.query(text, prefixes=PREFIXES, substitutions=bound)):
            yield tuple((name, named.get(name) or cast("Term", row[name])) for name in way.binds)

    def _said(self, store: ox.Store, place: Place) -> set[ox.Triple]:
        """Return what a rule says at a place in a store."""
        number, values = place
        bound = {ox.Variable(name): term for name, term in values}
        return set(cast("ox.QueryTriples", store.query(self._rules[number].text, substitutions=bound)))


def _in(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
