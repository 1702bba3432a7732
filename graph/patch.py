"""RDF Patch: what was added to a dataset and what was removed from it, one quad a row.

Versions keep their changes in this format (https://jena.apache.org/documentation/rdf-patch/), and clients send it. A
blank node stands under the label that the store has for it, so that a row means the same node each time.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from itertools import islice, takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple, cast

import pyoxigraph as ox

from graph.errors import ChangesUnreadable, TurtleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

MEDIA_TYPE: Final = "application/rdf-patch"
_PIECE: Final = 1000  # rows that the engine reads at once
_LEVEL: Final = 6

_QUAD_ROW: Final = re.compile(rb"([ \t]*)([AD])(?=[ \t]*[<_])")
_OTHER_ROW: Final = re.compile(rb"(?:(TX|TC|TA)[ \t]*\.(?:[ \t]*#.*)?|(?:H|PA|PD)[ \t].*\.|#.*|)\Z", re.DOTALL)
_BRACKETED: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|<(_:[^<>\s]*)>')
_PLACE: Final = re.compile(r"^Parser error (?:at|between) (?:line|lines)? ?\d+[^:]*: ")

Op = Literal["A", "D"]
"""A: the quad was added. D: it was removed."""


class Row(NamedTuple):
    """One row of what we write: the quad as N-Quads has it, without the dot."""

    op: Op
    quad: str


class Step(NamedTuple):
    """One row of what was sent, with its 1-based line."""

    op: Op
    quad: ox.Quad
    line: int


def patch_lines(rows: Iterable[Row], headers: Mapping[str, ox.Literal] = MappingProxyType({})) -> Iterator[str]:
    """Yield a patch, line by line, with line ends: headers, then rows in the order given, as one transaction."""
    for name, value in headers.items():
        yield f"H {name} {value} .\n"
    yield "TX .\n"
    for op, quad in rows:
        yield f"{op} {quad} .\n"
    yield "TC .\n"


def write_changes(
    path: Path, rows: Iterable[Row], headers: Mapping[str, ox.Literal] = MappingProxyType({})
) -> tuple[int, int]:
    """Write rows into a compressed patch; the same rows give the same bytes.

    Args:
        path: of the patch.
        rows: in the order in which they are to stand.
        headers: what the patch says of itself, by name.

    Returns:
        How many rows add, and how many remove.
    """
    added = removed = 0
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as packed,
        io.BufferedWriter(cast("io.RawIOBase", packed), 1 << 16) as out,
    ):
        for line in patch_lines(rows, headers):
            added += line.startswith("A ")
            removed += line.startswith("D ")
            out.write(line.encode())
    return added, removed


def read_headers(path: Path) -> dict[str, ox.Literal]:
    """Return what a patch that `write_changes` has written says of itself, by name; most say nothing.

    Raises:
        ChangesUnreadable: there is none, or it is damaged.
    """
    headers = {}
    try:
        with gzip.open(path) as packed:
            for line in takewhile(lambda each: each.startswith(b"H "), packed):
                _, name, rest = line.split(b" ", 2)
                quad = next(iter(ox.parse(b"<x:> <x:> " + rest, format=ox.RdfFormat.N_TRIPLES, lenient=True)))
                headers[name.decode()] = cast("ox.Literal", quad.object)
    except (OSError, EOFError, zlib.error, ValueError, SyntaxError) as fault:
        raise ChangesUnreadable(path) from fault
    return headers


def read_changes(path: Path) -> Iterator[Row]:
    """Yield the rows of a patch that `write_changes` has written.

    Raises:
        ChangesUnreadable: there is none, or it is damaged.
    """
    line = b""
    try:
        with gzip.open(path) as packed:
            for line in packed:
                if line.startswith((b"A ", b"D ")):
                    yield Row(cast("Op", chr(line[0])), line[2:-3].decode())
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as fault:
        raise ChangesUnreadable(path) from fault
    if line != b"TC .\n":
        raise ChangesUnreadable(path)


def read_patch(source: BinaryIO, *, path: Path | None = None) -> Iterator[Step]:
    """Yield what a patch adds and removes, in its order.

    Headers and prefixes are passed over: a store keeps none. Blank nodes keep their labels.

    Args:
        source: the patch.
        path: of its file, to be named in errors; None where it has none.

    Raises:
        TurtleError: a row cannot be read, or a transaction is not closed; with line and column.
    """
    lines = enumerate(source, start=1)
    opened = last = 0
    while piece := list(islice(lines, _PIECE)):
        first, last = piece[0][0], piece[-1][0]
        quads: list[bytes] = []
        ops: list[tuple[Op, int]] = []
        fault = None
        for number, line in piece:
            try:
                op, quad = _quad_row(line)
                opened = opened if op else _transaction(line, number, opened, path)
            except TurtleError as error:
                fault = error
                break
            quads.append(quad)
            if op:
                ops.append((op, number))
        # What stands before a fault comes first: it may have faults of its own.
        for parsed, (op, number) in zip(_parsed(b"".join(quads), first, path), ops, strict=True):
            yield Step(op, parsed, number)
        if fault:
            raise fault
    if opened:
        message = f"the transaction that line {opened} begins is not committed (TC): is the patch cut off?"
        raise TurtleError(message, path=path, line=last)


def _quad_row(line: bytes) -> tuple[Op | None, bytes]:
    """Return the op of a row and its quad as a line of N-Quads, each column kept; None and an empty line for others."""
    row = _QUAD_ROW.match(line)
    if row is None or b"\r" in line.rstrip(b"\r\n"):
        return None, b"\n"
    quad = row[1] + b" " + line[row.end() :]
    if b"<_:" in quad:  # another form of a blank node
        quad = _BRACKETED.sub(lambda match: b" " + match[1] + b" " if match[1] else match[0], quad)
    return cast("Op", row[2].decode()), quad


def _transaction(line: bytes, number: int, opened: int, path: Path | None) -> int:
    """Return the line of the transaction that is open behind a row that has no quad, 0 for none.

    Raises:
        TurtleError: it is no such row, or none that may stand here.
    """
    column = len(line) - len(line.lstrip()) + 1
    row = _OTHER_ROW.match(line.strip())
    word = row[1] if row else None
    message = ""
    if row is None:
        message = "a row is A or D with a quad, or one of TX, TC, H, PA and PD, and ends with a dot"
    elif word == b"TA":
        message = "TA gives a transaction up: leave it out, with all its rows"
    elif word == b"TX" and opened:
        message = f"the transaction that line {opened} begins is still open: close it with TC first"
    if message:
        raise TurtleError(message, path=path, line=number, column=column)
    return {b"TX": number, b"TC": 0}.get(word or b"", opened)


def _parsed(quads: bytes, first: int, path: Path | None) -> Iterator[ox.Quad]:
    """Read N-Quads whose first line is a line of the patch.

    Raises:
        TurtleError: it cannot be read.
    """
    try:
        yield from ox.parse(quads, format=ox.RdfFormat.N_QUADS)
    except SyntaxError as fault:
        line, column = fault.lineno or 1, fault.offset
        if column == 1:
            # No row has anything there: it is the end of a row that comes to the engine's notice so late.
            rows = quads.split(b"\n")[: line - 1]
            line = max((number for number, row in enumerate(rows, start=1) if row.strip()), default=line)
            column = len(rows[line - 1].rstrip().decode(errors="replace")) + 1 if rows else 1
        message = _PLACE.sub("", fault.msg)
        raise TurtleError(message, path=path, line=line + first - 1, column=column) from fault
