"""`/robots.txt`, `/sitemap.xml`: what crawlers may read, and where it is."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response

from graph.releases import releases
from graph.terms import GRAPHS
from service.addresses import base_iri, site_path
from service.deps import Running, RunningDep, VersionDep
from service.examples import examples_of
from service.paths import path_of
from service.problems import MEDIA_TYPE
from service.sending import is_known
from service.sitemaps import PAGE, address_list, index_of

if TYPE_CHECKING:
    from graph.versions import Version

router = APIRouter(tags=["Crawlers"])

_RUNNING: Final = ("/sparql", "/query?", "/search?", "/resolve?", "/reconcile", "/examples/*?", "/examples/*/run")
_WITHOUT_END: Final = ("/store?", "/timemap/", "/versions/*..*")
_CLOSED_PARAMETERS: Final = ("version", "relation", "page", "lang")
_CLOSED: Final = (
    *_RUNNING,
    *_WITHOUT_END,
    *(f"/*{mark}{name}=" for name in _CLOSED_PARAMETERS for mark in "?&"),
)
"""What has a query evaluated, and what leads through all versions and lists of lists."""

_PAGES: Final = (
    "",
    "query",
    "versions",
    "dumps/",
    "void",
    "dcat",
    "data",
    "data/quality",
    *(f"about/{name}" for name in ("deployment", "errors", "limits", "linked-data")),
)
_OF_PUBLISHED: Final = ("ont", "shapes", "examples", "links")
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Addresses", "content": {"application/xml": {}}},
    304: {"description": "The client has it already"},
    503: {"description": "The dataset is still being built", "content": {MEDIA_TYPE: {}}},
}


@router.head("/robots.txt", include_in_schema=False)
@router.get("/robots.txt", summary="What crawlers may read", response_class=PlainTextResponse)
def robots(request: Request, parts: RunningDep) -> PlainTextResponse:
    """Open pages and dumps to crawlers, and close what evaluates a query or never ends."""
    root = site_path(request, parts.settings)
    closed = "".join(f"Disallow: {root}{path}\n" for path in _CLOSED)
    sitemap = f"Sitemap: {base_iri(request.scope, parts.settings)}/sitemap.xml\n"
    headers = {"Cache-Control": "public, max-age=86400"}
    return PlainTextResponse(f"User-agent: *\n{closed}Allow: {root}/\n\n{sitemap}", headers=headers)


@router.head("/sitemap.xml", include_in_schema=False)
@router.get("/sitemap.xml", summary="Where everything is", response_class=Response, responses=_RESPONSES)
async def sitemap(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """List pages, releases and entities of the current version; an index of such lists where they are many."""
    site = base_iri(request.scope, parts.settings) + "/"
    count = await parts.sitemaps.pages(parts, version)
    pages = _pages(parts, version)
    entities = [] if count != 1 else await parts.sitemaps.entities(parts, version, 0)
    if count <= 1 and len(pages) + len(entities) <= PAGE:
        body = await asyncio.to_thread(address_list, site, [*pages, *entities])
    else:
        body = index_of(site, count + 1)
    return _sent(request, version, body)


@router.head("/sitemap-{number}.xml", include_in_schema=False)
@router.get(
    "/sitemap-{number}.xml",
    summary="A part of the sitemap",
    response_class=Response,
    responses={**_RESPONSES, 404: {"description": "There are not so many", "content": {MEDIA_TYPE: {}}}},
)
async def part_of_sitemap(request: Request, number: int, parts: RunningDep, version: VersionDep) -> Response:
    """List pages and releases (0), or up to 50,000 entities (from 1), where `/sitemap.xml` is an index."""
    site = base_iri(request.scope, parts.settings) + "/"
    count = await parts.sitemaps.pages(parts, version)
    if not 0 <= number <= count:
        message = f"there is no sitemap {number}: /sitemap.xml lists those there are"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    paths = _pages(parts, version) if number == 0 else await parts.sitemaps.entities(parts, version, number - 1)
    return _sent(request, version, await asyncio.to_thread(address_list, site, paths))


def _pages(parts: Running, version: Version) -> list[str]:
    own = [*_OF_PUBLISHED, *_graphs(version)] if version.manifest.kind == "published" else []
    examples = [f"examples/{name}" for name in examples_of(version)]
    return [*_PAGES, *own, *examples, *(f"dumps/{release.name}/" for release in releases(parts.settings.home))]


def _graphs(version: Version) -> list[str]:
    """Return the paths of the named graphs that have a name of ours."""
    paths = [path_of(name) for name in version.manifest.graphs if name.startswith(GRAPHS)]
    return sorted(path.removeprefix("/") for path in paths if path is not None)


def _sent(request: Request, version: Version, body: bytes) -> Response:
    etag = f'"{version.manifest.number}-{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/xml", headers=headers)
