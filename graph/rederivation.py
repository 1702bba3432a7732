"""What the rules derive, brought up from a change: the cost follows the change, not the graph.

A rule derives for a subject what it reads along paths from that subject. If that differs before and after a change, the
first changed triple on one of those paths is reached over triples that did not change, so that walking back from each
changed triple on the graph as it is now finds every such subject. `#+ touches` in a rule says how. Of those subjects
all that was derived leaves, and the rules run again for them alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.rules import in_order
from graph.terms import DERIVED_GRAPH, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.rules import Rule
    from graph.writer import Term

Subject = ox.NamedNode | ox.BlankNode

_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_DEFAULT: Final = ox.DefaultGraph()
_NOTHING: Final = ox.NamedNode("urn:uuid:00000000-0000-0000-0000-000000000000")


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


def rederive(store: ox.Store, rules: Sequence[Rule], change: Net) -> None:
    """Bring derived graph and default graph of a store up to a change of its content.

    Args:
        store: whose default graph has the change already; the derived graph holds what the rules gave before it and
            the content does not say.
        rules: all of them.
        change: of the default graph; what the rules add and take away is noted in it.
    """
    for group in groups(rules):
        _Group(store, group).follow(change)


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

    def __init__(self, store: ox.Store, rules: Sequence[Rule]) -> None:
        self._store = store
        self._rules = rules
        self._derives = sorted({iri for rule in rules for iri in rule.derives})

    def follow(self, change: Net) -> None:
        """Let what was derived for the touched subjects leave, and derive it anew."""
        changed = [*change.added, *change.removed]
        touched = self._touched(changed)
        touched |= {cast("Subject", t.subject) for t in changed if t.predicate.value in self._derives}
        leaving: set[ox.Triple] = set()
        frontier = touched
        while frontier:  # what is derived may be read by the rules that derive it
            heads = {head for subject in frontier for head in self._heads(subject)}
            leaving |= heads
            frontier = self._touched(heads) - touched
            touched |= frontier
        for triple in leaving:
            self._store.remove(ox.Quad(triple.subject, triple.predicate, triple.object, _DERIVED))
            self._store.remove(ox.Quad(triple.subject, triple.predicate, triple.object, _DEFAULT))
            change.remove(triple)
        change.derived -= len(leaving)
        while touched:
            new = self._derive(touched, change)
            touched = self._touched(new)

    def _touched(self, changed: Iterable[ox.Triple]) -> set[Subject]:
        """Return the subjects for which a rule of the group reads one of some triples."""
        return {subject for triple in changed for rule in self._rules for subject in self._reached(rule, triple)}

    def _reached(self, rule: Rule, triple: ox.Triple) -> Iterator[Subject]:
        ends: dict[ox.Variable, Term] = {
            ox.Variable("s"): triple.subject,
            # A literal is no subject of anything, and a pattern may have it in that place.
            ox.Variable("o"): _NOTHING if isinstance(triple.object, ox.Literal) else triple.object,
        }
        for way in rule.touches.get(triple.predicate.value, ()):
            if way in {"?s", "?o"}:
                yield cast("Subject", ends[ox.Variable(way[1:])])
                continue
            used = {end: term for end, term in ends.items() if re.search(rf"\?{end.value}\b", way)}
            text = f"SELECT DISTINCT ?{rule.subject} {' '.join(map(str, used))} WHERE {{ {way} }}"
            rows = cast("ox.QuerySolutions", self._store.query(text, prefixes=PREFIXES, substitutions=used))
            found = (row[rule.subject] for row in rows)
            yield from (subject for subject in found if isinstance(subject, ox.NamedNode | ox.BlankNode))

    def _heads(self, subject: Subject) -> Iterator[ox.Triple]:
        """Yield what the group has derived for a subject."""
        for iri in self._derives:
            for quad in self._store.quads_for_pattern(subject, ox.NamedNode(iri), None, _DERIVED):
                yield quad.triple

    def _derive(self, subjects: set[Subject], change: Net) -> set[ox.Triple]:
        """Run the rules for some subjects, in order; return what is new."""
        new: set[ox.Triple] = set()
        for rule in self._rules:
            for subject in subjects:
                bound: dict[ox.Variable, Term] = {ox.Variable(rule.subject): subject}
                made = list(cast("ox.QueryTriples", self._store.query(rule.text, substitutions=bound)))
                for triple in made:
                    quad = ox.Quad(triple.subject, triple.predicate, triple.object)
                    if quad not in self._store:
                        self._store.add(quad)
                        self._store.add(ox.Quad(triple.subject, triple.predicate, triple.object, _DERIVED))
                        change.add(triple)
                        new.add(triple)
        change.derived += len(new)
        return new
