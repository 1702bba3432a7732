"""`/void`, `/dcat`: what the dataset is, for clients and crawlers, in each format of RDF."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from graph.dcat import title
from graph.query_errors import NotAcceptable
from service.addresses import base_iri, site_path
from service.data import described_page
from service.deps import Chosen, ChosenDep, Running, RunningDep
from service.describing import published
from service.formats import BY_EXTENSION, GRAPHS, HTML, Format
from service.negotiation import choose, choose_coding
from service.paths import split_extension
from service.problems import MEDIA_TYPE
from service.sending import is_known
from service.sparql_api import VERSIONED
from service.templating import page, site_in

if TYPE_CHECKING:
    from service.describing import Vocabulary

router = APIRouter(tags=["Descriptions"])

_ENDINGS: Final = [(each.media_type, ending) for ending, each in BY_EXTENSION.items() if each is not HTML]

_FORMATS: Final = (*GRAPHS, HTML)
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The description", "content": {each.media_type: {} for each in _FORMATS}},
    304: {"description": "The client has it already"},
    406: {"description": "None of the formats is one that the client takes", "content": {MEDIA_TYPE: {}}},
    503: {"description": "The dataset is still being built", "content": {MEDIA_TYPE: {}}},
}
Accept = Annotated[str, Header(description="a format of RDF, or `text/html` for a page")]
FormatName = Annotated[
    str | None, Query(alias="format", description="a format by name or media type, instead of Accept")
]


@router.head("/void.{ending}", include_in_schema=False)  # noqa: FAST003  (read with the path)
@router.get("/void.{ending}", include_in_schema=False)
@router.head("/void", include_in_schema=False)
@router.get(
    "/void",
    summary="What the dataset holds (VoID)",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra=VERSIONED,
)
async def void(
    request: Request, parts: RunningDep, chosen: ChosenDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Tell counts by graph of a version, and its endpoint and dumps.

    A partition for each class and property, example entities, vocabularies and linksets were counted by the last build
    or release: where there were commits since, they are told of the version `void#version-N` that they were counted in.
    """
    return await _described(request, parts, chosen, "void", _format(request, accept, name))


@router.head("/.well-known/void", include_in_schema=False)
@router.get("/.well-known/void", summary="Lead to /void", response_class=Response, status_code=302)
def well_known(request: Request, parts: RunningDep) -> Response:
    """Lead to `/void`, as VoID (section 7.2) has it; `format` goes along."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{site_path(request, parts.settings)}/void{query}", HTTPStatus.FOUND)


@router.head("/dcat.{ending}", include_in_schema=False)  # noqa: FAST003
@router.get("/dcat.{ending}", include_in_schema=False)
@router.head("/dcat", include_in_schema=False)
@router.get(
    "/dcat",
    summary="Versions, dumps and services (DCAT 3)",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra=VERSIONED,
)
async def dcat(
    request: Request, parts: RunningDep, chosen: ChosenDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Tell a version, each release with the one before it, the endpoint, and the files of the newest."""
    return await _described(request, parts, chosen, "dcat", _format(request, accept, name))


async def _described(
    request: Request, parts: Running, chosen: Chosen, vocabulary: Vocabulary, into: Format | None
) -> Response:
    if into is None:
        what = "the description"
        raise NotAcceptable(what, [each.media_type for each in _FORMATS])
    address = base_iri(request.scope, parts.settings) + "/"
    if into is HTML:
        return await _page(request, parts, chosen, address, vocabulary)
    coding = choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    description = await asyncio.to_thread(
        parts.descriptions.get, chosen, vocabulary, into=into, site=address, coding=coding
    )
    headers = {"ETag": description.etag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), description.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(description.body, headers=headers | {"Content-Type": into.content_type})


async def _page(request: Request, parts: Running, chosen: Chosen, address: str, vocabulary: Vocabulary) -> Response:
    """Tell people the same in tables."""
    version = chosen.version
    about = await asyncio.to_thread(published, parts.settings.home, version, address, is_current=not chosen.is_fixed)
    context = {"about": about, "title": title(about.manifest), "formats": _ENDINGS, "described": described_page(about)}
    site = await site_in(request, parts, version, number=chosen.number, has_names=False)
    response = page(request, f"{vocabulary}.html", context, site=site)
    etag = f'"{about.manifest.number}-{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response


def _format(request: Request, accept: str, name: str | None) -> Format | None:
    """Return the format that the path's ending or `format=` names, else the one that Accept likes best."""
    stem, ending = split_extension(request.url.path)
    if ending is not None:
        return ending
    if "." in stem.rpartition("/")[2]:
        message = f"{stem} is not there: /void and /dcat come as .{', .'.join(BY_EXTENSION)}"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    if name is None:
        return choose(_FORMATS, ", ".join(request.headers.getlist("accept")) or accept)
    return next((each for each in _FORMATS if name in {each.name, each.media_type}), None)
