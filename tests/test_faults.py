"""Syntax errors: the place, the token, and what was meant."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.terms import PREFIXES
from service.queries import syntax_error

if TYPE_CHECKING:
    from graph.query_errors import QuerySyntaxError


def fault(text: str, *, kind: Literal["query", "update"] = "query") -> QuerySyntaxError:
    """Return the error of a text that the engine refuses."""
    store = ox.Store()
    with pytest.raises(SyntaxError) as caught:
        store.query(text, prefixes=PREFIXES) if kind == "query" else store.update(text, prefixes=PREFIXES)
    return syntax_error(text, str(caught.value), kind=kind)


@pytest.mark.parametrize(
    ("query", "line", "column", "token", "says"),
    [
        pytest.param("SELCT ?s WHERE {}", 1, 1, "SELCT", "did you mean SELECT?", id="SELCT"),
        pytest.param("SELECT ?s WERE { ?s ?p ?o }", 1, 11, "WERE", "did you mean WHERE?", id="WERE"),
        pytest.param(
            "ASK {\n ?s ?p ?o\n OPTINAL { ?s ?p 1 } }", 3, 2, "OPTINAL", "did you mean OPTIONAL?", id="OPTINAL"
        ),
        pytest.param("ASK { ?s ?p ?o FILTR(?o > 1) }", 1, 16, "FILTR", "did you mean FILTER?", id="FILTR"),
        pytest.param("ASK { ?s ?p ?o FILTER(STRLN(?o) < 2) }", 1, 23, "STRLN", "did you mean STRLEN?", id="function"),
        pytest.param("ASK { FILTER NOT EXIST {} }", 1, 18, "EXIST", "did you mean EXISTS?", id="EXIST"),
        pytest.param("SELECT * { ?s ?p ?o } ODER BY ?s", 1, 23, "ODER", "did you mean ORDER?", id="ODER"),
        pytest.param("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "?s", "expected BY", id="no BY"),
        pytest.param("SELECT * { ?s ?p ?o } LIMIT ten", 1, 29, "ten", "expected a number", id="LIMIT ten"),
        pytest.param("SELECT s WHERE { ?s ?p ?o }", 1, 8, "s", "did you mean `?s`?", id="no question mark"),
        pytest.param("ASK { ?s a Satellite }", 1, 12, "Satellite", "as in `coo:Satellite`", id="no prefix"),
        pytest.param("PREFIX e <urn:e> ASK {}", 1, 8, "e", "did you mean `e:`?", id="PREFIX without colon"),
        pytest.param("ASK { ?s cop:kind ?o }", 1, 10, "cop:kind", "did you mean `coop:`?", id="prefix of the dataset"),
        pytest.param("PREFIX sat: <urn:> ASK { ?s sta:x 1 }", 1, 29, "sta:x", "did you mean `sat:`?", id="own prefix"),
        pytest.param("ASK {\n ?x qqqqq:y ?z }", 2, 5, "qqqqq:y", "add a PREFIX line", id="prefix like no other"),
        pytest.param("ASK {\n  ?x ?y }", 2, 9, "}", "expected a blank node", id="no object"),
        pytest.param("ASK { ?x ?y ?z ?a ?b ?c }", 1, 16, "?a", "is missing behind `?z`", id="no dot"),
        pytest.param("ASK { ?x ?y ?z", 1, 5, "{", "never closed", id="open brace"),
        pytest.param(
            "ASK { { ?x ?y ?z } OPTIONAL { ?x ?y 1 }", 1, 5, "{", "never closed", id="open brace, others closed"
        ),
        pytest.param("ASK { FILTER(?z > (1 + 2) }", 1, 27, "}", "`(` of line 1, column 13", id="open parenthesis"),
        pytest.param("ASK { ?x ?y [ ?a ?b }", 1, 21, "}", "`[` of line 1, column 13", id="open bracket"),
        pytest.param("ASK { ?x ?y ?z } }", 1, 18, "}", "closes nothing", id="brace too many"),
        pytest.param("ASK { ?x ?y ?z ) }", 1, 16, ")", "closes nothing", id="parenthesis too many"),
        pytest.param('ASK { ?x ?y "abc }', 1, 13, '"', "not closed on its line", id="open string"),
        pytest.param("ASK { ?x ?y '''abc\n }", 1, 13, "'''", "''' is missing", id="open long string"),
        pytest.param("ASK { ?x ?y 'it's' }", 1, 17, "s", "a quote inside a string", id="quote in a string"),
        pytest.param(r'ASK { ?x ?y ?z FILTER REGEX(?z, "\d+") }', 1, 34, r"\d", r"write two: `\\d`", id="escape"),
        pytest.param(
            "ASK { ?x ?y <http://e.test/a b> }", 1, 13, "<http://e.test/a b>", "a space", id="space in an IRI"
        ),
        pytest.param("ASK { ?x ?y <foo> }", 1, 13, "<foo>", "there is no BASE", id="relative IRI"),
        pytest.param("ASK { ?x ?y <http://h:x/> }", 1, 13, "<http://h:x/>", "no valid IRI", id="bad IRI"),
        pytest.param("ASK {} ASK {}", 1, 8, "ASK", "one query at a time", id="two queries"),
        pytest.param("ASK {} ; SELECT * {}", 1, 8, ";", "one query at a time", id="two queries, semicolon"),
        pytest.param("INSERT DATA {}", 1, 1, "INSERT", "this is an update", id="update"),
        pytest.param("SELECT ?x", 1, 10, "", "ends too early: expected a variable", id="no pattern"),
        pytest.param("", 1, 1, "", "expected ASK", id="empty"),
        pytest.param("SELECT (?x + 1 ?y) {}", 1, 16, "?y", "AS", id="no AS"),
        pytest.param("SELECT ?x ?x {}", 1, 16, "", "Duplicated variable name", id="variable twice"),
        pytest.param("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 34, "", "not authorized with GROUP BY", id="star"),
        pytest.param("ASK { ?x ?y ?z BIND(2 AS ?z) }", 1, 30, "}", "BIND is overriding", id="bound twice"),
        pytest.param("ASK { VALUES (?x ?y) { (1) } }", 1, 28, "}", "same number of values", id="row too short"),
        pytest.param("ASK { { _:a ?p 1 } { _:a ?p 2 } }", 1, 22, "_:a", "another group", id="blank node twice"),
        pytest.param(
            "ASK { ?s ?p ?o FILTER(?o < 3 && fo(?s)) }", 1, 33, "fo", "`fo` is no keyword", id="behind less than"
        ),
        pytest.param(
            "SELECT ?a\n  ?b (COUNT(*) AS ?n) { ?a ?b ?c } GROUP BY ?a", 2, 3, "?b", "add it to GROUP BY", id="no group"
        ),
        pytest.param(
            "SELECT (STR(?b) AS ?t) (MAX(?c) AS ?n) { ?a ?b ?c }", 1, 13, "?b", "GROUP BY ?b", id="no GROUP BY"
        ),
        pytest.param("SELECT ?a { ?a ?b ?c } GROUP BY STR(?a)", 1, 8, "?a", "by AS there", id="group without a name"),
        pytest.param(
            "SELECT (COUNT(?c) AS ?n) (?n AS ?m) { ?a ?b ?c }", 1, 27, "?n", "its expression again", id="made here"
        ),
        pytest.param(
            "SELECT * { { SELECT ?a (1 AS ?n) { ?a ?b ?c } GROUP BY ?b } }",
            1,
            21,
            "?a",
            "SAMPLE(?a)",
            id="group within",
        ),
    ],
)
def test_a_fault_is_found_and_explained(query: str, line: int, column: int, token: str, says: str) -> None:
    """Line and column count from 1 and name the token that does not fit; the sentence says what to do."""
    error = fault(query)
    assert (error.line, error.column, error.token) == (line, column, token)
    assert says in str(error)
    assert str(error).startswith(f"line {line}, column {column}")


@pytest.mark.parametrize(
    ("update", "line", "column", "token", "says"),
    [
        pytest.param("INSRT DATA {}", 1, 1, "INSRT", "did you mean INSERT?", id="INSRT"),
        pytest.param("INSERT DATA { ?x <urn:p> 1 }", 1, 28, "}", "Variables are not allowed", id="variable in data"),
        pytest.param("DELETE { ?s ?p 1 } { ?s ?p 1 }", 1, 20, "{", "WHERE", id="no WHERE"),
        pytest.param("CLEAR EVERYTHING", 1, 7, "EVERYTHING", "expected ALL", id="CLEAR"),
        pytest.param("ASK {}", 1, 1, "ASK", "this is a query", id="query"),
        pytest.param("INSERT DATA {\n <urn:s> <urn:p> 1 ;", 1, 13, "{", "never closed", id="open brace"),
    ],
)
def test_a_fault_in_an_update_is_found(update: str, line: int, column: int, token: str, says: str) -> None:
    """Updates are read by their own grammar."""
    error = fault(update, kind="update")
    assert (error.line, error.column, error.token) == (line, column, token)
    assert says in str(error)


def test_what_fits_is_listed() -> None:
    """What the grammar allows comes in words: kinds of terms, then signs, then keywords."""
    expected = fault("ASK { ?x ?y ?z ?a }").expected
    assert expected[:5] == (",", ".", ";", "{", "}")
    assert "OPTIONAL" in expected
    assert fault("ASK { ?x ?y }").expected[0] == "a blank node"
    assert fault("SELCT * {}").expected == ("SELECT",)


PIECES = [
    "SELECT",
    "ASK",
    "?x",
    "{",
    "}",
    "(",
    ")",
    "FILTER",
    "<",
    "<urn:a>",
    "<<(",
    "'",
    '"""',
    "'a'",
    "c:x",
    "coo:x",
    ".",
]
PIECES += [
    ";",
    "WHERE",
    "SERVICE",
    "<http://127.0.0.1:1/>",
    "foo",
    "1",
    "\\",
    "#",
    "\n",
    "INSERT",
    "DATA",
    "LOAD",
    "_:a",
    "[",
    "]",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["query", "update"]))
def test_any_text_gives_an_error_with_a_place(pieces: list[str], kind: Literal["query", "update"]) -> None:
    """The place lies in the text, and the token stands there."""
    text = " ".join(pieces)
    error = syntax_error(text, "error at 1:1: expected ASK", kind=kind)
    assert error.line is not None
    assert error.column is not None
    line = text.split("\n")[error.line - 1]
    assert (error.token or "").split("\n")[0] == line[error.column - 1 :][: len((error.token or "").split("\n")[0])]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_engine_message_gives_an_error(query: str, message: str) -> None:
    """Whatever the engine says of whatever text, there is one clear error."""
    assert str(syntax_error(query, message)) == message or str(syntax_error(query, message)).startswith("line")


def test_a_long_text_is_not_studied_at_length() -> None:
    """A text of a megabyte gets the engine's own place, at once."""
    text = "ASK { " + "?s ?p ?o . " * 100_000 + " OPTINAL }"
    started = time.perf_counter()
    error = syntax_error(text, f"error at 1:{len(text) - 8}: expected OPTIONAL")
    assert time.perf_counter() - started < 1
    assert str(error.token).startswith("OPTINAL")
