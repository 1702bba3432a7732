"""The triple patterns of a SPARQL query, as far as a verdict can be traced through them; see `graph.patterns`.

They are read from the algebra that rdflib makes of the text. What is not understood is said so, never passed over.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from rdflib import Literal, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern, translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Variable

from graph.nodes import to_engine
from graph.patterns import Pattern, Patterns, Untraceable
from graph.reads import Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib.term import Node

    from graph.patterns import Group

Algebra = Any
"""A part of a query as rdflib's parser makes it: of a class without types, or a term, or a path."""

_THROUGH: Final = frozenset({"SelectQuery", "Distinct", "Reduced", "OrderBy", "ToMultiSet"})


def query_patterns(text: str, prefixes: Mapping[str, str]) -> Patterns:
    """Return the patterns of a SELECT query.

    Raises:
        Untraceable: it cannot be read, or has what is not traced: SERVICE, GRAPH, LIMIT, a negated path and the like.
    """
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in prefixes.items())
    reader = _Reader()
    try:
        algebra = translateQuery(parseQuery(head + text)).algebra
    except Exception as fault:  # rdflib 7.6 raises plain exceptions, and does not read all that the engine does
        raise Untraceable(str(fault)) from fault
    variants = reader.read(algebra, _Place((), _Scope(None, {}), top=True))
    reader.found.variants = tuple(dict.fromkeys(tuple(variant) for variant in variants))
    return reader.found


