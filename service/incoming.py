"""What arrives at the endpoint: media type, character set, size and parameters of a request."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import HTTPException
from starlette.requests import ClientDisconnect

from graph.query_errors import ClientGone
from service.formats import GRAPHS
from service.parameters import Asked, read_parameters
from service.posted import MULTIPART, Posted

if TYPE_CHECKING:
    from fastapi import Request

    from service.settings import Settings

FORM: Final = "application/x-www-form-urlencoded"
DIRECT_QUERY: Final = "application/sparql-query"
DIRECT_UPDATE: Final = "application/sparql-update"
RDF_TYPES: Final = (*(each.media_type for each in GRAPHS), MULTIPART)
"""How a graph may be sent."""
BODY_OF_RDF: Final = {
    "requestBody": {"required": True, "content": {each: {"schema": {"type": "string"}} for each in RDF_TYPES}}
}
"""The same for the description of the interface."""
_FORM_BYTES: Final = 2_000_000  # decoding takes forty times as much memory
_INLINE_BYTES: Final = 256 * 1024  # a longer text is read in a thread, so that others are answered meanwhile


async def asked_by(request: Request, settings: Settings) -> Asked:
    """Read what a request asks for (SPARQL 1.1 Protocol, 2.1 and 2.2).

    Raises:
        HTTPException: 413, 414 or 415 for what cannot be taken.
        BadRequest: what cannot be read.
    """
    raw: bytes = request.scope["query_string"]
    if len(raw) > settings.url_kb * 1000:
        message = f"the address is longer than {settings.url_kb} kB: send the query by POST"
        raise HTTPException(HTTPStatus.REQUEST_URI_TOO_LONG, message)
    url = raw.decode("latin-1")
    if request.method in {"GET", "HEAD"}:
        asked = read_parameters(url)
        if asked.update is not None:
            message = "an update comes by POST, never by GET (SPARQL 1.1 Protocol, 2.2)"
            raise HTTPException(HTTPStatus.BAD_REQUEST, message)
        return asked
    media_type = _media_type(request)
    limit = settings.body_mb * 1_000_000
    is_form = media_type == FORM and limit > _FORM_BYTES
    text = await _text(request, limit=_FORM_BYTES if is_form else limit, is_form=is_form)
    if media_type == DIRECT_QUERY:
        return read_parameters(url, query=text)
    if media_type == DIRECT_UPDATE:
        return read_parameters(url, update=text)
    joined = "&".join(part for part in (url, text) if part)
    inline = len(joined) <= _INLINE_BYTES
    asked = read_parameters(joined) if inline else await asyncio.to_thread(read_parameters, joined)
    if asked.update is not None and request.method == "QUERY":
        message = "an update comes by POST, never by QUERY, which changes nothing"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message)
    return asked


def _media_type(request: Request) -> str:
    """Return the type of the body.

    Raises:
        HTTPException: 415, for a type, a character set or a coding that is not taken.
    """
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    known = [FORM, DIRECT_QUERY] if request.method == "QUERY" else [FORM, DIRECT_QUERY, DIRECT_UPDATE]
    if media_type not in known:
        message = f"send a body as {' or '.join(known)}, not as {media_type or 'a body without a type'}"
        headers = {"Accept": ", ".join(known), "Accept-Query": f"{DIRECT_QUERY}, {FORM}"}
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers=headers)
    refuse_coding(request, parameters)
    return media_type


def refuse_coding(request: Request, parameters: str) -> None:
    """Refuse a body that is not UTF-8 text as it is.

    Args:
        request: that brings it.
        parameters: of its media type, in lower case.

    Raises:
        HTTPException: 415, for a character set or a content coding.
    """
    for parameter in parameters.split(";"):
        name, _, charset = parameter.partition("=")
        if name.strip() == "charset" and charset.strip(' \t"') not in {"utf-8", "utf8", "us-ascii"}:
            message = f"send the body in UTF-8, not in {charset.strip()}"
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    if coding := request.headers.get("content-encoding"):
        message = f"send the body as it is, not compressed by {coding}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept-Encoding": "identity"})


async def read_rdf(request: Request, settings: Settings, *, base_iri: str) -> Posted:
    """Read a body of RDF as it comes; what it says is read in another process.

    Raises:
        HTTPException: 415, for what is not RDF in UTF-8 as it is; 413, for one that is too large.
    """
    content_type = request.headers.get("content-type", "")
    media_type, _, parameters = content_type.lower().partition(";")
    media_type = media_type.strip()
    if media_type != MULTIPART and not any(each.answers_to(media_type) for each in GRAPHS):
        message = f"send a graph as one of {', '.join(RDF_TYPES)}, not as {media_type or 'a body without a type'}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept": ", ".join(RDF_TYPES)})
    refuse_coding(request, parameters)
    content = await read_body(request, limit=settings.body_mb * 1_000_000)
    return Posted(content=bytes(content), content_type=content_type, base_iri=base_iri)


async def read_body(request: Request, *, limit: int, is_form: bool = False) -> bytearray:
    """Read a body; one that is announced as too large is not read at all.

    Raises:
        HTTPException: 413 past the limit in bytes.
        ClientGone: it will not come.
    """
    announced = request.headers.get("content-length", "")
    chunks = bytearray()
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit, is_form=is_form)
    try:
        async for chunk in request.stream():
            chunks += chunk
            if len(chunks) > limit:
                raise _too_large(limit, is_form=is_form)
    except ClientDisconnect as fault:
        message = "the client has left before its request was all there"
        raise ClientGone(message) from fault
    return chunks


def _too_large(limit: int, *, is_form: bool) -> HTTPException:
    if is_form:
        message = f"the form is larger than {limit} bytes: send the text alone, as {DIRECT_QUERY} or {DIRECT_UPDATE}"
    else:
        message = f"the body is larger than {limit} bytes, and nothing of it was taken: send it in smaller parts; the "
        message += "operator of the service sets the limit (COORBIT_BODY_MB)"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


async def _text(request: Request, *, limit: int, is_form: bool) -> str:
    """Read the body as UTF-8.

    Raises:
        HTTPException: 413 past the limit in bytes, 400 where it is not UTF-8.
    """
    chunks = await read_body(request, limit=limit, is_form=is_form)
    try:
        return chunks.decode()
    except UnicodeDecodeError as fault:
        message = f"the body is not UTF-8 at byte {fault.start}"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message) from fault
