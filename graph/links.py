"""Links to other graphs: each a record of evidence, and the published triple made from it.

A record says which of our things corresponds to which outside one, by which relation, on what grounds and how surely
(the columns of SSSOM). `check_links` holds them to their rules and tells, if asked, whether the outside addresses
answer.
"""

from __future__ import annotations

import logging
import re
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.resources import resource_dir
from graph.terms import BASE, COO, RDF, RDFS, SKOS, local_name
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from graph.writer import Term

_log = logging.getLogger(__name__)

PATTERNS: Final = {
    "dbpedia": re.compile(r"http://dbpedia\.org/resource/[^\s<>]+"),
    "eu-countries": re.compile(r"http://publications\.europa\.eu/resource/authority/country/[A-Z]{3}"),
    "geonames": re.compile(r"https://sws\.geonames\.org/[1-9][0-9]*/"),
    "ror": re.compile(r"https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}"),
    "wikidata": re.compile(r"http://www\.wikidata\.org/entity/Q[1-9][0-9]*"),
}
"""Name of a target, which is the name of its file, to the form of its addresses."""

_SAME_AS: Final = "http://www.w3.org/2002/07/owl#sameAs"
_EXACT: Final = SKOS + "exactMatch"
RELATIONS: Final = frozenset({_SAME_AS, _EXACT, SKOS + "closeMatch", "https://schema.org/sameAs", RDFS + "seeAlso"})
"""What a link may say (ontology.md 2.4)."""

