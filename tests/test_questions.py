"""The competency questions: each gives its stored answer, and the same rows on two engines.

They are the requirements of the graph; what their answers must say is held by tests/test_key_answers.py, how they are
written by tests/test_question_texts.py. Run as a script, this file rewrites the stored answers.

The stored answers are those of the service's engine on the whole graph. The second engine, rdflib, is some hundred
times slower, so that both are compared on one cut of the graph, the same for all questions: everything but the bulk of
the catalogue of payloads, of which every n-th payload stays with its launch, its rows and its owners, and what other
files name. The rules derive from the cut as they do from the whole. A question that has rows on the whole graph must
have some on the cut, so that the comparison is never one of nothing with nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox
import pytest
import rdflib
from asking import QUESTIONS, column, solutions
from sharing import spared

from graph.build import read_dataset
from graph.rules import derive, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import COO, DERIVED_GRAPH, GRAPHS, PREFIXES, RDF, XSD
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.build import Dataset

Cell: TypeAlias = tuple[str, ...] | None
Row: TypeAlias = tuple[Cell, ...]

ANSWERS: Final = Path(__file__).parent / "fixtures" / "answers"
PLANTED: Final = Path(__file__).parent / "fixtures" / "questions"
REPAIR: Final = "python tests/test_questions.py"

CATALOGUE: Final = GRAPHS + "catalogue/gcat-cooperation"
EVERY: Final = 25
"""One payload of the catalogue in so many stays in the cut graph."""

_SINGLE_LINE: Final = r" *VALUES \?({}) {{ (\S+) }}\n"
_SINGLE: Final = re.compile(_SINGLE_LINE.format(r"\w+"))
_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))


def _cut(quads: Sequence[ox.Quad]) -> set[ox.Triple]:
    """Return the merged graph with one payload of the catalogue in `EVERY`, closed under references, and its rules."""
    published = [quad for quad in quads if graph_iri(quad) != DERIVED_GRAPH]
    about: defaultdict[object, set[ox.Triple]] = defaultdict(set)
    for quad in published:
        if graph_iri(quad) == CATALOGUE:
            about[quad.subject].add(quad.triple)
    kept = merged([quad for quad in published if graph_iri(quad) != CATALOGUE])
    named = {term for triple in kept for term in (triple.subject, triple.object)}
    flown = {ox.NamedNode(COO + name) for name in ("Satellite", "SpaceProbe")}
    payloads = sorted((s for s, known in about.items() if any(t.object in flown for t in known)), key=str)
    dropped = set(payloads) - set(payloads[::EVERY]) - named
    launched = ox.NamedNode(COO + "launchedObject")
    flights = {
        t.subject for known in about.values() for t in known if t.predicate == launched and t.object not in dropped
    }
    waiting = [*(set(payloads) - dropped), *flights, *(about.keys() & named)]
    done: set[object] = set()
    while waiting:
        subject = waiting.pop()
        if subject not in done:
            done.add(subject)
            new = {triple for triple in about[subject] if triple.object not in dropped}
            kept |= new
            waiting += [triple.object for triple in new if triple.object in about]
    return kept | derive(in_memory(kept), packaged_rules())


def _answer(store: ox.Store, name: str) -> str:
    table = solutions(store, name).serialize(format=ox.QueryResultsFormat.TSV)
    assert table is not None
    return table.decode()


@pytest.fixture(scope="session")
def cut(dataset: Dataset) -> set[ox.Triple]:
    """The merged graph without the bulk of the catalogue."""
    return spared(_cut(dataset.quads))


@pytest.fixture(scope="session")
def cut_store(cut: set[ox.Triple]) -> ox.Store:
    """The cut graph in the engine of the service."""
    return in_memory(cut)


@pytest.fixture(scope="session")
def rdflib_graph(cut: set[ox.Triple]) -> rdflib.Graph:
    """The cut graph in a second engine."""
    lines = ox.serialize(cut, format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    return spared(rdflib.Graph().parse(data=lines, format="nt"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_stored_answer(name: str, store: ox.Store) -> None:
    """A question gives its stored answer, row for row."""
    path = ANSWERS / f"{name}.tsv"
    stored = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert _answer(store, name) == stored, f"{name}: if the new answer is right, run `{REPAIR}` and review the diff"


@pytest.mark.parametrize("name", QUESTIONS)
def test_cut_is_not_empty(name: str, store: ox.Store, cut_store: ox.Store) -> None:
    """A question with rows on the whole graph has rows on the cut one, or the engines would be compared on nothing."""
    assert (next(solutions(cut_store, name), None) is None) == (next(solutions(store, name), None) is None)


@pytest.mark.parametrize("name", QUESTIONS)
def test_same_rows_on_second_engine(name: str, cut_store: ox.Store, rdflib_graph: rdflib.Graph) -> None:
    """A question gives the same rows in the same order on another engine: it uses standard SPARQL only."""
    asked = solutions(cut_store, name)
    expected = [tuple(_engine_cell(term) for term in solution) for solution in asked]
    result = rdflib_graph.query(_in_place(QUESTIONS[name].text))
    assert [str(variable) for variable in result.vars or []] == [variable.value for variable in asked.variables]
    rows = [tuple(_rdflib_cell(term) for term in row) for row in result if isinstance(row, tuple)]
    assert rows == expected


def _in_place(text: str) -> str:
    """Return a query with each single value of a VALUES where its variable stands.

    rdflib 7.6 joins such a VALUES last: one question took 20 GB, another minutes, of what are seconds without it.
    """
    for name, value in _SINGLE.findall(text):
        if not re.search(rf"(SELECT|GROUP BY) [^{{}}]*\?{name}\b", text):
            without = re.sub(_SINGLE_LINE.format(name), "", text)
            text = re.sub(rf"\?{name}\b", value.replace("\\", r"\\"), without)
    return text


def _engine_cell(term: object) -> Cell:
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return _literal_cell(term.value, term.datatype.value, term.language or "")
    assert isinstance(term, ox.NamedNode), f"{term}: an answer holds IRIs and literals only"
    return ("iri", term.value)


def _rdflib_cell(term: object) -> Cell:
    if term is None:
        return None
    if isinstance(term, rdflib.Literal):
        plain = RDF + "langString" if term.language else XSD + "string"
        return _literal_cell(str(term), str(term.datatype or plain), term.language or "")
    assert isinstance(term, rdflib.URIRef), f"{term!r}: an answer holds IRIs and literals only"
    return ("iri", str(term))


def _literal_cell(value: str, datatype: str, language: str) -> Cell:
    """Return a literal with numbers and booleans by value, as engines may write them in several ways."""
    if datatype in _NUMBERS:
        value = str(Decimal(value).normalize())
    elif datatype == XSD + "boolean":
        value = "true" if value in {"true", "1"} else "false"
    return ("literal", value, datatype, language.lower())


def test_every_question_has_a_stored_answer_and_back() -> None:
    """Questions and stored answers go together, one each."""
    assert {path.stem for path in ANSWERS.glob("*.tsv")} == set(QUESTIONS), f"run `{REPAIR}`; delete what is left over"


@pytest.fixture(scope="module")
def scratch(dataset: Dataset) -> ox.Store:
    """The packaged graph in a store to plant in."""
    return in_memory(dataset.triples)


@contextmanager
def planted_in(scratch: ox.Store, planted: set[ox.Triple]) -> Iterator[None]:
    """Have triples, and what the rules derive from them, in a store for a while."""
    new = {quad for quad in (ox.Quad(*triple) for triple in planted) if quad not in scratch}
    scratch.extend(new)
    new |= {ox.Quad(*triple) for triple in derive(scratch, packaged_rules())}
    try:
        yield
    finally:
        for quad in new:
            scratch.remove(quad)


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANTED.glob("*.ttl")))
def test_empty_answer_can_fill(name: str, scratch: ox.Store) -> None:
    """A question whose answer is empty finds what is planted for it, and only that: its silence is the graph's."""
    planted = {quad.triple for quad in read_rdf(PLANTED / f"{name}.ttl")}
    subjects = {triple.subject for triple in planted}
    with planted_in(scratch, planted):
        rows = [[term for term in solution if term in subjects] for solution in solutions(scratch, name)]
    assert rows
    assert all(rows)


