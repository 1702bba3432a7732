"""VoID: what a dataset holds, how much of it, and where it links to (https://www.w3.org/TR/void/)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from graph.figures import ENTITIES
from graph.statements import DCTERMS, counted, english, linked, typed
from graph.terms import COO, DESCRIPTION_GRAPH, GRAPHS, VOID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.figures import Counted, Figures, Linkset
    from graph.statements import Statement

_EXAMPLES: Final = 12


def counts_told(dataset: str, parts: str, found: Counted) -> Iterator[Statement]:
    """Tell all that was counted of a dataset: totals, a partition for each class and property, linksets.

    Args:
        dataset: IRI of what was counted.
        parts: what the IRIs of its parts begin with.
        found: the counts.
    """
    figures = found.figures
    for name, count in (
        ("triples", figures.triples),
        ("entities", figures.entities),
        ("distinctSubjects", figures.subjects),
        ("distinctObjects", figures.objects),
        ("properties", len(figures.properties)),
        ("classes", len(figures.classes)),
    ):
        yield counted(dataset, VOID + name, count)
    yield from _partitions(dataset, parts, figures)
    for iri in _vocabularies(figures):
        yield linked(dataset, VOID + "vocabulary", iri)
    for iri in _examples(figures):
        yield linked(dataset, VOID + "exampleResource", iri)
    for linkset in found.linksets:
        yield from _linkset(dataset, parts, linkset)


def graphs_told(dataset: str, parts: str, graphs: Mapping[str, int]) -> Iterator[Statement]:
    """Tell of each named graph with its number of triples; the descriptions do not count themselves."""
    for name, count in graphs.items():
        if name == DESCRIPTION_GRAPH:
            continue
        part = graph_part(parts, name)
        yield linked(dataset, VOID + "subset", part)
        yield typed(part, VOID + "Dataset")
        yield part, DCTERMS + "identifier", ox.Literal(name)
        yield counted(part, VOID + "triples", count)
        if name.startswith(GRAPHS):
            yield linked(part, DCTERMS + "source", name)


def graph_part(parts: str, graph: str) -> str:
    """Return the IRI of the part of a dataset that is a named graph."""
    own = graph.removeprefix(GRAPHS)
    return f"{parts}graph-{_key(own) if own == graph else quote(own, safe='')}"


def _partitions(dataset: str, parts: str, figures: Figures) -> Iterator[Statement]:
    for iri, count in figures.classes.items():
        part = f"{parts}class-{_key(iri)}"
        yield linked(dataset, VOID + "classPartition", part)
        yield linked(part, VOID + "class", iri)
        yield counted(part, VOID + "entities", count)
    for iri, count in figures.properties.items():
        part = f"{parts}property-{_key(iri)}"
        yield linked(dataset, VOID + "propertyPartition", part)
        yield linked(part, VOID + "property", iri)
        yield counted(part, VOID + "triples", count)
        yield counted(part, VOID + "distinctSubjects", figures.property_subjects[iri])


def _linkset(dataset: str, parts: str, linkset: Linkset) -> Iterator[Statement]:
    property_name = re.split(r"[#/]", linkset.predicate)[-1]
    node = _linkset_part(parts, linkset)
    target = f"{parts}target-{quote(linkset.target, safe='')}"
    yield linked(dataset, VOID + "subset", node)
    yield typed(node, VOID + "Linkset")
    yield node, DCTERMS + "title", english(f"links to {linkset.target} by {property_name}")
    yield linked(node, VOID + "subjectsTarget", dataset)
    yield linked(node, VOID + "objectsTarget", target)
    yield linked(node, VOID + "linkPredicate", linkset.predicate)
    yield counted(node, VOID + "triples", linkset.triples)
    yield linked(node, DCTERMS + "source", linkset.graph)
    yield typed(target, VOID + "Dataset")
    yield target, DCTERMS + "title", english(linkset.target)
    if linkset.uri_space:
        yield target, VOID + "uriSpace", ox.Literal(linkset.uri_space)


def linkset_dumps_told(site: str, parts: str, found: Counted) -> Iterator[Statement]:
    """Tell where each linkset is downloaded."""
    for linkset in found.linksets:
        dump = f"{site}links/{quote(linkset.target, safe='')}.ttl"
        yield linked(_linkset_part(parts, linkset), VOID + "dataDump", dump)


def _linkset_part(parts: str, linkset: Linkset) -> str:
    property_name = re.split(r"[#/]", linkset.predicate)[-1]
    return f"{parts}links-{quote(linkset.target, safe='')}-{property_name}"


def _vocabularies(figures: Figures) -> list[str]:
    """Return the namespaces of the classes and properties in use; a name such as `urn:p` has none."""
    used = [*figures.classes, *figures.properties]
    return sorted({iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in used} - {ENTITIES, ""})


def _examples(figures: Figures) -> list[str]:
    """Return an entity each of the project's classes that have the most instances."""
    own = [iri for iri in figures.examples if iri.startswith(COO)]
    own.sort(key=lambda iri: (-figures.classes[iri], iri))
    return sorted({figures.examples[iri] for iri in own[:_EXAMPLES]})


def _key(iri: str) -> str:
    return hashlib.sha256(iri.encode()).hexdigest()[:12]
