"""Reading a query's own tokens: outside calls and syntax errors."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QueryRefused, QuerySyntaxError
from graph.terms import PREFIXES
from service.queries import refuse_outside_calls, syntax_error, tokens


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
    ],
)
def test_outside_calls_are_refused(query: str) -> None:
    """SERVICE is found wherever it is a keyword."""
    with pytest.raises(QueryRefused, match="SERVICE"):
        refuse_outside_calls(query)


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
    refuse_outside_calls(query)


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
