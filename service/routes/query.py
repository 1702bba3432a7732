"""`/query`: the query page, for people; it works without JavaScript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from graph.errors import QueryError
from graph.terms import PREFIXES
from service.deps import RunningDep, VersionDep
from service.evaluation import Job
from service.formats import SOLUTIONS, TURTLE
from service.pages import Outcome, outcome
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
    """Show an editor and, where a query is given, its result as a table or as Turtle."""
    result, status = Outcome(), 200
    if query.strip():
        try:
            answer = await parts.worker.answer(version.store, Job(query=query, solutions=SOLUTIONS[0], graphs=TURTLE))
            result = outcome(answer)
        except QueryError as error:
            result, status = Outcome(error=str(error)), int(status_of(error))
    return page(request, "query.html", {"query": query, "outcome": result, "prefixes": PREFIXES}, status=status)
