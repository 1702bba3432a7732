"""`/`: the front page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.deps import VersionDep
from service.pages import front_page
from service.templating import page

router = APIRouter(tags=["Pages"])


@router.get("/", summary="What is here", response_class=HTMLResponse)
@router.head("/", include_in_schema=False)
async def front(request: Request, version: VersionDep) -> HTMLResponse:
    """Show what the dataset is, how to ask it and where to download it."""
    return page(request, "front.html", {"page": front_page(version)})
