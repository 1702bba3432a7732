"""HTML from templates, under one strict policy: no script, no outside host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi.templating import Jinja2Templates

from service.addresses import site_path
from service.deps import running

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import HTMLResponse

_TEMPLATES: Final = Jinja2Templates(directory=Path(__file__).parent / "templates")
_POLICY: Final = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def page(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HTMLResponse:
    """Render a template; values are escaped. `root` is what stands before the path of each link to a page of ours."""
    context = {"root": site_path(request, running(request).settings), **context}
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
    return _TEMPLATES.TemplateResponse(request, template, context, status_code=status, headers=headers)
