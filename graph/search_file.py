"""One file of a search index, open to be read: what it has of names, identifiers, links and things.

Things that are in a newer file too are left out: that file tells what they are now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.names import fold
from graph.search_segment import INDEX_FORMAT, open_search, type_word
from graph.terms import OWL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

_STEPS: Final = 2_000  # of SQLite's machine, between two looks at the clock
_ROWS: Final = 100  # candidates that are scored, of each kind and file
_BEGUN_ROWS: Final = 30  # of names and codes in the order of the alphabet
_GRAM_ROWS: Final = 10_000  # names that are looked at for typing errors; rare trigrams come first
_LAST: Final = "\U0010ffff"

ROLES: Final = frozenset({"label", "acronym", "alternative", "usage"})
"""What a name may be; other roles are schemes of identifiers."""

PUBLIC: Final = frozenset({"cospar", "norad", "iso-alpha2", "iso-alpha3", "iso-numeric"})
"""Schemes whose codes mean the same everywhere; others look like words and acronyms of other things."""


class Found(NamedTuple):
    """A name in the index and the thing that it is of; hundreds are made for each key that somebody strikes.

    Attributes:
        iri: of the thing.
        label: its preferred name.
        types: IRIs of its classes.
        weight: from 0 to 1, how likely it is looked for.
        text: the name; of an identifier its value.
        langs: languages in which it is called so; of an identifier none.
        role: `label`, `acronym`, `alternative`, `usage`, or the scheme of an identifier.
        folded: the name as it is compared.
    """

    iri: str
    label: str
    types: tuple[str, ...]
    weight: float
    text: str
    langs: tuple[str, ...]
    role: str
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why an identifier means a thing: the link to it and its record, or the code that the thing has.

    Attributes:
        iri: of the thing; `label` is its name.
        identifier: IRI of another graph, or a code.
        relation: prefixed name of the property that links; of a code its scheme.
        record: IRI of the record of evidence, as are `justification` and `source`; empty where there is none.
        confidence: from 0 to 1, as the record says.
        dated: day of the record.
    """

    iri: str
    label: str
    identifier: str
    relation: str
    record: str = ""
    confidence: str = ""
    justification: str = ""
    dated: str = ""
    source: str = ""


