"""SPARQL 1.1 result formats: JSON, CSV and TSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox
from conformance.answers import assert_same, expected, read_csv, read_results
from conformance.service import Service, media_type, shown
from conformance.suite import QT

if TYPE_CHECKING:
    from conformance.suite import Case

SUITES: Final = ("result formats",)
KINDS: Final = ("QueryEvaluationTest", "CSVResultFormatTest")


def test_result_format(case: Case, service: Service) -> None:
    """The answer comes in the format asked for and says in it what the expected document says."""
    result_format = ox.QueryResultsFormat.from_extension(case.path(case.result).suffix[1:])
    assert result_format is not None
    service.load(case.graphs(case.action, QT))
    query = case.text(case.facts.value(case.action, f"{QT}query"))
    accept = result_format.media_type.split(";")[0]
    response = service.query(query, accept=accept)
    assert response.status_code == httpx.codes.OK, shown(response)
    assert media_type(response) == accept
    is_csv = result_format == ox.QueryResultsFormat.CSV
    got = read_csv(response.text) if is_csv else read_results(response.content, result_format)
    assert_same(got, expected(case))
