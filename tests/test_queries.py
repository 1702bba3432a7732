"""What a query says of itself: its form, its dataset clauses, and whether its answer changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.terms import PREFIXES
from service.queries import read, tokens


def test_the_base_of_the_request_counts() -> None:
    """Relative names are read against the base that the engine is given, unless the text has its own."""
    query = "ASK FROM <g> { SERVICE <s> {} }"
    reading = read(query, base="http://e.test/a")
    assert (reading.default_graphs, reading.services) == (("http://e.test/g",), ("http://e.test/s",))
    assert read(f"BASE <urn:x:> {query}", base="http://e.test/a").services == ("urn:s",)


@pytest.mark.parametrize(
    ("query", "default_graphs", "named_graphs"),
    [
        pytest.param("ASK { ?s ?p ?o }", (), (), id="none"),
        pytest.param(
            "ASK FROM <http://e.test/a> FROM actor:b { ?s ?p 1 }",
            ("http://e.test/a", PREFIXES["actor"] + "b"),
            (),
            id="two",
        ),
        pytest.param("PREFIX e: <http://e.test/> ASK FROM NAMED e:a { ?s ?p 1 }", (), ("http://e.test/a",), id="named"),
        pytest.param("ASK { ?s ?p 'FROM <http://e.test/a>' }", (), (), id="in a string"),
        pytest.param("ASK FROM<http://e.test/a>FROMNAMED<urn:b>{}", ("http://e.test/a",), ("urn:b",), id="glued"),
        pytest.param("PREFIX e: <urn:> ASKFROMe:a{}", ("urn:a",), (), id="glued to a prefix"),
        pytest.param("PREFIX from: <urn:> ASK FROM from:a FROM NAMED from:b {}", ("urn:a",), ("urn:b",), id="prefix"),
        pytest.param("CONSTRUCT { ?s ?p ?o } FROM <urn:a> WHERE { ?s ?p ?o }", ("urn:a",), (), id="behind a template"),
        pytest.param("SELECT (EXISTS { ?a ?b ?c } AS ?x) FROM <urn:a> {}", ("urn:a",), (), id="behind an expression"),
        pytest.param("BASE <http://e.test/a/> ASK FROM <b> {}", ("http://e.test/a/b",), (), id="relative"),
        pytest.param("ASK FROM nope:a {}", (), (), id="unknown prefix"),
    ],
)
def test_dataset_clauses_are_read(query: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]) -> None:
    """FROM and FROM NAMED are read from the query's own tokens, names resolved."""
    reading = read(query)
    assert (reading.default_graphs, reading.named_graphs) == (default_graphs, named_graphs)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        pytest.param("SELECT * {}", "SELECT", id="select"),
        pytest.param("# ASK\n prefix select: <urn:ask> ASK{}", "ASK", id="behind comment and prefix"),
        pytest.param("BASE <urn:x>VERSION'1.2'construct{}where{}", "CONSTRUCT", id="glued"),
        pytest.param("DESCRIBE <urn:x>", "DESCRIBE", id="describe"),
        pytest.param("INSERT DATA {}", "UPDATE", id="update"),
        pytest.param("PREFIX e: <urn:e> CLEAR ALL", "UPDATE", id="operation"),
        pytest.param(r"\u0053ELECT * {}", "SELECT", id="escaped"),
        pytest.param("SELCT * {}", "", id="misspelt"),
        pytest.param("", "", id="empty"),
    ],
)
def test_the_form_is_read(query: str, form: str) -> None:
    """The form is the keyword behind the prologue."""
    assert read(query).form == form


@pytest.mark.parametrize("call", ["NOW()", "RAND ()", "uuid()", "STRUUID()", "BNODE('x')"])
def test_answers_that_change_are_known(call: str) -> None:
    """A function whose value is new each time makes a query volatile; its name elsewhere does not."""
    assert read(f"SELECT ({call} AS ?x) {{}}").volatile
    assert not read(f"SELECT ?now {{ ?rand <urn:uuid> '{call[:4]}()' }} # BNODE()").volatile
    assert read("ASK { SERVICE <urn:x> {} }").volatile


@given(st.text(max_size=300))
def test_tokens_cover_any_text(text: str) -> None:
    """Every character that is not white space or comment stands in a token, in order and at its place."""
    lines = text.split("\n")
    for token in tokens(text):
        start = lines[token.line - 1][token.column - 1 :]
        assert token.text.split("\n")[0] == start[: len(token.text.split("\n")[0])]
