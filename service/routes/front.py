"""`/`: the front page."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from graph.errors import VersionPruned, VersionUnknown
from graph.query_errors import QueryError
from graph.request_errors import BadRequest
from service.addresses import base_iri
from service.answering import kept_body
from service.deps import Chosen, ChosenDep, Running, RunningDep
from service.describing import published, structured_data
from service.news import News, job_of_news, read_news
from service.pages import front_page
from service.sparql_api import VERSIONED
from service.templating import page, site_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.manifests import Manifest
    from graph.versions import Version

router = APIRouter(tags=["Pages"])


@router.get(
    "/",
    summary="What is here",
    response_class=HTMLResponse,
    openapi_extra=VERSIONED,
)
@router.head("/", include_in_schema=False)
async def front(request: Request, parts: RunningDep, chosen: ChosenDep) -> HTMLResponse:
    """Show what the dataset is, what is new in it, and how to ask it; crawlers are told so in JSON-LD.

    One round trip to a query process; where that fails, the page comes without what it would have told.
    """
    version, told = chosen.version, None
    with contextlib.suppress(BadRequest):  # a page needs no address of its own
        told = None if chosen.is_fixed else structured_data(version, base_iri(request.scope, parts.settings) + "/")
    site = await site_in(request, parts, version, number=chosen.number, has_names=False)
    shown = front_page(
        version,
        parent=_parent(parts, version),
        classes=await asyncio.to_thread(_classes, parts, version),
        news=await _news(request, parts, chosen),
    )
    return page(request, "front.html", {"page": shown, "structured_data": told}, site=site)


def _parent(parts: Running, version: Version) -> Manifest | None:
    number = version.manifest.parent
    if number is None:
        return None
    with contextlib.suppress(VersionPruned, VersionUnknown):
        return parts.current.at(number).manifest
    return None


def _classes(parts: Running, version: Version) -> Mapping[str, int]:
    if version.manifest.kind != "published":
        return {}
    counted = published(parts.settings.home, version, "").counted
    return counted.figures.classes if counted else {}


async def _news(request: Request, parts: Running, chosen: Chosen) -> News | None:
    if chosen.version.manifest.kind != "published":
        return None
    key, job = job_of_news(chosen.version, chosen.number)
    with contextlib.suppress(QueryError):
        return read_news(await kept_body(request, parts, key, job), chosen.version)
    return None
