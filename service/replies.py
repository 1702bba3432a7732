"""An answer of a query process as a response of a route: out of the cache, whole, not modified or streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from service import answering
from service.addresses import client_address
from service.sending import is_known, send_kept, send_not_modified, send_stream

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from service.cache import Key
    from service.calls import Call
    from service.jobs import Job


class Sent(Response):
    """An answer that sends itself, once its status is sure."""

    def __init__(self, call: Call, send: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._call = call
        self._send = send

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        self._call.send = send
        await self._send()


async def reply(call: Call, key: Key, job: Job, *, timeout_s: float | None = None) -> Response:
    """Answer with what a job gives: from the cache, whole where it fits the buffer, streamed where it does not.

    Args:
        call: that is answered.
        key: under which the answer is kept.
        job: what to evaluate where nothing is kept; one round trip to a query process.
        timeout_s: may lower the time limit, never raise it.

    Raises:
        QueryError: there is no answer.
    """
    request, parts = call.request, call.parts
    if (kept := parts.cache.get(key)) is not None:
        return Sent(call, lambda: send_kept(call, kept, timing="cache;desc=hit"))
    tags = request.headers.get("if-none-match", "")
    if tags != "*" and is_known(tags, key.etag()):  # `*` asks whether there is an answer at all, which is not known yet
        return Sent(call, lambda: send_not_modified(call, key.etag().encode()))
    client = client_address(request.scope, parts.settings)
    done = await answering.evaluate(parts, job, client=client, timeout_s=timeout_s, gone=call.gone)
    if not done.complete:

        async def stream() -> None:
            try:
                await send_stream(call, done, key.coding)
            finally:
                done.close()

        return Sent(call, stream)
    try:
        answer = await answering.kept_answer(key, done)
    finally:
        done.close()
    if answer.etag:  # a volatile answer is of the moment
        parts.cache.put(key, answer)
    return Sent(call, lambda: send_kept(call, answer, timing=f"query;dur={call.milliseconds()}"))
