"""What the dataset says of one entity: the rows of the queries, put in order."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol, cast

import pyoxigraph as ox

from graph.query_errors import EntityReplaced, EntityUnknown, EntityWithdrawn
from graph.terms import BASE, COO, NOT_IN_DEFAULT_GRAPH, OWL, PREFIXES, RDF, RDFS, SKOS
from service.entity import queries
from service.entity.view import LISTED_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.entity.view import View

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TRUE: Final = ox.Literal("true", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean"))
_NEAR: Final = 3
_COMPARED: Final = 20_000  # names with which an unknown one is compared: a tenth of a second
_TYPE: Final = ox.NamedNode(RDF + "type")
_CLASSES: Final = {
    "actor": "Actor",
    "agreement": "Agreement",
    "claim": "Claim",
    "link": "IdentityLink",
    "occurrence": "Occurrence",
    "place": "Place",
    "situation": "Situation",
    "source": "Source",
    "system": "SpaceSystem",
    "undertaking": "Undertaking",
}
"""Second segment of an entity's path to the class of such things."""


class Store(Protocol):
    """What asking takes of the engine; a test counts the calls."""

    def query(self, query: str, *, substitutions: dict[ox.Variable, Term]) -> object:
        """Evaluate a query with variables bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How many triples with one property point to an entity; `labels` are those of the property."""

    iri: str
    count: int
    labels: Sequence[ox.Literal]


