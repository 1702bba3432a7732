"""`/docs`: the API page; Swagger UI draws the API description, and without JavaScript there is a plain list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from graph.request_errors import BadRequest
from service.addresses import base_iri
from service.deps import RunningDep
from service.templating import page
from service.worked_calls import LOCAL, call_of

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(tags=["Pages"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of a route as the page lists it: what it does, and a command that calls it."""

    method: str
    path: str
    summary: str
    command: str


@router.head("/docs", include_in_schema=False)
@router.get("/docs", summary="The API, to read and to try", response_class=HTMLResponse)
async def docs(request: Request, parts: RunningDep) -> HTMLResponse:
    """Show each route with a worked call, to be tried on the page where scripts run."""
    app: FastAPI = request.app
    try:
        site = base_iri(request.scope, parts.settings)
    except BadRequest:  # a page needs no address of its own
        site = LOCAL
    return page(request, "docs.html", {"groups": groups(app.openapi(), site)})


def groups(schema: Mapping[str, Any], site: str) -> dict[str, list[Operation]]:
    """Return the routes of an API description by their tags, in its order; examples have pages of their own.

    Args:
        schema: of OpenAPI.
        site: address that the commands call.
    """
    found: dict[str, list[Operation]] = {}
    for path, operations in schema["paths"].items():
        for method, told in operations.items():
            call = call_of(method, path)
            if call is not None:
                operation = Operation(
                    method=method.upper(), path=path, summary=told["summary"], command=call.curl(site)
                )
                found.setdefault(told["tags"][0], []).append(operation)
    return found
