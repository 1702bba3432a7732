"""The quality report: what the graph covers and what stands open, as text and as Turtle (DQV).

Each measure is a query in queries/quality/: `?about` names what is measured, `?value` of `?total` how much of it. The
report is for curators, and later for the data page; it refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.questions import packaged_questions
from graph.terms import BASE, GRAPHS, PREFIXES, RDF, RDFS, XSD, compact
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from graph.questions import Question
    from graph.writer import Term

_DQV: Final = "http://www.w3.org/ns/dqv#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One row of a measure.

    Attributes:
        about: IRI or text of what is measured.
        value: how many.
        total: of how many; None where the value is a count by itself.
    """

    about: str
    value: int
    total: int | None

    def text(self) -> str:
        """Return the row for a person."""
        share = f" of {self.total} ({self.value / self.total:.0%})" if self.total else ""
        return f"{compact(self.about)}: {self.value}{share}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure with its rows, in the order of its query."""

    name: str
    question: str
    rows: Sequence[Measurement]


def measure(store: ox.Store, *, today: date) -> list[Measure]:
    """Run the packaged quality queries over a dataset.

    Args:
        store: the merge of all named graphs in its default graph, the derived ones included.
        today: what counts as past; the queries know it as `?today`.
    """
    return [_measure(store, query, today) for query in packaged_questions("quality")]


def _measure(store: ox.Store, query: Question, today: date) -> Measure:
    # The engine takes a value only for a variable that the query projects.
    asks_the_day = "?today" in query.text
    day: dict[ox.Variable, Term] = {
        ox.Variable("today"): ox.Literal(today.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    }
    rows = cast("ox.QuerySolutions", store.query(query.text, substitutions=day if asks_the_day else None))
    return Measure(
        name=query.name,
        question=query.question,
        rows=[
            Measurement(
                about=_text(row["about"]),
                value=_count(row["value"]) or 0,
                total=_count(row["total"]) if ox.Variable("total") in rows.variables else None,
            )
            for row in rows
        ],
    )


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _count(term: Term | None) -> int | None:
    return int(term.value) if isinstance(term, ox.Literal) else None


def quality_text(measures: Sequence[Measure]) -> str:
    """Return the report for a person: a paragraph a measure, a line a row."""
    paragraphs = []
    for each in measures:
        lines = [f"  {row.text()}\n" for row in each.rows] or ["  none\n"]
        paragraphs.append(each.question + "\n" + "".join(lines))
    return "\n".join(paragraphs)


def quality_turtle(measures: Sequence[Measure]) -> str:
    """Return the report as Turtle: a dqv:Metric a measure, a dqv:QualityMeasurement a row."""
    triples: list[ox.Triple] = []

    def add(subject: str, predicate: str, value: Term) -> None:
        triples.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value))

    for each in measures:
        metric = f"{BASE}report/quality#{each.name}"
        add(metric, RDF + "type", ox.NamedNode(_DQV + "Metric"))
        add(metric, RDFS + "label", ox.Literal(each.question, language="en"))
        for number, row in enumerate(each.rows, start=1):
            node = f"{metric}-{number}"
            add(node, RDF + "type", ox.NamedNode(_DQV + "QualityMeasurement"))
            add(node, RDFS + "label", ox.Literal(row.text(), language="en"))
            add(node, _DQV + "isMeasurementOf", ox.NamedNode(metric))
            add(node, _DQV + "computedOn", ox.NamedNode(GRAPHS.removesuffix("/")))
            add(node, _DQV + "value", ox.Literal(str(row.value), datatype=ox.NamedNode(XSD + "integer")))
    return canonical_turtle(triples, prefixes={**PREFIXES, "dqv": _DQV})
