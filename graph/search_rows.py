"""What search knows of a thing: its names, identifiers, types and links, read from the default graph of a store.

All of it hangs on the thing itself, on the records of its names and on the records of its links, so that a changed
triple tells by itself which things are to be read again.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pyoxigraph as ox

from graph.terms import BASE, COO, OWL, PREFIXES, RDF, RDFS, SKOS, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable

Role = Literal["label", "acronym", "alternative", "usage"]
"""What a name is: the preferred one in its language, a short form, another one, or one of a record of usage."""

_DCTERMS: Final = PREFIXES["dcterms"]
_DEFAULT: Final = ox.DefaultGraph()

NAMES: Final[dict[str, Role]] = {
    RDFS + "label": "label",
    SKOS + "prefLabel": "label",
    _DCTERMS + "title": "label",
    COO + "acronym": "acronym",
    SKOS + "altLabel": "alternative",
    SKOS + "hiddenLabel": "alternative",
}
"""Property to the role of the name that it gives."""

SCHEMES: Final = {
    COO + "cosparId": "cospar",
    COO + "noradId": "norad",
    COO + "isoAlpha2": "iso-alpha2",
    COO + "isoAlpha3": "iso-alpha3",
    COO + "isoNumeric": "iso-numeric",
    COO + "m49Code": "m49",
    COO + "gcatCode": "gcat",
    SKOS + "notation": "notation",
}
"""Property to the scheme of the identifier that it gives."""

RELATIONS: Final = {
    OWL + "sameAs": "owl:sameAs",
    SKOS + "exactMatch": "skos:exactMatch",
    SKOS + "closeMatch": "skos:closeMatch",
    PREFIXES["schema"] + "sameAs": "schema:sameAs",
}
"""Property to its prefixed name, of links to things in other graphs."""

_TYPE: Final = ox.NamedNode(RDF + "type")
_HAS_USAGE: Final = ox.NamedNode(COO + "hasNameUsage")
_NAME_FORM: Final = ox.NamedNode(COO + "nameForm")
_LOCAL: Final = ox.NamedNode(COO + "localResource")
_EXTERNAL: Final = ox.NamedNode(COO + "externalResource")
_RECORD_ONLY: Final = frozenset(
    COO + name for name in ("DatasetRow", "IdentityLink", "EvidenceSpan", "NameUsage", "StatusAssessment")
)
"""Records about other things, which are found by those."""

_PRIOR: Final = {
    "State": 1.0,
    "SpaceAgency": 0.9,
    "InternationalOrganization": 0.9,
    "IntergovernmentalForum": 0.9,
    "Undertaking": 0.8,
    "Constellation": 0.8,
    "Organization": 0.7,
    "Agreement": 0.6,
    "SpaceSystem": 0.6,
    "Person": 0.6,
    "Place": 0.5,
    "Occurrence": 0.4,
    "Situation": 0.2,
    "Source": 0.2,
    "Claim": 0.1,
}
"""How likely a thing of a class is what somebody looks for; the first that fits, 0.3 where none does."""

_OTHER: Final = 0.3
_FAME: Final = 64  # triples that name a thing; more make it no better known
_OF_FAME: Final = 0.4


class Name(NamedTuple):
    """A name with its language, empty where it has none."""

    text: str
    lang: str
    role: Role


class Link(NamedTuple):
    """A link to a thing of another graph and the record that is its evidence; empty fields are not told.

    Attributes:
        external: IRI of the other thing.
        relation: prefixed name of the property that links.
        record: IRI of the record, as are `justification` and `source`.
        confidence: from 0 to 1, as it is written.
        dated: day of the record.
    """

    external: str
    relation: str
    record: str = ""
    confidence: str = ""
    justification: str = ""
    dated: str = ""
    source: str = ""


class Thing(NamedTuple):
    """What search knows of a thing.

    Attributes:
        iri: of the thing.
        weight: from 0 to 1, how likely it is what somebody looks for.
        types: IRIs of its classes, sorted.
        names: sorted, each once.
        identifiers: scheme and value, sorted.
        links: sorted.
    """

    iri: str
    weight: float
    types: tuple[str, ...]
    names: tuple[Name, ...]
    identifiers: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]


def named_things(store: ox.Store) -> set[str]:
    """Return the IRIs of all that has a name in the default graph, but for records about other things."""
    found: set[str] = set()
    for predicate in (*map(ox.NamedNode, NAMES), _HAS_USAGE):
        for quad in store.quads_for_pattern(None, predicate, None, _DEFAULT):
            found |= _iri(quad.subject)
    for iri in _RECORD_ONLY:
        for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(iri), _DEFAULT):
            found -= _iri(quad.subject)
    return found


def touched_things(store: ox.Store, triples: Iterable[ox.Triple]) -> set[str]:
    """Return the IRIs of the things of which search may know something else when triples have come or gone."""
    found: set[str] = set()
    for subject in {triple.subject for triple in triples}:
        if isinstance(subject, ox.NamedNode):
            found.add(subject.value)
            for quad in store.quads_for_pattern(None, _HAS_USAGE, subject, _DEFAULT):
                found |= _iri(quad.subject)
            for quad in store.quads_for_pattern(subject, _LOCAL, None, _DEFAULT):
                found |= _iri(quad.object)
    for triple in triples:  # what named a record that has gone
        if triple.predicate == _LOCAL:
            found |= _iri(triple.object)
    return found


def read_thing(store: ox.Store, iri: str) -> Thing | None:
    """Read what search knows of a thing; None where it has no name, or is a record about another thing."""
    node = ox.NamedNode(iri)
    types: set[str] = set()
    names: set[Name] = set()
    identifiers: set[tuple[str, str]] = set()
    links: list[Link] = []
    for quad in store.quads_for_pattern(node, None, None, _DEFAULT):
        predicate, value = quad.predicate.value, quad.object
        if isinstance(value, ox.Literal):
            if role := NAMES.get(predicate):
                names.add(Name(text=value.value, lang=value.language or "", role=role))
            if scheme := SCHEMES.get(predicate):
                identifiers.add((scheme, value.value))
        elif isinstance(value, ox.NamedNode):
            if quad.predicate == _TYPE:
                types.add(value.value)
            elif quad.predicate == _HAS_USAGE:
                names |= _usages(store, value)
            elif predicate in RELATIONS and not value.value.startswith(BASE):
                links.append(_link(store, node, value, RELATIONS[predicate]))
    if not names or types & _RECORD_ONLY:
        return None
    return Thing(
        iri=iri,
        weight=_weight(store, node, types),
        types=tuple(sorted(types)),
        names=tuple(sorted(names, key=lambda name: (name.role, name.lang, name.text))),
        identifiers=tuple(sorted(identifiers)),
        links=tuple(sorted(links, key=lambda link: (link.external, link.relation))),
    )


def _iri(term: object) -> set[str]:
    return {term.value} if isinstance(term, ox.NamedNode) else set()


def _usages(store: ox.Store, record: ox.NamedNode) -> set[Name]:
    return {
        Name(text=quad.object.value, lang=quad.object.language or "", role="usage")
        for quad in store.quads_for_pattern(record, _NAME_FORM, None, _DEFAULT)
        if isinstance(quad.object, ox.Literal)
    }


def _link(store: ox.Store, local: ox.NamedNode, external: ox.NamedNode, relation: str) -> Link:
    """Return a link with its evidence, where there is a record of it."""
    told: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, _EXTERNAL, external, _DEFAULT):
        record = quad.subject
        if isinstance(record, ox.NamedNode) and ox.Quad(record, _LOCAL, local) in store:
            told = {
                each.predicate.value: each.object.value
                for each in store.quads_for_pattern(record, None, None, _DEFAULT)
                if isinstance(each.object, ox.NamedNode | ox.Literal)
            }
            told["record"] = record.value
    return Link(
        external=external.value,
        relation=relation,
        record=told.get("record", ""),
        confidence=told.get(COO + "confidence", ""),
        justification=told.get(COO + "linkJustification", ""),
        dated=told.get(_DCTERMS + "date", ""),
        source=told.get(_DCTERMS + "source", ""),
    )


def _weight(store: ox.Store, node: ox.NamedNode, types: set[str]) -> float:
    """Judge how likely a thing is looked for: by its class, and by how many triples name it."""
    own = {local_name(iri) for iri in types if iri.startswith(COO)}
    prior = next((weight for name, weight in _PRIOR.items() if name in own), _OTHER)
    count = sum(1 for _ in islice(store.quads_for_pattern(None, None, node, _DEFAULT), _FAME))
    fame = math.log2(1 + count) / math.log2(1 + _FAME)
    return round((1 - _OF_FAME) * prior + _OF_FAME * fame, 4)
