"""Evaluation of an update, and what it did.

The engine does not say what an update did, and to find that out afterwards means to read every graph that it can have
touched. So operations are done step by step where their text allows it: the engine is asked for the solutions of a
WHERE, which fill the templates here. What is written is known then, and costs by the quads written.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Protocol, cast

import pyoxigraph as ox

from graph.changes import Delta, Touched, insert_quads, remove_quads
from graph.query_errors import QueryFailed
from graph.write_errors import UpdateFailed
from service.faults import refuse_if_broken, syntax_error
from service.filling import Template
from service.segments import segments
from service.targets import Data, targets

if TYPE_CHECKING:
    from service.segments import Segment
    from service.targets import Modify

_PIECE: Final = 5_000
"""Solutions at a time."""

_log = logging.getLogger(__name__)


def run_update(
    store: ox.Store, text: str, *, base_iri: str, prefixes: dict[str, str] | None = None
) -> Delta | Touched | None:
    """Run an update; all of its operations take effect, or none.

    Args:
        store: to be changed; one that nobody keeps when this fails.
        text: of the update, which fetches nothing.
        base_iri: against which its relative IRIs are read.
        prefixes: that need no PREFIX line; None: there are none.

    Returns:
        What it did, where it could be done step by step; else the graphs that it can have touched; None: all.

    Raises:
        QuerySyntaxError: the text is no SPARQL update.
        UpdateFailed: the state of the dataset does not allow it.
        QueryFailed: its evaluation broke off.
    """
    parts = [_Part(each, text) for each in segments(text, base_iri=base_iri, prefixes=prefixes or {})]
    steps = [part.steps() for part in parts]
    if None in steps:
        for part in parts:
            part.update(store)
        touched = [part.targets.graphs for part in parts]
        return None if None in touched else Touched(graphs=frozenset().union(*filter(None, touched)))
    delta = Delta()
    for step in chain.from_iterable(filter(None, steps)):
        step.do(store, delta)
    return delta


class _Step(Protocol):
    """One operation of an update."""

    def do(self, store: ox.Store, delta: Delta) -> None:
        """Change a store, and tell a delta.

        Raises:
            QueryFailed: its evaluation broke off.
        """


class _Part:
    """Operations under one prologue, and the engine that reads and evaluates them.

    Attributes:
        targets: what they can touch.
    """

    def __init__(self, segment: Segment, whole: str) -> None:
        self._segment = segment
        self._whole = whole
        self.targets = targets(segment.text, base=segment.base_iri, prefixes=segment.prefixes)

    def steps(self) -> list[_Step] | None:
        """Return them one by one, nothing evaluated yet; None: only the engine can do them.

        Raises:
            QuerySyntaxError: the text is no SPARQL update.
        """
        if self.targets.steps is None:
            return None
        segment = self._segment
        text = segment.in_place(self._whole)
        refuse_if_broken(text, kind="update", base=segment.base_iri, prefixes=segment.prefixes)
        try:
            return [self._data(step) if isinstance(step, Data) else self._modify(step) for step in self.targets.steps]
        except SyntaxError:  # the engine reads one of them otherwise than it seems
            return None

    def update(self, store: ox.Store) -> None:
        """Have them done by the engine.

        Raises:
            QuerySyntaxError: the text is no SPARQL update.
            UpdateFailed: the state of the dataset does not allow it.
            QueryFailed: its evaluation broke off.
        """
        segment = self._segment
        text = segment.in_place(self._whole)
        try:
            self._evaluate(store, text)
        except SyntaxError as fault:
            raise syntax_error(
                text, str(fault), kind="update", base=segment.base_iri, prefixes=segment.prefixes
            ) from fault
        except RuntimeError as fault:
            if str(fault).startswith("The graph "):
                message = f"{fault}: nothing was changed; SILENT passes over this"
                raise UpdateFailed(message) from fault
            raise _failed(fault) from fault
        except (OSError, ValueError) as fault:
            raise _failed(fault) from fault

    def solutions(self, store: ox.Store, step: Modify) -> ox.QuerySolutions:
        """Ask for the solutions of a WHERE; they come as they are read.

        Raises:
            SyntaxError: the text is no SPARQL query.
        """
        segment = self._segment
        found = store.query(step.select, base_iri=segment.base_iri, prefixes=segment.prefixes, default_graph=step.asked)
        return cast("ox.QuerySolutions", found)

    def _evaluate(self, store: ox.Store, text: str) -> None:
        store.update(text, base_iri=self._segment.base_iri, prefixes=self._segment.prefixes)

    def _quads(self, text: str) -> ox.Store:
        """Return the quads of an INSERT DATA as a store keeps them; an empty text has none."""
        quads = ox.Store()
        self._evaluate(quads, text)
        return quads

    def _data(self, step: Data) -> _Step:
        return _Quads(inserts=step.inserts, quads=self._quads(step.text))

    def _modify(self, step: Modify) -> _Step:
        self.solutions(ox.Store(), step)  # read, and not evaluated
        deleted, inserted = (
            Template(self._quads(text), marks=step.marks, graph=step.graph) for text in (step.delete, step.insert)
        )
        return _Templates(part=self, step=step, deleted=deleted, inserted=inserted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quads:
    """An INSERT DATA or DELETE DATA."""

    inserts: bool
    quads: ox.Store

    def do(self, store: ox.Store, delta: Delta) -> None:
        """Add the quads that are not there, or remove those that are."""
        (insert_quads if self.inserts else remove_quads)(store, self.quads, delta)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Templates:
    """A DELETE, an INSERT or both, with a WHERE (SPARQL 1.1 Update, 3.1.3)."""

    part: _Part
    step: Modify
    deleted: Template
    inserted: Template

    def do(self, store: ox.Store, delta: Delta) -> None:
        """Remove what the solutions make of the one template, then add what they make of the other.

        Raises:
            QueryFailed: the evaluation broke off.
        """
        come = ox.Store()  # each quad once, as the engine keeps it
        try:
            solutions = self.part.solutions(store, self.step)  # of the store as it is now, whatever becomes of it
            while some := list(islice(solutions, _PIECE)):
                gone = ox.Store()
                gone.extend(self.deleted.filled(some))
                remove_quads(store, gone, delta)
                come.extend(self.inserted.filled(some))
                if not self.deleted:  # else what is added waits until all is removed
                    insert_quads(store, come, delta)
                    come = ox.Store()
        except (OSError, RuntimeError, ValueError) as fault:
            raise _failed(fault) from fault
        insert_quads(store, come, delta)


def _failed(fault: Exception) -> QueryFailed:
    _log.warning("update failed error=%s", fault)
    return QueryFailed("the evaluation of the update broke off: nothing was changed")
