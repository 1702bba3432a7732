"""The shipped data: the 49 claims of the first news report, what the curators made of them, and where values come from.

The traps that the report sets (an ordinal that does not fit, old names, unnamed partners) each have a test, so that a
later edit cannot tidy them away.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef

if TYPE_CHECKING:
    from rdflib.term import Node

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "graph" / "data"
FILES: Final = sorted(DATA.rglob("*.ttl"))
BASE: Final = "https://w3id.org/coorbit/"
COO: Final = Namespace(BASE + "ont#")
ACTOR: Final = Namespace(BASE + "id/actor/")
CLM: Final = Namespace(BASE + "id/claim/")
OCC: Final = Namespace(BASE + "id/occurrence/")
SIT: Final = Namespace(BASE + "id/situation/")
SRC: Final = Namespace(BASE + "id/source/")
SYS: Final = Namespace(BASE + "id/system/")
UND: Final = Namespace(BASE + "id/undertaking/")
VOC: Final = Namespace(BASE + "voc/")
DCTERMS: Final = Namespace("http://purl.org/dc/terms/")

REPORT: Final = SRC["xinhua-2018-04-19"]
REPORT_DAY: Final = Literal("2018-04-19", datatype=XSD.date)
LAST_CLAIM_OF_SENTENCE: Final = (3, 10, 12, 14, 15, 18, 19, 23, 26, 28, 29, 35, 37, 40, 44, 47, 49)
SENTENCES: Final = len(LAST_CLAIM_OF_SENTENCE)
SENTENCE: Final = re.compile(r'\S.*?\."?(?=\s|$)', re.DOTALL)
WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
LONGEST_SHARED_RUN: Final = 5
TRACED: Final = (
    "cosparId",
    "noradId",
    "isoAlpha2",
    "isoAlpha3",
    "isoNumeric",
    "onDate",
    "localDate",
    "foundedOn",
    "recurrence",
)
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
FALSE: Final = Literal("false", datatype=XSD.boolean)
GOOD: Final = {VOC["claim-status/accepted"], VOC["claim-status/corroborated"]}


def load(*folders: str) -> Graph:
    """Return the merge of all files under these folders of graph/data, or of all files."""
    graph = Graph()
    for path in FILES:
        if not folders or path.relative_to(DATA).parts[0] in folders:
            graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def data() -> Graph:
    """Return all shipped data as one graph."""
    return load()


@pytest.fixture(scope="module")
def curated() -> Graph:
    """Return the curators' view: the curated graph and the catalogues."""
    return load("curated", "catalogue")


def value(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    """Return the one value of a property; fails when there is none or more than one."""
    values = list(graph.objects(subject, predicate))
    assert len(values) == 1, f"{subject} has {len(values)} values of {predicate}, expected 1"
    return values[0]


def number(graph: Graph, subject: Node, predicate: URIRef) -> int:
    """Return the one value of a property as an integer."""
    return int(str(value(graph, subject, predicate)))


def report_claims(graph: Graph) -> list[URIRef]:
    """Return the claims taken from the report, lettered ones included, in order."""
    return sorted(c for c in graph.subjects(COO.reportedIn, REPORT) if isinstance(c, URIRef))


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


def participants(graph: Graph, occurrence: URIRef, role: str | None = None) -> set[str]:
    """Return the slugs of the actors that take part in an occurrence, in one role or in any."""
    found = set()
    for part in graph.objects(occurrence, COO.hasParticipation):
        if role is None or (part, COO.role, VOC[f"role/{role}"]) in graph:
            found.add(str(value(graph, part, COO.participant)).removeprefix(ACTOR))
    return found


def statuses(graph: Graph, subject: URIRef) -> set[tuple[str, str]]:
    """Return the statuses that a thing has been judged to be in, with their dates."""
    return {
        (str(value(graph, a, COO.asOf)), str(value(graph, a, COO.status)).rpartition("/")[2])
        for a in graph.objects(subject, COO.hasStatusAssessment)
    }


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(DATA)) for path in FILES])
def test_both_parsers_read_each_file_alike(path: Path) -> None:
    """Each data file parses in rdflib and in pyoxigraph, and both find the same number of triples."""
    assert len(Graph().parse(path, format="turtle")) == len(set(ox.parse(path=path, format=ox.RdfFormat.TURTLE))) > 0


