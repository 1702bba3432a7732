"""Matching: which thing of the graph a row of somebody's table means, by its name, its type and other columns.

The score of a candidate, from 0 to 100, is how alike the names are, raised where another column agrees, lowered where
one contradicts. One candidate is the match where its score is high enough and clear of the next; else a person decides.
Nothing is matched by a name with other numbers or another word (`graph.wording`), nor against its country or its date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import pyoxigraph as ox

from graph.identifiers import code_key, link_key, read_identifier
from graph.likeness import SHOWN_FROM, likeness
from graph.names import fold
from graph.properties import IDENTIFIERS, TELLING, find_property, values
from graph.search_file import ROLES
from graph.terms import COO
from graph.wording import says_the_same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.search_file import Evidence, Found

MATCH_FROM: Final = 75.0
"""The lowest score of a match."""

CLEAR_BY: Final = 3.0
"""How far the score of a match is above that of the next candidate."""

_AGREES: Final = 0.6  # of what is missing to 100
_DIFFERS: Final = 0.75
_OTHER_WORDS: Final = 0.74  # the highest likeness of names that say different things: below that of a match
_UNTOLD: Final = 0.96  # so that of two that are alike the one that agrees is clear of the one that says nothing
_DAY: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?=$|[T ])")


class Names(Protocol):
    """What matching asks of an index; `graph.search.Index` is one."""

    def candidates(self, text: str, types: Sequence[str], /, *, whole: bool = False) -> list[Found]:
        """Return names that a text may mean."""

    def resolve(self, identifier: str, /) -> list[Evidence]:
        """Return what an identifier means."""

    def things(self, iris: Iterable[str], /) -> dict[str, Found]:
        """Return things by IRI."""

    def cited(self, text: str, types: Sequence[str], /) -> list[tuple[Found, Evidence]]:
        """Return what a text means that is an identifier by its form."""

    def names(self, iri: str, /) -> set[str]:
        """Return the names and codes of a thing, folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value in a column: text, and the IRI of a thing where it has been matched already; empty otherwise."""

    text: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A column: a property by id, its values and whether they must agree; `quantifier` is any, all or none."""

    pid: str
    values: tuple[Value, ...]
    required: bool = False
    quantifier: str = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A row to match.

    Attributes:
        text: the name, or an identifier; empty where other columns alone are given.
        types: IRIs of classes, one of which the thing must have; empty: any.
        conditions: the other columns.
        limit: how many candidates to return.
    """

    text: str
    types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    limit: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A thing that a row may mean.

    Attributes:
        iri: of the thing; `label` is its preferred name, `types` its classes.
        name: the one that is most like the row's.
        score: from 0 to 100.
        match: whether it is the one.
        features: what the score was made of, by id: likeness of the names and agreement of each column, from 0 to 1.
    """

    iri: str
    label: str
    types: tuple[str, ...]
    name: str
    score: float
    match: bool
    features: dict[str, float]


class _Scored(NamedTuple):
    """A candidate with its score; `may_match` is false where its words, or a column, say that it is another thing."""

    score: float
    row: Found
    features: Mapping[str, float]
    may_match: bool