class SearchFile:
    """One open file of an index.

    Attributes:
        format: number of its format.
        newer: files that hide what they have themselves.
    """

    def __init__(self, path: Path, newer: list[SearchFile]) -> None:
        self._database = open_search(path)
        self.newer = newer
        self.format = int(self._database.execute("PRAGMA user_version").fetchone()[0])
        self._type_iris: dict[int, str] = {}
        self._type_numbers: dict[str, int] = {}
        self._types: dict[str, tuple[str, ...]] = {}
        if self.format == INDEX_FORMAT:
            self._type_iris = dict(self._database.execute("SELECT id, iri FROM type"))
            self._type_numbers = {iri: number for number, iri in self._type_iris.items()}

    def close(self) -> None:
        """Close it."""
        self._database.close()

    def watch(self, is_late: Callable[[], bool]) -> None:
        """Break off each query for which it has become late."""
        self._database.set_progress_handler(is_late, _STEPS)

    def type_number(self, iri: str) -> int | None:
        """Return the number by which the file knows a class; None where nothing in it has that."""
        return self._type_numbers.get(iri)

    def classes(self) -> set[str]:
        """Return the classes that things in the file have, and things that are classes themselves."""
        number = self._type_numbers.get(OWL + "Class")
        rows = self._database.execute(
            "SELECT iri FROM thing WHERE ' ' || types || ' ' LIKE ?", (f"% {number} %",)
        ).fetchall()
        return {*self._type_numbers, *(iri for (iri,) in rows)}

    def exact(self, folded: str, types: Sequence[int]) -> list[Found]:
        """Return the names that fold to a text."""
        return self._names("name.folded = ?", (folded,), types)

    def begun(self, folded: str, types: Sequence[int]) -> list[Found]:
        """Return names that begin with a text, in the order of the alphabet."""
        return self._names("name.folded > ? AND name.folded < ?", (folded, folded + _LAST), types, _BEGUN_ROWS)

    def with_words(self, wanted: Sequence[str], types: Sequence[int], lang: str, *, begun: bool) -> list[Found]:
        """Return names that have all of some words, or words that begin like them; those of great weight first."""
        if not wanted:
            return []
        parts = [f'"{word}"{"*" * begun}' for word in wanted] + [f'"{lang}"'] * bool(lang)
        return self._by_number(self._matching("words", " AND ".join(parts), types))

    def coded(self, code: str, types: Sequence[int], *, begun: bool = False) -> list[Found]:
        """Return the things that have a code, or one that begins like it."""
        if not code:
            return []
        rows = self._database.execute(
            "SELECT thing.iri, label, types, weight, value, '', scheme, folded FROM identifier JOIN thing ON"
            " thing.id = identifier.thing WHERE folded >= ? AND folded <= ? ORDER BY folded LIMIT ?",
            (code, code + _LAST if begun else code, _BEGUN_ROWS),
        )
        return self._visible(rows.fetchall(), types)

    def similar(self, grams: Collection[str], types: Sequence[int], at_most: int) -> list[Found]:
        """Return the names that have the most trigrams in common with some; the rare ones are looked at first."""
        counts: Counter[int] = Counter()
        looked_at = 0
        places = ",".join("?" * len(grams))
        rows = self._database.execute(f"SELECT text, names FROM gram WHERE text IN ({places})", tuple(grams))  # noqa: S608
        frequency = dict(rows.fetchall())  # of the base file alone: the others are small
        for gram in sorted(grams, key=lambda each: (frequency.get(each, 0), each)):
            numbers = self._matching("grams", f'"{gram}"', types, limit=_GRAM_ROWS)
            counts.update(numbers)
            looked_at += len(numbers)
            if looked_at >= _GRAM_ROWS:
                break
        most = sorted(counts, key=lambda number: (-counts[number], number))[:at_most]
        return self._by_number(most)

    def own(self, iri: str) -> Iterator[Evidence]:
        """Yield the thing that has an IRI."""
        if (row := self.thing(iri, "")) and row.label and not self._is_hidden(iri):
            yield Evidence(iri=iri, label=row.label, identifier=iri, relation="own")

    def linked(self, keys: Sequence[str]) -> Iterator[Evidence]:
        """Yield what is linked to things of other graphs."""
        for key in keys:
            rows = self._database.execute(
                "SELECT iri, label, external, relation, record, confidence, justification, dated, source FROM link"
                " JOIN thing ON thing.id = link.thing WHERE key = ?",
                (key,),
            )
            yield from (Evidence(**_named(row)) for row in rows.fetchall() if not self._is_hidden(row[0]))

    def evidence_by_code(self, codes: Sequence[str], schemes: Collection[str]) -> Iterator[Evidence]:
        """Yield what has a code, of any scheme or of some."""
        for code in codes:
            for row in self.coded(code, ()):
                if row.role in schemes or not schemes:
                    yield Evidence(iri=row.iri, label=row.label, identifier=row.text, relation=row.role)

    def thing(self, iri: str, lang: str) -> Found | None:
        """Return what the file has of a thing, with the languages of its label; None for nothing.

        It is without a label where it has lost its name.
        """
        row = self._database.execute("SELECT id, label, types, weight FROM thing WHERE iri = ?", (iri,)).fetchone()
        if row is None:
            return None
        label = row[1] or ""
        for tag in (lang.lower(), lang.partition("-")[0].lower()) if lang and label else ():
            own = self._database.execute(
                "SELECT text FROM label WHERE thing = ? AND lang = ?", (row[0], tag)
            ).fetchone()
            if own:
                label = own[0]
                break
        same = self._database.execute("SELECT lang FROM label WHERE thing = ? AND text = ?", (row[0], label))
        langs = " ".join(tag for (tag,) in same.fetchall())
        return self._found((iri, label, row[2] or "", row[3] or 0.0, label, langs, "label", fold(label)))

    def names(self, iri: str) -> set[str]:
        """Return the names and codes of a thing, as they are compared."""
        rows = self._database.execute(
            "SELECT name.folded FROM name JOIN thing ON thing.id = name.thing WHERE iri = ?"
            " UNION SELECT identifier.folded FROM identifier JOIN thing ON thing.id = identifier.thing WHERE iri = ?",
            (iri, iri),
        )
        return {folded for (folded,) in rows.fetchall()}

    def types_beside(self, iri: str) -> set[str]:
        """Return the classes of the first thing that has one."""
        number = self._type_numbers.get(iri)
        row = self._database.execute(
            "SELECT types FROM thing WHERE ' ' || types || ' ' LIKE ? LIMIT 1", (f"% {number} %",)
        ).fetchone()
        return {self._type_iris[int(each)] for each in row[0].split()} if row and number else set()

    def spellings(self, iri: str) -> set[str]:
        """Return the names of a thing as they are written."""
        rows = self._database.execute("SELECT text FROM name JOIN thing ON thing.id = name.thing WHERE iri = ?", (iri,))
        return {text for (text,) in rows.fetchall()}

    def _matching(self, table: str, query: str, types: Sequence[int], limit: int = _ROWS) -> list[int]:
        if types:
            query = f"{query} AND ({' OR '.join(chr(34) + type_word(number) + chr(34) for number in types)})"
        rows = self._database.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT ?", (query, limit))  # noqa: S608
        return [number for (number,) in rows.fetchall()]

    def _by_number(self, numbers: Sequence[int]) -> list[Found]:
        if not numbers:
            return []
        places = ",".join("?" * len(numbers))
        return self._names(f"name.id IN ({places})", tuple(numbers), ())

    def _names(
        self, condition: str, values: tuple[object, ...], types: Sequence[int], limit: int = _ROWS
    ) -> list[Found]:
        rows = self._database.execute(
            "SELECT thing.iri, label, types, weight, text, langs, role, folded FROM name JOIN thing ON"  # noqa: S608
            f" thing.id = name.thing WHERE {condition} LIMIT ?",
            (*values, limit),
        )
        return self._visible(rows.fetchall(), types)

    def _visible(
        self, rows: Iterable[tuple[str, str, str, float, str, str, str, str]], types: Sequence[int]
    ) -> list[Found]:
        """Return those rows whose thing has one of some types, and is in no newer file."""
        wanted = {str(number) for number in types}
        return [
            self._found(row)
            for row in rows
            if (not wanted or wanted.intersection(row[2].split())) and not self._is_hidden(row[0])
        ]

    def _found(self, row: tuple[str, str, str, float, str, str, str, str]) -> Found:
        iri, label, types, weight, text, langs, role, folded = row
        if types not in self._types:
            self._types[types] = tuple(self._type_iris[int(number)] for number in types.split())
        return Found(iri, label, self._types[types], weight, text, tuple(langs.split()), role, folded)

    def _is_hidden(self, iri: str) -> bool:
        return any(file.has(iri) for file in self.newer)

    def has(self, iri: str) -> bool:
        """Say whether the file has something of a thing, its having lost its name included."""
        return self._database.execute("SELECT 1 FROM thing WHERE iri = ?", (iri,)).fetchone() is not None


def _named(row: Sequence[str]) -> dict[str, str]:
    fields = ("iri", "label", "identifier", "relation", "record", "confidence", "justification", "dated", "source")
    return dict(zip(fields, row, strict=True))
