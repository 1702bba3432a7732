"""The rows of GCAT's organizations table that are one body: its state, its renamings, its names and their language."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from graph.sources.gcat_states import continued

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.sources.gcat import Body
    from graph.sources.gcat_states import Party

_WITH_THE_STATE: Final = timedelta(days=31)
"""A body that GCAT ends this soon after its state ended with it: the year's last day stands for 26 December 1991."""

_CYRILLIC: Final = {
    "BG": ("bg", "[\u0400-\u04ff]"),
    "BGN": ("bg", "[\u0400-\u04ff]"),
    "BY": ("be", "[ІіЎў]"),
    "KG": ("ky", "[ҢңӨөҮү]"),
    "KZ": ("kk", "[ӘәҒғҚқҢңӨөҰұҮүҺһІі]"),
    "MN": ("mn", "[\u0400-\u04ff]"),
    "TJ": ("tg", "[ҒғӢӣҚқӮӯҲҳҶҷ]"),
    "UA": ("uk", "[ҐґЄєІіЇї]"),
}
"""State to the language of its Cyrillic names, and the letters that tell it from Russian where both are in use."""


class Bodies:
    """The organizations by code, and which codes are one body.

    Attributes:
        by_code: the rows.
    """

    def __init__(self, by_code: Mapping[str, Body], parties: Mapping[str, Party]) -> None:
        self.by_code = by_code
        self._parties = parties
        self._ends = self._ends_of_states()
        self._groups: defaultdict[tuple[str, object], list[Body]] = defaultdict(list)
        for body in by_code.values():
            self._groups[self._key(body)].append(body)

    def state(self, body: Body) -> str:
        """Return the state code that a body stands under last: past the end of its state, what continues that."""
        to, end = continued(body.state), self._ends.get(self._meaning(body.state))
        if to == body.state or end is None:
            return to
        return to if body.ended is None or body.ended.earliest > end + _WITH_THE_STATE else body.state

    def group(self, body: Body) -> Sequence[Body]:
        """Return the rows of one body under its names and places in one state, the one of today or the latest first."""
        rows = self._groups[self._key(body)]
        return sorted(rows, key=lambda row: (_end(row), _begin(row), row.code), reverse=True)

    def label(self, body: Body) -> str:
        """Return the English name of a row, else of another row of the body where the row's own name is foreign."""
        if body.english or not body.foreign:
            return body.label
        return next((row.label for row in self.group(body) if row.english), body.label)

    def _key(self, body: Body) -> tuple[str, object]:
        if not body.group or not body.state or body.kinds[0] in {"CY", "CYP"}:
            return body.code, None  # a state, or a body of which nothing is known, is alone
        return body.group, self._meaning(self.state(body))

    def _meaning(self, state: str) -> object:
        """Return what a state code stands for, the same for the codes of one state."""
        party = self._parties.get(state)
        return (party.iso2, party.former, party.body) if party else state

    def _ends_of_states(self) -> Mapping[object, date | None]:
        """Return the last day of each state, None for one that goes on under one of its codes."""
        ends: dict[object, date | None] = {}
        for code in self._parties:
            if code in self.by_code:
                ended = self.by_code[code].ended
                meaning, day = self._meaning(code), ended.latest if ended else None
                before = ends.get(meaning, date.min)
                ends[meaning] = max(before, day) if before and day else None
        return ends


def language(body: Body) -> str:
    """Return the language of a native name by its script and its state; `und` where they do not tell."""
    if re.search(r"[぀-ヿ]", body.native) or (body.state == "J" and re.search(r"[一-鿿]", body.native)):
        return "ja"
    if re.search(r"[가-힣]", body.native):
        return "ko"
    tongue, letters = _CYRILLIC.get(body.state, ("und", "(?!)"))
    return tongue if re.search(letters, body.native) else "und"


def _end(body: Body) -> date:
    return body.ended.latest if body.ended else date.max


def _begin(body: Body) -> date:
    return body.begun.latest if body.begun else date.min
