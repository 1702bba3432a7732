"""Reading a query's own tokens: outside calls and syntax errors."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QueryRefused, QuerySyntaxError, QueryUnsupported
from graph.terms import PREFIXES
from service.queries import check, syntax_error, tokens


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT ?x WHERE { SERVICE <http://e.test/> { ?x ?y ?z } }", id="plain"),
        pytest.param("ASK { service silent ?where { ?x ?y ?z } }", id="small letters, variable"),
        pytest.param("ASK { { SELECT ?x { SERVICE <http://e.test/> { ?x ?y ?z } } } }", id="subquery"),
        pytest.param("ASK { # <\nSERVICE <http://e.test/> { ?x ?y ?z } }", id="after a comment with a bracket"),
        pytest.param('ASK { ?x ?y "\\"" . SERVICE<http://e.test/>{?x ?y ?z} }', id="after an escaped quote"),
        pytest.param("ASK { \\u0053ERVICE <http://e.test/> { ?x ?y ?z } }", id="escaped letter"),
        pytest.param("ASK { ?x ?y '''it's''' . SERVICE <http://e.test/> {} }", id="after a long string"),
        pytest.param(
            "PREFIX c: <http://e.test/> ASK { ?x ?y c:.SERVICE <http://e.test/> {} }", id="after name and dot"
        ),
        pytest.param("ASK { ?x ?y trueSERVICE <http://e.test/> {} }", id="glued to a literal"),
        pytest.param(r"ASK { <http://e.test/\u0062#> ?y ?x SERVICE <http://e.test/> {} }", id="after an escaped IRI"),
    ],
)
def test_outside_calls_are_refused(query: str) -> None:
    """SERVICE is found wherever it is a keyword."""
    with pytest.raises(QueryRefused, match="SERVICE"):
        check(query)


TERMS = ["c:", "c:x", "true", "1", "1.5", "1e5", "'s'", "'s'@en", '"s"^^c:d', "<http://e.test/x#>", "c:%20", r"c:x\-"]
GLUE = st.lists(
    st.sampled_from(
        [*TERMS, ".", " ", ";", ",", "#x\n", "{}", "?x", "$x", "\u00b7", "-", "_:b", r"<http://e.test/\u0062#>"]
    ),
    max_size=3,
).map("".join)


@pytest.fixture(scope="module")
def terms_store() -> ox.Store:
    """A store in which each of the terms is the object of a triple, so that a query gets as far as its SERVICE."""
    store = ox.Store()
    store.update(f"PREFIX c: <http://e.test/> INSERT DATA {{ c:s c:p {', '.join(TERMS)} }}")
    return store


@given(GLUE, st.sampled_from(["SERVICE", "service", r"\u0053ERVICE"]))
def test_no_text_makes_the_engine_call(terms_store: ox.Store, before: str, word: str) -> None:
    """Whatever stands before SERVICE, a query that passes the check makes the engine open no connection."""
    query = f"PREFIX c: <http://e.test/> ASK {{ ?s ?p {before}{word}<http://127.0.0.1:1/> {{ ?q ?w ?e }} }}"
    with contextlib.suppress(QueryRefused):
        check(query)
        with contextlib.suppress(SyntaxError):
            terms_store.query(query)


def test_the_engine_would_call(terms_store: ox.Store) -> None:
    """The test above can fail: without the check a call is tried, and the closed port is an error."""
    with pytest.raises((OSError, RuntimeError)):
        terms_store.query("PREFIX c: <http://e.test/> ASK { ?s ?p c:.SERVICE<http://127.0.0.1:1/> { ?q ?w ?e } }")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://e.test/a> FROM <http://e.test/b> WHERE { ?s ?p ?o }",
        "ASK FROM <http://e.test/a> FROM NAMED <http://e.test/b> FROM <http://e.test/c> { ?s ?p ?o }",
    ],
)
def test_several_default_graphs_are_refused(query: str) -> None:
    """The engine would count a triple once for each FROM that holds it."""
    with pytest.raises(QueryUnsupported, match="GRAPH"):
        check(query)


def test_one_default_graph_and_any_named_ones_are_read() -> None:
    """One FROM needs no merge, nor do named graphs."""
    check("SELECT * FROM <http://e.test/a> FROM NAMED <http://e.test/b> FROM NAMED <http://e.test/c> { ?s ?p ?o }")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("ASK { ?service ?y ?z }", id="variable"),
        pytest.param('ASK { ?x ?y "SERVICE <http://e.test/>" }', id="string"),
        pytest.param("ASK { <http://e.test/SERVICE> ?y ?z }", id="IRI"),
        pytest.param("PREFIX service: <http://e.test/> ASK { service:SERVICE ?y ?z }", id="prefixed name"),
        pytest.param("# SERVICE\nASK { ?x ?y ?z }", id="comment"),
        pytest.param("ASK { ?x ?y 'long\\nSERVICE' }", id="escaped line end"),
    ],
)
def test_the_word_alone_is_no_call(query: str) -> None:
    """SERVICE inside names, strings and comments is let through."""
    ox.Store().query(query)
    check(query)


@given(st.text(max_size=300))
def test_tokens_cover_any_text(text: str) -> None:
    """Every character that is not white space or comment stands in a token, in order and at its place."""
    lines = text.split("\n")
    for token in tokens(text):
        start = lines[token.line - 1][token.column - 1 :]
        assert token.text.split("\n")[0] == start[: len(token.text.split("\n")[0])]


@pytest.mark.parametrize(
    ("query", "line", "column", "token"),
    [
        pytest.param("SELEC ?x { ?x ?y ?z }", 1, 10, "{", id="misspelt keyword"),
        pytest.param("ASK {\n  ?x ?y }", 2, 10, "}", id="missing object"),
        pytest.param("ASK { ?x ?y ?z", 1, 15, "?z", id="unclosed"),
        pytest.param("ASK {\n ?x nope:y ?z }", 2, 5, "nope:y", id="undeclared prefix"),
    ],
)
def test_a_syntax_error_names_place_and_token(query: str, line: int, column: int, token: str) -> None:
    """Line and column count from 1; the place is the engine's, but for a prefix, and the token is the nearest."""
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query, prefixes=PREFIXES)
    error = syntax_error(query, str(caught.value))
    assert isinstance(error, QuerySyntaxError)
    assert (error.line, error.column, error.token) == (line, column, token)
    assert error.expected


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_engine_message_gives_an_error(query: str, message: str) -> None:
    """Whatever the engine says of whatever text, there is one clear error."""
    assert str(syntax_error(query, message)) == message or str(syntax_error(query, message)).startswith("line")
