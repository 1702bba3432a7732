"""From Turtle files to one dataset of named graphs.

The packaged files are the graph as its curators wrote it; each folder is one named graph or one family of them, and
the file's place says which.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from graph.digest import set_digest
from graph.errors import TurtleError, ValidationFailed
from graph.examples import example_quads
from graph.report import Report, Result
from graph.resources import resource_dir
from graph.rules import derive, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import (
    BASE,
    CURATED_GRAPH,
    DERIVED_GRAPH,
    GRAPHS,
    MADE_GRAPHS,
    ONTOLOGY_GRAPH,
    RDF,
    SHAPES,
    SHAPES_GRAPH,
    XSD,
)
from graph.validate import validate
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path


_log = logging.getLogger(__name__)

TermT = TypeVar("TermT", bound=ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple)

_TEXT = frozenset({XSD + "string", RDF + "langString"})
_DATASET_FORMATS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
_PACKAGES_OWN = (ONTOLOGY_GRAPH, SHAPES_GRAPH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A set of quads, each in a named graph, blank nodes canonically labelled within their graph.

    Attributes:
        quads: the content and, each in a graph of its own, what the rules derive from it and the example queries.
        triples: of the default graph, the merge of all graphs but the shapes.
        store: the same in memory, to be asked.
        digest: of the content alone, since the rules give the rest; see `graph.digest`.
        files: what the content was read from.
    """

    quads: Sequence[ox.Quad]
    triples: AbstractSet[ox.Triple]
    store: ox.Store
    digest: str
    files: Sequence[Path]


def read_dataset(files: Sequence[Path] = (), *, added: Sequence[Path] = (), kept: Iterable[ox.Quad] = ()) -> Dataset:
    """Read the packaged graph, or the given files in place of its data.

    Args:
        files: Turtle goes into the curated graph, TriG and N-Quads keep their graph names; ontology and shapes are
            the packaged ones in any case. A single N-Quads file, which may be a dump, keeps the names of its blank
            nodes too. Empty: the packaged data.
        added: files of the same kinds to take besides.
        kept: quads of graphs that no file brings, as a store gave them back.

    Raises:
        TurtleError: a file does not parse (with file, line and column), holds nothing, or brings another ontology
            or other shapes.
    """
    graphs: defaultdict[str, set[ox.Triple]] = defaultdict(set)
    packaged = [*_ontology_files(), *(_data_files() if not files else [])]
    for name, path in packaged:
        graphs[name].update(quad.triple for quad in read_rdf(path))
    own = {name: graphs[name] for name in _PACKAGES_OWN}
    # A dump of a dataset is that dataset only under the same names of blank nodes, which commits may have given.
    is_dump = not added and [path.suffix for path in files] == [".nq"]
    for path in (*files, *added):
        read = _read_file(path, own, keep_names=is_dump)
        if not read:
            message = "holds no triples"
            raise TurtleError(message, path=path)
        for name, triple in read:
            graphs[name].add(triple)
    read_quads = [
        quad
        for name, triples in graphs.items()
        for quad in (_labelled(name, triples) if name in own or not is_dump else _quads(name, triples))
    ]
    content = [*_as_stored(read_quads), *kept]
    triples = merged(content)
    store = in_memory(triples)
    derived = derive(store, packaged_rules())
    _log.info("read graphs=%d quads=%d", len(graphs), len(content))
    return Dataset(
        quads=[
            *content,
            *_quads(DERIVED_GRAPH, derived),
            *_as_stored(example_quads()),
        ],
        triples=triples | derived,
        store=store,
        digest=set_digest(content),
        files=[*(path for _, path in packaged), *files, *added],
    )


def packaged_graphs() -> set[str]:
    """Return the names of the graphs that the package brings, and of those that follow from them."""
    return {name for name, _ in (*_ontology_files(), *_data_files())} | MADE_GRAPHS


