"""Links to other graphs: their records, the triples they publish, and whether the addresses answer."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.linkreport import health_text, health_turtle
from graph.links import LinkHealth, check_links, packaged_linksets
from graph.terms import PREFIXES
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
_RECORD = """
lnk:chn-wikidata a coo:IdentityLink ; rdfs:label "China in Wikidata"@en ; coo:localResource actor:chn ;
  coo:externalResource wd:Q148 ; coo:linkPredicate skos:exactMatch ; coo:linkJustification lj:source-asserts-link ;
  coo:confidence 0.95 ; dcterms:source src:country-codes-chn ; dcterms:date "2026-11-23"^^xsd:date .
"""
_TRIPLE = "actor:chn skos:exactMatch wd:Q148 .\n"


def _check(folder: Path, turtle: str, name: str = "wikidata") -> LinkHealth:
    path = folder / f"{name}.ttl"
    path.write_text(_HEADER + turtle, encoding="utf-8")
    return check_links([path])


def test_sound_link(tmp_path: Path) -> None:
    """A whole record with its triple is sound, and counted by target and relation."""
    health = _check(tmp_path, _RECORD + _TRIPLE)
    assert health.sound
    assert dict(health.counts) == {("wikidata", PREFIXES["skos"] + "exactMatch"): 1}
    assert "links are sound" in health_text(health)


@pytest.mark.parametrize(
    ("turtle", "sentence"),
    [
        pytest.param(_RECORD, "its triple is not published", id="unpublished"),
        pytest.param(_TRIPLE, "published without a record of its evidence", id="unrecorded"),
        pytest.param(_RECORD.replace("0.95", "1.5") + _TRIPLE, "decimal from 0 to 1", id="confidence"),
        pytest.param(_RECORD.replace("0.95", '"high"') + _TRIPLE, "decimal from 0 to 1", id="confidence-in-words"),
        pytest.param(
            _RECORD.replace("dcterms:source src:country-codes-chn ;", "") + _TRIPLE, "needs dcterms:source", id="source"
        ),
        pytest.param(
            _RECORD.replace("; coo:linkPredicate", ", wd:Q1 ; coo:linkPredicate") + _TRIPLE,
            "needs coo:externalResource, exactly one",
            id="two-targets",
        ),
        pytest.param(
            (_RECORD + _TRIPLE).replace("wd:Q148", "<https://www.wikidata.org/wiki/Q148>"),
            "is no address of wikidata",
            id="page-for-entity",
        ),
        pytest.param(
            (_RECORD + _TRIPLE).replace("skos:exactMatch", "skos:relatedMatch"),
            "is no relation for links",
            id="relation",
        ),
        pytest.param(
            (_RECORD + _TRIPLE).replace("skos:exactMatch", "owl:sameAs"),
            "owl:sameAs needs a shared identifier",
            id="same",
        ),
        pytest.param(
            _RECORD + _RECORD.replace("lnk:chn-", "lnk:prc-") + _TRIPLE, "links the same two things as", id="twice"
        ),
        pytest.param(
            _RECORD + _TRIPLE + (_RECORD + _TRIPLE).replace(":chn", ":twn"), "is said to be exactly", id="two-of-ours"
        ),
    ],
)
def test_faults(tmp_path: Path, turtle: str, sentence: str) -> None:
    """Each rule that a link can break is found and told in a sentence."""
    health = _check(tmp_path, turtle)
    assert sentence in " | ".join(finding.sentence for finding in health.findings)
    assert f"{len(health.findings)} findings" in health_text(health)


def test_close_match_may_be_shared(tmp_path: Path) -> None:
    """Two of our things may be close to one outside thing."""
    close = (_RECORD + _TRIPLE + (_RECORD + _TRIPLE).replace(":chn", ":twn")).replace("exactMatch", "closeMatch")
    assert _check(tmp_path, close).sound


def test_unknown_target(tmp_path: Path) -> None:
    """A file named for no known target is told, since nobody knows the form of its addresses."""
    health = _check(tmp_path, _RECORD + _TRIPLE, name="gcat")
    assert "the target gcat has no known form of address" in health_text(health)


def test_report_in_turtle(tmp_path: Path) -> None:
    """The report is Turtle of its own: a measurement a relation, a result a finding."""
    path = tmp_path / "report.ttl"
    path.write_text(health_turtle(_check(tmp_path, _RECORD)), encoding="utf-8")
    facts = {(quad.predicate.value, str(quad.object)) for quad in read_rdf(path)}
    assert (PREFIXES["sh"] + "conforms", str(ox.Literal(False))) in facts  # noqa: FBT003 -- a value, not a switch
    assert any(predicate.endswith("resultMessage") for predicate, _ in facts)
    assert any(predicate == "http://www.w3.org/ns/dqv#value" for predicate, _ in facts)


class _Answers(BaseHTTPRequestHandler):
    """Answers HEAD with the status that the path names; /gone is closed without a word."""

    def do_HEAD(self) -> None:
        """Answer."""
        if self.path == "/0":
            self.close_connection = True
            return
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: tests print no requests."""


@pytest.fixture
def server() -> Iterator[str]:
    """An HTTP server on loopback; gives its address."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("200", ""), ("404", "the address answers 404"), ("500", "the address answers 500"), ("0", "does not answer")],
)
def test_online(tmp_path: Path, server: str, path: str, sentence: str) -> None:
    """With the network, each outside address is asked once, and one that does not answer is a finding."""
    turtle = (_RECORD + _TRIPLE).replace("wd:Q148", f"<{server}/{path}>")
    file = tmp_path / "local.ttl"
    file.write_text(_HEADER + turtle, encoding="utf-8")
    form = {"local": re.compile(r"http://127\.0\.0\.1:[0-9]+/[0-9]+")}
    health = check_links([file], online=True, timeout_s=5, patterns=form)
    assert health.asked == 1
    assert health.sound is not bool(sentence)
    assert sentence in health_text(health)


def test_packaged_links_are_sound() -> None:
    """The packaged links keep all rules: states in Wikidata and GeoNames, none by owl:sameAs."""
    health = check_links(packaged_linksets())
    assert health.findings == []
    exact = PREFIXES["skos"] + "exactMatch"
    assert health.counts["geonames", exact] == 249
    assert health.counts["wikidata", exact] >= 247
    assert {relation for _, relation in health.counts} == {exact, PREFIXES["skos"] + "closeMatch"}


def test_netherlands_is_a_close_match() -> None:
    """The table has the item of the Kingdom for the country: a close match of low confidence, with the reason."""
    facts = {
        quad.predicate.value.rpartition("#")[2]: str(quad.object)
        for path in packaged_linksets()
        if path.stem == "wikidata"
        for quad in read_rdf(path)
        if str(quad.subject).endswith("/link/nld-wikidata>")
    }
    assert "closeMatch" in facts["linkPredicate"]
    assert '"0.6"' in facts["confidence"]
    assert "Kingdom" in facts["note"]
