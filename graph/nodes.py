"""Terms of rdflib as terms of the engine, and the other way round.

Reports speak rdflib, which pySHACL does; the engine is asked with its own terms.
"""

from __future__ import annotations

import contextlib
import functools
import logging
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@functools.lru_cache(maxsize=4096)
def to_engine(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a node of rdflib as a term of the engine; the same object for the same node, which keeps plans small."""
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return ox.BlankNode(str(node))


def to_node(term: Term) -> Node:
    """Return a term of the engine as pySHACL has it: each literal with its datatype or its language."""
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value))
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    return URIRef(term.value if isinstance(term, ox.NamedNode) else str(term))


@contextlib.contextmanager
def without_warnings() -> Iterator[None]:
    """Leave literals that are not of their type to the shapes: rdflib logs each with its traceback.

    Who keeps such a record, as pytest does, keeps the frames with the engine's rows, which may only be freed in the
    thread that has asked for them.
    """
    logger = logging.getLogger("rdflib.term")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
