"""Files on their way to disk: written in pieces, compressed where asked, hashed as they grow."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import TYPE_CHECKING, Final, Protocol, Self, cast

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import IO

_PIECE: Final = 1 << 20
_LEVEL: Final = 6
_GZIP: Final = 31  # zlib writes a gzip header with neither a name nor a time: equal content, equal bytes
_HEADER: Final = re.compile(rb"(?:@prefix[^\n]*\n)*")


class Output(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes and say how many."""


class File:
    """A file that is written, gzip-compressed where its name ends so; `size` and `sha256` are those of its bytes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._coder = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if path.suffix == ".gz" else None
        self._digest = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._waiting = 0
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        self._pieces.append(data)
        self._waiting += len(data)
        if self._waiting >= _PIECE:
            self._flush()
        return len(data)

    @property
    def sha256(self) -> str:
        """The digest of what has reached the file; of the whole once it is closed."""
        return self._digest.hexdigest()

    def _flush(self) -> None:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        self._put(self._coder.compress(data) if self._coder else data)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._flush()
            if self._coder:
                self._put(self._coder.flush())
        self._file.close()


def write_header(output: Output, prefixes: Mapping[str, str]) -> None:
    """Write the prefixes of a Turtle or TriG document, sorted."""
    for name, iri in sorted(prefixes.items()):
        output.write(f"@prefix {name}: <{iri}> .\n".encode())


def write_body(outputs: Iterable[Output], triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> None:
    """Write triples as Turtle without its header, in the order in which they come, to several outputs at once."""
    ox.serialize(triples, cast("IO[bytes]", _Body(tuple(outputs))), ox.RdfFormat.TURTLE, prefixes=dict(prefixes))


def read_triples(path: Path) -> Iterator[ox.Triple]:
    """Yield the triples of a file of N-Triples, one at a time."""
    return (quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES, lenient=True))


class _Body:
    """Passes on a Turtle document without its prefixes, which the engine writes in an order that changes."""

    def __init__(self, outputs: tuple[Output, ...]) -> None:
        self._outputs = outputs
        self._head: bytes | None = b""

    def write(self, data: bytes, /) -> int:
        body = data
        if self._head is not None:
            self._head += data
            body = self._head[cast("re.Match[bytes]", _HEADER.match(self._head)).end() :]
            if not body or b"@prefix".startswith(body[:7]):  # the header may go on
                return len(data)
            self._head = None
        for output in self._outputs:
            output.write(body)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the outputs are flushed when they are closed."""
