"""Posted RDF: a body as it came, and the triples in it; read in processes of their own, by the engine alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import HTTP
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.errors import TurtleError
from graph.request_errors import BadRequest
from service.formats import GRAPHS, rdf_format
from service.rdf_faults import Place, find_fault, find_flaw, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

MULTIPART: Final = "multipart/form-data"
"""Type of a body that holds several."""

_DTD: Final = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_ENGINE_PLACE: Final = re.compile(r"^Parser error (?:at|between) (?:line|lines)? ?\d+[^:]*: ")
_IN_OUR_WORDS: Final = {
    "No LoadDocumentCallback": "contexts are not fetched: write what @context names, or @import takes, into the "
    "document itself",
    "Named graphs are not allowed": "a named graph is not taken here, where one graph is sent: name it by ?graph= and "
    "send its triples alone, or send quads as a patch (PATCH) or by INSERT DATA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A body of RDF as it came.

    Attributes:
        content: its bytes.
        content_type: the header; a type of `service.formats.GRAPHS`, or several bodies as multipart/form-data.
        base_iri: against which relative IRIs in it are read.
    """

    content: bytes
    content_type: str
    base_iri: str


def read_triples(posted: Posted) -> Iterator[ox.Triple]:
    """Yield the triples of a body, of all its parts where it has several; their blank nodes get names of their own."""
    if not posted.content_type.lower().startswith(MULTIPART):
        yield from _read(posted.content, posted.content_type, posted.base_iri)
        return
    for number, part in enumerate(_parts(posted), 1):
        name = part.get_filename() or part.get_param("name", header="content-disposition")
        called = f"part {number}{f' ({name})' if name else ''}"
        content = part.get_payload(decode=True)
        if part.is_multipart() or not isinstance(content, bytes):
            text = f"{called} is of type {part.get_content_type()}, with parts of its own: send these beside the others"
            raise BadRequest(text)
        if part.defects:
            text = f"{called} is broken in its header lines or its transfer encoding: put an empty line behind the "
            text += "header lines, and send what follows as it is"
            raise BadRequest(text)
        yield from _read(content, str(part.get("content-type", "")), posted.base_iri, part=called)


def _parts(posted: Posted) -> list[EmailMessage]:
    """Return the parts of a body that has several (RFC 2046, 5.1.1).

    Raises:
        BadRequest: it has none, or holds what would be passed over: a part cut off on its way, or text beside them.
    """
    head = f"Content-Type: {posted.content_type}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + posted.content, policy=HTTP)
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    if not parts:
        text = "the body is not multipart/form-data: it has no parts behind the boundary that Content-Type names"
        raise BadRequest(text)
    if message.defects:
        end = f"--{message.get_boundary()}--"
        text = f"the body does not end with the line {end}, as one that was cut off: send all of it, and that line"
        raise BadRequest(text)
    if (message.preamble or "").strip() or (message.epilogue or "").strip():
        text = (
            "something stands before the first part or behind the last, which would be passed over: put all into parts"
        )
        raise BadRequest(text)
    return parts


def _read(content: bytes, content_type: str, base_iri: str, *, part: str | None = None) -> Iterator[ox.Triple]:
    """Yield the triples of one document.

    Raises:
        TurtleError: it cannot be read, or holds named graphs.
        BadRequest: its type is no type of RDF.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    found = next((each for each in GRAPHS if each.answers_to(media_type)), None)
    if found is None:
        known = ", ".join(each.media_type for each in GRAPHS)
        message = f"{part or 'the body'} is of type {media_type or 'none'}: choose one of {known}"
        raise BadRequest(message)
    # The engine expands entities without limit (measured: 569 bytes became 1 GB), and takes a DTD anywhere.
    if found.name == "rdfxml" and (dtd := _DTD.search(content)):
        message = "a document type declaration is not taken: write what its entities stand for"
        place = place_at(content, dtd.start())
        raise TurtleError(message, part=part, line=place.line, column=place.column)
    syntax = rdf_format(found)
    try:
        quads = ox.parse(content, format=syntax, base_iri=base_iri, without_named_graphs=True, rename_blank_nodes=True)
        yield from (quad.triple for quad in quads)
    except SyntaxError as fault:
        if fault.lineno is None or fault.offset is None:
            place = find_fault(content, syntax, base_iri=base_iri)
        else:
            place = Place(fault.lineno, fault.offset)
        raise TurtleError(_told(fault.msg), part=part, line=place.line, column=place.column) from fault
    # The engine takes what ends too early, a file cut off on its way.
    if found.name == "rdfxml" and (flaw := find_flaw(content)):
        raise TurtleError(flaw.reason, part=part, line=flaw.place.line, column=flaw.place.column)


def _told(message: str) -> str:
    """Return what the engine says of a fault, without the place and in our words where its own tell nobody anything."""
    ours = (text for words, text in _IN_OUR_WORDS.items() if message.startswith(words))
    return next(ours, _ENGINE_PLACE.sub("", message))
