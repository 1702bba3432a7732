"""A change validated by what it can affect gives what full validation gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from changing import Changing
from rdflib import Graph
from test_shacl import CONSTRAINTS, PREFIXES, TARGETS, VALUES

from graph.build import read_dataset
from graph.incremental import Outcome, validate_change
from graph.planning import load_plan
from graph.prepare import prepare
from graph.reads import ChangedGraph
from graph.report import Report, Result
from graph.shacl import shacl_findings
from graph.store import graph_iri, in_memory, merged
from graph.terms import BASE, COO, ONTOLOGY, ONTOLOGY_GRAPH, RDF, RDFS, SHAPES_GRAPH, SKOS
from graph.validate import hygiene_findings, validate

if TYPE_CHECKING:
    from graph.build import Dataset
    from graph.plan import Plan

FIXTURES = Path(__file__).parent / "fixtures" / "shapes"
E = "http://e.test/"
TYPE = RDF + "type"
PATHS = {
    "inverse": "[ sh:inversePath e:p ]",
    "sequence": "( e:p e:q )",
    "alternative": "[ sh:alternativePath ( e:p e:q ) ]",
    "any-number": "[ sh:zeroOrMorePath e:p ]",
    "one-or-more": "[ sh:oneOrMorePath [ sh:inversePath e:p ] ]",
    "at-most-one": "[ sh:zeroOrOnePath e:p ]",
}
OTHER = "e:Other a sh:NodeShape ; sh:property e:Other-q . e:Other-q sh:path e:q ; sh:minCount 1 ."


@pytest.fixture(scope="module")
def plan(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of the packaged shapes."""
    return load_plan(shapes_of(dataset), tmp_path_factory.mktemp("plans"))


def shapes_of(dataset: Dataset) -> list[ox.Triple]:
    """Return the shapes graph of a dataset."""
    return [quad.triple for quad in dataset.quads if graph_iri(quad) == SHAPES_GRAPH]


def iri(name: str) -> ox.NamedNode:
    """Return the IRI of a thing by its path below id/, or of a term of the ontology."""
    return ox.NamedNode(BASE + "id/" + name if "/" in name else COO + name)


def label(node: ox.NamedNode, text: str) -> ox.Triple:
    """Return the triple that gives a node an English label."""
    return ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal(text, language="en"))


def change(
    store: ox.Store, *, added: list[ox.Triple] | None = None, removed: list[ox.Triple] | None = None
) -> ChangedGraph:
    """Change a store that others will use again: the test takes it back with `undo`."""
    store.extend(ox.Quad(*triple) for triple in added or [])
    for triple in removed or []:
        store.remove(ox.Quad(*triple))
    return ChangedGraph(store, added or [], removed or [])


def undo(graph: ChangedGraph) -> None:
    """Take a change back."""
    for triple in graph.added:
        graph.store.remove(ox.Quad(*triple))
    graph.store.extend(ox.Quad(*triple) for triples in graph.removed.values() for triple in triples)


def walk(dataset: Dataset, plan: Plan, seed: int, steps: int) -> tuple[int, int]:
    """Change fixtures at random and compare each step; return how many results there were, and how many full runs."""
    choice = random.Random(seed)  # noqa: S311  (reproducible changes)
    files = choice.sample(sorted(FIXTURES.glob("*/*.ttl")), 25)
    small = read_dataset(files)
    ontology = merged([quad for quad in small.quads if graph_iri(quad) == ONTOLOGY_GRAPH])
    changing = Changing(small.triples, small.triples - ontology, choice)
    shapes = shapes_of(dataset)
    before = validate(changing.store, shapes)
    results = full = 0
    for step in range(steps):
        graph = changing.step()
        outcome = validate_change(graph, plan, before)
        before = validate(changing.store, shapes)
        assert outcome.report.results == before.results, f"seed {seed} step {step}: {graph.added} {graph.removed}"
        assert outcome.report.conforms == before.conforms
        results += len(before.results)
        full += bool(outcome.full)
    return results, full