class _Scope:
    """Names of variables: those that a nested SELECT does not project are its own."""

    def __init__(self, number: int | None, names: Mapping[str, str]) -> None:
        self._suffix = "" if number is None else f"~{number}"
        self._names = names

    def name(self, variable: Node) -> str:
        return self._names.get(str(variable), f"{variable}{self._suffix}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part of the algebra stands.

    Attributes:
        group: in which it stands.
        scope: of its variables.
        top: whether every solution of the query passes it.
    """

    group: Group
    scope: _Scope
    top: bool = False


class _Reader:
    """Walks the algebra of one query."""

    def __init__(self) -> None:
        self.found = Patterns()
        self._numbers = itertools.count(1)
        self._unions = 0
        self._is_nested = False

    def read(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        """Return the variants of a part of the algebra."""
        if node.name in _THROUGH:
            return self.read(node.p, at)
        method = getattr(self, f"_read_{node.name.lower()}", None)
        if method is None:
            raise Untraceable(node.name)
        variants: list[list[Pattern]] = method(node, at)
        return variants

    def _read_bgp(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        variants: list[list[Pattern]] = [[]]
        for subject, predicate, obj in node.triples:
            variants = _product(variants, self._path(subject, predicate, obj, at))
        return variants

    def _read_join(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        return _product(self.read(node.p1, at), self.read(node.p2, at))

    def _read_leftjoin(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        inner = self._nested(at)
        self.found.filtered.add(inner.group)
        optional = _product(self.read(node.p2, inner), self._expression(node.expr, inner))
        return _product(self.read(node.p1, at), optional)

    def _read_minus(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        return _product(self.read(node.p1, at), self.read(node.p2, self._nested(at)))

    def _read_union(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        self._unions += 1
        branch = replace(at, top=False)
        variants = self.read(node.p1, branch) + self.read(node.p2, branch)
        self._unions -= 1
        return variants

    def _read_filter(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        self.found.filtered.add(at.group)
        self.found.having = self.found.having or _is_aggregation(node.p)
        return _product(self.read(node.p, at), self._expression(node.expr, at, must_hold=True))

    def _read_extend(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        target = at.scope.name(node.var)
        if isinstance(node.expr, Variable):
            if str(node.expr).startswith("__agg_"):  # rdflib's own name of an aggregate's result
                return self.read(node.p, at)
            self.found.used |= {target, at.scope.name(node.expr)}
            return self.read(node.p, replace(at, scope=_Renamed(at.scope, str(node.expr), target)))
        variants = _product(self.read(node.p, at), self._expression(node.expr, replace(at, top=False)))
        if any(target in pattern.variables() for variant in variants for pattern in variant):
            message = "a computed value in a pattern"
            raise Untraceable(message)
        self.found.used.add(target)
        return variants

    def _read_aggregatejoin(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        keys = frozenset(at.scope.name(key) for key in node.p.expr or () if isinstance(key, Variable))
        self.found.grouped.append(keys)
        for aggregate in node.A:
            self._use(aggregate, at.scope)
        return self.read(node.p.p, replace(at, top=False))

    def _read_project(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        if not self._is_nested:
            self._is_nested = True
            self.found.used |= {at.scope.name(variable) for variable in node.PV}
            return self.read(node.p, at)
        inner = _Scope(next(self._numbers), {str(variable): at.scope.name(variable) for variable in node.PV})
        return self.read(node.p, replace(at, scope=inner))

    def _read_values(self, node: Algebra, at: _Place) -> list[list[Pattern]]:
        for variable in {variable for row in node.res for variable in row}:
            self.found.used.add(at.scope.name(variable))
            if not at.group and not self._unions:
                self._note_choice(at.group, at.scope.name(variable), [row.get(variable) for row in node.res])
        return [[]]

    def _expression(self, node: Algebra, at: _Place, *, must_hold: bool = False) -> list[list[Pattern]]:
        """Return the variants of all EXISTS in an expression, and note what the expression uses.

        Args:
            node: the expression or a part of it.
            at: its place; at the top, every solution must make it true.
            must_hold: whether every solution of its branch of a union must.
        """
        if not isinstance(node, CompValue):
            self._use(node, at.scope)
            return [[]]
        if node.name in {"Builtin_NOTEXISTS", "Builtin_EXISTS"}:
            inner = replace(self._nested(at), top=True)
            if not at.group and node.name == "Builtin_NOTEXISTS":
                self.found.absent |= {inner.group} if at.top else set()
                self.found.negated |= {inner.group} if must_hold else set()
            part = node.graph
            if part.name.startswith("GroupGraphPattern"):
                part = translateGroupGraphPattern(part)
            return self.read(part, inner)
        if at.top:
            self._note_test(node, at)
        conjunction = node.name == "ConditionalAndExpression"
        below = replace(at, top=at.top and conjunction)
        variants: list[list[Pattern]] = [[]]
        for part in _parts(node):
            variants = _product(variants, self._expression(part, below, must_hold=must_hold and conjunction))
        return variants

    def _note_test(self, node: Algebra, at: _Place) -> None:
        """Note a condition on one variable: ISIRI, ISBLANK, and IN, STRSTARTS of its text, or several with OR."""
        if node.name in {"Builtin_isIRI", "Builtin_isURI", "Builtin_isBLANK"} and isinstance(node.arg, Variable):
            kind = "blank" if node.name == "Builtin_isBLANK" else "iri"
            self.found.test(at.group, at.scope.name(node.arg), Test(kind))
        if node.name == "RelationalExpression" and node.op == "IN" and isinstance(node.expr, Variable):
            self._note_choice(at.group, at.scope.name(node.expr), node.other)
        choices = [node.expr, *node.other] if node.name == "ConditionalOrExpression" else [node]
        starts = [_start(choice) for choice in choices]
        names = {start[0] for start in starts if start}
        if all(starts) and len(names) == 1:
            test = Test("starts", tuple(start[1] for start in starts if start))
            self.found.test(at.group, at.scope.name(names.pop()), test)

    def _note_choice(self, group: Group, name: str, terms: Iterable[Algebra]) -> None:
        """Note that a variable has one of some values; of literals only the engine knows which are equal."""
        listed = list(terms)
        if all(isinstance(term, URIRef) for term in listed):
            self.found.test(group, name, Test("among", among=frozenset(to_engine(term) for term in listed)))

    def _use(self, node: Algebra, scope: _Scope) -> None:
        if isinstance(node, Variable):
            self.found.used.add(scope.name(node))
        elif isinstance(node, CompValue):
            for part in _parts(node):
                self._use(part, scope)

    def _path(self, subject: Node, path: Algebra, obj: Node, at: _Place) -> list[list[Pattern]]:
        """Return the variants of one triple pattern whose predicate may be a property path (SPARQL 1.1, 9)."""
        if isinstance(path, SequencePath):
            variants: list[list[Pattern]] = [[]]
            between = [Variable(f"path-{next(self._numbers)}") for _ in path.args[1:]]
            for part, start, end in zip(path.args, [subject, *between], [*between, obj], strict=True):
                variants = _product(variants, self._path(start, part, end, at))
            return variants
        if isinstance(path, AlternativePath):
            return [variant for part in path.args for variant in self._path(subject, part, obj, at)]
        if isinstance(path, InvPath):
            return self._path(obj, path.arg, subject, at)
        if isinstance(path, MulPath) and isinstance(path.path, URIRef) and path.mod in {"*", "+"}:
            if path.mod == "*":
                return [[_pattern(at, subject, path.path, obj, repeat=True)]]
            middle = Variable(f"path-{next(self._numbers)}")
            first = _pattern(at, subject, path.path, middle)
            return [[first, _pattern(at, middle, path.path, obj, repeat=True)]]
        if isinstance(path, URIRef | Variable):
            return [[_pattern(at, subject, path, obj)]]
        raise Untraceable(type(path).__name__)

    def _nested(self, at: _Place) -> _Place:
        """Return the place of what stands in braces of its own, where nothing is sure of every solution."""
        return replace(at, group=(*at.group, next(self._numbers)), top=False)


class _Renamed(_Scope):
    """A scope in which one variable has the name of another, to which BIND makes it equal."""

    def __init__(self, scope: _Scope, variable: str, name: str) -> None:
        self._scope, self._variable, self._name = scope, variable, name

    def name(self, variable: Node) -> str:
        return self._name if str(variable) == self._variable else self._scope.name(variable)


def _pattern(at: _Place, *terms: Node, repeat: bool = False) -> Pattern:
    named = [at.scope.name(term) if isinstance(term, Variable | BNode) else to_engine(term) for term in terms]
    return Pattern(at.group, (named[0], named[1], named[2]), repeat)


def _product(left: list[list[Pattern]], right: list[list[Pattern]]) -> list[list[Pattern]]:
    return [one + other for one in left for other in right]


def _parts(node: CompValue) -> Iterator[Algebra]:
    """Yield what an expression is made of."""
    for key, value in node.items():
        if key != "_vars":
            yield from value if isinstance(value, list | tuple | set) else (value,)


def _is_aggregation(node: Algebra) -> bool:
    """Say whether a part of the algebra aggregates; rdflib puts the names of aggregates around it."""
    while node.name == "Extend":
        node = node.p
    return bool(node.name == "AggregateJoin")


def _start(node: Algebra) -> tuple[Variable, str] | None:
    """Return variable and text of STRSTARTS(STR(?variable), "text")."""
    if not isinstance(node, CompValue) or node.name != "Builtin_STRSTARTS" or not isinstance(node.arg2, Literal):
        return None
    text = node.arg1
    if isinstance(text, CompValue) and text.name == "Builtin_STR" and isinstance(text.arg, Variable):
        return text.arg, str(node.arg2)
    return None
