"""`/resolve`: from an IRI of another graph, or a code, to the thing of ours, with the evidence."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import Response

from graph.query_errors import NotAcceptable
from service.addresses import site_path
from service.deps import RunningDep, version_of
from service.formats import HTML, JSON
from service.freshness import known_answer, validators
from service.incoming import read_body, refuse_coding
from service.lookups import (
    MOST_IDENTIFIERS,
    evidence_of,
    parameter,
    read_identifier_asked,
    read_identifiers,
)
from service.negotiation import choose
from service.parameters import read_version_parameter
from service.paths import encoded, link_to
from service.problems import MEDIA_TYPE
from service.templating import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.search import Index
    from graph.search_file import Evidence

router = APIRouter(tags=["Search"])

_MOST_BYTES: Final = 2_000_000
_MEANT: Final = {
    "identifier": "http://www.wikidata.org/entity/Q148",
    "matches": [
        {
            "id": "https://w3id.org/coorbit/id/actor/chn",
            "label": "China",
            "evidence": {
                "identifier": "http://www.wikidata.org/entity/Q148",
                "relation": "skos:exactMatch",
                "record": "https://w3id.org/coorbit/id/link/chn-wikidata",
                "confidence": "0.95",
            },
        }
    ],
}
_PARAMETERS: Final = [
    parameter(
        "iri",
        "IRI of Wikidata, GeoNames, DBpedia, ROR or another graph, or of ours; or a bare identifier: Q148, 2018-083A "
        "(COSPAR), 43662 (NORAD), CN, CHN or 156 (ISO 3166-1), where need be with its scheme before it (cospar:, "
        "norad:, iso:, gcat:, wikidata:, geonames:, dbpedia:, ror:)",
        required=True,
    ),
    parameter("version", "number of a version; the current one if left out"),
]
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The one thing that is meant, as JSON", "content": {"application/json": {"example": _MEANT}}},
    300: {"description": "Several things may be meant: as JSON, or as a page", "content": {"application/json": {}}},
    303: {"description": "The page of the one thing that is meant; `Link` has its IRI"},
    304: {"description": "The client has it already"},
    400: {"description": "No identifier, or one that cannot be one", "content": {MEDIA_TYPE: {}}},
    404: {"description": "Nothing here is linked to it or has that code", "content": {MEDIA_TYPE: {}}},
}
_OF_BATCH: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What each identifier means, in their order; `matches` is empty for one that is unknown",
        "content": {"application/json": {"example": {"version": 1, "results": [_MEANT]}}},
    },
    400: {"description": "The body is no JSON list of strings", "content": {MEDIA_TYPE: {}}},
    413: {"description": "The body is too large", "content": {MEDIA_TYPE: {}}},
    415: {"description": "The body is not sent as JSON", "content": {MEDIA_TYPE: {}}},
}
_BODY: Final = {
    "parameters": _PARAMETERS[1:],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_IDENTIFIERS},
                "example": ["http://www.wikidata.org/entity/Q148", "2018-083A", "iso:CN"],
            }
        },
    },
}


@router.head("/resolve", include_in_schema=False)
@router.get(
    "/resolve",
    summary="From an outside identifier to ours",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"parameters": _PARAMETERS},
)
async def resolve(
    request: Request,
    parts: RunningDep,
    accept: Annotated[str, Header(description="`application/json` for the evidence, else a redirect")] = "*/*",
) -> Response:
    """Lead to the page of the thing that is meant, or tell which it is and why."""
    into = choose((HTML, JSON), ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "an identifier's meaning"
        raise NotAcceptable(what, [HTML.media_type, JSON.media_type])
    identifier, number = read_identifier_asked(request.scope["query_string"])
    served = version_of(parts, number)
    headers = validators(request, served, into, is_fixed=number is not None)
    if known := known_answer(request, headers):
        return known
    found = await parts.finder.ask(served, lambda index: index.resolve(identifier))
    things = {each.iri: each for each in found}
    if not things:
        message = f"nothing here has the identifier {identifier[:200]} or is linked to it: /search finds things by name"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    root = site_path(request, parts.settings)
    if into is HTML and len(things) == 1 and link_to(found[0].iri, root):
        response = _led(root, found[0])
    elif into is HTML:
        response = _choice(request, root, found)
    else:
        response = Response(_told(identifier, found), media_type=JSON.content_type)
    if len(things) > 1:
        response.status_code = HTTPStatus.MULTIPLE_CHOICES
    response.headers.update(headers)
    return response


@router.post(
    "/resolve",
    summary="From many outside identifiers to ours",
    response_class=Response,
    responses=_OF_BATCH,
    openapi_extra=_BODY,
)
async def resolve_batch(request: Request, parts: RunningDep) -> Response:
    """Tell what each identifier of a list means, and why."""
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != JSON.media_type:
        message = f"send the list as {JSON.media_type}, not as {media_type.strip() or 'a body without a type'}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept-Post": JSON.media_type})
    refuse_coding(request, parameters)
    version = version_of(parts, read_version_parameter(request.scope["query_string"]))
    identifiers = read_identifiers(bytes(await read_body(request, limit=_MOST_BYTES)))

    def work(index: Index) -> list[list[Evidence]]:
        return [index.resolve(each) for each in identifiers]

    found = await parts.finder.ask(version, work)
    results = [_meaning(*pair) for pair in zip(identifiers, found, strict=True)]
    content = {"version": version.manifest.number, "results": results}
    body = json.dumps(content, ensure_ascii=False, indent=2)
    return Response(body, media_type=JSON.content_type, headers={"Cache-Control": "no-store"})


def _led(root: str, found: Evidence) -> Response:
    """Lead to the page of a thing here; its IRI is the address by which it is cited."""
    headers = {"Location": link_to(found.iri, root), "Link": f'<{encoded(found.iri)}>; rel="canonical"'}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _choice(request: Request, root: str, found: Sequence[Evidence]) -> Response:
    rows = [{"address": link_to(each.iri, root), "label": each.label, "relation": each.relation} for each in found]
    return page(request, "choice.html", {"rows": rows})


def _meaning(identifier: str, found: Sequence[Evidence]) -> dict[str, object]:
    return {"identifier": identifier, "matches": [evidence_of(each) for each in found]}


def _told(identifier: str, found: Sequence[Evidence]) -> str:
    return json.dumps(_meaning(identifier, found), ensure_ascii=False, indent=2)
