"""A change validated by what it can affect gives what full validation gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph
from test_shacl import PREFIXES

from graph.build import read_dataset
from graph.incremental import Outcome, validate_change
from graph.planning import load_plan
from graph.prepare import prepare
from graph.reads import ChangedGraph
from graph.report import Report
from graph.store import in_memory
from graph.terms import BASE, COO, ONTOLOGY, RDF, RDFS, SKOS
from graph.validate import hygiene_findings, validate

if TYPE_CHECKING:
    from graph.build import Dataset
    from graph.plan import Plan

FIXTURES = Path(__file__).parent / "fixtures" / "shapes"
E = "http://e.test/"
TYPE = RDF + "type"


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
def test_past_the_budget_the_graph_is_validated_in_full(
    shapes: list[ox.Triple], plan: Plan, limit: int, reason: str
) -> None:
    """Too many triples, nodes of one shape, or nodes of all together give the full report, and the outcome says so."""
    store = in_memory(read_dataset([FIXTURES / "Participation" / "good.ttl"]).triples)
    before = validate(store, shapes)
    below = ox.Triple(iri("Participation"), ox.NamedNode(RDFS + "subClassOf"), iri("Situation"))
    assert ox.Quad(below.subject, below.predicate, below.object) in store
    outcome = validate_change(change(store, removed=[below]), plan, before, limit=limit)
    assert outcome.report.results == validate(store, shapes).results
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
    for broken in (whole[:100], b"", b"not a plan", whole[:-9] + b"X" + whole[-8:]):
        kept.write_bytes(broken)
        assert load_plan(one, folder, questions=[]) == first
        assert kept.read_bytes() == whole
    assert load_plan(other, folder, questions=[]) != first
    assert len(list(folder.iterdir())) == 2
