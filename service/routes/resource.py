"""Linked data: each name of the dataset is answered at its path, as a page or as RDF."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.deps import RunningDep
from service.dereferencing import FORMATS, answer
from service.problems import described
from service.sparql_api import VERSION_PARAMETER

router = APIRouter(tags=["Linked data"])

_PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "format",
        "in": "query",
        "description": "a format by name, media type or ending, instead of Accept; so does an ending of the path: .ttl",
        "schema": {"type": "string"},
    },
    {
        "name": "relation",
        "in": "query",
        "description": "a property, by IRI or prefixed name: list what points to the thing by it, 50 at a time",
        "schema": {"type": "string"},
        "example": "coo:participant",
    },
    {
        "name": "page",
        "in": "query",
        "description": "of such a list",
        "schema": {"type": "integer", "minimum": 1, "default": 1},
    },
    VERSION_PARAMETER,
]
_PROBLEMS: Final = {
    400: "No IRI has this path, or a parameter cannot be read",
    404: "Nothing is said of this IRI; `nearest` names those that may be meant. Or there never was such a version",
    406: "No format is acceptable; `available` lists them",
    410: "The IRI is given up and nothing stands in its place; or the version is no longer kept",
    503: "The dataset is still being built, or there is no place for the request; Retry-After says when to come back",
}
_OTHERS: Final[dict[int | str, dict[str, Any]]] = {
    301: {"description": "The IRI is deprecated: another stands in its place"},
    302: {"description": "`Accept-Datetime` asked for an older version: this is the one"},
    304: {"description": "The client has it already"},
    **described(_PROBLEMS),
}
_DESCRIBED: Final = "What the dataset says of it: its own triples, what belongs to it, labels, counts of the rest"


def documented(what: str) -> dict[str, Any]:
    """Return what the API description says of a route of linked data; `what` is what a 200 answer holds."""
    found = {"description": what, "content": {each.media_type: {} for each in FORMATS}}
    return {
        "response_class": Response,
        "responses": {200: found, **_OTHERS},
        "openapi_extra": {"parameters": _PARAMETERS},
    }


@router.head("/id/{kind}/{slug}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.get("/id/{kind}/{slug}", summary="A thing of the dataset", **documented(_DESCRIBED))
async def entity(request: Request, parts: RunningDep) -> Response:
    """Tell what is said of a thing: an actor, a system, an agreement, a claim, a source, ..."""
    return await answer(request, parts)


@router.head("/voc/{scheme}", include_in_schema=False)  # noqa: FAST003
@router.get("/voc/{scheme}", summary="A code list", **documented(_DESCRIBED))
async def scheme(request: Request, parts: RunningDep) -> Response:
    """Tell what is said of a SKOS concept scheme, and name its concepts."""
    return await answer(request, parts)


@router.head("/voc/{scheme}/{concept}", include_in_schema=False)  # noqa: FAST003
@router.get("/voc/{scheme}/{concept}", summary="A concept of a code list", **documented(_DESCRIBED))
async def concept(request: Request, parts: RunningDep) -> Response:
    """Tell what is said of a SKOS concept."""
    return await answer(request, parts)


@router.head("/id/{name:path}", include_in_schema=False)  # noqa: FAST003
@router.get("/id/{name:path}", include_in_schema=False)
async def deeper(request: Request, parts: RunningDep) -> Response:
    """Tell what is said of a thing with a longer name, as a dataset from other files may have it."""
    return await answer(request, parts)
