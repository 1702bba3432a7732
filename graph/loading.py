"""Files of RDF into a store: whole datasets as fast as the engine can, or what they add to one that is there."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

import pyoxigraph as ox

from graph.changes import Delta, add_quads, apply_patch
from graph.errors import TurtleError
from graph.patch import read_patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from graph.patch import Step

_FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}
_PATCHES: Final = (".rdfp", ".rdfp.gz")
_BLOCK: Final = 1 << 20
_Item = TypeVar("_Item")


def load(store: ox.Store, files: Sequence[Path]) -> None:
    """Load files into a new store; their blank nodes get new names, but for those of a single N-Quads file.

    That one may be a dump of a dataset, which is the same dataset only under the same names.

    Raises:
        TurtleError: a file does not parse.
    """
    for path in files:
        try:
            if len(files) == 1 and _format(path) is _FORMATS[".nq"]:
                _load_dump(store, path)
            else:
                store.bulk_load(path=path, format=_format(path))
        except SyntaxError as fault:
            raise TurtleError(fault.msg, path=path, line=fault.lineno, column=fault.offset) from fault


def add_files(store: ox.Store, files: Sequence[Path], *, graph: str | None = None) -> Delta:
    """Add what files hold to a store, and do what patches among them say, file by file.

    Args:
        store: to be changed; one that nobody keeps when this fails.
        files: of RDF, whose blank nodes are new ones, or patches (.rdfp, .rdfp.gz), whose blank nodes are the store's.
        graph: IRI of the graph that triples go to; None: the default graph.

    Raises:
        TurtleError: a file does not parse, or names graphs itself when it should not.
        PatchRefused: a patch does not apply.
    """
    delta = Delta()
    for path in files:
        if path.name.endswith(_PATCHES):
            apply_patch(store, _told_of(path, _rows(path)), delta)
        else:
            add_quads(store, _told_of(path, _quads(path, graph)), delta)
    return delta


def _told_of(path: Path, items: Iterator[_Item]) -> Iterator[_Item]:
    """Pass on what is read from a file; what goes wrong in the store meanwhile is none of its faults.

    Raises:
        TurtleError: the file cannot be read.
    """
    try:
        yield from items
    except SyntaxError as fault:
        raise TurtleError(fault.msg, path=path, line=fault.lineno, column=fault.offset) from fault
    except (OSError, EOFError, zlib.error) as fault:
        message = f"it cannot be read: {fault}"
        raise TurtleError(message, path=path) from fault


def _rows(path: Path) -> Iterator[Step]:
    with _opened(path) as source:
        yield from read_patch(source, path=path)


def _format(path: Path) -> ox.RdfFormat:
    try:
        return _FORMATS[path.suffix]
    except KeyError as fault:
        message = f"its name ends in none of {', '.join(_FORMATS)}"
        raise TurtleError(message, path=path) from fault


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _quads(path: Path, graph: str | None) -> Iterator[ox.Quad]:
    """Yield the quads of a file, its triples in a graph.

    Raises:
        TurtleError: it holds named graphs where one is given.
    """
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    for quad in ox.parse(path=path, format=_format(path), rename_blank_nodes=True):
        if isinstance(quad.graph_name, ox.DefaultGraph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
        elif graph is None:
            yield quad
        else:
            message = f"it names the graph {quad.graph_name}: leave out --graph"
            raise TurtleError(message, path=path)


def _load_dump(store: ox.Store, path: Path) -> None:
    """Load N-Quads under the blank nodes' own names, which the engine's fast way would change."""
    with path.open("rb") as source:
        plain = _Lines(source, lambda line: b"_:" not in line)
        store.bulk_load(io.BufferedReader(plain, _BLOCK), ox.RdfFormat.N_QUADS)
    if plain.complete:
        return
    with path.open("rb") as source:
        named = _Lines(source, lambda line: b"_:" in line)
        store.bulk_extend(ox.parse(io.BufferedReader(named, _BLOCK), ox.RdfFormat.N_QUADS))


class _Lines(io.RawIOBase):
    """Some lines of a file, the others left empty, so that each keeps its number.

    Attributes:
        complete: whether no line was left out so far.
    """

    def __init__(self, source: BinaryIO, wanted: Callable[[bytes], bool]) -> None:
        self._source = source
        self._wanted = wanted
        self._block = b""
        self.complete = True

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        """Fill a buffer as far as there is something."""
        if not self._block:
            self._block = self._filtered(self._source.read(_BLOCK) + self._source.readline())
        view = memoryview(into)
        size = min(len(view), len(self._block))
        view[:size] = self._block[:size]
        self._block = self._block[size:]
        return size

    def _filtered(self, block: bytes) -> bytes:
        lines = block.split(b"\n")
        kept = [line if self._wanted(line) else b"" for line in lines]
        self.complete = self.complete and kept == lines
        return b"\n".join(kept)
