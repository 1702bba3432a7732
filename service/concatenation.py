"""GROUP_CONCAT as the specification has it.

The engine (pyoxigraph 0.5.13) gives the language tag that all values of a group share to their concatenation;
SPARQL 1.1 Query, 18.5.1.7, makes it a plain literal, so that `FILTER(?list = "a b")` holds. Asking for
`STR(GROUP_CONCAT(...))` in its place changes nothing else: STR of a plain literal is that literal, an error stays one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from service.scanner import scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.lexer import Lexeme

_WORD: Final = "GROUP_CONCAT"
_BRACKETS: Final = {"(": 1, ")": -1}


def plain_concatenations(query: str) -> str:
    """Return a query whose concatenations are plain literals; the text itself where it has none.

    A text that the engine might read in two ways, or whose brackets do not match, is returned as it is.
    """
    if _WORD not in query.upper():
        return query
    found = scan(query)
    if found.others:
        return query
    insertions: list[tuple[int, str]] = []
    for place, (lexeme, following) in enumerate(pairwise(found.lexemes)):
        if lexeme.word == _WORD and following.text == "(":
            end = _closing(found.lexemes[place + 1 :])
            if end is None:
                return query
            insertions += [(lexeme.start, "STR("), (end, ")")]
    return _inserted(query, insertions)


def _closing(lexemes: Sequence[Lexeme]) -> int | None:
    """Return the offset behind the bracket that closes the first of some tokens; None where none does."""
    depth = 0
    for lexeme in lexemes:
        depth += _BRACKETS.get(lexeme.text, 0)
        if depth == 0:
            return lexeme.start + 1
    return None


def _inserted(text: str, insertions: list[tuple[int, str]]) -> str:
    pieces = []
    end = 0
    for start, inserted in sorted(insertions):
        pieces += [text[end:start], inserted]
        end = start
    return "".join([*pieces, text[end:]])
