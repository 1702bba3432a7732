"""What a validation found: results a person can act on, as text and as RDF.

pySHACL answers in three shapes, one of them a failure in place of a report; here there is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Result:
    """One finding.

    Attributes:
        severity: `Violation`, `Warning` or `Info` (SHACL 2.1.4); only the first refuses a graph.
        source: IRI of the shape or the hygiene query that found it.
        focus: the node it is about, as an IRI or a blank node label; empty for a finding on the whole graph.
        path: the property, or empty.
        value: the offending value, or empty.
        message: what is wrong and what to do.
    """

    severity: str
    source: str
    focus: str
    path: str
    value: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings of one validation, sorted and unique."""

    results: Sequence[Result]

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
        lines = []
        for result in self.results:
            place = " ".join(part for part in (result.focus, result.path, result.value) if part)
            lines.append(f"{result.severity}: {result.message}\n  at {place}\n  by {result.source}\n")
        counts = Counter(result.severity for result in self.results)
        found = ", ".join(f"{count} {severity}" for severity, count in sorted(counts.items())) or "nothing found"
        lines.append(f"{'conforms' if self.conforms else 'does not conform'}: {found}\n")
        return "\n".join(lines)

    def turtle(self) -> str:
        """Return the report as a sh:ValidationReport in Turtle (SHACL 3.6)."""
        graph = Graph()
        graph.bind("sh", SH)
        report = BNode()
        graph.add((report, RDF.type, SH.ValidationReport))
        graph.add((report, SH.conforms, Literal(self.conforms)))
        for result in self.results:
            node = BNode()
            graph.add((report, SH.result, node))
            graph.add((node, RDF.type, SH.ValidationResult))
            graph.add((node, SH.resultSeverity, SH[result.severity]))
            graph.add((node, SH.resultMessage, Literal(result.message)))
            graph.add((node, SH.sourceShape, URIRef(result.source)))
            for predicate, text in (
                (SH.focusNode, result.focus),
                (SH.resultPath, result.path),
                (SH.value, result.value),
            ):
                if text:
                    graph.add((node, predicate, URIRef(text) if ":" in text and " " not in text else Literal(text)))
        return graph.serialize(format="turtle")
