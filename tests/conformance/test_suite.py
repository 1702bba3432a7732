"""The suite is the one that the list of known failures was made with, and nothing of it is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.known_failures import KNOWN_FAILURES
from conformance.suite import DIGEST, LEFT_OUT, SUITES, cases, digest, folders

if TYPE_CHECKING:
    from pathlib import Path

KINDS_RUN: Final = {
    "ProtocolTest",
    "GraphStoreProtocolTest",
    "ServiceDescriptionTest",
    "QueryEvaluationTest",
    "CSVResultFormatTest",
    "UpdateEvaluationTest",
    "PositiveSyntaxTest11",
    "NegativeSyntaxTest11",
    "PositiveUpdateSyntaxTest11",
    "NegativeUpdateSyntaxTest11",
}


def test_each_test_of_the_suite_is_run_or_left_out_with_a_reason(w3c_root: Path) -> None:
    """The suite is the one we know, each of its folders is run or left out, and a known failure names a test of it."""
    assert digest(w3c_root) == DIGEST, "another commit of w3c/rdf-tests than CONTRIBUTING names"
    assert folders(w3c_root) == {folder for suite in SUITES.values() for folder in suite} | set(LEFT_OUT)
    listed = cases(w3c_root, tuple(SUITES), tuple(KINDS_RUN))
    assert set(KNOWN_FAILURES) <= {case.name for case in listed}
