"""The documentation of ontology and shapes, without HTML: every term with its definition and where it is used.

It is read from the graphs that are served, so that it says what they say; the questions are the packaged ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.questions import packaged_questions
from graph.terms import COO, ONTOLOGY, ONTOLOGY_GRAPH, OWL, PREFIXES, RDF, RDFS, SH, SHAPES, SHAPES_GRAPH, SKOS, compact
from graph.write_errors import GraphUnknown
from service.entity.names import Named
from service.formats import BY_EXTENSION, HTML
from service.paths import address_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.entity.description import Store, Term
    from service.entity.view import View
    from service.site import Site

_TRIPLES: Final = "SELECT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }"
_KINDS: Final = {
    OWL + "Class": ("Classes", "classes"),
    OWL + "ObjectProperty": ("Properties that lead to things", "object-properties"),
    OWL + "DatatypeProperty": ("Properties with a value", "datatype-properties"),
}
_RELATIONS: Final = {
    RDFS + "subClassOf": "is a kind of",
    RDFS + "subPropertyOf": "is a kind of",
    RDFS + "domain": "domain",
    RDFS + "range": "range",
    OWL + "inverseOf": "inverse",
    OWL + "disjointWith": "never also",
    OWL + "propertyChainAxiom": "follows from the chain",
    SKOS + "exactMatch": "same as",
    SKOS + "closeMatch": "close to",
    SKOS + "relatedMatch": "related to",
    PREFIXES["dcterms"] + "isReplacedBy": "replaced by",
}
"""What a term says of other terms, in this order; any other property is told by its name."""

_OF_RESTRICTIONS: Final = frozenset({RDF + "type", OWL + "onProperty"})
_TEXTS: Final = (SKOS + "definition", SKOS + "note", SKOS + "example", SKOS + "changeNote")
_NOT_TOLD: Final = frozenset({RDF + "type", RDFS + "label", RDFS + "isDefinedBy", *_TEXTS})
_MENTION: Final = re.compile(r"\bcoo:([A-Za-z][\w-]*)")

_Triples = dict[str, list[tuple[str, "Term"]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEntry:
    """One term: its anchor, labels, texts, what it says of others, the shapes and questions that use it."""

    iri: str
    anchor: str
    labels: Sequence[ox.Literal]
    texts: Sequence[ox.Literal]
    relations: Sequence[tuple[str, Sequence[Named]]]
    below: Sequence[Named]
    shapes: Sequence[Named]
    questions: Sequence[Named]
    deprecated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Terms of one kind."""

    title: str
    anchor: str
    terms: Sequence[TermEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeEntry:
    """One node shape: its anchor, label, whom it is for, and the messages of its rules, each with its anchor."""

    anchor: str
    label: str
    targets: Sequence[Named]
    rules: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage:
    """The documentation of the ontology, or of the shapes."""

    title: str
    iri: str
    version: int
    formats: Sequence[tuple[str, str]]
    edition: str = ""
    texts: Sequence[ox.Literal] = ()
    sections: Sequence[Section] = ()
    schemes: Sequence[Named] = ()
    shapes: Sequence[ShapeEntry] = ()
    questions: Sequence[tuple[str, str, str]] = ()


def terms_page(store: Store, view: View) -> TermsPage:
    """Gather the documentation of `/ont` or `/shapes`, by two queries.

    Raises:
        GraphUnknown: the dataset has no such graph.
    """
    ontology, shapes = _read(store, ONTOLOGY_GRAPH), _read(store, SHAPES_GRAPH)
    if not (ontology if view.iri == ONTOLOGY else shapes):
        raise GraphUnknown(view.iri)
    by_shape = {iri: _Shape(iri, shapes) for iri, pairs in sorted(shapes.items()) if _is(pairs, SH + "NodeShape")}
    ending = f"?version={view.version}" if view.is_fixed else ""
    path = "/" + view.iri.rpartition("/")[2]
    formats = [(each.media_type, f"{path}.{end}{ending}") for end, each in BY_EXTENSION.items() if each is not HTML]
    if view.iri == SHAPES:
        seen = {iri.removeprefix(f"{SHAPES}#") for iri in by_shape}
        entries = [each.entry(view.site, seen) for each in by_shape.values()]
        return TermsPage(title="Shapes", iri=SHAPES, version=view.version, shapes=entries, formats=formats)
    return _ontology_page(_Ontology(ontology, by_shape.values(), view.site), view, formats)


def _ontology_page(ontology: _Ontology, view: View, formats: Sequence[tuple[str, str]]) -> TermsPage:
    header = ontology.triples.get(ONTOLOGY, [])
    return TermsPage(
        title=" ".join(each.value for each in _texts(header, RDFS + "label")[:1]) or "Ontology",
        iri=ONTOLOGY,
        version=view.version,
        edition=" ".join(each.value for each in _texts(header, OWL + "versionInfo")[:1]),
        texts=[*_texts(header, PREFIXES["dcterms"] + "description"), *_texts(header, SKOS + "note")],
        sections=ontology.sections(),
        schemes=ontology.schemes(),
        questions=ontology.questions,
        formats=formats,
    )


class _Ontology:
    """The ontology graph, with who uses its terms."""

    def __init__(self, triples: _Triples, shapes: Iterable[_Shape], site: Site) -> None:
        self.triples = triples
        self._site = site
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        self._shapes: defaultdict[str, list[Named]] = defaultdict(list)
        self._questions: defaultdict[str, list[Named]] = defaultdict(list)
        self.questions = []
        for iri, pairs in triples.items():
            for prop, value in pairs:
                if prop in {RDFS + "subClassOf", RDFS + "subPropertyOf"} and isinstance(value, ox.NamedNode):
                    self._below[value.value].add(iri)
        for shape in shapes:
            for term in shape.terms:
                self._shapes[term].append(Named(text=shape.label, href=address_on(site, shape.iri)))
        for each in packaged_questions("questions"):
            self.questions.append((each.name, each.question, "/query?" + urlencode({"query": each.text})))
            for name in sorted(set(_MENTION.findall(each.text))):
                self._questions[COO + name].append(Named(text=each.question, href=f"#question-{each.name}"))

    def sections(self) -> list[Section]:
        """Return the terms by kind, each sorted by name."""
        found: dict[str, list[TermEntry]] = {kind: [] for kind in _KINDS}
        for iri, pairs in sorted(self.triples.items(), key=lambda item: item[0].casefold()):
            kind = next((kind for kind in _KINDS if _is(pairs, kind)), None)
            if kind is not None and iri.startswith(COO):
                found[kind].append(self._entry(iri, pairs))
        return [Section(title=_KINDS[kind][0], anchor=_KINDS[kind][1], terms=terms) for kind, terms in found.items()]

    def schemes(self) -> list[Named]:
        """Return the code lists, by their names."""
        schemes = [iri for iri, pairs in sorted(self.triples.items()) if _is(pairs, SKOS + "ConceptScheme")]
        return [Named(text=_label(self.triples[iri], iri), href=address_on(self._site, iri)) for iri in schemes]

    def _entry(self, iri: str, pairs: Sequence[tuple[str, Term]]) -> TermEntry:
        said: defaultdict[str, list[Named]] = defaultdict(list)
        order = [*_RELATIONS, *sorted({prop for prop, _ in pairs} - _RELATIONS.keys() - _NOT_TOLD)]
        for prop in order:
            told = _RELATIONS.get(prop, compact(prop))
            said[told] += [named for each, value in pairs if each == prop for named in self._named(value)]
        return TermEntry(
            iri=iri,
            anchor=iri.removeprefix(COO),
            labels=sorted(_texts(pairs, RDFS + "label"), key=lambda each: (each.language != "en", each.language or "")),
            texts=[text for prop in _TEXTS for text in _texts(pairs, prop)],
            relations=[(told, named) for told, named in said.items() if named],
            below=[each for below in sorted(self._below[iri]) for each in self._named(ox.NamedNode(below))],
            shapes=self._shapes[iri],
            questions=self._questions[iri],
            deprecated=any(prop == OWL + "deprecated" for prop, _ in pairs),
        )

    def _named(self, value: Term) -> list[Named]:
        """Name a term; a union or a chain by its members, a restriction by its property and filler."""
        if isinstance(value, ox.NamedNode):
            href = (
                f"#{value.value.removeprefix(COO)}"
                if value.value.startswith(COO)
                else address_on(self._site, value.value)
            )
            return [Named(text=compact(value.value), href=href)]
        if isinstance(value, ox.Literal):
            return [Named(text=value.value, lang=value.language or "")]
        parts = self.triples.get(str(value), [])
        if any(prop == OWL + "onProperty" for prop, _ in parts):
            words = [compact(prop).removeprefix("owl:") for prop, _ in parts if prop not in _OF_RESTRICTIONS]
            named = [self._named(part)[0].text for prop, part in parts if prop != RDF + "type"]
            return [Named(text=f"what has {' '.join([*words, *named])}")]
        return [each for prop, part in parts if prop != RDF + "type" and part != _NIL for each in self._named(part)]


class _Shape:
    """A node shape with all its parts."""

    def __init__(self, iri: str, triples: _Triples) -> None:
        self.iri = iri
        self.label = _label(triples[iri], iri)
        self._own = triples[iri]
        self._parts = _parts(iri, triples)
        self.terms: set[str] = set()
        for pairs in self._parts.values():
            for _, value in pairs:
                if isinstance(value, ox.NamedNode) and value.value.startswith(COO):
                    self.terms.add(value.value)
                elif isinstance(value, ox.Literal):
                    self.terms |= {COO + name for name in _MENTION.findall(value.value)}

    def entry(self, site: Site, seen: set[str]) -> ShapeEntry:
        """Return what a page tells of the shape; `seen` are anchors that the page has, those of its rules join them."""
        rules = []
        for part, pairs in self._parts.items():
            name = part.removeprefix(f"{SHAPES}#")
            for text in _texts(pairs, SH + "message"):
                rules.append(("" if name in seen else name, text.value))
                seen.add(name)
        targets = [
            Named(text=compact(value.value), href=address_on(site, value.value))
            for prop, value in self._own
            if prop.startswith(SH + "target") and isinstance(value, ox.NamedNode) and value.value != SHAPES
        ]
        return ShapeEntry(anchor=self.iri.removeprefix(f"{SHAPES}#"), label=self.label, targets=targets, rules=rules)


def _parts(iri: str, triples: _Triples) -> dict[str, list[tuple[str, Term]]]:
    """Return the triples of a shape and of what hangs on it: property shapes, constraints, lists."""
    found: dict[str, list[tuple[str, Term]]] = {}
    waiting = [iri]
    while waiting:
        each = waiting.pop()
        if each not in found and each != SHAPES and each in triples:
            found[each] = triples[each]
            waiting += [_key(value) for _, value in reversed(triples[each])]
    return found


_NIL: Final = ox.NamedNode(RDF + "nil")


def _read(store: Store, graph: str) -> _Triples:
    """Return the triples of a named graph by subject, in a fixed order."""
    bound = {ox.Variable("graph"): cast("Term", ox.NamedNode(graph))}
    triples: defaultdict[str, list[tuple[str, Term]]] = defaultdict(list)
    for row in cast("ox.QuerySolutions", store.query(_TRIPLES, substitutions=bound)):
        triples[_key(row["s"])].append((row["p"].value, row["o"]))
    return {subject: sorted(pairs, key=lambda pair: (pair[0], str(pair[1]))) for subject, pairs in triples.items()}


def _key(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _is(pairs: Iterable[tuple[str, Term]], kind: str) -> bool:
    return (RDF + "type", ox.NamedNode(kind)) in pairs


def _texts(pairs: Iterable[tuple[str, Term]], prop: str) -> list[ox.Literal]:
    return [value for each, value in pairs if each == prop and isinstance(value, ox.Literal)]


def _label(pairs: Iterable[tuple[str, Term]], iri: str) -> str:
    labels = [v for prop, v in pairs if prop in {RDFS + "label", SKOS + "prefLabel"} and isinstance(v, ox.Literal)]
    return next((each.value for each in labels if each.language == "en"), compact(iri))
