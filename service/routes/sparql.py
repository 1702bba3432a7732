"""`/sparql`: queries and updates by the SPARQL 1.1 Protocol.

It stands before FastAPI, not among its routes: their machinery costs more than a light query does. What they would tell
the API description stands in `service.sparql_api`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from graph.errors import CoorbitError
from graph.query_errors import ClientGone, NotAcceptable, QueryRefused
from service import answering, problems, writing
from service.addresses import client_address, endpoint_iri, site_path
from service.calls import CORS, Call
from service.deps import version_of
from service.description import Offer, describe
from service.formats import GRAPHS, HTML, SOLUTIONS
from service.incoming import DIRECT_QUERY, FORM, asked_by
from service.negotiation import choose, choose_coding
from service.prologue import form
from service.queries import CALLING_CHARACTERS, read, refuse_calls
from service.sending import is_known, send_kept, send_not_modified, send_stream
from service.short_path import remember

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from graph.versions import Version
    from service.cache import Key
    from service.deps import Running
    from service.formats import Format
    from service.parameters import Asked

_log = logging.getLogger(__name__)

PATHS: Final = frozenset({"/sparql", "/sparql/"})
METHODS: Final = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
_ALLOW: Final = ", ".join(METHODS)
_GONE: Final = 499  # what logs say, by custom, of a client that has left; nobody is told it
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": _ALLOW,
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Max-Age": "86400",
}
_MAY_CALL: Final = re.compile(r"service|\\u", re.IGNORECASE)


class _Wanted(NamedTuple):
    """What a client takes: a page rather than data, and the formats of both families."""

    page: bool
    solutions: Format | None
    graphs: Format | None


class SparqlEndpoint:
    """The endpoint as an ASGI application of its own."""

    def __init__(self, parts: Running) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and log it."""
        parts = self._parts
        call = Call(parts=parts, request=Request(scope, receive), send=send)
        try:
            await _answer(call)
        except ClientGone:
            call.entry["status"] = _GONE
        except Exception as error:
            call.entry["error"] = type(error).__name__
            if call.started:
                raise
            response = problems.response_to(error, call.query_id)
            call.entry["status"] = response.status_code
            if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
                _log.exception("query failed id=%s", call.query_id)
            await _reply(call, response)
        finally:
            call.log()


async def _answer(call: Call) -> None:
    request = call.request
    if request.method == "OPTIONS":
        headers = {"Allow": _ALLOW, "Accept-Query": f"{DIRECT_QUERY}, {FORM}", **_PREFLIGHT}
        return await _reply(call, Response(status_code=HTTPStatus.NO_CONTENT, headers=headers))
    if request.method not in METHODS:
        message = f"{request.method} is not a way to query: use {_ALLOW}"
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, message, headers={"Allow": _ALLOW})
    version = version_of(call.parts)
    asked = await asked_by(request, call.parts.settings)
    if asked.update is not None:
        call.entry.update(form="UPDATE", version=version.manifest.number)
        response = await writing.update(request, call.parts, asked)
        call.entry["version"] = int(response.headers["etag"].strip('"'))
        return await _reply(call, response)
    accept = ", ".join(request.headers.getlist("accept"))
    wanted = _wanted(accept, asked.format_name)
    if wanted.page and request.method in {"GET", "HEAD"}:
        page = site_path(request.scope, call.parts.settings) + _page(request)
        return await _reply(call, RedirectResponse(page, HTTPStatus.SEE_OTHER, headers={"Vary": "Accept"}))
    if asked.version is not None:
        version, call.is_fixed = version_of(call.parts, asked.version), True
    if asked.query is None:
        return await _reply(call, await asyncio.to_thread(_description, call, version, wanted.graphs))
    return await _query(call, asked, version, wanted)


async def _reply(call: Call, response: Response) -> None:
    if call.entry:
        call.entry["status"] = response.status_code
    timing = f"query;dur={call.milliseconds()}"
    response.headers.update({"Server-Timing": timing, "X-Query-Id": call.query_id, **CORS})
    call.started = True
    await response(call.request.scope, call.request.receive, call.send)


