"""A report written as Turtle is read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD

from graph.errors import TurtleError
from graph.report import Report, Result, read_report

IRIS = st.from_regex(r"http://e\.test/[a-z0-9-]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NODES = st.one_of(
    IRIS.map(URIRef),
    st.from_regex(r"b[0-9]", fullmatch=True).map(BNode),
    TEXTS.map(lambda text: Literal(text, datatype=XSD.string)),
    TEXTS.map(lambda text: Literal(text, lang="en")),
    st.integers().map(lambda number: Literal(str(number), datatype=XSD.integer)),
)
RESULTS = st.builds(
    Result,
    severity=st.sampled_from(["Violation", "Warning", "Info"]),
    source=IRIS,
    component=st.sampled_from(["MinCountConstraintComponent", "SPARQLConstraintComponent"]),
    focus=NODES,
    path=st.none() | IRIS.map(URIRef),
    value=st.none() | NODES,
    message=TEXTS,
)


@given(st.lists(RESULTS, max_size=5))
def test_what_is_written_is_read_back(results: list[Result]) -> None:
    """Every part of every result comes back, blank nodes under their labels; the text is always the same."""
    report = Report.of(results)
    text = report.turtle()
    assert read_report(text) == report
    assert Report.of(reversed(results)).turtle() == text


def test_findings_that_come_twice_are_told_once() -> None:
    """A report holds each finding once, violations first."""
    first, second = (
        Result(
            severity=severity, source="http://e.test/s", component="c", focus=None, path=None, value=None, message="m"
        )
        for severity in ("Warning", "Violation")
    )
    assert Report.of([first, second, first]).results == [second, first]


BROKEN = {
    "syntax": "@prefix sh: <http://www.w3.org/ns/shacl#> .\n_:r a sh:ValidationReport ; .. ",
    "no-report": "<http://e.test/a> <http://e.test/b> <http://e.test/c> .",
    "half": "@prefix sh: <http://www.w3.org/ns/shacl#> . _:r a sh:ValidationReport ; sh:result [ sh:value 1 ] .",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_report_is_refused(text: str) -> None:
    """A file that is no report, or half of one, is an error and never an empty report, which would conform."""
    with pytest.raises(TurtleError):
        read_report(text)
