"""SHACL with probes gives what pySHACL gives on its own."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import BNode, Graph
from rdflib.namespace import SH
from reading import as_graph

from graph.build import read_dataset
from graph.shacl import Checker
from graph.store import graph_iri, in_memory
from graph.terms import ONTOLOGY_GRAPH, SHAPES_GRAPH

if TYPE_CHECKING:
    from rdflib.term import Node

FOLDERS = sorted((Path(__file__).parent / "fixtures" / "shapes").iterdir())
APART = next(folder for folder in FOLDERS if folder.name == "Organization")
"""Its bad dates are texts: rdflib compares them with the dates of others, the engine does not (SPARQL 1.1, 17.3)."""
OTHERS = [folder for folder in FOLDERS if folder != APART]
BATCHES = [*(OTHERS[first::4] for first in range(4)), [APART]]
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e.test/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
CONSTRAINTS = [
    "sh:minCount 1",
    "sh:minCount 2",
    "sh:maxCount 0",
    "sh:maxCount 1",
    "sh:maxCount 2",
    "sh:datatype xsd:integer",
    "sh:datatype xsd:string",
    "sh:datatype xsd:date",
    "sh:datatype rdf:langString",
    "sh:datatype xsd:gMonthDay",
    "sh:class e:A",
    "sh:class e:B",
    "sh:nodeKind sh:IRI",
    "sh:nodeKind sh:Literal",
    "sh:nodeKind sh:BlankNodeOrIRI",
    'sh:pattern "^[0-9]+$"',
    'sh:pattern "^(?=[0-9x])" ; sh:flags "i"',
    "sh:minInclusive 2",
    "sh:maxInclusive 2",
    "sh:minExclusive 2",
    "sh:maxExclusive 2",
    "sh:minLength 2",
    "sh:maxLength 2",
    'sh:languageIn ( "en" "zh" )',
    "sh:uniqueLang true",
    "sh:in ( e:n1 e:n2 2 )",
    "sh:hasValue e:n1",
    "sh:lessThan e:q",
    "sh:lessThanOrEquals e:q",
    "sh:disjoint e:q",
    "sh:equals e:q",
    "sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:property [ sh:path e:q ; sh:hasValue e:n1 ] ]",
    'sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:languageIn ( "en" ) ]',
    "sh:qualifiedMaxCount 1 ; sh:qualifiedValueShape [ sh:class e:A ]",
    "sh:node e:Other",
    "sh:not [ sh:class e:A ]",
]
TARGETS = ["sh:targetClass e:A", "sh:targetSubjectsOf e:p", "sh:targetObjectsOf e:p", "sh:targetNode e:n1"]
VALUES = ["e:n1", "e:n2", "e:n3", "1", "2", "3", "'2'", "'x'", "'xy'@en", "'y'@en", "'z'@zh", "'z'@fr", "_:b"]
VALUES += ["'2020-01-01'^^xsd:date", "'2020-13-45'^^xsd:date", "'--04-24'^^xsd:gMonthDay", "2.0", "true"]


def reference(data: ox.Store, shapes: Graph) -> set[tuple[str, str, str]]:
    """Return shape, component and focus node of each result of pySHACL over rdflib."""
    text = data.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert text is not None
    _, report, message = pyshacl.validate(
        Graph().parse(data=text, format="nt"), shacl_graph=shapes, inference="none", advanced=True, inplace=True
    )
    assert isinstance(report, Graph), message

    def part(node: Node, predicate: Node) -> str:
        return text_of(report.value(node, predicate)).removeprefix(str(SH))

    return {
        (part(node, SH.sourceShape), part(node, SH.sourceConstraintComponent), part(node, SH.focusNode))
        for node in report.objects(None, SH.result)
    }


def text_of(node: Node | None) -> str:
    """Return a node's text; blank nodes are all alike, since each engine names them anew."""
    return "_:" if isinstance(node, BNode) else str(node)


def found(data: ox.Store, shapes: Graph) -> set[tuple[str, str, str]]:
    """Return the same of the product."""
    return {(result.source, result.component, text_of(result.focus)) for result in Checker(shapes).findings(data)}


