"""Who puts forward what: a claim names its author, so that a contradiction is between parties, not of the curators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.rules import packaged_rules
from graph.terms import BASE

if TYPE_CHECKING:
    from graph.build import Dataset

PREFIXES: Final = f"""
PREFIX actor: <{BASE}id/actor/>
PREFIX coo: <{BASE}ont#>
PREFIX cst: <{BASE}voc/claim-status/>
"""

SHORT_FORMS: Final = {f"<{BASE}ont#hasPartyActor>"}
"""Properties that rules make too, by which a list of parties says that a state belonged to an agreement."""


def select(dataset: Dataset, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query over all graphs of the dataset."""
    rows = dataset.store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return [tuple(str(row[variable]) for variable in rows.variables) for row in rows]


def test_curators_claim_nothing_that_is_not_held(dataset: Dataset) -> None:
    """What is disputed or refuted is somebody's word, and never that of the curators."""
    assert (
        select(
            dataset,
            """SELECT DISTINCT ?claim WHERE {
  VALUES ?status { cst:disputed cst:refuted }
  ?claim coo:claimStatus ?status ; coo:statedBy actor:coorbit-curators .
}""",
        )
        == []
    )


def test_sides_of_a_conflict_differ(dataset: Dataset) -> None:
    """Of two claims in conflict one has an author or a source that the other has not."""
    pairs = set(select(dataset, "SELECT ?one ?two WHERE { ?one coo:conflictsWith ?two }"))
    assert pairs
    origins: dict[str, set[str]] = {}
    for claim, origin in select(dataset, "SELECT ?claim ?of WHERE { ?claim coo:statedBy|coo:reportedIn ?of }"):
        origins.setdefault(claim, set()).add(origin)
    assert [pair for pair in pairs if origins[pair[0]] == origins[pair[1]]] == []


def test_nobody_claims_what_is_derived(dataset: Dataset) -> None:
    """A claim is about what can be stated: what only rules make follows from other claims."""
    derived = {f"<{iri}>" for rule in packaged_rules() for iri in rule.derives} - SHORT_FORMS
    assert derived
    stated = select(dataset, "SELECT ?claim ?predicate WHERE { ?claim coo:claimPredicate ?predicate }")
    assert stated
    assert [claim for claim, predicate in stated if predicate in derived] == []
