"""Writes over HTTP: who may, and one request to one new version by way of the writer process."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from fastapi import Response

from graph.errors import TokenError, TokenRefused, WriteRefused
from graph.tokens import find_token, read_tokens
from graph.versions import Origin
from service.addresses import endpoint_iri
from service.deps import version_of
from service.write_process import GraphWrite, Update, WriteJob, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request

    from graph.versions import Version
    from service.deps import Running

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_ETAG: Final = re.compile(r'(?<!W/)"([0-9]{1,18})(?:-[^"]*)?"')
_PUBLISHED: Final = (
    "this dataset is published from files: writes to it over HTTP come in a later release; a plain dataset takes them "
    "(coorbit serve --home DIR --empty --no-shapes)"
)
_OFF: Final = "writes are off: they are turned on by a token (coorbit token create --scope write)"
_NO_TOKEN: Final = "a write needs a token: send the header `Authorization: Bearer TOKEN`"  # noqa: S105
_BAD_TOKEN: Final = "this token is not known here, or has expired or been revoked"  # noqa: S105


def authorised(request: Request, parts: Running) -> str:
    """Return the name of the token by which a request may write.

    Raises:
        NotReady: there is no dataset yet.
        WriteRefused: the dataset takes no writes, whoever asks.
        TokenRefused: the request has no token, or not a good one.
    """
    if version_of(parts).manifest.kind != "plain":
        raise WriteRefused(_PUBLISHED)
    tokens = read_tokens(parts.settings.home)
    if not tokens:
        raise WriteRefused(_OFF)
    given = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if given is None:
        raise TokenRefused(_NO_TOKEN, given=False)
    token = find_token(tokens, given[1], now=datetime.now(UTC))
    if token is None:
        raise TokenRefused(_BAD_TOKEN, given=True)
    return token.name


def is_on(parts: Running, version: Version) -> bool:
    """Say whether a version can be changed over HTTP, by whoever has a token."""
    try:
        return version.manifest.kind == "plain" and bool(read_tokens(parts.settings.home))
    except TokenError:
        return False


async def update(
    request: Request, parts: Running, text: str, *, using_default: Sequence[str], using_named: Sequence[str]
) -> Response:
    """Make a SPARQL update.

    Args:
        request: that asks for it.
        parts: of the service.
        text: of the update.
        using_default: values of `using-graph-uri`.
        using_named: values of `using-named-graph-uri`.

    Returns:
        204, with an entity tag of the version that is current now.

    Raises:
        CoorbitError: nothing was changed; see `service.write_process.perform` and `authorised`.
    """
    change = Update(
        text=text,
        base_iri=endpoint_iri(request.scope, parts.settings),
        using_default=tuple(using_default),
        using_named=tuple(using_named),
    )
    written = await write(request, parts, change, author=authorised(request, parts))
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": etag_of(written)})


async def write(request: Request, parts: Running, change: GraphWrite | Update, *, author: str) -> Written:
    """Have the writer process make a change; the version it makes is read by the next request to any process.

    Raises:
        VersionChanged: `If-Match` names other versions than the current one.
        CoorbitError: nothing was changed; see `service.write_process.perform`.
    """
    origin = Origin(
        created=datetime.now(UTC), author=author, message=f"{request.method} {request.scope['path']} over HTTP"
    )
    job = WriteJob(home=parts.settings.home, change=change, origin=origin, expected=_expected(request))
    written = cast("Written", await parts.pool.write(job, timeout_s=parts.settings.query_timeout_s))
    if written.changed:
        parts.pool.open(str(parts.current.read().store))
    return written


def etag_of(written: Written) -> str:
    """Return an entity tag that `If-Match` takes for the version that a write has left."""
    return f'"{written.number}"'


def _expected(request: Request) -> frozenset[int] | None:
    """Read `If-Match`: a tag stands for the version before its dash, whatever it was the tag of (RFC 9110, 13.1.1)."""
    header = ", ".join(request.headers.getlist("if-match"))
    if not header or header.strip() == "*":
        return None
    return frozenset(int(number) for number in _ETAG.findall(header))
