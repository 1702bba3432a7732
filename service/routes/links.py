"""`/links`: the linksets, each to be downloaded alone."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from graph.query_errors import NotAcceptable
from service.addresses import base_iri
from service.answering import SOFTWARE, Accepted, dataset_of, job_of, key_of, whole_answer
from service.calls import Call
from service.deps import ChosenDep, RunningDep, version_of
from service.formats import HTML, JSON, SOLUTIONS
from service.linksets import COUNTS, FILES, find, job_of_linkset, listed, targets
from service.negotiation import choose, choose_coding
from service.pages import outcome
from service.parameters import Asked, read_version_parameter
from service.problems import MEDIA_TYPE
from service.replies import reply
from service.sending import is_known
from service.sparql_api import VERSIONED
from service.templating import page, site_in

router = APIRouter(tags=["Links"])

_OF_LIST: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The linksets", "content": {"application/json": {}, "text/html": {}}},
    304: {"description": "The client has it already"},
    406: {"description": "No format is acceptable; `available` lists them", "content": {MEDIA_TYPE: {}}},
}
_OF_SET: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The links with their evidence", "content": {each.media_type: {} for each in FILES}},
    304: {"description": "The client has it already"},
    404: {"description": "There are no such links, or no such version", "content": {MEDIA_TYPE: {}}},
    406: {"description": "No format is acceptable; `available` lists them", "content": {MEDIA_TYPE: {}}},
    410: {"description": "The version that `version` names is no longer kept", "content": {MEDIA_TYPE: {}}},
}
Accept = Annotated[str, Header(description="one of the formats of the 200 answer")]
FormatName = Annotated[
    str | None, Query(alias="format", description="a format by name or media type, instead of Accept")
]


@router.head("/links", include_in_schema=False)
@router.get("/links", summary="List the linksets", response_class=Response, responses=_OF_LIST, openapi_extra=VERSIONED)
async def list_links(
    request: Request, parts: RunningDep, chosen: ChosenDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Name the outside data sets that the graph has links to, with the number of links by relation."""
    version = chosen.version
    known = (JSON, HTML)
    into = next((each for each in known if name in {each.name, each.media_type}), None)
    if name is None:
        into = choose(known, ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "the list of linksets"
        raise NotAcceptable(what, [each.media_type for each in known])
    site = base_iri(request.scope, parts.settings)
    told = f"{dataset_of(version)} {SOFTWARE} {site} {into.name} {request.url.query}".encode()
    etag = f'"{version.manifest.number}-{hashlib.blake2b(told, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    accepted = Accepted(solutions=SOLUTIONS[0], graphs=None, coding="identity")
    key = key_of(Asked(query=COUNTS), accepted, version, f"{site}/sparql")
    job = job_of(key, version, merge_quads=0, may_call=False, chosen=chosen.number)
    found = listed(outcome(await whole_answer(request, parts, job))) if targets(version) else []
    if into is HTML:
        around = await site_in(request, parts, version, number=chosen.number, has_names=False)
        response: Response = page(request, "links.html", {"linksets": found}, site=around)
    else:
        of_version = f"?version={chosen.number}" if chosen.is_fixed else ""
        content = [
            {
                "target": each.target,
                "links": each.links,
                "relations": each.relations,
                "turtle": f"{site}/links/{each.target}.ttl{of_version}",
                "sssom": f"{site}/links/{each.target}.sssom.tsv{of_version}",
            }
            for each in found
        ]
        response = Response(json.dumps({"linksets": content}, indent=1), media_type=JSON.content_type)
    response.headers.update(headers)
    return response


@router.head("/links/{target}", include_in_schema=False)
@router.get(
    "/links/{target}",
    summary="Download a linkset",
    response_class=Response,
    responses=_OF_SET,
    openapi_extra=VERSIONED,
)
async def linkset(
    request: Request, target: str, parts: RunningDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Send the links to an outside data set, each with its evidence: `wikidata.ttl`, `wikidata.sssom.tsv`.

    Without an ending the format is negotiated.
    """
    number = read_version_parameter(request.scope["query_string"])
    version = version_of(parts, number)
    found, into = find(target, version)
    if into is None and name is None:
        into = choose(FILES, ", ".join(request.headers.getlist("accept")) or accept)
    elif into is None:
        into = next((each for each in FILES if name in {each.name, each.media_type}), None)
    if into is None:
        what = "a linkset"
        raise NotAcceptable(what, [each.media_type for each in FILES])
    coding = choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    key, job = job_of_linkset(found, into, coding, version, number)
    call = Call(parts=parts, request=request, send=request._send, is_fixed=number is not None)  # noqa: SLF001
    return await reply(call, key, job)
