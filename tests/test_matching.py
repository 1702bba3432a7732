"""Matching of rows with things: likeness of names, other columns, and when a candidate is the match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, URIRef
from searching import SMALL, store_of

from graph.likeness import likeness
from graph.matching import CLEAR_BY, MATCH_FROM, Condition, Matcher, Question, Value
from graph.properties import PROPERTIES, find_property, values
from graph.resources import resource_dir
from graph.search import Index
from graph.search_file import Found
from graph.search_index import build_search
from graph.terms import BASE, COO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.matching import Candidate

STORE = store_of(
    SMALL
    + """
sys:star-1 a coo:Satellite ; rdfs:label "Star"@en ; coo:launchedIn occ:launch ; coo:registeredBy actor:chn .
sys:star-2 a coo:Satellite ; rdfs:label "Star"@en ; coo:registeredBy actor:chl .
actor:chl coo:representsState actor:chl . actor:chn coo:representsState actor:chn .
"""
)


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """A matcher over a small graph."""
    directory = tmp_path_factory.mktemp("000001")
    build_search(STORE, directory)
    with Index(directory) as index:
        yield Matcher(index=index, store=STORE)


def best(matcher: Matcher, text: str, kind: str = "", **columns: str) -> Candidate | None:
    """Return the best candidate for a name."""
    conditions = tuple(Condition(pid=pid, values=(Value(text=value),)) for pid, value in columns.items())
    types = (COO + kind,) if kind else ()
    found = matcher.match(Question(text=text, types=types, conditions=conditions))
    return found[0] if found else None


def slug(candidate: Candidate | None) -> str:
    """Return the end of the IRI of a match; empty where there is none."""
    return candidate.iri.rpartition("/")[2] if candidate and candidate.match else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("China", "chn"),
        ("中国", "chn"),
        ("Cote d'Ivoire", "civ"),
        ("Burma", "mmr"),
        ("CNSA", "cnsa"),
        ("Space Administration, National (China)", "cnsa"),
        ("China Natoinal Space Administrashun", "cnsa"),
        ("CBERS 4A", "cbers-4a"),
        ("2019-093E", "cbers-4a"),
        ("http://www.wikidata.org/entity/Q148", "chn"),
        ("Q148", "chn"),
        ("wd:Q148", "chn"),
        ("actor:chn", "chn"),
        ("Chile", "chl"),
        ("Chlie", "chl"),
        ("Chila", ""),
        ("Xylophone", ""),
        ("", ""),
        ("Star", ""),
    ],
)
def test_a_name_means_a_thing(matcher: Matcher, text: str, expected: str) -> None:
    """Languages, accents, acronyms, former names, order, errors, identifiers; namesakes are left to a person."""
    assert slug(best(matcher, text)) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"country": "China"}, "star-1"),
        ({"country": "CN"}, "star-1"),
        ({"country": "Chile"}, "star-2"),
        ({"launchDate": "2019-12-20"}, "star-1"),
        ({"launchDate": "2019-12-20T00:00:00Z"}, "star-1"),
        ({"country": "Q148"}, "star-1"),
        ({"nothing": "China"}, ""),
    ],
)
def test_a_column_tells_namesakes_apart(matcher: Matcher, columns: dict[str, str], expected: str) -> None:
    """A country by any of its names or codes, a day with or without a time; an unknown column counts for nothing."""
    assert slug(best(matcher, "Star", "Satellite", **columns)) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"cosparId": "2019-093E"}, "cbers-4a"),
        ({"identifier": "Q148"}, "chn"),
        ({"wikidata": "http://www.wikidata.org/entity/Q148"}, "chn"),
        ({"cosparId": "2019-093E", "launchDate": "1999-01-01"}, ""),
        ({"cosparId": "1900-001A"}, ""),
        ({"noradId": "2019-093E"}, ""),
        ({"country": "China"}, ""),
    ],
)
def test_an_identifier_alone_means_a_thing(matcher: Matcher, columns: dict[str, str], expected: str) -> None:
    """Without a name, candidates are the things that have the identifier of a column, of the kind it says."""
    assert slug(best(matcher, "", **columns)) == expected


def test_a_link_agrees_or_contradicts(matcher: Matcher) -> None:
    """What Wikidata calls a thing is an identifier like others."""
    assert slug(best(matcher, "China", "State", identifier="Q148", wikidata="Q148")) == "chn"
    assert slug(best(matcher, "China", "State", wikidata="Q149")) == ""


def test_a_type_is_kept_to(matcher: Matcher) -> None:
    """A candidate has one of the types."""
    assert slug(best(matcher, "China", "State")) == "chn"
    assert best(matcher, "China", "Satellite") is None


def test_conditions_have_quantifiers(matcher: Matcher) -> None:
    """Any, all or none of the values; a required one leaves out what it does not hold for."""
    both = (Value(text="China"), Value(text="Chile"))
    for quantifier, expected in (("any", 1.0), ("all", 0.0), ("none", 0.0)):
        condition = Condition(pid="country", values=both, quantifier=quantifier)
        (first, *_) = matcher.match(Question(text="Star", conditions=(condition,)))
        assert first.features["property:country"] == expected
    wanted = Condition(pid="country", values=(Value(iri=BASE + "id/actor/chl"),), required=True)
    found = matcher.match(Question(text="Star", conditions=(wanted,)))
    assert [each.iri.rpartition("/")[2] for each in found] == ["star-2"]


def test_a_match_is_good_and_clear(matcher: Matcher) -> None:
    """A score below the bound, or near to the next one's, decides nothing."""
    found = matcher.match(Question(text="Star"))
    assert found[0].score == found[1].score == 100
    assert not any(each.match for each in found)
    assert 0 < CLEAR_BY < MATCH_FROM < 100
    poor = best(matcher, "Chinox Natur Spat Admin")
    assert poor is None or not poor.match


