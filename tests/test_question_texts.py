"""How the competency questions are written: header, tags, style, prefixes, existing terms and a total order."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from asking import QUESTIONS, solutions

from graph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from graph.questions import Question

_KEYWORDS: Final = re.compile(
    r"(?<![?:\w-])(?:prefix|base|select|distinct|where|filter|optional|union|values|bind|as|exists|minus|group|order|by"
    r"|desc|asc|having|limit|offset|count|sum|min|max|avg|str|lang|datatype|bound|coalesce|not|in)(?![\w:-])"
)
_UNWANTED: Final = {
    "SELECT *": r"SELECT\s+(?:DISTINCT\s+)?\*",
    "GRAPH": r"\bGRAPH\b",
    "SERVICE": r"\bSERVICE\b",
    "FROM": r"\bFROM\b",
    "NOW()": r"\bNOW\b",
    "a tab or trailing space": r"\t|[ ]\n",
}


def body(question: Question) -> str:
    """Return the query without comments and with empty strings."""
    code = "\n".join(line for line in question.text.splitlines() if not line.startswith("#"))
    return re.sub(r'"[^"\n]*"', '""', code) + "\n"


@pytest.mark.parametrize("name", QUESTIONS)
def test_header_describes_the_columns(name: str, store: ox.Store) -> None:
    """The header asks a question, explains every column, and tags it `report` or `wider`."""
    question = QUESTIONS[name]
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name), "the file name is kebab-case, without numbers"
    assert question.question.endswith("?")
    columns = {variable.value for variable in solutions(store, name).variables}
    assert set(re.findall(r"\?(\w+)", question.answers)) == columns
    assert len({"report", "wider"} & set(question.tags)) == 1


def test_report_questions_are_all_there() -> None:
    """The report alone answers at least the 33 questions of the design."""
    assert sum("report" in question.tags for question in QUESTIONS.values()) >= 33


def test_enough_questions_look_beyond_the_report() -> None:
    """There are at least 62 questions, and at least ten of them answer from other sources than the report."""
    assert len(QUESTIONS) >= 62
    assert sum("wider" in question.tags for question in QUESTIONS.values()) >= 10


def test_no_two_questions_are_the_same() -> None:
    """Each question is asked once."""
    counts = Counter(question.question for question in QUESTIONS.values())
    assert [question for question, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_house_style(name: str) -> None:
    """A query is standard and tidy: no SELECT *, GRAPH, SERVICE, FROM or NOW(), upper-case keywords, an ORDER BY."""
    text = body(QUESTIONS[name])
    assert [what for what, pattern in _UNWANTED.items() if re.search(pattern, text)] == []
    assert _KEYWORDS.findall(text) == [], "keywords are upper-case"
    assert "ORDER BY" in text, "a SELECT that can give more than one row has an ORDER BY"
    assert re.findall(r"\?[a-zA-Z]{1,2}\b|\?\w*[\d_]\w*", text) == [], "variables are words"


@pytest.mark.parametrize("name", QUESTIONS)
def test_prefixes(name: str) -> None:
    """A query declares the prefixes that it uses, no others, and means by them what the project means."""
    text = body(QUESTIONS[name])
    declared = dict(re.findall(r"PREFIX (\w+): <([^>]*)>", text))
    used = set(re.findall(r"(?<![\w<:])(\w+):(?=\w)", re.sub(r"PREFIX .*\n|<[^>]*>", "", text)))
    assert set(declared) == used
    assert declared == {prefix: PREFIXES[prefix] for prefix in used}


@pytest.mark.parametrize("name", QUESTIONS)
def test_terms_exist(name: str, store: ox.Store) -> None:
    """A query names only things of ours that the graph describes: a slip in a name would give no rows and no error."""
    names = re.findall(r"(?<![\w<:])(\w+):([\w-]+)", re.sub(r"PREFIX .*\n|<[^>]*>", "", body(QUESTIONS[name])))
    terms = {PREFIXES[prefix] + local for prefix, local in names if PREFIXES[prefix].startswith(BASE)}
    unknown = [term for term in terms if not any(store.quads_for_pattern(ox.NamedNode(term), None, None))]
    assert unknown == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_order_is_total(name: str, store: ox.Store) -> None:
    """No two rows are equal in all that ORDER BY looks at, so that every engine gives the same order."""
    variables = re.findall(r"\?(\w+)", body(QUESTIONS[name]).rsplit("ORDER BY", maxsplit=1)[1])
    keys = Counter(tuple(str(solution[variable]) for variable in variables) for solution in solutions(store, name))
    assert [key for key, count in keys.items() if count > 1] == []
