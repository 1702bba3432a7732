"""Parameters of a query file: declared in its header with type, default and meaning, bound as terms.

A value is read by its type before anything is asked. It never becomes a part of a text: the query is asked with the
variable bound to the term.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.errors import QuestionError
from graph.request_errors import ParameterRefused
from graph.terms import PREFIXES, XSD, compact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LINE: Final = re.compile(r'([a-z][a-zA-Z]*) (\S+) (".*?"|\S+) "([^"]+)"')
_PREFIXED: Final = re.compile(r"([a-z]+):([A-Za-z0-9](?:[\w.-]*[\w-])?)", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}", re.ASCII)
_MOST_CHARACTERS: Final = 1000

ParameterTerm = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A variable of a query that its asker may bind.

    Attributes:
        name: of the variable, without its question mark.
        type: `date`, `integer`, `decimal`, `string` or `language`, or the prefixed name of a class, of which the value
            is then a thing.
        default: as the header has it, without quotation marks.
        meaning: what it is, for people.
    """

    name: str
    type: str
    default: str
    meaning: str

    @property
    def class_iri(self) -> str:
        """IRI of the class of which a value is a thing; empty where values are literals."""
        return "" if self.type in _READERS else expanded(self.type)

    @property
    def datatype_iri(self) -> str:
        """IRI of the datatype of its values; empty where they are things."""
        return "" if self.class_iri else _DATATYPES.get(self.type, XSD + "string")

    @property
    def expected(self) -> str:
        """What a value must be, for people."""
        if not self.class_iri:
            return f"{_EXPECTED[self.type]}, such as {self.default}"
        return f"the IRI of a {self.type}, whole or with a prefix of the dataset, such as {self.default}"

    def term(self, value: str) -> ParameterTerm:
        """Read a value as a request has it.

        Raises:
            ParameterRefused: it is not of the type.
        """
        found = _READERS.get(self.type, _thing)(value) if len(value) <= _MOST_CHARACTERS else None
        if found is None:
            raise ParameterRefused(self.name, value, self.expected)
        return found

    def default_term(self) -> ParameterTerm:
        """Return the value that is taken where none is given."""
        return self.term(self.default)

    def written(self) -> str:
        """Return the line of a query that gives the default."""
        term = self.default_term()
        if isinstance(term, ox.NamedNode):
            return f"  VALUES ?{self.name} {{ {self.default} }}"
        if self.type in {"integer", "decimal"}:
            return f"  VALUES ?{self.name} {{ {self.default} }}"
        datatype = f"^^xsd:{self.type}" if self.type == "date" else ""
        return f"  VALUES ?{self.name} {{ {ox.Literal(self.default)}{datatype} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A parameter and the term that it stands for."""

    parameter: Parameter
    term: ParameterTerm

    def written(self) -> str:
        """Return the line of a query that gives the value; the engine writes the term, so that no text can end it."""
        if self.term == self.parameter.default_term():
            return self.parameter.written()
        is_number = self.parameter.type in {"integer", "decimal"}
        return f"  VALUES ?{self.parameter.name} {{ {self.term.value if is_number else self.term} }}"


def read_parameter(line: str, *, path: Path) -> Parameter:
    """Read what follows `#+ param:`.

    Raises:
        QuestionError: it is not `name type default "what it is"`, or the default is not of the type.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        message = f'{path}: write `#+ param: name type default "what it is"`, not `{line}`'
        raise QuestionError(message)
    parameter = Parameter(name=match[1], type=match[2], default=match[3].strip('"'), meaning=match[4])
    if parameter.type not in _READERS and not parameter.class_iri:
        message = f"{path}: {parameter.type} is neither a class by prefixed name nor one of {', '.join(_READERS)}"
        raise QuestionError(message)
    try:
        parameter.default_term()
    except ParameterRefused as fault:
        message = f"{path}: the default: {fault}"
        raise QuestionError(message) from fault
    return parameter


def expanded(name: str) -> str:
    """Return the IRI of a prefixed name; empty where it is none of the dataset's prefixes."""
    match = _PREFIXED.fullmatch(name)
    return PREFIXES[match[1]] + match[2] if match and match[1] in PREFIXES else ""


def shown(term: ParameterTerm) -> str:
    """Return a value as people write it in an address."""
    return compact(term.value) if isinstance(term, ox.NamedNode) else term.value


def _thing(value: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(expanded(value) or value)
    except ValueError:
        return None


def _typed(pattern: re.Pattern[str], datatype: str) -> Callable[[str], ox.Literal | None]:
    def read(value: str) -> ox.Literal | None:
        return ox.Literal(value, datatype=ox.NamedNode(datatype)) if pattern.fullmatch(value) else None

    return read


def _day(value: str) -> ox.Literal | None:
    if not _DAY.fullmatch(value):
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return ox.Literal(value, datatype=ox.NamedNode(XSD + "date"))


def _text(value: str) -> ox.Literal | None:
    """Return a literal of a text that has a character and can be sent on."""
    return ox.Literal(value) if value and value.isprintable() else None


def _language(value: str) -> ox.Literal | None:
    """Return a language tag as the engine writes it: in lower case."""
    return ox.Literal(value.lower()) if _LANGUAGE.fullmatch(value) else None


_READERS: Final[dict[str, Callable[[str], ParameterTerm | None]]] = {
    "date": _day,
    "integer": _typed(_INTEGER, XSD + "integer"),
    "decimal": _typed(_DECIMAL, XSD + "decimal"),
    "string": _text,
    "language": _language,
}
_DATATYPES: Final = {name: XSD + name for name in ("date", "integer", "decimal")}
_EXPECTED: Final = {
    "date": "a calendar date",
    "integer": "a whole number",
    "decimal": "a number",
    "string": "a text of at most 1000 characters",
    "language": "a language tag",
}