_SURE: Final = Decimal("0.99")
_SHARED: Final = BASE + "voc/link-justification/shared-identifier"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_NEEDED: Final = {
    RDFS + "label": "a label",
    COO + "localResource": "coo:localResource",
    COO + "externalResource": "coo:externalResource",
    COO + "linkPredicate": "coo:linkPredicate",
    COO + "linkJustification": "coo:linkJustification",
    COO + "confidence": "coo:confidence",
    _DCTERMS + "source": "dcterms:source",
    _DCTERMS + "date": "dcterms:date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record of evidence.

    Attributes:
        target: name of the file that holds it, such as `wikidata`.
        record: its IRI; likewise the next five.
        confidence: from 0 to 1.
    """

    target: str
    record: str
    local: str
    external: str
    predicate: str
    justification: str
    confidence: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, as a sentence, and the record or thing it is about."""

    target: str
    node: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth:
    """The state of all links.

    Attributes:
        counts: links by target and relation (an IRI).
        findings: sorted by target and node; empty when all is well.
        asked: how many outside addresses were asked; 0 offline.
    """

    counts: Mapping[tuple[str, str], int]
    findings: Sequence[Finding]
    asked: int

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def packaged_linksets() -> list[Path]:
    """Return the packaged files of links, sorted by name."""
    return sorted((resource_dir("data") / "links").glob("*.ttl"))


def check_links(
    files: Sequence[Path],
    *,
    online: bool = False,
    timeout_s: float = 10.0,
    patterns: Mapping[str, re.Pattern[str]] = PATTERNS,
) -> LinkHealth:
    """Check the records of all files together, and with `online` ask every outside address with HEAD.

    Args:
        files: one a target, named for it.
        online: whether to use the network.
        timeout_s: for one address.
        patterns: the form of each target's addresses.

    Raises:
        TurtleError: a file does not parse.
    """
    links: list[Link] = []
    findings: list[Finding] = []
    for path in files:
        facts = _facts(quad.triple for quad in read_rdf(path))
        read, faults = _read(path.stem, facts)
        links += read
        findings += faults
        findings += _pattern_faults(path.stem, read, patterns)
        findings += _triple_faults(path.stem, read, facts)
    findings += _shared_faults(links)
    externals = sorted({(link.target, link.external) for link in links}) if online else []
    findings += _unreachable(externals, timeout_s)
    findings.sort(key=lambda finding: (finding.target, finding.node, finding.sentence))
    counts = Counter((link.target, link.predicate) for link in links)
    _log.info("checked links=%d findings=%d asked=%d", len(links), len(findings), len(externals))
    return LinkHealth(counts=dict(sorted(counts.items())), findings=findings, asked=len(externals))


def _facts(triples: Iterable[ox.Triple]) -> Mapping[str, Mapping[str, list[Term]]]:
    facts: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            facts[triple.subject.value][triple.predicate.value].append(triple.object)
    return facts


def _read(target: str, facts: Mapping[str, Mapping[str, list[Term]]]) -> tuple[list[Link], list[Finding]]:
    """Return the records that are whole, and what the others lack."""
    links: list[Link] = []
    faults: list[Finding] = []
    for node in sorted(facts):
        values = facts[node]
        if ox.NamedNode(COO + "IdentityLink") not in values.get(RDF + "type", []):
            continue
        lacking = [name for predicate, name in _NEEDED.items() if len(values.get(predicate, [])) != 1]
        confidence = _confidence(values.get(COO + "confidence", []))
        if lacking:
            faults.append(Finding(target=target, node=node, sentence=f"needs {lacking[0]}, exactly one"))
        elif confidence is None:
            faults.append(Finding(target=target, node=node, sentence="coo:confidence is a decimal from 0 to 1"))
        else:
            links.append(_link(target, node, values, confidence))
    return links, faults


def _link(target: str, node: str, values: Mapping[str, list[Term]], confidence: Decimal) -> Link:
    def text(name: str) -> str:
        value = values[COO + name][0]
        return value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""

    return Link(
        target=target,
        record=node,
        local=text("localResource"),
        external=text("externalResource"),
        predicate=text("linkPredicate"),
        justification=text("linkJustification"),
        confidence=confidence,
    )


def _confidence(values: Sequence[Term]) -> Decimal | None:
    try:
        found = Decimal(values[0].value) if values and isinstance(values[0], ox.Literal) else Decimal(-1)
    except InvalidOperation:
        return None
    return found if 0 <= found <= 1 else None


def _pattern_faults(target: str, links: Iterable[Link], patterns: Mapping[str, re.Pattern[str]]) -> Iterable[Finding]:
    pattern = patterns.get(target)
    for link in links:
        if pattern is None:
            yield Finding(target=target, node=link.record, sentence=f"the target {target} has no known form of address")
        elif not pattern.fullmatch(link.external):
            sentence = f"{link.external} is no address of {target} (expected {pattern.pattern})"
            yield Finding(target=target, node=link.record, sentence=sentence)
        if link.predicate not in RELATIONS:
            yield Finding(target=target, node=link.record, sentence=f"{link.predicate} is no relation for links")
        if link.predicate == _SAME_AS and (link.confidence < _SURE or link.justification != _SHARED):
            sentence = f"owl:sameAs needs a shared identifier and a confidence of {_SURE} or more: use skos:exactMatch"
            yield Finding(target=target, node=link.record, sentence=sentence)


def _triple_faults(
    target: str, links: Sequence[Link], facts: Mapping[str, Mapping[str, list[Term]]]
) -> Iterable[Finding]:
    """Hold the published triples to the records: one each, and none besides."""
    recorded = {(link.local, link.predicate, link.external): link.record for link in links}
    published = {
        (subject, predicate, value.value)
        for subject, values in facts.items()
        for predicate in RELATIONS & set(values)
        for value in values[predicate]
        if isinstance(value, ox.NamedNode)
    }
    for triple in sorted(set(recorded) - published):
        yield Finding(target=target, node=recorded[triple], sentence="its triple is not published: generate it again")
    for local, predicate, external in sorted(published - set(recorded)):
        sentence = f"{local_name(predicate)} {external} is published without a record of its evidence"
        yield Finding(target=target, node=local, sentence=sentence)


def _shared_faults(links: Sequence[Link]) -> Iterable[Finding]:
    """Find pairs recorded twice, and outside things that are to be exactly two of ours."""
    pairs: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    exact: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        pairs[link.local, link.external].append(link)
        if link.predicate in {_EXACT, _SAME_AS}:
            exact[link.external].append(link)
    for same in pairs.values():
        for link in same[1:]:
            sentence = f"links the same two things as {same[0].record}"
            yield Finding(target=link.target, node=link.record, sentence=sentence)
    for external, same in exact.items():
        for link in same[1:]:
            if link.local != same[0].local:
                sentence = f"{external} is said to be exactly {same[0].local} and exactly {link.local}"
                yield Finding(target=link.target, node=link.record, sentence=sentence)


def _unreachable(externals: Sequence[tuple[str, str]], timeout_s: float) -> list[Finding]:
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda pair: _ask(pair[1], timeout_s), externals))
    return [
        Finding(target=target, node=external, sentence=answer)
        for (target, external), answer in zip(externals, answers, strict=True)
        if answer
    ]


def _ask(address: str, timeout_s: float) -> str:
    """Return why an address does not answer; empty when it does."""
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "coorbit-link-check"})  # noqa: S310 -- the form of each address was checked
    try:
        with urllib.request.urlopen(request, timeout=timeout_s):  # noqa: S310 -- the same
            return ""
    except urllib.error.HTTPError as fault:
        return f"the address answers {fault.code}"
    except (OSError, ValueError) as fault:
        return f"the address does not answer: {fault}"
