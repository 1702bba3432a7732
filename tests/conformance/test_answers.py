"""The comparison tells right answers from wrong ones: a judge that says yes to everything would make the rest void."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox
import pytest
from conformance.answers import Solutions, assert_same, isomorphic, read_csv, read_results
from conformance.facts import triples

ROWS: Final = "?x\t?y\n1\t_:a\n2\t_:a\n"

SAME: Final = {
    "order": (ROWS, "?x\t?y\n2\t_:b\n1\t_:b\n"),
    "columns": (ROWS, "?y\t?x\n_:b\t1\n_:b\t2\n"),
    "value": ("?x\n1.50\n", "?x\n1.5\n"),
    "exponent": ("?x\n1.0E6\n", "?x\n1e6\n"),
    "language": ('?x\n"a"@EN\n', '?x\n"a"@en\n'),
}
DIFFERENT: Final = {
    "count": ("?x\n1\n", "?x\n1\n1\n"),
    "variables": ("?x\n1\n", "?z\n1\n"),
    "blank nodes": (ROWS, "?x\t?y\n1\t_:a\n2\t_:b\n"),
    "unbound": ("?x\t?y\n1\t2\n", "?x\t?y\n1\t\n"),
    "datatype": ("?x\n1\n", "?x\n1.0\n"),
    "tag": ('?x\n"a"\n', '?x\n"a"@en\n'),
    "form": ('?x\n"01"\n', '?x\n"1"\n'),
}


def solutions(text: str, *, ordered: bool = False) -> Solutions:
    """Return the solutions of a TSV document."""
    read = read_results(text.encode(), ox.QueryResultsFormat.TSV)
    assert isinstance(read, Solutions)
    return Solutions(variables=read.variables, rows=read.rows, ordered=ordered)


@pytest.mark.parametrize(("got", "wanted"), SAME.values(), ids=SAME)
def test_what_is_the_same(got: str, wanted: str) -> None:
    """Order of rows and columns, labels of blank nodes, forms of a number and case of a language tag do not count."""
    assert_same(solutions(got), solutions(wanted))


@pytest.mark.parametrize(("got", "wanted"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_different(got: str, wanted: str) -> None:
    """Everything else counts."""
    with pytest.raises(AssertionError):
        assert_same(solutions(got), solutions(wanted))


def test_order_counts_where_the_expected_answer_has_one() -> None:
    """An answer that gives its rows an index is compared row by row."""
    with pytest.raises(AssertionError):
        assert_same(solutions("?x\n2\n1\n"), solutions("?x\n1\n2\n", ordered=True))


def test_a_truth_value_is_no_table() -> None:
    """Answers of two kinds differ."""
    with pytest.raises(AssertionError):
        assert_same(True, solutions(ROWS))  # noqa: FBT003  (the answer itself)
    with pytest.raises(AssertionError):
        assert_same(True, False)  # noqa: FBT003  (answers)


def test_csv_keeps_line_ends_in_cells() -> None:
    """A quoted cell may run over two lines."""
    assert read_csv('x,y\r\n"a\r\nb",\r\n').rows == ({"x": ox.Literal("a\r\nb")},)


def test_graphs_are_compared_up_to_blank_nodes() -> None:
    """Labels do not count; which node has which property does."""
    one, two, other = (
        triples(text, "data.ttl", base_iri="http://example.org/")
        for text in (b"<s> <p> _:a . _:a <q> 1 .", b"<s> <p> _:b . _:b <q> 1 .", b"<s> <p> _:b . _:c <q> 1 .")
    )
    assert isomorphic(one, two)
    assert not isomorphic(one, other)
