"""The evaluation of one query: which of the dataset's prefixes a text may use without a PREFIX line."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from graph.terms import PREFIXES
from service.evaluation import answer
from service.jobs import Job


def value(expression: str) -> str:
    """Return the value of an expression."""
    job = Job(store="", query=f"SELECT ?v {{ BIND({expression} AS ?v) }}", solutions="json", graphs="turtle")
    (row,) = json.loads(answer(ox.Store(), job).body)["results"]["bindings"]
    return str(row["v"]["value"])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_prefix_of_the_dataset_is_known(prefix: str) -> None:
    """Only the prefixes that a text may use are told to the engine; none that it uses is missing."""
    assert value(f"{prefix}:x") == PREFIXES[prefix] + "x"


@pytest.mark.parametrize("expression", ["IF(true,coo:x,1)", "IF(1=1,coo:x,xsd:y)"])
def test_a_prefix_is_known_wherever_it_stands(expression: str) -> None:
    """Glued to a sign, it is the same prefix."""
    assert value(expression) == PREFIXES["coo"] + "x"


def test_a_prefix_glued_to_a_number_is_known() -> None:
    """A number ends where a name begins (SPARQL 1.1, 19.8: the longest token)."""
    job = Job(store="", query="SELECT ?v { VALUES ?v { 1coo:x 100000coo:y } }", solutions="csv", graphs="turtle")
    assert answer(ox.Store(), job).body.decode().split() == [
        "v",
        "1",
        PREFIXES["coo"] + "x",
        "100000",
        PREFIXES["coo"] + "y",
    ]