@dataclass(slots=True, kw_only=True)
class Pointer:
    """One thing that points to an entity.

    Attributes:
        iri: of the thing; a blank node is left out of lists.
        relation: IRI of the property.
        labels: of the thing; a thing without one is told by the next two.
        wholes: IRI and labels of what it is a part of, such as the launch of a participation.
        parts: labels of what it connects with that, by IRI.
    """

    iri: str
    relation: str
    labels: list[ox.Literal] = field(default_factory=list)
    wholes: dict[str, list[ox.Literal]] = field(default_factory=dict)
    parts: dict[str, list[ox.Literal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the dataset says of an entity.

    Attributes:
        iri: of the entity.
        own: property and value of its own triples, sorted.
        around: what belongs to it, such as participations and claims on it: IRI to properties and values.
        labels: of what any of these triples names: IRI to the label's property and the labels.
        incoming: what points to it, counted by property, the largest first.
        graphs: which named graphs hold each of its own triples; empty where nobody asked.
        pointers: things that point to it: those of the page asked for; or all, where they are few; else None.
        years: how many things that it is connected with happened, began or were signed in a year; empty likewise.
    """

    iri: str
    own: Sequence[tuple[str, Term]]
    around: Mapping[str, Sequence[tuple[str, Term]]]
    labels: Mapping[str, Sequence[tuple[str, ox.Literal]]]
    incoming: Sequence[Relation]
    graphs: Mapping[tuple[str, Term], set[str]] = field(default_factory=dict)
    pointers: Sequence[Pointer] | None = None
    years: Mapping[int, int] = field(default_factory=dict)

    def values(self, prop: str) -> list[Term]:
        """Return the entity's values of a property."""
        return [value for each, value in self.own if each == prop]


def describe(store: Store, view: View) -> Description:
    """Ask for all that a view of an entity shows, by the same queries whatever the entity.

    Raises:
        EntityUnknown: the dataset says nothing of it; or the page of a list is past its end.
        EntityReplaced: it is deprecated, and another stands in its place.
        EntityWithdrawn: it is deprecated, and none does.
    """
    asking = _Asking(store, view.iri)
    own = sorted(((row["p"].value, row["o"]) for row in asking.rows(queries.OWN)), key=_order)
    if not own:
        raise EntityUnknown(view.iri)
    _refuse_deprecated(view.iri, own)
    incoming = _incoming(asking.rows(queries.INCOMING))
    if view.relation:
        return _listed(asking, view, own, incoming)
    labels = _labels(asking.rows(queries.LABELS))
    around: defaultdict[str, list[tuple[str, Term]]] = defaultdict(list)
    for row in asking.rows(queries.AROUND):
        if isinstance(row["s"], ox.NamedNode) and row["s"].value != view.iri:
            around[row["s"].value].append((row["p"].value, row["o"]))
    plain = Description(iri=view.iri, own=own, around=around, labels=labels, incoming=incoming)
    return _with_what_pages_show(asking, plain) if view.into == "html" else plain


def nearest(store: ox.Store, iri: str) -> list[str]:
    """Return IRIs that may be meant by one that is unknown: of another kind, by an identifier, by likeness."""
    kind, _, slug = iri.removeprefix(BASE).removeprefix("id/").partition("/")
    tidy = slug.casefold().replace("_", "-").replace(" ", "-")
    same = [f"{BASE}id/{each}/{tidy}" for each in _CLASSES]
    found = [each for each in same if each != iri and _is_described(store, each)]
    for form in dict.fromkeys((slug, slug.upper(), slug.replace("-", " "))):
        for literal in (ox.Literal(form), ox.Literal(form, language="en")):
            quads = store.quads_for_pattern(None, None, literal, ox.DefaultGraph())
            found += [_name(quad.subject) for quad in islice(quads, _NEAR)]
    if len(found) < _NEAR and kind in _CLASSES:
        things = islice(
            store.quads_for_pattern(None, _TYPE, ox.NamedNode(COO + _CLASSES[kind]), ox.DefaultGraph()), _COMPARED
        )
        prefix = f"{BASE}id/{kind}/"
        slugs = [name.removeprefix(prefix) for quad in things if (name := _name(quad.subject)).startswith(prefix)]
        found += [prefix + each for each in difflib.get_close_matches(tidy, slugs, n=_NEAR, cutoff=0.75)]
    return [each for each in dict.fromkeys(found) if each.startswith(BASE)][:_NEAR]


class _Asking:
    """A store and the entity that is asked about."""

    def __init__(self, store: Store, iri: str) -> None:
        self._store = store
        self._this: dict[ox.Variable, Term] = {ox.Variable("this"): ox.NamedNode(iri)}

    def rows(self, query: str, **bound: str) -> Iterable[ox.QuerySolution]:
        """Return the solutions of a query, with further variables bound to IRIs."""
        further = {ox.Variable(name): ox.NamedNode(iri) for name, iri in bound.items()}
        return cast("ox.QuerySolutions", self._store.query(query, substitutions=self._this | further))


def _order(pair: tuple[str, Term]) -> tuple[str, str]:
    return pair[0], str(pair[1])


def _name(term: Term) -> str:
    """Return the IRI of a named node; nothing for any other term."""
    return term.value if isinstance(term, ox.NamedNode) else ""


def _is_described(store: ox.Store, iri: str) -> bool:
    return any(True for _ in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()))


def _refuse_deprecated(iri: str, own: Sequence[tuple[str, Term]]) -> None:
    if (OWL + "deprecated", _TRUE) not in own:
        return
    by = [_name(value) for prop, value in own if prop == PREFIXES["dcterms"] + "isReplacedBy"]
    if others := [each for each in by if each not in {"", iri}]:
        raise EntityReplaced(iri, others[0])
    notes = [value.value for prop, value in own if prop == SKOS + "changeNote" and isinstance(value, ox.Literal)]
    raise EntityWithdrawn(iri, *notes[:1])


def _labels(rows: Iterable[ox.QuerySolution]) -> dict[str, list[tuple[str, ox.Literal]]]:
    labels: defaultdict[str, list[tuple[str, ox.Literal]]] = defaultdict(list)
    for row in rows:
        for name, prop in (("label", RDFS + "label"), ("prefLabel", SKOS + "prefLabel")):
            if isinstance(row[name], ox.Literal):
                labels[row["x"].value].append((prop, row[name]))
    return labels


def _incoming(rows: Iterable[ox.QuerySolution]) -> list[Relation]:
    counts: dict[str, int] = {}
    labels: defaultdict[str, list[ox.Literal]] = defaultdict(list)
    for row in rows:
        counts[row["p"].value] = int(row["count"].value)
        if isinstance(row["label"], ox.Literal):
            labels[row["p"].value].append(row["label"])
    relations = [Relation(iri=iri, count=count, labels=labels[iri]) for iri, count in counts.items()]
    return sorted(relations, key=lambda each: (-each.count, each.iri))


def _listed(asking: _Asking, view: View, own: Sequence[tuple[str, Term]], incoming: Sequence[Relation]) -> Description:
    """Describe no more than one page of what points to the entity by one property."""
    total = next((each.count for each in incoming if each.iri == view.relation), 0)
    pages = -(-total // LISTED_AT_ONCE)
    if not 1 <= view.page <= pages:
        have = f"there are {pages} pages" if total else "nothing does"
        what = f"page {view.page} of what points to <{view.iri}> by <{view.relation}> is not there: {have}"
        raise EntityUnknown(view.iri, what=what)
    pointers = _pointers(
        asking.rows(queries.listing(view.page, count=total, language=view.site.language), relation=view.relation)
    )
    return Description(iri=view.iri, own=own, around={}, labels={}, incoming=incoming, pointers=pointers)


def _with_what_pages_show(asking: _Asking, plain: Description) -> Description:
    graphs: defaultdict[tuple[str, Term], set[str]] = defaultdict(set)
    for row in asking.rows(queries.STATED):
        if row["graph"].value not in NOT_IN_DEFAULT_GRAPH:
            graphs[row["p"].value, row["o"]].add(row["graph"].value)
    pointers = _pointers(asking.rows(queries.POINTING))
    years = {int(row["year"].value): int(row["count"].value) for row in asking.rows(queries.DATED) if row["year"]}
    return Description(
        iri=plain.iri,
        own=plain.own,
        around=plain.around,
        labels=plain.labels,
        incoming=plain.incoming,
        graphs=graphs,
        pointers=pointers if sum(each.count for each in plain.incoming) <= LISTED_AT_ONCE else None,
        years=dict(sorted(years.items())),
    )


def _pointers(rows: Iterable[ox.QuerySolution]) -> list[Pointer]:
    pointers: dict[tuple[str, str], Pointer] = {}
    for row in rows:
        if not isinstance(row["s"], ox.NamedNode):
            continue
        at = row["s"].value, row["relation"].value
        pointer = pointers.setdefault(at, Pointer(iri=at[0], relation=at[1]))
        _add(pointer.labels, row["label"])
        for named, by_iri in (("whole", pointer.wholes), ("part", pointer.parts)):
            if isinstance(row[named], ox.NamedNode):
                _add(by_iri.setdefault(row[named].value, []), row[f"{named}Label"])
    return list(pointers.values())


def _add(labels: list[ox.Literal], label: Term | None) -> None:
    if isinstance(label, ox.Literal) and label not in labels:
        labels.append(label)
