"""Links proposed from a catalogue: by identifiers first, then by names and dates; nothing published unjudged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.build import read_dataset, report_on
from graph.candidates import KINDS, Candidate, identifier, read_candidates
from graph.errors import SourceError
from graph.links import check_links
from graph.proposals import Known, accepted, address, plain, propose
from graph.store import in_memory
from graph.terms import BASE, CURATED_GRAPH, GRAPHS, PREFIXES
from graph.writer import read_rdf

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

WD = "http://www.wikidata.org/entity/"
HEAD = """
@prefix coo: <https://w3id.org/coorbit/ont#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sys: <https://w3id.org/coorbit/id/system/> . @prefix actor: <https://w3id.org/coorbit/id/actor/> .
@prefix occ: <https://w3id.org/coorbit/id/occurrence/> . @prefix agr: <https://w3id.org/coorbit/id/agreement/> .
"""
BODY = """
sys:one rdfs:label "Étoile One"@fr ; coo:cosparId "2018-083A" ; coo:noradId "43662" .
sys:two rdfs:label "Star Two"@en .
occ:flight coo:launchedObject sys:two ; coo:onDate "2001-02-03"^^xsd:date .
actor:xyz rdfs:label "Agency of Space"@en ; skos:exactMatch <https://sws.geonames.org/7/> .
actor:abc rdfs:label "Agency of Space"@en .
agr:pact rdfs:label "Pact of Friends"@en ; coo:signedOn "1999-01-01"^^xsd:date ;
  skos:exactMatch <http://www.wikidata.org/entity/Q5> .
