"""`/query`: the query page, for people; it works without JavaScript."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from graph.errors import VersionPruned, VersionUnknown
from graph.query_errors import QueryError
from graph.request_errors import BadRequest
from graph.terms import PREFIXES
from service.addresses import ENDPOINT, endpoint_iri
from service.answering import Accepted, job_of, key_of, whole_answer
from service.deps import Running, RunningDep, VersionDep, version_of
from service.dereferencing import coding_of
from service.formats import GRAPHS, SOLUTIONS, TURTLE
from service.labels import labelled
from service.pages import Outcome, outcome
from service.parameters import read_pairs, read_parameters, read_version_parameter
from service.problems import status_of
from service.templating import page, site_in

if TYPE_CHECKING:
    from graph.versions import Version

router = APIRouter(tags=["Pages"])

_KEPT: Final = frozenset({"default-graph-uri", "named-graph-uri", "timeout", "version"})


@router.head("/query", include_in_schema=False)
@router.get(
    "/query",
    summary="Ask in the browser",
    response_class=HTMLResponse,
    responses={400: {"description": "The query is not SPARQL; the page says where, and keeps the text"}},
)
async def query_page(
    request: Request,
    parts: RunningDep,
    version: VersionDep,
    query: Annotated[str, Query(description="a SPARQL query; without one the page is empty")] = "",
) -> HTMLResponse:
    """Show an editor and, where a query is given, its result as a table or as Turtle; parameters as for `/sparql`."""
    result, status = Outcome(), 200
    chosen: int | None = None
    found: int | None = None  # what is chosen and kept: a page that is refused its version is of the current one
    try:
        chosen = read_version_parameter(request.scope["query_string"])
        version = version_of(parts, chosen)
        found = chosen
        if query.strip():
            result = await _asked(request, parts, version, chosen)
    except (BadRequest, QueryError, VersionPruned, VersionUnknown) as error:
        result, status = Outcome(error=error.public), int(status_of(error))
    kept = _given(request)
    return page(
        request,
        "query.html",
        {
            "query": query,
            "chosen": chosen,
            "outcome": result,
            "prefixes": PREFIXES if version.manifest.kind == "published" else {},
            "solutions": [each.name for each in SOLUTIONS],
            "graphs": [each.name for each in GRAPHS],
            "kept": [pair for pair in kept if pair[0] != "version"],
            "downloads": _downloads(query, result, kept),
        },
        status=status,
        site=await site_in(request, parts, version, number=found),
    )


async def _asked(request: Request, parts: Running, version: Version, chosen: int | None) -> Outcome:
    """Return what comes of the query of a request."""
    asked = read_parameters(request.url.query)
    # The page's script asks the endpoint for the same again, in these formats: it is then there already.
    accepted = Accepted(solutions=SOLUTIONS[0], graphs=TURTLE, coding=coding_of(request))
    key = key_of(asked, accepted, version, endpoint_iri(request.scope, parts.settings))
    job = job_of(key, version, merge_quads=parts.settings.merge_quads, may_call=False, chosen=chosen)
    answer = await whole_answer(request, parts, job, key=key, timeout_s=asked.timeout_s)
    site = await site_in(request, parts, version, number=chosen)
    return await labelled(parts, version, outcome(answer, site), site.language)


def _given(request: Request) -> list[tuple[str, str]]:
    """Return what the address says of the dataset and the time limit, to be kept by the form and the downloads."""
    with contextlib.suppress(BadRequest):  # the page has told it
        return [(name, value) for name, value in read_pairs(request.scope["query_string"]) if name in _KEPT]
    return []


def _downloads(query: str, result: Outcome, kept: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the formats that an answer can be downloaded in, each with its path."""
    formats = GRAPHS if result.turtle else SOLUTIONS
    return [
        (each.name, f"{ENDPOINT}?{urlencode([('query', query), ('format', each.name), *kept])}") for each in formats
    ]