def test_no_blank_nodes(data: Graph) -> None:
    """Everything in the data has an IRI, so that diffs, links and deletes can name it."""
    assert not [term for triple in data for term in triple if isinstance(term, BNode)]


def test_no_iri_of_ours_dangles(data: Graph) -> None:
    """Each IRI of ours that the data use is described in the data or in the ontology."""
    known = Graph() + data
    for path in sorted((ROOT / "ontology").glob("*.ttl")) + sorted((ROOT / "ontology" / "vocab").glob("*.ttl")):
        known.parse(path, format="turtle")
    used = {str(term) for triple in data for term in triple if isinstance(term, URIRef) and str(term).startswith(BASE)}
    assert sorted(iri for iri in used if (URIRef(iri), RDF.type, None) not in known) == []


def test_each_thing_has_one_english_label(data: Graph) -> None:
    """Actors, systems, undertakings, occurrences, places, sources, rows and claims have one English label each."""
    kinds = ("actor", "system", "undertaking", "occurrence", "place", "claim")
    wanted = {s for s in data.subjects(RDF.type, None) if str(s).startswith(tuple(BASE + f"id/{k}/" for k in kinds))}
    for kind in ("NewsArticle", "Source", "ReferenceDataset", "DatasetRow"):
        wanted |= set(data.subjects(RDF.type, COO[kind]))
    for subject in wanted:
        labels = [o for o in data.objects(subject, RDFS.label) if isinstance(o, Literal)]
        assert [o.language for o in labels].count("en") == 1, subject
        assert len({o.language for o in labels}) == len(labels), f"{subject} has two labels in one language"


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


def test_what_the_report_speaks_of_is_asserted_by_it(data: Graph, curated: Graph) -> None:
    """Each curated occurrence is asserted by a claim of the report, save launches which it does not mention."""
    later = {OCC["launch-2018-050"], OCC["launch-2019-093"], OCC["launch-2024-116"]}
    asserted = {thing for claim in report_claims(data) for thing in data.objects(claim, COO.asserts)}
    occurrences = {s for s in curated.subjects(RDF.type, None) if str(s).startswith(OCC)}
    assert occurrences - asserted == later


def test_each_activity_has_one_status_on_the_day_of_the_report(curated: Graph) -> None:
    """Each cooperation activity has just one status as of the report, and it names the claim it comes from."""
    activities = [s for kind in ACTIVITIES for s in curated.subjects(RDF.type, COO[kind])]
    assert len(activities) == 18
    for activity in activities:
        assert isinstance(activity, URIRef)
        assert len([s for s in statuses(curated, activity) if s[0] == str(REPORT_DAY)]) == 1, activity
    for assessment in curated.subjects(RDF.type, COO.StatusAssessment):
        assert (assessment, DCTERMS.source, None) in curated, assessment


def test_fourth_satellite_stays_a_disputed_ordinal(data: Graph, curated: Graph) -> None:
    """F01: "fourth" is kept as said and disputed beside the count of six; neither is a curated property."""
    said, other = CLM["x18-13a"], CLM["cbers-4a-ordinal-al-arabiya"]
    for claim, ordinal, status in ((said, 4, "disputed"), (other, 6, "accepted")):
        assert value(data, claim, COO.claimSubject) == SYS["cbers-4a"]
        assert value(data, claim, COO.claimPredicate) == COO.ordinalInSeries
        assert number(data, claim, COO.claimLiteral) == ordinal
        assert value(data, claim, COO.claimStatus) == VOC[f"claim-status/{status}"]
    assert (said, COO.conflictsWith, other) in data
    assert (None, COO.ordinalInSeries, None) not in curated