def random_data(choice: random.Random, values: list[str]) -> ox.Store:
    """Return a store of a few typed nodes with odd values."""
    lines = ["e:B <http://www.w3.org/2000/01/rdf-schema#subClassOf> e:A ."]
    for name in ("e:n1", "e:n2", "e:n3"):
        lines += [f"{name} a {cls} ." for cls in ("e:A", "e:B", "e:C") if choice.random() < 0.4]
        for path in ("e:p", "e:q"):
            lines += [f"{name} {path} {choice.choice(values)} ." for _ in range(choice.randrange(7))]
    store = ox.Store()
    store.load(PREFIXES + "\n".join(lines), format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_probes_miss_nothing(constraint: str) -> None:
    """For each kind of constraint, target and path, on odd data, the results are those of pySHACL alone."""
    choice = random.Random(constraint)  # noqa: S311  (reproducible data)
    violations = 0
    for _ in range(30):
        data = random_data(choice, ["1", "2", "3", "2.0"] if "lessThan" in constraint else VALUES)
        path = choice.choice(["e:p", "[ sh:inversePath e:p ]"]) if " e:q" not in constraint else "e:p"
        text = (
            f"{PREFIXES} e:Shape a sh:NodeShape ; {choice.choice(TARGETS)} ; sh:property e:Shape-p . "
            f"e:Shape-p a sh:PropertyShape ; sh:path {path} ; {constraint} . "
            "e:Other a sh:NodeShape ; sh:property e:Other-q . e:Other-q sh:path e:q ; sh:minCount 1 ."
        )
        shapes = Graph().parse(data=text, format="turtle")
        expected = reference(data, shapes)
        violations += len(expected)
        assert found(data, shapes) == expected, text
    assert violations, "no data broke the constraint: the test showed nothing"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["good", "bad"])
@pytest.mark.parametrize("folders", BATCHES, ids=["1", "2", "3", "4", APART.name])
def test_fixtures_give_the_same(folders: list[Path], kind: str) -> None:
    """On the fixtures of every shape, those that pass and those that fail, the results are those of pySHACL alone.

    Most of its time goes into the ontology, so that it gets the fixtures of many shapes at once; what is good alone may
    then break a rule.
    """
    quads = read_dataset([path for folder in folders for path in sorted(folder.glob(f"{kind}*.ttl"))]).quads
    ontology = [quad for quad in quads if graph_iri(quad) != SHAPES_GRAPH]
    shapes = as_graph(quad.triple for quad in quads if graph_iri(quad) == SHAPES_GRAPH)
    assert any(graph_iri(quad) == ONTOLOGY_GRAPH for quad in ontology)
    store = in_memory(quad.triple for quad in ontology)
    expected = reference(store, shapes)
    assert found(store, shapes) == expected
    assert expected or kind == "good"


def test_a_literal_that_is_not_of_its_type_is_a_result_and_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    """The shapes tell of it; the log does not, whose records would keep the engine's rows."""
    data = ox.Store()
    data.load(PREFIXES + "e:n1 e:p '2020-13-45'^^xsd:date .", format=ox.RdfFormat.TURTLE)
    shape = "e:Shape a sh:NodeShape ; sh:targetNode e:n1 ; sh:property [ sh:path e:p ; sh:datatype xsd:date ] ."
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    assert [result.component for result in Checker(shapes).findings(data)] == ["DatatypeConstraintComponent"]
    assert not caplog.records


def test_named_graphs_are_not_looked_at() -> None:
    """What stands in a named graph alone does not count, for the choice of focus nodes or for their values."""
    data = ox.Store()
    named = "<http://e.test/graph> { e:n1 e:p 1 . e:n2 e:q 1 }"
    data.load(PREFIXES + "e:n1 e:q 1 . " + named, format=ox.RdfFormat.TRIG)
    shape = "e:Shape a sh:NodeShape ; sh:targetSubjectsOf e:q ; sh:property e:P . e:P sh:path e:p ; sh:minCount 1 ."
    shapes = Graph().parse(data=PREFIXES + shape, format="turtle")
    assert [(result.component, str(result.focus)) for result in Checker(shapes).findings(data)] == [
        ("MinCountConstraintComponent", "http://e.test/n1")
    ]
