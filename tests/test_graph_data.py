"""The shipped data: the 49 claims of the first news report, and what makes their text, speakers and spans right.

What each kind of thing needs is held by the shapes, whether a value has a source by tests/test_coverage.py, and the
traps that the report sets by tests/test_report_traps.py.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, RDF, RDFS, Graph, Literal, URIRef
from reading import ACTOR, CLM, COO, GOOD, OCC, REPORT, REPORT_DAY, VOC, number, report_claims, value

from graph.resources import resource_dir
from graph.store import graph_iri
from graph.terms import ONTOLOGY_GRAPH, SHAPES_GRAPH

if TYPE_CHECKING:
    from pathlib import Path

    from graph.build import Dataset

FILES: Final = sorted(resource_dir("data").rglob("*.ttl"))

SPACE_DAY: Final = OCC["space-day-of-china"]
LAST_CLAIM_OF_SENTENCE: Final = (3, 10, 12, 14, 15, 18, 19, 23, 26, 28, 29, 35, 37, 40, 44, 47, 49)
SENTENCES: Final = len(LAST_CLAIM_OF_SENTENCE)
SENTENCE: Final = re.compile(r'\S.*?\."?(?=\s|$)', re.DOTALL)
WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
LONGEST_SHARED_RUN: Final = 5
PROPER_NAMES: Final = ("Asia-Pacific Space Cooperation Organization", "China National Space Administration")
ACTIVITIES: Final = (
    "CapacityBuilding",
    "CooperationActivity",
    "DataProvision",
    "InfrastructureProject",
    "JointDevelopment",
    "LaunchService",
    "Negotiation",
    "OperationalCoordination",
)


def running_number(claim: URIRef) -> int:
    """Return the number of a claim of the report; fails when it is not named as such a claim is."""
    found = re.fullmatch(re.escape(CLM["x18-"]) + r"(\d\d)[a-z]?", str(claim))
    assert found, f"{claim} is not named {CLM}x18-NN"
    return int(found[1])


def sentence_of(claim: URIRef) -> int:
    """Return the sentence (from 1) in which the claim with this number stands."""
    return next(n for n, last in enumerate(LAST_CLAIM_OF_SENTENCE, 1) if running_number(claim) <= last)


def spans(graph: Graph) -> list[tuple[int, int, int]]:
    """Return sentence number, start and end of each evidence span of the report, in order of start."""
    found = graph.subjects(COO.spanOf, REPORT)
    keys = (COO.sentenceNumber, COO.charStart, COO.charEnd)
    rows = [(number(graph, s, keys[0]), number(graph, s, keys[1]), number(graph, s, keys[2])) for s in found]
    return sorted(rows, key=lambda row: row[1:])


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_both_parsers_read_each_file_alike(path: Path) -> None:
    """Each data file parses in rdflib and in pyoxigraph, and both find the same number of triples."""
    assert len(Graph().parse(path, format="turtle")) == len(set(ox.parse(path=path, format=ox.RdfFormat.TURTLE))) > 0


def test_no_blank_nodes(dataset: Dataset) -> None:
    """Everything in the data has an IRI, so that diffs, links and deletes can name it."""
    ours = [quad for quad in dataset.quads if graph_iri(quad) not in {ONTOLOGY_GRAPH, SHAPES_GRAPH}]
    assert not [
        quad for quad in ours if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    ]


def test_each_row_has_one_english_label(data: Graph) -> None:
    """A row of a dataset has just one label, in English; what other things are called is held by sps:Labelled."""
    for row in data.subjects(RDF.type, COO.DatasetRow):
        label = value(data, row, RDFS.label)
        assert isinstance(label, Literal), row
        assert label.language == "en", row


def test_the_report_has_its_49_claims(data: Graph) -> None:
    """There are the claims x18-01 to x18-49, and lettered ones only beside a numbered one."""
    claims = report_claims(data)
    plain = [c for c in claims if str(c)[-1].isdigit()]
    assert plain == [CLM[f"x18-{n:02}"] for n in range(1, 50)]
    assert {running_number(c) for c in claims} == set(range(1, 50))


def test_each_claim_of_the_report_is_complete(data: Graph) -> None:
    """A claim says who stated it, where, how and when, how curators judge it and which characters it rests on."""
    needed = (COO.statedBy, COO.speechMode, COO.modality, COO.asOf, COO.claimStatus, RDFS.label)
    for claim in report_claims(data):
        assert [p for p in needed if len(list(data.objects(claim, p))) != 1] == [], claim
        assert value(data, claim, COO.asOf) == REPORT_DAY
        assert all((span, COO.spanOf, REPORT) in data for span in data.objects(claim, COO.evidence)), claim
        assert (claim, COO.evidence, None) in data, claim
        assert value(data, claim, COO.claimStatus) != VOC["claim-status/unreviewed"], claim


def test_each_claim_says_something(data: Graph) -> None:
    """A situation claim asserts, a statement claim has subject, predicate and one value, a quantity claim a number."""
    for claim in data.subjects(COO.claimStatus, None):
        kind = str(value(data, claim, RDF.type)).removeprefix(COO)
        values = len(list(data.objects(claim, COO.claimObject))) + len(list(data.objects(claim, COO.claimLiteral)))
        parts = values == 1 and (claim, COO.claimSubject, None) in data and (claim, COO.claimPredicate, None) in data
        assert (kind == "SituationClaim") == ((claim, COO.asserts, None) in data), claim
        assert (kind == "StatementClaim") == parts, claim
        assert (kind == "QuantityClaim") == ((claim, COO.countValue, None) in data), claim


def test_claims_rest_on_their_own_sentence(data: Graph) -> None:
    """The evidence of a numbered claim stands in the sentence from which that claim was taken."""
    for claim in report_claims(data):
        if str(claim)[-1].isdigit():
            found = {number(data, span, COO.sentenceNumber) for span in data.objects(claim, COO.evidence)}
            assert found == {sentence_of(claim)}, claim


def test_attribution_follows_the_quotation_marks(data: Graph) -> None:
    """Sentences 4 to 8 are told by Xinhua, 9 to 17 are Li's own words, and Li's claims alone have an occasion."""
    for claim in report_claims(data):
        sentence, mode = sentence_of(claim), str(value(data, claim, COO.speechMode)).rpartition("/")[2]
        speaker = value(data, claim, COO.statedBy)
        if sentence >= 4:
            assert mode == ("narration" if sentence <= 8 else "direct-speech"), claim
        else:
            assert mode in {"narration", "reported-speech"}, claim
        assert speaker == ACTOR["xinhua" if mode == "narration" else "li-guoping"], claim
        assert ((claim, COO.statedAt, None) in data) == (speaker == ACTOR["li-guoping"]), claim


def test_spans_follow_the_sentences(data: Graph) -> None:
    """All spans of a sentence end before any span of the next one begins, and there are 17 sentences."""
    rows = spans(data)
    assert {row[0] for row in rows} == set(range(1, SENTENCES + 1))
    assert all(start < end for _, start, end in rows)
    for sentence in range(1, SENTENCES):
        last = max(end for n, _, end in rows if n == sentence)
        assert last <= min(start for n, start, _ in rows if n == sentence + 1), sentence


def test_span_names_tell_their_offsets(data: Graph) -> None:
    """The IRI of an evidence span ends in its offsets, so that one stretch of text has one name."""
    for span in data.subjects(COO.spanOf, REPORT):
        start, end = number(data, span, COO.charStart), number(data, span, COO.charEnd)
        assert span == URIRef(f"{REPORT}-{start}-{end}")


def test_conflicts_and_corroborations_are_consistent(data: Graph) -> None:
    """Conflicts are recorded on both claims; a claim is called corroborated just when another one corroborates it."""
    for claim, other in data.subject_objects(COO.conflictsWith):
        assert (other, COO.conflictsWith, claim) in data, claim
    supported = set(data.objects(None, COO.corroborates))
    assert set(data.subjects(COO.claimStatus, VOC["claim-status/corroborated"])) == supported
    disputed = set(data.subjects(COO.claimStatus, VOC["claim-status/disputed"]))
    assert {c for c in report_claims(data) if c in disputed} == {CLM["x18-13a"], CLM["x18-20"]}
    assert all((claim, COO.conflictsWith, None) in data for claim in disputed)


def test_what_the_report_speaks_of_is_asserted_by_it(data: Graph) -> None:
    """What has a status on the day of the report is what its claims assert, save what is no plan and no activity."""
    asserted = {thing for claim in report_claims(data) for thing in data.objects(claim, COO.asserts)}
    spoken_of = {thing for thing in asserted if str(thing).startswith(OCC)}
    judged = {
        thing
        for thing, assessment in data.subject_objects(COO.hasStatusAssessment)
        if str(thing).startswith(OCC) and (assessment, COO.asOf, REPORT_DAY) in data
    }
    assert len(judged) == 21
    assert judged <= spoken_of
    assert spoken_of - judged == {OCC["cnsa-press-conference-2018-04-19"], OCC["launch-1970-034"], SPACE_DAY}


def test_each_activity_has_one_status_on_the_day_of_the_report(data: Graph) -> None:
    """Each activity that the report asserts has just one status on its day, from a claim of the report."""
    claims = report_claims(data)
    asserted = {thing for claim in claims for thing in data.objects(claim, COO.asserts)}
    activities = [s for kind in ACTIVITIES for s in data.subjects(RDF.type, COO[kind]) if s in asserted]
    assert len(activities) == 18
    for activity in activities:
        found = [a for a in data.objects(activity, COO.hasStatusAssessment) if (a, COO.asOf, REPORT_DAY) in data]
        assert len(found) == 1, activity
        assert set(data.objects(found[0], DCTERMS.source)) & set(claims), activity


def test_each_status_names_its_source(data: Graph) -> None:
    """No thing is said to be planned, achieved or failed without the claim that says so."""
    for assessment in data.subjects(RDF.type, COO.StatusAssessment):
        sources = list(data.objects(assessment, DCTERMS.source))
        assert sources, assessment
        assert all((source, COO.claimStatus, None) in data for source in sources), assessment


def test_accepted_values_do_not_contradict_the_curated_ones(data: Graph) -> None:
    """Where the graph has a property that a good claim is about, it has the value of that claim."""
    compared = 0
    for claim, predicate in data.subject_objects(COO.claimPredicate):
        subject = value(data, claim, COO.claimSubject)
        (claimed,) = data.objects(claim, COO.claimLiteral | COO.claimObject)
        if value(data, claim, COO.claimStatus) in GOOD and (subject, predicate, None) in data:
            assert (subject, predicate, claimed) in data, claim
            compared += 1
    assert compared > 150


def test_report_is_the_text_that_was_read(data: Graph, sources_dir: Path) -> None:
    """The held text has the recorded SHA-256, and each span lies in the sentence whose number it bears."""
    raw = (sources_dir / str(value(data, REPORT, DCTERMS.identifier))).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == str(value(data, REPORT, COO.contentDigest))
    bounds = [found.span() for found in SENTENCE.finditer(raw.decode("utf-8"))]
    assert len(bounds) == SENTENCES
    for sentence, start, end in spans(data):
        assert bounds[sentence - 1][0] <= start < end <= bounds[sentence - 1][1], (sentence, start, end)


def test_nothing_is_copied_from_the_report(data: Graph, sources_dir: Path) -> None:
    """No text of ours shares a run of six words with the report, a proper name counting as one word."""
    text = (sources_dir / str(value(data, REPORT, DCTERMS.identifier))).read_text(encoding="utf-8")
    runs = shared_runs(text)
    texts = {str(o) for o in data.objects() if isinstance(o, Literal) and o.datatype in {None, RDF.langString}}
    assert sorted(own for own in texts if shared_runs(own) & runs) == []


def shared_runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of words, one longer than may be shared, in lower case and without punctuation."""
    for name in PROPER_NAMES:
        text = text.replace(name, re.sub(r"\W", "", name))
    words = [word.lower() for word in WORD.findall(text)]
    size = LONGEST_SHARED_RUN + 1
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