@dataclass(slots=True)
class Matcher:
    """Matches rows against a version.

    Attributes:
        index: of the version.
        store: of the version, for other columns than names.
        is_wanted: says of an IRI whether it is of a thing to match with; others are no candidates.
    """

    index: Names
    store: ox.Store
    is_wanted: Callable[[str], bool] = lambda _: True
    _values: dict[tuple[str, str], list[str | ox.NamedNode]] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

    def match(self, question: Question) -> list[Candidate]:
        """Return the candidates for a row, the best first."""
        scored: list[_Scored] = []
        for row, alike, is_same in self._alike(question).values():
            features = {"name": round(alike, 3)} if question.text.strip() else {}
            score, is_in, may_match = 100 * alike, True, is_same
            for condition in question.conditions:
                agreement = self._agreement(row.iri, condition)
                score = _with_column(score, agreement)
                if agreement is not None:
                    features[f"property:{condition.pid}"] = agreement
                is_in = is_in and (not condition.required or bool(agreement))
                may_match = may_match and not (agreement == 0 and _is_telling(condition.pid))
            if is_in and score >= SHOWN_FROM:
                scored.append(_Scored(round(score, 1), row, features, may_match))
        scored.sort(key=lambda each: (-each.score, -each.row.weight, each.row.iri))
        return _decided(scored, question.limit)

    def _alike(self, question: Question) -> dict[str, tuple[Found, float, bool]]:
        """Return the things whose name is like the row's: the best name, how alike it is, and if it says the same."""
        best: dict[str, tuple[Found, float, bool]] = {}
        for row, found in self._by_name(question):
            if not self.is_wanted(row.iri):
                continue
            is_same = found > 0 and (row.role not in ROLES or found >= 1 or says_the_same(question.text, row.text))
            likeness = found if is_same else min(found, _OTHER_WORDS)
            known = best.get(row.iri)
            if known is None or (is_same, likeness) > (known[2], known[1]):
                best[row.iri] = row, likeness, is_same
        return best

    def _by_name(self, question: Question) -> Iterable[tuple[Found, float]]:
        text = question.text.strip()
        if not text:
            return self._identified(question)
        cited = self.index.cited(text, question.types)
        if cited or "://" in text:
            return [(row, 1.0) for row, _ in cited]
        folded, code = fold(text), code_key(text)
        # Where the name is there and nothing else is known of the row, names that are only alike decide nothing.
        rows = self.index.candidates(text, question.types, whole=not question.conditions)
        return [(row, likeness(row, folded, code)) for row in rows]

    def _identified(self, question: Question) -> Iterable[tuple[Found, float]]:
        """Yield the things that have an identifier which a column gives."""
        for condition in question.conditions:
            if condition.pid.removeprefix(COO) not in IDENTIFIERS:
                continue
            meant = [each.iri for value in condition.values for each in self.index.resolve(value.text)]
            for row in self.index.things(meant).values():
                is_kind = not question.types or bool(set(question.types).intersection(row.types))
                if is_kind and self._agreement(row.iri, condition):
                    yield row, 1.0

    def _agreement(self, iri: str, condition: Condition) -> float | None:
        """Say whether a column agrees with what the graph has of a thing: 1 or 0, None where it has nothing."""
        wanted = find_property(condition.pid)
        if wanted and wanted.is_date and not any(_DAY.match(given.text) for given in condition.values):
            return 0.0  # what is no date agrees with none
        there = self._values_of(iri, condition.pid)
        if wanted and wanted.id == "identifier":  # a link says nothing of codes, nor a code of links
            is_link = any(read_identifier(given.text)[0] for given in condition.values)
            there = [value for value in there if isinstance(value, ox.NamedNode) == is_link]
        if not there:
            return None
        agreeing = [any(self._equal(given, value) for value in there) for given in condition.values]
        if condition.quantifier == "none":
            return float(not any(agreeing))
        return float(all(agreeing) if condition.quantifier == "all" else any(agreeing))

    def _values_of(self, iri: str, pid: str) -> list[str | ox.NamedNode]:
        key = iri, pid
        if key not in self._values:
            wanted = find_property(pid)
            found = values(self.store, iri, wanted) if wanted else []
            self._values[key] = [
                each if isinstance(each, ox.NamedNode) else each.value
                for each in found
                if isinstance(each, ox.NamedNode | ox.Literal)
            ]
        return self._values[key]

    def _equal(self, given: Value, value: str | ox.NamedNode) -> bool:
        if isinstance(value, ox.NamedNode):
            if given.iri:
                return given.iri == value.value
            keys = read_identifier(given.text)[0]
            if given.text == value.value or link_key(value.value) in keys:
                return True
            if keys:
                return any(each.iri == value.value for each in self.index.resolve(given.text))
            if value.value not in self._names:
                self._names[value.value] = self.index.names(value.value)
            return bool({fold(given.text), code_key(given.text)} & self._names[value.value])
        text = given.text or given.iri
        return fold(text) == fold(value) or code_key(text) == code_key(value) or _same_day(text, value)


def _with_column(score: float, agreement: float | None) -> float:
    """Return a score after a column: raised where it agrees, lowered where it differs or nothing is told."""
    if agreement is None:
        return score * _UNTOLD
    return score + (100 - score) * _AGREES if agreement else score * _DIFFERS


def _same_day(given: str, value: str) -> bool:
    """Say whether a date in a table is that of a value, as far as both tell: a year or month alone, no time of day."""
    ours, theirs = _DAY.match(given.strip()), _DAY.fullmatch(value)
    if not ours or not theirs:
        return False
    shorter = min(len(ours[0]), len(theirs[0]))
    return ours[0][:shorter] == theirs[0][:shorter]


def _is_telling(pid: str) -> bool:
    """Say whether a thing has one value of a property, so that another one in a table means another thing."""
    wanted = find_property(pid)
    return wanted is not None and (wanted.is_date or wanted.id in TELLING)


def _decided(scored: Sequence[_Scored], limit: int) -> list[Candidate]:
    """Return the best candidates, of which the first is the match where it may be, is good and clear of the next."""
    clear = bool(scored) and (len(scored) == 1 or scored[0].score - scored[1].score >= CLEAR_BY)
    return [
        Candidate(
            iri=each.row.iri,
            label=each.row.label,
            types=each.row.types,
            name=each.row.text,
            score=each.score,
            match=place == 0 and clear and each.may_match and each.score >= MATCH_FROM,
            features=dict(each.features),
        )
        for place, each in enumerate(scored[:limit])
    ]
