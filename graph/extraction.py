"""The graphs of a version as files of sorted N-Triples, taken from its store one after the other.

The engine writes each graph by itself, faster than quads pass through Python; what it writes is sorted on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.errors import VersionDamaged
from graph.sorting import LineSorter
from graph.terms import COO, NOT_IN_DEFAULT_GRAPH, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graph.manifests import Manifest
    from graph.versions import Version

_REIFIES: Final = ox.NamedNode(RDF + "reifies")
_CLAIMS: Final = f"""
SELECT ?claim ?subject ?predicate ?object WHERE {{
  ?claim a <{COO}StatementClaim> ;
    <{COO}claimSubject> ?subject ;
    <{COO}claimPredicate> ?predicate .
  {{ ?claim <{COO}claimObject> ?object }} UNION {{ ?claim <{COO}claimLiteral> ?object }}
}}
"""


def graphs_of(manifest: Manifest) -> dict[str, int]:
    """Return the graphs of a dataset with their counts, by name; a merge is not one of them.

    A graph has the name that `graph.changes.graph_key` gives it: empty for the default graph of a plain dataset, which
    comes first.
    """
    default = {} if manifest.kind == "published" else {"": manifest.triples}
    return default | dict(sorted(manifest.graphs.items()))


def not_merged(manifest: Manifest) -> frozenset[str]:
    """Return the names of the graphs that the merge leaves out."""
    return NOT_IN_DEFAULT_GRAPH if manifest.kind == "published" else frozenset()


def term_of(graph: str) -> str:
    """Return the name of a graph as N-Quads write it; empty for the default graph."""
    return graph if not graph or graph.startswith("_:") else f"<{graph}>"


class Extraction:
    """Reads the graphs of one version into files under a scratch folder."""

    def __init__(self, version: Version, scratch: Path) -> None:
        self._manifest = version.manifest
        self._store = ox.Store.read_only(str(version.store))
        self._scratch = scratch

    def graph(self, graph: str) -> Path:
        """Return the path of a graph's triples, sorted; the file stays until the next graph is asked for.

        Raises:
            VersionDamaged: the store does not hold as many as the manifest says.
        """
        raw = self._scratch / "raw.nt"
        try:
            self._store.dump(raw, ox.RdfFormat.N_TRIPLES, from_graph=_name(graph))
        except RuntimeError as fault:
            message = "a part of its store cannot be read"
            raise VersionDamaged(self._manifest.number, message) from fault
        path, found = self._sorted(raw, self._scratch / "graph.nt")
        told = graphs_of(self._manifest)[graph]
        if found != told:
            where = f"<{graph}>" if graph else "its default graph"
            message = f"{where} has {found} triples where its manifest says {told}"
            raise VersionDamaged(self._manifest.number, message)
        return path

    def claims(self) -> Path:
        """Return the path of what each claim states, as triples of RDF 1.2: `claim rdf:reifies <<( s p o )>>`."""
        raw = self._scratch / "raw.nt"
        rows = cast("ox.QuerySolutions", self._store.query(_CLAIMS))
        ox.serialize((_reifier(row) for row in rows), raw, ox.RdfFormat.N_TRIPLES)
        return self._sorted(raw, self._scratch / "claims.nt")[0]

    def _sorted(self, raw: Path, path: Path) -> tuple[Path, int]:
        """Sort the lines of a file into another; return that and their number."""
        with LineSorter(self._scratch) as lines:
            lines.extend(read_lines(raw))
            raw.unlink()
            return path, write_lines(path, lines.lines())


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file."""
    with path.open("rb") as file:
        yield from file


def write_lines(path: Path, lines: Iterable[bytes]) -> int:
    """Write lines into a file and return their number."""
    number = 0
    with path.open("wb") as file:
        for number, line in enumerate(lines, start=1):  # noqa: B007  (read below: how many there were)
            file.write(line)
    return number


def _name(graph: str) -> ox.NamedNode | ox.BlankNode | ox.DefaultGraph:
    if not graph:
        return ox.DefaultGraph()
    return ox.BlankNode(graph[2:]) if graph.startswith("_:") else ox.NamedNode(graph)


def _reifier(row: ox.QuerySolution) -> ox.Triple:
    claim, subject, predicate, value = (row[name] for name in ("claim", "subject", "predicate", "object"))
    stated = ox.Triple(
        cast("ox.NamedNode", subject), cast("ox.NamedNode", predicate), cast("ox.NamedNode | ox.Literal", value)
    )
    return ox.Triple(cast("ox.NamedNode", claim), _REIFIES, stated)