def report_on(dataset: Dataset) -> Report:
    """Validate a dataset; each finding says in which files the thing at fault stands."""
    report = validate(dataset.store, [q.triple for q in dataset.quads if graph_iri(q) == SHAPES_GRAPH])
    if not report.results:
        return report
    wanted = {part for result in report.results for part in _at_fault(result)}
    described: defaultdict[str, set[str]] = defaultdict(set)
    named: defaultdict[str, set[str]] = defaultdict(set)
    for path in dataset.files:
        for quad in read_rdf(path, file_format=_DATASET_FORMATS.get(path.suffix, ox.RdfFormat.TURTLE)):
            for where, term in ((described, quad.subject), (named, quad.predicate), (named, quad.object)):
                if isinstance(term, ox.NamedNode) and term.value in wanted:
                    where[term.value].add(str(path))

    def located(result: Result) -> Result:
        parts = _at_fault(result)
        files = set().union(*(described[part] for part in parts)) or set().union(*(named[part] for part in parts))
        return replace(result, files=tuple(sorted(files)))

    return Report(results=[located(result) for result in report.results])


def _at_fault(result: Result) -> list[str]:
    """Return the IRIs that a finding is about; a rule on the whole graph is about its value and what it names."""
    parts = [str(part) for part in (result.value, result.focus) if part is not None and str(part) != SHAPES]
    return parts + re.findall(rf"{BASE}id/[^\s,;]+", result.message)


def check(dataset: Dataset) -> Report:
    """Validate a dataset and return the report.

    Raises:
        ValidationFailed: it does not conform; the error carries the report.
    """
    report = report_on(dataset)
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


def _read_file(path: Path, own: Mapping[str, set[ox.Triple]], *, keep_names: bool) -> list[tuple[str, ox.Triple]]:
    """Return the triples of a file with the names of their graphs; those that a dump has of the package are left out.

    Args:
        path: of the file.
        own: the package's graphs that no file may change.
        keep_names: whether blank nodes are to keep the names that the file gives them.

    Raises:
        TurtleError: it does not parse, has triples outside named graphs, or its graph of the package is another.
    """
    file_format = _DATASET_FORMATS.get(path.suffix)
    if file_format is None:
        return [(CURATED_GRAPH, quad.triple) for quad in read_rdf(path)]
    quads = read_rdf(path, file_format=file_format, keep_names=keep_names)
    if not all(graph_iri(quad) for quad in quads):
        message = "holds triples outside any named graph: put each in a named graph"
        raise TurtleError(message, path=path)
    for name in sorted(own):
        brought = {quad.triple for quad in quads if graph_iri(quad) == name}
        if brought and _compared(name, brought) != _compared(name, own[name]):
            message = (
                f"its {name} is not the one that comes with the package: leave that graph out, or build with the"
                " release of Coorbit that it is from"
            )
            raise TurtleError(message, path=path)
    return [(name, quad.triple) for quad in quads if (name := graph_iri(quad)) not in MADE_GRAPHS | own.keys()]


def _compared(name: str, triples: set[ox.Triple]) -> set[ox.Quad]:
    """Return a graph so that another is the same exactly where it gives the same: values first, then blank nodes."""
    return set(_labelled(name, {quad.triple for quad in _as_stored(_quads(name, triples))}))


def _quads(name: str, triples: Iterable[ox.Triple]) -> list[ox.Quad]:
    graph_name = ox.NamedNode(name)
    return [ox.Quad(t.subject, t.predicate, t.object, graph_name) for t in triples]


def _as_stored(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Return quads with their literals as the engine gives them back: it keeps numbers by value, 63.0 as 63.

    The digest is then that of the store, and of any dump of it.
    """
    values = [quad for quad in quads if isinstance(quad.object, ox.Literal) and quad.object.datatype.value not in _TEXT]
    store = ox.Store()
    store.extend(values)
    return [*set(quads).difference(values), *store]


def _labelled(name: str, triples: set[ox.Triple]) -> list[ox.Quad]:
    """Return quads of one graph, its blank nodes named by RDFC-1.0 and by the graph, so that a digest can hold."""
    graph_name = ox.NamedNode(name)
    if not any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object)):
        return _quads(name, triples)
    canonical = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    prefix = re.sub(r"[^A-Za-z0-9]", "-", name.removeprefix(GRAPHS))

    def label(term: TermT) -> TermT | ox.BlankNode:
        return ox.BlankNode(f"{prefix}-{term.value}") if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(label(quad.subject), quad.predicate, label(quad.object), graph_name) for quad in canonical]
