"""Search in the index of a version: what fits what was typed, the best first.

Candidates come from the index by whole name, by the beginnings of words, by identifier, and, where these give nothing,
by shared trigrams; then each is scored. The score, from 0 to 100, is four fifths how well the name fits
(`graph.fitness`) and one fifth the weight of the thing (its class and how many triples name it).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from graph.errors import NoSearch, VersionDamaged
from graph.fitness import fitness
from graph.identifiers import code_key, read_identifier
from graph.names import fold, trigrams, typed_words, words
from graph.query_errors import QueryTimeout
from graph.search_file import PUBLIC, Evidence, Found, SearchFile
from graph.search_rows import SCHEMES
from graph.search_segment import INDEX_FORMAT, SEARCH_FILES, lang_word
from graph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

_LIMIT_S: Final = 2.0  # of one look into the index
_BEGUN: Final = 3  # characters of which the names are few enough to be taken in the order of the alphabet
_SHORT: Final = 8  # characters, up to which errors can leave a name hardly a trigram
_SHARED: Final = 2  # at its beginning
_OF_NAME: Final = 80
_OF_WEIGHT: Final = 20
_OWN_CODES: Final = frozenset(SCHEMES.values()) - PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A thing that fits, by its best name, and its score from 0 to 100."""

    found: Found
    score: float


