"""Statements that describe a dataset, and how they become a document: what VoID and DCAT have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import BASE, PREFIXES, RDF, XSD
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SPDX: Final = "http://spdx.org/rdf/terms#"
DCAT: Final = PREFIXES["dcat"]
DCTERMS: Final = PREFIXES["dcterms"]
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
DATASET: Final = BASE + "void#dataset"
"""The published dataset, whatever its version."""

PUBLISHER: Final = BASE + "void#publisher"
PUBLISHER_NAME: Final = "The Coorbit developers"

DESCRIPTION_PREFIXES: Final = {
    **PREFIXES,
    "spdx": SPDX,
    "format": "http://www.w3.org/ns/formats/",
}

Statement = tuple[str, str, ox.NamedNode | ox.Literal]
"""Subject IRI, property IRI, and value."""


def typed(subject: str, iri: str) -> Statement:
    """Say of what class a thing is."""
    return subject, RDF + "type", ox.NamedNode(iri)


def linked(subject: str, predicate: str, iri: str) -> Statement:
    """Say that a thing has to do with another."""
    return subject, predicate, ox.NamedNode(iri)


def counted(subject: str, predicate: str, count: int) -> Statement:
    """Say how many there are."""
    return subject, predicate, ox.Literal(count)


def english(text: str) -> ox.Literal:
    """Return a text for people."""
    return ox.Literal(text, language="en")


def date_time(text: str) -> ox.Literal:
    """Return a moment."""
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "dateTime"))


def publisher_told(published: str) -> Iterator[Statement]:
    """Say who publishes what the package brings."""
    yield linked(published, DCTERMS + "publisher", PUBLISHER)
    yield typed(PUBLISHER, PREFIXES["foaf"] + "Agent")
    yield PUBLISHER, PREFIXES["foaf"] + "name", english(PUBLISHER_NAME)


def triples(statements: Iterable[Statement]) -> Iterator[ox.Triple]:
    """Yield statements as triples."""
    return (ox.Triple(ox.NamedNode(subject), ox.NamedNode(name), value) for subject, name, value in statements)


def document(statements: Sequence[Statement], *, here: str) -> str:
    """Return statements as Turtle in which addresses below a place are relative to the document."""
    return canonical_turtle(triples(statements), prefixes=DESCRIPTION_PREFIXES).replace(f"<{here}", "<")
