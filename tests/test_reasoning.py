"""The ontology and the data contradict nothing, and a reasoner sees a contradiction where one is planted.

The second half keeps the first honest: without disjoint classes and property ranges, everything is consistent.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import shutil
from pathlib import Path

import pytest
from rdflib import Graph

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="HermiT runs on Java, and there is no `java` here"),
    pytest.mark.skipif(
        importlib.util.find_spec("owlready2") is None,
        reason="owlready2 brings HermiT and is not installed (pip install 'coorbit[test]')",
    ),
]

PREFIXES = """
@prefix coo: <https://w3id.org/coorbit/ont#> .
@prefix ex: <https://w3id.org/coorbit/tests/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CONTRADICTIONS = {
    "satellite-takes-part": "ex:sat a coo:Satellite . ex:part coo:participant ex:sat .",
    "forum-with-personality": "ex:brics a coo:IntergovernmentalForum , coo:InternationalOrganization .",
    "state-is-organization": "ex:body a coo:SpaceAgency , coo:State .",
    "platform-is-launched": "ex:platform a coo:GroundInfrastructure . ex:launch coo:launchedObject ex:platform .",
    "claims-supersede-each-other": "ex:one coo:supersedes ex:two . ex:two coo:supersedes ex:one .",
    "claim-conflicts-with-itself": "ex:one coo:conflictsWith ex:one .",
    "two-catalogue-numbers": 'ex:sat coo:noradId "43662" , "43663" .',
    "article-is-claim": "ex:one coo:reportedIn ex:two . ex:two coo:statedBy ex:three .",
    "membership-of-a-satellite": "ex:sat a coo:Satellite . ex:member coo:memberActor ex:sat .",
    "rocket-design-is-launched": "ex:rocket a coo:LaunchVehicleModel . ex:launch coo:launchedObject ex:rocket .",
    "state-is-based-in-a-state": "ex:fra a coo:State ; coo:basedIn ex:usa .",
    "link-is-claim": "ex:link coo:linkPredicate ex:p ; coo:claimStatus ex:accepted .",
    "instrument-carries-instrument": "ex:camera a coo:Instrument ; coo:carries ex:lens .",
    "spacecraft-takes-part": "ex:act a coo:CooperationActivity ; coo:hasParticipation ex:part . "
    "ex:part coo:participant ex:sat . ex:sat a coo:Spacecraft .",
    "successor-of-itself": "ex:body coo:successor ex:body .",
    "export-is-statement": "ex:sale coo:transferredObject ex:sat . ex:claim coo:statedAt ex:sale .",
    "agreement-of-a-launch": "ex:launch a coo:LaunchEvent ; coo:hasParty ex:party .",
}


@functools.cache
def terms() -> Graph:
    """Return core and vocabularies; alignments are annotations and say nothing to a reasoner."""
    folder = ROOT / "ontology"
    return parsed([folder / "core.ttl", *sorted((folder / "vocab").glob("*.ttl"))])


def parsed(paths: list[Path]) -> Graph:
    """Return the triples of Turtle files as one graph."""
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def contradiction(graph: Graph) -> str:
    """Let HermiT look at a graph; return what it finds wrong, empty if nothing.

    owlready2 keeps what it loads, so each call has a world of its own. HermiT knows no xsd:date, and refuses it
    unless told to ignore it.
    """
    import owlready2  # noqa: PLC0415  it may be missing, and then every test here is skipped

    world = owlready2.World()
    text = graph.serialize(format="nt", encoding="utf-8")
    loaded = world.get_ontology("https://w3id.org/coorbit/tests/reasoning").load(fileobj=io.BytesIO(text))
    try:
        with loaded:
            owlready2.sync_reasoner_hermit(world, ignore_unsupported_datatypes=True, debug=0)
        return ", ".join(sorted(str(found) for found in world.inconsistent_classes()))
    except owlready2.OwlReadyInconsistentOntologyError:
        return "the graph as a whole"
    finally:
        world.close()


def test_ontology_is_consistent_and_each_class_can_have_members() -> None:
    """Terms and vocabularies alone contradict nothing, and no class is bound to be empty."""
    assert contradiction(terms()) == ""


def test_one_of_each_class_is_consistent() -> None:
    """A graph with a member in each class, none of them shared, contradicts nothing."""
    query = "SELECT ?class WHERE { ?class a owl:Class . FILTER (STRSTARTS(STR(?class), STR(coo:))) }"
    namespaces = {"coo": "https://w3id.org/coorbit/ont#", "owl": "http://www.w3.org/2002/07/owl#"}
    classes = [str(row[0]) for row in terms().query(query, initNs=namespaces)]  # type: ignore[index]
    members = Graph().parse(
        data="".join(f"<urn:member:{number}> a <{iri}> .\n" for number, iri in enumerate(classes)), format="turtle"
    )
    assert len(members) > 0
    assert contradiction(terms() + members) == ""


def test_data_are_consistent() -> None:
    """The packaged data contradict neither the ontology nor each other."""
    files = sorted((ROOT / "graph" / "data").glob("**/*.ttl"))
    if not files:
        pytest.skip("there are no data yet under graph/data")
    assert contradiction(terms() + parsed(files)) == ""


@pytest.mark.parametrize("planted", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_planted_contradiction_is_found(planted: str) -> None:
    """A graph that says what cannot be is found inconsistent."""
    graph = terms() + Graph().parse(data=PREFIXES + planted, format="turtle")
    assert contradiction(graph) == "the graph as a whole"
