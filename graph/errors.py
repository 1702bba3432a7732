"""The errors that the project raises, as one tree.

They live apart so that every layer can raise and catch them; none knows an HTTP status or an exit code.

    CoorbitError
    ├── TurtleError          a file or text of RDF cannot be read, or breaks a rule of layout
    ├── SourceError          a publisher's file cannot be imported
    ├── QuestionError        a .rq file lacks its header
    ├── ValidationFailed     a graph does not conform; carries the report
    ├── NoVersion            a home holds no dataset yet
    ├── NotReady             the service is still building its dataset
    ├── HomeUnusable         a home cannot be read or written
    ├── HomeBusy             another process is writing in the home
    └── QueryError           a query cannot be answered
        ├── QuerySyntaxError   its text is not SPARQL
        ├── QueryRefused       it asks for what this service never does
        ├── QueryUnsupported   it asks for what this service does not do yet
        ├── NotAcceptable      its answer has no format that the client takes
        ├── QueryTimeout       it ran past the time limit
        └── QueryFailed        its evaluation broke off
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.report import Report


class CoorbitError(Exception):
    """Base of all errors that a person can mend; its text says what to do.

    An error crosses from a query process to the HTTP process by pickle, whatever the signature of its class.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[CoorbitError], args: tuple[Any, ...], state: dict[str, Any]) -> CoorbitError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class TurtleError(CoorbitError):
    """A piece of RDF cannot be read or breaks the layout rules.

    Attributes:
        path: the file, or None for a text that came without one.
        line: 1-based line, or None when the fault has no place.
        column: 1-based column, or None likewise.
    """

    def __init__(
        self, message: str, *, path: Path | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        place = str(path) if path else "RDF text"
        if line is not None:
            place += f" line {line}"
        if column is not None:
            place += f" column {column}"
        super().__init__(f"{place}: {message}")
        self.path = path
        self.line = line
        self.column = column


class SourceError(CoorbitError):
    """A publisher's file is missing, lacks a column, or has too many rows that cannot be read."""


class QuestionError(CoorbitError):
    """A query file does not carry the header that the project needs."""


class ValidationFailed(CoorbitError):
    """A graph does not conform to the shapes or the hygiene queries; `report` says where."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"the graph does not conform: {report.violations} violations")
        self.report = report


class NoVersion(CoorbitError):
    """The home holds no version of the dataset."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"{home} holds no dataset yet: run `coorbit build` (or `coorbit serve`) first")


class NotReady(CoorbitError):
    """The service has no dataset to answer from yet; `stage` says what it does meanwhile."""

    def __init__(self, stage: str) -> None:
        super().__init__(f"the service is starting ({stage}): try again in a few seconds; /health/ready says when")
        self.stage = stage


class HomeUnusable(CoorbitError):
    """The home directory cannot be read or written."""

    def __init__(self, home: Path, fault: OSError) -> None:
        super().__init__(f"{home} cannot be used as home: {fault.strerror or fault}; choose another with --home")


class HomeBusy(CoorbitError):
    """Another process holds the home's write lock."""

    def __init__(self, home: Path, waited_s: float) -> None:
        super().__init__(
            f"{home} is being written by another process (waited {waited_s:g} s): try again when it is done"
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
    """The query is good SPARQL that this service would answer wrongly, and so does not answer."""


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


class QueryFailed(QueryError):
    """The evaluation broke off for a reason that the engine gives."""
