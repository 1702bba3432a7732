"""What a query says of itself before it is evaluated, read from SPARQL's own tokens.

The engine would call other hosts for SERVICE, so the word must be found before it runs; and it names neither the
token nor the prefix in its syntax errors. One linear pass over strings, IRIs, comments and names answers both,
without a second grammar (SPARQL 1.1 Query, section 19.8).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from graph.errors import QueryRefused, QuerySyntaxError, QueryUnsupported
from graph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = r"[^\W\d_](?:[\w.\-\u00B7]*[\w\-\u00B7])?"
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[^\w\s]"
# A local name neither begins nor ends with a dot: `c:.SERVICE` is a name, a dot and a keyword (PN_LOCAL).
_LOCAL: Final = rf"(?:[\w:]|{_PLX})(?:(?:[\w:.\-\u00B7]|{_PLX})*(?:[\w:\-\u00B7]|{_PLX}))?"
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+|\#[^\n\r]*)
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>)
    |(?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<prefixed>(?:{_NAME})?:(?:{_LOCAL})?)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<word>[^\W\d]\w*)
    |(?P<number>[0-9.]+(?:[eE][+-]?[0-9]+)?)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ENGINE_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXPECTED: Final = re.compile(r'"((?:[^"\\]|\\.)+)"|\b([A-Z]{2,}(?: [A-Z]{2,})*)\b|(\[[^\]]*\])')


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token: its kind, its text, and its 1-based line and column in characters."""

    kind: str
    text: str
    line: int
    column: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query in order, without white space and comments.

    It never fails: what fits no rule is a token of one character.
    """
    line, line_start = 1, 0
    for match in _TOKEN.finditer(query):
        text = match.group()
        if match.lastgroup != "space":
            yield Token(kind=str(match.lastgroup), text=text, line=line, column=match.start() - line_start + 1)
        if newlines := text.count("\n"):
            line += newlines
            line_start = match.start() + text.rindex("\n") + 1


def check(query: str) -> None:
    """Refuse a query that the engine would answer by calling another host, or wrongly.

    Escaped letters are read too (19.2), since an escaped keyword is a keyword. A word that only ends in SERVICE is
    refused as well: the engine reads `trueSERVICE` as two words.

    Raises:
        QueryRefused: SERVICE stands outside strings, IRIs, comments and names.
        QueryUnsupported: the query names several default graphs, which the engine would not merge.
    """
    for text in {query, _CODEPOINT.sub(_character, query)}:
        words = [token.text.upper() for token in tokens(text) if token.kind == "word"]
        if any("SERVICE" in word for word in words):
            message = "SERVICE is not offered here: this endpoint never calls another host"
            raise QueryRefused(message)
        default_graphs = sum(word == "FROM" and after != "NAMED" for word, after in pairwise([*words, ""]))
        if default_graphs > 1:
            message = "several FROM clauses are not merged here: leave them out (the default graph is the merge of all)"
            message += ", or match in GRAPH ?graph { ... }"
            raise QueryUnsupported(message)


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= sys.maxunicode else match[0]


def syntax_error(query: str, engine_message: str) -> QuerySyntaxError:
    """Turn the engine's message into an error that names line, column, token and what was expected."""
    place = _ENGINE_PLACE.match(engine_message)
    if place is None:
        return QuerySyntaxError(engine_message, line=None, column=None, token=None, expected=())
    rest = place[3]
    if "Prefix not found" in rest and (name := _undeclared(query)):
        prefix = name.text.split(":")[0]
        message = f"line {name.line}, column {name.column}: the prefix `{prefix}:` is not declared: add a PREFIX line"
        return QuerySyntaxError(
            message, line=name.line, column=name.column, token=name.text, expected=("a declared prefix",)
        )
    line, column = int(place[1]), int(place[2])
    token = _token_at(query, line, column)
    expected = _readable(rest)
    near = f", near `{token}`" if token else ""
    wanted = f": expected {' or '.join(expected)}" if expected else ": this is not SPARQL"
    message = f"line {line}, column {column}{near}{wanted}"
    return QuerySyntaxError(message, line=line, column=column, token=token, expected=expected)


def _undeclared(query: str) -> Token | None:
    """Return the first prefixed name whose prefix no PREFIX line before it declares."""
    declared = {f"{name}:" for name in PREFIXES}
    declaring = False
    for token in tokens(query):
        if token.kind == "prefixed" and declaring:
            declared.add(token.text)
        elif token.kind == "prefixed" and token.text.split(":")[0] + ":" not in declared:
            return token
        declaring = token.kind == "word" and token.text.upper() == "PREFIX"
    return None


def _token_at(query: str, line: int, column: int) -> str:
    """Return the token that covers a place or, where none does, ends just before it; empty at the end."""
    before = ""
    for token in tokens(query):
        if token.line > line or (token.line == line and token.column > column):
            return before or token.text
        end = token.column + len(token.text)
        if token.line == line and token.column <= column < end:
            return token.text
        before = token.text if token.line == line and end == column else ""
    return before


def _readable(expectation: str) -> tuple[str, ...]:
    """Return the engine's list of what it expected in words, sorted; its character classes become a name or number."""
    words = set()
    for quoted, keyword, characters in _EXPECTED.findall(expectation):
        if quoted or keyword:
            words.add(quoted.replace('\\"', '"') or keyword)
        elif "'A'" in characters:
            words.add("a name")
        elif "'0'" in characters:
            words.add("a number")
    return tuple(sorted(words))
