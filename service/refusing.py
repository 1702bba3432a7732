"""What is refused before it is routed: a problem document with what every other answer has, and a line in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.calls import CORS, new_query_id
from service.problems import problem

if TYPE_CHECKING:
    from http import HTTPStatus

    from starlette.responses import JSONResponse

    from service.deps import Running


def refusal(parts: Running, status: HTTPStatus, message: str, *, milliseconds: float = 0.0) -> JSONResponse:
    """Return the answer to a request that nobody reads further, and log it.

    Args:
        parts: of the service.
        status: of the answer.
        message: what to do about it.
        milliseconds: since the request began, as far as that is known.
    """
    query_id = new_query_id()
    parts.log.write({"id": query_id, "ms": milliseconds, "status": int(status)})
    headers = {"Server-Timing": f"query;dur={milliseconds}", "X-Query-Id": query_id, **CORS}
    return problem(status, message, headers=headers, id=query_id)
