"""Whether two names say the same but for typing errors: the same numbers, and each word with a partner.

How alike two names are as a whole tells little where one short word makes the difference: in Telstar 401 and 402, or
in the names of two agencies, most letters are the same.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from graph.names import distance, fold

_APART: Final = re.compile(r"(?<=[0-9]) (?=[a-z]\b)")  # between a number and its letter
_DIGITS: Final = re.compile(r"[0-9]+")
_NUMBER: Final = re.compile(r"[0-9]+[a-z]?")
_LETTER: Final = re.compile(r"(?<=[0-9])[a-z]$")
_SHORT: Final = 4  # letters, up to which one error makes another word
_MIDDLE: Final = 6  # letters, from which it has room for two beside other words,
_LONG: Final = 8  # by itself,
_LONGER: Final = 12  # and for three
_REST: Final = 5  # letters of other words, beside which even a short word is known again


def says_the_same(given: str, name: str) -> bool:
    """Say whether a name that was given can be another one with typing errors.

    Args:
        given: the name, as it is written.
        name: the other one, likewise.
    """
    one, other = fold(given), fold(name)
    if one == other:
        return True
    if numbers(one) != numbers(other) or (given.strip()[:1].isupper() and _is_lengthened(one, other)):
        return False
    ours, theirs = _without_numbers(one), _without_numbers(other)
    letters = max(len(text.replace(" ", "")) for text in (one, other))
    return _have_partners(ours, theirs, letters) and _have_partners(theirs, ours, letters)


def numbers(folded: str) -> list[str]:
    """Return the numbers of a folded name: the digits of each word, a letter behind them, no leading zeros; sorted."""
    found = []
    for word in _words(folded):
        digits = "".join(_DIGITS.findall(word))
        letter = _LETTER.search(word)
        if digits:
            found.append(digits.lstrip("0") + (letter[0] if letter else ""))
    return sorted(found)


def _without_numbers(folded: str) -> list[str]:
    """Return what is left of words without their numbers, where anything is."""
    return [rest for word in _words(folded) if not _NUMBER.fullmatch(word) and (rest := _DIGITS.sub("", word))]


def _words(folded: str) -> list[str]:
    return _APART.sub("", folded).split()


def _is_lengthened(one: str, other: str) -> bool:
    """Say whether a word is another one with a letter before it: with a capital of its own, another word."""
    shorter, longer = sorted((one, other), key=len)
    return " " not in longer and longer[1:] == shorter


def _have_partners(ours: list[str], theirs: list[str], letters: int) -> bool:
    """Say whether each word is among others but for errors; two that lost the space between them count as one."""
    pairs = [one + other for one, other in pairwise(theirs)]
    halves = {at for at, (one, other) in enumerate(pairwise(ours)) if _is_one_of(one + other, theirs, 1)}
    return all(
        at in halves
        or at - 1 in halves
        or _is_one_of(word, theirs, _edits(word, letters))
        or _is_one_of(word, pairs, 1)
        for at, word in enumerate(ours)
    )


def _is_one_of(word: str, others: list[str], edits: int) -> bool:
    return any(abs(len(word) - len(each)) <= edits and distance(word, each) <= edits for each in others)


def _edits(word: str, letters: int) -> int:
    """Return how many errors a word of a name may have; `letters` are those of the whole name."""
    is_beside_others = letters - len(word) >= _REST
    if len(word) <= _SHORT:
        return int(is_beside_others)
    if len(word) >= _LONGER:
        return 3
    return 2 if len(word) >= _LONG or (len(word) >= _MIDDLE and is_beside_others) else 1
