"""`/store`: whole graphs, by the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by `?graph=` or `?default`, or it is the address itself, below `/store/`.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import parse_qsl

import pyoxigraph as ox
from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import Response

from graph.errors import BadRequest, GraphUnknown, NotAcceptable
from service import answering
from service.addresses import base_iri, client_address, request_iri
from service.cache import Key
from service.calls import Call
from service.deps import Running, RunningDep, version_of
from service.evaluation import Job
from service.formats import GRAPHS
from service.incoming import read_body, refuse_coding
from service.negotiation import choose, choose_coding
from service.parameters import read_version_parameter
from service.problems import MEDIA_TYPE
from service.sending import is_known, send_kept, send_not_modified, send_stream
from service.sparql_api import VERSION_PARAMETER
from service.write_process import MULTIPART, GraphWrite, Posted
from service.writing import authorised, headers_of, write

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from graph.versions import Version
    from service.formats import Format

router = APIRouter(tags=["Graph store"])

_TYPES: Final = (*(each.media_type for each in GRAPHS), MULTIPART)
_PARAMETERS: Final[list[dict[str, Any]]] = [
    {"name": "graph", "in": "query", "description": "IRI of a named graph", "schema": {"type": "string"}},
    {
        "name": "default",
        "in": "query",
        "description": "the default graph, instead of a named one",
        "allowEmptyValue": True,
        "schema": {"type": "string"},
    },
]
_BODY: Final = {"requestBody": {"required": True, "content": {each: {"schema": {"type": "string"}} for each in _TYPES}}}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    known = {
        400: "No graph, or more than one, is named; or the RDF cannot be read (with line and column)",
        401: "There is no token, or not a good one",
        403: "Writes are off, or the graph is one that follows from others or comes with the package",
        404: "There is no such graph, or no such version",
        406: "No format of the graph is acceptable; `available` lists them",
        410: "The version that `version` names is no longer kept; `nearest` names those that are",
        412: "`If-Match` names another version than the current one",
        413: "The body is larger than COORBIT_BODY_MB",
        415: "The body is not RDF, or not in UTF-8, or compressed",
        503: "The dataset is still being built, or others are writing; Retry-After says when to come back",
        504: "It took longer than the time limit; nothing was changed",
        507: "It needed more memory, or room, than it may have; nothing was changed",
    }
    return {each: {"description": known[each], "content": {MEDIA_TYPE: {}}} for each in statuses}


_OF_READS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The graph", "content": {each.media_type: {} for each in GRAPHS}},
    304: {"description": "The client has it already"},
    **_problems(400, 404, 406, 410, 503, 504, 507),
}
_OF_WRITES: Final = {
    201: {"description": "The graph is new"},
    204: {"description": "The graph was there before; ETag names the version"},
    **_problems(400, 401, 403, 412, 413, 415, 503, 504, 507),
}
_OF_DROPS: Final = {
    204: {"description": "The graph is gone, the default graph empty"},
    **_problems(400, 401, 403, 404, 412, 503, 504, 507),
}

Accept = Annotated[str, Header(description="media types with weights; the formats are those of the 200 answer")]


class _Sent(Response):
    """An answer that sends itself, once its status is sure."""

    def __init__(self, call: Call, send: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._call = call
        self._send = send

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self._call.send = send
        await self._send()


@router.head("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.head("/store", include_in_schema=False)
@router.get("/store/{name:path}", include_in_schema=False)
@router.get(
    "/store",
    summary="Read a graph",
    response_class=Response,
    responses=_OF_READS,
    openapi_extra={"parameters": [*_PARAMETERS, VERSION_PARAMETER]},
)
async def read_graph(request: Request, parts: RunningDep, accept: Accept = "*/*") -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.2 and 5.6: one graph as it is, in the format that the client likes best."""
    number = read_version_parameter(request.scope["query_string"])
    version = version_of(parts, number)
    graph = _graph(request, parts)
    if graph and graph not in version.manifest.graphs:
        raise GraphUnknown(graph)
    into = choose(GRAPHS, ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "a graph"
        raise NotAcceptable(what, [each.media_type for each in GRAPHS])
    call = Call(parts=parts, request=request, send=request._send, is_fixed=number is not None)  # noqa: SLF001
    return await _answered(call, graph, version, into)


@router.put("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.put(
    "/store",
    summary="Replace a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_WRITES,
    openapi_extra={"parameters": _PARAMETERS, **_BODY},
)
async def put_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.3: the graph holds what is sent and nothing else."""
    author = authorised(request, parts)
    graph = _graph(request, parts)
    change = GraphWrite(graph=graph, action="replace", posted=await _posted(request, parts, graph))
    written = await write(request, parts, change, author=author)
    # No entity tag: what a GET gives is not, byte by byte, what was sent (RFC 9110, 9.3.4).
    return Response(status_code=HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT)


@router.post("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.post(
    "/store",
    summary="Add to a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_WRITES,
    openapi_extra={"parameters": _PARAMETERS, **_BODY},
)
async def post_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.5: what is sent is added; where no graph is named, a new one is made."""
    author = authorised(request, parts)
    headers = {}
    if _is_store(request) and not _named(request):
        graph = f"{base_iri(request.scope, parts.settings)}/store/{uuid.uuid4().hex}"
        headers["Location"] = graph
    else:
        graph = _graph(request, parts)
    change = GraphWrite(graph=graph, action="add", posted=await _posted(request, parts, graph))
    written = await write(request, parts, change, author=author)
    status = HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT
    return Response(status_code=status, headers=headers_of(written) | headers)


@router.delete("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.delete(
    "/store",
    summary="Drop a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_DROPS,
    openapi_extra={"parameters": _PARAMETERS},
)
async def delete_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.4: the graph is gone; the default graph is left empty."""
    author = authorised(request, parts)
    change = GraphWrite(graph=_graph(request, parts), action="drop")
    written = await write(request, parts, change, author=author)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers_of(written))


async def _answered(call: Call, graph: str, version: Version, into: Format) -> Response:
    """Answer with a graph: from the cache, whole where it fits the buffer, streamed where it does not."""
    request, parts = call.request, call.parts
    coding = choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    key = _key(graph, version, into, coding)
    if (kept := parts.cache.get(key)) is not None:
        return _Sent(call, lambda: send_kept(call, kept, timing="cache;desc=hit"))
    if is_known(request.headers.get("if-none-match", ""), key.etag()):
        return _Sent(call, lambda: send_not_modified(call, key.etag().encode()))
    chosen = version.manifest.number if call.is_fixed else None
    job = Job(store=str(version.store), query="", graph=graph, graphs=into.name, version=chosen)
    client = client_address(request.scope, parts.settings)
    done = await answering.evaluate(parts, job, client=client, gone=call.gone)
    if not done.complete:

        async def stream() -> None:
            try:
                await send_stream(call, done, coding)
            finally:
                done.close()

        return _Sent(call, stream)
    try:
        answer = await answering.kept_answer(key, done)
    finally:
        done.close()
    parts.cache.put(key, answer)
    return _Sent(call, lambda: send_kept(call, answer, timing=f"query;dur={call.milliseconds()}"))


def _key(graph: str, version: Version, into: Format, coding: str) -> Key:
    """Return what a graph's answer depends on; its text is no query, so that it is never taken for one's answer."""
    return Key(
        version=version.manifest.number,
        dataset=answering.dataset_of(version),
        software=answering.SOFTWARE,
        query=f"GET <{graph}>",
        base_iri="",
        default_graphs=(),
        named_graphs=None,
        solutions=None,
        graphs=into.name,
        coding=coding,
    )


def _is_store(request: Request) -> bool:
    """Say whether a request is for the store itself and not for a graph below it."""
    return str(request.scope["path"]).rstrip("/") == "/store"


def _named(request: Request) -> list[tuple[str, str]]:
    """Return the parameters that name a graph."""
    try:
        pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="strict")
    except ValueError as fault:
        message = "a parameter is not UTF-8: encode the IRI as UTF-8 before percent-encoding it"
        raise BadRequest(message) from fault
    return [(name, value) for name, value in pairs if name in {"graph", "default"}]


def _graph(request: Request, parts: Running) -> str:
    """Return the IRI of the graph that a request names; empty for the default graph.

    Raises:
        BadRequest: it names none or several, or no absolute IRI.
    """
    named = _named(request)
    if not _is_store(request):
        if named:
            message = "the address names a graph already: leave out ?graph= and ?default, or ask /store"
            raise BadRequest(message)
        return _checked(request_iri(request.scope, parts.settings))
    if len(named) != 1 or (named[0][0] == "default" and named[0][1]):
        message = "name one graph: /store?graph=IRI (percent-encoded), or /store?default"
        raise BadRequest(message)
    return "" if named[0][0] == "default" else _checked(named[0][1])


def _checked(iri: str) -> str:
    try:
        return ox.NamedNode(iri).value
    except ValueError as fault:
        message = f"<{iri}> is no absolute IRI: name the graph by its whole IRI (Graph Store Protocol, 4.2)"
        raise BadRequest(message) from fault


async def _posted(request: Request, parts: Running, graph: str) -> Posted:
    """Read the body of a request.

    Raises:
        HTTPException: 415, for what is not RDF in UTF-8 as it is; 413, for one that is too large.
    """
    content_type = request.headers.get("content-type", "")
    media_type, _, parameters = content_type.lower().partition(";")
    media_type = media_type.strip()
    if media_type != MULTIPART and not any(each.answers_to(media_type) for each in GRAPHS):
        message = f"send a graph as one of {', '.join(_TYPES)}, not as {media_type or 'a body without a type'}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept": ", ".join(_TYPES)})
    refuse_coding(request, parameters)
    content = await read_body(request, limit=parts.settings.body_mb * 1_000_000)
    base = graph or f"{base_iri(request.scope, parts.settings)}/store"
    return Posted(content=bytes(content), content_type=content_type, base_iri=base)
