"""The short path of an answer that is kept: the bytes of a request that was answered before are answered unread.

HTTP's own machinery, a task for each request and its headers one by one, costs ten times what the answer does. What
comes in one piece and is byte for byte a request that `remember` has noted gets what that request was given; all else
takes the way that uvicorn has for it.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from graph.errors import NoVersion, VersionDamaged
from service.cache import Reply
from service.calls import AT_ONCE, CORS_LINES, new_query_id
from service.patience import Patience, header_lines
from service.sending import has_already, lasting, not_modified_headers

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from graph.versions import Version
    from service.cache import Kept, Key
    from service.calls import Call
    from service.deps import Running

_REQUEST: Final = "coorbit.request"  # extension of the ASGI scope: all bytes of a request that came in one piece
_LONGEST_URL: Final = 65_535
_CHANGES_THE_CONNECTION: Final = frozenset({b"connection", b"expect", b"upgrade"})


class ShortPath(Patience):
    """One connection."""

    _begun = 0

    def data_received(self, data: bytes) -> None:
        """Answer a request that was answered before; pass on anything else."""
        before: RequestResponseCycle | None = self.cycle
        between = not self._reading and (before is None or before.response_complete) and not self.pipeline
        if between and data.startswith(b"GET /sparql") and self._answered(data):
            return
        self._begun = 0
        super().data_received(data)
        if between and self._begun == 1 and not self._reading:
            extended = cast("dict[str, object]", self.scope)
            extended["extensions"] = {_REQUEST: data, AT_ONCE: partial(self._at_once, self.cycle)}

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address, as long as it can be read: the parser counts its parts by 16 bits."""
        super().on_url(url)
        if len(self.url) > _LONGEST_URL:
            message = "the address is too long"
            raise ValueError(message)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP; of an address that is too long say so."""
        if len(getattr(self, "url", b"")) <= _LONGEST_URL:
            self.refuse(HTTPStatus.BAD_REQUEST, f"{msg.rstrip('.')}: what came is not HTTP/1.1 or HTTP/1.0")
            return
        message = f"the address is longer than {_LONGEST_URL} bytes: send the query by POST"
        self.refuse(HTTPStatus.REQUEST_URI_TOO_LONG, message)

    def on_message_begin(self) -> None:
        """Count the requests that begin in one piece."""
        self._begun += 1
        super().on_message_begin()

    def _at_once(
        self, cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> bool:
        """Send a whole answer in one piece; uvicorn would send its head first, and wake its reader twice.

        Returns:
            False where nothing was sent: uvicorn has more to do for this request than to send.
        """
        if cycle.response_started or cycle.disconnected or not cycle.keep_alive or self.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        lines = header_lines([*self.server_state.default_headers, *headers])
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        cycle.on_response()
        return True

    def _answered(self, data: bytes) -> bool:
        parts: Running = self.config.app.running  # type: ignore[union-attr]  # `service.server.Front`
        try:
            reply = parts.cache.by_request((parts.current.name(), data))
        except (NoVersion, VersionDamaged):
            return False
        if reply is None or parts.stage != "ready" or self.flow.write_paused:
            return False
        query_id = new_query_id()
        own = header_lines([(b"x-query-id", query_id.encode()), *self.server_state.default_headers])
        self.transport.write(b"%b%b\r\n%b" % (reply.head, own, reply.body))
        parts.log.write({"id": query_id, "ms": 0.0, **reply.entry})
        self.on_response_complete()
        return True


def remember(call: Call, version: Version, key: Key, kept: Kept) -> None:
    """Answer a request as now while the version is current, where its bytes decide the answer.

    Where proxies are trusted and no public address is set, who sends them counts as well. A request that names its
    version is read each time, since that version may be pruned while the current one stays.
    """
    scope, settings = call.request.scope, call.parts.settings
    data: bytes | None = scope.get("extensions", {}).get(_REQUEST)
    if data is None or call.is_fixed or scope["method"] != "GET" or scope["http_version"] != "1.1":
        return
    if settings.trusted_hosts and settings.public_url is None:
        return
    if not any(name in _CHANGES_THE_CONNECTION for name, _ in scope["headers"]):
        call.parts.cache.remember((version.directory.name, data), key, _reply(call, kept), size=len(data))


def _reply(call: Call, kept: Kept) -> Reply:
    """Return what `service.sending.send_kept` would send."""
    entry = {"version": kept.version, "form": kept.form}
    if has_already(call, kept):
        head = _head(HTTPStatus.NOT_MODIFIED, not_modified_headers(call, kept.etag), "not-modified")
        return Reply(head=head, body=b"", entry=entry | {"status": 304, "bytes": 0})
    entry |= {"status": 200, "rows": kept.rows, "bytes": len(kept.body)}
    head = _head(HTTPStatus.OK, [*kept.headers, lasting(call, volatile=not kept.etag)], "hit")
    return Reply(head=head, body=kept.body, entry=entry)


def _head(status: HTTPStatus, headers: list[tuple[bytes, bytes]], found: str) -> bytes:
    timing = (b"server-timing", f"cache;desc={found}".encode())
    return STATUS_LINE[status] + header_lines([*headers, timing, *CORS_LINES])
