"""Addresses and names: which IRI a path answers, and where a page may link."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.request_errors import BadRequest
from graph.terms import BASE
from service.formats import GRAPHS, HTML, Format
from service.paths import iri_of, link_to, path_of, sent_path, split_extension

LOCAL = st.text(st.characters(categories=("L", "N")) | st.sampled_from("-._~!$&'()*+,;=:@/"), max_size=30)


@given(LOCAL)
def test_the_path_of_a_name_answers_it(local: str) -> None:
    """Each name has one path, in ASCII, and that path is answered by that name."""
    iri = f"{BASE}id/{local}"
    path = path_of(iri)
    assert path is not None
    assert path.isascii()
    assert iri_of(path) == iri


@given(st.binary(max_size=40))
def test_a_path_as_sent_can_stand_in_a_header(raw: bytes) -> None:
    """Whatever bytes a server passes on, the path is ASCII without brackets, quotes, blanks or line ends."""
    path = sent_path(b"/id/" + raw)
    assert path.isascii()
    assert not set(path) & set(' <>"\\\r\n?#')
    assert sent_path(path.encode()) == path


@given(st.text(max_size=40))
def test_any_path_is_a_name_or_a_bad_request(path: str) -> None:
    """Whatever stands in an address, it is an IRI under the base, or told as none: never a fault of our own."""
    with contextlib.suppress(BadRequest):
        assert ox.NamedNode(iri_of("/id/" + path)).value.startswith(BASE)


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/id/actor/%63hn", "id/actor/chn"),
        ("/id/actor/%E4%B8%AD", "id/actor/中"),
        ("/id/actor/a%20b%2Fc", "id/actor/a%20b%2Fc"),
        ("/id/actor/%FF", "id/actor/%FF"),
    ],
)
def test_only_what_changes_nothing_is_decoded(path: str, local: str) -> None:
    """RFC 3987, 3.2: letters are decoded, reserved characters and what is not UTF-8 stay percent-encoded."""
    assert iri_of(path) == BASE + local


@pytest.mark.parametrize(
    ("path", "stem", "wanted"),
    [
        ("/id/actor/chn.ttl", "/id/actor/chn", GRAPHS[0]),
        ("/id/actor/chn.html", "/id/actor/chn", HTML),
        ("/id/actor/v1.2.jsonld", "/id/actor/v1.2", GRAPHS[3]),
        ("/ont/1.0.0", "/ont/1.0.0", None),
        ("/id/actor/.ttl", "/id/actor/.ttl", None),
        ("/id/a.ttl/chn", "/id/a.ttl/chn", None),
    ],
)
def test_an_ending_names_a_format(path: str, stem: str, wanted: Format | None) -> None:
    """The last ending of the last segment counts, if it is one of the table; a version number is none."""
    assert split_extension(path) == (stem, wanted)


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        (BASE + "id/actor/chn", "/below/id/actor/chn"),
        (BASE + "ont#Actor", "/below/ont#Actor"),
        (BASE + "id/actor/a?b", "/below/id/actor/a%3Fb"),
        ("http://www.wikidata.org/entity/Q148", "http://www.wikidata.org/entity/Q148"),
        (BASE + "id/actor/中 ü", "/below/id/actor/%E4%B8%AD%20%C3%BC"),
        ("http://e.test/ü?a=b#c", "http://e.test/%C3%BC?a=b#c"),
        ("http://e.test/%22?a=[b]", "http://e.test/%22?a=[b]"),
        ("urn:isbn:1", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,hi", ""),
    ],
)
def test_a_page_links_to_us_and_to_the_web_alone(iri: str, href: str) -> None:
    """A name that is no address of a page is shown and not linked: it may be a script. An address is ASCII."""
    assert link_to(iri, "/below") == href