@pytest.mark.parametrize(
    ("name", "text", "least", "most"),
    [
        ("gaofen 1", "gaofen 2", 0.0, 0.8),
        ("gaofen 1", "gaofon 1", 0.85, 0.95),
        ("peru", "perx", 0.0, 0.7),
        ("space agency of brazil", "brazil space agency of", 0.98, 0.999),
    ],
)
def test_numbers_and_short_names_count_more(name: str, text: str, least: float, most: float) -> None:
    """Another number is another thing; an error in a short name leaves little; order of words is hardly an error."""
    row = Found("i:1", name, (), 0.5, name, ("en",), "label", name)
    assert least <= likeness(row, text, text.replace(" ", "")) <= most


def test_properties_are_of_the_ontology() -> None:
    """Each step of a way, and each class, is a term; so is what a proposal says of a type."""
    ontology = Graph().parse(resource_dir("ontology") / "core.ttl")
    known = {str(term) for term in ontology.subjects(RDF.type, None) if isinstance(term, URIRef)}
    for each in PROPERTIES.values():
        steps = {step.value for way in each.ways for step in way if step.value.startswith(COO)}
        assert steps | {COO + name for name in each.classes} <= known, each.id


def test_a_property_is_found_by_its_term() -> None:
    """By its id or by the IRI of the term."""
    assert find_property(COO + "cosparId") == find_property("cosparId") == PROPERTIES["cosparId"]
    assert find_property("http://e.test/p") is None


def test_the_first_way_with_values_counts() -> None:
    """Values are those of the nearest way; of an identifier those of all ways."""
    found = values(STORE, BASE + "id/system/cbers-4a", PROPERTIES["identifier"])
    assert [str(each) for each in found] == ['"2019-093E"', '"44883"']
    assert len(values(STORE, BASE + "id/system/cbers-4a", PROPERTIES["launchDate"])) == 1
