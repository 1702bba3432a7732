"""What the API description says of `/sparql`, whose route stands beside FastAPI's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.formats import GRAPHS, SOLUTIONS
from service.incoming import DIRECT_QUERY, DIRECT_UPDATE, FORM
from service.intent import MESSAGE_CHARACTERS, MESSAGE_HEADER
from service.problems import described

if TYPE_CHECKING:
    from fastapi import FastAPI

_PROBLEMS: Final = described(
    {
        400: "The query is not SPARQL (with line, column, token and what was expected), or not exactly one was sent",
        401: "An update came without a token, or with one that is not known",
        403: "The query calls a host that is not allowed, or the update may not be made here",
        404: "`version` names a version that never was",
        406: "No format of the answer is acceptable; `available` lists them",
        408: "The request was not all there in time",
        410: "The version that `version` names is no longer kept; `nearest` names those that are",
        412: "The update is for another version (`If-Match`), or for no dataset at all (`If-None-Match: *`)",
        413: "The body is larger than COORBIT_BODY_MB",
        414: "The address is longer than COORBIT_URL_KB",
        415: "The body is neither a form nor a query, or not in UTF-8",
        503: "The dataset is still being built, or there is no place for the query; Retry-After says when to come back",
        504: "The query ran past the time limit",
        507: "The query needed more memory, or its answer more room, than it may have",
    }
)
_RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "200": {
        "description": "SELECT and ASK as SPARQL results, CONSTRUCT and DESCRIBE as RDF",
        "content": {each.media_type: {} for each in (*SOLUTIONS, *GRAPHS)},
    },
    **{str(status): answer for status, answer in _PROBLEMS.items()},
}
_PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "query",
        "in": "query",
        "description": "one SPARQL query, in which the dataset's own prefixes need no PREFIX line; without it the "
        "service describes itself",
        "schema": {"type": "string"},
        "example": "SELECT ?state ?name WHERE { ?state a coo:State ; rdfs:label ?name } ORDER BY ?name LIMIT 5",
    },
    {
        "name": "default-graph-uri",
        "in": "query",
        "description": "a graph of the default graph, instead of the query's own FROM; several are merged",
        "schema": {"type": "array", "items": {"type": "string"}},
    },
    {
        "name": "named-graph-uri",
        "in": "query",
        "description": "a graph that GRAPH may match, instead of the query's own FROM NAMED",
        "schema": {"type": "array", "items": {"type": "string"}},
    },
    {
        "name": "format",
        "in": "query",
        "description": "a format by name or media type, instead of Accept",
        "schema": {"type": "string", "enum": [each.name for each in (*SOLUTIONS, *GRAPHS)]},
    },
    {
        "name": "timeout",
        "in": "query",
        "description": "seconds after which the query is ended; may lower the limit, never raise it",
        "schema": {"type": "number"},
    },
]
VERSION_PARAMETER: Final[dict[str, Any]] = {
    "name": "version",
    "in": "query",
    "description": "number of the version to answer from, one that is kept (`/versions`), instead of the current one; "
    "the answer then stays what it is. A write takes none",
    "schema": {"type": "integer", "minimum": 1},
}
"""Of each read that goes back in time."""

VERSIONED: Final = {"parameters": [VERSION_PARAMETER]}
"""What the API description has of a route that takes it alone."""

_DRY_RUN: Final[dict[str, Any]] = {
    "name": "dry-run",
    "in": "query",
    "description": "`true`: only say what would come of the write, with the header `Coorbit-Dry-Run: true`; nothing is "
    "stored, and where a graph would be new the answer is 200 in place of 201",
    "schema": {"type": "boolean", "default": False},
}
_MESSAGE: Final = f"why the commit is made, in one line of at most {MESSAGE_CHARACTERS} characters; the version has it"
COMMIT_PARAMETERS: Final[list[dict[str, Any]]] = [
    _DRY_RUN,
    {"name": "message", "in": "query", "description": _MESSAGE, "schema": {"type": "string"}},
    {
        "name": MESSAGE_HEADER,
        "in": "header",
        "description": "the same, as percent-encoded UTF-8",
        "schema": {"type": "string", "pattern": "^(?:[ -$&-~]|%[0-9A-Fa-f]{2})*$"},
        "example": "owner of CFOSAT added, as its source says",
    },
]
"""Of each write. Its author is the name of the token."""

_FORM: Final = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("query", "update")},
    "oneOf": [{"required": ["query"]}, {"required": ["update"]}],
    "description": "all parameters may stand in the form",
}
_BODY: Final = {
    "required": True,
    "content": {
        FORM: {"schema": _FORM},
        DIRECT_QUERY: {"schema": {"type": "string"}},
        DIRECT_UPDATE: {"schema": {"type": "string"}},
    },
}
_PATH: Final = {
    "get": {
        "tags": ["SPARQL"],
        "summary": "Answer a query from the URL",
        "description": "SPARQL 1.1 Protocol, 2.1.1. Without a query: the service description. A browser is sent to the "
        "query page.",
        "operationId": "query_by_get",
        "parameters": [*_PARAMETERS, VERSION_PARAMETER],
        "responses": {**_RESPONSES, "303": {"description": "The client prefers a page: that is at /query"}},
    },
    "post": {
        "tags": ["SPARQL"],
        "summary": "Answer a query from the body, or make an update",
        "description": "SPARQL 1.1 Protocol, 2.1.2, 2.1.3 and 2.2. An update needs `Authorization: Bearer`. The method "
        "QUERY takes the same bodies, without updates.",
        "operationId": "query_by_post",
        "parameters": [
            *(each for each in _PARAMETERS if each["name"] != "query"),
            VERSION_PARAMETER,
            *COMMIT_PARAMETERS,
        ],
        "requestBody": _BODY,
        "responses": {**_RESPONSES, "204": {"description": "The update has been made; ETag names the new version"}},
    },
}


def describe(app: FastAPI) -> None:
    """Add `/sparql` to the API description of an application."""
    own = app.openapi

    def openapi() -> dict[str, Any]:
        schema = own()
        schema["paths"]["/sparql"] = _PATH
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
