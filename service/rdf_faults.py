"""Where a text of RDF is broken, when the engine does not say: what is sound XML or JSON and no RDF has no place there.

The text is read again in pieces: the engine asks for the next one only when it can do no more with those that it has,
so that the fault lies in the last. Of that one, read byte by byte, it is the byte after which no more is asked for.
"""

from __future__ import annotations

import contextlib
import re
from typing import IO, Final, NamedTuple, cast
from xml.parsers import expat

import pyoxigraph as ox

_PIECE: Final = 2048
_SPACE: Final = re.compile(rb"\s*")


class Place(NamedTuple):
    """A place in a text, from 1; columns count characters."""

    line: int
    column: int


class Flaw(NamedTuple):
    """Where a document ends to be XML, why, and the number of bytes before that."""

    place: Place
    reason: str
    offset: int


class _Pieces:
    """A text as a file that gives little at a time, and counts what it has given.

    Args:
        content: the text.
        fine: from which byte on it is given byte by byte.
    """

    def __init__(self, content: bytes, *, fine: int) -> None:
        self._content = content
        self._fine = fine
        self.given = 0
        self.last = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, of at most `size` bytes."""
        most = min(_PIECE, size if size > 0 else _PIECE)
        piece = self._content[self.given : self.given + max(1, min(most, self._fine - self.given))]
        self.given += len(piece)
        self.last = len(piece)
        return piece


def find_fault(content: bytes, syntax: ox.RdfFormat, *, base_iri: str) -> Place:
    """Return where a text is broken that the engine refuses as one graph without telling where.

    In XML that is where the tag or the text begins that it refused; in JSON the end of the object, whose keys have no
    order; else the end of the term.

    Args:
        content: the text.
        syntax: in which it is read.
        base_iri: against which its relative IRIs are read.
    """
    coarse = _Pieces(content, fine=len(content))
    _read(coarse, syntax, base_iri)
    fine = _Pieces(content, fine=coarse.given - coarse.last)
    _read(fine, syntax, base_iri)
    end = max(fine.given - 1, 0)
    if syntax != ox.RdfFormat.RDF_XML:
        return place_at(content, end)
    flaw = find_flaw(content)
    if flaw is not None and flaw.offset <= end:
        return flaw.place
    if content[end : end + 1] != b"<":
        return place_at(content, max(content.rfind(b"<", 0, end), 0))
    begin = _SPACE.match(content, content.rfind(b">", 0, end) + 1)  # of the text before this tag
    return place_at(content, begin.end() if begin else end)


def find_flaw(content: bytes) -> Flaw | None:
    """Return where a document ends to be XML, which the engine does not say; None where it is XML throughout."""
    # UTF-8 as the engine: in another encoding a document type declaration would not have been seen.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    try:
        parser.Parse(content, True)  # noqa: FBT003  (takes no keywords)
    except expat.ExpatError as fault:
        place = Place(fault.lineno, fault.offset + 1)
        return Flaw(place, expat.ErrorString(fault.code), parser.ErrorByteIndex)
    return None


def place_at(content: bytes, offset: int) -> Place:
    """Return the place of a byte of a text, by its number from 0."""
    before = content[:offset]
    line = before.rpartition(b"\n")[2]
    return Place(before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1)


def _read(pieces: _Pieces, syntax: ox.RdfFormat, base_iri: str) -> None:
    """Read as far as the engine can."""
    with contextlib.suppress(SyntaxError):
        for _ in ox.parse(cast("IO[bytes]", pieces), format=syntax, base_iri=base_iri, without_named_graphs=True):
            pass
