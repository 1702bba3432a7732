"""Random changes, step by step: validation by what a change can affect gives what full validation gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from changing import Changing
from rdflib import Graph
from reading import as_graph
from test_shacl import CONSTRAINTS, PREFIXES, TARGETS, VALUES

from graph.build import read_dataset
from graph.incremental import validate_change
from graph.prepare import prepare
from graph.report import Report, Result
from graph.shacl import Checker
from graph.store import graph_iri, merged
from graph.terms import ONTOLOGY_GRAPH, RDFS
from graph.validate import hygiene_findings

if TYPE_CHECKING:
    from graph.plan import Plan

FIXTURES = Path(__file__).parent / "fixtures" / "shapes"
E = "http://e.test/"
PATHS = {
    "inverse": "[ sh:inversePath e:p ]",
    "sequence": "( e:p e:q )",
    "alternative": "[ sh:alternativePath ( e:p e:q ) ]",
    "any-number": "[ sh:zeroOrMorePath e:p ]",
    "one-or-more": "[ sh:oneOrMorePath [ sh:inversePath e:p ] ]",
    "at-most-one": "[ sh:zeroOrOnePath e:p ]",
}
OTHER = "e:Other a sh:NodeShape ; sh:property e:Other-q . e:Other-q sh:path e:q ; sh:minCount 1 ."


def walk(shapes: list[ox.Triple], plan: Plan, seed: int, *, steps: int, every: int) -> tuple[int, int]:
    """Change fixtures at random and compare with full validation after every so many steps.

    What a step has wrong stays in the report, on which the next step builds, until that very verdict is made anew.

    Returns:
        How many results there were where it was compared, and how many steps were validated in full.
    """
    choice = random.Random(seed)  # noqa: S311  (reproducible changes)
    small = read_dataset(choice.sample(sorted(FIXTURES.glob("*/*.ttl")), 25))
    ontology = merged([quad for quad in small.quads if graph_iri(quad) == ONTOLOGY_GRAPH])
    changing = Changing(small.triples, small.triples - ontology, choice)
    checker = Checker(as_graph(shapes))

    def in_full() -> Report:
        return Report.of([*checker.findings(changing.store), *hygiene_findings(changing.store)])

    report = in_full()
    results = full = 0
    since = []
    for step in range(1, steps + 1):
        graph = changing.step()
        outcome = validate_change(graph, plan, report)
        report = outcome.report
        full += bool(outcome.full)
        since.append((graph.added, graph.removed))
        if step % every == 0:
            assert report.results == in_full().results, f"seed {seed} step {step}: {since}"
            results += len(report.results)
            since.clear()
    return results, full


def test_random_changes_under_the_shapes_in_use(shapes: list[ox.Triple], plan: Plan) -> None:
    """Whatever comes and goes, the results are those of full validation, shapes and hygiene queries alike."""
    results, full = walk(shapes, plan, seed=1, steps=12, every=1)
    assert results
    assert not full


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_random_changes_under_the_shapes_in_use(shapes: list[ox.Triple], plan: Plan, seed: int) -> None:
    """As above over longer walks from other fixtures; few of the steps are past the budget."""
    results, full = walk(shapes, plan, seed=seed, steps=80, every=3)
    assert results
    assert full < 12


def small_graph(choice: random.Random, values: list[str]) -> ox.Store:
    """Return a graph of three nodes with a class each, the classes in a row, and odd values."""
    lines = ["e:B <http://www.w3.org/2000/01/rdf-schema#subClassOf> e:A ."]
    for name in ("e:n1", "e:n2", "e:n3"):
        lines.append(f"{name} a {choice.choice(['e:A', 'e:B', 'e:C'])} .")
        lines += [f"{name} {choice.choice(['e:p', 'e:p', 'e:q'])} {choice.choice(values)} ." for _ in range(6)]
    store = ox.Store()
    store.load(PREFIXES + "\n".join(lines), format=ox.RdfFormat.TURTLE)
    return store


def told(results: list[Result]) -> set[tuple[str, ...]]:
    """Return what results tell, but for messages: pySHACL puts labels of blank nodes of the shapes into them."""
    return {tuple(map(str, (each.source, each.component, each.focus, each.path, each.value))) for each in results}


def walk_generic(text: str, choice: random.Random, values: list[str], steps: int) -> int:
    """Change a small graph at random under one shape, and compare; return how many results there were."""
    shapes = Graph().parse(data=PREFIXES + text, format="turtle")
    plan = prepare(shapes.serialize(format="nt"), [])
    assert not plan.whole, text
    triples = {quad.triple for quad in small_graph(choice, values)}
    classes = [
        ox.Triple(ox.NamedNode(E + name), ox.NamedNode(RDFS + "subClassOf"), ox.NamedNode(E + "A")) for name in "BC"
    ]
    changing = Changing(triples | set(classes), triples.difference(classes), choice)
    checker = Checker(shapes)
    before = Report.of(checker.findings(changing.store))
    results = 0
    for _ in range(steps):
        outcome = validate_change(changing.step(), plan, before)
        before = Report.of(checker.findings(changing.store))
        assert told(list(outcome.report.results)) == told(list(before.results)), text
        assert not outcome.full
        results += len(before.results)
    return results


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_random_changes_under_each_constraint(constraint: str) -> None:
    """For each kind of constraint and target, a change gives the results of full validation."""
    choice = random.Random(constraint)  # noqa: S311  (reproducible changes)
    values = ["1", "2", "3", "2.0"] if "lessThan" in constraint else VALUES
    results = 0
    for target in 4 * TARGETS:
        shape = f"e:Shape a sh:NodeShape ; {target} ; sh:property e:Shape-p . e:Shape-p sh:path e:p ; {constraint} ."
        results += walk_generic(f"{shape} {OTHER}", choice, values, steps=3)
    assert results, "no change broke the constraint: the test showed nothing"


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
@pytest.mark.parametrize("constraint", ["sh:class e:A", "sh:minCount 2", "sh:node e:Other", "sh:hasValue e:n1"])
def test_random_changes_along_each_path(path: str, constraint: str) -> None:
    """For each kind of path, the nodes that a change at its far end affects are found."""
    choice = random.Random(path + constraint)  # noqa: S311  (reproducible changes)
    shape = "e:Shape a sh:NodeShape ; sh:targetClass e:A ; sh:property e:Shape-p ."
    walk_generic(f"{shape} e:Shape-p sh:path {path} ; {constraint} . {OTHER}", choice, VALUES, steps=15)


LOGIC = {
    "not": "sh:not [ sh:property [ sh:path e:p ; sh:minCount 2 ] ]",
    "or": "sh:or ( [ sh:property [ sh:path e:p ; sh:class e:A ] ] [ sh:property [ sh:path e:q ; sh:minCount 2 ] ] )",
    "xone": "sh:xone ( [ sh:class e:A ] [ sh:property [ sh:path e:q ; sh:minCount 1 ] ] )",
    "closed": "sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> )",
    "node": "sh:node e:Other",
    "query": """sh:sparql [ sh:message "bad" ;
        sh:select "SELECT $this WHERE { $this <http://e.test/p>/<http://e.test/q> ?x }" ]""",
    "shared": "sh:property e:Other-q",
}


@pytest.mark.parametrize("constraint", LOGIC.values(), ids=LOGIC.keys())
def test_random_changes_under_shapes_of_shapes(constraint: str) -> None:
    """Negation, choice, closed shapes, queries on focus nodes and shared property shapes are followed."""
    choice = random.Random(constraint)  # noqa: S311  (reproducible changes)
    text = (
        f"e:Shape a sh:NodeShape ; sh:targetClass e:A ; sh:targetObjectsOf e:q ; {constraint} . {OTHER} "
        "e:Second a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property e:Other-q ."
    )
    assert walk_generic(text, choice, VALUES, steps=25)
