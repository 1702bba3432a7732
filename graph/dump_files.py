"""The files of a dump: which there are, which graphs they hold and what a release tells of each.

Apart from `graph.dumps`, which writes them: catalogues and data sheets only name them.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from graph.extraction import graphs_of
from graph.releases import DumpFile
from graph.terms import BESIDE_DATASET, DESCRIPTION_GRAPH, GRAPHS

if TYPE_CHECKING:
    from graph.manifests import Manifest
    from graph.outputs import File

TURTLE: Final = "text/turtle"
TURTLE_12: Final = "text/turtle; version=1.2"
_CONTENTS: Final = {
    "coorbit.ttl.gz": ("the graphs merged, as Turtle", TURTLE),
    "coorbit.nt.gz": ("the graphs merged, as sorted N-Triples", "application/n-triples"),
    "coorbit-rdf12.ttl.gz": (
        "the graphs merged, what claims state as RDF 1.2 annotations, as Turtle 1.2",
        TURTLE_12,
    ),
    "coorbit.nq.gz": ("all graphs, as sorted N-Quads", "application/n-quads"),
    "coorbit.trig.gz": ("all graphs, as TriG", "application/trig"),
}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def dataset_graphs(manifest: Manifest) -> dict[str, int]:
    """Return the graphs that a dump of the dataset holds, with their counts.

    Descriptions and examples lie beside it, each in a file of its own: they grow with each version, and change with
    the package, also where the content is what it was, and equal content is to give equal dumps.
    """
    left_out = BESIDE_DATASET if manifest.kind == "published" else frozenset[str]()
    return {name: count for name, count in graphs_of(manifest).items() if name not in left_out}


def description_file() -> str:
    """Return the path of the graph of descriptions below a release."""
    return graph_file(DESCRIPTION_GRAPH)


def graph_file(graph: str) -> str:
    """Return the path of the file of a graph below a release."""
    return f"graphs/{slug(graph)}.ttl.gz"


def slug(graph: str) -> str:
    """Return the name of a graph as a part of a file name: what follows the project's own base, or a digest."""
    own = graph.removeprefix(GRAPHS)
    if own != graph and (name := own.replace("/", "-")) and _PLAIN.fullmatch(name):
        return name
    return hashlib.sha256(graph.encode()).hexdigest()[:16]


def file_told(name: str, file: File, statements: int, *, graph: str | None = None) -> DumpFile:
    """Return what a release tells of a file that was written.

    Args:
        name: of the file.
        file: as it was written.
        statements: how many it holds.
        graph: IRI of the one graph that it holds; None: it is one of those of the whole dataset.
    """
    title, media_type = _CONTENTS[name] if graph is None else ("one graph, as Turtle", TURTLE)
    return DumpFile(
        name=name,
        title=title,
        media_type=media_type,
        size=file.size,
        sha256=file.sha256,
        statements=statements,
        graph=graph,
    )
