"""Tables of messy names, matched over HTTP as OpenRefine asks, and others that the rule of matching was not made by."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from messy import ABSENT, KINDS, LANGUAGES, NOISE, OTHER_KINDS, Messy, Row

from graph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx

    from graph.versions import Version

ROOT = "/reconcile"
AT_ONCE = 10
"""Queries in a request of OpenRefine."""

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))]
"""The first is quick; the others make the figure one that chance does not give."""


HELD_OUT = range(500, 505)
"""Seeds of tables that nobody has looked at."""


@pytest.fixture(scope="module")
def messy(version: Version) -> Messy:
    """The maker of tables."""
    return Messy(version.directory, ox.Store.read_only(str(version.store)))


def batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield rows as OpenRefine sends them."""
    for at in range(0, len(rows), AT_ONCE):
        yield rows[at : at + AT_ONCE]


def matched(client: httpx.Client, rows: Sequence[Row]) -> list[str]:
    """Return the IRIs that the service matches rows with, empty for none; the best candidate comes first."""
    queries = {
        f"q{number}": {
            "query": row.text,
            "type": row.kind,
            "type_strict": "should",
            "limit": 5,
            "properties": [{"pid": pid, "v": value} for pid, value in row.columns.items()],
        }
        for number, row in enumerate(rows)
    }
    response = client.post(ROOT, data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    answer = response.json()
    assert list(answer) == list(queries)
    found = []
    for name in queries:
        candidates = answer[name]["result"]
        scores = [each["score"] for each in candidates]
        assert scores == sorted(scores, reverse=True)
        assert sum(each["match"] for each in candidates) <= 1
        found.append(BASE + "id/" + candidates[0]["id"] if candidates and candidates[0]["match"] else "")
    return found


def figures(client: httpx.Client, rows: Sequence[Row]) -> tuple[float, float, dict[str, dict[str, int]]]:
    """Return precision and recall over rows, and how many of each kind of noise were matched wrongly or not."""
    found = [iri for batch in batches(rows) for iri in matched(client, batch)]
    outcome: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, iri in zip(rows, found, strict=True):
        if iri != row.iri:
            outcome[row.noise]["wrong" if iri else "unmatched"] += 1
    right = sum(bool(iri) and iri == row.iri for row, iri in zip(rows, found, strict=True))
    told = {noise: dict(counts) for noise, counts in outcome.items()}
    return right / sum(map(bool, found)), right / sum(bool(row.iri) for row in rows), told


@pytest.mark.parametrize("seed", SEEDS)
def test_a_messy_table_is_matched(
    client: httpx.Client, messy: Messy, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 200 messy names those with a thing are matched with it and no others: precision and recall 0.95 or more."""
    rows = messy.table(seed)
    precision, recall, others = figures(client, rows)
    named = sum(bool(row.columns) for row in rows)
    with capsys.disabled():
        print(
            f"\nseed {seed}: precision {precision:.3f}, recall {recall:.3f}; {named} rows with a column {others}",
            end="",
        )
    assert precision >= 0.95
    assert recall >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [KINDS, OTHER_KINDS], ids=["kinds of the rule", "other kinds"])
def test_tables_that_the_rule_was_not_made_by_are_matched(
    client: httpx.Client, version: Version, kinds: Mapping[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Held out: seeds that nobody has looked at, of the same kinds of things and of others; 0.95 or more, over all."""
    maker = Messy(version.directory, ox.Store.read_only(str(version.store)), kinds)
    rows = [row for seed in HELD_OUT for row in maker.table(seed)]
    precision, recall, others = figures(client, rows)
    with capsys.disabled():
        print(f"\nheld out, {len(rows)} rows: precision {precision:.3f}, recall {recall:.3f} {others}", end="")
    assert precision >= 0.95
    assert recall >= 0.95


def test_tables_have_all_kinds_of_noise(messy: Messy) -> None:
    """Eight kinds alike often, one row in ten that is nowhere, five languages beside English, and the same by seed."""
    rows = messy.table(7)
    counts = Counter(row.noise for row in rows)
    assert set(counts) == {*NOISE, ABSENT}
    assert counts[ABSENT] == len(rows) / 10
    assert min(counts[noise] for noise in NOISE) >= 20
    assert rows == messy.table(7)
    assert rows != messy.table(8)
    assert len(LANGUAGES) == 6
