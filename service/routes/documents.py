"""The ontology, the shapes and the named graphs at their names, as pages and as RDF."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.deps import RunningDep
from service.documents import answer_document, answer_edition
from service.routes.resource import documented

router = APIRouter(tags=["Linked data"])


@router.head("/ont.{ending}", include_in_schema=False)  # noqa: FAST003  (read as it came)
@router.get("/ont.{ending}", include_in_schema=False)
@router.head("/ont", include_in_schema=False)
@router.get("/ont", summary="The ontology", **documented("The ontology: every term, and who uses it"))
async def ontology(request: Request, parts: RunningDep) -> Response:
    """Tell every term with its definition, domain, range, shapes and questions; as RDF, the graph of the ontology."""
    return await answer_document(request, parts)


@router.head("/ont/{edition}", include_in_schema=False)  # noqa: FAST003
@router.get("/ont/{edition}", summary="An edition of the ontology", **documented("The ontology, where it is that one"))
async def edition(request: Request, parts: RunningDep) -> Response:
    """Give the ontology under its version IRI; an older edition is 410. A browser is sent (303) to `/ont`."""
    return await answer_edition(request, parts)


@router.head("/shapes.{ending}", include_in_schema=False)  # noqa: FAST003
@router.get("/shapes.{ending}", include_in_schema=False)
@router.head("/shapes", include_in_schema=False)
@router.get("/shapes", summary="The shapes", **documented("The SHACL shapes, each with what it demands"))
async def shapes(request: Request, parts: RunningDep) -> Response:
    """Tell what the dataset has to conform to; as RDF, the graph of the shapes."""
    return await answer_document(request, parts)


@router.head("/graph/{graph:path}", include_in_schema=False)  # noqa: FAST003
@router.get("/graph/{graph:path}", summary="A named graph", **documented("All triples of the graph"))
async def graph(request: Request, parts: RunningDep) -> Response:
    """Give a named graph whole, in the format that the client likes best; a page tells how large it is."""
    return await answer_document(request, parts)
