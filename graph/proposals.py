"""Proposed links: what of the graph a catalogue's thing may be, on what evidence, and how surely.

Identifiers that both sides carry come first; what has none is compared by name and date. A proposal is a record like
those of the linksets, with its state: `proposed` until a person has judged it. Only `accepted` ones are published.
"""

from __future__ import annotations

import logging
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.candidates import KINDS, identifier
from graph.errors import SourceError
from graph.links import PATTERNS
from graph.terms import BASE, COO, PREFIXES, RDF, RDFS, SKOS, XSD, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from graph.candidates import Candidate
    from graph.writer import Term

_log = logging.getLogger(__name__)

STATE: Final = PREFIXES["schema"] + "creativeWorkStatus"
"""What a person has judged of a record; the published linksets have `accepted` ones, without saying so."""

ACCEPTED: Final = "accepted"
PROPOSED: Final = "proposed"
REJECTED: Final = "rejected"

_ADDRESSES: Final = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "geonames": "https://sws.geonames.org/{}/",
    "ror": "https://ror.org/{}",
    "dbpedia": "http://dbpedia.org/resource/{}",
    "eu-countries": "http://publications.europa.eu/resource/authority/country/{}",
}
_LEAST_ALIKE: Final = 0.85  # of two names; below it a slip and another thing look the same
_SHARED: Final = "0.95"
_QUERY: Final = """
SELECT ?thing ?kind ?value WHERE {
  { ?thing rdfs:label|coo:acronym|skos:altLabel ?value . BIND ("name" AS ?kind) }
  UNION { ?thing coo:hasNameUsage/coo:nameForm ?value . BIND ("name" AS ?kind) }
  UNION { ?thing coo:cosparId ?value . BIND ("cospar" AS ?kind) }
  UNION { ?thing coo:noradId ?value . BIND ("norad" AS ?kind) }
  UNION { ?thing coo:isoAlpha2 ?value . BIND ("iso2" AS ?kind) }
  UNION { ?thing coo:isoAlpha3 ?value . BIND ("iso3" AS ?kind) }
  UNION { ?thing skos:exactMatch ?value . BIND ("link" AS ?kind) }
  UNION { ?thing skos:closeMatch ?value . BIND ("known" AS ?kind) }
  UNION { ?thing coo:foundedOn|coo:signedOn|coo:onDate|coo:inForceFrom ?value . BIND ("date" AS ?kind) }
  UNION { ?launch coo:launchedObject ?thing ; coo:onDate ?value . BIND ("date" AS ?kind) }
}
"""
_LINKED: Final = tuple(
    f"{BASE}id/{kind}/" for kind in ("actor", "agreement", "occurrence", "place", "system", "undertaking")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One link that may be published, once it has been judged.

    Attributes:
        local: IRI of our thing.
        external: IRI of the outside one.
        relation: `exactMatch` or `closeMatch`.
        grounds: notation of a link justification.
        confidence: a decimal from 0 to 1, as text.
        why: the evidence, for whoever judges it.
    """

    local: str
    external: str
    relation: str
    grounds: str
    confidence: str
    why: str


class Known:
    """What the graph says of its things: names, identifiers, dates, links."""

    def __init__(self, store: ox.Store) -> None:
        self.by_identifier: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.by_name: defaultdict[str, set[str]] = defaultdict(set)
        self.names: defaultdict[str, set[str]] = defaultdict(set)
        self.dates: defaultdict[str, set[str]] = defaultdict(set)
        self.linked: set[tuple[str, str]] = set()
        self._by_date: defaultdict[str, set[str]] = defaultdict(set)
        for thing, kind, value in cast("ox.QuerySolutions", store.query(_QUERY, prefixes=PREFIXES)):
            iri = cast("ox.NamedNode", thing).value
            if iri.startswith(_LINKED):
                self._note(iri, cast("ox.Literal", kind).value, cast("ox.Literal", value).value)

    def _note(self, thing: str, kind: str, text: str) -> None:
        if kind == "name":
            self.names[thing].add(text)
            self.by_name[plain(text)].add(thing)
        elif kind == "date":
            self.dates[thing].add(text)
            self._by_date[text].add(thing)
        elif kind in {"link", "known"}:
            self.linked.add((thing, text))
            for target, pattern in PATTERNS.items():
                if kind == "link" and target in KINDS and pattern.fullmatch(text):
                    self.by_identifier[target, identifier(target, text)].add(thing)
        else:
            self.by_identifier[kind, identifier(kind, text)].add(thing)

    def on(self, days: Iterable[str]) -> set[str]:
        """Return the things that have one of some dates."""
        return set().union(*(self._by_date.get(day, set()) for day in days))


def plain(name: str) -> str:
    """Return a name without case, accents, punctuation and spaces at its ends; of any script."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(each if each.isalnum() else " " for each in letters if not unicodedata.combining(each))
    return " ".join(kept.split())


def address(target: str, given: str) -> str:
    """Return the address of a thing at a target as links have it, from an address or a bare identifier.

    Raises:
        SourceError: it is neither.
    """
    last = given.strip().rstrip("/").rpartition("/")[2]
    for each in (given.strip(), _ADDRESSES[target].format(last)):
        if PATTERNS[target].fullmatch(each):
            return each
    message = f"{given} is no address of {target} (expected {PATTERNS[target].pattern})"
    raise SourceError(message)


def propose(target: str, candidates: Iterable[Candidate], known: Known) -> list[Proposal]:
    """Return the links that a catalogue makes likely, sorted by our thing; what is linked already is left out.

    Raises:
        SourceError: the address of a candidate is none of the target.
    """
    found: dict[tuple[str, str], Proposal] = {}
    for candidate in candidates:
        external = address(target, candidate.iri)
        proposals = list(_by_identifier(candidate, external, known)) or list(_by_name(candidate, external, known))
        for each in proposals:
            if (each.local, external) not in known.linked:
                found.setdefault((each.local, external), _beside_others(each, target, known))
    _log.info("proposed links=%d target=%s", len(found), target)
    return sorted(found.values(), key=lambda each: (each.local, each.external))


def _beside_others(each: Proposal, target: str, known: Known) -> Proposal:
    """Return a proposal that says which links of either thing there are already: no two can be exact."""
    own = {other for thing, other in known.linked if thing == each.local and PATTERNS[target].fullmatch(other)}
    rivals = sorted({*own, *(thing for thing, other in known.linked if other == each.external)})
    if not rivals:
        return each
    why = f"{each.why}; linked already: {', '.join(rivals)}"
    return replace(each, relation="closeMatch", confidence=f"{min(float(each.confidence), 0.5):.2f}", why=why)


def _by_identifier(candidate: Candidate, external: str, known: Known) -> Iterator[Proposal]:
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(candidate.identifiers):
        for thing in known.by_identifier.get((kind, value), ()):
            shared[thing].append(f"{kind} {value}")
    for thing, codes in shared.items():
        alike, ours, theirs = _most_alike(candidate, known.names[thing])
        agrees = len(shared) == 1 and (not candidate.names or alike > 0)
        why = f"shared {', '.join(codes)}; names: {ours!r} here, {theirs!r} there" if theirs else f"shared {codes[0]}"
        if len(shared) > 1:
            why += f"; the identifiers of the candidate lead to {len(shared)} things"
        yield Proposal(
            local=thing,
            external=external,
            relation="exactMatch" if agrees else "closeMatch",
            grounds="shared-identifier",
            confidence=_SHARED if agrees else "0.6",
            why=why,
        )


def _by_name(candidate: Candidate, external: str, known: Known) -> Iterator[Proposal]:
    """Yield what has a name like one of the candidate's: the same one, or one like it and a date in common."""
    same = {thing for name in candidate.names for thing in known.by_name.get(plain(name), ())}
    for thing in sorted(same | known.on(candidate.dates)):
        alike, ours, theirs = _most_alike(candidate, known.names[thing])
        if thing not in same and alike < _LEAST_ALIKE:
            continue
        days = sorted(candidate.dates & known.dates[thing])
        against = bool(candidate.dates and known.dates[thing]) and not days
        score = (0.9 if days else 0.4 if against else 0.6) * alike / max(1, len(same) if thing in same else 1)
        dated = f"both dated {days[0]}" if days else "their dates differ" if against else "no date on both sides"
        others = f"; {len(same)} things here have the name" if len(same) > 1 else ""
        yield Proposal(
            local=thing,
            external=external,
            relation="exactMatch" if days and alike == 1 and len(same) == 1 else "closeMatch",
            grounds="name-and-date-match",
            confidence=f"{score:.2f}",
            why=f"names: {ours!r} here, {theirs!r} there, {alike:.2f} alike; {dated}{others}",
        )


def _most_alike(candidate: Candidate, names: Iterable[str]) -> tuple[float, str, str]:
    """Return how much alike the two names are that are most alike, from 0 (not at all) to 1, and both of them."""
    best = (0.0, "", candidate.names[0] if candidate.names else "")
    for ours in sorted(names):
        for theirs in candidate.names:
            one, other = plain(ours), plain(theirs)
            alike = 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()
            best = max(best, (alike if alike >= 1 / 2 else 0.0, ours, theirs), key=lambda pair: pair[0])
    return best


def proposal_triples(
    target: str, proposals: Sequence[Proposal], *, source: str, day: date, taken: set[str]
) -> Iterator[ox.Triple]:
    """Yield proposals as records to be judged.

    Args:
        target: of the links.
        proposals: that become records.
        source: address of the catalogue.
        day: of the records.
        taken: IRIs of records that there are already; those of the new ones are added.
    """
    for each in proposals:
        record, number = f"{BASE}id/link/{each.local.rpartition('/')[2]}-{target}", 1
        while record in taken:
            number += 1
            record = f"{BASE}id/link/{each.local.rpartition('/')[2]}-{target}-{number}"
        taken.add(record)
        for predicate, value in _facts(target, each, source, day):
            yield ox.Triple(ox.NamedNode(record), ox.NamedNode(predicate), value)


def _facts(target: str, each: Proposal, source: str, day: date) -> Iterator[tuple[str, Term]]:
    yield RDF + "type", ox.NamedNode(COO + "IdentityLink")
    yield RDFS + "label", ox.Literal(f"{compact(each.local)} in {target}", language="en")
    yield COO + "localResource", ox.NamedNode(each.local)
    yield COO + "externalResource", ox.NamedNode(each.external)
    yield COO + "linkPredicate", ox.NamedNode(SKOS + each.relation)
    yield COO + "linkJustification", ox.NamedNode(f"{BASE}voc/link-justification/{each.grounds}")
    yield COO + "confidence", ox.Literal(each.confidence, datatype=ox.NamedNode(XSD + "decimal"))
    yield PREFIXES["dcterms"] + "date", ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    yield PREFIXES["dcterms"] + "source", ox.NamedNode(source)
    yield SKOS + "note", ox.Literal(each.why, language="en")
    yield STATE, ox.Literal(PROPOSED)


def source_triples(store: ox.Store, location: str, title: str) -> tuple[str, list[ox.Triple]]:
    """Return the source at an address, and what is to be said of it where the graph does not describe it yet."""
    url = ox.NamedNode(PREFIXES["schema"] + "url")
    for quad in store.quads_for_pattern(None, url, ox.NamedNode(location), ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode):
            return quad.subject.value, []
    source = ox.NamedNode(f"{BASE}id/source/{plain(title).replace(' ', '-')}")
    return source.value, [
        ox.Triple(source, ox.NamedNode(RDF + "type"), ox.NamedNode(COO + "Source")),
        ox.Triple(source, ox.NamedNode(RDFS + "label"), ox.Literal(title, language="en")),
        ox.Triple(source, url, ox.NamedNode(location)),
    ]


def records_of(store: ox.Store) -> set[str]:
    """Return the IRIs of the records of links that a dataset has."""
    record = store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(COO + "IdentityLink"), None)
    return {quad.subject.value for quad in record if isinstance(quad.subject, ox.NamedNode)}


