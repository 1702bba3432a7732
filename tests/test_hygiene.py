"""Each hygiene query finds the fault that it is there for, and nothing in the packaged graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.questions import packaged_questions
from graph.store import merged
from graph.validate import hygiene_findings

if TYPE_CHECKING:
    from graph.build import Dataset

PREFIXES = """
@prefix coo: <https://w3id.org/coorbit/ont#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix cst: <https://w3id.org/coorbit/voc/claim-status/> . @prefix e: <http://e.test/> .
@prefix ont: <https://w3id.org/coorbit/> .
"""
TERM = 'a owl:Class ; rdfs:isDefinedBy ont:ont ; rdfs:label "{0}"@en ; skos:definition "{1}"@en .'
FAULTS = {
    "term-without-label": 'coo:T a owl:Class ; rdfs:isDefinedBy ont:ont ; rdfs:label "ding"@fr .',
    "term-without-definition": 'coo:T a owl:Class ; rdfs:isDefinedBy ont:ont ; skos:definition "a"@en , "b"@en .',
    "term-defined-nowhere": "coo:T a owl:Class .",
    "duplicate-term-label": f"coo:T {TERM.format('thing', 'x')} coo:U {TERM.format('thing', 'y')}",
    "circular-definition": f"coo:T {TERM.format('satellite', 'artificial satellite of a planet')}",
    "misnamed-term": f"coo:someClass {TERM.format('thing', 'x')}",
    "subclass-cycle": "coo:T a owl:Class ; rdfs:subClassOf coo:U . coo:U rdfs:subClassOf coo:T .",
    "incomplete-ontology-header": "ont:ont a owl:Ontology .",
    "version-mismatch": "ont:ont a owl:Ontology ; owl:versionIRI <https://w3id.org/coorbit/ont/1> ; "
    'owl:versionInfo "2" .',
    "incomplete-concept": 'e:c a skos:Concept ; skos:prefLabel "c"@en ; skos:notation "c" ; skos:inScheme e:s .',
    "misplaced-concept": 'e:d a skos:Concept ; skos:notation "c" ; skos:inScheme <http://e.test/scheme> .',
    "untidy-text": 'e:s rdfs:label " trailing"@en .',
    "deprecated-term-in-use": "coo:old owl:deprecated true . e:s coo:old e:o .",
    "mixed-schema-org": "e:s <http://schema.org/url> <http://e.test/> .",
    "uncovered-fact": 'e:s coo:noradId "1" . e:c coo:claimSubject e:s ; coo:claimPredicate coo:noradId ; '
    'coo:claimLiteral "1" ; coo:claimStatus cst:disputed .',
}


@pytest.mark.parametrize("name", [question.name for question in packaged_questions("hygiene")])
def test_a_planted_fault_is_found(name: str) -> None:
    """Each query reports its own fault as a sentence on the node at fault."""
    store = ox.Store()
    store.load(PREFIXES + FAULTS[name], format=ox.RdfFormat.TURTLE)
    findings = [found for found in hygiene_findings(store) if found.source.endswith(f"/{name}")]
    assert findings
    assert all(found.message and found.focus for found in findings)


def test_the_packaged_graph_is_clean(dataset: Dataset) -> None:
    """No hygiene query finds anything in what is published."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in merged(dataset.quads))
    assert hygiene_findings(store) == []
