"""The ontology and the data contradict nothing, and a reasoner sees a contradiction where one is planted.

The second half keeps the first honest: without disjoint classes and property ranges, everything is consistent.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.terms import COO
from graph.writer import read_rdf

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
def terms() -> frozenset[ox.Triple]:
    """Return core and vocabularies; alignments are annotations and say nothing to a reasoner."""
    folder = ROOT / "ontology"
    return parsed([folder / "core.ttl", *sorted((folder / "vocab").glob("*.ttl"))])


def parsed(paths: list[Path]) -> frozenset[ox.Triple]:
    """Return the triples of Turtle files."""
    return frozenset(quad.triple for path in paths for quad in read_rdf(path))


def turtle(text: str) -> frozenset[ox.Triple]:
    """Return the triples of a Turtle text."""
    return frozenset(quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE))


def contradiction(triples: frozenset[ox.Triple]) -> str:
    """Let HermiT look at some triples; return what it finds wrong, empty if nothing.

    owlready2 keeps what it loads, so each call has a world of its own. HermiT knows no xsd:date, and refuses it
    unless told to ignore it.
    """
    import owlready2  # noqa: PLC0415  (it may be missing, and then every test here is skipped)

    world = owlready2.World()
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
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
    owl_class = ox.NamedNode("http://www.w3.org/2002/07/owl#Class")
    classes = {triple.subject for triple in terms() if triple.object == owl_class and COO in str(triple.subject)}
    members = turtle("".join(f"<urn:member:{number}> a {cls} .\n" for number, cls in enumerate(classes)))
    assert len(members) > 0
    assert contradiction(terms() | members) == ""


def test_data_are_consistent() -> None:
    """The packaged data contradict neither the ontology nor each other."""
    files = sorted((ROOT / "graph" / "data").glob("**/*.ttl"))
    if not files:
        pytest.skip("there are no data yet under graph/data")
    assert contradiction(terms() | parsed(files)) == ""


@pytest.mark.parametrize("planted", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_planted_contradiction_is_found(planted: str) -> None:
    """A graph that says what cannot be is found inconsistent."""
    assert contradiction(terms() | turtle(planted)) == "the graph as a whole"
