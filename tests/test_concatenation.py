"""GROUP_CONCAT gives a plain literal, and nothing else of a query changes."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.concatenation import plain_concatenations

VALUES: Final = 'VALUES ?o { "1"@en "2"@en }'

PLAIN: Final = {
    "alone": (f"SELECT (GROUP_CONCAT(?o) AS ?x) {{ {VALUES} }}", "1 2"),
    "any case": (f"SELECT (Group_Concat(?o) AS ?x) {{ {VALUES} }}", "1 2"),
    "separator": (f"SELECT (GROUP_CONCAT(DISTINCT ?o; SEPARATOR=')') AS ?x) {{ {VALUES} }}", "1)2"),
    "nested": (f"SELECT (GROUP_CONCAT(CONCAT(?o, (?o))) AS ?x) {{ {VALUES} }}", "11 22"),
    "subquery": (f"SELECT ?x {{ {{ SELECT (GROUP_CONCAT(?o) AS ?x) {{ {VALUES} }} }} }}", "1 2"),
    "two": (f"SELECT (CONCAT(GROUP_CONCAT(?o), GROUP_CONCAT(?o)) AS ?x) {{ {VALUES} }}", "1 21 2"),
    "having": (f"SELECT (1 AS ?x) {{ {VALUES} }} HAVING GROUP_CONCAT(?o) ORDER BY GROUP_CONCAT(?o)", "1"),
}
UNTOUCHED: Final = {
    "string": "SELECT ?x { BIND('GROUP_CONCAT(' AS ?x) }",
    "comment": "SELECT ?x {} # GROUP_CONCAT(?x)",
    "iri": "SELECT ?x { ?x <http://example.org/GROUP_CONCAT(?x)> ?y }",
    "unclosed": "SELECT (GROUP_CONCAT(?o AS ?x {",
    "doubtful": "SELECT (GROUP_CONCAT(?o) AS ?x) { FILTER(?x<a:b)#>\n}",
}


@pytest.mark.parametrize(("query", "wanted"), PLAIN.values(), ids=PLAIN)
def test_a_concatenation_is_a_plain_literal(query: str, wanted: str) -> None:
    """A tag that all values share is not passed on, wherever the aggregate stands (SPARQL 1.1 Query, 18.5.1.7)."""
    results = ox.Store().query(plain_concatenations(query))
    assert isinstance(results, ox.QuerySolutions)
    (row,) = results
    value = row["x"]
    assert isinstance(value, ox.Literal)
    assert (value.value, value.language) == (wanted, None)


@pytest.mark.parametrize("query", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_is_no_aggregate_stays(query: str) -> None:
    """A word in a string, a comment or an IRI is none; a text that is in doubt goes to the engine as it came."""
    assert plain_concatenations(query) == query


@given(st.lists(st.sampled_from([*"(){}?o<>'\"#\\; \n", "GROUP_CONCAT", "GROUP_CONCAT(", "SELECT"])))
def test_it_takes_any_text(pieces: list[str]) -> None:
    """It never fails, and takes nothing away."""
    text = "".join(pieces)
    changed = plain_concatenations(text)
    rest = iter(changed)
    assert all(character in rest for character in text)
