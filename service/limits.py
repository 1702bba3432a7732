"""The limits of the service: one table of what is limited, what happens at the limit and what to do then.

The page on limits and the service description both read it, so that what is told is what is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from graph.query_errors import QueryMemory, QueryTimeout, QueryUnsupported, ServiceBusy, SpoolFull
from service.problems import status_of_class

if TYPE_CHECKING:
    from service.settings import Settings

UNITS: Final = {"_s": "seconds", "_kb": "kilobytes", "_mb": "megabytes", "_quads": "quads", "_places": "queries"}
"""End of a setting's name to the unit of its value: a setting of such a name is a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit as it is set.

    Attributes:
        setting: the variable that sets it.
        what: what is limited, in a few words.
        value: as it is set.
        unit: of the value.
        status: of the answer at the limit; None where the answer itself does not fail.
        then: what happens at the limit and what the client can do.
    """

    setting: str
    what: str
    value: float
    unit: str
    status: HTTPStatus | None
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    what: str
    status: HTTPStatus | None
    then: str


_RULES: Final = {
    "query_timeout_s": _Rule(
        what="time of a query",
        status=status_of_class(QueryTimeout),
        then="The query is ended. Narrow it, or ask for less with LIMIT; timeout= lowers this limit for one query and "
        "never raises it.",
    ),
    "query_memory_mb": _Rule(
        what="memory of a query beyond the store",
        status=status_of_class(QueryMemory),
        then="The query is ended. Narrow it, or sort and group fewer rows.",
    ),
    "buffer_mb": _Rule(
        what="part of an answer that is kept back before it is sent",
        status=None,
        then="A failure before this size is reached has its proper status. A longer answer is sent while the query "
        "runs on; should it fail then, the connection breaks off without a well-formed end.",
    ),
    "spool_mb": _Rule(
        what="size of an answer",
        status=status_of_class(SpoolFull),
        then="The query is ended; where the answer is being sent already, the connection breaks off. Ask for less with "
        "LIMIT, or take a dump.",
    ),
    "merge_quads": _Rule(
        what="quads of a default graph that FROM or default-graph-uri puts together from several graphs",
        status=status_of_class(QueryUnsupported),
        then="The query is not evaluated. Ask the default graph, or match the graphs by GRAPH ?graph.",
    ),
    "short_places": _Rule(
        what="queries that are evaluated at once in the short lane",
        status=status_of_class(ServiceBusy),
        then="A query waits for its turn, clients by turns. Where too many wait, or one waits too long, it is not "
        "evaluated: ask again after the seconds that Retry-After gives.",
    ),
    "heavy_places": _Rule(
        what="queries that go on beside the short lane because they are heavy; one client has at most all but one",
        status=status_of_class(ServiceBusy),
        then="The query is ended. Ask again after the seconds that Retry-After gives, or ask for less.",
    ),
    "history_places": _Rule(
        what="queries of old versions (version=) that are evaluated at once; heavy ones leave one place to the others",
        status=status_of_class(ServiceBusy),
        then="A query waits for its turn, clients by turns. A heavy one for which there is no place is ended. Ask "
        "again after the seconds that Retry-After gives, or ask for less.",
    ),
    "cache_mb": _Rule(
        what="answers that are kept ready",
        status=None,
        then="Nothing fails: an answer that is no longer kept is evaluated anew.",
    ),
    "send_timeout_s": _Rule(
        what="time in which a reader takes nothing of an answer, or a request does not arrive",
        status=None,
        then="The connection breaks off without a well-formed end. Read on while you work, or ask for less at a time. "
        "A request that is not all there by then, with a second more for each 50 kB of its body, gets 408.",
    ),
    "url_kb": _Rule(
        what="length of the query string of an address",
        status=HTTPStatus.REQUEST_URI_TOO_LONG,
        then="The request is refused. Send the query by POST.",
    ),
    "body_mb": _Rule(
        what="size of a request body",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        then="The request is refused. Send less at a time. All that arrive at once may hold 16 times that; then 503.",
    ),
}


def limits(settings: Settings) -> list[Limit]:
    """Return all limits as they are set, in the order of the settings."""
    return [
        Limit(
            setting=f"COORBIT_{name.upper()}",
            what=rule.what,
            value=getattr(settings, name),
            unit=next(unit for end, unit in UNITS.items() if name.endswith(end)),
            status=rule.status,
            then=rule.then,
        )
        for name, rule in _RULES.items()
    ]
