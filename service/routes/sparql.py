"""`/sparql`: queries by the SPARQL 1.1 Protocol."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from service.deps import Running, RunningDep, VersionDep
from service.evaluation import Job
from service.formats import GRAPHS, HTML, SOLUTIONS
from service.negotiation import choose
from service.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from graph.versions import Version

router = APIRouter(tags=["SPARQL"])

_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_UNREAD: Final = frozenset({"default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri"})

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {}}}
    for status, description in (
        (400, "The query is not SPARQL (with line, column, token and what was expected), or not exactly one was sent"),
        (403, "The query asks for what this endpoint never does, such as SERVICE"),
        (406, "No format of the answer is acceptable; `available` lists them"),
        (413, "The body is larger than COORBIT_BODY_MB"),
        (415, "The body is neither a form nor a query"),
        (503, "The dataset is still being built"),
        (504, "The query ran past the time limit"),
    )
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "SELECT and ASK as SPARQL results, CONSTRUCT and DESCRIBE as RDF",
        "content": {each.media_type: {} for each in (*SOLUTIONS, *GRAPHS)},
    },
    **_PROBLEMS,
}
_QUERY_PARAMETER: Final = {
    "name": "query",
    "in": "query",
    "required": True,
    "description": "one SPARQL query; the dataset's own prefixes need no PREFIX line",
    "schema": {"type": "string"},
    "example": "SELECT ?state ?name WHERE { ?state a coo:State ; rdfs:label ?name } ORDER BY ?name LIMIT 5",
}
_BODY: Final = {
    "required": True,
    "content": {
        _FORM: {"schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}},
        _DIRECT: {"schema": {"type": "string"}},
    },
}

Accept = Annotated[str, Header(description="media types with weights; the formats are those of the 200 answer")]


@router.head("/sparql", include_in_schema=False)
@router.get(
    "/sparql",
    summary="Answer a query from the URL",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"parameters": [_QUERY_PARAMETER]},
)
async def query_by_get(request: Request, parts: RunningDep, version: VersionDep, accept: Accept = "*/*") -> Response:
    """SPARQL 1.1 Protocol, 2.1.1: query via GET. A browser is sent to the query page."""
    accept = _accept(request, accept)
    if choose((*SOLUTIONS, *GRAPHS, HTML), accept) is HTML:
        return RedirectResponse(f"/query?{request.url.query}", HTTPStatus.SEE_OTHER, headers={"Vary": "Accept"})
    return await _answer(request.url.query, parts, version, accept)


@router.post(
    "/sparql",
    summary="Answer a query from the body",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"requestBody": _BODY},
)
async def query_by_post(request: Request, parts: RunningDep, version: VersionDep, accept: Accept = "*/*") -> Response:
    """SPARQL 1.1 Protocol, 2.1.2 and 2.1.3: query via POST, as a form or directly."""
    accept = _accept(request, accept)
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in {_FORM, _DIRECT}:
        message = f"send the query as {_FORM} or as {_DIRECT}, not as {media_type or 'a body without a type'}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    text = await _body(request, limit=parts.settings.body_mb * 1_000_000)
    if media_type == _FORM:
        return await _answer("&".join(part for part in (request.url.query, text) if part), parts, version, accept)
    _queries(request.url.query, expected=0)
    return await _evaluate(text, parts, version, accept)


def _accept(request: Request, one: str) -> str:
    """Join Accept headers that came in several lines (RFC 9110, 5.3)."""
    return ", ".join(request.headers.getlist("accept")) or one


async def _body(request: Request, *, limit: int) -> str:
    """Read the body as UTF-8.

    Raises:
        HTTPException: 413 past the limit in bytes, 400 where it is not UTF-8.
    """
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            message = f"the body is larger than {limit} bytes: COORBIT_BODY_MB sets the limit"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
    try:
        return chunks.decode()
    except UnicodeDecodeError as fault:
        message = f"the body is not UTF-8 at byte {fault.start}"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message) from fault


async def _answer(parameters: str, parts: Running, version: Version, accept: str) -> Response:
    (query,) = _queries(parameters, expected=1)
    return await _evaluate(query, parts, version, accept)


def _queries(parameters: str, *, expected: int) -> list[str]:
    """Return the values of `query` among URL-encoded parameters.

    Raises:
        HTTPException: 400 where they are not as many as expected, or a parameter would change the dataset.
    """
    try:
        pairs = parse_qsl(parameters, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as fault:
        message = "a parameter is not UTF-8: encode the query as UTF-8 before percent-encoding it"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message) from fault
    if any(name == "update" for name, _ in pairs):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "this endpoint is read-only: updates are not taken")
    if unread := sorted({name for name, _ in pairs} & _UNREAD):
        message = f"the parameter {unread[0]} is not read here: name the graph in the query, GRAPH <...> {{ ... }}"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message)
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != expected:
        message = f"send exactly one query, as in /sparql?query=ASK{{}}: {len(queries) + 1 - expected} came"
        raise HTTPException(HTTPStatus.BAD_REQUEST, message)
    return queries


async def _evaluate(query: str, parts: Running, version: Version, accept: str) -> Response:
    job = Job(query=query, solutions=choose(SOLUTIONS, accept), graphs=choose(GRAPHS, accept))
    answer = await parts.worker.answer(version.store, job)
    return Response(answer.body, headers={"Content-Type": answer.format.content_type, "Vary": "Accept"})
