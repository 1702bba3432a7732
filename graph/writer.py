"""Canonical Turtle: one layout for every file of the project.

One triple stands on one line, in a fixed order, so that a review sees what changed: rdflib's writers order subjects
by how often they are referenced, and one new triple then moves other blocks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox

from graph.errors import TurtleError
from graph.terms import PREFIXES, RDF, RDFS, SKOS, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Node: TypeAlias = ox.NamedNode | ox.BlankNode
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE: Final = RDF + "type"
_FIRST: Final = RDF + "first"
_REST: Final = RDF + "rest"
_NIL: Final = RDF + "nil"
_LEADING: Final = (_TYPE, RDFS + "label", SKOS + "prefLabel", SKOS + "definition")
_LOCAL_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE: Final = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
# Oxigraph gives these back as xsd:integer, so that a shape on them would pass in rdflib and fail in the store.
_DERIVED_INTEGERS: Final = frozenset(
    XSD + name
    for name in (
        "byte",
        "int",
        "long",
        "short",
        "unsignedByte",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "negativeInteger",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "positiveInteger",
    )
)
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def canonical_turtle(triples: Iterable[ox.Triple], *, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Write triples in the project's one layout.

    Subjects are sorted by IRI, predicates by `a`, labels and definition first and then by name, values by their
    text; each triple has a line of its own, and only prefixes in use are declared. Blank nodes are nested where they
    are used.

    Args:
        triples: in any order; a triple that comes twice is written once.
        prefixes: prefix to namespace; the longest namespace that fits wins.

    Raises:
        TurtleError: a blank node is used in two places or in a ring: it needs an IRI.
    """
    return _Writer(triples, prefixes).text()


def format_turtle(path: Path) -> str:
    """Return the canonical form of a Turtle file, leaving the file as it is.

    Raises:
        TurtleError: as for `canonical_turtle`, or the file does not parse.
    """
    return canonical_turtle(quad.triple for quad in read_rdf(path))


def read_rdf(path: Path, *, file_format: ox.RdfFormat = ox.RdfFormat.TURTLE, keep_names: bool = False) -> list[ox.Quad]:
    """Parse a file of RDF; Turtle gives quads of the default graph.

    Args:
        path: of the file.
        file_format: that it is in.
        keep_names: whether blank nodes keep the names that the file gives them; else they get fresh ones.

    Raises:
        TurtleError: with file, line and column of the first fault; or the file cannot be read; or a literal has an
            integer type derived from xsd:integer, which the store would give back as xsd:integer.
    """
    try:
        quads = list(ox.parse(path=path, format=file_format, rename_blank_nodes=not keep_names))
    except SyntaxError as fault:
        raise TurtleError(fault.msg, path=path, line=fault.lineno, column=fault.offset) from fault
    except (OSError, UnicodeDecodeError) as fault:
        message = f"cannot be read: {fault}"
        raise TurtleError(message, path=path) from fault
    for quad in quads:
        value = quad.object
        if isinstance(value, ox.Literal) and value.datatype.value in _DERIVED_INTEGERS:
            message = f"{value} has an integer type that the store does not keep: write xsd:integer"
            raise TurtleError(message, path=path)
    return quads


