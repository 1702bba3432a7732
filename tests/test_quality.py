"""The quality report: its measures, as text and as Turtle."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.quality import measure, quality_text, quality_turtle
from graph.store import in_memory
from graph.terms import PREFIXES

if TYPE_CHECKING:
    from graph.build import Dataset
    from graph.quality import Measure

PREFIX_LINES = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items())


def measured(text: str, *, today: date = date(2026, 11, 23)) -> dict[str, Measure]:
    """Return the measures of a small graph by name."""
    triples = [quad.triple for quad in ox.parse(PREFIX_LINES + text, format=ox.RdfFormat.TURTLE)]
    return {each.name: each for each in measure(in_memory(triples), today=today)}


@pytest.mark.parametrize(("today", "past"), [(date(2018, 12, 31), 0), (date(2019, 1, 1), 1)])
def test_a_plan_is_past_its_window_the_day_after(today: date, past: int) -> None:
    """A plan whose announced window has ended, with no later status known, is listed from the next day on."""
    plan = (
        "occ:launch coo:hasStatusAssessment sit:plan . "
        "sit:plan coo:status ast:planned ; coo:asOf '2018-04-19'^^xsd:date ."
        " clm:plan coo:asserts occ:launch ; coo:endLatest '2018-12-31'^^xsd:date ."
    )
    assert len(measured(plan, today=today)["plans-past-their-window"].rows) == past
    later = plan + "occ:launch coo:hasStatusAssessment sit:done . sit:done coo:asOf '2018-10-29'^^xsd:date ."
    assert not measured(later, today=today)["plans-past-their-window"].rows


def test_a_conflict_is_open_until_a_side_is_accepted() -> None:
    """Two disputed claims in conflict are listed; with one accepted they are not."""
    conflict = "clm:a coo:conflictsWith clm:b ; coo:claimStatus cst:disputed . clm:b coo:claimStatus {} ."
    assert len(measured(conflict.format("cst:disputed"))["open-conflicts"].rows) == 1
    assert not measured(conflict.format("cst:accepted"))["open-conflicts"].rows


def test_shares_are_told_with_their_total() -> None:
    """A measure of a part says of how many."""
    rows = measured("src:a a coo:Source ; schema:url <https://e.test/> . src:b a coo:Source .")[
        "sources-with-address"
    ].rows
    assert [row.text() for row in rows] == ["coo:Source: 1 of 2 (50%)"]


def test_the_report_covers_the_packaged_graph(dataset: Dataset) -> None:
    """Every measure is there in both forms; all states have an English label and nearly all a link."""
    measures = measure(dataset.store, today=date(2026, 11, 23))
    by_name = {each.name: {row.about: row for row in each.rows} for each in measures}
    english = by_name["states-labelled-by-language"]["en"]
    assert english.value == english.total
    linked = by_name["links-by-class"][PREFIXES["coo"] + "State"]
    assert linked.value >= 249
    text, turtle = quality_text(measures), quality_turtle(measures)
    assert all(each.question in text for each in measures)
    metrics = {
        quad.subject for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE) if str(quad.object).endswith("Metric>")
    }
    assert len(metrics) == len(measures)
