"""SPARQL 1.1 Query: each query over its data gives the expected solutions, truth value or graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox
from conformance.answers import Answer, assert_same, expected, read_graph, read_results
from conformance.service import N_TRIPLES, Service, media_type, shown
from conformance.suite import QT

if TYPE_CHECKING:
    from conformance.suite import Case

SUITES: Final = ("query",)
KINDS: Final = ("QueryEvaluationTest",)


def test_query_evaluation(case: Case, service: Service) -> None:
    """The answer, asked for in the format that the expected one is written in, is the expected one."""
    wanted = expected(case)
    service.load(case.graphs(case.action, QT))
    accept = N_TRIPLES if isinstance(wanted, tuple) else _results_format(case).media_type
    response = service.query(case.text(case.facts.value(case.action, f"{QT}query")), accept=accept)
    assert response.status_code == httpx.codes.OK, shown(response)
    assert media_type(response) == accept
    assert_same(_read(case, response, wanted), wanted)


def _read(case: Case, response: httpx.Response, wanted: Answer) -> Answer:
    if isinstance(wanted, tuple):
        return read_graph(response.content, N_TRIPLES, base_iri=str(response.url))
    return read_results(response.content, _results_format(case))


def _results_format(case: Case) -> ox.QueryResultsFormat:
    """Return the format of the expected answer; JSON where a graph describes it."""
    return ox.QueryResultsFormat.from_extension(case.path(case.result).suffix[1:]) or ox.QueryResultsFormat.JSON
