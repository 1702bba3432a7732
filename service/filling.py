"""Templates of an update, filled by solutions (SPARQL 1.1 Update, 3.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.changes import GraphName

    _Subject = ox.NamedNode | ox.BlankNode
    _Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Template:
    """Quads with places for the values of a solution.

    Args:
        quads: with marks where values go.
        marks: in the order of a solution's values.
        graph: of the quads that name none.
    """

    def __init__(self, quads: Iterable[ox.Quad], *, marks: Sequence[ox.NamedNode], graph: GraphName) -> None:
        self._number = {mark: number for number, mark in enumerate(marks)}
        named = ((s, p, o, graph if isinstance(name, ox.DefaultGraph) else name) for s, p, o, name in quads)
        self._quads = [[self._place(term) for term in quad] for quad in named]

    def __bool__(self) -> bool:
        return bool(self._quads)

    def filled(self, solutions: Iterable[ox.QuerySolution]) -> Iterator[ox.Quad]:
        """Yield the quads that some solutions make; what lacks a value, or has one where none may stand, makes none.

        A blank node of the template is another one for each solution.
        """
        for solution in solutions if self._quads else ():
            values = tuple(solution)
            blanks: dict[ox.BlankNode, ox.BlankNode] = {}
            for places in self._quads:
                terms = [values[each] if type(each) is int else _made(each, values, blanks) for each in places]
                if terms[3] is None:  # to the engine, the default graph
                    continue
                try:
                    # What may stand where, the engine says.
                    yield ox.Quad(*cast("tuple[_Subject, ox.NamedNode, _Object, GraphName]", terms))
                except TypeError:
                    continue

    def _place(self, term: object) -> object:
        """Return the number of a solution's value for its mark; the places of a triple in a tuple; else the term."""
        if isinstance(term, ox.Triple):
            return tuple(map(self._place, term))
        return self._number.get(term, term) if isinstance(term, ox.NamedNode) else term


def _made(place: object, values: Sequence[object], blanks: dict[ox.BlankNode, ox.BlankNode]) -> object:
    """Return the term for a place; None where a value is missing, or may not stand."""
    if isinstance(place, int):
        return values[place]
    if isinstance(place, ox.BlankNode):
        return blanks.setdefault(place, ox.BlankNode())
    if isinstance(place, tuple):
        terms = [_made(each, values, blanks) for each in place]
        try:
            return ox.Triple(*cast("tuple[_Subject, ox.NamedNode, _Object]", terms))
        except TypeError:
            return None
    return place