"""
SAID = {
    "shared identifier": ({"cospar": "2018-083a", "label": "Etoile one"}, "system/one", "exactMatch", "0.95"),
    "a number with zeros": ({"norad": "043662"}, "system/one", "exactMatch", "0.95"),
    "an identifier, another name": (
        {"cospar": "2018-083A", "label": "zzz"},
        "system/one",
        "closeMatch",
        "0.6",
    ),
    "an identifier that a link gives": ({"geonames": "7"}, "actor/xyz", "exactMatch", "0.95"),
    "name and date": ({"label": "STAR-TWO", "launched": "2001-02-03"}, "system/two", "exactMatch", "0.90"),
    "name, no date": ({"label": "star two"}, "system/two", "closeMatch", "0.60"),
    "name, another date": ({"label": "star two", "launched": "2001-02-04"}, "system/two", "closeMatch", "0.40"),
    "a slip, and the date": ({"label": "Star Tvo", "launched": "2001-02-03"}, "system/two", "closeMatch", "0.79"),
    "linked already": ({"label": "Pact of friends", "signed": "1999-01-01"}, "agreement/pact", "closeMatch", "0.50"),
}


@pytest.fixture(scope="module")
def known() -> Known:
    """What the small graph says of its things."""
    return Known(in_memory(quad.triple for quad in ox.parse(HEAD + BODY, format=ox.RdfFormat.TURTLE)))


def candidate(tmp_path: Path, facts: dict[str, str]) -> Candidate:
    """Return the one candidate of a table of one row."""
    path = tmp_path / "one.json"
    path.write_text(json.dumps([{"item": "Q9", **facts}]))
    (found,) = read_candidates(path)
    return found


@pytest.mark.parametrize("case", SAID)
def test_evidence_decides_relation_and_confidence(tmp_path: Path, known: Known, case: str) -> None:
    """Identifiers come first; a name alone is less than a name with a date; what speaks against it is counted."""
    facts, local, relation, confidence = SAID[case]
    (found,) = propose("wikidata", [candidate(tmp_path, facts)], known)
    assert (found.local, found.external) == (f"{BASE}id/{local}", f"{WD}Q9")
    assert (found.relation, found.confidence) == (relation, confidence)
    grounds = "shared-identifier" if facts.keys() & {"cospar", "norad", "geonames"} else "name-and-date-match"
    assert found.grounds == grounds
    assert found.why


def test_two_of_one_name_are_both_proposed(tmp_path: Path, known: Known) -> None:
    """Neither surely: a person has to say which."""
    found = propose("wikidata", [candidate(tmp_path, {"label": "agency of space"})], known)
    assert [each.local.rpartition("/")[2] for each in found] == ["abc", "xyz"]
    assert {each.confidence for each in found} == {"0.30"}
    assert {each.relation for each in found} == {"closeMatch"}


def test_what_is_like_nothing_or_linked_is_not_proposed(tmp_path: Path, known: Known) -> None:
    """A stranger, and a link that there is already."""
    assert propose("wikidata", [candidate(tmp_path, {"label": "Moon Base"})], known) == []
    there = Candidate(iri="Q5", names=("Pact of Friends",), identifiers=frozenset(), dates=frozenset())
    assert propose("wikidata", [there], known) == []


FILES = {
    "c.csv": "item,itemLabel,name,COSPAR ID,inception\nQ9,Étoile,Star,2018-083A,2018-10-29T00:00:00Z\n",
    "c.tsv": "iri\tlabel\talt_label\tcospar\tdate\nQ9\tÉtoile\tStar\t2018-083A\t2018-10-29\n",
    "answer.tsv": '?item\t?label\t?name\t?cospar\t?date\n<urn:Q9>\t"Étoile"@fr\t"Star"\t"2018-083A"\t"2018-10-29"\n',
    "c.json": '[{"id": "Q9", "label": ["Étoile", "Star"], "cosparId": "2018-083A", "d": "2018-10-29", "n": null}]',
    "c.srj": json.dumps({
        "head": {"vars": ["item", "label", "p247", "d"]},
        "results": {"bindings": [
            {"item": {"type": "uri", "value": "urn:Q9"}, "label": {"type": "literal", "value": "Étoile"},
             "p247": {"type": "literal", "value": "2018-083A"}, "d": {"type": "literal", "value": "2018-10-29"}},
            {"item": {"type": "uri", "value": "urn:Q9"}, "label": {"type": "literal", "value": "Star"}},
        ]},
    }),
    "c.ttl": f"""<urn:Q9> <{PREFIXES['rdfs']}label> "Étoile"@fr , "Star"@en ; <http://e.test/P247> "2018-083A" ;
      <http://e.test/begin> "2018-10-29"^^<{PREFIXES['xsd']}date> . <urn:Q10> <http://e.test/p> 1 .""",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_kind_of_catalogue_is_read_alike(tmp_path: Path, name: str) -> None:
    """Tables, answers of endpoints and RDF: names, identifiers and dates by what their columns are called."""
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (found,) = read_candidates(tmp_path / name)
    assert found.iri.rpartition(":")[2] == "Q9"
    assert set(found.names) == {"Étoile", "Star"}
    assert set(found.identifiers) == {("cospar", "2018-083A")}
    assert set(found.dates) == {"2018-10-29"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.json", "{"), ("c.json", '{"a": 1}'), ("c.csv", "a,b\n1,2\n"), ("c.csv", ""), ("c.xls", "x"), ("c.srj", "[]")],
)
def test_a_file_that_is_no_catalogue_is_told(tmp_path: Path, name: str, text: str) -> None:
    """With the file's name and what was expected."""
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=name):
        read_candidates(tmp_path / name)


def test_names_and_addresses_are_compared_in_one_form() -> None:
    """Case, accents and punctuation aside; bare identifiers of a target become its addresses."""
    assert plain("  Étoile—ONE ") == "etoile one"
    assert plain("中国") == "中国"
    assert identifier("ror", "https://ror.org/027NDFZ21") == "027ndfz21"
    assert address("wikidata", "Q9") == address("wikidata", "https://www.wikidata.org/wiki/Q9") == f"{WD}Q9"
    with pytest.raises(SourceError, match="no address of wikidata"):
        address("wikidata", "urn:x")


