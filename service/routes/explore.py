"""`/explore`: pictures of the dataset, each with its figures as a table and the query that gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from graph.errors import VersionPruned, VersionUnknown
from graph.query_errors import EntityUnknown
from graph.request_errors import BadRequest
from graph.terms import BASE
from service.answering import SOFTWARE, dataset_of
from service.cache import Key
from service.calls import Call
from service.deps import RunningDep, version_of
from service.dereferencing import coding_of
from service.explore.picture import COOPERATION, MOST_EXPANDED, MOST_SHOWN, NETWORK, TIMELINE
from service.explore.requests import read_picture
from service.formats import HTML
from service.jobs import Job
from service.linking import encoded
from service.lookups import parameter
from service.parameters import read_version_parameter
from service.problems import MEDIA_TYPE, status_of
from service.replies import reply
from service.sparql_api import VERSION_PARAMETER
from service.templating import page, page_headers, site_in

if TYPE_CHECKING:
    from graph.versions import Version
    from service.deps import Running
    from service.explore.picture import Picture

router = APIRouter(prefix="/explore", tags=["Pages"])

_FILTERS: Final = [
    parameter("kind", "a kind as the page offers it; any for all of them"),
    parameter("from", "year to begin with"),
    parameter("to", "year to end with"),
    VERSION_PARAMETER,
]
_OF_STATE: Final = parameter("state", "end of the name of a state, such as actor/chn, its ISO alpha-3 code or its IRI")
_OF_ACTOR: Final = parameter("actor", "end of the name of an actor, such as actor/esa, or its IRI; all if left out")
_ABOUT: Final = parameter("about", "end of the name of a thing, such as system/cfosat, or its IRI")
_EXPAND: Final = parameter("expand", f"a further thing whose neighbours are shown; at most {MOST_EXPANDED} times")
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "The client has it already"},
    400: {"description": "A parameter cannot be read; the page says what it takes", "content": {"text/html": {}}},
    404: {"description": "No such thing, or no such version", "content": {MEDIA_TYPE: {}}},
}


def _documented(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "response_class": HTMLResponse,
        "responses": _PROBLEMS,
        "openapi_extra": {"parameters": list(parameters)},
    }


@router.head("", include_in_schema=False)
@router.get("", summary="What there is to see", **_documented(VERSION_PARAMETER))
async def overview(request: Request, parts: RunningDep) -> Response:
    """List the pictures, each with a form that chooses what it is of."""
    chosen = read_version_parameter(request.scope["query_string"])
    site = await site_in(request, parts, version_of(parts, chosen), number=chosen, has_names=False)
    return page(request, "explore.html", {"most": MOST_SHOWN}, site=site)


@router.head("/cooperation", include_in_schema=False)
@router.get("/cooperation", summary="Who cooperates with whom, on a map", **_documented(_OF_STATE, *_FILTERS))
async def cooperation(request: Request, parts: RunningDep) -> Response:
    """Show the partners of a state by kind and year, or how many partners each state has."""
    return await _shown(request, parts, COOPERATION)


@router.head("/network", include_in_schema=False)
@router.get("/network", summary="What is around a thing", **_documented(_ABOUT, _EXPAND, VERSION_PARAMETER))
async def network(request: Request, parts: RunningDep) -> Response:
    """Show the actors, agreements, systems and events that a thing is connected with, and those of further ones."""
    return await _shown(request, parts, NETWORK)


@router.head("/timeline", include_in_schema=False)
@router.get("/timeline", summary="What happened when", **_documented(_OF_ACTOR, *_FILTERS))
async def timeline(request: Request, parts: RunningDep) -> Response:
    """Show launches, agreements and memberships by their dates, of all actors or of one."""
    return await _shown(request, parts, TIMELINE)


async def _shown(request: Request, parts: Running, kind: str) -> Response:
    """Answer with a picture; what cannot be shown is told above the forms, with its status."""
    try:
        picture = read_picture(kind, request.scope["query_string"])
        chosen = read_version_parameter(request.scope["query_string"])
        version = version_of(parts, chosen)
        _refuse_plain(version)
        site = await site_in(request, parts, version, number=chosen)
        return await _drawn(request, parts, replace(picture, site=site), version)
    except (BadRequest, EntityUnknown, VersionPruned, VersionUnknown) as error:
        return page(request, "explore.html", {"error": error.public, "most": MOST_SHOWN}, status=int(status_of(error)))


def _refuse_plain(version: Version) -> None:
    """Refuse a dataset that the questions are not about."""
    if version.manifest.kind != "published":
        what = "pictures are of the published dataset, and this service has a plain one: /query asks it"
        raise EntityUnknown(BASE, what=what)


async def _drawn(request: Request, parts: Running, picture: Picture, version: Version) -> Response:
    """Answer with a picture, by one round trip to a query process."""
    site = picture.site
    call = Call(parts=parts, request=request, send=request._send, is_fixed=site.is_fixed)  # noqa: SLF001
    call.headers = encoded(page_headers() | {"Vary": "Accept-Encoding, Accept-Language"})
    job = Job(
        store=f"{version.directory}/{version.manifest.store}",
        query="",
        picture=picture,
        version=site.version if site.is_fixed else None,
    )
    shown = (picture.kind, picture.about, picture.wanted, picture.first, picture.last, picture.expanded)
    around = (site.is_fixed, site.is_chosen, site.language)
    key = Key(
        version=version.manifest.number,
        dataset=dataset_of(version),
        software=SOFTWARE,
        query=f"PICTURE {(*shown, *around)}",
        base_iri=site.root,
        default_graphs=(),
        named_graphs=None,
        solutions=None,
        graphs=HTML.name,
        coding=coding_of(request),
    )
    return await reply(call, key, job)
