"""Writes over HTTP: who may, and one request to one new version by way of the writer process."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from fastapi import Response

from graph.errors import CoorbitError, ValidationFailed
from graph.tokens import find_token, read_tokens, takes_writes
from graph.versions import Origin
from graph.write_errors import ScopeRefused, TokenError, TokenRefused, WriteRefused
from service.addresses import stored_base
from service.audit import note_refusal, note_write, told_request
from service.check_process import report_in
from service.conditions import expected_presence, expected_versions
from service.deps import version_of
from service.formats import GRAPHS, PROBLEM
from service.intent import read_intent
from service.negotiation import choose
from service.parameters import read_pairs, read_version_parameter, refuse_version
from service.write_process import GraphWrite, PatchWrite, Update, WriteJob, Written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fastapi import Request

    from graph.report import Report
    from service.deps import Running
    from service.parameters import Asked

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_OFF: Final = "writes are off: they are turned on by a token that is good (coorbit token create --scope write)"
_NO_TOKEN: Final = "a write needs a token: send the header `Authorization: Bearer TOKEN`"  # noqa: S105  (holds none)
_BAD_TOKEN: Final = "this token is not known here, or has expired or been revoked"  # noqa: S105  (holds none)

_JSON: Final = "application/json"
# Who takes JSON takes a problem document; the report as JSON-LD has a name of its own.
_REPORTS: Final = (
    replace(PROBLEM, aliases=(_JSON,)),
    *(replace(each, aliases=tuple(name for name in each.aliases if name != _JSON)) for each in GRAPHS),
)

PROBLEMS: Final = {
    401: "There is no token, or not a good one",
    403: "Writes are off, the token is not for writes, or the graph follows from others or comes with the package",
    412: "`If-Match` names another version than the current one, or is `*` and there is no such graph; or "
    "`If-None-Match` is `*` and there is one",
    422: "A published dataset would not conform; `results` says where, as does the report where RDF is asked for",
    503: "The dataset is still being built, or others are writing; Retry-After says when to come back",
    504: "It took longer than the time limit; nothing was changed",
    507: "It needed more memory, or room, than it may have; nothing was changed",
}
"""What a status means that any write can meet."""

PROBLEMS_OF_BODIES: Final = {
    413: "The body is larger than COORBIT_BODY_MB",
    415: "The body is of no type that is taken here, or not in UTF-8, or compressed",
}
"""The same of writes with a body."""


def authorised(request: Request, parts: Running) -> str:
    """Return the name of the token by which a request may write.

    Raises:
        NotReady: there is no dataset yet.
        WriteRefused: the dataset takes no writes, since it has no tokens.
        TokenRefused: the request has no token, or not a good one.
        ScopeRefused: its token is not for writes.
    """
    version_of(parts)
    try:
        return _bearer(request.headers.get("authorization", ""), parts.settings.home)
    except (WriteRefused, TokenRefused) as error:
        author = error.name if isinstance(error, ScopeRefused) else None
        note_refusal(author, told_request(request.method, request.scope["path"]), error)
        raise


def _bearer(header: str, home: Path) -> str:
    """Return the name of the token in a header `Authorization`; errors as of `authorised`."""
    tokens, now = read_tokens(home), datetime.now(UTC)
    given = _BEARER.fullmatch(header)
    if not tokens or (given is None and not takes_writes(tokens, now=now)):
        raise WriteRefused(_OFF)
    if given is None:
        raise TokenRefused(_NO_TOKEN, given=False)
    token = find_token(tokens, given[1], now=now)
    if token is None:
        raise TokenRefused(_BAD_TOKEN, given=True)
    if token.scope != "write":  # the file can be edited by hand
        raise ScopeRefused(token.name)
    return token.name


def is_on(parts: Running) -> bool:
    """Say whether the dataset can be changed over HTTP: there is a token that is good for it now."""
    try:
        return takes_writes(read_tokens(parts.settings.home), now=datetime.now(UTC))
    except TokenError:
        return False


async def update(request: Request, parts: Running, asked: Asked) -> Response:
    """Make a SPARQL update.

    Args:
        request: that asks for it.
        parts: of the service.
        asked: the update, in what graphs its WHERE asks, and what is said of the commit.

    Returns:
        204, with an entity tag of the version that is current now.

    Raises:
        CoorbitError: nothing was changed; see `service.write_process.perform` and `authorised`.
    """
    change = Update(
        text=asked.update or "",
        base_iri=stored_base(request.scope, parts.settings) + request.scope["path"],  # /sparql, or /sparql/
        using_default=asked.default_graphs,
        using_named=asked.named_graphs or (),
        is_published=version_of(parts).manifest.kind == "published",
    )
    author = authorised(request, parts)
    written = await write(request, parts, change, author=author, parameters=asked.of_commit)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers_of(written))


async def write(
    request: Request,
    parts: Running,
    change: GraphWrite | PatchWrite | Update,
    *,
    author: str,
    parameters: Iterable[tuple[str, str]] | None = None,
) -> Written:
    """Have the writer process make a change; the version it makes is read by the next request to any process.

    Args:
        request: that asks for it.
        parts: of the service.
        change: what to do.
        author: of the new version.
        parameters: that tell of the commit; None: those of the address.

    Raises:
        BadRequest: the request names a version to read, or a header or parameter of it cannot be taken.
        VersionChanged: `If-Match` names other versions than the current one.
        PreconditionFailed: what is written is there, or is not, against what `If-None-Match` or `If-Match` says.
        CoorbitError: nothing was changed; see `service.write_process.perform`.
    """
    refuse_version(read_version_parameter(request.scope["query_string"]))
    given = read_pairs(request.scope["query_string"]) if parameters is None else parameters
    intent = read_intent(request.headers, given)
    message = intent.message or f"{request.method} {request.scope['path']} over HTTP"
    origin = Origin(created=datetime.now(UTC), author=author, message=message)
    job = WriteJob(
        home=parts.settings.home,
        change=change,
        origin=origin,
        keep=parts.settings.keep_versions,
        expected=expected_versions(request),
        there_before=expected_presence(request),
        dry_run=intent.dry_run,
    )
    try:
        written = cast("Written", await parts.pool.write(job, timeout_s=parts.settings.query_timeout_s))
    except CoorbitError as error:
        if isinstance(error, ValidationFailed):
            error.document = _document(error.report, ", ".join(request.headers.getlist("accept")))
        note_refusal(author, _told(change), error)
        raise
    state = "validated alone" if job.dry_run else "published" if written.changed else "unchanged"
    note_write(author, _told(change), version=written.number, state=state)
    if written.stored:
        parts.pool.open(str(parts.current.read().store))
    return written


def _document(report: Report, accept: str) -> tuple[str, bytes] | None:
    """Return a report as the RDF that a client prefers to problem+json: content type and bytes; None for none."""
    into = choose(_REPORTS, accept)
    if into is None or into.name == PROBLEM.name:
        return None
    return into.content_type, report_in(into, report)


def _told(change: GraphWrite | PatchWrite | Update) -> str:
    """Return what a change is, on one line and without what it brings."""
    match change:
        case GraphWrite():
            return f"{change.action} graph={json.dumps(change.graph)}"
        case PatchWrite():
            return f"patch bytes={len(change.content)}"
        case Update():
            return f"update characters={len(change.text)}"


def headers_of(written: Written) -> dict[str, str]:
    """Return the headers that tell what came of a write.

    An entity tag that `If-Match` takes for the version that it has left, and those of `notes_of`.
    """
    return {"ETag": f'"{written.number}"'} | notes_of(written)


def notes_of(written: Written) -> dict[str, str]:
    """Return the headers that tell how a write was treated.

    How a published dataset was validated (nodes looked at, or all, and warnings left), and whether nothing was stored.
    """
    notes = {"Coorbit-Validation": written.validation} if written.validation else {}
    return notes | ({"Coorbit-Dry-Run": "true"} if written.dry_run else {})


def status_of_graph(written: Written) -> HTTPStatus:
    """Return the status of a write of one graph: a dry run of a new one has created nothing."""
    if not written.created:
        return HTTPStatus.NO_CONTENT
    return HTTPStatus.OK if written.dry_run else HTTPStatus.CREATED
