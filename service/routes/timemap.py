"""`/timemap/...`: which states of the past there are of what the service answers with (Memento, RFC 7089)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.deps import RunningDep
from service.dereferencing import answer_timemap
from service.mementos import MEDIA_TYPE, TIMEMAP
from service.problems import described

router = APIRouter(tags=["Linked data"])


@router.head(TIMEMAP + "/{path:path}", include_in_schema=False)
@router.get(
    TIMEMAP + "/{path:path}",
    summary="The states of a name's description",
    response_class=Response,
    responses={
        200: {"description": "Each version that is kept, with its date", "content": {MEDIA_TYPE: {}}},
        **described({404: "Nothing is said of this name in the current version"}),
    },
)
async def states(request: Request, parts: RunningDep) -> Response:
    """List a name's Mementos: its description in each version that is kept. In one that lacks it, it is 404."""
    return await answer_timemap(request, parts)
