"""`/about/`: the limits of this service, and how to run one of one's own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.deps import RunningDep
from service.limits import limits
from service.pages import setting_rows
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
