"""What a validation found: results a person can act on, as text and as RDF.

pySHACL answers in three shapes, one of them a failure in place of a report; here there is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH

from graph.terms import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib.term import Node


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings of one validation, unique; violations first, then by place."""

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
            graph.add((node, SH.sourceConstraintComponent, SH[result.component]))
            for predicate, term in (
                (SH.focusNode, result.focus),
                (SH.resultPath, result.path),
                (SH.value, result.value),
            ):
                if term is not None:
                    graph.add((node, predicate, term))
        return graph.serialize(format="turtle")
