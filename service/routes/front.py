"""`/`: the front page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from service.deps import VersionDep
from service.pages import front_page

router = APIRouter(tags=["Pages"])

_TEMPLATES: Final = Jinja2Templates(directory=Path(__file__).parent.parent / "templates")


@router.api_route("/", methods=["GET", "HEAD"], summary="What is here", response_class=HTMLResponse)
async def front(request: Request, version: VersionDep) -> HTMLResponse:
    """Show what the dataset is, how to ask it and where to download it."""
    page = front_page(version)
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'"}
    return _TEMPLATES.TemplateResponse(request, "front.html", {"page": page}, headers=headers)
