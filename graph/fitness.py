"""Fitness: how well a name in the index fits what somebody is typing, from 0 to 1.

What is typed may be the beginning of a name, some of its words, or an identifier, so more is forgiven than where a
whole name is to be matched (`graph.matching`):

    1.00         the whole name, or an identifier
    0.97         the whole of an alternative or former name
    0.80 - 0.95  the beginning of a name or an identifier; the more of it, the better
    0.75         a code that is no public identifier, such as one letter for a state in a catalogue
    0.75 - 0.90  all words, as the name has them, in any order: Korea finds South Korea before what begins so
    0.70 - 0.80  beginnings of words, in any order
    up to 0.70   where nothing else fits: a name with typing errors, by its edit distance
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.names import distance, joined, typed_words, words
from graph.search_file import PUBLIC, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.search_file import Found

_SIMILAR: Final = 0.6
_WORDS_LEFT: Final = 0.8  # of the likeness of words alone


def fitness(row: Found, folded: str, code: str = "") -> float:
    """Return how well a name fits what was typed, from 0 to 1; see the top of this module.

    Args:
        row: the name.
        folded: what was typed, folded.
        code: the same as a code.
    """
    name, one = row.folded, joined(row.folded)
    if row.role not in ROLES:
        return _code_fitness(row, code)
    if name == folded:
        return 0.97 if row.role in {"alternative", "usage"} else 1.0
    share = len(folded) / max(len(name), 1)
    if name.startswith(folded):
        return 0.85 + 0.1 * share
    if one and one.startswith(folded.replace(" ", "")):
        return 0.8 + 0.1 * share
    return _words_fitness(folded, name, min(share, 1.0))


def _words_fitness(folded: str, name: str, share: float) -> float:
    """Return how well a name fits by its words; `share` is that of the name which was typed, at most."""
    wanted, there = typed_words(folded), words(name)
    if wanted and set(wanted) <= set(there):
        return 0.75 + 0.15 * share
    if wanted and all(any(word.startswith(begun) for word in there) for begun in wanted):
        return 0.7 + 0.1 * share
    likeness = max(_likeness(folded, name), _WORDS_LEFT * _word_likeness(wanted, there))
    return 0.7 * likeness if likeness >= _SIMILAR else 0.0


def _likeness(one: str, other: str) -> float:
    return 1 - distance(one, other) / max(len(one), len(other), 1)


def _word_likeness(wanted: Sequence[str], there: Sequence[str]) -> float:
    """Return how alike the words of a part of a name and those of the whole name are, on the average."""
    if not wanted or not there:
        return 0.0
    return sum(max(_likeness(one, other) for other in there) for one in wanted) / len(wanted)


def _code_fitness(row: Found, code: str) -> float:
    if row.folded == code:
        return 1.0 if row.role in PUBLIC else 0.75
    return 0.8 + 0.1 * len(code) / len(row.folded) if row.role in PUBLIC and row.folded.startswith(code) else 0.0