def _page(request: Request) -> str:
    return "/query" + (f"?{request.url.query}" if request.url.query else "")


def _description(call: Call, version: Version, into: Format | None) -> Response:
    """Describe the service, for a GET without a query."""
    if call.request.method not in {"GET", "HEAD"}:
        message = "send exactly one query or update: neither came"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message)
    if into is None:
        what = "the service description"
        raise NotAcceptable(what, [each.media_type for each in GRAPHS])
    endpoint = endpoint_iri(call.request.scope, call.parts.settings)
    offer = Offer(
        endpoint_iri=f"{endpoint}?version={version.manifest.number}" if call.is_fixed else endpoint,
        updates=not call.is_fixed and writing.is_on(call.parts),
        federation=bool(call.parts.settings.service_allow),
    )
    body = describe(version, call.parts.settings, offer=offer, into=into)
    return Response(body, headers={"Content-Type": into.content_type, "Vary": "Accept", "Cache-Control": "no-cache"})


async def _query(call: Call, asked: Asked, version: Version, wanted: _Wanted) -> None:
    """Answer a query: from the cache, whole where it fits the buffer, streamed where it does not."""
    request, parts = call.request, call.parts
    call.entry.update(version=version.manifest.number)
    coding = choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    accepted = answering.Accepted(solutions=wanted.solutions, graphs=wanted.graphs, coding=coding)
    key = answering.key_of(asked, accepted, version, endpoint_iri(request.scope, parts.settings))
    if (kept := parts.cache.get(key)) is not None:
        remember(call, version, key, kept)
        return await send_kept(call, kept, timing="cache;desc=hit")
    tags = request.headers.get("if-none-match", "") if request.method in {"GET", "HEAD"} else ""
    # `*` asks whether there is an answer at all, which is not known yet.
    if tags not in {"", "*"} and is_known(tags, key.etag()):
        return await send_not_modified(call, key.etag().encode())
    may_call, merge_quads = _may_call(parts, key), parts.settings.merge_quads
    job = answering.job_of(key, version, merge_quads=merge_quads, may_call=may_call, chosen=asked.version)
    if parts.settings.service_allow and not may_call:
        job = job._replace(callees=parts.settings.service_allow)
    client = client_address(request.scope, parts.settings)
    try:
        done = await answering.evaluate(parts, job, client=client, timeout_s=asked.timeout_s, gone=call.gone)
    except CoorbitError:
        call.entry["form"] = form(key.query)  # for the log: an answer would have told it
        raise
    try:
        if done.complete:
            kept = await answering.kept_answer(key, done)
            if kept.etag:
                parts.cache.put(key, kept)
            await send_kept(call, kept, timing=f"query;dur={call.milliseconds()}")
        else:
            await send_stream(call, done, coding)
    finally:
        done.close()


def _may_call(parts: Running, key: Key) -> bool:
    """Say whether a query calls other hosts, all of them allowed; one that is not is refused where it is evaluated."""
    allowed = parts.settings.service_allow
    if not allowed or len(key.query) > CALLING_CHARACTERS or not _MAY_CALL.search(key.query):
        return False
    reading = read(key.query, base=key.base_iri)
    with contextlib.suppress(QueryRefused):
        refuse_calls(reading, allowed)
        return bool(reading.services)
    return False


@lru_cache(maxsize=1024)
def _wanted(accept: str, name: str | None) -> _Wanted:
    page = choose((*SOLUTIONS, *GRAPHS, HTML), accept) is HTML and not name
    return _Wanted(page, _chosen(SOLUTIONS, name, accept), _chosen(GRAPHS, name, accept))


def _chosen(family: tuple[Format, ...], name: str | None, accept: str) -> Format | None:
    """Return the format that `format=` names, else the one that Accept likes best."""
    if name is None:
        return choose(family, accept)
    return next((each for each in family if name in {each.name, each.media_type}), None)
