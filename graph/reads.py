"""Reads: the triples that the verdict on a node rests on, as ways that lead from the node to a place in a triple.

A verdict is a function of what is read on the ways from its node. Where it differs after a change, the triples that a
way goes through in one of the two graphs, the one before or the one after, hold a changed triple. To walk the ways
backwards from the changed triples, over the triples of both graphs, therefore finds every node concerned: deletions
too, and whatever the verdict makes of what it reads, since the argument is about reading and not about growing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from graph.nodes import Term
from graph.terms import RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Places = tuple[Term | None, Term | None, Term | None]
"""Subject, predicate and object; None stands for any."""

SUBJECT: Final = 0
PREDICATE: Final = 1
OBJECT: Final = 2
TYPE: Final = ox.NamedNode(RDF + "type")
SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")


class Step(NamedTuple):
    """From one place of a triple to another, of triples with the given terms."""

    enter: int
    leave: int
    pattern: Places


class Repeat(NamedTuple):
    """Any of some ways, any number of times, none included."""

    ways: tuple[tuple[Step | Repeat, ...], ...]


Way = tuple[Step | Repeat, ...]


class Need(NamedTuple):
    """What must stand beside a triple for it to be read: terms, places of the triple, or None for any term.

    With `repeat`, the predicate leads from subject to object in any number of steps.
    """

    terms: tuple[Term | int | None, Term | int | None, Term | int | None]
    repeat: bool


class Test(NamedTuple):
    """What a term must be for a triple to be read: `iri`, `blank`, `starts` with some text, or `among` some terms."""

    kind: str
    starts: tuple[str, ...] = ()
    among: frozenset[Term] = frozenset()

    def holds(self, term: Term) -> bool:
        """Say whether a term passes."""
        if self.kind == "blank":
            return isinstance(term, ox.BlankNode)
        if self.kind == "iri":
            return isinstance(term, ox.NamedNode)
        if self.kind == "among":
            return term in self.among
        return isinstance(term, ox.NamedNode | ox.Literal) and term.value.startswith(self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A place where triples are read.

    Attributes:
        ways: from the focus node to a place of the triple, each with that place. Whoever reads the triple comes by all
            of them, so that it is enough to walk one back. Empty: none leads there.
        pattern: of the triples read.
        needs: what must stand beside the triple.
        tests: places of the triple, each with what stands there must be.
        existence: whether it counts only that there is some such triple at the end of the one way, not which.
        adds: whether results can appear only because such a triple came (True) or went (False); None: by either.
        bound: variables of the query that the triple binds, each with its place.
        cls: where it counts only whether what is typed is an instance of this class, the class.
    """

    ways: tuple[tuple[Way, int], ...]
    pattern: Places
    needs: tuple[Need, ...] = ()
    tests: tuple[tuple[int, Test], ...] = ()
    existence: bool = False
    adds: bool | None = None
    bound: tuple[tuple[str, int], ...] = ()
    cls: Term | None = None


class TooMany(Exception):
    """A way leads back to more nodes than the budget allows; the caller takes another course, so no person sees it."""


class ChangedGraph:
    """The default graph of a store after a change, which also knows what it was before.

    Args:
        store: as it is after the change; its named graphs are not looked at.
        added: triples that are there now and were not before.
        removed: triples that were there and are not any more.
    """

    def __init__(self, store: ox.Store, added: Collection[ox.Triple], removed: Collection[ox.Triple]) -> None:
        self.store = store
        self.added = frozenset(added)
        self.removed: dict[Term, list[ox.Triple]] = {}
        for triple in removed:
            self.removed.setdefault(triple.predicate, []).append(triple)
        self.size = len(self.added) + len(removed)
        self._above: dict[tuple[Term, Term], set[Term]] = {}
        self._members: dict[tuple[Term, Term], bool] = {}

    def now(self, pattern: Places) -> Iterator[ox.Triple]:
        """Yield the triples of a pattern as they are after the change."""
        subject, predicate, obj = pattern
        if isinstance(subject, ox.Literal | ox.Triple) or not isinstance(predicate, ox.NamedNode | None):
            return
        for quad in self.store.quads_for_pattern(subject, predicate, obj, ox.DefaultGraph()):
            yield quad.triple

    def gone(self, pattern: Places) -> Iterator[ox.Triple]:
        """Yield the removed triples of a pattern."""
        predicate = pattern[PREDICATE]
        lists = self.removed.values() if predicate is None else [self.removed.get(predicate, [])]
        for triple in chain.from_iterable(lists):
            if matches(pattern, triple):
                yield triple

    def ever(self, pattern: Places) -> bool:
        """Say whether a triple of a pattern stands there after the change or stood there before."""
        return any(True for _ in self.now(pattern)) or any(True for _ in self.gone(pattern))

    def reaches(self, start: Term, predicate: Term, end: Term) -> bool:
        """Say whether steps over a predicate, any number, lead from one term to another before or after the change."""
        known = self._above.get((start, predicate))
        if known is None:
            known = self._above[start, predicate] = {start}
            todo: list[Term] = [start]
            while todo:
                pattern = (todo.pop(), predicate, None)
                new = {triple.object for triple in chain(self.now(pattern), self.gone(pattern))} - known
                known |= new
                todo += new
        return end in known

    def is_instance(self, node: Term, cls: Term) -> bool:
        """Say whether a node is an instance of a class, or of one below it, after the change."""
        return any(self._below(triple.object, cls, before=False) for triple in self.now((node, TYPE, None)))

    def membership_changed(self, node: Term, cls: Term) -> bool:
        """Say whether a node has become an instance of a class, or is none any more."""
        changed = self._members.get((node, cls))
        if changed is None:
            before = any(self._below(triple.object, cls, before=True) for triple in self._before((node, TYPE, None)))
            changed = self._members[node, cls] = before != self.is_instance(node, cls)
        return changed

    def _before(self, pattern: Places) -> Iterator[ox.Triple]:
        yield from (triple for triple in self.now(pattern) if triple not in self.added)
        yield from self.gone(pattern)

    def _below(self, start: Term, cls: Term, *, before: bool) -> bool:
        read = self._before if before else self.now
        seen: set[Term] = {start}
        todo: list[Term] = [start]
        while todo:
            one = todo.pop()
            if one == cls:
                return True
            new = {triple.object for triple in read((one, SUBCLASS, None))} - seen
            seen |= new
            todo += new
        return False


