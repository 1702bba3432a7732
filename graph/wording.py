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
_TWO: Final = 2
_SPACED: Final = _SHORT + _REST  # letters from which one error leaves a name the same wherever its spaces are


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
    if _is_spaced_otherwise(ours, theirs):
        return True
    return _have_partners(ours, theirs, letters) and _have_partners(theirs, ours, letters)


def has_swap(one: str, other: str) -> bool:
    """Say whether two neighbouring letters of a text have changed places: the error that leaves all letters there."""
    return len(one) == len(other) and sorted(one) == sorted(other) and distance(one, other) == 1


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


def _is_spaced_otherwise(ours: list[str], theirs: list[str]) -> bool:
    """Say whether names are the same but for where their spaces are and one error, or two where a space is too many.

    A word that the one has and the other has not is no error of spaces.
    """
    one, other = "".join(ours), "".join(theirs)
    if min(len(one), len(other)) < _SPACED:
        return False
    apart = distance(one, other)
    if apart <= 1 or len(ours) == len(theirs):
        return apart <= 1
    shorter, longer = sorted((ours, theirs), key=len)
    rest = ["".join(longer[:at] + longer[at + 1 :]) for at in range(len(longer))]
    return apart == _TWO and all(distance(each, "".join(shorter)) > 1 for each in rest)


def _have_partners(ours: list[str], theirs: list[str], letters: int) -> bool:
    """Say whether each word is among others but for errors; two that lost the space between them count as one."""
    pairs = [one + other for one, other in pairwise(theirs)]
    halves = {at for at, (one, other) in enumerate(pairwise(ours)) if _is_one_of(one + other, theirs)}
    return all(
        at in halves or at - 1 in halves or _is_one_of(word, theirs, letters) or _is_one_of(word, pairs)
        for at, word in enumerate(ours)
    )


def _is_one_of(word: str, others: list[str], letters: int | None = None) -> bool:
    """Say whether a word is one of others but for errors: one, or as many as `letters` of the whole name allow."""
    for each in others:
        edits = 1 if letters is None else _edits(max(len(word), len(each)), letters)
        if abs(len(word) - len(each)) <= edits and distance(word, each) <= edits:
            return True
        if len(word) >= _SHORT and letters != len(word) and has_swap(word, each):
            return True
    return False


def _edits(length: int, letters: int) -> int:
    """Return how many errors a word of a length may have; `letters` are those of the whole name."""
    is_beside_others = letters - length >= _REST
    if length <= _SHORT:
        return int(is_beside_others)
    if length >= _LONGER:
        return 3
    return 2 if length >= _LONG or (length >= _MIDDLE and is_beside_others) else 1
