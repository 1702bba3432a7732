"""Errors for people: a browser gets a page with the status and the words of the problem document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from graph.errors import CoorbitError
from graph.request_errors import BadRequest
from service.addresses import site_path
from service.deps import running
from service.formats import HTML, JSON, PROBLEM
from service.negotiation import choose
from service.paths import path_of
from service.problems import MEDIA_TYPE, answer_to
from service.site import Site
from service.templating import page, site_of

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.responses import Response

_FORMATS: Final = (PROBLEM, JSON, HTML)
"""What an error is told in; a client that takes all alike gets the first."""

_NOT_SENT_ON: Final = frozenset({"content-type", "content-length", "vary"})


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem document, or as a page for who likes that better."""
    for each in (CoorbitError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(each, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    response = answer_to(request, error)
    if response.headers.get("content-type") != MEDIA_TYPE:
        return response  # a report that was negotiated, or nothing at all
    vary = response.headers.get("vary", "")
    response.headers["Vary"] = ", ".join(dict.fromkeys(["Accept", *filter(None, vary.split(", "))]))
    if choose(_FORMATS, ", ".join(request.headers.getlist("accept"))) is not HTML:
        return response
    return _shown(request, response)


def _shown(request: Request, response: Response) -> Response:
    """Tell a problem document on a page; its headers stay."""
    problem = json.loads(bytes(response.body))
    near = [(iri, path_of(iri) or "") for iri in problem.get("nearest", ()) if isinstance(iri, str)]
    shown = page(
        request, "problem.html", {"problem": problem, "nearest": near}, status=response.status_code, site=_site(request)
    )
    for name, value in response.headers.items():
        if name not in _NOT_SENT_ON:
            shown.headers[name] = value
    shown.headers["Vary"] = response.headers["Vary"]
    return shown


def _site(request: Request) -> Site:
    """Return what stands around the page; what its address says of a language may be what is wrong with it."""
    try:
        return site_of(request)
    except BadRequest:
        return Site(root=site_path(request, running(request).settings))
