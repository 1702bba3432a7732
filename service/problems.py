"""Errors on the wire: one table from error class to status, one shape (RFC 9457, problem details).

The offline half knows no HTTP; here its errors get their status.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from graph.errors import (
    CoorbitError,
    ExampleUnknown,
    HomeBusy,
    HomeUnusable,
    LinksetUnknown,
    NoSearch,
    NoShapes,
    NotReady,
    ReleaseDamaged,
    ReleaseUnknown,
    TurtleError,
    ValidationFailed,
    VersionDamaged,
    VersionPruned,
    VersionUnknown,
)
from graph.query_errors import (
    CallFailed,
    EntityReplaced,
    EntityUnknown,
    EntityWithdrawn,
    NotAcceptable,
    QueryCrashed,
    QueryFailed,
    QueryMemory,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryUnsupported,
    ServiceBusy,
    SpoolFull,
    StoreUnreadable,
)
from graph.request_errors import BadRequest, BatchTooLarge, ParameterRefused
from graph.write_errors import (
    GraphUnknown,
    PatchRefused,
    PreconditionFailed,
    ScopeRefused,
    TokenRefused,
    TokensUnreadable,
    UpdateFailed,
    VersionChanged,
    WriteRefused,
)
from service.formats import PROBLEM
from service.methods import allowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request


MEDIA_TYPE: Final = PROBLEM.media_type
_SHOWN: Final = 100  # results in a problem document; the report as RDF has them all

_STATUS: Final[dict[type[CoorbitError], HTTPStatus]] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    BatchTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    QueryRefused: HTTPStatus.FORBIDDEN,
    QueryUnsupported: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    QueryTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    QueryMemory: HTTPStatus.INSUFFICIENT_STORAGE,
    SpoolFull: HTTPStatus.INSUFFICIENT_STORAGE,
    ServiceBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
    CallFailed: HTTPStatus.BAD_GATEWAY,
    QueryCrashed: HTTPStatus.INTERNAL_SERVER_ERROR,
    QueryFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    HomeBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    HomeUnusable: HTTPStatus.SERVICE_UNAVAILABLE,  # 507 where it is full
    TokensUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
    TurtleError: HTTPStatus.BAD_REQUEST,
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    WriteRefused: HTTPStatus.FORBIDDEN,
    GraphUnknown: HTTPStatus.NOT_FOUND,
    EntityUnknown: HTTPStatus.NOT_FOUND,
    EntityReplaced: HTTPStatus.MOVED_PERMANENTLY,
    EntityWithdrawn: HTTPStatus.GONE,
    VersionUnknown: HTTPStatus.NOT_FOUND,
    NoSearch: HTTPStatus.NOT_FOUND,
    NoShapes: HTTPStatus.NOT_FOUND,
    VersionPruned: HTTPStatus.GONE,
    UpdateFailed: HTTPStatus.CONFLICT,
    PatchRefused: HTTPStatus.CONFLICT,
    ValidationFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
    VersionChanged: HTTPStatus.PRECONDITION_FAILED,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    ReleaseUnknown: HTTPStatus.NOT_FOUND,
    ExampleUnknown: HTTPStatus.NOT_FOUND,
    LinksetUnknown: HTTPStatus.NOT_FOUND,
    VersionDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
    ReleaseDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
}

_NEGOTIATED: Final = (EntityUnknown, EntityWithdrawn, GraphUnknown)
"""What browsers are told on a page."""


def problem(
    status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None, **members: object
) -> JSONResponse:
    """Return a problem document; `members` are further fields, left out where they are None."""
    content = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    content |= {name: value for name, value in members.items() if value is not None}
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def described(texts: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return what the API description says of problems, from what each status means."""
    return {status: {"description": text, "content": {MEDIA_TYPE: {}}} for status, text in texts.items()}


def status_of(error: Exception) -> HTTPStatus:
    """Return the status of an error of ours; 500 for one that the table does not hold."""
    if isinstance(error, HomeUnusable) and error.is_full:
        return HTTPStatus.INSUFFICIENT_STORAGE
    return status_of_class(type(error))


