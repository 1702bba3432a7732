"""Answers on the wire: whole, not modified, or streamed at the reader's pace."""

from __future__ import annotations

import asyncio
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from graph.errors import CoorbitError
from graph.query_errors import AnswerBroken
from service.answering import GZIP_LEVEL, answer_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from service.cache import Kept
    from service.calls import Call
    from service.exchange import Exchange

_GZIP_WBITS: Final = 31  # zlib's code for the gzip container
_OF_THE_MOMENT: Final = (b"cache-control", b"no-store")
_FOLLOWS_THE_CURRENT_VERSION: Final = (b"cache-control", b"no-cache")
_OF_A_FIXED_VERSION: Final = (b"cache-control", b"public, max-age=31536000, immutable")


def is_known(if_none_match: str, etag: str) -> bool:
    """Say whether a client has the answer with an entity tag already (RFC 9110, 13.1.2: weak comparison)."""
    if not if_none_match:
        return False
    given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag.removeprefix("W/") in given or given == ["*"]


async def send_kept(call: Call, kept: Kept, *, timing: str) -> None:
    """Send a whole answer, or tell that the client has it already."""
    call.entry.update(version=kept.version, form=kept.form)
    if has_already(call, kept):
        await send_not_modified(call, kept.etag)
        return
    body = b"" if call.request.method == "HEAD" else kept.body
    call.entry.update(status=200, rows=kept.rows, bytes=len(body))
    await call.send_whole([*kept.headers, lasting(call, volatile=not kept.etag)], body, timing=timing)


def has_already(call: Call, kept: Kept) -> bool:
    """Say whether the client has an answer and asks only whether it is still the same."""
    may_have_it = bool(kept.etag) and call.request.method in {"GET", "HEAD"}
    return may_have_it and is_known(call.request.headers.get("if-none-match", ""), kept.etag.decode())


def lasting(call: Call, *, volatile: bool) -> tuple[bytes, bytes]:
    """Return the header that says how long an answer may be kept by whoever passes it on.

    Args:
        call: that is answered.
        volatile: whether the same request may get another answer on the same version.
    """
    if volatile:
        return _OF_THE_MOMENT
    return _OF_A_FIXED_VERSION if call.is_fixed and not call.is_page else _FOLLOWS_THE_CURRENT_VERSION


def not_modified_headers(call: Call, etag: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of a 304 that are those of the answer itself (RFC 9110, 15.4.5)."""
    return [(b"etag", etag), lasting(call, volatile=False), (b"vary", b"Accept, Accept-Encoding")]


async def send_not_modified(call: Call, etag: bytes) -> None:
    """Tell the client that what it has is still the answer."""
    call.entry.update(status=int(HTTPStatus.NOT_MODIFIED), bytes=0)
    headers = not_modified_headers(call, etag)
    await call.send_whole(headers, b"", timing="cache;desc=not-modified", status=HTTPStatus.NOT_MODIFIED)


async def send_stream(call: Call, done: Exchange, coding: str) -> None:
    """Send a large answer at the reader's pace.

    Raises:
        AnswerBroken: it broke off, or the reader takes nothing; the server then ends the connection without a
            well-formed end.
    """
    if done.head is None:
        message = "an answer without a head"
        raise AnswerBroken(message)
    length: list[tuple[bytes, bytes]] = []
    if call.request.scope["http_version"] == "1.0":  # it knows the end of an answer by its length alone
        await done.finished()
        coding, length = "identity", [(b"content-length", str(done.size).encode())]
    sent = 0
    call.entry.update(form=done.head.form, status=200)
    headers = answer_headers(done.head.format_name, coding=coding)
    headers.append(lasting(call, volatile=done.head.volatile))
    await call.start([*headers, *length], timing=f"query;dur={call.milliseconds()}")
    if call.request.method != "HEAD":
        try:
            async for chunk in _chunks(done, coding):
                async with asyncio.timeout(call.parts.settings.send_timeout_s):
                    await call.send({"type": "http.response.body", "body": chunk, "more_body": True})
                sent += len(chunk)
        except TimeoutError as fault:
            message = f"the reader took nothing for {call.parts.settings.send_timeout_s:g} s"
            raise AnswerBroken(message) from fault
        finally:
            call.entry.update(rows=done.rows, bytes=sent)
    await call.send({"type": "http.response.body", "body": b""})


async def _chunks(done: Exchange, coding: str) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP_WBITS) if coding == "gzip" else None
    try:
        async for chunk in _pieces(done):
            piece = chunk if packer is None else await asyncio.to_thread(packer.compress, chunk)
            if piece:
                yield piece
    except CoorbitError as error:
        raise AnswerBroken(str(error)) from error
    if packer is not None:
        yield packer.flush()


async def _pieces(done: Exchange) -> AsyncIterator[bytes]:
    yield done.body()
    async for chunk in done.rest():
        yield chunk
