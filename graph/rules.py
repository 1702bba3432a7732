"""Rules: what follows from the graph and is not written down, as CONSTRUCT queries.

An OWL reasoner would derive more than anyone asks for and cannot say `FILTER (?one != ?other)`; a rule says what it
reads and what it derives, so that a commit can tell which rules its change touches.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.errors import QuestionError
from graph.resources import resource_dir
from graph.terms import OWL, PREFIXES, RDF, RDFS, compact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_log = logging.getLogger(__name__)

FIXED: Final = frozenset({RDFS + "subClassOf", RDFS + "isDefinedBy", OWL + "inverseOf"})
"""Properties that rules read of the ontology alone, which no commit changes."""

_HEADER: Final = re.compile(r"#\+ (rule|reads|derives): (.+)")
_TOUCHES: Final = re.compile(r"#\+ touches ((?:\?\w+ ?)+): \?(\w+) (\S+) \?(\w+)(?: \. (.+))?")
_GIVES: Final = re.compile(r"#\+ gives ((?:\?\w+ ?)+)(?:: (.+))?")
_HEAD: Final = re.compile(r"CONSTRUCT \{\s*\?(\w+)\s+\S+\s+\?(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From a triple to the places at which a rule has to be looked at again.

    Attributes:
        subject: the variable that stands for the triple's subject.
        object: that for its object.
        pattern: what else holds there; empty where subject and object say it all.
        binds: variables of the rule, each named in the pattern or one of the two above.
    """

    subject: str
    object: str
    pattern: str
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: the file name without its ending.
        rule: what it derives, in words.
        reads: IRIs of the classes and properties that its pattern reads.
        derives: IRIs of the classes and properties of what it makes.
        text: the CONSTRUCT query.
        touches: IRI of a property to the ways from a triple of it to where the rule may then say something else; see
            `graph.rederivation`.
        gives: the way from a triple that it derives to where it can have come from; None where it has no such line.
    """

    name: str
    rule: str
    reads: frozenset[str]
    derives: frozenset[str]
    text: str
    touches: Mapping[str, Sequence[Way]] = field(default_factory=dict)
    gives: Way | None = None


def read_rule(path: Path) -> Rule:
    """Read a rule with its header lines.

    `#+ rule:`, `#+ reads:` and `#+ derives:` say what it is; names are prefixed names, and a class counts as touched by
    `rdf:type`. `#+ touches ?variables: ?s PROPERTY|PROPERTY ?o . PATTERN` says at which values of some variables the
    rule has to run again when a triple `?s PROPERTY ?o` comes or goes, and `#+ gives ?variables: PATTERN` at which it
    can have derived a triple.

    Raises:
        QuestionError: a header line is missing, or a name has an unknown prefix.
    """
    text = path.read_text(encoding="utf-8")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.fullmatch(line))}
    for key in ("rule", "reads", "derives"):
        if key not in header:
            message = f"{path}: the header line `#+ {key}: ...` is missing"
            raise QuestionError(message)
    rule = Rule(
        name=path.stem,
        rule=header["rule"],
        reads=_iris(header["reads"], path),
        derives=_iris(header["derives"], path),
        text=text,
        touches=_touches(text, path),
        gives=_gives(text),
    )
    read = {RDF + "type" if _is_class(iri) else iri for iri in rule.reads} - FIXED
    if missing := sorted(map(compact, read - rule.touches.keys())):
        message = f"{path}: a header line `#+ touches ?VARIABLE: ?s {missing[0]} ?o` is missing"
        raise QuestionError(message)
    if rule.gives is None:
        message = f"{path}: the header line `#+ gives ?VARIABLE` is missing"
        raise QuestionError(message)
    return rule


def _touches(text: str, path: Path) -> dict[str, list[Way]]:
    ways: dict[str, list[Way]] = {}
    for line in text.splitlines():
        if match := _TOUCHES.fullmatch(line):
            binds, subject, properties, value, pattern = match.groups("")
            way = Way(subject=subject, object=value, pattern=pattern, binds=_variables(binds))
            for iri in _iris(properties.replace("|", ","), path):
                ways.setdefault(iri, []).append(way)
    return ways


def _gives(text: str) -> Way | None:
    head = _HEAD.search(text)
    found = next((match for line in text.splitlines() if (match := _GIVES.fullmatch(line))), None)
    if head is None or found is None:
        return None
    return Way(subject=head[1], object=head[2], pattern=found[2] or "", binds=_variables(found[1]))


def _variables(names: str) -> tuple[str, ...]:
    return tuple(name.removeprefix("?") for name in names.split())


def packaged_rules() -> list[Rule]:
    """Return the packaged rules, sorted by name."""
    return [read_rule(path) for path in sorted((resource_dir("ontology") / "rules").glob("*.rq"))]


def derive(store: ox.Store, rules: Sequence[Rule]) -> set[ox.Triple]:
    """Add to the default graph of a store what the rules derive from it; return what was added.

    A rule runs after every other rule that derives what it reads, so that what it finds absent stays absent; one that
    reads what it derives runs until it adds nothing.

    Raises:
        QuestionError: two rules wait for each other.
    """
    started = time.perf_counter()
    derived: set[ox.Triple] = set()
    for rule in in_order(rules):
        growing = True
        while growing:
            made = (ox.Quad(t.subject, t.predicate, t.object) for t in cast("ox.QueryTriples", store.query(rule.text)))
            new = {quad for quad in made if quad not in store}
            store.extend(new)
            derived.update(quad.triple for quad in new)
            growing = bool(new) and bool(rule.reads & rule.derives)
    _log.info("derived triples=%d seconds=%.1f", len(derived), time.perf_counter() - started)
    return derived


def in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules so that each stands after those that derive what it reads.

    Raises:
        QuestionError: two rules wait for each other.
    """
    waits: TopologicalSorter[str] = TopologicalSorter()
    for rule in rules:
        reads = rule.reads | {RDF + "type"} if any(_is_class(iri) for iri in rule.reads) else rule.reads
        waits.add(rule.name, *(other.name for other in rules if other is not rule and other.derives & reads))
    by_name = {rule.name: rule for rule in rules}
    try:
        return [by_name[name] for name in waits.static_order()]
    except CycleError as fault:
        message = f"rules wait for each other: {' -> '.join(fault.args[1])}"
        raise QuestionError(message) from fault


def _is_class(iri: str) -> bool:
    """Say whether an IRI names a class, which by the project's naming begins with a capital."""
    return re.split("[#/]", iri)[-1][:1].isupper()


def _iris(names: str, path: Path) -> frozenset[str]:
    """Expand a comma separated list of prefixed names."""
    iris = set()
    for name in (part.strip() for part in names.split(",")):
        prefix, _, local = name.partition(":")
        if prefix not in PREFIXES:
            message = f"{path}: {name} has no known prefix"
            raise QuestionError(message)
        iris.add(PREFIXES[prefix] + local)
    return frozenset(iris)