def status_of_class(error: type[Exception]) -> HTTPStatus:
    """Return the status of a class of errors, for documents that name it."""
    return next((_STATUS[cls] for cls in error.__mro__ if cls in _STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)


def response_to(error: Exception, query_id: str | None = None) -> Response:
    """Return the answer to whatever went wrong; a fault of our own says no more than that.

    Args:
        error: any exception.
        query_id: of the query that met it, for the document; None for other requests.
    """
    if isinstance(error, HTTPException):
        return problem(HTTPStatus(error.status_code), str(error.detail), headers=dict(error.headers or {}), id=query_id)
    if isinstance(error, RequestValidationError):
        return _not_fitting(error)
    if isinstance(error, CoorbitError) and any(cls in _STATUS for cls in type(error).__mro__):
        return _described(error, query_id)
    detail = "the service failed to answer; its log says why"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, id=query_id)


def _not_fitting(error: RequestValidationError) -> Response:
    """Tell which parameters do not fit; a path that does not is one that nothing is at."""
    faults = error.errors()
    is_path = any(fault["loc"][:1] == ("path",) for fault in faults)
    status = HTTPStatus.NOT_FOUND if is_path else HTTPStatus.UNPROCESSABLE_ENTITY
    told = "; ".join(f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in faults)
    return problem(status, f"there is nothing at this path: {told}" if is_path else told)


def answer_to(request: Request, error: Exception) -> Response:
    """Return the answer to what went wrong with a request, as a problem document."""
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = allowed(request)
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"use {headers['Allow']}", headers=headers)
    return response_to(error)


def _described(error: CoorbitError, query_id: str | None) -> Response:
    if isinstance(error, ValidationFailed) and error.document:
        content_type, body = error.document
        return Response(body, status_of(error), headers={"Content-Type": content_type, "Vary": "Accept"})
    headers, members = _beyond(error)
    if isinstance(error, _NEGOTIATED):
        headers.setdefault("Vary", "Accept")
    if isinstance(error, ParameterRefused):
        members |= {"parameter": error.parameter, "expected": error.expected}
    status = status_of(error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", "5")
    return problem(status, error.public, headers=headers, id=query_id, **members)


def _beyond(error: Exception) -> tuple[dict[str, str], dict[str, object]]:
    """Return the headers and further fields of an error that has such."""
    headers: dict[str, str] = {}
    members: dict[str, object] = {}
    match error:
        case QuerySyntaxError():
            expected = list(error.expected) or None
            members = {"line": error.line, "column": error.column, "token": error.token, "expected": expected}
        case TurtleError():
            members = {"line": error.line, "column": error.column} | ({"part": error.part} if error.part else {})
        case PatchRefused():
            members = {"line": error.line, "quad": error.quad}
        case ValidationFailed():
            headers = {"Vary": "Accept"}
            members = {
                "violations": error.report.violations,
                "results": [result.members() for result in error.report.results[:_SHOWN]],
            }
        case VersionUnknown():
            members = {"newest": error.newest}
        case VersionPruned() | EntityUnknown():
            members = {"nearest": list(error.nearest)}
        case NotAcceptable():
            headers, members = {"Vary": "Accept, Accept-Encoding"}, {"available": list(error.available)}
        case TokenRefused() | ScopeRefused():
            headers = {"WWW-Authenticate": _challenge(error)}
        case ServiceBusy():
            headers = {"Retry-After": str(error.retry_after_s)}
    return headers, members


def _challenge(error: TokenRefused | ScopeRefused) -> str:
    """Return what a write needs, and what is wrong with the token that was given (RFC 6750, 3.1)."""
    if isinstance(error, ScopeRefused):
        return 'Bearer realm="coorbit", error="insufficient_scope", scope="write"'
    return 'Bearer realm="coorbit"' + (', error="invalid_token"' if error.given else "")