def test_random_changes_under_the_shapes_in_use(dataset: Dataset, plan: Plan) -> None:
    """Whatever comes and goes, the results are those of full validation, shapes and hygiene queries alike."""
    results, full = walk(dataset, plan, seed=1, steps=12)
    assert results
    assert not full


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_random_changes_under_the_shapes_in_use(dataset: Dataset, plan: Plan, seed: int) -> None:
    """As above over longer walks from other fixtures; few of the steps are past the budget."""
    results, full = walk(dataset, plan, seed=seed, steps=60)
    assert results
    assert full < 10


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
    before = Report.of(shacl_findings(changing.store, shapes))
    results = 0
    for _ in range(steps):
        outcome = validate_change(changing.step(), plan, before)
        before = Report.of(shacl_findings(changing.store, shapes))
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


def test_a_new_satellite_is_judged_on_few_nodes(dataset: Dataset, plan: Plan) -> None:
    """What cannot be affected is not looked at: ten triples, a handful of nodes, nothing in full."""
    node = iri("system/new")
    classes = ("Satellite", "Spacecraft", "SpaceObject", "SpaceSystem")
    added = [ox.Triple(node, ox.NamedNode(TYPE), iri(cls)) for cls in classes]
    added += [label(node, "New"), ox.Triple(node, iri("operator"), iri("actor/cnsa"))]
    added.append(ox.Triple(node, iri("missionType"), ox.NamedNode(BASE + "voc/mission-type/earth-observation")))
    graph = change(dataset.store, added=added)
    try:
        outcome = validate_change(graph, plan, Report(results=[]))
    finally:
        undo(graph)
    assert outcome == Outcome(report=Report(results=[]), full="", checked=outcome.checked, rerun=())
    assert 0 < outcome.checked < 20


def test_a_hub_is_not_searched_for_one_more_neighbour(dataset: Dataset, plan: Plan) -> None:
    """One more thing under a state with thousands asks nothing of the others."""
    graph = change(dataset.store, added=[ox.Triple(iri("situation/new"), iri("participant"), iri("actor/chn"))])
    try:
        outcome = validate_change(graph, plan, Report(results=[]))
    finally:
        undo(graph)
    assert outcome.checked < 20
    assert not outcome.rerun


def test_a_deleted_type_is_missed_by_whoever_needs_it(dataset: Dataset, plan: Plan) -> None:
    """Focus nodes far from the change are judged: those that lead to a thing that is no instance any more."""
    types = [quad.triple for quad in dataset.store.quads_for_pattern(iri("actor/cnsa"), ox.NamedNode(TYPE), None)]
    graph = change(dataset.store, removed=types)
    try:
        outcome = validate_change(graph, plan, Report(results=[]))
    finally:
        undo(graph)
    assert not outcome.full
    sources = {each.source.partition("#")[2] for each in outcome.report.results}
    assert sources >= {"Participation-participant", "NoDangling-path"}


def test_an_uncovered_fact_is_counted_with_its_example(dataset: Dataset, plan: Plan) -> None:
    """The query that counts by property is asked of the changed things alone, and counts as it does over all."""
    graph = change(dataset.store, added=[ox.Triple(iri("actor/cnsa"), iri("noradId"), ox.Literal("1"))])
    try:
        outcome = validate_change(graph, plan, Report(results=[]))
        full = hygiene_findings(dataset.store)
    finally:
        undo(graph)
    found = [each for each in outcome.report.results if each.source.endswith("/uncovered-fact")]
    assert found == [each for each in full if each.source.endswith("/uncovered-fact")]
    assert len(found) == 1
    assert not outcome.rerun


def test_a_property_that_a_query_lists_is_missed(dataset: Dataset, plan: Plan) -> None:
    """A concept that loses one of four properties is found, though it keeps the others.

    The variable for the property gets its values from VALUES, not from a pattern, and was once taken for unbound.
    """
    concept = ox.NamedNode(BASE + "voc/role/partner")
    notation = dataset.store.quads_for_pattern(concept, ox.NamedNode(SKOS + "notation"), None)
    graph = change(dataset.store, removed=[quad.triple for quad in notation])
    try:
        outcome = validate_change(graph, plan, Report(results=[]))
    finally:
        undo(graph)
    assert [each.message for each in outcome.report.results if each.source.endswith("/incomplete-concept")] == [
        f"the concept {concept.value} lacks skos:notation"
    ]


