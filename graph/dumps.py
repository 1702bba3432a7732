"""A version as files: the merge of its graphs, the dataset, and each graph by itself, in the formats of a release.

Everything is sorted, so that the bytes depend on the content alone, and passes by in pieces, so that memory does not
grow with the graph.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from graph.canonical import CanonicalDigest, canonical_lines, has_blank_node
from graph.dump_files import dataset_graphs, file_told, graph_file
from graph.errors import VersionDamaged
from graph.extraction import Extraction, graphs_of, not_merged, read_lines, term_of, write_lines
from graph.figures import Counted, FigureCounter, is_linkset, linksets_of
from graph.outputs import File, read_triples, write_body, write_header
from graph.sorting import LineSorter
from graph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Triple

    from graph.figures import Figures, Linkset
    from graph.manifests import Manifest
    from graph.outputs import Output
    from graph.releases import DumpFile
    from graph.versions import Version

_BLANK_LINES: Final = 10_000
_BATCH: Final = 10_000


class Advance(Protocol):
    """Is told of progress."""

    def __call__(self, statements: int, /) -> object:
        """Take the number of statements that were written since the last call; see `work_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumps:
    """The dump files of a version, and what was found while they were written.

    Attributes:
        files: the merge and the dataset, then each graph by name.
        counted: figures of the merge, and links.
        nquads_sha256: of the dataset as sorted N-Quads, uncompressed.
        canonical_sha256: of the dataset in canonical form (RDFC-1.0); None where more than 10,000 quads name blank
            nodes, or where it took longer than 20 s.
    """

    files: list[DumpFile]
    counted: Counted
    nquads_sha256: str
    canonical_sha256: str | None


def work_of(manifest: Manifest) -> int:
    """Return how many statements `write_dumps` tells of in all."""
    return 2 * sum(dataset_graphs(manifest).values()) + manifest.triples


def write_dumps(version: Version, into: Path, *, scratch: Path, advance: Advance) -> Dumps:
    """Write the dump files of a version.

    Args:
        version: that stays on disk meanwhile.
        into: an empty folder.
        scratch: a folder for what is sorted; it takes some three times the dataset's size as N-Quads.
        advance: told of progress.

    Raises:
        VersionDamaged: the store does not hold what the manifest says.
        OSError: a file cannot be written.
    """
    return _Dumper(version, into, scratch, advance).write()


def write_current(version: Version, name: str, path: Path, *, scratch: Path) -> str:
    """Write a file of `graph.releases.CURRENT`, as in a release, but not compressed.

    Returns:
        Its SHA-256 in hexadecimal.

    Raises:
        VersionDamaged: the store does not hold what the manifest says.
        OSError: it cannot be written.
    """
    with File(path) as output:
        _write_current(version, name, output, scratch)
    return output.sha256


def _write_current(version: Version, name: str, output: File, scratch: Path) -> None:
    extraction, prefixes = Extraction(version, scratch), _prefixes(version.manifest)
    write_header(output, prefixes)
    if name == "coorbit.trig":
        for graph in dataset_graphs(version.manifest):
            _write_block(output, (), extraction.graph(graph), graph, prefixes)
        return
    left_out = not_merged(version.manifest)
    with LineSorter(scratch) as lines:
        for graph in dataset_graphs(version.manifest):
            if graph not in left_out:
                lines.extend(read_lines(extraction.graph(graph)))
        union = scratch / "union.nt"
        _check_merge(version.manifest, write_lines(union, _different(lines.lines())))
    write_body((output,), read_triples(union), prefixes)


class _Dumper:
    """One run of `write_dumps`; a class because what is found on the way is kept until its end."""

    def __init__(self, version: Version, into: Path, scratch: Path, advance: Advance) -> None:
        self._manifest = version.manifest
        self._extraction = Extraction(version, scratch)
        self._into = into
        self._scratch = scratch
        self._advance = advance
        self._prefixes = _prefixes(version.manifest)
        self._files: list[DumpFile] = []
        self._blank: list[bytes] = []
        self._linksets: list[Linkset] = []

    def write(self) -> Dumps:
        """Write the files: first each graph, then the dataset, then the merge, each from what the one before left."""
        with LineSorter(self._scratch) as dataset:
            trig = self._write_graphs(dataset)
            lines = canonical_lines(self._blank) if len(self._blank) <= _BLANK_LINES else None
            canonical = None if lines is None else CanonicalDigest(lines)
            nquads, nquads_sha256, figures = self._write_dataset(dataset.lines(), canonical)
        _check_merge(self._manifest, figures.triples)
        return Dumps(
            files=[*self._write_merge(figures.triples), nquads, trig, *self._files],
            counted=self._counted(figures),
            nquads_sha256=nquads_sha256,
            canonical_sha256=canonical.hexdigest() if canonical else None,
        )

    def _counted(self, figures: Figures) -> Counted:
        graphs = {name: count for name, count in dataset_graphs(self._manifest).items() if name}
        return Counted(version=self._manifest.number, figures=figures, linksets=self._linksets, graphs=graphs)

    def _write_graphs(self, dataset: LineSorter) -> DumpFile:
        """Write each graph and, all in one, the TriG; hand their quads on."""
        statements = 0
        with File(self._into / "coorbit.trig.gz") as trig:
            write_header(trig, self._prefixes)
            for graph, count in dataset_graphs(self._manifest).items():
                path = self._extraction.graph(graph)
                if graph:
                    self._write_graph(graph, count, path, trig)
                else:
                    _write_block(trig, (), path, graph, self._prefixes)
                dataset.extend(self._records(path, graph))
                if is_linkset(graph):
                    self._linksets += linksets_of(graph, read_lines(path))
                statements += count
                self._advance(count)
        for graph in sorted(graphs_of(self._manifest).keys() - dataset_graphs(self._manifest).keys()):
            self._write_beside(graph, self._manifest.graphs[graph])
        return file_told("coorbit.trig.gz", trig, statements)

    def _write_graph(self, graph: str, count: int, path: Path, trig: File) -> None:
        name = graph_file(graph)
        with File(self._into / name) as file:
            write_header(file, self._prefixes)
            _write_block(trig, (file,), path, graph, self._prefixes)
        self._files.append(file_told(name, file, count, graph=graph))

    def _write_beside(self, graph: str, count: int) -> None:
        name = graph_file(graph)
        with File(self._into / name) as file:
            write_header(file, self._prefixes)
            write_body((file,), read_triples(self._extraction.graph(graph)), self._prefixes)
        self._files.append(file_told(name, file, count, graph=graph))

    def _records(self, path: Path, graph: str) -> Iterator[bytes]:
        """Yield the quads of a graph so that they sort as N-Quads do: the triple, a tab, the graph."""
        term = term_of(graph).encode()
        names_blank = term.startswith(b"_:")
        for line in read_lines(path):
            triple = line[:-3]
            if names_blank or (b"_:" in line and has_blank_node(line)):
                self._set_aside(_nquad(triple, term))
            yield triple + b"\t" + term + b"\n"

    def _set_aside(self, line: bytes) -> None:
        if len(self._blank) <= _BLANK_LINES:
            self._blank.append(line)

    def _write_dataset(
        self, records: Iterator[bytes], canonical: CanonicalDigest | None
    ) -> tuple[DumpFile, str, Figures]:
        """Write sorted quads as N-Quads, and their merge as N-Triples for now; return also the digest and figures."""
        left_out = {term_of(graph).encode() for graph in not_merged(self._manifest)}
        counter, digest = FigureCounter(self._scratch), hashlib.sha256()
        count, last = 0, b""
        with File(self._into / "coorbit.nq.gz") as nquads, File(self._scratch / "union.nt") as union:
            while batch := list(islice(records, _BATCH)):
                quads = [record[:-1].split(b"\t") for record in batch]
                lines = [_nquad(triple, graph) for triple, graph in quads]
                data = b"".join(lines)
                nquads.write(data)
                digest.update(data)
                if canonical:
                    canonical.extend([line for line in lines if b"_:" not in line or not has_blank_node(line)])
                merged = list(_different((triple for triple, graph in quads if graph not in left_out), last))
                union.write(b"".join(triple + b" .\n" for triple in merged))
                counter.extend(merged)
                last = merged[-1] if merged else last
                count += len(batch)
                self._advance(len(batch))
        file = file_told("coorbit.nq.gz", nquads, count)
        return file, digest.hexdigest(), counter.figures()

    def _write_merge(self, count: int) -> list[DumpFile]:
        """Write the merge as N-Triples, as Turtle, and as Turtle with what claims state."""
        path = self._scratch / "union.nt"
        with File(self._into / "coorbit.nt.gz") as ntriples, path.open("rb") as union:
            while data := union.read(1 << 20):
                ntriples.write(data)
        files = []
        with File(self._into / "coorbit.ttl.gz") as turtle:
            write_header(turtle, self._prefixes)
            if self._manifest.kind == "published":
                files = [self._write_annotated(turtle, path, count)]
            else:
                write_body((turtle,), self._told(read_triples(path)), self._prefixes)
        return [
            file_told("coorbit.ttl.gz", turtle, count),
            file_told("coorbit.nt.gz", ntriples, count),
            *files,
        ]

    def _write_annotated(self, turtle: File, union: Path, count: int) -> DumpFile:
        name = "coorbit-rdf12.ttl.gz"
        with File(self._into / name) as annotated:
            write_header(annotated, self._prefixes)
            write_body((turtle, annotated), self._told(read_triples(union)), self._prefixes)
            path = self._extraction.claims()
            claims = sum(1 for _ in read_lines(path))
            write_body((annotated,), read_triples(path), self._prefixes)
        return file_told(name, annotated, count + claims)

    def _told(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        """Pass triples on and tell of them."""
        rest = iter(triples)
        while batch := list(islice(rest, _BATCH)):
            yield from batch
            self._advance(len(batch))


def _check_merge(manifest: Manifest, found: int) -> None:
    if manifest.kind == "published" and found != manifest.triples:
        message = f"the merge of its graphs has {found} triples where its manifest says {manifest.triples}"
        raise VersionDamaged(manifest.number, message)


def _write_block(trig: Output, others: Sequence[Output], path: Path, graph: str, prefixes: Mapping[str, str]) -> None:
    """Write the triples of a graph into a TriG document, and as they are into other documents."""
    if graph:
        trig.write(f"{term_of(graph)} {{\n".encode())
    write_body((trig, *others), read_triples(path), prefixes)
    if graph:
        trig.write(b"}\n")


def _prefixes(manifest: Manifest) -> dict[str, str]:
    """Return the prefixes of a dataset: those of the project's own names are of no use in a foreign one."""
    if manifest.kind == "published":
        return PREFIXES
    return {name: iri for name, iri in PREFIXES.items() if not iri.startswith(BASE)}


def _nquad(triple: bytes, graph: bytes) -> bytes:
    return triple + b" " + graph + b" .\n" if graph else triple + b" .\n"


def _different(lines: Iterable[bytes], last: bytes = b"") -> Iterator[bytes]:
    """Pass on what differs from what came before it."""
    for line in lines:
        if line != last:
            yield line
            last = line
