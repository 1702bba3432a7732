"""`/query`: the query page, for people; it works without JavaScript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from graph.errors import BadRequest, VersionPruned, VersionUnknown
from graph.query_errors import QueryError
from graph.terms import PREFIXES
from service.addresses import endpoint_iri
from service.answering import Accepted, job_of, key_of, whole_answer
from service.deps import RunningDep, VersionDep, version_of
from service.formats import SOLUTIONS, TURTLE
from service.pages import Outcome, outcome
from service.parameters import read_parameters
from service.problems import status_of
from service.templating import page

router = APIRouter(tags=["Pages"])


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
    is_published = version.manifest.kind == "published"
    if query.strip():
        try:
            asked = read_parameters(request.url.query)
            chosen = asked.version
            version = version_of(parts, chosen)
            accepted = Accepted(solutions=SOLUTIONS[0], graphs=TURTLE, coding="identity")
            key = key_of(asked, accepted, version, endpoint_iri(request.scope, parts.settings))
            job = job_of(key, version, merge_quads=parts.settings.merge_quads, may_call=False, chosen=chosen)
            result = outcome(await whole_answer(request, parts, job, timeout_s=asked.timeout_s))
        except (BadRequest, QueryError, VersionPruned, VersionUnknown) as error:
            result, status = Outcome(error=str(error)), int(status_of(error))
    return page(
        request,
        "query.html",
        {"query": query, "chosen": chosen, "outcome": result, "prefixes": PREFIXES if is_published else {}},
        status=status,
    )
