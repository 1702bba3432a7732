"""Names as they are compared: folding, words, trigrams and distance."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.names import distance, fold, joined, trigrams, typed_words, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Côte d’Ivoire", "cote divoire"),  # noqa: RUF001  (as it is written)
        ("Türkiye", "turkiye"),
        ("İstanbul", "istanbul"),
        ("  CBERS-4A ", "cbers 4a"),
        ("Łódź Ærø", "lodz aero"),
        ("Йемен", "иемен"),
        ("ＣＡＳＣ", "casc"),  # noqa: RUF001  (wide letters)
        ("한국", "한국"),
        ("Straße_1", "strasse 1"),
        ("?!", ""),
    ],
)
def test_folding_forgives(text: str, folded: str) -> None:
    """Case, accents, punctuation, apostrophes and width make no difference."""
    assert fold(text) == folded


@given(st.text(max_size=30))
def test_folding_is_settled(text: str) -> None:
    """What is folded already stays as it is, and has no blank at an end or two in a row."""
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


def test_han_is_cut_into_pairs() -> None:
    """A run of Han gives its pairs and its last character, so that one character finds names that have it anywhere."""
    assert words("中国国家航天局") == ["中国", "国国", "国家", "家航", "航天", "天局", "局"]
    assert words("cbers 中巴 4a") == ["cbers", "中巴", "巴", "4a"]


def test_what_is_typed_has_no_last_character() -> None:
    """The last pair may be a beginning; a single character is one word."""
    assert typed_words("国家航天") == ["国家", "家航", "航天"]
    assert typed_words("中") == ["中"]
    assert typed_words("china na") == ["china", "na"]


def test_names_are_joined() -> None:
    """A name of several words is also looked up as one; one word and a sentence are not."""
    assert joined("cbers 4a") == "cbers4a"
    assert joined("cnsa") == ""
    assert joined("word " * 20) == ""


def test_ends_count_in_trigrams() -> None:
    """A name of two characters has trigrams too, which names that only contain it lack."""
    assert trigrams("中国") == {"\u2039中国", "中国\u203a"}
    assert trigrams("a b") == trigrams("ab")


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
@example("ab", "ba")
def test_distance_is_that_of_the_textbook(one: str, other: str) -> None:
    """The bits give what the table of all pairs of beginnings gives: optimal string alignment."""
    table = [[max(row, column) for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            exchanged = table[row - 1][column - 1] + (one[row - 1] != other[column - 1])
            best = min(table[row - 1][column] + 1, table[row][column - 1] + 1, exchanged)
            if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
                best = min(best, table[row - 2][column - 2] + 1)
            table[row][column] = best
    assert distance(one, other) == table[-1][-1]
