"""What a query reads to find the rows of one node, and when it can find none.

The rows of a whole-graph rule with one value of its variable are a verdict on that value, as a shape gives one on a
focus node: they rest on the ways that lead from the variable through the patterns.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.patterns import Pattern, Patterns, Terms, Untraceable, Variant
from graph.reads import OBJECT, SUBJECT, ChangedGraph, Need, Places, Read, Repeat, Step, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.nodes import Term


@dataclass(frozen=True, slots=True)
class Guard:
    """What every row with some value of a variable needs, by one variant of the query.

    Attributes:
        present: patterns of which each must have a triple.
        absent: groups of patterns of which none may have a solution.
    """

    present: tuple[Terms, ...]
    absent: tuple[tuple[Terms, ...], ...]


def query_reads(patterns: Patterns, variable: str, *, counted: bool = False) -> tuple[Read, ...]:
    """Return the reads from one variable of a query.

    Args:
        patterns: of the query.
        variable: its name.
        counted: whether an aggregation counts its values, so that it need not be by them.

    Raises:
        Untraceable: an aggregation is not by that variable, so that one row tells of many nodes.
    """
    if not counted and any(variable not in keys for keys in patterns.grouped):
        message = f"an aggregation that is not by ?{variable}"
        raise Untraceable(message)
    reads = [_read(pattern, variant, patterns, variable) for variant in patterns.variants for pattern in variant]
    return tuple(dict.fromkeys(reads))


def query_guards(patterns: Patterns, variable: str) -> tuple[Guard, ...]:
    """Return what the rows of one value of a variable need, one guard for each variant that differs in it."""
    absent: dict[tuple[Terms, ...], set[tuple[Terms, ...]]] = {}
    for variant in patterns.variants:
        outer = [pattern for pattern in variant if not pattern.group]
        present = tuple(each.terms for each in outer if variable in each.variables() and not each.repeat)
        groups = absent.setdefault(present, set())
        for group in patterns.absent - patterns.filtered:
            inner = [pattern for pattern in variant if pattern.group[:1] == group]
            outside = patterns.used.union(*(each.variables() for each in outer))  # what VALUES and BIND give, too
            shared = outside & set().union(*(each.variables() for each in inner))
            plain = all(pattern.group == group and not pattern.repeat for pattern in inner)
            if inner and plain and shared <= {variable}:
                groups.add(tuple(pattern.terms for pattern in inner))
    return tuple(Guard(present, tuple(sorted(groups, key=str))) for present, groups in absent.items())


def may_have_rows(graph: ChangedGraph, guards: tuple[Guard, ...], variable: str, value: Term) -> bool:
    """Say whether a query can have rows with some value of a variable, as far as its guards tell."""
    bound = {variable: value}
    return any(
        all(_has_solution(graph, (terms,), bound) for terms in guard.present)
        and not any(_has_solution(graph, group, bound) for group in guard.absent)
        for guard in guards
    )


def _has_solution(graph: ChangedGraph, group: tuple[Terms, ...], bound: Mapping[str, Term]) -> bool:
    """Say whether some patterns, of which each is connected to those before it, match together."""
    if not group:
        return True
    first = group[0]
    known = [bound.get(term) if isinstance(term, str) else term for term in first]
    for triple in graph.now((known[0], known[1], known[2])):
        more = dict(bound)
        for term, value in zip(first, triple, strict=True):
            if isinstance(term, str) and more.setdefault(term, value) != value:
                break
        else:
            if _has_solution(graph, group[1:], more):
                return True
    return False


def _read(pattern: Pattern, variant: Variant, patterns: Patterns, variable: str) -> Read:
    """Return where one pattern is read; a repeated one wherever its way has come."""
    ways = _ways(pattern, variant, variable)
    constants = pattern.constants()
    if pattern.repeat:
        along = _constants_of_step(pattern)
        return Read(
            ways=tuple(((*way, Repeat(((Step(at, OBJECT - at, along),),))), at) for way, at in ways), pattern=along
        )
    places: dict[Term | str, int] = {term: place for place, term in enumerate(pattern.terms) if isinstance(term, str)}
    return Read(
        ways=ways,
        pattern=constants,
        needs=tuple(_needs(pattern, variant, places)),
        tests=tuple(
            (places[name], test)
            for (group, name), tests in patterns.tests.items()
            if name in places and group == pattern.group[: len(group)]
            for test in tests
        ),
        adds=_adds(pattern, patterns),
        bound=_bound(places, variant),
        existence=len(ways) == 1 and _only_existence(pattern, ways[0][1], variant, patterns, variable),
    )


def _adds(pattern: Pattern, patterns: Patterns) -> bool | None:
    """Say whether rows can appear only when a triple of a pattern comes (True) or goes (False); None: by either.

    An aggregation may compare a count with anything.
    """
    if patterns.grouped or (pattern.group and pattern.group not in patterns.negated):
        return None
    return not pattern.group


def _bound(places: Mapping[Term | str, int], variant: Variant) -> tuple[tuple[str, int], ...]:
    """Return the places of a pattern whose variables stand in the outermost group, so that each row has their value."""
    outer = {name for pattern in variant if not pattern.group for name in pattern.variables()}
    named = [(name, place) for name, place in places.items() if isinstance(name, str) and name in outer]
    return tuple((name, place) for name, place in named if name.isidentifier())


def _ways(pattern: Pattern, variant: Variant, variable: str) -> tuple[tuple[Way, int], ...]:
    """Return the shortest way from a variable to each place of a pattern, through patterns that it is asked under."""
    enclosing = [each for each in _enclosing(pattern, variant) if each is not pattern]
    ways: dict[str, Way] = {variable: ()}
    todo = deque([variable])
    while todo:
        name = todo.popleft()
        for each in enclosing:
            for step, end in _steps(each, name):
                if end not in ways:
                    ways[end] = (*ways[name], step)
                    todo.append(end)
    reached = [
        (ways[term], place) for place, term in enumerate(pattern.terms) if isinstance(term, str) and term in ways
    ]
    return tuple(sorted(reached, key=lambda way: len(way[0])))


def _enclosing(pattern: Pattern, variant: Variant) -> list[Pattern]:
    """Return the patterns of the group of a pattern, itself included, and of the groups around it."""
    return [each for each in variant if each.group == pattern.group[: len(each.group)]]


def _steps(pattern: Pattern, name: str) -> Iterator[tuple[Step | Repeat, str]]:
    """Yield the steps of a pattern from a variable to its others."""
    for enter, leave in itertools.permutations(range(3), 2):
        end = pattern.terms[leave]
        if pattern.terms[enter] == name and isinstance(end, str) and end != name:
            step = Step(enter, leave, _constants_of_step(pattern))
            yield (Repeat(((step,),)) if pattern.repeat else step), end


def _constants_of_step(pattern: Pattern) -> Places:
    """Return what each triple on a step has; of a repeated one the predicate alone: its ends are not the path's."""
    subject, predicate, obj = pattern.constants()
    return (None, predicate, None) if pattern.repeat else (subject, predicate, obj)


def _needs(pattern: Pattern, variant: Variant, places: Mapping[Term | str, int]) -> Iterator[Need]:
    """Yield what must stand beside a triple of a pattern: the patterns that hold wherever this one is asked."""
    for each in _enclosing(pattern, variant):
        terms = [places.get(term) if isinstance(term, str) else term for term in each.terms]
        linked = each is not pattern and any(isinstance(term, int) for term in terms)
        if linked and not (each.repeat and None in (terms[SUBJECT], terms[OBJECT])):
            yield Need((terms[0], terms[1], terms[2]), each.repeat)


def _only_existence(pattern: Pattern, at: int, variant: Variant, patterns: Patterns, variable: str) -> bool:
    """Say whether it counts only that a pattern has some triple: its other variables are named nowhere else.

    An aggregation counts solutions, so there this holds of no pattern.
    """
    if patterns.grouped:
        return False
    named = Counter(term for each in variant for term in each.terms if isinstance(term, str))
    others = {term for place, term in enumerate(pattern.terms) if place != at and isinstance(term, str)}
    return bool(others) and all(named[term] == 1 and term not in patterns.used | {variable} for term in others)
