"""HTML from templates, under one strict policy: no script, no outside host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.templating import Jinja2Templates

from service.addresses import site_path
from service.deps import running
from service.rendering import TEMPLATES

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import HTMLResponse

_TEMPLATES: Final = Jinja2Templates(env=TEMPLATES)
_POLICY: Final = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def page(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HTMLResponse:
    """Render a template; values are escaped. `root` is what stands before the path of each link to a page of ours."""
    context = {"root": site_path(request, running(request).settings), **context}
    return _TEMPLATES.TemplateResponse(request, template, context, status_code=status, headers=page_headers())


def page_headers() -> dict[str, str]:
    """Return the headers of every page, wherever it was rendered."""
    return {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
