"""The methods of a path, all routes of it together: what `Allow` says (RFC 9110, 10.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Match

from graph.patch import MEDIA_TYPE

if TYPE_CHECKING:
    from starlette.requests import Request

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def allowed(request: Request) -> dict[str, str]:
    """Return the headers that tell what a path takes; Starlette itself names the methods of its first route alone."""
    routes = request.app.router.routes
    methods = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    headers = {"Allow": ", ".join([*methods, "OPTIONS"])}
    return headers | ({"Accept-Patch": MEDIA_TYPE} if "PATCH" in methods else {})
