"""Counting a store as it stands, for what VoID tells: once a build, in little memory."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.extraction import read_lines
from graph.figures import Counted, FigureCounter, is_linkset, linksets_of
from graph.sorting import LineSorter

if TYPE_CHECKING:
    from collections.abc import Mapping

_BATCH = 10_000


def survey(store: ox.Store, graphs: Mapping[str, int], *, number: int, scratch: Path) -> Counted:
    """Count the default graph of a published dataset, and the links of its linksets.

    Args:
        store: flushed, or read only.
        graphs: its named graphs with their counts.
        number: of the version.
        scratch: a folder for what is sorted.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        raw = folder / "raw.nt"
        store.dump(raw, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        counter = FigureCounter(folder)
        with LineSorter(folder) as lines:
            lines.extend(read_lines(raw))
            ordered = lines.lines()
            while batch := [line[:-3] for line in islice(ordered, _BATCH)]:
                counter.extend(batch)
        linksets = []
        for graph in filter(is_linkset, graphs):
            store.dump(raw, ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
            linksets += linksets_of(graph, read_lines(raw))
        return Counted(version=number, figures=counter.figures(), linksets=linksets, graphs=dict(graphs))