class _Writer:
    """One document on its way to text; a class because prefixes in use and nested nodes are gathered on the way."""

    def __init__(self, triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self._used: dict[str, str] = {}
        self._properties: defaultdict[Node, set[tuple[ox.NamedNode, Term]]] = defaultdict(set)
        self._references: defaultdict[ox.BlankNode, int] = defaultdict(int)
        self._open: set[ox.BlankNode] = set()
        for triple in set(triples):
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.Triple):
                message = "a quoted triple cannot be a subject"
                raise TurtleError(message)
            self._properties[subject].add((triple.predicate, value))
            if isinstance(value, ox.BlankNode):
                self._references[value] += 1
        self._check_blank_nodes()

    def _check_blank_nodes(self) -> None:
        for node, count in self._references.items():
            if count > 1:
                message = f"a blank node is used in {count} places: give it an IRI ({self._hint(node)})"
                raise TurtleError(message)

    def _hint(self, node: ox.BlankNode) -> str:
        values = sorted(f"{predicate.value} {value}" for predicate, value in self._properties[node])
        return values[0] if values else "it has no triples"

    def text(self) -> str:
        named = sorted((s for s in self._properties if isinstance(s, ox.NamedNode)), key=lambda s: s.value)
        blocks = [self._block(subject) for subject in named]
        roots = [s for s in self._properties if isinstance(s, ox.BlankNode) and not self._references[s]]
        blocks += sorted(f"{self._nested(root)} .\n" for root in roots)
        self._check_rings()
        header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(self._used.items()))
        return "\n".join([header, *blocks] if header else blocks)

    def _check_rings(self) -> None:
        if blank := [s for s in self._properties if isinstance(s, ox.BlankNode) and s not in self._open]:
            message = f"blank nodes refer to each other in a ring: give one an IRI ({self._hint(blank[0])})"
            raise TurtleError(message)

    def _block(self, subject: ox.NamedNode) -> str:
        lines = self._pairs(subject)
        head = f"{self._iri(subject)} {lines[0]}" if lines[0].startswith("a ") else self._iri(subject)
        body = lines[1:] if lines[0].startswith("a ") else lines
        first = head + " ;\n" if head != self._iri(subject) else head + "\n"
        return first + "".join(f"  {line} ;\n" for line in body) + ".\n"

    def _pairs(self, subject: Node) -> list[str]:
        """Return `predicate value` texts of one subject, in order."""
        pairs = [(predicate, self._term(value)) for predicate, value in self._properties[subject]]
        pairs.sort(key=lambda pair: (_rank(pair[0].value), self._verb(pair[0]), pair[1]))
        return [f"{self._verb(predicate)} {text}" for predicate, text in pairs]

    def _verb(self, predicate: ox.NamedNode) -> str:
        return "a" if predicate.value == _TYPE else self._iri(predicate)

    def _term(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._iri(term)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if isinstance(term, ox.BlankNode):
            return self._nested(term)
        parts = (self._term(part) for part in (term.subject, term.predicate, term.object))
        return f"<<( {' '.join(parts)} )>>"

    def _nested(self, node: ox.BlankNode) -> str:
        self._open.add(node)
        items = self._list_items(node)
        if items is not None:
            return f"( {' '.join(self._term(item) for item in items)} )"
        pairs = self._pairs(node)
        return f"[ {' ; '.join(pairs)} ]" if pairs else "[]"

    def _list_items(self, node: ox.BlankNode) -> list[Term] | None:
        """Return the members of a well-formed RDF list that starts at `node`, else None."""
        items: list[Term] = []
        cell: Term = node
        cells: list[ox.BlankNode] = []
        while isinstance(cell, ox.BlankNode):
            values = {predicate.value: value for predicate, value in self._properties[cell]}
            if set(values) != {_FIRST, _REST} or len(self._properties[cell]) != len(values) or cell in cells:
                return None
            cells.append(cell)
            items.append(values[_FIRST])
            cell = values[_REST]
        if cell != ox.NamedNode(_NIL):
            return None
        self._open.update(cells)
        return items

    def _iri(self, node: ox.NamedNode) -> str:
        for prefix, namespace in self._prefixes:
            if node.value.startswith(namespace) and _LOCAL_NAME.fullmatch(node.value[len(namespace) :]):
                self._used[prefix] = namespace
                return f"{prefix}:{node.value[len(namespace) :]}"
        return f"<{node.value}>"

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        if datatype in _BARE and _BARE[datatype].fullmatch(literal.value):
            return literal.value
        if literal.language:
            return f"{_quoted(literal.value)}@{literal.language}"
        if datatype == XSD + "string":
            return _quoted(literal.value)
        return f"{_quoted(literal.value)}^^{self._iri(literal.datatype)}"


def _rank(predicate: str) -> int:
    return _LEADING.index(predicate) if predicate in _LEADING else len(_LEADING)


def _quoted(text: str) -> str:
    """Quote a string; one of several lines keeps them, as the queries inside shapes do."""
    if "\n" in text and '"""' not in text and not text.endswith(('"', "\\")) and "\r" not in text:
        return '"""' + text.replace("\\", "\\\\") + '"""'
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
