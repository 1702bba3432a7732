"""Content negotiation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.formats import GRAPHS, SOLUTIONS
from service.negotiation import choose, parse_accept


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        pytest.param("", "json", id="none given"),
        pytest.param("*/*", "json", id="anything"),
        pytest.param("text/csv", "csv", id="one"),
        pytest.param("TEXT/CSV", "csv", id="case does not matter"),
        pytest.param("text/csv;q=0.5, text/tab-separated-values", "tsv", id="weights"),
        pytest.param("text/csv;q=0.5, */*;q=0.1", "csv", id="wildcard with less weight"),
        pytest.param("text/*", "csv", id="type wildcard takes the service's order"),
        pytest.param("application/json", "json", id="alias"),
        pytest.param("application/json;q=0.9, text/csv", "csv", id="alias with less weight"),
        pytest.param("application/sparql-results+json;q=0, */*", "xml", id="refused by name"),
        pytest.param("text/csv;q=0", None, id="only refused"),
        pytest.param("image/png", None, id="nothing of ours"),
        pytest.param("text/csv; charset=utf-8; q=0.3, application/xml;q=0.2", "csv", id="parameters"),
        pytest.param('text/csv;title="a,b;q=0"', "csv", id="quoted comma"),
        pytest.param("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml", id="a browser"),
        pytest.param("text/csv;q=high", "csv", id="odd weight counts as 1"),
        pytest.param("nonsense", None, id="no media range"),
    ],
)
def test_the_best_format_wins(accept: str, name: str | None) -> None:
    """Weight decides, then how closely a range fits, then the service's own order."""
    chosen = choose(SOLUTIONS, accept)
    assert (chosen.name if chosen else None) == name


@pytest.mark.parametrize("each", [*SOLUTIONS, *GRAPHS], ids=lambda each: each.name)
def test_each_format_can_be_asked_for_by_its_own_name(each: object) -> None:
    """A format's own media type gives that format."""
    family = SOLUTIONS if each in SOLUTIONS else GRAPHS
    assert choose(family, next(f.media_type for f in family if f == each)) == each


@given(st.text(max_size=200))
def test_no_header_breaks_it(accept: str) -> None:
    """Whatever stands in Accept, reading it ends and weights stay between 0 and 1."""
    assert all(0 <= each.weight <= 1 for each in parse_accept(accept))
    choose(SOLUTIONS, accept)


@given(
    st.lists(st.tuples(st.sampled_from(SOLUTIONS), st.integers(1, 1000)), min_size=1, unique_by=lambda pair: pair[0])
)
def test_the_heaviest_of_named_formats_wins(weighted: list[tuple[object, int]]) -> None:
    """Among formats named exactly, none is heavier than the one chosen."""
    names = {each.media_type: weight for each, weight in weighted}  # type: ignore[attr-defined]
    header = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in names.items())
    chosen = choose(SOLUTIONS, header)
    assert chosen is not None
    assert names[chosen.media_type] == max(names.values())
