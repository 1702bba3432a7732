"""The tokens of SPARQL as the engine reads them.

The engine's grammar works on characters: a keyword needs no space after it, a rule that fails gives its characters
back, and escapes count only inside strings and IRIs. Each pattern here takes exactly what the engine's rule of that
name takes (spargebra 0.5, after SPARQL 1.2 Query, section 19.8), so that a text has the same strings, comments and
IRIs for both; `service.scanner` says what is still in doubt then.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTER: Final = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD"
)
_TAIL: Final = rf"_{_LETTER}0-9\u00B7\u0300-\u036F\u203F-\u2040"
_CHARACTER: Final = rf"\-{_TAIL}"
# A code point that is a character: the engine gives a string with any other back, and reads its quotes anew.
_UCHAR: Final = r"\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|\\U(?:0000(?![dD][89a-fA-F])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4}"
_ECHAR: Final = rf"\\[tbnrf\"'\\]|{_UCHAR}"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_IN_LOCAL: Final = rf"(?:[{_CHARACTER}:]|{_PLX})"
_PREFIX: Final = rf"[{_LETTER}][{_CHARACTER}]*+(?:\.++[{_CHARACTER}]++)*+"
NAMESPACE: Final = rf"(?:{_PREFIX})?:"
# The engine itself takes one dotted part of a local name and leaves the rest; `service.scanner` knows.
PREFIXED: Final = rf"{NAMESPACE}(?:(?:[_{_LETTER}:0-9]|{_PLX}){_IN_LOCAL}*+(?:\.++{_IN_LOCAL}++)*+)?+"
IRI: Final = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_UCHAR})*+>"
STRING: Final = (
    rf"'''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*+'''|\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ECHAR}))*+\"\"\""
    rf"|'(?:[^'\\\n\r]|{_ECHAR})*+'|\"(?:[^\"\\\n\r]|{_ECHAR})*+\""
)
SPACE: Final = r"(?:[ \t\r\n]|\#[^\n\r]*+)*+"
_PATTERN: Final = rf"""(?P<space>\s++|\#[^\n\r]*+)
    |(?P<iri>{IRI})
    |(?P<string>{STRING})
    |(?P<variable>[?$][_{_LETTER}0-9][{_TAIL}]*+)
    |(?P<prefixed>{PREFIXED})
    |(?P<blank>_:[_{_LETTER}0-9][{_CHARACTER}]*+(?:\.++[{_CHARACTER}]++)*+)
    |(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
    |(?P<word>[^\W\d]\w*+)
    |(?P<number>(?:[0-9]++\.?[0-9]*+|\.[0-9]++)[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++)
    |(?P<other>.)"""
_TOKEN: Final = re.compile(_PATTERN, re.VERBOSE | re.DOTALL)
# Words with dots and dashes between them are read once for a colon behind them, not once from each word on.
_NO_NAME: Final = re.compile(_PATTERN.replace(PREFIXED, "(?!)"), re.VERBOSE | re.DOTALL)
_RUN: Final = re.compile(_PREFIX)
_CODEPOINT: Final = re.compile(_UCHAR)


class Lexeme(NamedTuple):
    """A token by its offset: what scanning needs, cheaper than a line and a column."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The word in capitals; empty where the token is none."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token: its kind, its text, and its 1-based line and column in characters."""

    kind: str
    text: str
    line: int
    column: int


def lexeme_at(text: str, start: int) -> Lexeme:
    """Return the token that begins at an offset within the text; white space and comments are of the kind `space`."""
    match = next(_matches(text, start))
    return Lexeme(match.lastgroup or "", match.group(), start)


def lexemes(text: str, *, start: int = 0, limit: int | None = None) -> list[Lexeme]:
    """Return the tokens from an offset on, without white space and comments.

    It never fails: what fits no rule is a token of one character.

    Args:
        text: the text.
        start: where to begin.
        limit: how many to return; None: all.
    """
    found = (
        Lexeme(match.lastgroup or "", match.group(), match.start())
        for match in _matches(text, start)
        if match.lastgroup != "space"
    )
    return list(itertools.islice(found, limit))


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query in order, without white space and comments.

    It never fails: what fits no rule is a token of one character.
    """
    line, line_start = 1, 0
    for match in _matches(query, 0):
        text = match.group()
        if match.lastgroup != "space":
            yield Token(kind=str(match.lastgroup), text=text, line=line, column=match.start() - line_start + 1)
        if newlines := text.count("\n"):
            line += newlines
            line_start = match.start() + text.rindex("\n") + 1


def _matches(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the tokens from an offset on, in linear time."""
    position = start
    while position < len(text):
        for match in _TOKEN.finditer(text, position):
            yield match
            position = match.end()
            if match.lastgroup == "word" and (run := _RUN.match(text, match.start())) and run.end() > position:
                break
        else:
            return
        while position < run.end() and (part := _NO_NAME.match(text, position)):
            yield part
            position = part.end()


def decoded(text: str) -> str:
    """Return a text with its code point escapes read (19.2); those that stand for no character are left."""
    return _CODEPOINT.sub(lambda match: match[0].encode().decode("unicode_escape"), text)
