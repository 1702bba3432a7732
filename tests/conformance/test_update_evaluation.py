"""SPARQL 1.1 Update: each update turns its dataset into the expected one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.answers import isomorphic
from conformance.service import Service, shown
from conformance.suite import UT

if TYPE_CHECKING:
    from conformance.suite import Case

SUITES: Final = ("update",)
KINDS: Final = ("UpdateEvaluationTest",)


def test_update_evaluation(case: Case, service: Service) -> None:
    """After the update the default graph and each named graph hold what they should, and no other graph holds any."""
    service.load(case.graphs(case.action, UT))
    response = service.update(case.text(case.facts.value(case.action, f"{UT}request")))
    assert response.is_success, shown(response)
    wanted = case.graphs(case.result, UT)
    got = service.graphs()
    assert set(got) == {name for name, triples in wanted.items() if triples} | {""}
    for name, triples in got.items():
        assert isomorphic(triples, wanted[name]), name or "default graph"
