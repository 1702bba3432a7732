"""`/store`: whole graphs, by the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by `?graph=` or `?default`, or it is the address itself, below `/store/`.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import parse_qsl

import pyoxigraph as ox
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from graph.query_errors import NotAcceptable
from graph.request_errors import BadRequest
from graph.write_errors import GraphUnknown
from service.addresses import base_iri, request_iri, stored_base
from service.answering import key_of_graph
from service.calls import Call
from service.deps import Running, RunningDep, version_of
from service.formats import GRAPHS
from service.incoming import BODY_OF_RDF, read_rdf
from service.jobs import Job
from service.negotiation import choose, choose_coding
from service.parameters import read_pairs, read_version_parameter, refuse_unknown
from service.problems import described
from service.replies import reply
from service.sparql_api import COMMIT_PARAMETERS, VERSION_PARAMETER
from service.write_process import GraphWrite
from service.writing import (
    PROBLEMS,
    PROBLEMS_OF_BODIES,
    authorised,
    headers_of,
    notes_of,
    status_of_graph,
    write,
)

if TYPE_CHECKING:
    from graph.versions import Version
    from service.formats import Format
    from service.posted import Posted

router = APIRouter(tags=["Graph store"])

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
_OF_WRITING: Final = [*_PARAMETERS, *COMMIT_PARAMETERS]


_UNNAMED: Final = "No graph, or more than one, is named"
_OF_READS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The graph", "content": {each.media_type: {} for each in GRAPHS}},
    304: {"description": "The client has it already"},
    **described(
        {
            400: _UNNAMED,
            404: "There is no such graph, or no such version",
            406: "No format of the graph is acceptable; `available` lists them",
            410: "The version that `version` names is no longer kept; `nearest` names those that are",
            503: "The dataset is still being built, or others are before; Retry-After says when to come back",
            504: "It took longer than the time limit",
            507: "It needed more memory, or room, than it may have",
        }
    ),
}
_OF_WRITES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The graph would be new: a dry run has stored nothing"},
    201: {"description": "The graph is new"},
    204: {"description": "The graph was there before"},
    **described(PROBLEMS | PROBLEMS_OF_BODIES | {400: f"{_UNNAMED}; or the RDF cannot be read (with line and column)"}),
}
_OF_DROPS: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "The graph is gone, the default graph empty; ETag names the version"},
    **described(PROBLEMS | {400: _UNNAMED, 404: "There is no such graph"}),
}

Accept = Annotated[str, Header(description="media types with weights; the formats are those of the 200 answer")]


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
    call = Call(parts=parts, request=request, send=request._send, is_fixed=number is not None)  # noqa: SLF001  (Starlette has it nowhere else)
    return await _answered(call, graph, version, into)


@router.put("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.put(
    "/store",
    summary="Replace a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_WRITES,
    openapi_extra={"parameters": _OF_WRITING, **BODY_OF_RDF},
)
async def put_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.3: the graph holds what is sent and nothing else."""
    author = _author(request, parts)
    graph = _graph(request, parts)
    change = GraphWrite(graph=graph, action="replace", posted=await _posted(request, parts, graph))
    written = await write(request, parts, change, author=author)
    # No entity tag: what a GET gives is not, byte by byte, what was sent (RFC 9110, 9.3.4).
    return Response(status_code=status_of_graph(written), headers=notes_of(written))


@router.post("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.post(
    "/store",
    summary="Add to a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_WRITES,
    openapi_extra={"parameters": _OF_WRITING, **BODY_OF_RDF},
)
async def post_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.5: what is sent is added; where no graph is named, a new one is made."""
    author = _author(request, parts)
    headers = {}
    if _is_store(request) and not _named(request):
        graph = f"{stored_base(request.scope, parts.settings)}/store/{uuid.uuid4().hex}"
        headers["Location"] = graph
    else:
        graph = _graph(request, parts)
    change = GraphWrite(graph=graph, action="add", posted=await _posted(request, parts, graph))
    written = await write(request, parts, change, author=author)
    if written.dry_run:  # there is nothing at a new graph's address
        headers = {}
    return Response(status_code=status_of_graph(written), headers=headers_of(written) | headers)


@router.delete("/store/{name:path}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.delete(
    "/store",
    summary="Drop a graph",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_OF_DROPS,
    openapi_extra={"parameters": _OF_WRITING},
)
async def delete_graph(request: Request, parts: RunningDep) -> Response:
    """SPARQL 1.1 Graph Store Protocol, 5.4: the graph is gone; the default graph is left empty."""
    author = _author(request, parts)
    change = GraphWrite(graph=_graph(request, parts), action="drop")
    written = await write(request, parts, change, author=author)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers_of(written))


def _author(request: Request, parts: Running) -> str:
    """Return who writes, where the address says nothing that would be passed over."""
    author = authorised(request, parts)
    refuse_unknown(dict(read_pairs(request.scope["query_string"])), ("graph", "default"))
    return author


async def _answered(call: Call, graph: str, version: Version, into: Format) -> Response:
    coding = choose_coding(", ".join(call.request.headers.getlist("accept-encoding")))
    chosen = version.manifest.number if call.is_fixed else None
    job = Job(
        store=str(version.store),
        query="",
        graph=graph,
        graphs=into.name,
        version=chosen,
        is_published=version.manifest.kind == "published",
    )
    return await reply(call, key_of_graph(graph, version, into, coding), job)


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
        scope, settings = request.scope, parts.settings
        if request.method not in {"GET", "HEAD"} and stored_base(scope, settings) != base_iri(scope, settings):
            message = "the name of this host is not confirmed, so that no graph is named by this address: name it by "
            message += "/store?graph=IRI, or have the operator set COORBIT_PUBLIC_URL"
            raise BadRequest(message)
        return _checked(request_iri(scope, settings))
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
    base = graph or f"{stored_base(request.scope, parts.settings)}/store"
    return await read_rdf(request, parts.settings, base_iri=base)
