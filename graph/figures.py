"""Figures of a graph, counted while its triples pass by in order: what VoID tells of a dataset.

Nothing is held but a number for each property and class; distinct objects are counted by sorting on disk.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.sorting import LineSorter
from graph.terms import RDF

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TYPE: Final = f"<{RDF}type>".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of one graph.

    Attributes:
        triples: how many.
        subjects: how many different subjects.
        objects: how many different objects.
        properties: IRI of each property to its number of triples, by IRI.
        property_subjects: IRI of each property to the number of different subjects that have it.
        classes: IRI of each class to the number of its instances, by IRI.
    """

    triples: int
    subjects: int
    objects: int
    properties: Mapping[str, int]
    property_subjects: Mapping[str, int]
    classes: Mapping[str, int]


class FigureCounter:
    """Counts triples that come sorted, each once."""

    def __init__(self, scratch: Path) -> None:
        self._objects = LineSorter(scratch)
        self._triples = self._subjects = 0
        self._properties: Counter[bytes] = Counter()
        self._property_subjects: Counter[bytes] = Counter()
        self._classes: Counter[bytes] = Counter()
        self._subject = self._predicate = b""

    def extend(self, triples: Sequence[bytes]) -> None:
        """Count triples: subject, predicate and object as N-Triples write them, with a space between them."""
        parts = [triple.split(b" ", 2) for triple in triples]
        self._triples += len(parts)
        self._properties.update(predicate for _, predicate, _ in parts)
        self._classes.update(value for _, predicate, value in parts if predicate == _TYPE)
        self._objects.extend(value + b"\n" for _, _, value in parts)
        for subject, predicate, _ in parts:
            if subject != self._subject:
                self._subjects += 1
            elif predicate == self._predicate:
                continue
            self._property_subjects[predicate] += 1
            self._subject, self._predicate = subject, predicate

    def figures(self) -> Figures:
        """Return the counts; nothing can be added after that."""
        objects, last = 0, b""
        with self._objects as values:
            for value in values.lines():
                if value != last:
                    objects, last = objects + 1, value
        return Figures(
            triples=self._triples,
            subjects=self._subjects,
            objects=objects,
            properties=_by_iri(self._properties),
            property_subjects=_by_iri(self._property_subjects),
            classes=_by_iri(self._classes),
        )


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    """Return counts by IRI, sorted; a class that is a blank node has no name to be counted under."""
    return {term[1:-1].decode(): count for term, count in sorted(counts.items()) if term.startswith(b"<")}
