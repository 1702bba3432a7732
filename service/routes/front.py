"""`/`: the front page."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from graph.errors import BadRequest
from service.addresses import base_iri
from service.deps import RunningDep, VersionDep
from service.describing import structured_data
from service.pages import front_page
from service.templating import page

router = APIRouter(tags=["Pages"])


@router.get("/", summary="What is here", response_class=HTMLResponse)
@router.head("/", include_in_schema=False)
async def front(request: Request, parts: RunningDep, version: VersionDep) -> HTMLResponse:
    """Show what the dataset is, how to ask it and where to download it; crawlers are told so in JSON-LD."""
    told = None
    with contextlib.suppress(BadRequest):  # a page needs no address of its own
        told = structured_data(version, base_iri(request.scope, parts.settings) + "/")
    return page(request, "front.html", {"page": front_page(version), "structured_data": told})
