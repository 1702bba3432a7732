"""One request over HTTP/1.1, timed from its first byte out to its last byte in."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from comparison.servers import Server

JSON: Final = "application/sparql-results+json"
TSV: Final = "text/tab-separated-values"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer and how long it took to the last byte."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float
    first_s: float


class Line:
    """A connection that is kept open between requests."""

    def __init__(self, server: Server, *, limit_s: float) -> None:
        self._server = server
        self._http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=limit_s)

    def ask(self, query: str, *, accept: str = JSON) -> Reply:
        """Ask a query by GET.

        Raises:
            OSError: no connection, or no byte for longer than the limit.
            http.client.HTTPException: the connection ended within an answer.
        """
        started = time.perf_counter()
        self._http.request("GET", self._server.target(query), headers={"Accept": accept})
        response = self._http.getresponse()
        first_s = time.perf_counter() - started
        pieces = []
        while piece := response.read(_PIECE):
            pieces.append(piece)
        seconds = time.perf_counter() - started
        return Reply(
            status=response.status, headers=response.headers, body=b"".join(pieces), seconds=seconds, first_s=first_s
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def ask(server: Server, query: str, *, accept: str = JSON, limit_s: float) -> Reply:
    """Ask one query on a connection of its own; see `Line.ask`."""
    line = Line(server, limit_s=limit_s)
    try:
        return line.ask(query, accept=accept)
    finally:
        line.close()
