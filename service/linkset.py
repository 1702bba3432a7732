"""A linkset written out by a query process: its graph as Turtle in the project's layout, or as SSSOM TSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.sssom import sssom_lines
from graph.terms import GRAPHS
from graph.writer import canonical_turtle
from service.formats import BY_NAME, TURTLE

if TYPE_CHECKING:
    from service.jobs import Begin

SSSOM: Final = BY_NAME["tsv"]
"""SSSOM has no media type of its own: it is a table with tabs under comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkset:
    """A linkset that is wanted.

    Attributes:
        target: of its links; the version has it.
        format_name: of `TURTLE` or `SSSOM`.
        version: number of the version.
    """

    target: str
    format_name: str
    version: int


def write_linkset(store: ox.Store, wanted: Linkset, begin: Begin) -> None:
    """Write a linkset."""
    if wanted.format_name == TURTLE.name:
        graph = ox.NamedNode(f"{GRAPHS}links/{wanted.target}")
        text = canonical_turtle(quad.triple for quad in store.quads_for_pattern(None, None, None, graph))
        begin(TURTLE, form="LINKSET", volatile=False).write(text.encode())
        return
    output = begin(SSSOM, form="LINKSET", volatile=False)
    output.write("".join(sssom_lines(store, wanted.target, version=wanted.version)).encode())
