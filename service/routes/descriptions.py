"""`/void`, `/dcat`: what the dataset is, for clients and crawlers, in each format of RDF."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import RedirectResponse, Response

from graph.query_errors import NotAcceptable
from service.addresses import base_iri, site_path
from service.deps import RunningDep, VersionDep
from service.formats import GRAPHS, Format
from service.negotiation import choose, choose_coding
from service.problems import MEDIA_TYPE
from service.sending import is_known

if TYPE_CHECKING:
    from service.describing import Vocabulary

router = APIRouter(tags=["Descriptions"])

_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The description", "content": {each.media_type: {} for each in GRAPHS}},
    304: {"description": "The client has it already"},
    406: {"description": "None of the formats is one that the client takes", "content": {MEDIA_TYPE: {}}},
    503: {"description": "The dataset is still being built", "content": {MEDIA_TYPE: {}}},
}
Accept = Annotated[str, Header(description="a format of RDF")]
FormatName = Annotated[
    str | None, Query(alias="format", description="a format by name or media type, instead of Accept")
]


@router.head("/void", include_in_schema=False)
@router.get("/void", summary="What the dataset holds (VoID)", response_class=Response, responses=_RESPONSES)
def void(
    request: Request, parts: RunningDep, version: VersionDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Tell counts by graph of the current version, and its endpoint and dumps.

    A partition for each class and property, example entities, vocabularies and linksets were counted by the last build
    or release: where there were commits since, they are told of the version `void#version-N` that they were counted in.
    """
    return _described(request, parts, version, "void", _format(request, accept, name))


@router.head("/.well-known/void", include_in_schema=False)
@router.get("/.well-known/void", summary="Lead to /void", response_class=Response, status_code=302)
def well_known(request: Request, parts: RunningDep) -> Response:
    """Lead to `/void`, as VoID (section 7.2) has it; `format` goes along."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{site_path(request, parts.settings)}/void{query}", HTTPStatus.FOUND)


@router.head("/dcat", include_in_schema=False)
@router.get("/dcat", summary="Versions, dumps and services (DCAT 3)", response_class=Response, responses=_RESPONSES)
def dcat(
    request: Request, parts: RunningDep, version: VersionDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Tell the current version, each release with the one before it, the endpoint, and the files of the newest."""
    return _described(request, parts, version, "dcat", _format(request, accept, name))


def _described(
    request: Request, parts: RunningDep, version: VersionDep, vocabulary: Vocabulary, into: Format | None
) -> Response:
    if into is None:
        what = "the description"
        raise NotAcceptable(what, [each.media_type for each in GRAPHS])
    site = base_iri(request.scope, parts.settings) + "/"
    coding = choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    description = parts.descriptions.get(version, vocabulary, into=into, site=site, coding=coding)
    headers = {"ETag": description.etag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), description.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(description.body, headers=headers | {"Content-Type": into.content_type})


def _format(request: Request, accept: str, name: str | None) -> Format | None:
    """Return the format that `format=` names, else the one that Accept likes best."""
    if name is None:
        return choose(GRAPHS, ", ".join(request.headers.getlist("accept")) or accept)
    return next((each for each in GRAPHS if name in {each.name, each.media_type}), None)
