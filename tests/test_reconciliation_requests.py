"""What clients of the Reconciliation API send: whatever it is, it is read or refused with what was expected."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from graph.matching import Condition, Question, Value
from graph.request_errors import BadRequest
from graph.terms import BASE, COO
from service.reconciliation.requests import read_batch, read_draft_batch, read_extension

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = st.sampled_from(
    ["queries", "query", "type", "limit", "properties", "conditions", "pid", "v", "id", "ids", "name", "matchType"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just("property"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
READERS: tuple[Callable[[str], object], ...] = (read_batch, read_draft_batch, read_extension)


@given(JSON)
def test_any_json_is_read_or_refused(content: object) -> None:
    """No shape of JSON ends in another error than a refusal."""
    for reader in READERS:
        with contextlib.suppress(BadRequest):
            reader(json.dumps(content))


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nor does any text."""
    for reader in READERS:
        with contextlib.suppress(BadRequest):
            reader(text)


def test_both_versions_ask_the_same() -> None:
    """A query of version 0.2 and its like in 1.0-draft are one question."""
    value = {"id": "actor/chn", "name": "China"}
    old = {"query": "a", "type": ["State"], "limit": 3, "properties": [{"pid": "country", "v": [value, 5, True]}]}
    conditions = [
        {"matchType": "name", "v": "a"},
        {"matchType": "property", "pid": "country", "v": [value, 5, True]},
    ]
    new = {"type": "State", "limit": 3, "conditions": conditions}
    expected = Question(
        text="a",
        types=(COO + "State",),
        conditions=(
            Condition(
                pid="country",
                values=(Value(text="China", iri=BASE + "id/actor/chn"), Value(text="5"), Value(text="true")),
            ),
        ),
        limit=3,
    )
    assert read_batch(json.dumps({"q": old})) == {"q": expected}
    assert read_draft_batch(json.dumps({"queries": [new]})) == [expected]
