"""`/about/`: the limits of this service, and how to run one of one's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from graph.terms import BASE
from service.addresses import report_address
from service.deps import RunningDep
from service.entity.queries import SORTED
from service.entity.view import LISTED_AT_ONCE
from service.formats import BY_EXTENSION
from service.limits import limits
from service.pages import setting_rows
from service.paths import path_of
from service.templating import page

router = APIRouter(prefix="/about", tags=["Pages"])


@router.head("/limits", include_in_schema=False)
@router.get("/limits", summary="What is limited, and what to do at a limit", response_class=HTMLResponse)
async def limits_page(request: Request, parts: RunningDep) -> HTMLResponse:
    """Show every limit as it is set here."""
    return page(request, "limits.html", {"limits": limits(parts.settings)})


@router.head("/deployment", include_in_schema=False)
@router.get("/deployment", summary="How to run this service", response_class=HTMLResponse)
async def deployment_page(request: Request) -> HTMLResponse:
    """Show how to run the service behind a proxy, as a container or under systemd; no value set here is told."""
    return page(request, "deployment.html", {"settings": setting_rows()})


@router.head("/errors", include_in_schema=False)
@router.get("/errors", summary="How to report an error in the data", response_class=HTMLResponse)
async def errors_page(
    request: Request,
    parts: RunningDep,
    iri: Annotated[str, Query(description="name of the thing that is told wrongly")] = "",
    version: Annotated[str, Query(description="number of the version that tells it")] = "",
) -> HTMLResponse:
    """Show what a report of an error should hold, and in what ways an error is mended."""
    address = report_address(parts.settings, iri=iri, version=version)
    return page(request, "errors.html", {"iri": iri, "path": path_of(iri), "version": version, "address": address})


@router.head("/linked-data", include_in_schema=False)
@router.get("/linked-data", summary="How names are answered", response_class=HTMLResponse)
async def names_page(request: Request) -> HTMLResponse:
    """Show which names are answered, in which formats, and what is told of a thing."""
    formats = list(BY_EXTENSION.items())
    return page(request, "names.html", {"base": BASE, "formats": formats, "listed": LISTED_AT_ONCE, "sorted": SORTED})
