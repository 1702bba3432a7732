"""The canonical Turtle layout."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import TurtleError
from graph.writer import canonical_turtle, format_turtle

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "graph" / "data").rglob("*.ttl")])
XSD = "http://www.w3.org/2001/XMLSchema#"

IRIS = st.sampled_from(
    [
        "https://w3id.org/coorbit/id/actor/chn",
        "https://w3id.org/coorbit/ont#State",
        "http://e.test/",
        "http://e.test/a.b",
    ]
).map(ox.NamedNode)
LITERALS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(ox.Literal),
    st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: ox.Literal(text, language="zh")),
    st.sampled_from(["1", "-07", "x", "1.0", ".5", "true"]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + "integer"))
    ),
    st.sampled_from(["1", "1.50", "-.5", "1."]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))
    ),
    st.sampled_from(["true", "1", "TRUE"]).map(lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + "boolean"))),
)
TRIPLES = st.sets(st.builds(ox.Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)), max_size=12)


def parsed(text: str) -> set[ox.Triple]:
    """Return the triples of a Turtle text without blank nodes."""
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}


@given(TRIPLES)
def test_what_is_written_reads_back(triples: set[ox.Triple]) -> None:
    """Canonical Turtle holds exactly the triples it was made from."""
    assert parsed(canonical_turtle(triples)) == triples


@given(TRIPLES)
def test_a_canonical_text_is_its_own_canonical_form(triples: set[ox.Triple]) -> None:
    """Formatting twice changes nothing."""
    once = canonical_turtle(triples)
    assert canonical_turtle(parsed(once)) == once


@given(TRIPLES, st.integers(0, 9))
def test_one_new_triple_is_one_new_line(triples: set[ox.Triple], number: int) -> None:
    """A triple more of a subject that is there already is a line more, and no other line changes."""
    subject, predicate = ox.NamedNode("http://e.test/s"), ox.NamedNode("http://e.test/p")
    extra = ox.Triple(subject, predicate, ox.Literal(f"new {number}"))
    before = canonical_turtle({*triples, ox.Triple(subject, predicate, ox.Literal("old"))}).splitlines()
    after = canonical_turtle({*triples, ox.Triple(subject, predicate, ox.Literal("old")), extra}).splitlines()
    (added,) = [line for line in unified_diff(before, after, n=0) if line.startswith("+") and line != "+++ \n"]
    assert added == f'+  <http://e.test/p> "new {number}" ;'
    assert len(after) == len(before) + 1


def test_layout() -> None:
    """Type first, labels next, then by name; lists and blank nodes stand where they are used."""
    text = """@prefix coo: <https://w3id.org/coorbit/ont#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    coo:B rdfs:subClassOf [ a owl:Restriction ; owl:onProperty coo:p ; owl:someValuesFrom coo:C ] ;
      a owl:Class ; rdfs:label "b"@en ; owl:unionOf ( coo:C 1 true ) . coo:A a owl:Class ."""
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert canonical_turtle(triples) == (
        "@prefix coo: <https://w3id.org/coorbit/ont#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "\n"
        "coo:A a owl:Class ;\n"
        ".\n"
        "\n"
        "coo:B a owl:Class ;\n"
        '  rdfs:label "b"@en ;\n'
        "  owl:unionOf ( coo:C 1 true ) ;\n"
        "  rdfs:subClassOf [ a owl:Restriction ; owl:onProperty coo:p ; owl:someValuesFrom coo:C ] ;\n"
        ".\n"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("_:x <http://e/p> 1 . <http://e/a> <http://e/p> _:x , 2 ; <http://e/q> _:x .", "IRI", id="shared"),
        pytest.param("_:x <http://e/p> _:y . _:y <http://e/p> _:x .", "ring", id="ring"),
    ],
)
def test_what_has_no_canonical_form_is_refused(text: str, hint: str) -> None:
    """A blank node that needs an IRI is named, with the way out."""
    with pytest.raises(TurtleError, match=hint):
        canonical_turtle(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))


def test_derived_integers_are_refused(tmp_path: Path) -> None:
    """The store would give them back as xsd:integer, so that a shape on them would pass in one engine only."""
    path = tmp_path / "derived.ttl"
    path.write_text(f"<http://e/a> <http://e/p> '1'^^<{XSD}positiveInteger> .")
    with pytest.raises(TurtleError, match="write xsd:integer"):
        format_turtle(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_canonical(path: Path) -> None:
    """Every Turtle file of the project stands in its canonical form."""
    command = f"coorbit format {path.relative_to(ROOT)}"
    assert path.read_text(encoding="utf-8") == format_turtle(path), f"repair with: {command}"
