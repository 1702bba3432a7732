"""Files of a version as answers: the version is held until they are sent, so that it is not pruned under a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import FileResponse

from graph.errors import StoreUnreadable
from graph.kept import hold

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from graph.versions import Version


class HeldFile(FileResponse):
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
