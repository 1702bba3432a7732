"""The formats in which answers leave the service: one table.

Negotiation, the command line and the API description all read it, so that what is promised is what is served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import pyoxigraph as ox

_Named = TypeVar("_Named")
_W3C: Final = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of an answer.

    Attributes:
        name: as `--format` takes it; unique within its family.
        media_type: as `Accept` names it, without parameters; the engine knows the format by it too.
        content_type: as `Content-Type` gives it.
        iri: as W3C's list of unique URIs for file formats names it; empty where that list lacks it.
        aliases: other media types that ask for it.
        row_marker: bytes that come once a row in it; empty where rows cannot be counted.
        rows_beyond: what to add to the number of markers to get that of rows.
    """

    name: str
    media_type: str
    content_type: str
    iri: str = ""
    aliases: tuple[str, ...] = ()
    row_marker: bytes = b""
    rows_beyond: int = 0

    def answers_to(self, media_type: str) -> bool:
        """Say whether a media type, without parameters and in lower case, asks for this format."""
        return media_type == self.media_type or media_type in self.aliases


def _text(media_type: str) -> str:
    return f"{media_type}; charset=utf-8"


SOLUTIONS: Final = (
    Format(
        name="json",
        media_type="application/sparql-results+json",
        content_type="application/sparql-results+json",
        iri=_W3C + "SPARQL_Results_JSON",
        row_marker=b'}},{"',
        rows_beyond=1,
        aliases=("application/json",),
    ),
    Format(
        name="xml",
        media_type="application/sparql-results+xml",
        content_type=_text("application/sparql-results+xml"),
        iri=_W3C + "SPARQL_Results_XML",
        row_marker=b"<result>",
        aliases=("application/xml", "text/xml"),
    ),
    Format(
        name="csv",
        media_type="text/csv",
        content_type="text/csv; charset=utf-8; header=present",
        iri=_W3C + "SPARQL_Results_CSV",
    ),
    Format(
        name="tsv",
        media_type="text/tab-separated-values",
        content_type=_text("text/tab-separated-values"),
        iri=_W3C + "SPARQL_Results_TSV",
        row_marker=b"\n",
        rows_beyond=-1,
    ),
)
"""Formats of SELECT and ASK, the preferred one first."""

GRAPHS: Final = (
    Format(
        name="turtle",
        media_type="text/turtle",
        content_type=_text("text/turtle"),
        iri=_W3C + "Turtle",
        aliases=("application/x-turtle",),
    ),
    Format(
        name="ntriples",
        media_type="application/n-triples",
        content_type=_text("application/n-triples"),
        iri=_W3C + "N-Triples",
        aliases=("text/plain",),
    ),
    Format(
        name="rdfxml",
        media_type="application/rdf+xml",
        content_type=_text("application/rdf+xml"),
        iri=_W3C + "RDF_XML",
        aliases=("application/xml", "text/xml"),
    ),
    Format(
        name="jsonld",
        media_type="application/ld+json",
        content_type="application/ld+json",
        iri=_W3C + "JSON-LD",
        aliases=("application/json",),
    ),
    Format(
        name="trig",
        media_type="application/trig",
        content_type=_text("application/trig"),
        iri=_W3C + "TriG",
        aliases=("application/x-trig",),
    ),
    Format(
        name="nquads",
        media_type="application/n-quads",
        content_type=_text("application/n-quads"),
        iri=_W3C + "N-Quads",
    ),
)
"""Formats of CONSTRUCT and DESCRIBE, the preferred one first."""

HTML: Final = Format(name="html", media_type="text/html", content_type=_text("text/html"))
"""A page for people; never an answer of the engine."""

JSON: Final = Format(name="json", media_type="application/json", content_type="application/json")
"""A list for programs, such as that of the releases; answers of the engine are `SOLUTIONS` and `GRAPHS`."""


def rdf_format(wanted: Format) -> ox.RdfFormat:
    """Return the engine's name of a format of `GRAPHS`."""
    return _known(ox.RdfFormat.from_media_type(wanted.media_type), wanted)


def results_format(wanted: Format) -> ox.QueryResultsFormat:
    """Return the engine's name of a format of `SOLUTIONS`."""
    return _known(ox.QueryResultsFormat.from_media_type(wanted.media_type), wanted)


def _known(found: _Named | None, wanted: Format) -> _Named:
    if found is None:
        message = f"the engine writes no {wanted.media_type}"
        raise ValueError(message)
    return found


PATCH: Final = Format(
    name="patch",
    media_type="application/rdf-patch",
    content_type=_text("application/rdf-patch"),
    aliases=("text/plain",),
)
"""What differs between two versions, row by row."""

COUNTS: Final = Format(name="counts", media_type="application/json", content_type="application/json")
"""The same as counts."""

PROBLEM: Final = Format(name="problem", media_type="application/problem+json", content_type="application/problem+json")
"""What is wrong, where it is wrong (RFC 9457)."""

BY_NAME: Final = {each.name: each for each in (*SOLUTIONS, *GRAPHS)}
"""What the engine writes, as `format=` and `--format` take it."""

SENT: Final = BY_NAME | {each.name: each for each in (HTML, PATCH, COUNTS)}
"""What comes from a query process: the same, pages, and differences of versions."""

BY_EXTENSION: Final = {rdf_format(each).file_extension: each for each in GRAPHS} | {"html": HTML}
"""What an address of linked data ends in, without the dot, where it names its format."""

TURTLE: Final = GRAPHS[0]
TRIG: Final = GRAPHS[4]
