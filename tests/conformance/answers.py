"""Answers to queries: as read from a response or from a file of the suite, and whether two of them are the same.

Numbers and booleans are compared by value within their datatype, for the specification leaves the lexical form of a
computed number to the service; everything else by its exact form, blank nodes up to their labels.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from conformance.facts import RDF, Facts, characters, triples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.facts import Term
    from conformance.suite import Case

RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

_TRUTH: Final = {"1": "true", "0": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Solutions:
    """A table of solutions; an unbound variable is missing from its row."""

    variables: frozenset[str]
    rows: tuple[Mapping[str, Term], ...]
    ordered: bool = False
    """Whether the order of the rows is part of the answer."""


Answer = bool | Solutions | tuple[ox.Triple, ...]


def read_results(content: bytes, file_format: ox.QueryResultsFormat) -> bool | Solutions:
    """Return the answer that a result document in XML, JSON or TSV holds."""
    results = ox.parse_query_results(content, format=file_format)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    rows = [{name: row[name] for name in names} for row in results]
    return Solutions(variables=frozenset(names), rows=tuple(map(_bound, rows)))


def read_csv(text: str) -> Solutions:
    """Return the solutions of a CSV document; the format tells neither IRIs nor numbers from other literals."""
    table = csv.reader(text.splitlines(keepends=True))
    names = next(table)
    rows = [dict(zip(names, map(_cell, row), strict=True)) for row in table]
    return Solutions(variables=frozenset(names), rows=tuple(map(_bound, rows)))


def expected(case: Case) -> Answer:
    """Return the answer that a test wants, from its result document or from a graph that describes it."""
    path = case.path(case.result)
    if path.suffix == ".csv":
        return read_csv(path.read_text(encoding="utf-8"))
    result_format = ox.QueryResultsFormat.from_extension(path.suffix[1:])
    if result_format is not None:
        return read_results(path.read_bytes(), result_format)
    stated = case.triples(case.result)
    facts = Facts(stated)
    tables = facts.holders(f"{RDF}type", ox.NamedNode(f"{RS}ResultSet"))
    return _described(facts, tables[0]) if tables else stated


def assert_same(got: Answer, wanted: Answer) -> None:
    """Fail, with both answers, unless they are the same."""
    if isinstance(got, Solutions) and isinstance(wanted, Solutions):
        assert got.variables == wanted.variables
        pairs = [(got.rows, wanted.rows)]
        if wanted.ordered:
            pairs = [((one,), (other,)) for one, other in zip(got.rows, wanted.rows, strict=False)]
        same = len(got.rows) == len(wanted.rows) and all(_same_rows(ours, theirs) for ours, theirs in pairs)
        assert same, f"got:\n{_shown(got.rows)}\nexpected:\n{_shown(wanted.rows)}"
    elif isinstance(got, tuple) and isinstance(wanted, tuple):
        assert isomorphic(got, wanted), f"got:\n{_lines(got)}\nexpected:\n{_lines(wanted)}"
    else:
        assert got == wanted, f"got {got}, expected {wanted}"


def isomorphic(some: Iterable[ox.Triple], others: Iterable[ox.Triple]) -> bool:
    """Return whether two graphs are equal up to the labels of their blank nodes."""
    return _canonical(ox.Quad(*triple) for triple in some) == _canonical(ox.Quad(*triple) for triple in others)


def _canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def _described(facts: Facts, table: Term) -> bool | Solutions:
    """Return the answer that a graph describes in the terms of the result-set vocabulary."""
    if facts.has(table, f"{RS}boolean"):
        return facts.text(table, f"{RS}boolean") == "true"
    solutions = facts.values(table, f"{RS}solution")
    ordered = any(facts.has(solution, f"{RS}index") for solution in solutions)
    if ordered:
        solutions.sort(key=lambda solution: int(facts.text(solution, f"{RS}index")))
    rows = [
        {
            facts.text(binding, f"{RS}variable"): facts.value(binding, f"{RS}value")
            for binding in facts.values(solution, f"{RS}binding")
        }
        for solution in solutions
    ]
    names = frozenset(map(characters, facts.values(table, f"{RS}resultVariable")))
    return Solutions(variables=names, rows=tuple(map(_bound, rows)), ordered=ordered)


def _same_rows(some: Iterable[Mapping[str, Term]], others: Iterable[Mapping[str, Term]]) -> bool:
    return _plain(some) == _plain(others) and _canonical(_as_quads(some)) == _canonical(_as_quads(others))


def _plain(rows: Iterable[Mapping[str, Term]]) -> Counter[frozenset[tuple[str, Term]]]:
    """Count the rows without blank nodes: equal rows cost the search for an isomorphism much time."""
    return Counter(frozenset(row.items()) for row in rows if not _has_blank(row))


def _as_quads(rows: Iterable[Mapping[str, Term]]) -> list[ox.Quad]:
    """Return the rows with blank nodes as a graph, one further blank node a row."""
    return [
        ox.Quad(node, ox.NamedNode(f"urn:x-variable:{name}"), term)
        for node, row in ((ox.BlankNode(), row) for row in rows if _has_blank(row))
        for name, term in row.items()
    ]


def _has_blank(row: Mapping[str, Term]) -> bool:
    return any(isinstance(term, ox.BlankNode) for term in row.values())


def _bound(row: Mapping[str, Term | None]) -> dict[str, Term]:
    return {name: _by_value(term) for name, term in row.items() if term is not None}


def _by_value(term: Term) -> Term:
    """Return a number or boolean in the one form that its value has here."""
    if not isinstance(term, ox.Literal):
        return term
    if term.language is not None:
        return ox.Literal(term.value, language=term.language.lower())
    try:
        match term.datatype.value.removeprefix(XSD):
            case "integer" | "decimal":
                return ox.Literal(format(Decimal(term.value).normalize(), "f"), datatype=term.datatype)
            case "double" | "float":
                return ox.Literal(repr(float(term.value)), datatype=term.datatype)
            case "boolean":
                return ox.Literal(_TRUTH.get(term.value, term.value), datatype=term.datatype)
    except (InvalidOperation, ValueError):
        pass  # ill-typed on purpose, so its form is what counts
    return term


def _cell(cell: str) -> Term | None:
    if not cell:
        return None
    if cell.startswith("_:"):
        return ox.BlankNode(cell.removeprefix("_:"))
    try:
        return ox.Literal(repr(float(cell)))
    except ValueError:
        return ox.Literal(cell)


def _shown(rows: Iterable[Mapping[str, Term]]) -> str:
    return "\n".join(sorted(" ".join(f"?{name}={term}" for name, term in sorted(row.items())) for row in rows))


def _lines(graph: Iterable[ox.Triple]) -> str:
    return "\n".join(sorted(map(str, graph)))


def read_graph(content: bytes, media_type: str, *, base_iri: str) -> tuple[ox.Triple, ...]:
    """Return the triples of a response."""
    file_format = ox.RdfFormat.from_media_type(media_type)
    assert file_format is not None, f"{media_type} is no RDF format"
    return triples(content, file_format.file_extension, base_iri=base_iri)
