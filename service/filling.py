"""Templates of an update, filled by solutions (SPARQL 1.1 Update, 3.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.changes import GraphName


class Template:
    """Quads with places for the values of a solution.

    Args:
        quads: with marks where values go.
        marks: in the order of a solution's values.
        graph: of the quads that name none.
    """

    def __init__(self, quads: Iterable[ox.Quad], *, marks: Sequence[ox.NamedNode], graph: GraphName) -> None:
        self._graph = graph
        self._number = {mark: number for number, mark in enumerate(marks)}
        self._quads = list(quads)

    def filled(self, solutions: Iterable[ox.QuerySolution]) -> Iterator[ox.Quad]:
        """Yield the quads that some solutions make; what lacks a value, or has one where none may stand, makes none.

        A blank node of the template is another one for each solution.
        """
        for solution in solutions if self._quads else ():
            filling = _Filling(self._number, tuple(solution))
            for subject, predicate, object_, name in self._quads:
                graph = self._graph if isinstance(name, ox.DefaultGraph) else name
                try:
                    yield ox.Quad(*map(filling.value, (subject, predicate, object_, graph)))
                except TypeError:  # the engine's, of a term that may not stand there, or ours
                    continue


class _Filling:
    """One solution."""

    def __init__(self, number: dict[ox.NamedNode, int], values: Sequence[object]) -> None:
        self._number = number
        self._values = values
        self._blanks: dict[ox.BlankNode, ox.BlankNode] = {}

    def value(self, term: object) -> Any:  # noqa: ANN401  (what may stand where, the engine says)
        """Return what stands in the place of a term.

        Raises:
            TypeError: nothing does.
        """
        if isinstance(term, ox.NamedNode) and (number := self._number.get(term)) is not None:
            if (value := self._values[number]) is None:
                raise TypeError
            return value
        if isinstance(term, ox.BlankNode):
            return self._blanks.setdefault(term, ox.BlankNode())
        if isinstance(term, ox.Triple):
            return ox.Triple(*map(self.value, term))
        return term
