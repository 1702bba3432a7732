"""`/versions`: the versions that are kept, each of which `?version=` names on `/sparql` and `/store`."""

from __future__ import annotations

import asyncio
import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from graph.descriptions import Published, version_triples
from graph.kept import kept_versions
from graph.query_errors import NotAcceptable
from graph.request_errors import BadRequest
from graph.statements import DESCRIPTION_PREFIXES
from service.addresses import base_iri, site_path
from service.answering import key_of_graph
from service.calls import Call
from service.deps import Running, RunningDep, VersionDep, running, version_of
from service.dereferencing import coding_of
from service.difference import Difference
from service.formats import COUNTS, GRAPHS, HTML, JSON, PATCH, Format, rdf_format
from service.jobs import Job
from service.negotiation import choose
from service.problems import described
from service.replies import reply
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


_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_NOT_KEPT: Final[dict[int | str, dict[str, Any]]] = {
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


@router.head("/versions/{old}..{new}", include_in_schema=False)
@router.get(
    "/versions/{old}..{new}",
    summary="What differs between two versions",
    response_class=Response,
    responses={
        200: {"description": "The difference", "content": {PATCH.media_type: {}, COUNTS.media_type: {}}},
        **_NOT_KEPT,
    },
)
async def difference(
    request: Request,
    old: str,
    new: str,
    parts: RunningDep,
    format: str | None = None,  # noqa: A002  (its name in the URL)
) -> Response:
    """Give the way from one version to another: each quad that was added or removed, or their counts by graph.

    `format=patch` or `format=counts`, else Accept, chooses. It is worked out by a query process, under its limits.
    """
    first, last = _kept(parts, old), _kept(parts, new)
    into = _into(request, format)
    asked = Difference(
        home=str(parts.settings.home), old=first.manifest.number, new=last.manifest.number, into=into.name
    )
    key = key_of_graph(f"/versions/{asked.old}..{asked.new}", last, into, coding_of(request))
    job = Job(store=str(version_of(parts).store), query="", difference=asked)
    call = Call(parts=parts, request=request, send=request._send, is_fixed=True)  # noqa: SLF001
    return await reply(call, key, job)


@router.head("/versions/{number}", include_in_schema=False)
@router.get(
    "/versions/{number}",
    summary="One version",
    response_class=Response,
    responses={200: {"description": "What it says of itself", "model": VersionTold}, **_NOT_KEPT},
)
async def one_version(request: Request, number: str, parts: RunningDep, name: FormatName = None) -> Response:
    """Tell who made a version, when and why, and how much is in it: as JSON, RDF, or a page."""
    version = _kept(parts, number)
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
    """Return the format that `format=` names, else the one that Accept likes best."""
    if name is not None:
        for each in _TOLD_AS:
            if name == each.name or each.answers_to(name):
                return each
        message = f"format= takes one of {', '.join(each.name for each in _TOLD_AS)}"
        raise BadRequest(message)
    into = choose(_TOLD_AS, ", ".join(request.headers.getlist("accept")))
    if into is None:
        what = "what there is of versions"
        raise NotAcceptable(what, [each.media_type for each in _TOLD_AS])
    return into


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


def _kept(parts: Running, number: str) -> Version:
    if not _NUMBER.fullmatch(number):
        message = f"/versions/ takes the number of a version, or two with .. between them, not {number!r}"
        raise BadRequest(message)
    return version_of(parts, int(number))


def _into(request: Request, name: str | None) -> Format:
    if name is not None:
        for each in (COUNTS, PATCH):
            if name == each.name or each.answers_to(name):
                return each
        message = f"format= takes {PATCH.name} or {COUNTS.name}"
        raise BadRequest(message)
    into = choose((COUNTS, PATCH), ", ".join(request.headers.getlist("accept")))
    if into is None:
        what = "a difference"
        raise NotAcceptable(what, [COUNTS.media_type, PATCH.media_type])
    return into