def accepted(triples: Iterable[ox.Triple]) -> tuple[list[ox.Triple], dict[str, int]]:
    """Return the accepted records of a judged file with the triples that they publish, and how many are in each state.

    Raises:
        SourceError: a record has no state, or one that is not known.
    """
    facts: defaultdict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            facts[triple.subject].append(triple)
    counts = dict.fromkeys((ACCEPTED, PROPOSED, REJECTED), 0)
    kept: list[ox.Triple] = []
    for record, told in facts.items():
        if not any(t.object == ox.NamedNode(COO + "IdentityLink") for t in told):
            kept += told  # a source that the records name
            continue
        states = [t.object.value for t in told if t.predicate.value == STATE and isinstance(t.object, ox.Literal)]
        if len(states) != 1 or states[0] not in counts:
            message = f"{record.value}: needs schema:creativeWorkStatus, exactly one of {', '.join(counts)}"
            raise SourceError(message)
        counts[states[0]] += 1
        if states[0] == ACCEPTED:
            kept += [*(t for t in told if t.predicate.value != STATE), _published(record, told)]
    return kept, counts


def _published(record: ox.NamedNode, told: Sequence[ox.Triple]) -> ox.Triple:
    said = {t.predicate.value: t.object for t in told}
    parts = [said.get(COO + name) for name in ("localResource", "linkPredicate", "externalResource")]
    if not all(isinstance(part, ox.NamedNode) for part in parts):
        message = f"{record.value}: needs coo:localResource, coo:linkPredicate and coo:externalResource, each an IRI"
        raise SourceError(message)
    local, predicate, external = cast("list[ox.NamedNode]", parts)
    return ox.Triple(local, predicate, external)
