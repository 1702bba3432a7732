"""What `/search` and `/resolve` are asked."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.request_errors import BadRequest
from graph.terms import COO
from service.lookups import MOST_HITS, class_iri, read_identifiers, read_search


@pytest.mark.parametrize("name", ["Satellite", "coo:Satellite", COO + "Satellite"])
def test_a_class_has_several_names(name: str) -> None:
    """By its name, with prefix, and by its IRI."""
    assert class_iri(name) == COO + "Satellite"


@given(st.dictionaries(st.sampled_from(["q", "lang", "limit", "type", "version", "x"]), st.text(max_size=20)))
def test_parameters_are_read_or_refused(given_parameters: dict[str, str]) -> None:
    """Whatever is given, it is a search within its bounds, or refused as a bad request."""
    query = "&".join(f"{name}={quote(value)}" for name, value in given_parameters.items()).encode()
    try:
        asked = read_search(query)
    except BadRequest:
        return
    assert 1 <= asked.limit <= MOST_HITS
    assert asked.text == given_parameters.get("q", "")


@given(st.binary(max_size=40))
def test_a_body_is_a_list_or_refused(body: bytes) -> None:
    """Nothing but a refusal comes of what is no list of identifiers."""
    try:
        found = read_identifiers(body)
    except BadRequest:
        return
    assert all(found)
