"""The triple patterns of a SPARQL query, as far as a verdict can be traced through them.

A query is written out as variants: a union or an alternative path makes one for each of its branches, and a query
reads what its variants read. Each pattern stands in a group, so that it is known under what others it is asked.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rdflib import Literal, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern, translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Variable

from graph.nodes import Term, to_engine
from graph.reads import Places, Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib.term import Node

Group = tuple[int, ...]
Terms = tuple[Term | str, Term | str, Term | str]
"""Subject, predicate and object; a variable by its name."""
Variant = tuple["Pattern", ...]

_THROUGH: Final = frozenset({"SelectQuery", "Distinct", "Reduced", "OrderBy", "ToMultiSet"})


class Untraceable(Exception):
    """A query has a part whose reads are not known; who asks then runs it whole, so no person sees it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern.

    Attributes:
        group: numbers of the nested groups that it stands in; empty for the outermost.
        terms: of which a variable's name is unique in the query.
        repeat: whether the predicate may be followed any number of times, none included.
    """

    group: Group
    terms: Terms
    repeat: bool = False

    def variables(self) -> set[str]:
        """Return the names of its variables."""
        return {term for term in self.terms if isinstance(term, str)}

    def constants(self) -> Places:
        """Return its terms with None for each variable."""
        subject, predicate, obj = (None if isinstance(term, str) else term for term in self.terms)
        return subject, predicate, obj


@dataclass(slots=True)
class Patterns:
    """What a query reads.

    Attributes:
        variants: the patterns, written out.
        used: variables whose values count, not only that there are any: projected, compared, or bound by expressions.
        grouped: for each aggregation the variables it is grouped by.
        absent: groups that stand in a NOT EXISTS that every solution must pass.
        negated: these, and those that every solution of one branch of a union must pass.
        filtered: groups with a filter of their own.
        tests: by group and variable, what every solution of the group asks of the variable.
        having: whether a condition is put on aggregates.
    """

    variants: tuple[Variant, ...] = ()
    used: set[str] = field(default_factory=set)
    grouped: list[frozenset[str]] = field(default_factory=list)
    absent: set[Group] = field(default_factory=set)
    negated: set[Group] = field(default_factory=set)
    filtered: set[Group] = field(default_factory=set)
    tests: dict[tuple[Group, str], list[Test]] = field(default_factory=dict)
    having: bool = False

    def test(self, group: Group, variable: str, test: Test) -> None:
        """Note a test of a variable."""
        self.tests.setdefault((group, variable), []).append(test)


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
    variants = reader.read(algebra, (), _Scope(None, {}), top=True)
    reader.found.variants = tuple(dict.fromkeys(tuple(variant) for variant in variants))
    return reader.found


class _Scope:
    """Names of variables: those that a nested SELECT does not project are its own."""

    def __init__(self, number: int | None, names: Mapping[str, str]) -> None:
        self._suffix = "" if number is None else f"~{number}"
        self._names = names

    def name(self, variable: Node) -> str:
        return self._names.get(str(variable), f"{variable}{self._suffix}")


class _Reader:
    """Walks the algebra of one query."""

    def __init__(self) -> None:
        self.found = Patterns()
        self._numbers = itertools.count(1)
        self._unions = 0
        self._is_nested = False

    def read(self, node: Any, group: Group, scope: _Scope, *, top: bool = False) -> list[list[Pattern]]:  # noqa: ANN401
        """Return the variants of a part of the algebra."""
        if node.name in _THROUGH:
            return self.read(node.p, group, scope, top=top)
        method = getattr(self, f"_read_{node.name.lower()}", None)
        if method is None:
            raise Untraceable(node.name)
        variants: list[list[Pattern]] = method(node, group, scope, top)
        return variants

    def _read_bgp(self, node: Any, group: Group, scope: _Scope, _top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        variants: list[list[Pattern]] = [[]]
        for subject, predicate, obj in node.triples:
            variants = _product(variants, self._path(subject, predicate, obj, group, scope))
        return variants

    def _read_join(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        return _product(self.read(node.p1, group, scope, top=top), self.read(node.p2, group, scope, top=top))

    def _read_leftjoin(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        inner = self._nested(group)
        self.found.filtered.add(inner)
        optional = _product(self.read(node.p2, inner, scope), self._expression(node.expr, inner, scope, top=False))
        return _product(self.read(node.p1, group, scope, top=top), optional)

    def _read_minus(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        return _product(self.read(node.p1, group, scope, top=top), self.read(node.p2, self._nested(group), scope))

    def _read_union(self, node: Any, group: Group, scope: _Scope, _top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        self._unions += 1
        variants = self.read(node.p1, group, scope) + self.read(node.p2, group, scope)
        self._unions -= 1
        return variants

    def _read_filter(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        self.found.filtered.add(group)
        self.found.having = self.found.having or _is_aggregation(node.p)
        variants = self.read(node.p, group, scope, top=top)
        return _product(variants, self._expression(node.expr, group, scope, top=top, must_hold=True))

    def _read_extend(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        target = scope.name(node.var)
        if isinstance(node.expr, Variable):
            if str(node.expr).startswith("__agg_"):  # rdflib's own name of an aggregate's result
                return self.read(node.p, group, scope, top=top)
            self.found.used |= {target, scope.name(node.expr)}
            renamed = _Renamed(scope, str(node.expr), target)
            return self.read(node.p, group, renamed, top=top)
        variants = _product(
            self.read(node.p, group, scope, top=top), self._expression(node.expr, group, scope, top=False)
        )
        if any(target in pattern.variables() for variant in variants for pattern in variant):
            message = "a computed value in a pattern"
            raise Untraceable(message)
        self.found.used.add(target)
        return variants

    def _read_aggregatejoin(self, node: Any, group: Group, scope: _Scope, _top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        keys = frozenset(scope.name(key) for key in node.p.expr or () if isinstance(key, Variable))
        self.found.grouped.append(keys)
        for aggregate in node.A:
            self._use(aggregate, scope)
        return self.read(node.p.p, group, scope)

    def _read_project(self, node: Any, group: Group, scope: _Scope, top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        if not self._is_nested:
            self._is_nested = True
            self.found.used |= {scope.name(variable) for variable in node.PV}
            return self.read(node.p, group, scope, top=top)
        inner = _Scope(next(self._numbers), {str(variable): scope.name(variable) for variable in node.PV})
        return self.read(node.p, group, inner, top=top)

    def _read_values(self, node: Any, group: Group, scope: _Scope, _top: bool) -> list[list[Pattern]]:  # noqa: ANN401, FBT001
        for variable in {variable for row in node.res for variable in row}:
            self.found.used.add(scope.name(variable))
            if not group and not self._unions:
                self._note_choice(group, scope.name(variable), [row.get(variable) for row in node.res])
        return [[]]

    def _expression(
        self,
        node: Any,  # noqa: ANN401
        group: Group,
        scope: _Scope,
        *,
        top: bool,
        must_hold: bool = False,
    ) -> list[list[Pattern]]:
        """Return the variants of all EXISTS in an expression, and note what the expression uses.

        Args:
            node: the expression or a part of it.
            group: in which it stands.
            scope: of its variables.
            top: whether every solution must make it true.
            must_hold: whether every solution of its branch of a union must.
        """
        if not isinstance(node, CompValue):
            self._use(node, scope)
            return [[]]
        if node.name in {"Builtin_NOTEXISTS", "Builtin_EXISTS"}:
            inner = self._nested(group)
            if not group and node.name == "Builtin_NOTEXISTS":
                self.found.absent |= {inner} if top else set()
                self.found.negated |= {inner} if must_hold else set()
            part = node.graph
            if part.name.startswith("GroupGraphPattern"):
                part = translateGroupGraphPattern(part)
            return self.read(part, inner, scope, top=True)
        if top:
            self._note_test(node, group, scope)
        conjunction = node.name == "ConditionalAndExpression"
        variants: list[list[Pattern]] = [[]]
        for part in _parts(node):
            more = self._expression(part, group, scope, top=top and conjunction, must_hold=must_hold and conjunction)
            variants = _product(variants, more)
        return variants

    def _note_test(self, node: Any, group: Group, scope: _Scope) -> None:  # noqa: ANN401
        """Note a condition on one variable: ISIRI, ISBLANK, and IN, STRSTARTS of its text, or several with OR."""
        if node.name in {"Builtin_isIRI", "Builtin_isURI", "Builtin_isBLANK"} and isinstance(node.arg, Variable):
            kind = "blank" if node.name == "Builtin_isBLANK" else "iri"
            self.found.test(group, scope.name(node.arg), Test(kind))
        if node.name == "RelationalExpression" and node.op == "IN" and isinstance(node.expr, Variable):
            self._note_choice(group, scope.name(node.expr), node.other)
        choices = [node.expr, *node.other] if node.name == "ConditionalOrExpression" else [node]
        starts = [_start(choice) for choice in choices]
        names = {start[0] for start in starts if start}
        if all(starts) and len(names) == 1:
            test = Test("starts", tuple(start[1] for start in starts if start))
            self.found.test(group, scope.name(names.pop()), test)

    def _note_choice(self, group: Group, name: str, terms: Iterable[Any]) -> None:
        """Note that a variable has one of some values; of literals only the engine knows which are equal."""
        listed = list(terms)
        if all(isinstance(term, URIRef) for term in listed):
            self.found.test(group, name, Test("among", among=frozenset(to_engine(term) for term in listed)))

    def _use(self, node: Any, scope: _Scope) -> None:  # noqa: ANN401
        if isinstance(node, Variable):
            self.found.used.add(scope.name(node))
        elif isinstance(node, CompValue):
            for part in _parts(node):
                self._use(part, scope)

    def _path(self, subject: Any, path: Any, obj: Any, group: Group, scope: _Scope) -> list[list[Pattern]]:  # noqa: ANN401
        """Return the variants of one triple pattern whose predicate may be a property path (SPARQL 1.1, 9)."""
        if isinstance(path, SequencePath):
            variants: list[list[Pattern]] = [[]]
            between = [Variable(f"path-{next(self._numbers)}") for _ in path.args[1:]]
            for part, start, end in zip(path.args, [subject, *between], [*between, obj], strict=True):
                variants = _product(variants, self._path(start, part, end, group, scope))
            return variants
        if isinstance(path, AlternativePath):
            return [variant for part in path.args for variant in self._path(subject, part, obj, group, scope)]
        if isinstance(path, InvPath):
            return self._path(obj, path.arg, subject, group, scope)
        if isinstance(path, MulPath) and isinstance(path.path, URIRef) and path.mod in {"*", "+"}:
            if path.mod == "*":
                return [[_pattern(group, scope, subject, path.path, obj, repeat=True)]]
            middle = Variable(f"path-{next(self._numbers)}")
            first = _pattern(group, scope, subject, path.path, middle)
            return [[first, _pattern(group, scope, middle, path.path, obj, repeat=True)]]
        if isinstance(path, URIRef | Variable):
            return [[_pattern(group, scope, subject, path, obj)]]
        raise Untraceable(type(path).__name__)

    def _nested(self, group: Group) -> Group:
        return (*group, next(self._numbers))


class _Renamed(_Scope):
    """A scope in which one variable has the name of another, to which BIND makes it equal."""

    def __init__(self, scope: _Scope, variable: str, name: str) -> None:
        self._scope, self._variable, self._name = scope, variable, name

    def name(self, variable: Node) -> str:
        return self._name if str(variable) == self._variable else self._scope.name(variable)


def _pattern(group: Group, scope: _Scope, *terms: Any, repeat: bool = False) -> Pattern:  # noqa: ANN401
    named = [scope.name(term) if isinstance(term, Variable | BNode) else to_engine(term) for term in terms]
    return Pattern(group, (named[0], named[1], named[2]), repeat)


def _product(left: list[list[Pattern]], right: list[list[Pattern]]) -> list[list[Pattern]]:
    return [one + other for one in left for other in right]


def _parts(node: CompValue) -> Iterator[Any]:
    """Yield what an expression is made of."""
    for key, value in node.items():
        if key != "_vars":
            yield from value if isinstance(value, list | tuple | set) else (value,)


def _is_aggregation(node: Any) -> bool:  # noqa: ANN401
    """Say whether a part of the algebra aggregates; rdflib puts the names of aggregates around it."""
    while node.name == "Extend":
        node = node.p
    return bool(node.name == "AggregateJoin")


def _start(node: Any) -> tuple[Variable, str] | None:  # noqa: ANN401
    """Return variable and text of STRSTARTS(STR(?variable), "text")."""
    if not isinstance(node, CompValue) or node.name != "Builtin_STRSTARTS" or not isinstance(node.arg2, Literal):
        return None
    text = node.arg1
    if isinstance(text, CompValue) and text.name == "Builtin_STR" and isinstance(text.arg, Variable):
        return text.arg, str(node.arg2)
    return None