def test_thirty_years_is_a_count_beside_the_curated_beginning(data: Graph, curated: Graph) -> None:
    """F02: the 30 years stay a count; the curated beginning is 6 July 1988, traced to another page."""
    work, begin = OCC["chn-bra-earth-resources"], Literal("1988-07-06", datatype=XSD.date)
    assert number(data, CLM["x18-12"], COO.countValue) == 30
    assert value(data, CLM["x18-12"], COO.countedKind) == VOC["counted-kind/cooperation-duration-years"]
    assert (CLM["x18-12"], COO.aboutEntity, work) in data
    for bound in (COO.beginEarliest, COO.beginLatest):
        assert value(curated, work, bound) == begin
        assert traced(data, work, bound, begin)


def test_italy_is_payload_contributor_in_conflict_with_the_report(data: Graph, curated: Graph) -> None:
    """F06: the report makes Italy a joint developer; the curated role is payload contributor, and both are kept."""
    assert participants(curated, OCC["cses-01-development"], "payload-contributor") == {"ita"}
    assert participants(curated, OCC["cses-01-development"], "co-developer") == set()
    assert value(data, CLM["x18-20"], COO.claimObject) == VOC["role/co-developer"]
    assert (CLM["x18-20"], COO.conflictsWith, CLM["cses-01-development-ita-role-asi"]) in data


def test_network_is_possible_and_never_asserted(data: Graph, curated: Graph) -> None:
    """F07: the earthquake network is hedged: modality possible, status proposed, no link from the satellite."""
    network, proposed = UND["earthquake-monitoring-network"], SIT["earthquake-monitoring-network-proposed-2018-04-19"]
    assert value(data, CLM["x18-23"], COO.modality) == VOC["modality/possible"]
    assert list(data.subjects(COO.modality, VOC["modality/possible"])) == [CLM["x18-23"]]
    assert list(data.objects(CLM["x18-23"], COO.asserts)) == [proposed]
    assert statuses(curated, network) == {(str(REPORT_DAY), "proposed")}
    assert (None, COO.asserts, network) not in data
    assert list(curated.subjects(None, network)) == []


def test_eleven_sold_satellites_have_no_member(data: Graph, curated: Graph) -> None:
    """F08: 11 is a count of an open group without members, and the group itself bears no number."""
    group = SYS["chinese-exported-satellites-2018"]
    assert number(data, CLM["x18-24"], COO.countValue) == 11
    assert (CLM["x18-24"], COO.aboutEntity, group) in data
    assert value(curated, group, COO.membershipComplete) == FALSE
    assert (group, COO.groupMember, None) not in data
    assert not [o for o in curated.objects(group, None) if isinstance(o, Literal) and o.datatype == XSD.integer]


def test_alcomsat_1_has_a_utc_and_a_local_date(data: Graph, curated: Graph) -> None:
    """F11: Alcomsat-1 flew on 10 December 2017 UTC, on the 11th by local time, inside the month that Li gave."""
    launch = OCC["launch-2017-078"]
    assert str(value(curated, launch, COO.onDate)) == "2017-12-10"
    assert str(value(curated, launch, COO.localDate)) == "2017-12-11"
    window = (value(data, CLM["x18-27"], COO.beginEarliest), value(data, CLM["x18-27"], COO.endLatest))
    assert (str(window[0]), str(window[1])) == ("2017-12-01", "2017-12-31")
    assert list(curated.subjects(COO.localDate, None)) == [launch]


def test_counts_of_agreements_stay_counts(data: Graph, curated: Graph) -> None:
    """F13, F14: 121, 37 and 4 are counts; no agreement and none of the four organizations is made up for them."""
    counts = {key: number(data, CLM[f"x18-{key}"], COO.countValue) for key in ("04", "05", "06")}
    assert counts == {"04": 121, "05": 37, "06": 4}
    assert set(data.subjects(COO.breakdownOf, CLM["x18-04"])) == {CLM["x18-05"], CLM["x18-06"]}
    assert not [s for s in data.subjects(RDF.type, None) if str(s).startswith(BASE + "id/agreement/")]
    assert (CLM["x18-06"], COO.aboutEntity, None) not in data
    bodies = set(curated.subjects(RDF.type, COO.InternationalOrganization))
    assert bodies == {ACTOR.esa, ACTOR.apsco}


