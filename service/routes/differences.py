"""`/versions/OLD..NEW`: what differs between two versions, as a patch, as counts, or as a page."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

import pyoxigraph as ox
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from graph.terms import GRAPHS
from service.answering import kept_body, key_of_graph
from service.calls import Call
from service.deps import RunningDep, numbered_version, version_of
from service.dereferencing import coding_of
from service.difference import ROWS_SHOWN, Difference
from service.formats import COUNTS, HTML, PATCH
from service.freshness import known_answer, validators
from service.jobs import Job
from service.labels import labelled
from service.negotiation import named_or_liked
from service.pages import Cell, Outcome, cell
from service.paths import path_of
from service.problems import described
from service.replies import reply
from service.routes.versions import NOT_KEPT
from service.templating import page, site_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from service.deps import Running
    from service.formats import Format
    from service.site import Site

router = APIRouter(tags=["Versions"])

_KNOWN: Final = (COUNTS, PATCH, HTML)
_COLUMNS: Final = ("change", "subject", "property", "value", "graph")
_WORDS: Final = {"A": "added", "D": "removed"}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The difference", "content": {each.media_type: {} for each in _KNOWN}},
    **NOT_KEPT,
    **described(
        {
            404: "There never was such a version, or the page has no rows",
            406: "No format is acceptable; `available` lists them",
        }
    ),
}


@router.head("/versions/{old}..{new}", include_in_schema=False)
@router.get(
    "/versions/{old}..{new}",
    summary="What differs between two versions",
    response_class=Response,
    responses=_RESPONSES,
)
async def difference(  # noqa: PLR0913, PLR0917  (FastAPI reads parameters from the signature)
    request: Request,
    old: str,
    new: str,
    parts: RunningDep,
    name: Annotated[str | None, Query(alias="format", description="`patch`, `counts` or `html`")] = None,
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000, description="of the rows, on a page")] = 1,
) -> Response:
    """Give the way from one version to another: each quad that was added or removed, or their counts by graph.

    `format=`, else Accept, chooses. It is worked out by a query process, under its limits.
    """
    first, last = numbered_version(parts, old), numbered_version(parts, new)
    into = _into(request, name)
    is_page = into is HTML
    asked = Difference(
        home=str(parts.settings.home),
        old=first.manifest.number,
        new=last.manifest.number,
        into=COUNTS.name if is_page else into.name,
        page=number if is_page else 0,
    )
    path = f"/versions/{asked.old}..{asked.new}"
    job = Job(store=str(version_of(parts).store), query="", difference=asked)
    if is_page:
        headers = validators(request, last, HTML, is_fixed=True, reads_language=True)
        if known := known_answer(request, headers):
            return known
        key = key_of_graph(f"{path} page {number}", last, COUNTS, "identity")
        told = json.loads(await kept_body(request, parts, key, job))
        response = await _page(request, parts, asked, told)
        response.headers.update(headers)
        return response
    call = Call(parts=parts, request=request, send=request._send, is_fixed=True)  # noqa: SLF001
    return await reply(call, key_of_graph(path, last, into, coding_of(request)), job)


async def _page(request: Request, parts: Running, asked: Difference, told: Mapping[str, Any]) -> Response:
    """Show counts by graph, and some of the rows under the names of things.

    Raises:
        HTTPException: there are rows, and none on this page.
    """
    count = told["added"] + told["removed"]
    pages = max(-(-count // ROWS_SHOWN), 1)
    if asked.page > pages:
        message = f"page {asked.page} has no rows: there are {count} on {pages} pages"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    site = site_of(request, has_names=True)
    rows = [_row(op, quad, site) for op, quad in told["rows"]]
    newest = version_of(parts, max(asked.old, asked.new))
    context = {
        "told": told,
        "graphs": [(each.removeprefix(GRAPHS), path_of(each) or "", counts) for each, counts in told["graphs"].items()],
        "outcome": await labelled(parts, newest, Outcome(columns=_COLUMNS, rows=rows), site.language),
        "page": asked.page,
        "pages": pages,
        "path": f"/versions/{asked.old}..{asked.new}",
    }
    return page(request, "difference.html", context, site=site)


def _row(op: str, quad: str, site: Site) -> Sequence[Cell]:
    """Return a row as people read it: what became of the statement, its terms, and its graph."""
    (read,) = ox.parse(f"{quad} .", format=ox.RdfFormat.N_QUADS)
    graph = None if isinstance(read.graph_name, ox.DefaultGraph) else read.graph_name
    return [Cell(text=_WORDS[op]), *(cell(term, site) for term in (read.subject, read.predicate, read.object, graph))]


def _into(request: Request, name: str | None) -> Format:
    accept = ", ".join(request.headers.getlist("accept"))
    return named_or_liked(_KNOWN, name, accept, what="a difference")
