"""Each hygiene query finds the fault that it is there for, and nothing in the packaged graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.questions import packaged_questions
from graph.validate import hygiene_findings

if TYPE_CHECKING:
    from graph.build import Dataset

PREFIXES = """
@prefix coo: <https://w3id.org/coorbit/ont#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix cst: <https://w3id.org/coorbit/voc/claim-status/> . @prefix e: <http://e.test/> .
@prefix ont: <https://w3id.org/coorbit/> . @prefix a: <https://w3id.org/coorbit/id/actor/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix schema: <https://schema.org/> .
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
    "several-labels": 'coo:T rdfs:isDefinedBy ont:ont ; rdfs:label "ding"@fr , "dong"@fr .',
    "unlabelled-thing": 'a:x coo:gcatCode "X" .',
    "untyped-term": "coo:p rdfs:isDefinedBy ont:ont ; rdfs:range coo:Nowhere .",
    "thing-without-own-class": "a:x a <http://xmlns.com/foaf/0.1/Person> .",
    "crossed-domain": "coo:p rdfs:isDefinedBy ont:ont ; rdfs:subPropertyOf coo:q ; rdfs:domain coo:C . "
    "coo:q rdfs:domain coo:D .",
    "crossed-range": "coo:p rdfs:isDefinedBy ont:ont ; rdfs:subPropertyOf coo:q ; rdfs:range coo:C . "
    "coo:q rdfs:range coo:D .",
    "second-inverse": "coo:p rdfs:isDefinedBy ont:ont ; owl:inverseOf coo:q . coo:r owl:inverseOf coo:p .",
    "unused-scheme": "e:s a skos:ConceptScheme ; skos:hasTopConcept e:c . e:c skos:inScheme e:s .",
    "loose-concept": "e:c a skos:Concept ; skos:inScheme e:s .",
    "incomplete-scheme": 'e:s a skos:ConceptScheme ; skos:prefLabel "s"@en ; dcterms:license e:l .',
    "duplicate-concept-label": 'e:c skos:prefLabel "c"@en ; skos:inScheme e:s . '
    'e:d skos:prefLabel "c"@en ; skos:inScheme e:s .',
    "term-without-chinese-label": f"coo:T {TERM.format('thing', 'x')}",
    "class-without-translation": f'coo:T {TERM.format("thing", "x")} coo:T rdfs:label "a"@fr , "b"@es , "c"@pt .',
    "deprecated-without-reason": "coo:old owl:deprecated true .",
    "claim-without-trace": "e:c coo:claimStatus cst:accepted ; coo:reportedIn e:page .",
    "source-without-address": "e:c coo:reportedIn e:page .",
    "one-sided-conflict": "e:c coo:claimStatus cst:disputed ; coo:claimSubject e:s ; coo:conflictsWith e:d . "
    "e:d coo:claimSubject e:other .",
    "link-without-record": "a:x skos:exactMatch e:x .",
    "unpublished-link": "e:l coo:localResource a:x ; coo:externalResource e:x ; coo:linkPredicate skos:exactMatch .",
    "derived-by-hand": "e:sat coo:launchedIn e:launch .",
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
    assert hygiene_findings(dataset.store) == []


def test_a_blank_node_at_fault_is_a_finding() -> None:
    """A query can make no sentence of a node without a text; the finding is told all the same."""
    store = ox.Store()
    store.load(PREFIXES + '[] rdfs:label " trailing"@en .', format=ox.RdfFormat.TURTLE)
    (finding,) = [found for found in hygiene_findings(store) if found.source.endswith("/untidy-text")]
    assert "blank node" in finding.message
