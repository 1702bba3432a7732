"""Files as answers: what cannot be sent of them is a problem document, and a version is held until its file is sent.

It could be pruned under a reader otherwise.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi.responses import FileResponse
from starlette.datastructures import Headers

from graph.kept import hold
from graph.query_errors import StoreUnreadable
from service.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send

    from graph.versions import Version

_REFUSED: Final = {
    HTTPStatus.BAD_REQUEST: "the header Range cannot be read: ask for `bytes=FIRST-LAST`, or leave it out",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "the file has no such part: Content-Range tells its length in bytes",
}


class SentFile(FileResponse):
    """A file, or the part of it that `Range` asks for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; Starlette tells in plain text of a range that it cannot send, we do as of any other error."""
        refused: Message | None = None

        async def send_unless_refused(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in _REFUSED:
                refused = message
            elif refused is None:
                await send(message)

        await super().__call__(scope, receive, send_unless_refused)
        if refused is not None:
            status = HTTPStatus(refused["status"])
            told = Headers(raw=refused["headers"])
            headers = {name: told[name] for name in ("content-range",) if name in told}
            await problem(status, _REFUSED[status], headers=headers)(scope, receive, send)


class HeldFile(SentFile):
    """A file in a version's directory."""

    def __init__(self, version: Version, path: Path, *, headers: dict[str, str]) -> None:
        super().__init__(path, headers=headers)
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file.

        Raises:
            StoreUnreadable: the version was pruned before its first byte.
        """
        try:
            held = hold(self._version.directory)
        except OSError as fault:
            raise StoreUnreadable(self._version.store) from fault
        with held:
            await super().__call__(scope, receive, send)
