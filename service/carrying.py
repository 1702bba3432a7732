"""What a format cannot carry: the engine writes it all the same, as XML that no parser takes, or breaks off.

XML has no control characters, a property in RDF/XML ends in an XML name, and the engine's JSON-LD has no triple terms.
A carriage return can stand in XML as a reference alone: written as it is, a reader takes it for a line feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.query_errors import NotAcceptable
from service.formats import BY_NAME, GRAPHS, SOLUTIONS, Format

if TYPE_CHECKING:
    from service.jobs import Output

_XML: Final = frozenset({BY_NAME["xml"], BY_NAME["rdfxml"]})
_NO_NAME: Final = b"<oxprefix: "  # how the engine begins a property whose IRI ends in no name; elsewhere `<` is escaped
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_LAP: Final = len(_NO_NAME) - 1


def carried(output: Output, into: Format) -> Output:
    """Return what to write an answer to, so that nothing leaves that its format cannot carry."""
    return _Xml(output, into) if into in _XML else output


def cannot_carry(into: Format, what: str) -> NotAcceptable:
    """Return what to tell where an answer holds what its format cannot carry."""
    family = GRAPHS if into in GRAPHS else SOLUTIONS
    others = [each.media_type for each in family if each is not into]
    return NotAcceptable(f"{what}, which {into.media_type} cannot carry: this", others)


class _Xml:
    """XML on its way: it is well-formed, or broken off."""

    def __init__(self, output: Output, into: Format) -> None:
        self._output = output
        self._into = into
        self._end = b""

    def write(self, data: bytes, /) -> int:
        """Pass some bytes on.

        Raises:
            NotAcceptable: they make no XML.
        """
        lap = self._end + data
        # A tenth of the engine's own time; a regular expression takes more than that.
        if _NO_NAME in lap:
            raise cannot_carry(self._into, "a property of the answer ends in no name")
        if len(data.translate(None, _CONTROLS)) < len(data) or any(each in lap for each in _NO_CHARACTERS):
            raise cannot_carry(self._into, "the answer holds a control character")
        self._end = lap[-_LAP:]
        self._output.write(data.replace(b"\r", b"&#13;") if b"\r" in data else data)
        return len(data)

    def flush(self) -> None:
        """Pass on what was taken."""
        self._output.flush()
