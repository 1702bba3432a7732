"""Every shape lets good data through and reports bad data under its own name.

A shape that never fires is worse than none, since it is trusted. So each has a folder of fixtures: the smallest data
that conforms, and one file for each way to break it.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH

from graph.shacl import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures" / "shapes"
SPS = "https://w3id.org/coorbit/shapes#"
COO = "https://w3id.org/coorbit/ont#"
ONTOLOGY = URIRef("https://w3id.org/coorbit/ont")
FIXTURE = URIRef("https://w3id.org/coorbit/tests/fixture")
EXPECTS = URIRef("https://w3id.org/coorbit/tests/expects")

GOOD = sorted(FIXTURES.glob("*/good.ttl"))
BAD = sorted(FIXTURES.glob("*/bad*.ttl"))

# Parameters of constraints, each with the component that a result names (SHACL 4 and 5).
COMPONENTS: dict[Node, URIRef] = {
    SH["class"]: SH.ClassConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH.disjoint: SH.DisjointConstraintComponent,
    SH["in"]: SH.InConstraintComponent,
    SH.languageIn: SH.LanguageInConstraintComponent,
    SH.lessThan: SH.LessThanConstraintComponent,
    SH.lessThanOrEquals: SH.LessThanOrEqualsConstraintComponent,
    SH.maxCount: SH.MaxCountConstraintComponent,
    SH.minCount: SH.MinCountConstraintComponent,
    SH.maxInclusive: SH.MaxInclusiveConstraintComponent,
    SH.minInclusive: SH.MinInclusiveConstraintComponent,
    SH.minLength: SH.MinLengthConstraintComponent,
    SH.nodeKind: SH.NodeKindConstraintComponent,
    SH.pattern: SH.PatternConstraintComponent,
    SH.qualifiedMinCount: SH.QualifiedMinCountConstraintComponent,
    SH.sparql: SH.SPARQLConstraintComponent,
    SH.uniqueLang: SH.UniqueLangConstraintComponent,
}
NOT_CONSTRAINTS = {
    RDF.type,
    RDFS.label,
    SH.message,
    SH.path,
    SH.property,
    SH.qualifiedValueShape,
    SH.severity,
    SH.targetClass,
    SH.targetNode,
    SH.targetSubjectsOf,
}
LINKS = (SH.property, SH.sparql, SH.declare, SH.qualifiedValueShape, SH.node, SH["not"])


def parsed(paths: Iterable[Path]) -> Graph:
    """Return the triples of Turtle files as one graph."""
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


@functools.cache
def ontology() -> Graph:
    """Return terms, alignments and vocabularies, merged as a validation sees them."""
    folder = ROOT / "ontology"
    return parsed([folder / "core.ttl", folder / "align.ttl", *sorted((folder / "vocab").glob("*.ttl"))])


@functools.cache
def shapes() -> Graph:
    """Return all shapes."""
    return parsed(sorted((ROOT / "ontology" / "shapes").glob("*.ttl")))


@functools.cache
def loaded_ontology() -> ox.Store:
    """Return the ontology in the engine, where a validation takes a twentieth of the time that rdflib needs."""
    store = ox.Store()
    store.extend(quads(ontology()))
    return store


@functools.cache
def found(path: Path) -> frozenset[tuple[str, Node]]:
    """Return shape and constraint component of each result for a fixture merged with the ontology."""
    store = loaded_ontology()
    added = [quad for quad in quads(parsed([path])) if quad not in store]
    store.extend(added)
    try:
        return findings(store)
    finally:
        for quad in added:
            store.remove(quad)


def quads(graph: Graph) -> Iterator[ox.Quad]:
    """Yield the triples of a graph as quads of the engine's default graph."""
    text = graph.serialize(format="nt")
    return iter(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


@functools.cache
def checker() -> Checker:
    """Return the shapes, made ready to check."""
    return Checker(shapes())


def findings(store: ox.Store) -> frozenset[tuple[str, Node]]:
    """Validate a store as `coorbit validate` does; return local name of the shape and component of each result."""
    return frozenset((result.source.removeprefix(SPS), SH[result.component]) for result in checker().findings(store))


def findings_in_rdflib(data: Graph, shape: str) -> Graph:
    """Return the report of one shape over rdflib."""
    _, report, text = pyshacl.validate(
        data, shacl_graph=shapes(), inference="none", advanced=True, inplace=True, use_shapes=[SPS + shape]
    )
    assert isinstance(report, Graph), f"pySHACL cannot use the shapes: {text}"
    return report


def expected(path: Path) -> str:
    """Return the local name of the shape that a bad fixture names in itself."""
    names = [str(name).removeprefix(SPS) for name in parsed([path]).objects(FIXTURE, EXPECTS)]
    assert len(names) == 1, f"{path} must name one shape by {EXPECTS}"
    return names[0]


def fixture_id(path: Path) -> str:
    """Return `Shape/file` for the test report."""
    return f"{path.parent.name}/{path.stem}"


BAD_FOR_QUERIES = [path for path in BAD if (URIRef(SPS + expected(path)), SH.sparql, None) in shapes()]


@pytest.mark.parametrize("path", GOOD, ids=fixture_id)
def test_good_data_passes(path: Path) -> None:
    """Data that follow the rule are not reported, not even by a warning."""
    assert found(path) == frozenset()


@pytest.mark.parametrize("path", BAD, ids=fixture_id)
def test_bad_data_is_reported_by_the_named_shape_alone(path: Path) -> None:
    """Data that break one rule are reported by the shape of this rule and by no other."""
    assert {shape for shape, _ in found(path)} == {expected(path)}


@pytest.mark.slow
@pytest.mark.parametrize("path", BAD_FOR_QUERIES, ids=fixture_id)
def test_query_of_a_shape_finds_the_same_in_rdflib(path: Path) -> None:
    """A rule written as a query holds under both engines, since either may run it."""
    shape = expected(path)
    report = findings_in_rdflib(ontology() + parsed([path]), shape)
    assert set(report.objects(None, SH.sourceShape)) == {URIRef(SPS + shape)}
    assert set(report.objects(None, SH.sourceConstraintComponent)) == {SH.SPARQLConstraintComponent}


def test_ontology_conforms_to_its_own_shapes() -> None:
    """The vocabularies keep the rules for vocabularies."""
    assert findings(loaded_ontology()) == frozenset()


def test_messages_name_the_offender() -> None:
    """A message of a query has its variables filled in, so that a person can act on it."""
    report = findings_in_rdflib(ontology() + parsed([FIXTURES / "Unique" / "bad.ttl"]), "Unique-isoAlpha3")
    messages = [str(message) for message in report.objects(None, SH.resultMessage)]
    assert messages
    assert all("actor/chn" in message and "CHN" in message and "{" not in message for message in messages), messages


def test_each_shape_has_a_folder_of_fixtures() -> None:
    """Each shape, with the rules named after it, has data that pass and data that fail."""
    families = {name.split("-")[0] for name in map(local_name, checking_shapes())}
    assert families == {path.parent.name for path in GOOD}
    assert families == {path.parent.name for path in BAD if path.stem == "bad"}


def test_each_constraint_has_a_bad_fixture() -> None:
    """Each constraint of each shape is broken by some fixture: none is there that never fires."""
    wanted = {
        (local_name(shape), COMPONENTS[parameter])
        for shape in checking_shapes()
        for parameter in shapes().predicates(shape)
        if parameter in COMPONENTS
    }
    missing = wanted - {finding for path in BAD for finding in found(path)}
    assert not missing, "no tests/fixtures/shapes/*/bad-*.ttl breaks " + ", ".join(
        f"{shape} by its {local_name(component)}" for shape, component in sorted(missing)
    )


def test_constraints_are_known_to_this_file() -> None:
    """A kind of constraint that is new to the shapes is added to COMPONENTS, so that it too must have a fixture."""
    known = {*COMPONENTS, *NOT_CONSTRAINTS}
    assert {parameter for shape in checking_shapes() for parameter in shapes().predicates(shape)} <= known


def test_no_shape_is_a_blank_node() -> None:
    """A shape, a constraint and a prefix have IRIs, so that a report can cite them."""
    graph = shapes()
    kinds = (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint, SH.PrefixDeclaration)
    nodes = {node for kind in kinds for node in graph.subjects(RDF.type, kind)}
    linked = {node for link in LINKS for node in graph.objects(None, link)}
    assert linked <= nodes, linked - nodes
    assert all(isinstance(node, URIRef) for node in nodes)


def test_each_shape_tells_what_to_do() -> None:
    """Each property shape and each query has one message in English, and says one thing in one place."""
    graph = shapes()
    speaking = {*graph.subjects(RDF.type, SH.PropertyShape), *graph.subjects(RDF.type, SH.SPARQLConstraint)}
    texts = {node: list(graph.objects(node, SH.message)) for node in speaking}
    assert {node: text for node, text in texts.items() if len(text) != 1} == {}
    assert all(isinstance(text[0], Literal) and text[0].language == "en" for text in texts.values())


def test_each_term_is_used() -> None:
    """The ontology holds no class or property that neither a shape nor a query uses, unless a used one stands below."""
    core = ontology()
    terms = {term for term in core.subjects(RDFS.isDefinedBy, ONTOLOGY) if isinstance(term, URIRef)}
    used = {term for term in terms if term in set(shapes().all_nodes()) or local_name(term) in names_in_queries()}
    above = {
        ancestor
        for term in used
        for step in (RDFS.subClassOf, RDFS.subPropertyOf)
        for ancestor in core.transitive_objects(term, step)
    }
    unused = sorted(local_name(term) for term in terms - used - above)
    assert not unused, f"neither a shape nor a query in queries/ uses {', '.join(unused)}: use the term or drop it"


def checking_shapes() -> set[Node]:
    """Return shapes that report under their own name: all but the helpers that only others refer to."""
    graph = shapes()
    kinds = {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}
    return kinds - set(graph.objects(None, SH.qualifiedValueShape))


def names_in_queries() -> set[str]:
    """Return local names of our terms in the queries of shapes and of files."""
    texts = [str(text) for text in shapes().objects(None, SH.select)]
    files = [*sorted((ROOT / "queries").glob("**/*.rq")), *sorted((ROOT / "ontology" / "rules").glob("*.rq"))]
    texts += [path.read_text(encoding="utf-8") for path in files]
    pattern = re.compile(rf"(?:\bcoo:|<{re.escape(COO)})([A-Za-z0-9]+)")
    return {name for text in texts for name in pattern.findall(text)}


def local_name(node: Node) -> str:
    """Return what follows the # of an IRI."""
    return str(node).rpartition("#")[2]
