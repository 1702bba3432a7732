"""A table as people have them: names of things in the graph, written in other ways, made by a seeded generator.

The kinds of noise are those of the project's aim: another language, the formal name, an acronym, other order of words,
one or two edits, missing diacritics, a former or other name, and one row in ten that is nowhere in the graph. Each row
says what kind of thing it is, as a table of one kind does. A row whose name another thing of that kind has too, once it
is written so, comes with the column that a person would then use: the launch date of a space object, the country of an
organization.
"""

from __future__ import annotations

import random
import re
import sqlite3
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.names import distance, fold
from graph.properties import PROPERTIES, values
from graph.search_segment import BASE_FILE
from graph.terms import COO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LANGUAGES: Final = ("en", "zh", "fr", "es", "pt", "ru")
NOISE: Final = (
    "other language",
    "formal name",
    "acronym",
    "word order",
    "one edit",
    "two edits",
    "no diacritics",
    "former name",
)
ABSENT: Final = "absent"
KINDS: Final = {
    "State": 6,
    "Organization": 8,
    "SpaceObject": 8,
    "LaunchVehicleModel": 1,
    "LaunchSite": 1,
    "Agreement": 1,
    "Undertaking": 1,
}
"""Kinds of things, and how often each is drawn: those by which the rule of matching was found."""

OTHER_KINDS: Final = {
    "Company": 4,
    "ResearchInstitution": 4,
    "GovernmentBody": 3,
    "SpaceAgency": 2,
    "Satellite": 4,
    "SpaceProbe": 2,
    "LaunchEvent": 4,
    "CooperationActivity": 1,
    "OrganizationChange": 1,
    "Instrument": 1,
    "Person": 1,
    "State": 2,
}
"""Kinds that nobody looked at when the rule was made, and states, which alone have formal names."""