def test_data_recipients_are_an_open_list_without_pairing(curated: Graph) -> None:
    """F15: four named recipients of an open list, two hazards, and no hazard tied to one country."""
    aid = OCC["chn-data-assistance"]
    assert participants(curated, aid, "data-recipient") == {"pak", "irn", "tur", "per"}
    assert value(curated, aid, COO.participantsComplete) == FALSE
    uses = {VOC["intended-use/flood-monitoring"], VOC["intended-use/forest-fire-monitoring"]}
    assert set(curated.objects(aid, COO.intendedUse)) == uses
    assert {s for use in uses for s in curated.subjects(COO.intendedUse, use)} == {aid}


@pytest.mark.parametrize(
    ("code", "form", "label", "claim"),
    [("mmr", "Burma", "Myanmar", "43"), ("tur", "Turkey", "Türkiye", "32")],
    ids=["burma", "turkey"],
)
def test_old_names_are_name_usages(data: Graph, code: str, form: str, label: str, claim: str) -> None:
    """F16, F29: the report's name is a name usage of the state, whose own label is today's; no agency stands in."""
    usage = value(data, ACTOR[code], COO.hasNameUsage)
    assert value(data, usage, COO.nameForm) == Literal(form, lang="en")
    assert value(data, usage, DCTERMS.source) == REPORT
    assert (ACTOR[code], RDFS.label, Literal(label, lang="en")) in data
    assert Literal(form, lang="en") not in set(data.objects(None, RDFS.label))
    assert (CLM[f"x18-{claim}"], COO.aboutEntity, ACTOR[code]) in data
    assert (None, COO.agencyOf, ACTOR[code]) not in data


def test_apsco_asks_and_benefits(curated: Graph) -> None:
    """F18: China arranges the weather satellites, APSCO asked for it and benefits, and the satellite is CMA's."""
    change = OCC["apsco-meteorological-adjustment"]
    roles = {role: participants(curated, change, role) for role in ("coordinator", "requester", "beneficiary")}
    assert roles == {"coordinator": {"chn"}, "requester": {"apsco"}, "beneficiary": {"apsco"}}
    assert value(curated, SYS["fengyun-2h"], COO.operator) == ACTOR.cma


def test_founding_of_cnsa_keeps_both_dates(data: Graph) -> None:
    """F24: the day in April 1993 is taken, the catalogue's June stays as a claim in conflict with it."""
    taken, other = CLM["cnsa-founded-piglix"], CLM["cnsa-founded-gcat"]
    assert value(data, ACTOR.cnsa, COO.foundedOn) == value(data, taken, COO.claimLiteral)
    assert (taken, COO.conflictsWith, other) in data


def test_nothing_is_dated_before_its_actor_existed(curated: Graph) -> None:
    """F25, F26: CNSA has no part in the launch of 1970 or in the beginnings of 1988."""
    assert list(curated.subjects(COO.operator, ACTOR.cnsa)) == []
    assert list(curated.subjects(COO.participant, ACTOR.cnsa)) == []
    spoken_for = list(curated.subjects(COO.onBehalfOf, ACTOR.cnsa))
    assert spoken_for == [SIT["cnsa-press-conference-2018-04-19-li-guoping-speaker"]]


def test_talks_are_two_negotiations(curated: Graph) -> None:
    """C48, C49: China talked with Russia and with ESA apart, not in one round of three."""
    found = {str(s).removeprefix(OCC) for s in curated.subjects(RDF.type, COO.Negotiation)}
    assert found == {"chn-rus-deep-space-talks", "chn-esa-deep-space-talks"}
    for partner in ("rus", "esa"):
        talks = OCC[f"chn-{partner}-deep-space-talks"]
        assert participants(curated, talks) == {"chn", partner}
        assert value(curated, talks, COO.endLatest) == REPORT_DAY


