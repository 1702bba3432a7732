"""Parameters of query files: read by their type, bound as terms, never a part of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from asking import QUESTIONS, solutions
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QuestionError
from graph.parameters import Binding, Parameter, shown
from graph.questions import read_question
from graph.request_errors import ParameterRefused
from graph.terms import COO, PREFIXES, XSD
from service.binding import refuse_strangers, without

if TYPE_CHECKING:
    from pathlib import Path

OPEN = [name for name, question in QUESTIONS.items() if question.parameters]
DEFAULTS = {"date": "2018-04-19", "integer": "2", "decimal": "0.5", "string": "x", "language": "en"}
TYPES = {**DEFAULTS, "coo:State": "actor:chn"}


def parameter(kind: str) -> Parameter:
    """Return a parameter of a type."""
    return Parameter(name="it", type=kind, default=TYPES[kind], meaning="what it is")


def test_enough_questions_have_parameters() -> None:
    """At least a dozen do, and each type is used."""
    assert len(OPEN) >= 12
    used = {each.type for name in OPEN for each in QUESTIONS[name].parameters}
    assert {*DEFAULTS, "coo:State"} <= used


@pytest.mark.parametrize("name", OPEN)
def test_the_default_bound_gives_the_stored_answer(name: str, store: ox.Store) -> None:
    """A question asked with its defaults bound gives the same rows, in the same columns, as its text."""
    question = QUESTIONS[name]
    bound = {ox.Variable(each.name): each.default_term() for each in question.parameters}
    assert not [each for each in question.parameters if each.written() in question.open_text]
    asked = store.query(question.open_text, substitutions=bound)  # type: ignore[arg-type]  # a dict of terms
    rows = without(asked, question.added)
    assert isinstance(rows, ox.QuerySolutions)
    form = ox.QueryResultsFormat.TSV
    assert rows.serialize(format=form) == solutions(store, name).serialize(format=form)


@pytest.mark.parametrize("name", QUESTIONS)
def test_columns_are_those_of_the_engine(name: str, store: ox.Store) -> None:
    """What an example tells of its columns is what it answers."""
    assert list(QUESTIONS[name].columns) == [each.value for each in solutions(store, name).variables]


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("date", "1999-12-31", ox.Literal("1999-12-31", datatype=ox.NamedNode(XSD + "date"))),
        ("integer", "-7", ox.Literal("-7", datatype=ox.NamedNode(XSD + "integer"))),
        ("decimal", "0.95", ox.Literal("0.95", datatype=ox.NamedNode(XSD + "decimal"))),
        ("string", 'a "quoted" } text', ox.Literal('a "quoted" } text')),
        ("language", "zh-Hans", ox.Literal("zh-hans")),
        ("coo:State", "actor:fra", ox.NamedNode(PREFIXES["actor"] + "fra")),
        ("coo:State", "http://e.test/a:b", ox.NamedNode("http://e.test/a:b")),
    ],
)
def test_a_value_is_read_by_its_type(kind: str, value: str, term: ox.NamedNode | ox.Literal) -> None:
    """Each type has its terms; an IRI may have a prefix of the dataset."""
    assert parameter(kind).term(value) == term


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("date", value) for value in ("", "2018", "2018-02-30", "2018-4-19", "19.4.2018", "\uff12018-04-19")),
        *(("integer", value) for value in ("", "1.0", "x", "9" * 19, "\u0661")),
        *(("decimal", value) for value in ("", ".", "1e3", "1,5", "NaN")),
        *(("string", value) for value in ("", "\0", "a\nb", "x" * 1001)),
        *(("language", value) for value in ("", "english!", "en_GB", "-")),
        *(("coo:State", value) for value in ("", "chn", "a b", "http://e.test/>", "actor:chn . ?s ?p ?o")),
    ],
)
def test_a_wrong_value_is_refused(kind: str, value: str) -> None:
    """The error names the parameter and says what was expected, with an example."""
    with pytest.raises(ParameterRefused, match="it takes") as caught:
        parameter(kind).term(value)
    assert caught.value.parameter == "it"
    assert TYPES[kind] in caught.value.expected


@given(st.sampled_from(sorted(TYPES)), st.text(max_size=40))
def test_any_text_is_one_term_or_an_error(kind: str, value: str) -> None:
    """Whatever is sent becomes one term, which is shown as what gives the same term again, or is refused."""
    try:
        term = parameter(kind).term(value)
    except ParameterRefused:
        return
    assert parameter(kind).term(shown(term)) == term


def test_a_thing_of_another_class_is_refused() -> None:
    """A value must be a thing of its class in the version asked: a slip would give no rows and no error."""
    store = ox.Store()
    chn = ox.NamedNode(PREFIXES["actor"] + "chn")
    rdf_type = ox.NamedNode(PREFIXES["rdf"] + "type")
    store.add(ox.Quad(chn, rdf_type, ox.NamedNode(COO + "State")))
    refuse_strangers(store, [Binding(parameter=parameter("coo:State"), term=chn)])
    esa = ox.NamedNode(PREFIXES["actor"] + "esa")
    with pytest.raises(ParameterRefused, match="actor:esa"):
        refuse_strangers(store, [Binding(parameter=parameter("coo:State"), term=esa)])


@pytest.mark.parametrize(
    ("header", "values", "said"),
    [
        ("day date 2018-04-19", 'VALUES ?day { "2018-04-19"^^xsd:date }', "write `#"),
        ('day date yesterday "when"', "", "the default"),
        ('day moment 2018 "when"', "", "neither a class"),
        ('day date 2018-04-19 "when"', 'VALUES ?day { "2018-04-20"^^xsd:date }', "gives .day its default once"),
    ],
    ids=["no meaning", "bad default", "bad type", "two defaults"],
)
def test_a_bad_declaration_is_told(tmp_path: Path, header: str, values: str, said: str) -> None:
    """A file whose header and text do not go together is an error with the file's name and what to write."""
    path = tmp_path / "q.rq"
    path.write_text(f"#+ question: Q?\n#+ answers: ?a: a\n#+ param: {header}\nSELECT ?a\nWHERE {{\n  {values}\n}}\n")
    with pytest.raises(QuestionError, match=said):
        read_question(path)
