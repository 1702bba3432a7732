"""What the page of an entity shows, without HTML: read from its description, for a template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from graph.terms import COO, PREFIXES, RDF, RDFS, SKOS
from service.entity.around import small_network, ways
from service.entity.drawing import Spot, Timeline, spot, timeline
from service.entity.facts import LINK_PROPERTIES, Fact, Facts, Said
from service.entity.names import Named, Names
from service.entity.queries import is_derived
from service.entity.view import LISTED_AT_ONCE
from service.formats import BY_EXTENSION, HTML
from service.paths import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.entity.description import Description, Relation, Term
    from service.entity.view import View

_NAMES: Final = {
    RDFS + "label": "name",
    SKOS + "prefLabel": "name",
    SKOS + "altLabel": "other name",
    COO + "acronym": "acronym",
}
_HAS_USAGE: Final = COO + "hasNameUsage"
_ENDS: Final = (COO + "endEarliest", COO + "endLatest")
_TOLD: Final = (SKOS + "definition", SKOS + "note", PREFIXES["dcterms"] + "description", RDFS + "comment")
_WGS: Final = PREFIXES["wgs"]
_SCRIPT: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name of the entity: what kind of name, the text, its language, and who uses it, where a record says so."""

    kind: str
    text: str
    lang: str
    sources: Sequence[Named] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A link to another graph, with its evidence; `record` is None for a link that has none."""

    target: Named
    relation: Named
    record: Named | None
    reasons: Sequence[Named]
    confidence: str
    date: str
    sources: Sequence[Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What points to the entity by one property: how many, the path of the list, and the things where they are few."""

    relation: Named
    count: int
    path: str
    pointers: Sequence[Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of what points to the entity by one property."""

    relation: Named
    count: int
    first: int
    last: int
    pointers: Sequence[Named]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityPage:
    """The page of an entity; paths are without what stands before those of the service."""

    iri: str
    path: str
    title: Named
    version: int
    created: str
    is_fixed: bool
    types: Sequence[Named]
    further_types: Sequence[Named]
    told: Sequence[Named]
    names: Sequence[Name]
    claims_on_names: Sequence[Said]
    facts: Sequence[Fact]
    claims: Sequence[Said]
    links: Sequence[Outside]
    groups: Sequence[Group]
    listed: Listed | None
    timeline: Timeline | None
    spot: Spot | None
    ways: Sequence[tuple[str, str]]
    network: dict[str, object] | None
    formats: Sequence[tuple[str, str]]
    query_path: str
    report_href: str
    data: str


def entity_page(description: Description, view: View) -> EntityPage:
    """Gather the page of an entity, or of one list of what points to it."""
    names = Names(description, view.site)
    facts = Facts(description, names)
    path = path_of(view.iri) or ""
    types, further = _types(description, names)
    return EntityPage(
        iri=view.iri,
        path=path,
        title=names.itself(),
        version=view.version,
        created=view.created,
        is_fixed=view.is_fixed,
        types=types,
        further_types=further,
        told=[names.term(value) for prop in _TOLD for value in description.values(prop)],
        names=_names(description, names),
        claims_on_names=facts.on_names(),
        facts=facts.all() if not view.relation else [],
        claims=facts.about,
        links=list(_links(description, names)) if not view.relation else [],
        groups=_groups(description, names, view) if not view.relation else [],
        listed=_listed(description, names, view) if view.relation else None,
        timeline=timeline(description.years),
        spot=_spot(description),
        ways=ways(description, view),
        network=small_network(description, names, view) if not view.relation else None,
        formats=[
            (each.media_type, _address(view, extension)) for extension, each in BY_EXTENSION.items() if each != HTML
        ],
        query_path="/query?" + urlencode({"query": f"DESCRIBE <{view.iri}>"} | _fixed(view)),
        report_href=view.report
        or view.site.to("/about/errors?" + urlencode({"iri": view.iri, "version": view.version})),
        data=_data(description),
    )


def _fixed(view: View) -> dict[str, str]:
    return {"version": str(view.version)} if view.is_fixed else {}


def _address(view: View, extension: str) -> str:
    listed = {"relation": view.relation, "page": str(view.page)} if view.relation else {}
    parameters = urlencode(listed | _fixed(view))
    return f"{path_of(view.iri)}.{extension}" + (f"?{parameters}" if parameters else "")


def _types(description: Description, names: Names) -> tuple[list[Named], list[Named]]:
    """Return the classes that were stated, and those that the rules derive from them."""
    stated: list[Named] = []
    derived: list[Named] = []
    for value in description.values(RDF + "type"):
        graphs = description.graphs.get((RDF + "type", value), set())
        (derived if is_derived(graphs) else stated).append(names.term(value))
    return stated, derived


def _names(description: Description, names: Names) -> list[Name]:
    """Return the names in order of kind: the labels, and those that records of usage give."""
    found = [
        Name(kind=kind, text=value.value, lang=value.language or "")
        for prop, kind in _NAMES.items()
        for value in description.values(prop)
        if isinstance(value, ox.Literal)
    ]
    found += _used_names(description, names)
    return sorted(found, key=lambda each: (each.kind, each.lang != "en", each.lang, each.text))


def _used_names(description: Description, names: Names) -> Iterator[Name]:
    """Yield the names that records of usage give; one is a former name where its record has an end, or says so."""
    for usage in description.values(_HAS_USAGE):
        values = _by_property(description.around.get(usage.value, ()) if isinstance(usage, ox.NamedNode) else ())
        kind = "former name" if any(values.get(prop) for prop in _ENDS) else "name used by a source"
        notes = [names.term(each).text for each in values.get(SKOS + "note", ())]
        for form in values.get(COO + "nameForm", ()):
            if isinstance(form, ox.Literal):
                yield Name(
                    kind="; ".join([kind, *notes]),
                    text=form.value,
                    lang=form.language or "",
                    sources=[names.term(each) for each in values.get(PREFIXES["dcterms"] + "source", ())],
                )


def _links(description: Description, names: Names) -> Iterator[Outside]:
    """Yield the links to other graphs: those that have a record, then the others."""
    recorded = set()
    for iri, pairs in sorted(description.around.items()):
        values = _by_property(pairs)
        for external in values.get(COO + "externalResource", ()):
            relations = values.get(COO + "linkPredicate", [])
            recorded |= {(str(relation), str(external)) for relation in relations}
            yield Outside(
                target=names.term(external),
                relation=names.term(relations[0]) if relations else Named(text="link"),
                record=names.thing(iri),
                reasons=[names.term(each) for each in values.get(COO + "linkJustification", ())],
                confidence=", ".join(names.term(each).text for each in values.get(COO + "confidence", ())),
                date=", ".join(names.term(each).text for each in values.get(PREFIXES["dcterms"] + "date", ())),
                sources=[names.term(each) for each in values.get(PREFIXES["dcterms"] + "source", ())],
            )
    for prop, value in description.own:
        is_outside = isinstance(value, ox.NamedNode) and path_of(value.value) is None
        if prop in LINK_PROPERTIES and is_outside and (str(ox.NamedNode(prop)), str(value)) not in recorded:
            relation = names.property(prop)
            yield Outside(
                target=names.term(value), relation=relation, record=None, reasons=(), confidence="", date="", sources=()
            )


def _by_property(pairs: Sequence[tuple[str, Term]]) -> dict[str, list[Term]]:
    values: dict[str, list[Term]] = {}
    for prop, value in pairs:
        values.setdefault(prop, []).append(value)
    return values


def _groups(description: Description, names: Names, view: View) -> list[Group]:
    return [
        Group(
            relation=names.property(each.iri, each.labels),
            count=each.count,
            path=_list_path(view, each.iri, 1),
            pointers=_named(description, names, each),
        )
        for each in description.incoming
    ]


def _named(description: Description, names: Names, relation: Relation) -> list[Named]:
    named = [names.pointer(each) for each in description.pointers or () if each.relation == relation.iri]
    return sorted(named, key=lambda each: each.text.casefold())


def _listed(description: Description, names: Names, view: View) -> Listed:
    relation = next(each for each in description.incoming if each.iri == view.relation)
    first = (view.page - 1) * LISTED_AT_ONCE + 1
    last = min(first + LISTED_AT_ONCE - 1, relation.count)
    return Listed(
        relation=names.property(relation.iri, relation.labels),
        count=relation.count,
        first=first,
        last=last,
        pointers=_named(description, names, relation),
        before=_list_path(view, relation.iri, view.page - 1) if view.page > 1 else "",
        after=_list_path(view, relation.iri, view.page + 1) if last < relation.count else "",
    )


def _list_path(view: View, relation: str, page: int) -> str:
    parameters = {"relation": relation} | ({"page": str(page)} if page > 1 else {}) | _fixed(view)
    return f"{path_of(view.iri)}?{urlencode(parameters, quote_via=quote)}"


def _spot(description: Description) -> Spot | None:
    numbers = [
        next((v.value for v in description.values(_WGS + n) if isinstance(v, ox.Literal)), "") for n in ("lat", "long")
    ]
    return spot(*numbers)


def _data(description: Description) -> str:
    """Return types, literals and outside links as JSON-LD for a script element, which no text in it can end."""
    subject = ox.NamedNode(description.iri)
    triples = [
        ox.Triple(subject, ox.NamedNode(prop), value)
        for prop, value in description.own
        if prop == RDF + "type" or isinstance(value, ox.Literal) or _is_address(value)
    ]
    text = (ox.serialize(triples, format=ox.RdfFormat.JSON_LD) or b"").decode()
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).translate(_SCRIPT)


def _is_address(value: Term) -> bool:
    return isinstance(value, ox.NamedNode) and path_of(value.value) is None
