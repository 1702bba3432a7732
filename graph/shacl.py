"""SHACL over the engine: probes choose the focus nodes, pySHACL judges them.

Only pySHACL's verdict counts and only its results are reported; the probes spare it the focus nodes to which no
shape can object. A test holds the results equal to those of pySHACL on its own.
"""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

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
    from collections.abc import Collection, Generator, Mapping, Sequence

    from rdflib.term import Node

    from graph.writer import Term

_PROBES_AT_ONCE: Final = 4  # each thread takes address space, which a process of the service has little of


class Checker:
    """Shapes made ready to check any number of graphs: what they and their probes say is read once.

    Args:
        shapes: the shapes; those with targets have IRIs. They are not changed, and must not be.
    """

    def __init__(self, shapes: Graph) -> None:
        apply_patches()  # type: ignore[no-untyped-call]
        # pySHACL adds two triples of its own to the shapes graph: a copy keeps ours as it is. It is told the data again
        # with each shape.
        options = {"advanced": True, "inplace": True}
        self._validator = Validator(_Data(ox.Store()), shacl_graph=Graph() + shapes, options=options)
        self._shapes = shapes
        self._prefixes = {
            str(shapes.value(declared, SH.prefix)): str(shapes.value(declared, SH.namespace))
            for declared in shapes.objects(None, SH.declare)
        }

    def findings(self, data: ox.Store) -> list[Result]:
        """Return what SHACL finds in the default graph of a store, in no order.

        Args:
            data: the data, ontology included, in its default graph; named graphs are not looked at.

        Raises:
            CoorbitError: the shapes cannot be used.
        """
        with without_warnings():
            return self._judged(data, self._suspects(data))

    def findings_on(self, data: ox.Store, suspects: Mapping[Node, Collection[Node]]) -> list[Result]:
        """Return what pySHACL finds on some nodes of the default graph of a store, in no order.

        Args:
            data: of which named graphs are not looked at.
            suspects: for each shape the nodes to judge, which must be its focus nodes.
        """
        with without_warnings():
            return self._judged(data, suspects)

    @functools.cached_property
    def _suspicions(self) -> list[_Suspicion]:
        return _suspicions(self._shapes)

    def _judged(self, data: ox.Store, suspects: Mapping[Node, Collection[Node]]) -> list[Result]:
        graph, shapes = _Data(data), self._validator.shacl_graph
        executor = self._validator.make_executor()
        results: list[Any] = []
        for shape in shapes.shapes:
            if focus := suspects.get(shape.node):
                shape.set_advanced(True)
                _, found = shape.validate(executor, graph, focus=sorted(focus, key=str))
                results += found
        report, _ = self._validator.create_validation_report(shapes, not results, results)
        # What hangs below a result as sh:detail says why a nested shape did not fit, and is no result by itself.
        return [_result(report, node) for node in report.objects(None, SH.result)]

    def _suspects(self, data: ox.Store) -> dict[Node, set[Node]]:
        """Return, for each shape with targets, the focus nodes that a probe names.

        The engine lets other threads run while it answers, so the probes share the processors.
        """

        def ask(suspicion: _Suspicion) -> tuple[Node, set[Node]]:
            found = {node for query in suspicion.probes for node in _focus_nodes(data, query)}
            if suspicion.node is not None:
                this: dict[ox.Variable, Term] = {ox.Variable("this"): suspicion.node}
                for text in suspicion.constraints:
                    answer = data.query(text, prefixes=self._prefixes, substitutions=this)
                    if any(True for _ in cast("ox.QuerySolutions", answer)):
                        found.add(URIRef(suspicion.node.value))
            return suspicion.shape, found

        with ThreadPoolExecutor(min(os.cpu_count() or 1, _PROBES_AT_ONCE)) as threads:
            return dict(threads.map(ask, self._suspicions))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspicion:
    """What makes a focus node of a shape suspicious.

    Attributes:
        shape: that has targets.
        probes: queries for suspicious focus nodes; where a SPARQL constraint is on more than one node, for all of them.
        node: the one node that its SPARQL constraints are on, as rules on the whole graph have it; None for any other.
        constraints: queries that object to that node as they stand.
    """

    shape: URIRef
    probes: Sequence[str]
    node: ox.NamedNode | None
    constraints: Sequence[str]


def _suspicions(shapes: Graph) -> list[_Suspicion]:
    targeted = sorted({shape for shape in shapes.subjects() if has_targets(shapes, shape)}, key=str)
    suspicions = []
    for shape in targeted:
        if not isinstance(shape, URIRef):
            message = f"a shape with targets needs an IRI: {shape.n3()}"
            raise CoorbitError(message)
        queries, node = list(probes(shapes, shape)), None
        if (shape, SH.sparql, None) in shapes:
            node = _only_node(shapes, shape)
            queries += [] if node else target_probes(shapes, shape)
        constraints = [str(shapes.value(each, SH.select)) for each in shapes.objects(shape, SH.sparql)] if node else []
        suspicions.append(_Suspicion(shape=shape, probes=queries, node=node, constraints=constraints))
    return suspicions


def _only_node(shapes: Graph, shape: URIRef) -> ox.NamedNode | None:
    nodes = list(shapes.objects(shape, SH.targetNode))
    others = any((shape, kind, None) in shapes for kind in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf))
    return ox.NamedNode(str(nodes[0])) if len(nodes) == 1 and not others else None


def _focus_nodes(data: ox.Store, query: str) -> set[Node]:
    return {cast("Node", to_rdf(row["focus"])) for row in cast("ox.QuerySolutions", data.query(query))}


class _Data(OxigraphDataGraph):
    """The engine as pySHACL reads it, with two faults of pySHACL 0.40.1 mended.

    `datagraph or ...` counts the whole store each time a result is made; a path that meets a literal fails with a
    TypeError, where a literal has no properties.
    """

    def __bool__(self) -> bool:
        return True

    def objects(self, subject: Any, predicate: Any, unique: bool = False) -> Generator[Any, None, None]:  # type: ignore[override]  # noqa: ANN401, FBT001, FBT002  (as pySHACL has it)
        """Yield the values of a property."""
        if not isinstance(subject, Literal):
            yield from super().objects(subject, predicate, unique)

    def predicate_objects(self, subject: Any, unique: bool = False) -> Generator[Any, None, None]:  # type: ignore[override]  # noqa: ANN401, FBT001, FBT002  (as pySHACL has it)
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
