"""Identifiers: one key for all addresses of one thing, and what a text that cites a thing may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import EVERY_SCHEME, code_key, link_key, read_identifier


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.wikidata.org/entity/Q148", "https://www.wikidata.org/wiki/Q148"),
        ("http://www.wikidata.org/entity/Q148", "https://www.wikidata.org/wiki/Special:EntityData/Q148.ttl"),
        ("https://sws.geonames.org/3577279/", "http://www.geonames.org/3577279/aruba.html"),
        ("http://dbpedia.org/resource/China", "https://dbpedia.org/page/China"),
        ("https://ror.org/027ka1x80", "http://www.ror.org/027ka1x80/"),
        ("http://example.org/a/", "https://www.example.org/a"),
    ],
)
def test_addresses_of_one_thing_have_one_key(one: str, other: str) -> None:
    """Entity, page and data, with and without https, are the same thing."""
    assert link_key(one) == link_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.wikidata.org/entity/Q148", "http://www.wikidata.org/entity/Q14"),
        ("http://www.wikidata.org/entity/Q148", "http://example.org/entity/Q148"),
        ("http://example.org/a#b", "http://example.org/a#c"),
        ("http://example.org/a?b", "http://example.org/a"),
    ],
)
def test_other_things_have_other_keys(one: str, other: str) -> None:
    """Neither the host nor a fragment is passed over."""
    assert link_key(one) != link_key(other)


@pytest.mark.parametrize(
    ("text", "links", "codes"),
    [
        ("Q148", ["wikidata:Q148"], ["q148"]),
        ("wd:q148", ["wikidata:Q148"], []),
        ("geonames:3577279", ["geonames:3577279"], []),
        ("2018-083A", [], ["2018083a"]),
        ("004", [], ["004", "4"]),
        ("norad:025544", [], ["025544", "25544"]),
        ("027ka1x80", ["ror:027ka1x80"], ["027ka1x80", "27ka1x80"]),
        ("http://[", [], []),
        ("-", [], []),
    ],
)
def test_what_a_text_may_cite(text: str, links: list[str], codes: list[str]) -> None:
    """A bare identifier is looked for as code and, where its form says so, as a name in another graph."""
    found = read_identifier(text)
    assert found[:2] == (links, codes)


def test_a_scheme_keeps_to_itself() -> None:
    """`iso:` means codes of ISO 3166 alone; without a scheme every kind of code is meant."""
    assert read_identifier("iso:CN")[2] == ("iso-alpha2", "iso-alpha3", "iso-numeric")
    assert read_identifier("CN")[2] == EVERY_SCHEME


@given(st.text(max_size=40))
def test_nothing_breaks_the_reading(text: str) -> None:
    """Whatever is given can be looked for, and a code has letters and digits alone."""
    _, codes, _ = read_identifier(text)
    assert all(code and code_key(code) == code for code in codes)
