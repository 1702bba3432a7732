"""One file of a search index, written: its tables, and the rows of each thing.

    thing       iri, label in English where there is one, weight, types (numbers of `type`), digest of its rows
    name        thing, text, langs, role, folded; one row for all names of a thing that fold alike
    label       thing, lang, text: the preferred name by language
    identifier  thing, scheme, value, folded
    link        thing, external IRI, key, relation, and the fields of the record of evidence
    words       full text, by the number of the name: its words, its types and languages as words of their own
    grams       likewise: its trigrams and its types
    gram        of the base file: how many names have a trigram

Numbers of names follow the weight of their things, so that the first rows that fit are those to show.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final, Self

from graph.identifiers import code_key, link_key
from graph.names import FOLDING, fold, joined, trigrams, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from graph.search_rows import Name, Thing

BASE_FILE: Final = "search.sqlite"
MIDDLE_FILE: Final = "search.middle.sqlite"
RECENT_FILE: Final = "search.recent.sqlite"
SEARCH_FILES: Final = (BASE_FILE, MIDDLE_FILE, RECENT_FILE)
"""Names of the files of an index; each hides in those before it what it has itself."""

INDEX_FORMAT: Final = 100 + FOLDING
"""Number that the files bear: of their tables and of the way in which names are folded."""

_ROLES: Final = ("label", "acronym", "usage", "alternative")
_TYPE_MARK: Final = "\u00a4"
_LANG_MARK: Final = "\u00a7"

_TABLES: Final = f"""
PRAGMA user_version = {INDEX_FORMAT};
CREATE TABLE thing(id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, label TEXT, weight REAL, types TEXT, digest BLOB);
CREATE TABLE type(id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE TABLE name(id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, text TEXT, langs TEXT, role TEXT, folded TEXT);
CREATE TABLE label(thing INTEGER, lang TEXT, text TEXT, PRIMARY KEY (thing, lang)) WITHOUT ROWID;
CREATE TABLE identifier(thing INTEGER NOT NULL, scheme TEXT, value TEXT, folded TEXT);
CREATE TABLE link(thing INTEGER NOT NULL, external TEXT, key TEXT, relation TEXT, record TEXT, confidence TEXT,
  justification TEXT, dated TEXT, source TEXT);
CREATE TABLE gram(text TEXT PRIMARY KEY, names INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0, tokenize=ascii, prefix='1 2 3');
CREATE VIRTUAL TABLE grams USING fts5(text, content='', detail=none, columnsize=0, tokenize=ascii);
"""
_INDEXES: Final = """
CREATE INDEX name_folded ON name(folded);
CREATE INDEX name_thing ON name(thing);
CREATE INDEX identifier_folded ON identifier(folded);
CREATE INDEX identifier_thing ON identifier(thing);
CREATE INDEX link_key ON link(key);
CREATE INDEX link_thing ON link(thing);
"""


def type_word(number: int) -> str:
    """Return the word that stands in the full text for a type."""
    return f"{_TYPE_MARK}{number}"


def lang_word(lang: str) -> str:
    """Return the word that stands in the full text for a language, by its first subtag."""
    return f"{_LANG_MARK}{lang.partition('-')[0].lower()}"


def open_search(path: Path) -> sqlite3.Connection:
    """Open a file of an index to be read, by any thread, one at a time.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    return sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def digest_of(thing: Thing) -> bytes:
    """Return a digest of what search shows of a thing; its weight is as of the day it was written."""
    text = repr((thing.types, thing.names, thing.identifiers, thing.links))
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


class Segment:
    """A file of an index that is being written; nobody reads it, and who writes it throws it away when this fails."""

    def __init__(self, path: Path, *, new: bool) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
        self._types: dict[str, int] = {}
        if new:
            self._database.executescript(_TABLES)
        else:
            self._types = dict(self._database.execute("SELECT iri, id FROM type"))
        self._new = new
        self._things, self._names = (self._last(table) for table in ("thing", "name"))

    def __enter__(self) -> Self:
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._database.execute("COMMIT")
            if self._new:
                self._database.executescript(_INDEXES)
        self._database.close()

    def fill(self, things: Iterable[Thing]) -> None:
        """Put many things into a new file, in their order."""
        for table in ("words", "grams"):
            self._database.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', 33554432)")  # noqa: S608
        counts: Counter[str] = Counter()
        for thing in things:
            for folded in self._insert(thing):
                counts.update(trigrams(folded))
        for table in ("words", "grams"):
            self._database.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
        self._database.executemany("INSERT INTO gram VALUES (?, ?)", sorted(counts.items()))

    def put(self, iri: str, thing: Thing | None) -> None:
        """Put a thing in place of what the file has of it; None: it has lost its name."""
        self._remove(iri)
        if thing is None:
            self._things += 1
            self._database.execute("INSERT INTO thing(id, iri) VALUES (?, ?)", (self._things, iri))
        else:
            self._insert(thing)

    def _insert(self, thing: Thing) -> list[str]:
        """Write the rows of a thing; return its names as they are compared."""
        self._things += 1
        number, types, labels = self._things, [self._type(iri) for iri in thing.types], _labels(thing.names)
        label = labels.get("en") or next(iter(labels.values()), None) or thing.names[0].text
        row = (number, thing.iri, label, thing.weight, " ".join(map(str, types)), digest_of(thing))
        run = self._database.execute
        run("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", row)
        many = self._database.executemany
        many("INSERT INTO label VALUES (?, ?, ?)", [(number, *each) for each in labels.items()])
        codes = [(number, scheme, value, code_key(value)) for scheme, value in thing.identifiers]
        many("INSERT INTO identifier VALUES (?, ?, ?, ?)", codes)
        links = [
            (
                number,
                x.external,
                link_key(x.external),
                x.relation,
                x.record,
                x.confidence,
                x.justification,
                x.dated,
                x.source,
            )
            for x in thing.links
        ]
        many("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", links)
        names = list(_names(thing.names))
        for name, langs, folded in names:
            self._names += 1
            run(
                "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", (self._names, number, name.text, langs, name.role, folded)
            )
            run("INSERT INTO words(rowid, text) VALUES (?, ?)", (self._names, _words_text(folded, types, langs)))
            run("INSERT INTO grams(rowid, text) VALUES (?, ?)", (self._names, _grams_text(folded, types)))
        return [folded for _, _, folded in names]

    def _remove(self, iri: str) -> None:
        run = self._database.execute
        known = run("SELECT id, types FROM thing WHERE iri = ?", (iri,)).fetchone()
        if known is None:
            return
        number, types = known[0], [int(each) for each in (known[1] or "").split()]
        for name, langs, folded in run("SELECT id, langs, folded FROM name WHERE thing = ?", (number,)).fetchall():
            for table, text in (("words", _words_text(folded, types, langs)), ("grams", _grams_text(folded, types))):
                run(f"INSERT INTO {table}({table}, rowid, text) VALUES ('delete', ?, ?)", (name, text))  # noqa: S608
        for table in ("name", "label", "identifier", "link"):
            run(f"DELETE FROM {table} WHERE thing = ?", (number,))  # noqa: S608  (names of our own tables)
        run("DELETE FROM thing WHERE id = ?", (number,))

    def _type(self, iri: str) -> int:
        if iri not in self._types:
            self._types[iri] = len(self._types) + 1
            self._database.execute("INSERT INTO type VALUES (?, ?)", (self._types[iri], iri))
        return self._types[iri]

    def _last(self, table: str) -> int:
        return int(self._database.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0])  # noqa: S608


def _labels(names: Iterable[Name]) -> dict[str, str]:
    """Return the preferred name by language, the first of several."""
    labels: dict[str, str] = {}
    for name in names:
        if name.role == "label":
            labels.setdefault(name.lang.lower(), name.text)
    return labels


def _names(names: Iterable[Name]) -> Iterator[tuple[Name, str, str]]:
    """Yield the names that fold differently, each with the languages of all that fold like it."""

    def first(pair: tuple[str, Name]) -> tuple[str, int, bool, str]:
        return pair[0], _ROLES.index(pair[1].role), pair[1].lang != "en", pair[1].text

    pairs = sorted(((fold(name.text), name) for name in names), key=first)
    for folded, alike in groupby(pairs, key=lambda pair: pair[0]):
        if folded:
            group = [name for _, name in alike]
            yield group[0], " ".join(sorted({name.lang.lower() for name in group} - {""})), folded


def _words_text(folded: str, types: Iterable[int], langs: str) -> str:
    marks = [*map(type_word, types), *map(lang_word, langs.split())]
    return " ".join([*words(folded), joined(folded), *marks])


def _grams_text(folded: str, types: Iterable[int]) -> str:
    return " ".join([*sorted(trigrams(folded)), *map(type_word, types)])


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
