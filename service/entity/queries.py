"""The queries by which an entity is described: a fixed list, whatever the entity.

Each binds `?this` by substitution, never by pasting text. The engine orders joins before it knows the value, and would
read every label of the dataset first (measured: 130 ms for 1); LATERAL (SPARQL-dev SEP-0006, which the engine has)
says that what stands before it is to be found first. The order of rows is that of the engine's index, the same in each
process for one version; ORDER BY would read each IRI of a large relation from disk (measured: 230 ms for 4,900), so
only lists of moderate length are sorted over all of their pages.
"""

from __future__ import annotations

from typing import Final

from graph.terms import COO, DERIVED_GRAPH, PREFIXES, RDFS, SKOS
from service.entity.view import LISTED_AT_ONCE

_HEAD: Final = f"""PREFIX coo: <{COO}>
PREFIX dcterms: <{PREFIXES["dcterms"]}>
PREFIX rdfs: <{RDFS}>
PREFIX skos: <{SKOS}>
"""

_PARTS: Final = "coo:hasParticipation|coo:hasParty|coo:hasStatusAssessment|coo:hasNameUsage"
_AROUND: Final = f"""{{ ?this {_PARTS}|coo:fromRow ?s LATERAL {{ ?s ?p ?o }} }}
  UNION {{ ?s coo:claimSubject|coo:asserts ?this LATERAL {{ ?s ?p ?o }} }}
  UNION {{ ?s coo:localResource ?this LATERAL {{ ?s ?p ?o }} }}
  UNION {{ ?claim coo:claimSubject|coo:asserts ?this LATERAL {{ ?claim coo:evidence ?s LATERAL {{ ?s ?p ?o }} }} }}
  UNION {{ ?this coo:fromRow ?row LATERAL {{ ?row coo:rowOf ?s LATERAL {{ ?s ?p ?o }} }} }}"""
"""Triples of what belongs to an entity: its participations, parties, statuses and names; claims on it, with the places
where they are made; records of its links; rows of catalogues that it comes from, with the catalogues."""

OWN: Final = "SELECT ?this ?p ?o WHERE { ?this ?p ?o }"

AROUND: Final = f"{_HEAD}SELECT DISTINCT ?this ?s ?p ?o WHERE {{\n  {_AROUND}\n}}"

LABELS: Final = f"""{_HEAD}SELECT ?this ?x ?label ?prefLabel WHERE {{
  {{ SELECT DISTINCT ?this ?x WHERE {{
    {{ ?this ?p ?x }} UNION {{ ?this ?x ?o }}
    UNION {{ SELECT ?this (?o AS ?x) WHERE {{ {_AROUND} }} }}
    FILTER (ISIRI(?x))
  }} }}
  LATERAL {{ {{ ?x rdfs:label ?label }} UNION {{ ?x skos:prefLabel ?prefLabel }} }}
}}"""

INCOMING: Final = f"""{_HEAD}SELECT ?this ?p ?count ?label WHERE {{
  {{ SELECT ?this ?p (COUNT(*) AS ?count) WHERE {{ ?s ?p ?this }} GROUP BY ?this ?p }}
  OPTIONAL {{ ?p rdfs:label ?label }}
}}"""

STATED: Final = "SELECT ?this ?graph ?p ?o WHERE { GRAPH ?graph { ?this ?p ?o } }"
"""Which named graphs hold each triple."""

_NAMED: Final = f"""OPTIONAL {{ {{ ?s rdfs:label ?label }} UNION {{ ?s skos:prefLabel ?label }} }}
  OPTIONAL {{ ?whole {_PARTS} ?s . OPTIONAL {{ ?whole rdfs:label ?wholeLabel }} }}
  OPTIONAL {{
    ?s coo:participant|coo:memberActor|coo:memberBody|coo:role|coo:membershipKind|coo:status ?part .
    FILTER (?part != ?this)
    OPTIONAL {{ ?part rdfs:label|skos:prefLabel ?partLabel }}
  }}"""
"""Labels of things that point to an entity; one without a label is named by what it is a part of, and by its parts."""

POINTING: Final = f"""{_HEAD}SELECT ?this ?relation ?s ?label ?whole ?wholeLabel ?part ?partLabel WHERE {{
  {{ SELECT ?this ?relation ?s WHERE {{ ?s ?relation ?this }} LIMIT {LISTED_AT_ONCE + 1} }}
  {_NAMED}
}}"""
"""What points to an entity where that is not much: one more than is listed at once tells that it is more."""

DATED: Final = f"""{_HEAD}SELECT ?this ?year (COUNT(DISTINCT ?x) AS ?count) WHERE {{
  {{ ?this ?p ?x }}
  UNION {{ ?x coo:launchVehicle|coo:launchedFrom|coo:concernsAgreement|coo:changedOrganization ?this }}
  LATERAL {{ ?x coo:onDate|coo:beginEarliest|coo:signedOn ?date }}
}}
GROUP BY ?this (YEAR(?date) AS ?year)"""
"""How many things that an entity is connected with happened, began or were signed in each year."""


SORTED: Final = 1_000
"""How many things of a relation are sorted by name over all pages of their list: 25 to 40 µs each."""


def listing(page: int, *, count: int, language: str) -> str:
    """Return the query for one page of what points to an entity by `?relation`.

    Args:
        page: from 1.
        count: how many things do; where they are too many to be sorted, they come in the engine's order.
        language: tag, of ours, of the names by which they are sorted; else English; what has no name, by its IRI.
    """
    some = "?s ?relation ?this"
    if count <= SORTED:
        some = f"""{some}
      LATERAL {{ OPTIONAL {{ ?s rdfs:label|skos:prefLabel ?own FILTER (LANG(?own) = "{language}") }} }}
      LATERAL {{ OPTIONAL {{ ?s rdfs:label|skos:prefLabel ?en FILTER (LANG(?en) = "en") }} }}"""
        order = "GROUP BY ?this ?relation ?s ORDER BY LCASE(COALESCE(MIN(?own), MIN(?en), STR(?s))) ?s"
    else:
        order = ""
    return f"""{_HEAD}SELECT ?this ?relation ?s ?label ?whole ?wholeLabel ?part ?partLabel WHERE {{
  {{ SELECT ?this ?relation ?s WHERE {{ {some} }} {order} LIMIT {LISTED_AT_ONCE}
    OFFSET {(page - 1) * LISTED_AT_ONCE} }}
  {_NAMED}
}}"""


def is_derived(graphs: set[str]) -> bool:
    """Say whether a triple stands in no graph but that of what the rules derive."""
    return graphs == {DERIVED_GRAPH}
