"""What is said of an entity, fact by fact: each value with its sources, and beside it what claims say differently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.names import fold
from graph.terms import BASE, COO, GRAPHS, OWL, PREFIXES, RDF, RDFS, SKOS
from service.entity.names import Named
from service.entity.queries import is_derived
from service.entity.view import LISTED_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.entity.description import Description, Term
    from service.entity.names import Names

_FROM_ROW: Final = COO + "fromRow"
_NO_FACTS: Final = frozenset(
    {RDF + "type", _FROM_ROW, COO + "hasNameUsage", OWL + "deprecated"}
    | {RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel", SKOS + "definition", SKOS + "note"}
)
"""Properties that have another place on a page."""

LINK_PROPERTIES: Final = frozenset(
    {SKOS + name for name in ("exactMatch", "closeMatch", "relatedMatch", "broadMatch", "narrowMatch")}
    | {OWL + "sameAs", RDFS + "seeAlso", PREFIXES["schema"] + "sameAs"}
)
"""Properties whose values outside the dataset are shown with the evidence of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A claim: its label, what curators think of it, what it states, who states it where, in what words."""

    claim: Named
    status: Named | None
    value: Named | None
    speakers: Sequence[Named]
    sources: Sequence[Named]
    places: Sequence[Named]
    notes: Sequence[Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a property, with the claims that state the same, the catalogues that have it, and other origins."""

    value: Named
    claims: Sequence[Said]
    catalogues: Sequence[Named]
    origins: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A property and its values.

    Attributes:
        property: as it is named.
        values: as many as are listed at once; none where only claims have one.
        count: of all values.
        query: parameters of the page that asks for them all.
        differing: claims that state another value, or one where the dataset follows none.
        has_one_origin: whether there are several values, all from the same catalogues or rules: then that is told once.
    """

    property: Named
    values: Sequence[Value]
    count: int
    query: str
    differing: Sequence[Said]
    has_one_origin: bool


class Facts:
    """The facts of a description, ready for a page."""

    def __init__(self, description: Description, names: Names) -> None:
        self._description = description
        self._names = names
        self._rows = self._catalogues()
        self._claims: defaultdict[str, list[tuple[Term | None, Said]]] = defaultdict(list)
        self.about: list[Said] = []
        """Claims on the entity as a whole."""
        for iri, pairs in sorted(description.around.items()):
            self._take_claim(iri, pairs)

    def all(self) -> list[Fact]:
        """Return a fact for each property, sorted by its name; what the rules derive comes last."""
        values: defaultdict[str, list[Term]] = defaultdict(list)
        for prop, value in self._description.own:
            if prop not in _NO_FACTS and not (prop in LINK_PROPERTIES and _is_outside(value)):
                values[prop].append(value)
        for prop in self._claims:
            if prop not in _NO_FACTS:
                values.setdefault(prop, [])
        facts = [(self._is_derived(prop, each), self._fact(prop, each)) for prop, each in values.items()]
        return [fact for _, fact in sorted(facts, key=lambda pair: (pair[0], pair[1].property.text))]

    def on_names(self) -> list[Said]:
        """Return the claims on how the entity is called."""
        return [said for prop in (RDFS + "label", SKOS + "altLabel") for _, said in self._claims.get(prop, ())]

    def _fact(self, prop: str, values: Sequence[Term]) -> Fact:
        by_name = sorted(values, key=lambda each: fold(self._names.term(each).text))
        shown = [self._value(prop, each) for each in by_name[:LISTED_AT_ONCE]]
        differing = [said for value, said in self._claims.get(prop, ()) if value not in values]
        query = urlencode({"query": f"SELECT ?value WHERE {{ <{self._description.iri}> <{prop}> ?value }}"})
        named = self._names.property(prop)
        return Fact(
            property=named,
            values=shown,
            count=len(values),
            query=query,
            differing=differing,
            has_one_origin=_have_one_origin(shown),
        )

    def _value(self, prop: str, value: Term) -> Value:
        claims = [said for each, said in self._claims.get(prop, ()) if each == value]
        catalogues = self._rows.get(prop, ())
        graphs = self._description.graphs.get((prop, value), set())
        origins = ["derived by a rule"] if is_derived(graphs) else []
        if not claims and not catalogues and not origins:
            origins = sorted(each.removeprefix(GRAPHS) for each in graphs)
        return Value(value=self._names.term(value), claims=claims, catalogues=catalogues, origins=origins)

    def _is_derived(self, prop: str, values: Sequence[Term]) -> bool:
        return bool(values) and all(is_derived(self._description.graphs.get((prop, each), set())) for each in values)

    def _catalogues(self) -> dict[str, list[Named]]:
        """Return by property the rows that give it, each named by its catalogue."""
        rows: defaultdict[str, list[Named]] = defaultdict(list)
        around = self._description.around
        for row in self._description.values(_FROM_ROW):
            if not isinstance(row, ox.NamedNode):
                continue
            for source in _things(around.get(row.value, ()), COO + "rowOf"):
                named = self._names.thing(source)
                origin = Named(text=named.text, lang=named.lang, href=self._names.thing(row.value).href, iri=row.value)
                for prop in _things(around.get(source, ()), COO + "givesProperty"):
                    rows[prop].append(origin)
        return rows

    def _take_claim(self, iri: str, pairs: Sequence[tuple[str, Term]]) -> None:
        """Sort a claim in: under the property that it states a value of, or among those on the whole."""
        values = [value for prop, value in pairs if prop in {COO + "claimObject", COO + "claimLiteral"}]
        value = values[0] if values else None
        said = Said(
            claim=self._names.thing(iri),
            status=next(iter(self._named(pairs, COO + "claimStatus")), None),
            value=self._names.term(value) if value is not None else None,
            speakers=self._named(pairs, COO + "statedBy"),
            sources=self._named(pairs, COO + "reportedIn"),
            places=self._named(pairs, COO + "evidence"),
            notes=self._named(pairs, SKOS + "note"),
        )
        this = self._description.iri
        if this in _things(pairs, COO + "claimSubject"):
            for prop in _things(pairs, COO + "claimPredicate"):
                self._claims[prop].append((value, said))
        elif this in _things(pairs, COO + "asserts"):
            self.about.append(said)

    def _named(self, pairs: Sequence[tuple[str, Term]], prop: str) -> list[Named]:
        return [self._names.term(value) for each, value in pairs if each == prop]


def _have_one_origin(values: Sequence[Value]) -> bool:
    origins = {(tuple(each.catalogues), tuple(each.origins)) for each in values}
    return len(values) > 1 and len(origins) == 1 and not any(each.claims for each in values)


def _things(pairs: Sequence[tuple[str, Term]], prop: str) -> list[str]:
    return [value.value for each, value in pairs if each == prop and isinstance(value, ox.NamedNode)]


def _is_outside(value: Term) -> bool:
    return isinstance(value, ox.NamedNode) and not value.value.startswith(BASE)
