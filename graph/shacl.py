"""SHACL over the engine: probes choose the focus nodes, pySHACL judges them.

Only pySHACL's verdict counts and only its results are reported; the probes spare it the focus nodes to which no
shape can object. A test holds the results equal to those of pySHACL on its own.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox
from pyshacl.graph_abstraction import OxigraphDataGraph, to_rdf
from pyshacl.monkey import apply_patches
from pyshacl.validator import Validator
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH

from graph.errors import CoorbitError
from graph.nodes import without_warnings
from graph.probes import has_targets, probes, target_probes
from graph.report import Result
from graph.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping

    from rdflib.term import Node

    from graph.writer import Term


def shacl_findings(data: ox.Store, shapes: Graph) -> list[Result]:
    """Return what SHACL finds in the default graph of a store, in no order.

    Args:
        data: the data, ontology included, in its default graph; named graphs are not looked at.
        shapes: the shapes; those with targets have IRIs.

    Raises:
        CoorbitError: the shapes cannot be used.
    """
    with without_warnings():
        return _findings(data, shapes, _suspects(data, shapes))


def findings_on(data: ox.Store, shapes: Graph, suspects: Mapping[Node, Collection[Node]]) -> list[Result]:
    """Return what pySHACL finds on some nodes of the default graph of a store, in no order.

    Args:
        data: of which named graphs are not looked at.
        shapes: the shapes with all that they refer to.
        suspects: for each shape the nodes to judge, which must be its focus nodes.
    """
    with without_warnings():
        return _findings(data, shapes, suspects)


def _findings(data: ox.Store, shapes: Graph, suspects: Mapping[Node, Collection[Node]]) -> list[Result]:
    apply_patches()  # type: ignore[no-untyped-call]
    graph = _Data(data)
    # pySHACL adds two triples of its own to the shapes graph: a copy keeps ours as it is.
    validator = Validator(graph, shacl_graph=Graph() + shapes, options={"advanced": True, "inplace": True})
    executor = validator.make_executor()
    results: list[Any] = []
    for shape in validator.shacl_graph.shapes:
        if focus := suspects.get(shape.node):
            shape.set_advanced(True)
            _, found = shape.validate(executor, graph, focus=sorted(focus, key=str))
            results += found
    report, _ = validator.create_validation_report(validator.shacl_graph, not results, results)
    # What hangs below a result as sh:detail says why a nested shape did not fit, and is no result by itself.
    return [_result(report, node) for node in report.objects(None, SH.result)]


def _suspects(data: ox.Store, shapes: Graph) -> dict[Node, set[Node]]:
    """Return, for each shape with targets, the focus nodes that a probe names.

    The engine lets other threads run while it answers, so the probes share the processors.
    """
    targeted = sorted({shape for shape in shapes.subjects() if has_targets(shapes, shape)}, key=str)
    if unnamed := [shape for shape in targeted if not isinstance(shape, URIRef)]:
        message = f"a shape with targets needs an IRI: {unnamed[0].n3()}"
        raise CoorbitError(message)
    prefixes = {
        str(shapes.value(declared, SH.prefix)): str(shapes.value(declared, SH.namespace))
        for declared in shapes.objects(None, SH.declare)
    }

    def ask(shape: Node) -> tuple[Node, set[Node]]:
        found: set[Node] = set()
        for query in probes(shapes, URIRef(str(shape))):
            found |= _focus_nodes(data, query)
        if (shape, SH.sparql, None) in shapes:
            found |= _by_query(data, shapes, shape, prefixes)
        return shape, found

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(threads.map(ask, targeted))


def _by_query(data: ox.Store, shapes: Graph, shape: Node, prefixes: dict[str, str]) -> set[Node]:
    """Return the focus nodes that a SPARQL constraint may object to.

    A constraint on one named node, as rules on the whole graph have it, is asked as it stands; for any other, every
    target is suspicious.
    """
    nodes = list(shapes.objects(shape, SH.targetNode))
    if len(nodes) == 1 and not any((shape, kind, None) in shapes for kind in (SH.targetClass, SH.targetSubjectsOf)):
        this: dict[ox.Variable, Term] = {ox.Variable("this"): ox.NamedNode(str(nodes[0]))}
        for constraint in shapes.objects(shape, SH.sparql):
            text = str(shapes.value(constraint, SH.select))
            rows = cast("ox.QuerySolutions", data.query(text, prefixes=prefixes, substitutions=this))
            if any(True for _ in rows):
                return set(nodes)
        return set()
    return {node for query in target_probes(shapes, URIRef(str(shape))) for node in _focus_nodes(data, query)}


def _focus_nodes(data: ox.Store, query: str) -> set[Node]:
    return {cast("Node", to_rdf(row["focus"])) for row in cast("ox.QuerySolutions", data.query(query))}


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
    path = report.value(node, SH.resultPath)
    return Result(
        severity=local_name(str(report.value(node, SH.resultSeverity))),
        source=str(report.value(node, SH.sourceShape)),
        component=local_name(str(report.value(node, SH.sourceConstraintComponent))),
        focus=report.value(node, SH.focusNode),
        path=path if isinstance(path, URIRef) else None,
        value=report.value(node, SH.value),
        message=str(report.value(node, SH.resultMessage)),
    )
