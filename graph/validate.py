"""Validation: SHACL and the hygiene queries over a dataset, wrapped once.

Nothing enters without it; what fails is refused with the whole report.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox
from rdflib import Graph

from graph.questions import packaged_questions
from graph.report import Report, Result, hygiene_result
from graph.shacl import Checker
from graph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)


def validate(store: ox.Store, shapes: Iterable[ox.Triple]) -> Report:
    """Check a graph against shapes and the packaged hygiene queries.

    Args:
        store: the merge of all named graphs in its default graph, ontology included, so that shapes see subclasses.
        shapes: the shapes graph.

    Returns:
        The findings of both. Nothing is inferred; warnings do not refuse.

    Raises:
        CoorbitError: the shapes themselves cannot be used.
    """
    started = time.perf_counter()
    text = ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES)
    results = {*Checker(Graph().parse(data=text, format="nt")).findings(store), *hygiene_findings(store)}
    _log.info("validated findings=%d seconds=%.1f", len(results), time.perf_counter() - started)
    return Report.of(results)


def hygiene_findings(data: ox.Store) -> list[Result]:
    """Run each hygiene query on the default graph of a store; every row is one error sentence on one node."""
    results = []
    for query in packaged_questions("hygiene"):
        rows = cast("ox.QuerySolutions", data.query(query.text))
        severity = "Warning" if "warning" in query.tags else "Violation"
        results += [
            hygiene_result(row, source=f"{BASE}queries/hygiene/{query.name}", severity=severity) for row in rows
        ]
    return results