def matches(pattern: Places, triple: ox.Triple) -> bool:
    """Say whether a triple has the terms of a pattern."""
    subject, predicate, obj = pattern
    return (
        (predicate is None or predicate == triple.predicate)
        and (subject is None or subject == triple.subject)
        and (obj is None or obj == triple.object)
    )


def placed(pattern: Places, place: int, term: Term) -> Places:
    """Return a pattern with a term put in one of its places."""
    terms = list(pattern)
    terms[place] = term
    return terms[0], terms[1], terms[2]


def is_read(read: Read, triple: ox.Triple, graph: ChangedGraph) -> bool:
    """Say whether it can matter to a read that a triple came or went."""
    if not matches(read.pattern, triple):
        return False
    terms = (triple.subject, triple.predicate, triple.object)
    if not all(test.holds(terms[place]) for place, test in read.tests):
        return False
    if not all(_is_met(need, terms, graph) for need in read.needs):
        return False
    if read.cls is not None:
        return graph.reaches(triple.object, SUBCLASS, read.cls) and graph.membership_changed(triple.subject, read.cls)
    if read.existence:
        place = read.ways[0][1]
        alike = placed(read.pattern, place, terms[place])
        return all(other in graph.added for other in graph.now(alike))
    return True


def _is_met(need: Need, terms: tuple[Term, ...], graph: ChangedGraph) -> bool:
    """Say whether what a triple needs beside it stands there after the change, or stood there before."""
    subject, predicate, obj = (terms[term] if isinstance(term, int) else term for term in need.terms)
    if not need.repeat:
        return graph.ever((subject, predicate, obj))
    if subject is None or predicate is None or obj is None:
        return True
    return graph.reaches(subject, predicate, obj)


def walk_back(graph: ChangedGraph, way: Way, ends: Iterable[Term], *, limit: int) -> set[Term]:
    """Return the nodes from which a way leads to one of some terms, over triples of before and after the change.

    Raises:
        TooMany: they are more than the limit, or a step on the way has more.
    """
    found = set(ends)
    for part in reversed(way):
        found = (
            _repeated_back(graph, part, found, limit)
            if isinstance(part, Repeat)
            else set(_bounded(_step_back(graph, part, found), limit))
        )
    return found


def walk(graph: ChangedGraph, way: Way, starts: Iterable[Term], *, limit: int) -> set[Term]:
    """Return the terms to which a way leads from some nodes, over triples of before and after the change.

    Raises:
        TooMany: they are more than the limit.
    """
    return walk_back(graph, reversed_way(way), starts, limit=limit)


def reversed_way(way: Way) -> Way:
    """Return a way from its end to its start."""
    return tuple(
        Repeat(tuple(reversed_way(inner) for inner in part.ways))
        if isinstance(part, Repeat)
        else Step(part.leave, part.enter, part.pattern)
        for part in reversed(way)
    )


def _step_back(graph: ChangedGraph, step: Step, ends: Iterable[Term]) -> Iterator[Term]:
    for end in ends:
        pattern = placed(step.pattern, step.leave, end)
        for triple in chain(graph.now(pattern), graph.gone(pattern)):
            yield triple[step.enter]


def _repeated_back(graph: ChangedGraph, repeat: Repeat, ends: set[Term], limit: int) -> set[Term]:
    found, todo = set(ends), set(ends)
    while todo:
        new = {node for way in repeat.ways for node in walk_back(graph, way, todo, limit=limit)}
        todo = new - found
        found = set(_bounded(chain(found, todo), limit))
    return found


def _bounded(nodes: Iterable[Term], limit: int) -> Iterator[Term]:
    """Pass nodes on until there are too many; one that comes twice counts twice, so that a step stays cheap."""
    for count, node in enumerate(nodes, start=1):
        if count > 4 * limit:
            raise TooMany
        yield node
