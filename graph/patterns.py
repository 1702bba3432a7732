"""What is known of a query's triple patterns: the forms in which `graph.query_patterns` tells of them.

A query is written out as variants: a union or an alternative path makes one for each of its branches, and a query
reads what its variants read. Each pattern stands in a group, so that it is known under what others it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.nodes import Term

if TYPE_CHECKING:
    from graph.reads import Places, Test

Group = tuple[int, ...]
Terms = tuple[Term | str, Term | str, Term | str]
"""Subject, predicate and object; a variable by its name."""
Variant = tuple["Pattern", ...]


class Untraceable(Exception):
    """A query has a part whose reads are not known; who asks then runs it whole, so no person sees it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern.

    Attributes:
        group: numbers of the nested groups that it stands in; empty for the outermost.
        terms: of which a variable's name is unique in the query.
        repeat: whether the predicate may be followed any number of times, none included.
    """

    group: Group
    terms: Terms
    repeat: bool = False

    def variables(self) -> set[str]:
        """Return the names of its variables."""
        return {term for term in self.terms if isinstance(term, str)}

    def constants(self) -> Places:
        """Return its terms with None for each variable."""
        subject, predicate, obj = (None if isinstance(term, str) else term for term in self.terms)
        return subject, predicate, obj


@dataclass(slots=True)
class Patterns:
    """What a query reads.

    Attributes:
        variants: the patterns, written out.
        used: variables whose values count, not only that there are any: projected, compared, or bound by expressions.
        grouped: for each aggregation the variables it is grouped by.
        absent: groups that stand in a NOT EXISTS that every solution must pass.
        negated: these, and those that every solution of one branch of a union must pass.
        filtered: groups with a filter of their own.
        tests: by group and variable, what every solution of the group asks of the variable.
        having: whether a condition is put on aggregates.
    """

    variants: tuple[Variant, ...] = ()
    used: set[str] = field(default_factory=set)
    grouped: list[frozenset[str]] = field(default_factory=list)
    absent: set[Group] = field(default_factory=set)
    negated: set[Group] = field(default_factory=set)
    filtered: set[Group] = field(default_factory=set)
    tests: dict[tuple[Group, str], list[Test]] = field(default_factory=dict)
    having: bool = False

    def test(self, group: Group, variable: str, test: Test) -> None:
        """Note a test of a variable."""
        self.tests.setdefault((group, variable), []).append(test)