class Index:
    """The open index of a version; one thread at a time.

    Args:
        version: its directory.

    Raises:
        NoSearch: it has no index, or one of another format.
        VersionDamaged: it cannot be read.
    """

    def __init__(self, version: Path) -> None:
        self._number = int(version.name) if version.name.isdecimal() else 0
        paths = [version / name for name in SEARCH_FILES if (version / name).exists()]
        if not paths:
            raise NoSearch(self._number)
        self._files: list[SearchFile] = []
        self._end = 0.0
        with self._read():
            for path in paths:
                self._files.append(SearchFile(path, self._files))
        if any(file.format != INDEX_FORMAT for file in self._files):
            raise NoSearch(self._number)
        for place, file in enumerate(self._files):
            file.newer = self._files[place + 1 :]
            file.watch(self._is_late)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its files."""
        for file in self._files:
            file.close()

    def search(
        self, text: str, *, types: Collection[str] = (), lang: str = "", limit: int = 10, timeout_s: float = _LIMIT_S
    ) -> list[Hit]:
        """Return the things that fit a text as it is typed, the best first, each once.

        Args:
            text: words of a name, the last of which may be a beginning, or an identifier.
            types: IRIs of classes, one of which a thing must have; empty: any.
            lang: tag of the language of the name, of which the first subtag counts; empty: any.
            limit: how many.
            timeout_s: after which the search is given up.

        Raises:
            QueryTimeout: it took too long.
            VersionDamaged: the index cannot be read.
        """
        folded = fold(text)
        cited = [
            Hit(
                found=row._replace(text=each.identifier, langs=(), role=each.relation),
                score=round(_OF_NAME + _OF_WEIGHT * row.weight, 1),
            )
            for row, each in self.cited(text, types)
        ]
        with self._read(timeout_s):
            hits = _best([*cited, *self._scored(self._typed(text, folded, types, lang), folded, code_key(text))])
            if not hits and len(folded) >= _BEGUN:
                rows = self.similar(folded, types)
                hits = _best(self._scored((row for row in rows if not lang or _is_in(row, lang)), folded, ""))
        return sorted(hits, key=lambda hit: (-hit.score, hit.found.label, hit.found.iri))[:limit]

    def candidates(self, text: str, types: Collection[str], *, whole: bool = False) -> list[Found]:
        """Return the names that a whole name may mean: those that are alike, that have its words, or much in common.

        Args:
            text: the name.
            types: IRIs of classes, one of which a thing must have; empty: any.
            whole: whether names with much in common are not looked for where there is one that is the same.
        """
        folded = fold(text)
        rows = []
        with self._read():
            for file, numbers in self._asked(types):
                rows += file.exact(folded, numbers)
            is_found = whole and bool(rows)
            for file, numbers in self._asked(types):
                rows += file.with_words(words(folded), numbers, "", begun=False)
                rows += file.coded(code_key(text), numbers)
            rows += [] if is_found else self.similar(folded, types)
        return list({(row.iri, row.folded, row.role): row for row in rows}.values())

    def similar(self, folded: str, types: Collection[str], at_most: int = 25) -> list[Found]:
        """Return names that share trigrams with a folded one, those with the most in each file of the index.

        Of a short name errors leave hardly a trigram: for such the names with a word that begins alike come too.
        """
        rows = []
        for file, numbers in self._asked(types):
            rows += file.similar(trigrams(folded), numbers, at_most)
            if len(folded) <= _SHORT:
                rows += file.with_words([folded[:_SHARED].strip()], numbers, "", begun=True)
        return rows

    def resolve(self, identifier: str) -> list[Evidence]:
        """Return what an identifier means, by IRI: an IRI of ours or of another graph, or a code.

        A code without its scheme is a public one where there is such a one: ITA is Italy, and what a catalogue calls so
        is `gcat:ITA`.

        Raises:
            VersionDamaged: the index cannot be read.
        """
        keys, codes, schemes = read_identifier(identifier)
        found: dict[tuple[str, str, str], Evidence] = {}
        with self._read():
            for file in self._files:
                rows = [
                    *file.own(_own_iri(identifier.strip())),
                    *file.linked(keys),
                    *file.evidence_by_code(codes, schemes),
                ]
                found |= {(row.iri, row.identifier, row.relation): row for row in rows}
        if not schemes and any(each.relation in PUBLIC for each in found.values()):
            found = {key: each for key, each in found.items() if each.relation not in _OWN_CODES}
        return [found[key] for key in sorted(found)]

    def cited(self, text: str, types: Collection[str] = ()) -> list[tuple[Found, Evidence]]:
        """Return what a text means that says by itself that it is an identifier: an IRI, `wd:Q148`, `actor:chn`, Q148.

        Args:
            text: which means nothing here where it is a name or a bare code.
            types: IRIs of classes, one of which a thing must have; empty: any.
        """
        keys, _, schemes = read_identifier(text)
        if not keys and not schemes and "://" not in _own_iri(text.strip()):
            return []
        evidence = self.resolve(text)
        known = self.things([each.iri for each in evidence])
        return [
            (known[each.iri], each)
            for each in evidence
            if each.iri in known and (not types or set(types).intersection(known[each.iri].types))
        ]

    def things(self, iris: Iterable[str], lang: str = "") -> dict[str, Found]:
        """Return what is known of things, by IRI, under their labels in a language where they have one."""
        known = {}
        with self._read():
            for iri in iris:
                for file in self._files[::-1]:
                    row = file.thing(iri, lang)
                    if row is not None:
                        if row.label:
                            known[iri] = row
                        break
        return known

    def names(self, iri: str) -> set[str]:
        """Return all names of a thing, folded, and its codes as they are compared."""
        with self._read():
            for file in self._files[::-1]:
                if file.has(iri):
                    return file.names(iri)
        return set()

    def has_class(self, iri: str) -> bool:
        """Say whether things have a class, or it is defined."""
        return any(file.type_number(iri) for file in self._files) or iri in self.classes()

    def classes(self) -> set[str]:
        """Return the IRIs of the classes that things have or that are defined."""
        with self._read():
            return {iri for file in self._files for iri in file.classes()}

    def types_beside(self, iri: str) -> set[str]:
        """Return all classes of some thing of a class: with it, those above it; empty where nothing has it."""
        with self._read():
            for file in self._files:
                if found := file.types_beside(iri):
                    return found
        return set()

    def spellings(self, iri: str) -> set[str]:
        """Return the names of a thing as they are written, one of those that are compared alike."""
        with self._read():
            for file in self._files[::-1]:
                if file.has(iri):
                    return file.spellings(iri)
        return set()

    @contextlib.contextmanager
    def _read(self, timeout_s: float = _LIMIT_S) -> Iterator[None]:
        """Read in limited time.

        Raises:
            QueryTimeout: it took too long.
            VersionDamaged: the index cannot be read.
        """
        self._end = time.monotonic() + timeout_s
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # a fault of ours, and none of the file
        except sqlite3.DatabaseError as fault:
            if self._is_late():
                raise QueryTimeout(timeout_s) from fault
            message = f"its search index cannot be read ({fault})"
            raise VersionDamaged(self._number, message) from fault

    def _is_late(self) -> bool:
        return time.monotonic() > self._end

    def _asked(self, types: Collection[str]) -> Iterator[tuple[SearchFile, Sequence[int]]]:
        """Yield the files that have things of some classes, each with its numbers of them; all where there are none."""
        for file in self._files:
            numbers = [number for iri in types if (number := file.type_number(iri))]
            if numbers or not types:
                yield file, numbers

    def _typed(self, text: str, folded: str, types: Collection[str], lang: str) -> Iterator[Found]:
        for file, numbers in self._asked(types):
            rows = []
            if folded:
                rows += file.with_words(typed_words(folded), numbers, lang_word(lang) if lang else "", begun=True)
                rows += file.exact(folded, numbers)
                rows += file.begun(folded, numbers) if len(folded) >= _BEGUN else []
            yield from (row for row in rows if not lang or _is_in(row, lang))
            yield from file.coded(code_key(text), numbers, begun=len(folded) > _BEGUN)

    def _scored(self, rows: Iterable[Found], folded: str, code: str) -> Iterator[Hit]:
        for row in rows:
            fit = fitness(row, folded, code)
            if fit:
                yield Hit(found=row, score=round(_OF_NAME * fit + _OF_WEIGHT * row.weight, 1))


def _own_iri(text: str) -> str:
    """Return the IRI of ours that a prefixed name such as `actor:chn` stands for; other text as it is."""
    prefix, colon, name = text.partition(":")
    return PREFIXES[prefix] + name if colon and PREFIXES.get(prefix, "").startswith(BASE) else text


def _best(hits: Iterable[Hit]) -> list[Hit]:
    """Return each thing once, by its best name."""
    best: dict[str, Hit] = {}
    for hit in hits:
        known = best.get(hit.found.iri)
        if known is None or hit.score > known.score:
            best[hit.found.iri] = hit
    return list(best.values())


def _is_in(row: Found, lang: str) -> bool:
    """Say whether a name is in a language, by the first subtags."""
    return lang_word(lang) in map(lang_word, row.langs)
