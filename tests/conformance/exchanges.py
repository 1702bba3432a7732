"""Requests and expected responses that a manifest describes in the HTTP vocabulary, played one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin

import pyoxigraph as ox
from conformance.answers import isomorphic, read_graph
from conformance.facts import fragment
from conformance.service import media_type, shown
from conformance.suite import MF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from conformance.facts import Facts, Term
    from conformance.service import Service
    from conformance.suite import Case

HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"

STATUSES: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
BOOLEAN: Final = ("application/sparql-results+json", "application/sparql-results+xml")
TABULAR: Final = (*BOOLEAN, "text/csv", "text/tab-separated-values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a response is to be; None where the test does not say."""

    statuses: frozenset[int]
    media_type: str | None
    location: str | None
    """The variable that stands for the Location header in later requests."""
    boolean: bool | None
    form: str | None
    """Which kind of document: boolean, tabular or RDF."""
    turtle: str | None
    """The graph in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what is expected of its response."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes | None
    expected: Expected


def exchanges(case: Case) -> Iterator[Exchange]:
    """Yield the exchanges of a test, in their order."""
    facts = case.facts
    for request in facts.items(facts.value(case.action, f"{HT}requests")):
        body, encoding = _body(facts, request)
        yield Exchange(
            method=facts.text(request, f"{HT}methodName"),
            path=facts.text(request, f"{HT}absolutePath"),
            headers=_headers(facts, request),
            content=None if body is None else body.encode(encoding),
            expected=_expected(facts, facts.value(request, f"{HT}resp")),
        )


def play(case: Case, service: Service, address: Callable[[Exchange], str]) -> None:
    """Send the requests of a test and check each response.

    Args:
        case: a test with requests.
        service: whom to send them to.
        address: gives the absolute address of a request, for the paths in a manifest are patterns.
    """
    locations: dict[str, str] = {}
    for exchange in exchanges(case):
        target = address(exchange)
        for variable, location in locations.items():
            target = target.replace(variable, quote(location, safe=""))
        response = service.send(exchange.method, target, content=exchange.content, headers=exchange.headers)
        _check(response, exchange.expected)
        if exchange.expected.location is not None:
            assert "location" in response.headers, shown(response)
            locations[exchange.expected.location] = urljoin(target, response.headers["location"])


def _check(response: httpx.Response, expected: Expected) -> None:
    assert response.status_code in expected.statuses, f"{shown(response)}\nexpected: {_spans(expected.statuses)}"
    if expected.media_type is not None and response.request.method != "HEAD":
        assert media_type(response) == expected.media_type, shown(response)
    if expected.boolean is not None:
        assert _boolean(response) is expected.boolean, shown(response)
    if expected.form == "RDF":
        assert ox.RdfFormat.from_media_type(media_type(response)) is not None, shown(response)
    elif expected.form is not None:
        assert media_type(response) in (BOOLEAN if expected.form == "boolean" else TABULAR), shown(response)
    if expected.turtle is not None:
        address = str(response.url)
        got = read_graph(response.content, media_type(response), base_iri=address)
        assert isomorphic(got, read_graph(expected.turtle.encode(), "text/turtle", base_iri=address)), shown(response)


def _boolean(response: httpx.Response) -> bool:
    result_format = ox.QueryResultsFormat.from_media_type(media_type(response))
    assert result_format is not None, shown(response)
    results = ox.parse_query_results(response.content, format=result_format)
    assert isinstance(results, ox.QueryBoolean), shown(response)
    return bool(results)


def _expected(facts: Facts, response: Term) -> Expected:
    def said(predicate: str) -> str | None:
        return facts.text(response, predicate) if facts.has(response, predicate) else None

    boolean = said(f"{MF}expectedBoolean")
    content_type = _headers(facts, response).get("content-type")
    return Expected(
        statuses=frozenset(
            status for named in facts.values(response, f"{MF}expectedStatus") for status in _statuses(fragment(named))
        ),
        media_type=content_type and content_type.split(";")[0],
        location=said(f"{MF}expectedLocation"),
        boolean=None if boolean is None else boolean == "true",
        form=said(f"{MF}expectedFormat"),
        turtle=_body(facts, response)[0],
    )


def _statuses(name: str) -> range:
    """Return the statuses that a name of the HTTP vocabulary stands for: Created, StatusCode2xx."""
    family = re.fullmatch(r"StatusCode(\d)xx", name)
    if family is not None:
        return range(int(family[1]) * 100, int(family[1]) * 100 + 100)
    return range(STATUSES[name], STATUSES[name] + 1)


def _spans(statuses: frozenset[int]) -> str:
    """Return statuses in few words: 2xx for all of a family."""
    families = {status // 100 for status in statuses if status % 100 == 99}
    alone = [str(status) for status in sorted(statuses) if status // 100 not in families]
    return ", ".join([*alone, *(f"{family}xx" for family in sorted(families))])


def _headers(facts: Facts, message: Term) -> dict[str, str]:
    return {
        facts.text(header, f"{HT}fieldName").lower(): facts.text(header, f"{HT}fieldValue")
        for headers in facts.values(message, f"{HT}headers")
        for header in facts.items(headers)
    }


def _body(facts: Facts, message: Term) -> tuple[str | None, str]:
    if not facts.has(message, f"{HT}body"):
        return None, "utf-8"
    body = facts.value(message, f"{HT}body")
    return facts.text(body, f"{CNT}chars"), facts.text(body, f"{CNT}characterEncoding")
