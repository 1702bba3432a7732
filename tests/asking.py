"""How tests ask the competency questions on the engine of the service."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from graph.questions import packaged_questions

QUESTIONS: Final = {question.name: question for question in packaged_questions("questions")}


def solutions(store: ox.Store, name: str) -> ox.QuerySolutions:
    """Return the rows of a question's answer."""
    solutions = store.query(QUESTIONS[name].text)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions


def column(store: ox.Store, name: str, variable: str) -> list[str]:
    """Return the texts of one column, row by row; every cell must be bound to an IRI or a literal."""
    values = []
    for solution in solutions(store, name):
        term = solution[variable]
        assert isinstance(term, ox.NamedNode | ox.Literal)
        values.append(term.value)
    return values
