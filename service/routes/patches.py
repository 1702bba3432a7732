"""PATCH of `/store`: quads added to a dataset and removed from it, as an RDF Patch."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from graph.patch import MEDIA_TYPE
from graph.request_errors import BadRequest
from service.deps import RunningDep
from service.incoming import read_body, refuse_coding
from service.parameters import refuse_unknown
from service.problems import described
from service.sparql_api import COMMIT_PARAMETERS
from service.write_process import PatchWrite
from service.writing import PROBLEMS, PROBLEMS_OF_BODIES, authorised, headers_of, write

router = APIRouter(tags=["Graph store"])

_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "The changes are made; ETag names the version"},
    **described(
        PROBLEMS
        | PROBLEMS_OF_BODIES
        | {
            400: "The patch cannot be read (with line and column), or the address names a graph",
            409: "A row adds a quad that is there, or removes one that is not: `line` and `quad` name the first",
        }
    ),
}
_BODY: Final = {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@router.patch(
    "/store",
    summary="Add and remove quads",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"parameters": COMMIT_PARAMETERS, **_BODY},
)
async def patch_dataset(request: Request, parts: RunningDep) -> Response:
    """An RDF Patch of the whole dataset: each row must change something, and all of them take effect, or none."""
    author = authorised(request, parts)
    if {"graph", "default"} & request.query_params.keys():
        message = "a patch names its graphs in its rows: leave out ?graph= and ?default"
        raise BadRequest(message)
    refuse_unknown(request.query_params, ())
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != MEDIA_TYPE:
        message = f"send a patch as {MEDIA_TYPE}, not as {media_type.strip() or 'a body without a type'}"
        # RFC 5789, 2.2
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept-Patch": MEDIA_TYPE})
    refuse_coding(request, parameters)
    content = await read_body(request, limit=parts.settings.body_mb * 1_000_000)
    written = await write(request, parts, PatchWrite(content=bytes(content)), author=author)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers_of(written))