@pytest.mark.parametrize(("form", "rows"), [("memorandum", 0), ("treaty", 1)])
def test_only_an_agreement_of_their_own_counts(form: str, rows: int, scratch: ox.Store) -> None:
    """A memorandum of an agency takes its state off the list of partners without agreement, a treaty does not."""
    agreement = ox.NamedNode(PREFIXES["agr"] + "planted")
    planted = {ox.Triple(agreement, ox.NamedNode(COO + "instrumentKind"), ox.NamedNode(PREFIXES["ik"] + form))}
    for party in ("cnsa", "tha"):
        actor = ox.NamedNode(PREFIXES["actor"] + party)
        planted.add(ox.Triple(agreement, ox.NamedNode(COO + "hasPartyActor"), actor))
    with planted_in(scratch, planted):
        names = column(scratch, "partners-without-listed-agreement", "stateName")
    assert names.count("Thailand") == rows
    assert names.count("Myanmar") == 1


def test_every_empty_answer_has_something_planted() -> None:
    """A question whose answer is empty has a file of triples that would fill it, and no other question has one."""
    empty = {path.stem for path in ANSWERS.glob("*.tsv") if path.read_text(encoding="utf-8").count("\n") < 2}
    assert {path.stem for path in PLANTED.glob("*.ttl")} == empty


def rewrite_answers() -> None:
    """Rewrite the stored answer of every question from the packaged data."""
    store = read_dataset().store
    ANSWERS.mkdir(parents=True, exist_ok=True)
    for name in QUESTIONS:
        (ANSWERS / f"{name}.tsv").write_text(_answer(store, name), encoding="utf-8")


if __name__ == "__main__":
    rewrite_answers()
