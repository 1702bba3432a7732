"""`/versions`: the versions that are kept, each of which `?version=` names on `/sparql` and `/store`."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from graph.descriptions import Published, version_triples
from graph.kept import kept_versions
from graph.statements import DESCRIPTION_PREFIXES
from service.addresses import base_iri, site_path
from service.deps import Running, RunningDep, VersionDep, numbered_version, running
from service.formats import GRAPHS, HTML, JSON, Format, rdf_format
from service.negotiation import named_or_liked
from service.problems import described
from service.sending import is_known
from service.templating import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version

router = APIRouter(tags=["Versions"])

_TOLD_AS: Final = (JSON, *GRAPHS, HTML)
"""Formats of what is told of versions; a client that takes all alike gets the first."""

FormatName = Annotated[
    str | None, Query(alias="format", description="a format by name or media type, instead of Accept")
]


class VersionEntry(BaseModel):
    """One version of the dataset."""

    number: int = Field(description="as `version=` takes it")
    parent: int | None = Field(description="number of the version before; null for the first")
    created: str = Field(description="UTC, ISO 8601")
    author: str
    message: str
    triples: int = Field(description="of the default graph")
    digest: str = Field(description="of the set of quads: equal where two versions hold the same")


class VersionTold(VersionEntry):
    """One version, with all that it says of itself but for its files."""

    kind: str = Field(description="published, or plain")
    software: str
    engine: str
    graphs: dict[str, int] = Field(description="named graph to its number of quads")


class VersionList(BaseModel):
    """The versions that are kept."""

    current: int = Field(description="number of the version that is answered from where a request names none")
    versions: list[VersionEntry] = Field(description="the newest first")


@router.head("/versions", include_in_schema=False)
@router.get(
    "/versions",
    summary="Which versions are kept",
    response_class=Response,
    responses={
        200: {
            "description": "The versions, the newest first; a page for browsers",
            "model": VersionList,
            "content": {each.media_type: {} for each in (*GRAPHS, HTML)},
        },
        304: {"description": "The client has the list already"},
        **described({503: "The dataset is still being built"}),
    },
)
async def list_versions(request: Request, parts: RunningDep, _current: VersionDep, name: FormatName = None) -> Response:
    """List the versions that `version=` can name; numbers between them were pruned."""
    kept = await asyncio.to_thread(kept_versions, parts.settings.home)
    into = _told_as(request, name)
    if into in GRAPHS:
        response = _as_rdf(request, parts, kept, into)
    elif into is HTML:
        response = page(request, "versions.html", {"versions": [each.manifest for each in kept]})
    else:
        entries = [VersionEntry.model_validate(each.manifest, from_attributes=True) for each in kept]
        told = VersionList(current=entries[0].number, versions=entries).model_dump_json(indent=2)
        response = Response(told + "\n", media_type=JSON.content_type)
    return _tagged(request, response, kept[0].manifest.number)


NOT_KEPT: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "The client has it already"},
    **described(
        {
            400: "It is named by no number",
            404: "There never was such a version",
            410: "It is no longer kept; `nearest` names those that are",
            503: "The dataset is still being built",
        }
    ),
}
"""What may come of a path that names versions, beside the answer."""


@router.head("/versions/{number}", include_in_schema=False)
@router.get(
    "/versions/{number}",
    summary="One version",
    response_class=Response,
    responses={200: {"description": "What it says of itself", "model": VersionTold}, **NOT_KEPT},
)
async def one_version(request: Request, number: str, parts: RunningDep, name: FormatName = None) -> Response:
    """Tell who made a version, when and why, and how much is in it: as JSON, RDF, or a page."""
    version = numbered_version(parts, number)
    manifest = version.manifest
    into = _told_as(request, name)
    if into in GRAPHS:
        response = _as_rdf(request, parts, [version], into)
    elif into is HTML:
        kept = {each.number for each in await parts.mementos.all()}
        parent = manifest.parent if manifest.parent in kept else None
        response = page(request, "version.html", {"version": manifest, "parent": parent})
    else:
        told = VersionTold.model_validate(manifest, from_attributes=True).model_dump_json(indent=2)
        response = Response(told + "\n", media_type=JSON.content_type)
    return _tagged(request, response, manifest.number)


def _told_as(request: Request, name: str | None) -> Format:
    accept = ", ".join(request.headers.getlist("accept"))
    return named_or_liked(_TOLD_AS, name, accept, what="what there is of versions")


def _as_rdf(request: Request, parts: Running, told: Sequence[Version], into: Format) -> Response:
    """Tell of versions as DCAT and PROV do."""
    site = base_iri(request.scope, parts.settings) + "/"
    found = (triple for each in told for triple in version_triples(Published(manifest=each.manifest, site=site)))
    body = ox.serialize(dict.fromkeys(found), format=rdf_format(into), prefixes=DESCRIPTION_PREFIXES)
    return Response(body, headers={"Content-Type": into.content_type})


def _tagged(request: Request, response: Response, number: int) -> Response:
    """Give an answer its entity tag, or tell that the client has it already."""
    etag = f'"{number}-{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    path = site_path(request, running(request).settings) + request.url.path.removeprefix(request.scope["root_path"])
    links = ", ".join(f'<{path}?format={each.name}>; rel="alternate"; type="{each.media_type}"' for each in _TOLD_AS)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept", "Link": links}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response
