"""Validation: SHACL and the hygiene queries over a dataset, wrapped once.

Nothing enters without it; what fails is refused with the whole report.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox
import pyshacl
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import Graph, Literal
from rdflib.namespace import RDF, SH

from graph.errors import CoorbitError
from graph.questions import packaged_questions
from graph.report import Report, Result
from graph.store import graph_iri, merged
from graph.terms import BASE, SHAPES_GRAPH

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from rdflib.term import Node

_log = logging.getLogger(__name__)


def validate(quads: Collection[ox.Quad]) -> Report:
    """Check a dataset against its own shapes graph and the packaged hygiene queries.

    The data are the merge of all named graphs, ontology included, so that shapes see subclasses.

    Args:
        quads: named-graph quads; those in the shapes graph are the shapes.

    Returns:
        The findings of both, sorted. pySHACL does not infer anything; warnings do not refuse.

    Raises:
        CoorbitError: the shapes themselves cannot be used.
    """
    started = time.perf_counter()
    triples = merged(quads)
    shapes = [quad.triple for quad in quads if graph_iri(quad) == SHAPES_GRAPH]
    results = {*shacl_findings(triples, shapes), *hygiene_findings(triples, shapes)}
    report = Report(results=sorted(results))
    _log.info(
        "validated triples=%d findings=%d seconds=%.1f", len(triples), len(results), time.perf_counter() - started
    )
    return report


def shacl_findings(triples: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> list[Result]:
    """Validate in pySHACL over the engine.

    A SPARQL constraint runs once per focus node, and rdflib would parse it each time: 20 s on 5,000 triples, against
    2 s here.
    """
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    text = ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES)
    _, report, message = pyshacl.validate(
        _Data(store),
        shacl_graph=Graph().parse(data=text, format="nt"),
        inference="none",
        advanced=True,
        allow_warnings=True,
        inplace=True,
    )
    if not isinstance(report, Graph):  # pySHACL 0.40 gives a ValidationFailure in place of the graph
        message = f"the shapes cannot be used: {message}"
        raise CoorbitError(message)
    return [_result(report, node) for node in report.subjects(RDF.type, SH.ValidationResult)]


class _Data(OxigraphDataGraph):
    """The engine as pySHACL reads it, with two faults of pySHACL 0.40.1 mended.

    `datagraph or ...` counts the whole store each time a result is made; a path that meets a literal fails with a
    TypeError, where a literal has no properties.
    """

    def __bool__(self) -> bool:
        return True

    def objects(self, subject: Any, predicate: Any, unique: bool = False) -> Generator[Any, None, None]:  # type: ignore[override]  # noqa: ANN401, FBT001, FBT002
        """Yield the values of a property."""
        if not isinstance(subject, Literal):
            yield from super().objects(subject, predicate, unique)

    def predicate_objects(self, subject: Any, unique: bool = False) -> Generator[Any, None, None]:  # type: ignore[override]  # noqa: ANN401, FBT001, FBT002
        """Yield properties with their values."""
        if not isinstance(subject, Literal):
            yield from super().predicate_objects(subject, unique)


def _result(report: Graph, node: Node) -> Result:
    severity = str(report.value(node, SH.resultSeverity)).removeprefix(str(SH))
    texts = {
        name: str(report.value(node, predicate) or "")
        for name, predicate in (
            ("source", SH.sourceShape),
            ("focus", SH.focusNode),
            ("path", SH.resultPath),
            ("value", SH.value),
            ("message", SH.resultMessage),
        )
    }
    return Result(severity=severity, **texts)


def hygiene_findings(triples: Collection[ox.Triple], shapes: Collection[ox.Triple]) -> list[Result]:
    """Run each hygiene query; every row is one finished error sentence in `?error`, about `?node` if bound.

    The shapes are there as a named graph, since a term that only a shape uses is in use.
    """
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(SHAPES_GRAPH)) for t in shapes)
    results = []
    for query in packaged_questions("hygiene"):
        rows = cast("ox.QuerySolutions", store.query(query.text))
        severity = "Warning" if "warning" in query.tags else "Violation"
        results += [_hygiene_result(row, severity, source=f"{BASE}queries/hygiene/{query.name}") for row in rows]
    return results


def _hygiene_result(row: ox.QuerySolution, severity: str, *, source: str) -> Result:
    node, error = row["node"], row["error"]
    return Result(
        severity=severity,
        source=source,
        focus=getattr(node, "value", ""),
        path="",
        value="",
        message=getattr(error, "value", ""),
    )
