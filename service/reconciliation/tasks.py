"""The work of the Reconciliation API on a version, done in a query process under its limits.

Matching takes the processor's time and reads the store for other columns, so that it is no work for the HTTP process.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.matching import Matcher, Question
from graph.properties import PROPERTIES, Property, find_property, values
from graph.search import Index
from graph.terms import COO, XSD, local_name
from service.reconciliation.spaces import ENTITIES, entity_id, entity_iri, is_entity, type_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.matching import Candidate
    from graph.writer import Term

FEATURES: Final = {"name": "likeness of the names"}
"""Ids of matching features and what they tell; of a column: `property:` and the id of the property."""

_IDENTIFIER: Final = re.compile(r"[a-z]+/[^\s/]+")
_NUMBERS: Final = {XSD + "integer": "int", XSD + "decimal": "float", XSD + "double": "float"}
_DAY: Final = XSD + "date"
_SHOWN: Final = 8  # values of each property in a preview
_PREVIEWED: Final = (
    *(
        "country",
        "launchDate",
        "identifier",
        "operator",
        "launchVehicle",
        "launchSite",
        "foundedOn",
        "signedOn",
        "party",
    ),
)


@dataclass(frozen=True)
class Match:
    """Match a batch; `names` are those that the client gave its queries in version 0.2, None in 1.0-draft."""

    questions: tuple[Question, ...]
    names: tuple[str, ...] | None

    def run(self, store: ox.Store, version: Path, /) -> bytes:
        """Return the candidates of each query."""
        with Index(version) as index:
            matcher = Matcher(index=index, store=store, is_wanted=is_entity)
            labels = _Labels(index)
            found = [
                [
                    _candidate(each, labels, self.names is None)
                    for each in matcher.match(_by_identifier(question, index))
                ]
                for question in self.questions
            ]
        if self.names is None:
            return _written({"results": [{"candidates": each} for each in found]})
        return _written({name: {"result": each} for name, each in zip(self.names, found, strict=True)})


@dataclass(frozen=True)
class Extend:
    """Take the values of properties of entities; `is_draft` says that the answer is of version 1.0-draft."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]
    is_draft: bool

    def run(self, store: ox.Store, version: Path, /) -> bytes:
        """Return what the properties are, and the values of each for each entity."""
        wanted = {pid: found for pid in self.properties if (found := find_property(pid))}
        with Index(version) as index:
            labels = _Labels(index)
            rows = {each: _row(store, labels, entity_iri(each), wanted) for each in self.ids}
        meta = [{"id": pid, "name": found.name} for pid, found in wanted.items()]
        if not self.is_draft:
            return _written({"meta": meta, "rows": rows})
        draft = [
            {"id": each, "properties": [{"id": pid, "values": told} for pid, told in row.items()]}
            for each, row in rows.items()
        ]
        return _written({"meta": meta, "rows": draft})


@dataclass(frozen=True)
class Preview:
    """Gather what a preview of an entity shows."""

    identifier: str

    def run(self, store: ox.Store, version: Path, /) -> bytes:
        """Return IRI, label, types, names and a few properties; null where there is no such entity."""
        iri = entity_iri(self.identifier)
        with Index(version) as index:
            thing = index.things([iri]).get(iri)
            if thing is None:
                return b"null"
            labels = _Labels(index)
            rows = {pid: self._texts(store, PROPERTIES[pid], labels) for pid in _PREVIEWED}
            content = {
                "iri": iri,
                "label": thing.label,
                "types": [labels.of(each) for each in thing.types if each.startswith(COO)],
                "names": sorted(index.spellings(iri) - {thing.label})[:_SHOWN],
                "properties": {PROPERTIES[pid].name: texts for pid, texts in rows.items() if texts},
            }
        return _written(content)

    def _texts(self, store: ox.Store, wanted: Property, labels: _Labels) -> list[str]:
        found = values(store, entity_iri(self.identifier), wanted)[:_SHOWN]
        return [labels.of(each.value) if isinstance(each, ox.NamedNode) else _text(each) for each in found]


class _Labels:
    """Labels by IRI, each looked up once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[str, str] = {}

    def of(self, iri: str) -> str:
        """Return the label of a thing, the end of its IRI where it has none."""
        if iri not in self._known:
            found = self._index.things([iri]).get(iri)
            self._known[iri] = found.label if found else local_name(iri)
        return self._known[iri]


def _row(
    store: ox.Store, labels: _Labels, iri: str, wanted: Mapping[str, Property]
) -> dict[str, list[dict[str, object]]]:
    """Return the values of properties of an entity; of what is none, no values."""
    is_iri = _is_iri(iri)
    return {
        pid: [_told(term, labels) for term in values(store, iri, each)] if is_iri else []
        for pid, each in wanted.items()
    }


def _by_identifier(question: Question, index: Index) -> Question:
    """Return a question that gives an identifier of ours for a name with the IRI in its place."""
    iri = entity_iri(question.text)
    if _IDENTIFIER.fullmatch(question.text) and iri in index.things([iri]):
        return replace(question, text=iri)
    return question


def _candidate(found: Candidate, labels: _Labels, is_draft: bool) -> dict[str, object]:  # noqa: FBT001  (of one caller)
    types = [iri for iri in found.types if iri.startswith(COO)] or list(found.types)
    features: list[Mapping[str, object]] = [
        {"id": name, **({"name": FEATURES.get(name, name)} if is_draft else {}), "value": value}
        for name, value in found.features.items()
    ]
    told: dict[str, object] = {
        "id": entity_id(found.iri),
        "name": found.label,
        "type": [{"id": type_id(iri), "name": labels.of(iri)} for iri in types],
        "score": found.score,
        "features": features,
        "match": found.match,
    }
    if found.name != found.label:
        told["description"] = f"also called {found.name}"
    return told


def _told(term: Term, labels: _Labels) -> dict[str, object]:
    """Return a value as the API has it: an entity, a number, a day at midnight, or text."""
    if isinstance(term, ox.NamedNode):
        if term.value.startswith(ENTITIES):
            return {"id": entity_id(term.value), "name": labels.of(term.value)}
        label = labels.of(term.value)
        return {"str": term.value if label == local_name(term.value) else label}
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        if datatype == _DAY:
            return {"date": f"{term.value}T00:00:00Z"}
        if datatype in _NUMBERS:
            kind = _NUMBERS[datatype]
            return {kind: int(term.value) if kind == "int" else float(term.value)}
    return {"str": _text(term)}


def _text(term: Term) -> str:
    return term.value if isinstance(term, ox.Literal) else str(term)


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _written(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def match_task(questions: Sequence[Question], names: Sequence[str] | None) -> Match:
    """Return the task that matches a batch."""
    return Match(questions=tuple(questions), names=None if names is None else tuple(names))
