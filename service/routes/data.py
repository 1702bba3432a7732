"""`/data`: what can be downloaded, how good it is, and how to cite it; the quality report; CITATION.cff."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from graph.query_errors import NotAcceptable
from service.addresses import base_iri
from service.answering import Accepted, job_of, kept_body, key_of
from service.assessment import Assessment
from service.citation import MEDIA_TYPE, citation_file, sentence
from service.data import CONFORMANCE, data_page, measures_of
from service.deps import ChosenDep, RunningDep
from service.describing import published
from service.formats import HTML, JSON, SOLUTIONS, TURTLE
from service.negotiation import choose
from service.parameters import Asked
from service.problems import described
from service.sparql_api import VERSIONED
from service.templating import page, site_in

router = APIRouter(tags=["Data"])

_FORMATS: Final = (JSON, TURTLE, HTML)
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The report", "content": {each.media_type: {} for each in _FORMATS}},
    **described({406: "No format is acceptable; `available` lists them", 503: "The dataset is still being built"}),
}


@router.head("/data", include_in_schema=False)
@router.get(
    "/data", summary="Downloads, quality, licences, how to cite", response_class=HTMLResponse, openapi_extra=VERSIONED
)
async def data(request: Request, parts: RunningDep, chosen: ChosenDep) -> HTMLResponse:
    """Show the dumps with sizes and digests, the linksets, what is measured of the data, and how to cite it."""
    address, version = base_iri(request.scope, parts.settings) + "/", chosen.version
    about = await asyncio.to_thread(published, parts.settings.home, version, address, is_current=not chosen.is_fixed)
    cited = sentence(version.manifest, address)
    context = {"page": data_page(about, address), "sentence": cited, "conformance": CONFORMANCE}
    site = await site_in(request, parts, version, number=chosen.number, has_names=False)
    return page(request, "data.html", context, site=site)


@router.head("/data/quality", include_in_schema=False)
@router.get(
    "/data/quality",
    summary="The quality report",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra=VERSIONED,
)
async def quality(
    request: Request,
    parts: RunningDep,
    chosen: ChosenDep,
    accept: Annotated[str, Header(description="`application/json`, `text/turtle`, or `text/html` for a page")] = "*/*",
    name: Annotated[str | None, Query(alias="format", description="a format by name or media type")] = None,
) -> Response:
    """Tell what a version covers and what stands open, as `coorbit check` does."""
    version = chosen.version
    into = next((each for each in _FORMATS if name in {each.name, each.media_type}), None)
    if name is None:
        into = choose(_FORMATS, ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "the quality report"
        raise NotAcceptable(what, [each.media_type for each in _FORMATS])
    task = Assessment(today=f"{datetime.now(UTC):%Y-%m-%d}")
    accepted = Accepted(solutions=SOLUTIONS[0], graphs=None, coding="identity")
    key = key_of(Asked(query=f"ASSESSMENT {task.today}"), accepted, version, "")  # no query, and none's answer
    job = job_of(key, version, merge_quads=0, may_call=False, chosen=chosen.number)._replace(task=task)
    report = json.loads(await kept_body(request, parts, key, job))
    if into is HTML:
        site = await site_in(request, parts, version, number=chosen.number, has_names=False)
        context = {"measures": measures_of(report, site), "today": task.today, "version": version.manifest}
        response: Response = page(request, "quality.html", context, site=site)
    elif into is TURTLE:
        response = Response(report["turtle"], headers={"Content-Type": TURTLE.content_type})
    else:
        told = {"version": version.manifest.number, "today": task.today, "measures": report["measures"]}
        response = Response(json.dumps(told, indent=1), headers={"Content-Type": JSON.content_type})
    response.headers.update({"Cache-Control": "no-cache", "Vary": "Accept"})
    return response


@router.head("/CITATION.cff", include_in_schema=False)
@router.get("/CITATION.cff", summary="How to cite a version", response_class=PlainTextResponse, openapi_extra=VERSIONED)
async def citation(request: Request, parts: RunningDep, chosen: ChosenDep) -> Response:
    """Give a version as a Citation File Format document."""
    body = citation_file(chosen.version.manifest, base_iri(request.scope, parts.settings) + "/")
    return Response(
        body, HTTPStatus.OK, headers={"Content-Type": f"{MEDIA_TYPE}; charset=utf-8", "Cache-Control": "no-cache"}
    )