COLUMN: Final = {
    **dict.fromkeys(("SpaceObject", "Satellite", "SpaceProbe", "LaunchEvent"), "launchDate"),
    **dict.fromkeys(("Organization", "Company", "ResearchInstitution", "GovernmentBody", "SpaceAgency"), "country"),
}
_ONE_EDIT: Final = 5  # letters that a name must have to be known again
_TWO_EDITS: Final = 8
_MOST_EDITS: Final = 4
_WORD: Final = 3  # letters of a word that says something
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SYLLABLES: Final = ("ka", "ro", "vel", "tun", "mir", "so", "qua", "bel", "dri", "zan", "pho", "lux", "ger", "ith")
_FORMAL: Final = ("Republic", "Kingdom", "State", "Federa", "Union", "Confederation", "Principality", "Sultanate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: the name as it is written, what it is called in the kinds of noise, and the thing that it means.

    Attributes:
        text: the name.
        noise: how it was made.
        kind: local name of the class that the row says.
        iri: of the thing; empty where none is meant.
        columns: other columns, by property.
    """

    text: str
    noise: str
    kind: str
    iri: str
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    iri: str
    text: str
    langs: tuple[str, ...]
    role: str
    folded: str


class Messy:
    """Makes tables from a version.

    Args:
        version: its directory, with store and index.
        store: of the version.
        kinds: of things, each with how often it is drawn.
    """

    def __init__(self, version: Path, store: ox.Store, kinds: Mapping[str, int] = KINDS) -> None:
        self._store = store
        self._kinds = kinds
        self._names = {kind: _names(version, COO + kind) for kind in {*kinds, "State"}}
        self._folded = {
            kind: {(name.folded, name.iri): frozenset(name.folded) for name in names}
            for kind, names in self._names.items()
        }

    def table(self, seed: int, rows: int = 200) -> list[Row]:
        """Return a table; the same seed gives the same one of the same version."""
        choice = random.Random(seed)  # noqa: S311  (a table, no secret)
        made: list[Row] = []
        while len(made) < rows:
            noise = ABSENT if len(made) % 10 == 9 else NOISE[len(made) % len(NOISE)]
            row = self._row(noise, choice)
            if row is not None:
                made.append(row)
        choice.shuffle(made)
        return made

    def _row(self, noise: str, choice: random.Random) -> Row | None:
        kind = choice.choices(list(self._kinds), list(self._kinds.values()))[0]
        names = self._names[kind]
        if noise == ABSENT:
            return self._absent(kind, choice)
        fitting = [name for name in names if _fits(name, noise)]
        if not fitting:
            return None
        name = choice.choice(fitting)
        text = _written(name.text, noise, choice)
        if text is None:
            return None
        return Row(text=text, noise=noise, kind=kind, iri=name.iri, columns=self._columns(kind, name.iri, text, name))

    def _columns(self, kind: str, iri: str, text: str, name: _Known) -> dict[str, str]:
        """Return the column that tells a thing from others of its kind that are written alike; else none."""
        folded = fold(text)
        own = distance(folded, name.folded)
        if own > _MOST_EDITS:  # the words have another order
            folded, own = name.folded, 0
        alike = self._near(kind, folded, own) - {iri}
        if kind not in COLUMN or not alike:
            return {}
        found = values(self._store, iri, PROPERTIES[COLUMN[kind]])
        if not found:
            return {}
        value = found[0]
        if isinstance(value, ox.NamedNode):
            return {COLUMN[kind]: self._label(value.value)}
        return {COLUMN[kind]: value.value} if isinstance(value, ox.Literal) else {}

    def _near(self, kind: str, folded: str, edits: int) -> set[str]:
        """Return the things of a kind with a name within some edits of a folded one."""
        letters = frozenset(folded)
        return {
            iri
            for (name, iri), others in self._folded[kind].items()
            if abs(len(name) - len(folded)) <= edits
            and len(letters ^ others) <= 2 * edits  # an edit takes one letter away and brings one
            and distance(folded, name) <= edits
        }

    def _label(self, iri: str) -> str:
        return next(name.text for name in self._names["State"] if name.iri == iri and name.role == "label")

    def _absent(self, kind: str, choice: random.Random) -> Row | None:
        """Make a name that nothing has: invented, of words of several names, or a name with one part exchanged."""
        made = choice.choice((self._invented, self._mixed, self._other_number, self._other_word))
        text = made(kind, choice)
        folded = fold(text)
        limit = 2 if len(folded) >= _TWO_EDITS else 1
        if made == self._other_number:
            limit = 0  # however near: a number is no typing error
        if len(folded) < _ONE_EDIT or self._near(kind, folded, limit):
            return None  # a person too would take it for that one
        return Row(text=text, noise=ABSENT, kind=kind, iri="")

    def _invented(self, _kind: str, choice: random.Random) -> str:
        words = ["".join(choice.choices(_SYLLABLES, k=choice.randint(2, 4))) for _ in range(choice.randint(1, 3))]
        return " ".join(words).title()

    def _mixed(self, kind: str, choice: random.Random) -> str:
        parts = [choice.choice(self._names[kind]).text.split() for _ in range(3)]
        return " ".join(choice.choice(part) for part in parts).title()

    def _other_number(self, kind: str, choice: random.Random) -> str:
        """Return a name with another number in it; empty where it has none."""
        text = choice.choice(self._names[kind]).text
        found = list(_NUMBER.finditer(text))
        if not found:
            return ""
        part = choice.choice(found)
        return f"{text[: part.start()]}{int(part[0]) + choice.randint(1, 9)}{text[part.end() :]}"

    def _other_word(self, kind: str, choice: random.Random) -> str:
        """Return a name with a word of another name in place of one; empty where those are alike."""
        words = choice.choice(self._names[kind]).text.split()
        at = choice.randrange(len(words))
        other = choice.choice(choice.choice(self._names[kind]).text.split())
        parts = fold(words[at]), fold(other)
        if len(words) == 1 or min(map(len, parts)) < _WORD or distance(*parts) <= _MOST_EDITS // 2:
            return ""
        return " ".join([*words[:at], other, *words[at + 1 :]])


def _names(version: Path, class_iri: str) -> list[_Known]:
    database = sqlite3.connect(f"file:{version / BASE_FILE}?mode=ro", uri=True)
    numbers = {iri: number for number, iri in database.execute("SELECT id, iri FROM type")}
    rows = database.execute(
        "SELECT iri, text, langs, role, folded, types FROM name JOIN thing ON thing.id = name.thing ORDER BY iri, text"
    ).fetchall()
    database.close()
    wanted = str(numbers[class_iri])
    return [
        _Known(iri=iri, text=text, langs=tuple(langs.split()), role=role, folded=folded)
        for iri, text, langs, role, folded, types in rows
        if wanted in types.split()
    ]


def _fits(name: _Known, noise: str) -> bool:
    """Say whether a name can be written with a kind of noise."""
    is_formal = any(word in name.text for word in _FORMAL)
    letters = sum(character.isalpha() for character in name.folded)
    is_label = name.role == "label"
    return {
        "other language": is_label and bool(set(name.langs) & set(LANGUAGES) - {"en"}),
        "formal name": name.role == "usage" and is_formal,
        "acronym": name.role == "acronym",
        "former name": name.role in {"usage", "alternative"} and not is_formal,
        "no diacritics": name.text != _plain(name.text),
        "word order": is_label and " " in name.folded,
        "one edit": is_label and letters >= _ONE_EDIT,
        "two edits": is_label and letters >= _TWO_EDITS,
    }[noise]


def _written(text: str, noise: str, choice: random.Random) -> str | None:
    match noise:
        case "word order":
            words = text.split()
            choice.shuffle(words)
            return " ".join(words) if words != text.split() else None
        case "one edit":
            return _edited(text, choice)
        case "two edits":
            return _edited(_edited(text, choice), choice)
        case "no diacritics":
            return _plain(text)
    return text


def _plain(text: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", text) if unicodedata.category(part) != "Mn")


def _edited(text: str, choice: random.Random) -> str:
    """Return a text with one character added, dropped, exchanged or swapped with its neighbour."""
    place = choice.randrange(len(text))
    letter = choice.choice([character for character in text.lower() if character.isalpha()] or ["a"])
    match choice.choice(("add", "drop", "exchange", "swap")):
        case "add":
            return text[:place] + letter + text[place:]
        case "drop":
            return text[:place] + text[place + 1 :]
        case "exchange":
            return text[:place] + letter + text[place + 1 :]
    return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]
