"""A small HTTP/1.1 client for many connections at once, which sees how an answer ends.

Libraries hide what the abuse run asks about: whether a body ended as its framing says, or the connection broke.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

_AHEAD: Final = 1 << 16


class Closed(Exception):
    """The connection ended before the answer did; the message says where."""


@dataclass(slots=True, kw_only=True)
class StreamLine:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def close(self) -> None:
        """Close the connection at once, unread data and all."""
        self.writer.transport.abort()


async def open_line(port: int, *, source: str = "127.0.0.1", receive_bytes: int | None = None) -> StreamLine:
    """Connect to a port on loopback from an address on loopback.

    Args:
        port: of the server.
        source: where the connection comes from.
        receive_bytes: how much is taken in ahead of the reader; None: as the system likes it.
    """
    connection = socket.socket()
    connection.settimeout(0)
    try:
        if receive_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    except BaseException:
        connection.close()
        raise
    reader, writer = await asyncio.open_connection(sock=connection, limit=receive_bytes or _AHEAD)
    return StreamLine(reader=reader, writer=writer)


async def request(line: StreamLine, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send a GET and return status and whole body.

    Raises:
        Closed: the connection ended too early.
        OSError: it broke.
    """
    status, fields = await begin(line, target, headers)
    return status, b"".join([piece async for piece in body(line, status, fields)])


async def begin(line: StreamLine, target: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Send a GET and return status and header fields, names in lower case."""
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    line.writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        head = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError as fault:
        message = "before the answer"
        raise Closed(message) from fault
    first, *rest = head.split("\r\n")
    fields = dict(each.lower().split(":", 1) for each in rest if ":" in each)
    return int(first.split()[1]), {name: value.strip() for name, value in fields.items()}


async def body(line: StreamLine, status: int, fields: Mapping[str, str]) -> AsyncIterator[bytes]:
    """Yield a body piece by piece as it is framed.

    Raises:
        Closed: the connection ended within the body.
    """
    if status in {204, 304}:
        return
    try:
        if "chunked" in fields.get("transfer-encoding", ""):
            while size := int((await line.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                yield await line.reader.readexactly(size)
                await line.reader.readexactly(2)
            await line.reader.readuntil(b"\r\n")
        else:
            yield await line.reader.readexactly(int(fields.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ValueError) as fault:
        message = "within the body"
        raise Closed(message) from fault
