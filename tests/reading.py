"""How tests read what the project writes: names, values, the claims of the report, a block of Turtle."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from rdflib import XSD, Graph, Literal, Namespace, URIRef

from graph.nodes import to_node
from graph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox
    from rdflib.term import Node

    from graph.nodes import Term

COO: Final = Namespace(BASE + "ont#")
ACTOR: Final = Namespace(BASE + "id/actor/")
CLM: Final = Namespace(BASE + "id/claim/")
OCC: Final = Namespace(BASE + "id/occurrence/")
SIT: Final = Namespace(BASE + "id/situation/")
SRC: Final = Namespace(BASE + "id/source/")
VOC: Final = Namespace(BASE + "voc/")

REPORT: Final = SRC["xinhua-2018-04-19"]
REPORT_DAY: Final = Literal("2018-04-19", datatype=XSD.date)
GOOD: Final = {VOC["claim-status/accepted"], VOC["claim-status/corroborated"]}
"""Statuses of the claims whose values the curated graph holds."""


def as_graph(triples: Iterable[ox.Triple]) -> Graph:
    """Return triples of the engine as a graph of rdflib, in a third of the time that its parsers take."""
    graph, node = Graph(), functools.cache(_plain)
    for triple in triples:
        graph.add((node(triple.subject), node(triple.predicate), node(triple.object)))
    return graph


def _plain(term: Term) -> Node:
    """Return a term as rdflib's parsers make it: a string without a datatype."""
    node = to_node(term)
    return Literal(str(node)) if isinstance(node, Literal) and node.datatype == XSD.string else node


def day(text: str) -> Literal:
    """Return an xsd:date."""
    return Literal(text, datatype=XSD.date)


def value(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    """Return the one value of a property; fails when there is none or more than one."""
    values = list(graph.objects(subject, predicate))
    assert len(values) == 1, f"{subject} has {len(values)} values of {predicate}, expected 1"
    return values[0]


def number(graph: Graph, subject: Node, predicate: URIRef) -> int:
    """Return the one value of a property as an integer."""
    return int(str(value(graph, subject, predicate)))


def report_claims(graph: Graph) -> list[URIRef]:
    """Return the claims taken from the report, lettered ones included, in order."""
    return sorted(c for c in graph.subjects(COO.reportedIn, REPORT) if isinstance(c, URIRef))


def block_of(turtle: str, name: str) -> str:
    """Return what a file in our own form says of one thing; empty when it does not describe it."""
    return f"\n{turtle}".partition(f"\n{name} a ")[2].partition("\n.\n")[0]
