"""Questions to the engine's parser, by texts that it cannot take: how far a text fits, and what fits next.

The engine gives no parser to Python. But its syntax errors name the farthest place that a rule reached and what was
tried there; a beginning of a text with a tail that no rule takes therefore tells whether that beginning fits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox

from service.lexer import lexemes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.lexer import Lexeme

_STRAY: Final = "\x01"
_PADDING: Final = " " * 40  # longer than any keyword, so that a failed one ends before the stray character
_LONGEST: Final = 14
_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CLASS: Final = re.compile(r"\[(?:'[^']*'|[^\]'])*\]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)+)"')
_KEYWORD: Final = re.compile(r"[A-Za-z][A-Za-z_0-9]+")
_OPERATORS: Final = frozenset({"=", "!=", "<=", ">=", ">", "&&", "||", "*", "/", "+", "-", "<"})
_MEANINGS: Final = {
    **dict.fromkeys(("$", "?"), "a variable"),
    **dict.fromkeys(("'", "'''", '"', '"""'), "a string"),
    **dict.fromkeys(("<", ":"), "a name"),
    **dict.fromkeys(("+", "-"), "a number"),
    **dict.fromkeys(("true", "false"), "a boolean"),
    "_:": "a blank node",
}
_NOISE: Final = frozenset({"<<", "<<(", "~", "{|", "LATERAL", "unreported"})


class Probe:
    """A text, and the parser that reads beginnings of it.

    Attributes:
        kind: what the text was meant to be.
        base: the base IRI that it is read with; empty: none.
        prefixes: that need no declaration.
    """

    def __init__(self, text: str, *, kind: Literal["query", "update"], base: str, prefixes: Mapping[str, str]) -> None:
        self._text = _without_less_than(text)
        self._store = ox.Store()
        self.kind: Final = kind
        self.base: Final = base
        self.prefixes: Final = dict(prefixes)

    def first_misfit(self, read: list[Lexeme]) -> int | None:
        """Return the index of the first token with which no text can go on; None if all fit."""
        low, high = 0, len(read)
        while low < high:
            middle = (low + high) // 2
            if self._fits(read[middle].start + len(read[middle].text)):
                low = middle + 1
            else:
                high = middle
        return low if low < len(read) else None

    def expected(self, read: list[Lexeme], place: int) -> tuple[str, ...]:
        """Return what fits behind the tokens before an index, in words or as it is written, sorted."""
        end = read[place - 1].start + len(read[place - 1].text) if place else 0
        beginning = self._text[:end] + "\n "
        braces = [each.text for each in read[:place] if each.text in {"{", "}"}]
        words: set[str] = set()
        # Only what lacks a brace is read without a stray character behind it: it cannot be whole.
        if braces.count("{") > braces.count("}") or (self.kind == "query" and not braces):
            words |= self._signs(beginning)
        for length in range(2, _LONGEST):
            said = self._ask(beginning + _STRAY * length)
            if said is not None and said[0] == len(beginning) + length:
                words.update(_KEYWORD.findall(_CLASS.sub("", _QUOTED.sub("", said[1]))))
        if not words:
            # No keyword fits, so none hides what else does: the stray character itself is the farthest place.
            words |= self._signs(beginning, tail=_STRAY)
        if "STRLEN" in words:
            # All functions fit here; their names help only in finding the one that was meant.
            words.add("a function")
        if "a number" in words and "," not in words:
            words.discard(".")  # of a number such as .5
        return tuple(sorted(words - _NOISE, key=_kind))

    def reason(self, misfit: Lexeme) -> str:
        """Return the engine's own sentence on a token that does not fit; empty where it has none."""
        ends = [misfit.start + len(misfit.text)]
        if misfit.text == "}":
            ends.append(misfit.start)  # of a group: its rules are looked at before its brace
        said = [self._ask(self._text[:end]) for end in ends]
        return next((reason for each in said if each and (reason := sentence(each[1]))), "")

    def _fits(self, end: int) -> bool:
        beginning = self._text[:end] + "\n" + _PADDING
        said = self._ask(beginning + _STRAY)
        return said is None or said[0] >= len(beginning)

    def _signs(self, beginning: str, *, tail: str = "") -> set[str]:
        """Return the signs and kinds of terms that fit behind a beginning."""
        said = self._ask(beginning + tail)
        if said is None or said[0] < len(beginning):
            return set()
        signs = {quoted.replace('\\"', '"') for quoted in _QUOTED.findall(said[1])}
        words = {"a number"} if "'0'" in said[1] else set()
        if "=" in signs:
            words.add("an operator")
            signs -= _OPERATORS
        return words | {_MEANINGS.get(sign, sign) for sign in signs}

    def _ask(self, text: str) -> tuple[int, str] | None:
        """Return the offset of the engine's error and what it expected; None where it says nothing of a place."""
        try:
            if self.kind == "query":
                self._store.query(text, prefixes=self.prefixes, base_iri=self.base or None)
            else:
                self._store.update(text, prefixes=self.prefixes, base_iri=self.base or None)
        except SyntaxError as fault:
            place = _PLACE.match(str(fault))
            if place is None:
                return None
            starts = [0, *(found.end() for found in re.finditer("\n", text))]
            return starts[int(place[1]) - 1] + int(place[2]) - 1, place[3]
        except (OSError, RuntimeError, ValueError):
            return None
        return None


def sentence(expectation: str) -> str:
    """Return the sentence that the engine put among what it expected; empty where there is none."""
    items = _CLASS.sub("", _QUOTED.sub("", expectation)).split(",")
    return next((item.strip() for item in items if len(item.split()) > 2), "")  # noqa: PLR2004  (three words)


def _without_less_than(text: str) -> str:
    """Return a text with "greater than" for "less than".

    Both fit in the same places, but the engine also reads on behind `<` for the end of an IRI, past any fault.
    """
    characters = list(text)
    for lexeme in lexemes(text):
        place = lexeme.start
        if lexeme.text == "<" and "<" not in {text[place + 1 : place + 2], text[place - 1 : place]}:
            characters[place] = ">"
    return "".join(characters)


def _kind(expected: str) -> tuple[int, str]:
    """Sort kinds of terms before signs, and these before keywords."""
    return (0 if " " in expected else 2 if expected[0].isalpha() else 1), expected
