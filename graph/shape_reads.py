"""What a shape reads to judge a focus node: the ways of SHACL Core from the node, and those of SPARQL constraints.

Read from the shapes graph once, when shapes are prepared; what is not understood here is said, and such shapes are
validated in full.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from graph.nodes import to_engine
from graph.patterns import Untraceable
from graph.query_patterns import query_patterns
from graph.query_reads import query_reads
from graph.reads import OBJECT, SUBCLASS, SUBJECT, TYPE, Places, Read, Repeat, Step, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rdflib import Graph
    from rdflib.term import Node

TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_VALUES_ONLY: Final = frozenset(
    {SH.message, SH.severity, SH.name, SH.description, SH.order, SH.group}
    | {SH.path, SH.minCount, SH.maxCount, SH.datatype, SH.nodeKind, SH.pattern, SH.flags, SH.minLength}
    | {SH.maxLength, SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.languageIn, SH.uniqueLang}
    | {SH["in"], SH.hasValue, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint}
    | {SH.ignoredProperties, SH.deactivated, SH.defaultValue}
)
_INNER: Final = frozenset({SH.node, SH["not"], SH.qualifiedValueShape, SH.property})
_INNER_LISTS: Final = frozenset({SH["and"], SH["or"], SH.xone})
_COMPARED: Final = frozenset({SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint})
_SUPERCLASSES: Final = Repeat(((Step(SUBJECT, OBJECT, (None, SUBCLASS, None)),),))


def shape_reads(shapes: Graph, shape: Node, prefixes: Mapping[str, str]) -> tuple[Read, ...]:
    """Return the reads of a shape from its focus node, the choice of focus nodes included.

    Args:
        shapes: the shapes graph.
        shape: one with targets.
        prefixes: of SPARQL constraints.

    Raises:
        Untraceable: it has a part whose reads are not known; the text says which.
    """
    return tuple(dict.fromkeys([*_target_reads(shapes, shape), *_reads(shapes, shape, [()], prefixes, ())]))


def _target_reads(shapes: Graph, shape: Node) -> Iterator[Read]:
    """Yield what makes a node a focus node (SHACL 2.1.3)."""
    for cls in shapes.objects(shape, SH.targetClass):
        yield from _class_reads((), cls)
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        yield Read(ways=(((), SUBJECT),), pattern=_any(predicate))
    for predicate in shapes.objects(shape, SH.targetObjectsOf):
        yield Read(ways=(((), OBJECT),), pattern=_any(predicate))


def _reads(
    shapes: Graph, shape: Node, ways: list[Way], prefixes: Mapping[str, str], above: tuple[Node, ...]
) -> Iterator[Read]:
    """Yield the reads of a shape whose focus nodes lie at the ends of some ways."""
    if shape in above:
        message = f"a shape that leads back to itself: {shape.n3()}"
        raise Untraceable(message)
    path = shapes.value(shape, SH.path)
    steps = [()] if path is None else path_ways(shapes, path)
    for way in ways:
        for part in steps:
            yield from _way_reads(way, part)
    values = [(*way, *part) for way in ways for part in steps]
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in _INNER or predicate in _INNER_LISTS:
            inner = Collection(shapes, value) if predicate in _INNER_LISTS else [value]
            for each in inner:
                yield from _reads(shapes, each, values, prefixes, (*above, shape))
        elif predicate == SH.sparql and path is None:
            yield from _query_reads(shapes, value, ways, prefixes)
        else:
            yield from _constraint_reads(shape, predicate, value, ways, values)


def _constraint_reads(shape: Node, predicate: Node, value: Node, foci: list[Way], values: list[Way]) -> Iterator[Read]:
    """Yield the reads of a constraint that has no shape within, from focus nodes and value nodes."""
    if predicate == SH["class"]:
        for way in values:
            yield from _class_reads(way, value)
    elif predicate in _COMPARED:  # the other property is that of the focus node, not of the value
        for way in foci:
            yield Read(ways=((way, SUBJECT),), pattern=_any(value))
    elif predicate == SH.closed:
        for way in values:
            yield Read(ways=((way, SUBJECT),), pattern=(None, None, None))
    elif str(predicate).startswith(str(SH)) and predicate not in _VALUES_ONLY and predicate not in TARGETS:
        message = f"{predicate.n3()} of {shape.n3()}"
        raise Untraceable(message)


def _query_reads(shapes: Graph, constraint: Node, ways: list[Way], prefixes: Mapping[str, str]) -> Iterator[Read]:
    text = shapes.value(constraint, SH.select)
    if text is None:
        message = f"the query of {constraint.n3()}"
        raise Untraceable(message)
    for read in query_reads(query_patterns(str(text), prefixes), "this"):
        if not read.ways:
            message = f"a pattern of {constraint.n3()} that does not lead to $this"
            raise Untraceable(message)
        for way in ways:
            yield replace(read, ways=tuple(((*way, *part), at) for part, at in read.ways))


def _class_reads(way: Way, cls: Node) -> Iterator[Read]:
    """Yield what makes the ends of a way instances of a class (SHACL, "SHACL instance")."""
    typed = Step(SUBJECT, OBJECT, (None, TYPE, None))
    yield Read(ways=((way, SUBJECT),), pattern=(None, TYPE, None), cls=to_engine(cls))
    yield Read(ways=(((*way, typed, _SUPERCLASSES), SUBJECT),), pattern=(None, SUBCLASS, None))


def _way_reads(before: Way, way: Way) -> Iterator[Read]:
    """Yield the reads of each step of a way."""
    for place, part in enumerate(way):
        start = (*before, *way[:place])
        if isinstance(part, Step):
            yield Read(ways=((start, part.enter),), pattern=part.pattern)
        else:
            for inner in part.ways:
                yield from _way_reads((*start, part), inner)


def path_ways(shapes: Graph, path: Node, *, inverse: bool = False) -> list[Way]:
    """Return the ways of a property path (SHACL 2.3.1), one for each choice among alternatives.

    Raises:
        Untraceable: it is no path.
    """
    if isinstance(path, URIRef):
        enter, leave = (OBJECT, SUBJECT) if inverse else (SUBJECT, OBJECT)
        return [(Step(enter, leave, _any(path)),)]
    if (path, RDF.first, None) in shapes:
        parts = [path_ways(shapes, part, inverse=inverse) for part in Collection(shapes, path)]
        ways: list[Way] = [()]
        for part in reversed(parts) if inverse else parts:
            ways = [(*way, *more) for way in ways for more in part]
        return ways
    for predicate, inner in shapes.predicate_objects(path):
        if predicate == SH.inversePath:
            return path_ways(shapes, inner, inverse=not inverse)
        if predicate == SH.alternativePath:
            return [way for each in Collection(shapes, inner) for way in path_ways(shapes, each, inverse=inverse)]
        if predicate in {SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath}:
            once = path_ways(shapes, inner, inverse=inverse)
            if predicate == SH.zeroOrOnePath:
                return [(), *once]
            repeat = Repeat(tuple(once))
            return [(repeat,)] if predicate == SH.zeroOrMorePath else [(*way, repeat) for way in once]
    message = f"the path {path.n3()}"
    raise Untraceable(message)


def _any(predicate: Node) -> Places:
    """Return the pattern of all triples of a predicate."""
    return None, to_engine(predicate), None
