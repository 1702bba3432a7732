"""Coverage: every date, identifier, party and role of the packaged graph rests on a claim or a row, and loss shows.

The rule stands in queries/hygiene/uncovered-fact.rq; here real claims and real columns are taken away from under it.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox
import pytest

from graph.store import in_memory
from graph.terms import BASE, COO, PREFIXES, compact
from graph.validate import hygiene_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.build import Dataset

COUNT: Final = re.compile(r"(\d+) values of .* such as that of (\S+)")

STATEMENTS: Final = [
    ("cnsa-founded-piglix", "coo:foundedOn", "actor:cnsa"),
    ("long-march-3b-gcat-code", "coo:gcatCode", "sys:long-march-3b"),
    ("launch-2007-018-local-date", "coo:localDate", "occ:launch-2007-018"),
    ("nigcomsat-1-failure-cgwic", "coo:onDate", "occ:nigcomsat-1-failure"),
]
"""Claim, property and thing: no other accepted claim and no row gives that value."""

SITUATIONS: Final = [
    ("x18-33", {"coo:participant": 1, "coo:role": 1}),
    ("tua-founding-2018", {"coo:onDate": 1}),
    (
        "brics-members-2024",
        {"coo:memberActor": 4, "coo:memberBody": 4, "coo:beginEarliest": 4, "coo:beginLatest": 4},
    ),
    (
        "cnsa-roscosmos-2018-deep-space-agreement",
        {
            "coo:hasParty": 2,
            "coo:onBehalfOf": 2,
            "coo:onDate": 1,
            "coo:participant": 4,
            "coo:role": 4,
            "coo:signedOn": 1,
        },
    ),
]
"""Claim, and how many values of each property no other accepted claim and no row gives."""

COLUMNS: Final = [
    ("country-codes", "coo:isoAlpha3"),
    ("gcat-launchlog", "coo:participant"),
    ("gcat-psatcat", "coo:registeredBy"),
    ("gcat-sites", "wgs:lat"),
    ("space-memberships", "coo:memberActor"),
    ("un-treaty-collection-25-1", "coo:onDate"),
]
"""Dataset and property: no claim and no other dataset gives these values too."""


@pytest.fixture(scope="module")
def store(dataset: Dataset) -> ox.Store:
    """Return the default graph of the packaged dataset; a test that takes something away puts it back."""
    return in_memory(dataset.triples)


def named(name: str) -> ox.NamedNode:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def uncovered(store: ox.Store) -> dict[str, tuple[int, str]]:
    """Return, for each property with uncovered values, how many they are and one thing that has one."""
    found = {}
    for finding in hygiene_findings(store):
        if finding.source == f"{BASE}queries/hygiene/uncovered-fact":
            told = COUNT.search(finding.message)
            assert told, finding.message
            found[compact(str(finding.focus))] = (int(told[1]), compact(told[2]))
    return found


@contextlib.contextmanager
def without(store: ox.Store, quads: Iterable[ox.Quad]) -> Iterator[None]:
    """Take quads away for the length of a with block; they must be there."""
    taken = list(quads)
    assert taken
    assert all(quad in store for quad in taken)
    for quad in taken:
        store.remove(quad)
    try:
        yield
    finally:
        store.extend(taken)


def claim_quads(store: ox.Store, slug: str) -> list[ox.Quad]:
    """Return all that is said of a claim."""
    return list(store.quads_for_pattern(named(f"clm:{slug}"), None, None, None))


def values_of_column(store: ox.Store, table: str, name: str) -> int:
    """Return how many values of a property stand on things that rows of a dataset describe."""
    query = f"""SELECT DISTINCT ?thing ?value WHERE {{
      ?row <{COO}rowOf> {named(f"src:{table}")} .
      ?thing <{COO}fromRow> ?row ; {named(name)} ?value .
    }}"""
    return len(list(cast("ox.QuerySolutions", store.query(query))))


def test_nothing_is_uncovered(store: ox.Store) -> None:
    """In the packaged graph each date, identifier, party and role rests on an accepted claim or a dataset row."""
    assert uncovered(store) == {}


@pytest.mark.parametrize(("claim", "name", "thing"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_a_value_without_its_claim_is_uncovered(store: ox.Store, claim: str, name: str, thing: str) -> None:
    """Without the one claim that states it, a value is uncovered, and the finding names the thing."""
    with without(store, claim_quads(store, claim)):
        assert uncovered(store) == {name: (1, thing)}


@pytest.mark.parametrize(("claim", "name", "thing"), STATEMENTS[:2], ids=[row[0] for row in STATEMENTS[:2]])
def test_a_doubted_claim_covers_nothing(store: ox.Store, claim: str, name: str, thing: str) -> None:
    """A claim that is no longer accepted is no cover, though it still states the value."""
    accepted = [ox.Quad(named(f"clm:{claim}"), named("coo:claimStatus"), named("cst:accepted"))]
    with without(store, accepted):
        assert uncovered(store) == {name: (1, thing)}


@pytest.mark.parametrize(("claim", "rise"), SITUATIONS, ids=[row[0] for row in SITUATIONS])
def test_a_situation_without_its_claim_is_uncovered(store: ox.Store, claim: str, rise: dict[str, int]) -> None:
    """Without the one claim that asserts them, the dates, parties and roles of situations are uncovered."""
    with without(store, claim_quads(store, claim)):
        assert {name: count for name, (count, _) in uncovered(store).items()} == rise


@pytest.mark.parametrize(("table", "name"), COLUMNS, ids=[f"{row[0]}-{row[1]}" for row in COLUMNS])
def test_a_column_that_is_not_declared_covers_nothing(store: ox.Store, table: str, name: str) -> None:
    """Without coo:givesProperty, the values of a column are uncovered, as many as its rows gave."""
    given = values_of_column(store, table, name)
    assert given > 30
    with without(store, [ox.Quad(named(f"src:{table}"), named("coo:givesProperty"), named(name))]):
        assert {key: count for key, (count, _) in uncovered(store).items()} == {name: given}
