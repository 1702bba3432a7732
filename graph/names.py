"""Names as they are compared: folded, cut into words and into trigrams, and their distance.

One way of folding for the index, for what is typed and for what is matched, so that all three agree. It forgives case,
accents, punctuation and width; Chinese and Japanese have no spaces, so that pairs of characters stand for words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

FOLDING: Final = 1
"""Number of this way of folding: an index that was made with another one is made anew."""

_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "n", "ə": "a"}  # noqa: RUF001  (that letter is meant)
)
"""Letters with a stroke and the like, which Unicode does not take apart."""

_SEPARATORS: Final = re.compile(r"[\W_]+")
_APOSTROPHES: Final = re.compile("['’‘ʼ`´]")  # noqa: RUF001  (the marks that people type)
_HAN: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_RUNS: Final = re.compile(f"[{_HAN}]+|[^{_HAN} ]+")
_HAN_RUN: Final = re.compile(f"[{_HAN}]+")
_LONGEST_JOINED: Final = 40


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a name as it is compared: lower case, without accents, words separated by one space."""
    plain = text if text.isascii() else _without_marks(text)
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", plain.casefold())).strip().translate(_LETTERS)


def words(folded: str) -> list[str]:
    """Return the words of a folded name, in order; of a run of Han or kana its pairs, and its last character."""
    if folded.isascii():
        return folded.split()
    found = []
    for run in _RUNS.findall(folded):
        if _HAN_RUN.match(run):
            found += [run[at : at + 2] for at in range(len(run))]
        else:
            found.append(run)
    return found


def joined(folded: str) -> str:
    """Return a folded name of several words as one, since people write CBERS4A for CBERS-4A; empty for a long one."""
    return folded.replace(" ", "") if " " in folded and len(folded) <= _LONGEST_JOINED else ""


def typed_words(folded: str) -> list[str]:
    """Return the words to look up for what was typed: of a run of Han its pairs alone, as the last is a prefix."""
    found = words(folded)
    return [
        word
        for at, word in enumerate(found)
        if not (len(word) == 1 and _HAN_RUN.match(word) and at and _HAN_RUN.match(found[at - 1]))
    ]


def trigrams(folded: str) -> set[str]:
    """Return the pieces of three characters of a folded name without its spaces; its ends count as characters."""
    text = f"\u2039{folded.replace(' ', '')}\u203a"
    return {text[at : at + 3] for at in range(len(text) - 2)} if len(text) > 2 else set()  # noqa: PLR2004  (one piece)


def distance(one: str, other: str) -> int:
    """Return how many characters must be added, dropped or exchanged, or neighbours swapped, to make one of the other.

    Optimal string alignment, bit-parallel after Myers (1999) and Hyyrö (2003): Python's integers are words of any size.
    """
    if one == other or not one or not other:
        return 0 if one == other else max(len(one), len(other))
    places: dict[str, int] = {}
    for at, character in enumerate(one):
        places[character] = places.get(character, 0) | (1 << at)
    last, full = 1 << (len(one) - 1), (1 << len(one)) - 1
    plus, minus, zero, before, result = full, 0, 0, 0, len(one)
    for character in other:
        same = places.get(character, 0)
        swapped = ((~zero & same) << 1) & before
        zero = ((((same & plus) + plus) ^ plus) | same | minus | swapped) & full
        up, down = minus | (~(zero | plus) & full), plus & zero
        result += bool(up & last) - bool(down & last)
        up = (up << 1) | 1
        plus = ((down << 1) | ~(zero | up)) & full
        minus = up & zero
        before = same
    return result


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(part for part in parts if unicodedata.category(part) != "Mn"))
