"""Probes: queries that find the focus nodes a shape may object to.

pySHACL visits every focus node of every shape, a quarter of a millisecond each; on conforming data nearly all of that
is in vain. A probe asks the engine in one query which focus nodes could break a constraint. It may name too many,
never too few; what it names goes to pySHACL, which alone decides and reports. What no probe can be written for makes
every focus node of its shape suspicious.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib import Graph
    from rdflib.term import Node


_TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_SILENT: Final = frozenset(
    {RDF.type, RDFS.label, RDFS.comment, SH.message, SH.severity, SH.name, SH.description, SH.order, SH.group}
)
# Lexical forms of other types are not known to the engine's casts, so each value of such a type is suspicious.
_CASTS: Final = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.boolean, XSD.date, XSD.dateTime})
_PLAIN: Final = frozenset({XSD.string, RDF.langString, XSD.anyURI})
_NODE_KINDS: Final = {
    SH.IRI: "isIRI(?value)",
    SH.Literal: "isLiteral(?value)",
    SH.BlankNode: "isBlank(?value)",
    SH.IRIOrLiteral: "(isIRI(?value) || isLiteral(?value))",
    SH.BlankNodeOrIRI: "(isBlank(?value) || isIRI(?value))",
    SH.BlankNodeOrLiteral: "(isBlank(?value) || isLiteral(?value))",
}


def probes(shapes: Graph, shape: URIRef) -> Iterator[str]:
    """Yield queries whose `?focus` are the suspicious focus nodes of a shape, but for its SPARQL constraints.

    Args:
        shapes: the shapes graph.
        shape: a node shape; one whose own constraints are not in its property shapes gets one probe for all targets.
    """
    conditions = _all_conditions(shapes, shape)
    if conditions is None:
        yield from target_probes(shapes, shape)
        return
    for target in _target_patterns(shapes, shape):
        for condition in conditions:
            yield f"SELECT DISTINCT ?focus WHERE {{ {target} {condition} }}"


def node_condition(shapes: Graph, shape: URIRef) -> str | None:
    """Return one pattern for all suspicious focus nodes of a shape, to be asked with ?focus bound to a target.

    Empty means that none is suspicious, None that every one is.
    """
    conditions = None if (shape, SH.sparql, None) in shapes else _all_conditions(shapes, shape)
    return None if conditions is None else " UNION ".join(f"{{ {condition} }}" for condition in conditions)


def _all_conditions(shapes: Graph, shape: URIRef) -> list[str] | None:
    """Return the conditions of all property shapes of a node shape; None if some constraint has none."""
    conditions: list[str] = []
    for predicate, value in shapes.predicate_objects(shape):
        if predicate == SH.property:
            found = _conditions(shapes, value)
            if found is None:
                return None
            conditions += found
        elif predicate not in _SILENT and predicate not in _TARGETS and predicate != SH.sparql:
            return None
    return conditions


def target_probes(shapes: Graph, shape: URIRef) -> Iterator[str]:
    """Yield the queries that together give all focus nodes of a shape."""
    for target in _target_patterns(shapes, shape):
        yield f"SELECT DISTINCT ?focus WHERE {{ {target} }}"


def has_targets(shapes: Graph, shape: Node) -> bool:
    """Say whether a shape chooses focus nodes by itself."""
    return any((shape, predicate, None) in shapes for predicate in _TARGETS)


def _target_patterns(shapes: Graph, shape: URIRef) -> Iterator[str]:
    """Yield patterns that bind ?focus to the targets of a shape (SHACL 2.1.3)."""
    for value in shapes.objects(shape, SH.targetClass):
        yield f"?class {RDFS.subClassOf.n3()}* {value.n3()} . ?focus a ?class ."
    for value in shapes.objects(shape, SH.targetSubjectsOf):
        yield f"?focus {value.n3()} ?target ."
    for value in shapes.objects(shape, SH.targetObjectsOf):
        yield f"?target {value.n3()} ?focus ."
    for value in shapes.objects(shape, SH.targetNode):
        yield f"BIND ({value.n3()} AS ?focus)"


def _conditions(shapes: Graph, shape: Node) -> list[str] | None:
    """Return a pattern for each constraint of a property shape that a suspicious focus node matches.

    None means that some constraint has none, so that every focus node is suspicious.
    """
    path = _path(shapes, shapes.value(shape, SH.path))
    if path is None:
        return None
    conditions = []
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in _SILENT or predicate in {SH.path, SH.flags}:
            continue
        condition = _condition(shapes, shape, predicate, value, path)
        if condition is None:
            return None
        conditions.append(condition)
    return [condition for condition in conditions if condition]


def _path(shapes: Graph, path: Node | None) -> str | None:
    if isinstance(path, URIRef):
        return path.n3()
    inverse = shapes.value(path, SH.inversePath)
    return f"^{inverse.n3()}" if isinstance(inverse, URIRef) else None


def _condition(shapes: Graph, shape: Node, predicate: Node, value: Node, path: str) -> str | None:
    if predicate in {SH.qualifiedValueShape, SH.qualifiedMinCount}:
        return _qualified(shapes, shape, path) if predicate == SH.qualifiedValueShape else ""
    if predicate == SH.pattern:
        flags = shapes.value(shape, SH.flags) or Literal("")
        return _each(path, f"!isBlank(?value) && REGEX(STR(?value), {value.n3()}, {flags.n3()})")
    if predicate == SH["in"]:
        return _each(path, " || ".join(f"sameTerm(?value, {item.n3()})" for item in Collection(shapes, value)))
    if predicate == SH.languageIn:
        return _each(path, _languages(shapes, value))
    if predicate == SH.nodeKind:
        return _each(path, _NODE_KINDS[URIRef(str(value))])
    make = _MAKERS.get(predicate)
    return make(path, value) if make else None


def _languages(shapes: Graph, languages: Node) -> str:
    return " || ".join(f"LANGMATCHES(LANG(?value), {item.n3()})" for item in Collection(shapes, languages))


def _each(path: str, holds: str) -> str:
    """A value for which a test does not hold, or cannot be made."""
    return f"?focus {path} ?value . FILTER (!COALESCE({holds}, false))"


def _other(path: str, other: Node, holds: str) -> str:
    """A pair of values of two properties for which a test does not hold, or cannot be made."""
    return f"?focus {path} ?value ; {other.n3()} ?other . FILTER (!COALESCE({holds}, false))"


def _minimum(path: str, count: Node) -> str | None:
    return f"FILTER NOT EXISTS {{ ?focus {path} ?value }}" if int(str(count)) == 1 else None


def _maximum(path: str, count: Node) -> str | None:
    if int(str(count)) == 0:
        return f"?focus {path} ?value ."
    if int(str(count)) == 1:
        return f"?focus {path} ?value , ?other . FILTER (!sameTerm(?value, ?other))"
    return None


def _datatype(path: str, datatype: Node) -> str:
    right = f"DATATYPE(?value) = {datatype.n3()}"
    if datatype in _PLAIN:
        return _each(path, right)
    well_formed = f"isLiteral({datatype.n3()}(STR(?value)))" if datatype in _CASTS else "false"
    return _each(path, f"{right} && {well_formed}")


def _class(path: str, cls: Node) -> str:
    return f"?focus {path} ?value . FILTER NOT EXISTS {{ ?value a ?kind . ?kind {RDFS.subClassOf.n3()}* {cls.n3()} }}"


def _unique_lang(path: str, wanted: Node) -> str:
    if str(wanted) != "true":
        return ""
    return (
        f'?focus {path} ?value , ?other . FILTER (!sameTerm(?value, ?other) && LANG(?value) != "" && '
        "LCASE(LANG(?value)) = LCASE(LANG(?other)))"
    )


def _qualified(shapes: Graph, shape: Node, path: str) -> str | None:
    """At least one value in some language, or whose own property has a given value; other forms have no probe."""
    if str(shapes.value(shape, SH.qualifiedMinCount)) != "1":
        return None
    value_shape = shapes.value(shape, SH.qualifiedValueShape)
    inner = shapes.value(value_shape, SH.property)
    languages = shapes.value(value_shape, SH.languageIn)
    if languages is not None and inner is None:
        return f"FILTER NOT EXISTS {{ ?focus {path} ?value . FILTER ({_languages(shapes, languages)}) }}"
    wanted = shapes.value(inner, SH.hasValue)
    inner_path = _path(shapes, shapes.value(inner, SH.path))
    if wanted is None or inner_path is None:
        return None
    return f"FILTER NOT EXISTS {{ ?focus {path} ?value . ?value {inner_path} {wanted.n3()} }}"


_MAKERS: Final[dict[Node, Callable[[str, Node], str | None]]] = {
    SH.minCount: _minimum,
    SH.maxCount: _maximum,
    SH.datatype: _datatype,
    SH["class"]: _class,
    SH.uniqueLang: _unique_lang,
    SH.minInclusive: lambda path, bound: _each(path, f"?value >= {bound.n3()}"),
    SH.maxInclusive: lambda path, bound: _each(path, f"?value <= {bound.n3()}"),
    SH.minExclusive: lambda path, bound: _each(path, f"?value > {bound.n3()}"),
    SH.maxExclusive: lambda path, bound: _each(path, f"?value < {bound.n3()}"),
    SH.minLength: lambda path, length: _each(path, f"STRLEN(STR(?value)) >= {length}"),
    SH.maxLength: lambda path, length: _each(path, f"STRLEN(STR(?value)) <= {length}"),
    SH.hasValue: lambda path, value: f"FILTER NOT EXISTS {{ ?focus {path} {value.n3()} }}",
    SH.lessThan: lambda path, other: _other(path, other, "?value < ?other"),
    SH.lessThanOrEquals: lambda path, other: _other(path, other, "?value <= ?other"),
    SH.disjoint: lambda path, other: f"?focus {path} ?value ; {other.n3()} ?value .",
}
