"""Frames between the HTTP process and a query process: one letter, a length, a payload."""

from __future__ import annotations

import struct
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER: Final = struct.Struct(">cI")


class Kind(Enum):
    """What a frame says."""

    JOB = b"J"  # a pickled job, to the process; all others come from it, but for OPEN
    OPEN = b"O"  # path of a store, to the process: open it before a query asks for it; READY answers
    READY = b"R"  # ids of the process and of its evaluating thread: it can take a job
    HEAD = b"H"  # pickled `Head` of the answer; data follow
    DATA = b"D"  # bytes of the answer
    SPOOL = b"S"  # path of a file: from here on the answer goes there
    GROWN = b"G"  # how many bytes the file holds
    END = b"E"  # the answer is whole; the payload is the number of rows, empty where unknown
    RESULT = b"W"  # what a write has made, pickled; nothing else comes for it
    ERROR = b"X"  # a pickled CoorbitError; the process can take the next job


_KINDS: Final = {kind.value: kind for kind in Kind}


def frame(kind: Kind, payload: bytes = b"") -> bytes:
    """Return a frame as bytes."""
    return _HEADER.pack(kind._value_, len(payload)) + payload  # `value` is a call in Python


class FrameReader:
    """Cuts a stream of bytes into frames, however they arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | memoryview) -> Iterator[tuple[Kind, bytes]]:
        """Yield the frames that are whole after some more bytes."""
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            letter, length = _HEADER.unpack_from(self._buffer)
            end = _HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            yield _KINDS[letter], payload
