"""How a plan is made: from the shapes graph and the hygiene queries to units with their reads.

It stands apart from `graph.plan`, so that who only uses a plan loads neither the grammar of SPARQL nor pySHACL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH

from graph.errors import CoorbitError
from graph.nodes import to_engine
from graph.patterns import Patterns, Untraceable
from graph.plan import Plan, QueryUnit, ShapeUnit, indexed
from graph.probes import has_targets, node_condition
from graph.query_patterns import query_patterns
from graph.query_reads import query_guards, query_reads
from graph.reads import Read
from graph.shape_reads import TARGETS, shape_reads
from graph.terms import BASE, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib.term import Node

    from graph.questions import Question

_HEAD: Final = re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?(?:[?$]\w+\s+)+(?=WHERE\b)")
_ANY_CHANGE: Final = Read(ways=(), pattern=(None, None, None))


def prepare(shapes: str, questions: Iterable[Question]) -> Plan:
    """Return the plan of a shapes graph, given as N-Triples, and of some hygiene queries.

    Raises:
        CoorbitError: a shape with targets has no IRI, so that a report could not name it.
    """
    graph = Graph().parse(data=shapes, format="nt")
    prefixes = declared_prefixes(graph)
    whole = "the shapes define constraint components" if (None, RDF.type, SH.ConstraintComponent) in graph else ""
    units: list[tuple[ShapeUnit | QueryUnit, Iterable[Read]]] = []
    for shape in sorted({shape for shape in graph.subjects() if has_targets(graph, shape)}, key=str):
        if not isinstance(shape, URIRef):
            message = f"a shape with targets needs an IRI: {shape.n3()}"
            raise CoorbitError(message)
        try:
            units += _rules(graph, shape, prefixes) or [_shape(graph, shape, prefixes)]
        except Untraceable as reason:
            whole = f"{shape.n3()} reads what is not known: {reason}"
    units += [_hygiene(question) for question in questions]
    return indexed(shapes, whole, units)


def declared_prefixes(shapes: Graph) -> dict[str, str]:
    """Return the prefixes that a shapes graph declares for its queries."""
    return {
        str(shapes.value(declared, SH.prefix)): str(shapes.value(declared, SH.namespace))
        for declared in shapes.objects(None, SH.declare)
    }


def _shape(graph: Graph, shape: URIRef, prefixes: Mapping[str, str]) -> tuple[ShapeUnit, Iterable[Read]]:
    properties = set(graph.objects(shape, SH.property))
    for each in properties:
        if isinstance(each, BNode):
            message = "a property shape without an IRI, whose results cannot be told from others"
            raise Untraceable(message)
        if (each, SH.property, None) in graph:
            message = "property shapes below property shapes, whose results are on other nodes"
            raise Untraceable(message)
    if (shape, SH.path, None) in graph and properties:
        message = "property shapes below property shapes, whose results are on other nodes"
        raise Untraceable(message)
    unit = ShapeUnit(
        shape=str(shape),
        sources=frozenset({str(shape), *map(str, properties)}),
        targets=tuple(
            (local_name(str(kind)), to_engine(value)) for kind in TARGETS for value in graph.objects(shape, kind)
        ),
        condition=node_condition(graph, shape),
        text=_closure(graph, shape),
    )
    return unit, shape_reads(graph, shape, prefixes)


def _closure(graph: Graph, shape: Node) -> str:
    """Return a shape with all that it refers to, and the prefixes of its queries, as N-Triples."""
    part = Graph()
    seen, todo = {shape}, [shape]
    while todo:
        one = todo.pop()
        for triple in graph.triples((one, None, None)):
            part.add(triple)
            if triple[2] not in seen:
                seen.add(triple[2])
                todo.append(triple[2])
    return part.serialize(format="nt")


def _rules(
    graph: Graph, shape: URIRef, prefixes: Mapping[str, str]
) -> list[tuple[ShapeUnit | QueryUnit, Iterable[Read]]]:
    """Return the queries of a shape that is only a rule on the whole graph: of one named node, with nothing else.

    Empty for every other shape, also where a query does not name its finding `?value` or has more than one message.
    """
    nodes = list(graph.objects(shape, SH.targetNode))
    constraints = list(graph.objects(shape, SH.sparql))
    own = {predicate for predicate in graph.predicates(shape) if str(predicate).startswith(str(SH))}
    if len(nodes) != 1 or not isinstance(nodes[0], URIRef) or not own <= {SH.targetNode, SH.sparql, SH.severity}:
        return []
    units: list[tuple[ShapeUnit | QueryUnit, Iterable[Read]]] = []
    for constraint in constraints:
        messages = list(graph.objects(constraint, SH.message))
        text = str(graph.value(constraint, SH.select))
        patterns = _patterns(text, prefixes)
        if len(messages) != 1 or patterns is None or {"value", "this"} - patterns.used or "path" in patterns.used:
            return []
        severity = graph.value(shape, SH.severity) or SH.Violation
        reads = _reads(patterns, "value")
        unit = QueryUnit(
            source=str(shape),
            text=text,
            wide=_wide(text, patterns),
            prefixes=dict(prefixes),
            variable="value",
            guards=query_guards(patterns, "value"),
            severity=local_name(str(severity)),
            message=str(messages[0]),
            focus=str(nodes[0]),
        )
        units.append((unit, reads))
    return units


def _hygiene(question: Question) -> tuple[QueryUnit, Iterable[Read]]:
    patterns = _patterns(question.text, {})
    counted = _counted(patterns, "node") if patterns else ""
    unit = QueryUnit(
        source=f"{BASE}queries/hygiene/{question.name}",
        text=question.text,
        wide=_wide(question.text, patterns) if patterns else "",
        prefixes={},
        variable="node",
        guards=query_guards(patterns, "node") if patterns and not counted else (),
        severity="Warning" if "warning" in question.tags else "Violation",
        message=None,
        focus=None,
        counted=counted,
    )
    return unit, _reads(patterns, counted or "node", counted=bool(counted)) if patterns else (_ANY_CHANGE,)


def _wide(text: str, patterns: Patterns) -> str:
    """Return a query with the variables of its outermost group added to its result."""
    outer = {name for variant in patterns.variants for each in variant if not each.group for name in each.variables()}
    head = _HEAD.search(text)
    if patterns.grouped or head is None:
        return ""
    more = [f"?{name}" for name in sorted(outer) if name.isidentifier() and name not in re.findall(r"\w+", head[0])]
    return f"{text[: head.end()]}{' '.join(more)} {text[head.end() :]}"


def _patterns(text: str, prefixes: Mapping[str, str]) -> Patterns | None:
    try:
        return query_patterns(text, prefixes)
    except Untraceable:
        return None


def _reads(patterns: Patterns, variable: str, *, counted: bool = False) -> Iterable[Read]:
    """Return the reads of a rule; where they are not known, every change makes it run again as a whole."""
    try:
        return query_reads(patterns, variable, counted=counted)
    except Untraceable:
        return (_ANY_CHANGE,)


def _counted(patterns: Patterns, variable: str) -> str:
    """Return the variable over whose values an aggregation counts, or an empty text.

    It is one where the rows are by property: the only outer pattern is `?thing ?variable ?value`. Bound to one
    property, such a query would read all its triples; while there is no row, it can be asked of single things.
    """
    if len(patterns.grouped) != 1 or patterns.having:
        return ""
    outer = {pattern.terms for variant in patterns.variants for pattern in variant if not pattern.group}
    if len(outer) != 1:
        return ""
    subject, predicate, _ = outer.pop()
    return subject if isinstance(subject, str) and predicate == variable else ""
