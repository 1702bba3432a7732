"""How alike a name in the index and one in somebody's table are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.names import distance, typed_words, words
from graph.search_file import PUBLIC, ROLES
from graph.wording import has_swap, numbers

if TYPE_CHECKING:
    from graph.search_file import Found

SHOWN_FROM: Final = 45.0
"""The lowest score, from 0 to 100, of a candidate that is shown."""

_CODE: Final = 0.9  # for codes that are not public ones
_DIGITS: Final = 0.85  # what is left of a likeness where the numbers in the names differ
_SHORT: Final = 5  # characters, up to which one error makes another name
_SHORT_LEFT: Final = 0.85
_REORDERED: Final = 0.99
_IN_ORDER: Final = 0.75  # likeness from which the order of words is taken to be the same
_PART: Final = 0.6  # of a name of which the words are some of another's: Korea in South Korea


def likeness(row: Found, folded: str, code: str) -> float:
    """Return how alike a name in the index and one in a table are, from 0 to 1.

    Args:
        row: the name in the index, or an identifier.
        folded: the name in the table, folded.
        code: the same as a code.
    """
    if row.role not in ROLES:
        return (1.0 if row.role in PUBLIC else _CODE) * (row.folded == code)
    if row.folded == folded:
        return 1.0
    if row.role == "acronym" or not folded:
        return 0.0
    found = _alike(folded, row.folded)
    if found < _IN_ORDER:
        found = max(found, _REORDERED * _alike_in_order(folded, row.folded))
    if found < _PART and set(typed_words(folded)) <= set(words(row.folded)):
        found = _PART  # all alike, so that the better known come first
    if found < 1 and len(folded) <= _SHORT and not has_swap(folded, row.folded):
        found *= _SHORT_LEFT
    if numbers(folded) != numbers(row.folded):
        found *= _DIGITS
    return found


def _alike(one: str, other: str) -> float:
    """Return how alike two texts are; 0 at once where lengths or letters say that it is too little to be shown."""
    shorter, longer = sorted((len(one), len(other)))
    least = max(longer - shorter, len(set(one) ^ set(other)) / 2)  # an edit brings a letter and takes one away
    if 100 * (longer - least) < SHOWN_FROM * longer:
        return 0.0
    return 1 - distance(one, other) / longer


def _alike_in_order(one: str, other: str) -> float:
    """Return how alike two texts are with their words in alphabetical order; 0 where that is their order already."""
    ours, theirs = (" ".join(sorted(text.split())) for text in (one, other))
    return 0.0 if (ours, theirs) == (one, other) else _alike(ours, theirs)
