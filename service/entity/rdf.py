"""A description as RDF: the entity's own triples first, then what belongs to it, labels, and counts of the rest.

What is counted and not listed is told in VoID's terms: the triples that point to the entity are a dataset, each
property a partition of it, with the address of its list. In formats of quads each triple is in the graphs that
state it; what is said of the description itself is in the default graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from graph.terms import NOT_IN_DEFAULT_GRAPH, PREFIXES, RDF, RDFS, VOID, XSD, local_name
from service.entity.view import LISTED_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.entity.description import Description, Term
    from service.entity.view import View

_XHTML: Final = "http://www.w3.org/1999/xhtml/vocab#"
_LABEL: Final = RDFS + "label"
_KNOWN: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()} | {_XHTML: "xhv"}


def triples(description: Description, view: View) -> list[ox.Triple]:
    """Return all triples of a description, each once, sorted within each thing that they are about."""
    if view.relation:
        parts: Iterable[ox.Triple] = _listed(description, view)
    else:
        parts = _described(description, view)
    return list(dict.fromkeys(parts))


def quads(store: ox.Store, all_triples: Iterable[ox.Triple], view: View) -> Iterator[ox.Quad]:
    """Yield triples in the graphs that state them, as a dump has them; in the default graph what none does.

    The default graph of a published dataset states nothing by itself, as it is the merge of named ones.
    """
    for triple in all_triples:
        subject, predicate, value = triple
        found = [
            quad
            for quad in store.quads_for_pattern(subject, predicate, value, None)
            if _states(quad.graph_name, is_merged=bool(view.dataset))
        ]
        yield from found or [ox.Quad(subject, predicate, value)]


def _states(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, *, is_merged: bool) -> bool:
    if isinstance(graph, ox.NamedNode):
        return graph.value not in NOT_IN_DEFAULT_GRAPH
    return not is_merged


def prefixes_of(all_triples: Iterable[ox.Triple]) -> dict[str, str]:
    """Return the prefixes that some triples can use."""
    terms = {term for triple in all_triples for term in (triple.subject, triple.predicate, triple.object)}
    used = {_namespace(term.value) for term in terms if isinstance(term, ox.NamedNode)}
    used |= {_namespace(term.datatype.value) for term in terms if isinstance(term, ox.Literal)}
    return dict(sorted((_KNOWN[namespace], namespace) for namespace in used if namespace in _KNOWN))


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _described(description: Description, view: View) -> Iterator[ox.Triple]:
    yield from _of(description.iri, _sorted(description.own))
    for iri, pairs in sorted(description.around.items()):
        yield from _of(iri, _sorted(pairs))
    yield from _document(description, view)
    for iri, labels in sorted(description.labels.items()):
        yield from _of(iri, _sorted(labels))


def _listed(description: Description, view: View) -> Iterator[ox.Triple]:
    this, relation = ox.NamedNode(view.iri), ox.NamedNode(view.relation)
    for pointer in description.pointers or ():
        yield ox.Triple(ox.NamedNode(pointer.iri), relation, this)
        yield from _of(pointer.iri, [(_LABEL, label) for label in pointer.labels])
    yield from _document(description, view)


def _document(description: Description, view: View) -> Iterator[ox.Triple]:
    """Yield what is to be said of the description itself."""
    document = f"{view.iri}#description"
    yield from _of(
        document,
        [
            (RDF + "type", ox.NamedNode(PREFIXES["foaf"] + "Document")),
            (PREFIXES["foaf"] + "primaryTopic", ox.NamedNode(view.iri)),
            (PREFIXES["dcterms"] + "modified", ox.Literal(view.created, datatype=ox.NamedNode(XSD + "dateTime"))),
            (PREFIXES["owl"] + "versionInfo", ox.Literal(str(view.version))),
        ],
    )
    if view.dataset:
        yield from _of(document, [(VOID + "inDataset", ox.NamedNode(view.dataset))])
    pages = {each.iri: -(-each.count // LISTED_AT_ONCE) for each in description.incoming}
    for name, page in (("prev", view.page - 1), ("next", view.page + 1)):
        if view.relation and 1 <= page <= pages[view.relation]:
            yield from _of(document, [(_XHTML + name, ox.NamedNode(list_iri(view, view.relation, page)))])
    yield from _of(document, [(PREFIXES["dcterms"] + "hasPart", ox.NamedNode(f"{view.iri}#incoming"))])
    yield from _incoming(description, view)


def _incoming(description: Description, view: View) -> Iterator[ox.Triple]:
    incoming = f"{view.iri}#incoming"
    parts = {f"{incoming}-{_fragment(each.iri)}": each for each in description.incoming}
    yield from _of(
        incoming,
        [
            (RDF + "type", ox.NamedNode(VOID + "Dataset")),
            (_LABEL, ox.Literal("triples that point to it, counted by property", language="en")),
            (VOID + "triples", ox.Literal(sum(each.count for each in description.incoming))),
            *((VOID + "propertyPartition", ox.NamedNode(part)) for part in parts),
        ],
    )
    for part, each in parts.items():
        yield from _of(
            part,
            [
                (VOID + "property", ox.NamedNode(each.iri)),
                (VOID + "triples", ox.Literal(each.count)),
                (RDFS + "seeAlso", ox.NamedNode(list_iri(view, each.iri))),
            ],
        )


def list_iri(view: View, relation: str, page: int = 1) -> str:
    """Return the IRI of a list of what points to the entity; the dataset's names keep their base on every host."""
    further = f"&page={page}" if page > 1 else ""
    fixed = f"&version={view.version}" if view.is_fixed else ""
    return f"{view.iri}?relation={quote(relation, safe='')}{further}{fixed}"


def _fragment(iri: str) -> str:
    """Return a name for a property within a document: its prefix and local name."""
    return quote(f"{_KNOWN.get(_namespace(iri), '')}-{local_name(iri)}".strip("-"), safe="")


def _sorted(pairs: Iterable[tuple[str, Term]]) -> list[tuple[str, Term]]:
    """Sort properties and values, what a thing is first."""
    return sorted(pairs, key=lambda pair: (pair[0] != RDF + "type", pair[0], str(pair[1])))


def _of(iri: str, pairs: Iterable[tuple[str, Term]]) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(iri)
    return (ox.Triple(subject, ox.NamedNode(prop), value) for prop, value in pairs)
