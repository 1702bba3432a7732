"""Variables that a SELECT which groups cannot have: found exactly where the engine finds that there is one."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from service.grouping import ungrouped
from service.lexer import lexemes

VARIABLES = st.sampled_from(["?a", "?b", "$c"])
PARTS = st.one_of(
    VARIABLES,
    st.builds("COUNT(DISTINCT {})".format, VARIABLES),
    st.builds('GROUP_CONCAT(STR({}) ; SEPARATOR = ")")'.format, VARIABLES),
    st.builds("<http://www.w3.org/2001/XMLSchema#string>({})".format, VARIABLES),
    st.builds("EXISTS {{ {} ?other ?c }}".format, VARIABLES),
)
EXPRESSIONS = st.one_of(PARTS, st.builds("CONCAT(STR({}), (STR({})))".format, PARTS, PARTS))
ITEMS = st.one_of(VARIABLES, EXPRESSIONS)
KEYS = st.one_of(
    VARIABLES,
    st.builds("({})".format, VARIABLES),
    st.builds("STR({})".format, VARIABLES),
    st.builds("<http://www.w3.org/2001/XMLSchema#string>({})".format, VARIABLES),
    st.builds("(STR({}) AS ?key)".format, VARIABLES),
)


def written(items: list[str], keys: list[str], tail: str, pattern: str) -> str:
    """Return a SELECT; each expression has a name of its own."""
    clause = [each if each[0] in "?$" else f"({each} AS ?x{at})" for at, each in enumerate(items)]
    group = f"GROUP BY {' '.join(keys)}" if keys else ""
    return f"SELECT {' '.join(clause)} WHERE {{ {pattern} }} {group} {tail}"


SELECTS = st.builds(
    written,
    st.lists(ITEMS, min_size=1, max_size=4, unique=True),
    st.lists(KEYS, max_size=3),
    st.sampled_from(["", "HAVING (COUNT(*) > 1)", "ORDER BY COUNT(?a) LIMIT 3", "LIMIT 3"]),
    st.sampled_from(["?a ?b $c", "{ SELECT ?a ?b ?c { ?a ?b ?c } GROUP BY ?a ?b ?c } FILTER (1 IN (1))"]),
)
TEXTS = st.one_of(SELECTS, st.builds("SELECT * {{ {{ {} }} }}".format, SELECTS))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_variable_is_found_where_the_engine_finds_one(text: str) -> None:
    """A variable is named if, and only if, the engine refuses the text for such a one, and it stands in the text."""
    try:
        ox.Store().query(text)
        refused = False
    except SyntaxError:
        refused = True
    found = ungrouped(lexemes(text))
    assert (found is not None) == refused
    if found is not None:
        assert text.startswith(found.variable.text, found.variable.start)
        assert found.variable.text in found.sentence


@given(
    st.lists(st.sampled_from(["SELECT", "(", ")", "{", "}", "GROUP", "BY", "AS", "COUNT", "?x", "HAVING"]), max_size=12)
)
def test_any_tokens_are_read(words: list[str]) -> None:
    """What is no query has an answer too: it never fails."""
    ungrouped(lexemes(" ".join(words)))
