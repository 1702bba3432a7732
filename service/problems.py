"""Errors on the wire: one table from error class to status, one shape (RFC 9457, problem details).

The offline half knows no HTTP; here its errors get their status.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from graph.errors import (
    CoorbitError,
    NotAcceptable,
    NotReady,
    QueryFailed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryUnsupported,
)

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[dict[type[CoorbitError], HTTPStatus]] = {
    QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    QueryRefused: HTTPStatus.FORBIDDEN,
    QueryUnsupported: HTTPStatus.BAD_REQUEST,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    QueryTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    QueryFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}


def install(app: FastAPI) -> None:
    """Make the app answer every error as problem+json."""
    app.add_exception_handler(CoorbitError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_anything)


def problem(
    status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None, **members: object
) -> JSONResponse:
    """Return a problem document; `members` are further fields, left out where they are None."""
    content = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    content |= {name: value for name, value in members.items() if value is not None}
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: Exception) -> HTTPStatus:
    """Return the status of an error of ours; 500 for one that the table does not hold."""
    return next((_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)


async def _of_ours(_request: Request, error: Exception) -> JSONResponse:
    status = status_of(error)
    if isinstance(error, QuerySyntaxError):
        return problem(
            status,
            str(error),
            line=error.line,
            column=error.column,
            token=error.token,
            expected=list(error.expected) or None,
        )
    if isinstance(error, NotAcceptable):
        return problem(status, str(error), headers={"Vary": "Accept"}, available=list(error.available))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return problem(status, str(error), headers={"Retry-After": "5"})
    return problem(status, str(error))


async def _of_anything(_request: Request, _error: Exception) -> JSONResponse:
    """Answer for a fault of our own; the server logs its traceback."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed to answer; its log says why")


async def _of_http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(HTTPStatus(error.status_code), str(error.detail), headers=dict(error.headers or {}))