def test_only_what_is_accepted_is_published(coorbit: Coorbit, tmp_path: Path) -> None:
    """Proposed, rejected and unjudged links stay out; accepted ones come with their triple and pass the checks."""
    home, table = tmp_path / "home", tmp_path / "table.csv"
    publish_quads(home, read(f"{HEAD} <{CURATED_GRAPH}> {{ {BODY} }}"))
    table.write_text("item,label,cospar,launched\nQ9,Étoile One,2018-083A,\nQ8,Star Two,,2001-02-03\n")
    run = coorbit("link", "wikidata", "--candidates", table, "--source", "https://e.test/t.csv", "--home", home)
    assert run.returncode == 0, run.stderr
    assert "2 candidates, 2 links proposed, 1 of them by shared identifiers" in run.stderr
    assert run.stdout.count('schema:creativeWorkStatus "proposed"') == 2
    judged = tmp_path / "wikidata.ttl"
    judged.write_text(run.stdout)
    assert coorbit("link", "wikidata", "--accepted", judged).stdout.count("coo:IdentityLink") == 0
    before, _, after = run.stdout.partition('"proposed"')
    judged.write_text(f'{before}"accepted"{after}')
    run = coorbit("link", "wikidata", "--accepted", judged)
    assert "1 accepted, 1 proposed, 0 rejected" in run.stderr
    assert (run.stdout.count("coo:IdentityLink"), "creativeWorkStatus" in run.stdout) == (1, False)
    judged.write_text(run.stdout)
    assert check_links([judged]).sound


def test_the_shapes_refuse_a_proposal(tmp_path: Path) -> None:
    """Whoever publishes a file that nobody has judged is told so."""
    text = f"""<{GRAPHS}links/wikidata> {{
      <{BASE}id/link/chn-again> a <{BASE}ont#IdentityLink> ; <{BASE}ont#localResource> <{BASE}id/actor/chn> ;
        <{PREFIXES["schema"]}creativeWorkStatus> "proposed" . }}"""
    (tmp_path / "added.trig").write_text(text)
    report = report_on(read_dataset(added=[tmp_path / "added.trig"]))
    assert any("accepted" in result.message for result in report.results)


@pytest.mark.parametrize("state", ["", 'schema:creativeWorkStatus "maybe" ;'])
def test_a_record_without_a_known_state_is_told(tmp_path: Path, state: str) -> None:
    """A slip in the word is not taken for a rejection."""
    path = tmp_path / "judged.ttl"
    path.write_text(f"""@prefix schema: <{PREFIXES["schema"]}> .
      <{BASE}id/link/a> a <{BASE}ont#IdentityLink> ; {state} <urn:p> 1 .""")
    with pytest.raises(SourceError, match="creativeWorkStatus"):
        accepted(quad.triple for quad in read_rdf(path))


@pytest.mark.parametrize(
    "arguments",
    [("nowhere",), ("wikidata",), ("wikidata", "--candidates", "FILE"), ("wikidata", "--candidates", "none.csv")],
)
def test_wrong_use_is_told(coorbit: Coorbit, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """An unknown target, no file, no source: exit 2, and nothing on stdout."""
    (tmp_path / "c.csv").write_text("item,label\nQ9,x\n")
    run = coorbit("link", *(str(tmp_path / "c.csv") if each == "FILE" else each for each in arguments))
    assert (run.returncode, run.stdout) == (2, "")


def test_the_help_names_the_columns_and_its_example_works(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """Each kind of identifier is told, and the file of the example leads to the thing that it names, unpublished."""
    told = " ".join(coorbit("link", "--help", COLUMNS="200").stdout.split())
    assert all(kind in told for kind in KINDS)
    rows = [
        line.strip() for line in coorbit("link", "--help", COLUMNS="200").stdout.splitlines() if line.count(",") == 3
    ]
    catalogue = tmp_path / "satellites.csv"
    catalogue.write_text("\n".join(row for row in rows if " " not in row), encoding="utf-8")
    run = coorbit("link", "wikidata", "--candidates", catalogue, "--source", "https://e.test/", "--home", home)
    assert run.returncode == 0, run.stderr
    assert "1 links proposed, 1 of them by shared identifiers" in run.stderr
    assert "sys:cfosat" in run.stdout
    assert '"proposed"' in run.stdout
    judged = tmp_path / "proposed.ttl"
    judged.write_text(run.stdout, encoding="utf-8")
    unjudged = coorbit("link", "wikidata", "--accepted", judged)
    assert "0 accepted, 1 proposed" in unjudged.stderr
    assert "IdentityLink" not in unjudged.stdout
