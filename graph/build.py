"""From Turtle files to one dataset of named graphs.

The packaged files are the graph as its curators wrote it; each folder is one named graph or one family of them, and
the file's place says which.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from graph.digest import set_digest
from graph.errors import TurtleError, ValidationFailed
from graph.resources import resource_dir
from graph.store import graph_iri
from graph.terms import CURATED_GRAPH, GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH
from graph.validate import validate
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.report import Report

_log = logging.getLogger(__name__)

TermT = TypeVar("TermT", bound=ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple)

_DATASET_FORMATS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A set of quads, each in a named graph, blank nodes canonically labelled within their graph.

    Attributes:
        quads: sorted by their N-Quads text.
        digest: of the set; see `graph.digest`.
    """

    quads: Sequence[ox.Quad]
    digest: str


def read_dataset(files: Sequence[Path] = (), *, added: Sequence[Path] = ()) -> Dataset:
    """Read the packaged graph, or the given files in place of its data.

    Args:
        files: Turtle goes into the curated graph, TriG and N-Quads keep their graph names; ontology and shapes are
            the packaged ones in any case. Empty: the packaged data.
        added: files of the same kinds to take besides.

    Raises:
        TurtleError: a file does not parse (with file, line and column) or holds nothing.
    """
    graphs: defaultdict[str, set[ox.Triple]] = defaultdict(set)
    for name, path in [*_ontology_files(), *(_data_files() if not files else [])]:
        graphs[name].update(quad.triple for quad in read_rdf(path))
    for path in (*files, *added):
        triples = _read_file(path)
        if not triples:
            message = "holds no triples"
            raise TurtleError(message, path=path)
        for name, triple in triples:
            graphs[name].add(triple)
    quads = [quad for name, triples in graphs.items() for quad in _labelled(name, triples)]
    quads.sort(key=str)
    _log.info("read graphs=%d quads=%d", len(graphs), len(quads))
    return Dataset(quads=quads, digest=set_digest(quads))


def check(dataset: Dataset) -> Report:
    """Validate a dataset and return the report.

    Raises:
        ValidationFailed: it does not conform; the error carries the report.
    """
    report = validate(dataset.quads)
    if not report.conforms:
        raise ValidationFailed(report)
    return report


def _ontology_files() -> list[tuple[str, Path]]:
    ontology = resource_dir("ontology")
    core = [*sorted(ontology.glob("*.ttl")), *sorted((ontology / "vocab").glob("*.ttl"))]
    shapes = sorted((ontology / "shapes").glob("*.ttl"))
    return [*((ONTOLOGY_GRAPH, path) for path in core), *((SHAPES_GRAPH, path) for path in shapes)]


def _data_files() -> list[tuple[str, Path]]:
    """Return graph name and file: `curated/*.ttl` is one graph, a file elsewhere is the graph of its path."""
    data = resource_dir("data")
    files = []
    for path in sorted(data.glob("*/*.ttl")):
        folder = path.parent.name
        files.append((CURATED_GRAPH if folder == "curated" else f"{GRAPHS}{folder}/{path.stem}", path))
    return files


def _read_file(path: Path) -> list[tuple[str, ox.Triple]]:
    file_format = _DATASET_FORMATS.get(path.suffix)
    if file_format is None:
        return [(CURATED_GRAPH, quad.triple) for quad in read_rdf(path)]
    quads = read_rdf(path, file_format=file_format)
    if not all(graph_iri(quad) for quad in quads):
        message = "holds triples outside any named graph: put each in a named graph"
        raise TurtleError(message, path=path)
    if packaged := {graph_iri(quad) for quad in quads} & {ONTOLOGY_GRAPH, SHAPES_GRAPH}:
        message = f"writes into {packaged.pop()}, which comes with the package: leave that graph out"
        raise TurtleError(message, path=path)
    return [(graph_iri(quad), quad.triple) for quad in quads]


def _labelled(name: str, triples: set[ox.Triple]) -> list[ox.Quad]:
    """Return quads of one graph, its blank nodes named by RDFC-1.0 and by the graph, so that a digest can hold."""
    canonical = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    graph_name = ox.NamedNode(name)
    prefix = re.sub(r"[^A-Za-z0-9]", "-", name.removeprefix(GRAPHS))

    def label(term: TermT) -> TermT | ox.BlankNode:
        return ox.BlankNode(f"{prefix}-{term.value}") if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(label(quad.subject), quad.predicate, label(quad.object), graph_name) for quad in canonical]
