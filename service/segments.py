"""The parts of an update that have a prologue each (SPARQL 1.1 Update, grammar rule Update).

The engine takes declarations in front of the first operation alone, so each part becomes an update of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from service.lexer import SPACE
from service.prologue import declarations_end, read_prologue
from service.scanner import scan
from service.updates import between_semicolons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LATER: Final = re.compile(rf";{SPACE}(?i:PREFIX|BASE|VERSION)")
_CHARACTER: Final = re.compile(r"[^\n\r]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Operations under one prologue.

    Attributes:
        text: of them, the prologue in front.
        base_iri: in force before it.
        prefixes: that are known before it.
        start: where the text begins in the whole update.
    """

    text: str
    base_iri: str
    prefixes: dict[str, str]
    start: int = 0

    def in_place(self, update: str) -> str:
        """Return the text at the line and column where it stands in the whole update."""
        return _CHARACTER.sub(" ", update[: self.start]) + self.text


def segments(update: str, *, base_iri: str, prefixes: Mapping[str, str]) -> Iterator[Segment]:
    """Yield the parts of an update in order; where its text leaves a doubt, the whole.

    Args:
        update: the text.
        base_iri: against which relative IRIs are read.
        prefixes: that need no declaration.
    """
    base, known = base_iri, dict(prefixes)
    for start, end in pairwise([0, *_later_prologues(update), len(update)]):
        text = update[start:end]
        yield Segment(text=text, base_iri=base, prefixes=known, start=start)
        prologue = read_prologue(text, base=base, known=known)
        base, known = prologue.base, known | prologue.declared


def _later_prologues(update: str) -> list[int]:
    """Return the offsets where a prologue begins behind an operation."""
    if _LATER.search(update) is None or (found := scan(update)).others:
        return []
    later = [run[0].start for run in list(between_semicolons(found))[1:] if run]
    return [start for start in later if declarations_end(update, start) > start]
