"""The grammar: what is SPARQL 1.1 is taken, what is not is refused with 400."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
from conformance.service import Service, shown

if TYPE_CHECKING:
    from conformance.suite import Case

SUITES: Final = ("query", "syntax", "update")
KINDS: Final = (
    "PositiveSyntaxTest11",
    "NegativeSyntaxTest11",
    "PositiveUpdateSyntaxTest11",
    "NegativeUpdateSyntaxTest11",
)

REFUSED: Final = {httpx.codes.FORBIDDEN, httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY}
"""Answers to good SPARQL that is not done: a call of another host, a graph that is not there, an unknown function."""


def test_syntax(case: Case, service: Service) -> None:
    """A negative test is a bad request; a positive one is not: it is answered or refused for what it asks."""
    service.load({"": ()})
    text = case.text(case.action)
    is_update = case.path(case.action).suffix == ".ru"
    response = service.update(text) if is_update else service.query(text, accept="*/*")
    if case.kind.startswith("Positive"):
        assert response.is_success or response.status_code in REFUSED, shown(response)
    else:
        assert response.status_code == httpx.codes.BAD_REQUEST, shown(response)