@pytest.mark.parametrize(("limit", "reason"), [(0, "more than 0 triples"), (1, "those of"), (6, "more than 6 nodes")])
def test_past_the_budget_the_graph_is_validated_in_full(dataset: Dataset, plan: Plan, limit: int, reason: str) -> None:
    """Too many triples, nodes of one shape, or nodes of all together give the full report, and the outcome says so."""
    store = in_memory(read_dataset([FIXTURES / "Participation" / "good.ttl"]).triples)
    before = validate(store, shapes_of(dataset))
    below = ox.Triple(iri("Participation"), ox.NamedNode(RDFS + "subClassOf"), iri("Situation"))
    assert ox.Quad(below.subject, below.predicate, below.object) in store
    outcome = validate_change(change(store, removed=[below]), plan, before, limit=limit)
    assert outcome.report.results == validate(store, shapes_of(dataset)).results
    assert reason in outcome.full


UNKNOWN = {
    "limit": 'sh:sparql [ sh:message "m" ; sh:select "SELECT $this WHERE { $this <http://e.test/p> ?x } LIMIT 1" ]',
    "elsewhere": """sh:sparql [ sh:message "m" ;
        sh:select "SELECT $this WHERE { $this <http://e.test/p> ?x . ?y <http://e.test/q> ?z }" ]""",
    "expression": "sh:expression [ sh:path e:p ]",
    "nested property": "sh:property e:P . e:P sh:path e:p ; sh:property [ sh:path e:q ; sh:minCount 1 ]",
    "no name": "sh:property [ sh:path e:p ; sh:minCount 1 ]",
    "recursion": "sh:node e:Loop . e:Loop sh:node e:Loop",
    "component": "sh:minCount 0 . e:C a sh:ConstraintComponent",
}


@pytest.mark.parametrize("part", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_understood_is_validated_in_full(part: str) -> None:
    """A shape whose reads are not known makes every commit a full one; it is never passed over."""
    text = f"{PREFIXES} e:Shape a sh:NodeShape ; sh:targetSubjectsOf e:p ; {part} ."
    plan = prepare(Graph().parse(data=text, format="turtle").serialize(format="nt"), [])
    assert plan.whole


def test_named_graphs_are_not_looked_at(plan: Plan) -> None:
    """What stands in a named graph alone keeps no rule: there the class is known, in the default graph it is not."""
    node = iri("system/new")
    typed = ox.Triple(node, ox.NamedNode(TYPE), iri("Satellite"))
    store = in_memory([typed])
    defined = ox.NamedNode(RDFS + "isDefinedBy")
    store.add(ox.Quad(iri("Satellite"), defined, ox.NamedNode(ONTOLOGY), ox.NamedNode(E + "graph")))
    outcome = validate_change(ChangedGraph(store, [typed], []), plan, Report(results=[]))
    assert "thing-without-own-class" in {each.source.rpartition("/")[2] for each in outcome.report.results}


def test_a_plan_is_kept_and_read_again(tmp_path: Path) -> None:
    """The second load reads what the first one kept; a damaged file is made again, other shapes have another."""
    folder = tmp_path / "plans"
    text = PREFIXES + "e:Shape a sh:NodeShape ; sh:targetNode e:n1 ; sh:class e:{} ."
    one, other = ([quad.triple for quad in ox.parse(text.format(cls), ox.RdfFormat.TURTLE)] for cls in "AB")
    first = load_plan(one, folder, questions=[])
    (kept,) = folder.iterdir()
    assert load_plan(one, folder, questions=[]) == first
    whole = kept.read_bytes()
    for broken in (whole[:100], b"", b"not a plan"):
        kept.write_bytes(broken)
        assert load_plan(one, folder, questions=[]) == first
        assert kept.read_bytes() == whole
    assert load_plan(other, folder, questions=[]) != first
    assert len(list(folder.iterdir())) == 2