def test_plan_and_achievement_share_the_launch(data: Graph, curated: Graph) -> None:
    """F03: the ocean satellite's launch was planned on the day of the report and achieved inside the window given."""
    launch, claim = OCC["launch-2018-083"], CLM["x18-17"]
    assert statuses(curated, launch) == {("2018-04-19", "planned"), ("2018-10-29", "achieved")}
    opened, closed = str(value(data, claim, COO.beginEarliest)), str(value(data, claim, COO.endLatest))
    assert opened <= str(value(curated, launch, COO.onDate)) <= closed


def traced(graph: Graph, subject: Node, predicate: URIRef, given: Node) -> bool:
    """Tell whether a value stands in a good claim, or comes from a row of a dataset that gives the property."""
    for claim in graph.subjects(COO.claimSubject, subject):
        same = (claim, COO.claimPredicate, predicate) in graph and (claim, COO.claimLiteral, given) in graph
        if same and value(graph, claim, COO.claimStatus) in GOOD:
            return True
    rows = graph.objects(subject, COO.fromRow)
    return any((value(graph, row, COO.rowOf), COO.givesProperty, predicate) in graph for row in rows)


@pytest.mark.parametrize("name", TRACED)
def test_identifiers_and_dates_are_traced(data: Graph, curated: Graph, name: str) -> None:
    """Each curated identifier and date is the value of a good claim or comes from a named row."""
    found = list(curated.subject_objects(COO[name]))
    assert found, f"no {name} in the data"
    assert [pair for pair in found if not traced(data, pair[0], COO[name], pair[1])] == []


def test_accepted_values_do_not_contradict_the_curated_ones(data: Graph, curated: Graph) -> None:
    """A good claim on a traced property gives just the value that the curated view has."""
    for claim, predicate in data.subject_objects(COO.claimPredicate):
        if str(predicate).removeprefix(COO) in TRACED and value(data, claim, COO.claimStatus) in GOOD:
            subject = value(data, claim, COO.claimSubject)
            assert (subject, predicate, value(data, claim, COO.claimLiteral)) in curated, claim


def test_sources_can_be_found(data: Graph) -> None:
    """Each source has an address or, where none is known, the name of the file that is held."""
    address = URIRef("https://schema.org/url")
    for claim_source in set(data.objects(None, COO.reportedIn)):
        assert (claim_source, address, None) in data or (claim_source, DCTERMS.identifier, None) in data, claim_source


def test_report_is_the_text_that_was_read(data: Graph, sources_dir: Path) -> None:
    """The held text has the recorded SHA-256, and each span lies in the sentence whose number it bears."""
    raw = (sources_dir / str(value(data, REPORT, DCTERMS.identifier))).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == str(value(data, REPORT, COO.contentDigest))
    bounds = [found.span() for found in SENTENCE.finditer(raw.decode("utf-8"))]
    assert len(bounds) == SENTENCES
    for sentence, start, end in spans(data):
        assert bounds[sentence - 1][0] <= start < end <= bounds[sentence - 1][1], (sentence, start, end)


def test_nothing_is_copied_from_the_report(data: Graph, sources_dir: Path) -> None:
    """No text of ours shares a run of six words with the report: claims are told in our own words."""
    text = (sources_dir / str(value(data, REPORT, DCTERMS.identifier))).read_text(encoding="utf-8")
    runs = shared_runs(text)
    texts = {str(o) for o in data.objects() if isinstance(o, Literal) and o.datatype in {None, RDF.langString}}
    assert sorted(own for own in texts if shared_runs(own) & runs) == []


def shared_runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of words, one longer than may be shared, in lower case and without punctuation."""
    words = [word.lower() for word in WORD.findall(text)]
    size = LONGEST_SHARED_RUN + 1
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
