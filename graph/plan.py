"""Shapes and hygiene queries prepared for commits: what each reads, and how it is asked of single nodes.

A plan is plain data, so that it can be kept; `graph.prepare` makes it, `graph.planning` keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.nodes import Term
    from graph.query_reads import Guard
    from graph.reads import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeUnit:
    """A shape with targets, judged node by node.

    Attributes:
        shape: its IRI.
        sources: IRIs that its results name as their source: its own and those of its property shapes.
        targets: how it chooses focus nodes: the property, such as `targetClass`, and its value.
        condition: a pattern that each ?focus with a result matches, empty where none can have one; None: unknown.
        text: the shape with all that it refers to, as N-Triples.
    """

    shape: str
    sources: frozenset[str]
    targets: tuple[tuple[str, Term], ...]
    condition: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryUnit:
    """A rule on the whole graph, asked for single values of one variable.

    Attributes:
        source: IRI of the shape or the hygiene query.
        text: the query.
        wide: the same with more variables in its result, so that these can be bound; empty where it aggregates.
        prefixes: that it uses besides its own.
        variable: that its rows are about.
        guards: what its rows need.
        severity: of its results.
        message: with `{?variable}` for values; None: the column `error` is the message.
        focus: the target node of a shape, to which $this is bound; None: the variable's value is the focus node.
        counted: the variable over whose values the rows count, where a row tells of many nodes; else empty.
    """

    source: str
    text: str
    wide: str
    prefixes: Mapping[str, str]
    variable: str
    guards: tuple[Guard, ...]
    severity: str
    message: str | None
    focus: str | None
    counted: str = ""

    @property
    def sources(self) -> frozenset[str]:
        """IRIs that its results name as their source."""
        return frozenset({self.source})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a commit needs to know of shapes and hygiene queries.

    Attributes:
        shapes: the shapes graph as N-Triples.
        whole: why every commit must be validated in full, or empty.
        units: shapes with targets, rules and hygiene queries.
        by_predicate: the reads of triples with a certain predicate, each with the number of its unit.
        anywhere: the reads of triples with any predicate, likewise.
    """

    shapes: str
    whole: str
    units: tuple[ShapeUnit | QueryUnit, ...]
    by_predicate: Mapping[Term, tuple[tuple[int, Read], ...]]
    anywhere: tuple[tuple[int, Read], ...]


def indexed(shapes: str, whole: str, units: Iterable[tuple[ShapeUnit | QueryUnit, Iterable[Read]]]) -> Plan:
    """Return a plan with the reads of its units by predicate."""
    by_predicate: dict[Term, list[tuple[int, Read]]] = {}
    anywhere: list[tuple[int, Read]] = []
    known = list(units)
    for number, read in chain.from_iterable(((n, read) for read in reads) for n, (_, reads) in enumerate(known)):
        predicate = read.pattern[1]
        (anywhere if predicate is None else by_predicate.setdefault(predicate, [])).append((number, read))
    return Plan(
        shapes=shapes,
        whole=whole,
        units=tuple(unit for unit, _ in known),
        by_predicate={predicate: tuple(reads) for predicate, reads in by_predicate.items()},
        anywhere=tuple(anywhere),
    )
