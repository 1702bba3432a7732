"""The reasons why a query has no answer: the last branch of the tree that is drawn in `graph.errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.errors import CoorbitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_IN_PARTS: Final = (
    "send it in smaller parts, or have the operator of the service make it by coorbit commit, which has no such limit"
)


class QueryError(CoorbitError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query.

    Attributes:
        line: 1-based line of the fault, or None when the parser gave none.
        column: 1-based column, or None likewise.
        token: the text found at that place; empty at the end of the query, None without a place.
        expected: what the grammar allows there, readable names and tokens; may be empty.
    """

    def __init__(
        self, message: str, *, line: int | None, column: int | None, token: str | None, expected: Sequence[str]
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.token = token
        self.expected = tuple(expected)


class QueryRefused(QueryError):
    """The query asks for what this service never does, such as calling another host."""


class QueryUnsupported(QueryError):
    """The query is good SPARQL that this service would answer wrongly or not at all, and so does not answer."""


class EntityUnknown(QueryError):
    """The dataset says nothing of an IRI; `nearest` are IRIs that may have been meant, the likeliest first."""

    def __init__(self, iri: str, *, nearest: Sequence[str] = (), what: str = "") -> None:
        told = f": perhaps {', '.join(f'<{each}>' for each in nearest)}" if nearest else ""
        super().__init__(what or f"nothing is said of <{iri}>{told}; /search?q= finds things by their names")
        self.iri = iri
        self.nearest = tuple(nearest)


class EntityReplaced(QueryError):
    """An IRI is deprecated, and another stands in its place; `by` is that one."""

    def __init__(self, iri: str, by: str) -> None:
        super().__init__(f"<{iri}> is deprecated: <{by}> stands in its place")
        self.iri = iri
        self.by = by


class EntityWithdrawn(QueryError):
    """An IRI is deprecated, and none stands in its place; `reason` is empty where none is told."""

    def __init__(self, iri: str, reason: str = "") -> None:
        super().__init__(f"<{iri}> is deprecated, and nothing stands in its place" + (f": {reason}" if reason else ""))
        self.iri = iri
        self.reason = reason


class NotAcceptable(QueryError):
    """No format of the answer is one that the client accepts; `available` lists the media types."""

    def __init__(self, what: str, available: Sequence[str]) -> None:
        super().__init__(f"{what} comes as {', '.join(available)}: ask for one of these")
        self.available = tuple(available)


class QueryTimeout(QueryError):
    """The query ran past the time limit and was ended."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"the query was ended after {limit_s:g} s: narrow it, or ask for less with LIMIT")
        self.limit_s = limit_s


class WriteTimeout(QueryTimeout):
    """A write ran past the time limit and was ended."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(limit_s)
        self.args = (f"the write was ended after {limit_s:g} s, and nothing was changed: {_IN_PARTS}",)


class QueryFailed(QueryError):
    """The evaluation broke off for a reason that the engine gives."""


class QueryMemory(QueryError):
    """The query needed more memory than a query may have; its process was ended by its limit."""

    def __init__(self) -> None:
        super().__init__("the query needed more memory than it may have: narrow it, or sort and group fewer rows")


class WriteMemory(QueryMemory):
    """A write needed more memory than it may have; its process was ended by its limit."""

    def __init__(self) -> None:
        super().__init__()
        self.args = (f"the write needed more memory than it may have, and nothing was changed: {_IN_PARTS}",)


class SpoolFull(QueryError):
    """The answer is larger than an answer may be."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the answer is larger than {limit_bytes} bytes: ask for less with LIMIT, or take a dump")
        self.limit_bytes = limit_bytes


class CallFailed(QueryError):
    """An endpoint that the query calls by SERVICE gave no answer that could be read."""


class QueryCrashed(QueryError):
    """The process that evaluated the query ended for a reason that nobody knows."""


class ClientGone(QueryError):
    """The client has left before its answer was there."""


class AnswerBroken(QueryError):
    """The answer broke off when a part of it had been sent; the connection ends without a well-formed end."""


class ServiceBusy(QueryError):
    """There is no place for the query now; `retry_after_s` says when to ask again."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreUnreadable(QueryError):
    """The files of the version cannot be opened."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the store of version {path.parent.name} cannot be opened")
