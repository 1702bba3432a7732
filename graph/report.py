"""What a validation found: results a person can act on, as text and as RDF.

pySHACL answers in three shapes, one of them a failure in place of a report; here there is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import SH

from graph.errors import TurtleError
from graph.nodes import to_engine, to_node, without_warnings
from graph.terms import RDF, SHAPES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rdflib.term import Node

    from graph.nodes import Term

_TYPE: Final = ox.NamedNode(RDF + "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One finding.

    Attributes:
        severity: `Violation`, `Warning` or `Info` (SHACL 2.1.4); only the first refuses a graph.
        source: IRI of the shape or the hygiene query that found it.
        component: the constraint component, such as `MinCountConstraintComponent`.
        focus: the node it is about, or None for a finding on the whole graph.
        path: the property, or None.
        value: the offending value, or None.
        message: what is wrong and what to do.
        files: where the thing at fault is described, or else named; empty where no file is known.
    """

    severity: str
    source: str
    component: str
    focus: Node | None
    path: Node | None
    value: Node | None
    message: str
    files: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Focus node, path and value in one line, as far as there are any.

        A rule on the whole graph has the shapes themselves as its focus, and the value is what it found.
        """
        focus = None if self.focus == URIRef(SHAPES) else self.focus
        return " ".join(str(part) for part in (focus, self.path, self.value) if part is not None)

    def members(self) -> dict[str, str]:
        """Return what there is of it for JSON: who is at fault by which property, what is wrong, and who says so."""
        parts = {
            "severity": self.severity,
            "focusNode": self.focus,
            "resultPath": self.path,
            "value": self.value,
            "message": self.message,
            "source": self.source,
        }
        return {name: str(part) for name, part in parts.items() if part is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings of one validation, unique; violations first, then by place."""

    results: Sequence[Result]

    @classmethod
    def of(cls, results: Iterable[Result]) -> Report:
        """Return the report of some findings, which may come twice and in any order."""
        return cls(results=sorted(set(results), key=_order))

    @property
    def violations(self) -> int:
        """The number of findings that refuse the graph."""
        return sum(result.severity == "Violation" for result in self.results)

    @property
    def conforms(self) -> bool:
        """Whether nothing refuses the graph; warnings do not."""
        return not self.violations

    def text(self) -> str:
        """Return the report for a terminal: one paragraph a finding, then a line of counts."""
        # One message may stand for several components; a person needs it once.
        lines = list(
            dict.fromkeys(
                f"{result.severity}: {result.message}\n  at {result.place}\n"
                + (f"  in {', '.join(result.files)}\n" if result.files else "")
                + f"  by {result.source}\n"
                for result in self.results
            )
        )
        counts = Counter(result.severity for result in self.results)
        found = ", ".join(f"{count} {severity}" for severity, count in sorted(counts.items())) or "nothing found"
        lines.append(f"{'conforms' if self.conforms else 'does not conform'}: {found}\n")
        return "\n".join(lines)

    def turtle(self) -> str:
        """Return the report as a sh:ValidationReport in Turtle (SHACL 3.6), the same text for the same results."""
        report = ox.BlankNode("report")
        triples = [
            ox.Triple(report, _TYPE, _term("ValidationReport")),
            ox.Triple(report, _term("conforms"), ox.Literal(self.conforms)),
        ]
        for number, result in enumerate(self.results):
            node = ox.BlankNode(f"result{number}")
            triples.append(ox.Triple(report, _term("result"), node))
            triples += _result_triples(node, result)
        text = cast("bytes", ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sh": str(SH)}))
        return text.decode()


def _result_triples(node: ox.BlankNode, result: Result) -> Iterator[ox.Triple]:
    yield ox.Triple(node, _TYPE, _term("ValidationResult"))
    yield ox.Triple(node, _term("resultSeverity"), _term(result.severity))
    yield ox.Triple(node, _term("resultMessage"), ox.Literal(result.message))
    source = ox.NamedNode(result.source) if ":" in result.source else ox.BlankNode(result.source)
    yield ox.Triple(node, _term("sourceShape"), source)
    yield ox.Triple(node, _term("sourceConstraintComponent"), _term(result.component))
    for name, value in (("focusNode", result.focus), ("resultPath", result.path), ("value", result.value)):
        if value is not None:
            yield ox.Triple(node, _term(name), to_engine(value))


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{SH}{name}")


def _order(result: Result) -> tuple[bool, str, str, str, str]:
    return result.severity != "Violation", result.place, result.source, result.component, result.message


def hygiene_result(row: ox.QuerySolution, *, source: str, severity: str) -> Result:
    """Return the finding of one row of a hygiene query, which has a node and an error sentence.

    About a blank node the query can make no sentence, since such a node has no text.
    """
    error = cast("ox.Literal | None", row["error"])
    return Result(
        severity=severity,
        source=source,
        component="SPARQLConstraintComponent",
        focus=to_node(row["node"]),
        path=None,
        value=None,
        message=error.value if error else f"the blank node {row['node']} is at fault: give it an IRI, then see why",
    )


def read_report(turtle: str) -> Report:
    """Read back what `Report.turtle` wrote; files are not kept there.

    Raises:
        TurtleError: it is no validation report.
    """
    store = ox.Store()
    try:
        store.extend(ox.parse(turtle, ox.RdfFormat.TURTLE))  # `load` would give blank nodes other labels
    except SyntaxError as fault:
        raise TurtleError(fault.msg, line=fault.lineno, column=fault.offset) from fault
    if not any(True for _ in store.quads_for_pattern(None, _TYPE, _term("ValidationReport"))):
        message = "it holds no sh:ValidationReport: validate the graph again (coorbit validate)"
        raise TurtleError(message)
    results: dict[Term, dict[str, Node]] = {}
    with without_warnings():
        for found in store.quads_for_pattern(None, _term("result"), None):
            parts = store.quads_for_pattern(cast("ox.BlankNode", found.object), None, None)
            results[found.object] = {local_name(part.predicate.value): to_node(part.object) for part in parts}
    return Report.of(_result(parts) for parts in results.values())


def _result(parts: dict[str, Node]) -> Result:
    try:
        return Result(
            severity=local_name(str(parts["resultSeverity"])),
            source=str(parts["sourceShape"]),
            component=local_name(str(parts["sourceConstraintComponent"])),
            focus=parts.get("focusNode"),
            path=parts.get("resultPath"),
            value=parts.get("value"),
            message=str(parts["resultMessage"]),
        )
    except KeyError as fault:
        message = f"a sh:ValidationResult has no sh:{fault.args[0]}: validate the graph again (coorbit validate)"
        raise TurtleError(message) from fault
