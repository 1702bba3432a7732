"""Figures of a graph, counted while its triples pass by in order: what VoID tells of a dataset.

Nothing is held but a few values for each property and class; distinct objects are counted by sorting on disk.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from graph.errors import FiguresUnreadable
from graph.sorting import LineSorter
from graph.terms import BASE, GRAPHS, OWL, RDF, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

LINK_PREDICATES: Final = (
    OWL + "sameAs",
    *(SKOS + kind for kind in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")),
)
"""Properties by which an entity is linked to what another dataset says of it."""

ENTITIES: Final = BASE + "id/"
_ENTITY: Final = f"<{ENTITIES}".encode()
_TYPE: Final = f"<{RDF}type>".encode()
_LINKS: Final = GRAPHS + "links/"
_LINKING: Final = frozenset(f"<{iri}>".encode() for iri in LINK_PREDICATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkset:
    """The links to one target by one property.

    Attributes:
        target: name of the outside dataset, as the graph of its links has it.
        predicate: by which entities are linked.
        triples: how many links.
        uri_space: what the names of the outside things begin with; empty where they have nothing in common.
    """

    target: str
    predicate: str
    triples: int
    uri_space: str

    @property
    def graph(self) -> str:
        """Name of the graph that holds the links and their evidence."""
        return _LINKS + self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of one graph.

    Attributes:
        triples: how many.
        subjects: how many different subjects.
        objects: how many different objects.
        entities: how many different subjects under the names of the project's entities.
        properties: IRI of each property to its number of triples, by IRI.
        property_subjects: IRI of each property to the number of different subjects that have it.
        classes: IRI of each class to the number of its instances, by IRI.
        examples: IRI of each class to that of its instance of which most is said.
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    properties: Mapping[str, int]
    property_subjects: Mapping[str, int]
    classes: Mapping[str, int]
    examples: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted, and in which version.

    Attributes:
        version: number of the version.
        figures: of its merge.
        linksets: by target and property.
        graphs: named graph to its number of quads.
    """

    version: int
    figures: Figures
    linksets: Sequence[Linkset]
    graphs: Mapping[str, int]

    def json(self) -> str:
        """Return it as a document, which has a digest of itself."""
        content = asdict(self)
        return json.dumps({"sha256": _digest(content), **content}, indent=1) + "\n"


def read_counted(path: Path) -> Counted:
    """Read what `Counted.json` has written.

    Raises:
        FileNotFoundError: there is no such file.
        FiguresUnreadable: it is not what was written.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        content = json.loads(text)
        if content.pop("sha256", None) not in {None, _digest(content)}:
            raise FiguresUnreadable(path)
        content["figures"] = Figures(**content["figures"])
        content["linksets"] = [Linkset(**each) for each in content["linksets"]]
        return Counted(**content)
    except (ValueError, KeyError, TypeError) as fault:
        raise FiguresUnreadable(path) from fault


def _digest(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


class FigureCounter:
    """Counts triples that come sorted, each once."""

    def __init__(self, scratch: Path) -> None:
        self._objects = LineSorter(scratch)
        self._triples = self._subjects = self._entities = 0
        self._properties: Counter[bytes] = Counter()
        self._property_subjects: Counter[bytes] = Counter()
        self._classes: Counter[bytes] = Counter()
        self._examples: dict[bytes, tuple[int, bytes]] = {}
        self._subject = self._predicate = b""
        self._said = 0
        self._types: list[bytes] = []

    def extend(self, triples: Sequence[bytes]) -> None:
        """Count triples: subject, predicate and object as N-Triples write them, with a space between them."""
        parts = [triple.split(b" ", 2) for triple in triples]
        self._triples += len(parts)
        self._properties.update(predicate for _, predicate, _ in parts)
        self._classes.update(value for _, predicate, value in parts if predicate == _TYPE)
        self._objects.extend(value + b"\n" for _, _, value in parts)
        for subject, predicate, value in parts:
            if subject != self._subject:
                self._end_subject()
                self._subject, self._predicate = subject, b""
            self._said += 1
            if predicate != self._predicate:
                self._property_subjects[predicate] += 1
                self._predicate = predicate
            if predicate == _TYPE:
                self._types.append(value)

    def figures(self) -> Figures:
        """Return the counts; nothing can be added after that."""
        self._end_subject()
        objects, last = 0, b""
        with self._objects as values:
            for value in values.lines():
                if value != last:
                    objects, last = objects + 1, value
        return Figures(
            triples=self._triples,
            subjects=self._subjects,
            objects=objects,
            entities=self._entities,
            properties=_by_iri(self._properties),
            property_subjects=_by_iri(self._property_subjects),
            classes=_by_iri(self._classes),
            examples={_iri(kind): _iri(best[1]) for kind, best in sorted(self._examples.items())},
        )

    def _end_subject(self) -> None:
        """Account for a subject once all that is said of it has passed; of equals the first is the example."""
        if self._said:
            self._subjects += 1
            if self._subject.startswith(_ENTITY):
                self._entities += 1
                for kind in self._types:
                    if kind.startswith(b"<") and self._said > self._examples.get(kind, (0, b""))[0]:
                        self._examples[kind] = (self._said, self._subject)
        self._said = 0
        self._types.clear()


def is_linkset(graph: str) -> bool:
    """Say whether a named graph holds links to an outside dataset."""
    return graph.startswith(_LINKS)


def linksets_of(graph: str, lines: Iterable[bytes]) -> list[Linkset]:
    """Count the links of one graph, given as N-Triples: from an entity to what has a name of another dataset."""
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        subject, predicate, value = line[:-3].split(b" ", 2)
        if predicate in _LINKING and subject.startswith(_ENTITY) and _is_outside(value):
            found[predicate].append(value[1:-1])
    return [
        Linkset(
            target=graph.removeprefix(_LINKS),
            predicate=_iri(predicate),
            triples=len(values),
            uri_space=_uri_space(values),
        )
        for predicate, values in sorted(found.items())
    ]


def _is_outside(value: bytes) -> bool:
    return value.startswith(b"<") and not value.startswith(f"<{BASE}".encode())


def _uri_space(names: Sequence[bytes]) -> str:
    """Return what names have in common, up to a slash or a hash; of a single one what stands before its last part."""
    first, last = min(names).decode(), max(names).decode()
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    common = "".join(one for one, _ in same)
    place = max(common.rfind("/"), common.rfind("#")) + 1
    return common[:place] if "://" in common[: place - 1] else ""


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    """Return counts by IRI, sorted; a class that is a blank node has no name to be counted under."""
    return {_iri(term): count for term, count in sorted(counts.items()) if term.startswith(b"<")}


def _iri(term: bytes) -> str:
    return term[1:-1].decode()
