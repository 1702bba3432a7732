"""The errors that the project raises, as one tree.

They live apart so that every layer can raise and catch them; none knows an HTTP status or an exit code.

    CoorbitError
    ├── TurtleError          a file or text of RDF cannot be read, or breaks a rule of layout
    ├── SourceError          a publisher's file cannot be imported
    ├── QuestionError        a .rq file lacks its header
    ├── ValidationFailed     a graph does not conform; carries the report
    ├── NoVersion            a home holds no dataset yet
    ├── VersionUnknown       a home never had a version of that number
    ├── VersionPruned        a version is no longer kept
    ├── NotReady             the service is still building its dataset
    ├── HomeUnusable         a home cannot be read or written
    ├── HomeBusy             another process is writing in the home
    ├── WrongKind            a home holds a dataset of another kind
    ├── VersionDamaged       the files of a version are not what it says of itself
    ├── ReleaseRefused       a release cannot be made under that name
    ├── ReleaseUnknown       there is no release, or no dump, of that name
    ├── ReleaseDamaged       a file of a release is not what it was
    ├── TokenError           a token cannot be made or revoked
    ├── ChangesUnreadable    the file of what a version changed is missing or damaged
    ├── BadRequest           a request does not say what it wants
    ├── WriteError           a dataset cannot be changed as asked
    │   ├── WriteRefused       this service takes no such change
    │   ├── TokenRefused       the request carries no token that is known
    │   ├── GraphUnknown       there is no graph of that name
    │   ├── PatchRefused       a patch does not fit what the dataset holds
    │   ├── VersionChanged     another version is current than the one that the request is for
    │   └── UpdateFailed       the state of the dataset does not allow it
    └── QueryError           a query cannot be answered
        ├── QuerySyntaxError   its text is not SPARQL
        ├── QueryRefused       it asks for what this service never does
        ├── QueryUnsupported   it asks for what this service does not do yet
        ├── NotAcceptable      its answer has no format that the client takes
        ├── QueryTimeout       it ran past the time limit
        ├── QueryMemory        it needed more memory than it may have
        ├── SpoolFull          its answer is larger than an answer may be
        ├── CallFailed         an endpoint that it calls gave no answer
        ├── QueryCrashed       its process ended
        ├── ClientGone         nobody waits for the answer
        ├── AnswerBroken       its answer broke off after a part of it was sent
        ├── ServiceBusy        there is no place for it now
        ├── StoreUnreadable    the version's files cannot be opened
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
    """A graph does not conform to the shapes or the hygiene queries; `report` says where.

    `document` is the report as content type and bytes where its reader wants it as RDF; None: as a problem document.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(f"the graph does not conform: {report.violations} violations")
        self.report = report
        self.document: tuple[str, bytes] | None = None


class NoVersion(CoorbitError):
    """The home holds no version of the dataset."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"{home} holds no dataset yet: run `coorbit build` (or `coorbit serve`) first")


class VersionUnknown(CoorbitError):
    """The home never had a version of that number."""

    def __init__(self, number: int, *, newest: int) -> None:
        super().__init__(f"there is no version {number}: the newest is {newest}")
        self.newest = newest


class VersionPruned(CoorbitError):
    """A version of that number is no longer kept; `nearest` are those before and after it that are, in order."""

    def __init__(self, number: int, *, nearest: Sequence[int]) -> None:
        near = " and ".join(map(str, nearest))
        super().__init__(f"version {number} is no longer kept: nearest to it are {near}")
        self.nearest = tuple(nearest)


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


class WrongKind(CoorbitError):
    """The home holds a published dataset where a plain one is meant, or the other way round."""

    def __init__(self, home: Path, kind: str) -> None:
        hint = "leave out --no-shapes and --empty" if kind == "published" else "build with --from FILE --no-shapes"
        super().__init__(f"{home} holds a {kind} dataset: {hint}, or choose another home with --home")


class VersionDamaged(CoorbitError):
    """The files of a version are not what they were written as; `number` is the version's."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(
            f"version {number} is damaged: {what}; coorbit check store says which files, and mends them with --repair"
        )
        self.number = number


class ReleaseRefused(CoorbitError):
    """A release cannot be made under a name: it is taken, or it is no name for one."""


class ReleaseUnknown(CoorbitError):
    """There is no release, or no dump, of a name."""


class ReleaseDamaged(CoorbitError):
    """A file of a release cannot be read, or is not what it was when the release was made."""

    def __init__(self, release: str, file: str) -> None:
        super().__init__(
            f"release {release} is damaged: {file} is not what it was; put the file back from a backup, or remove the "
            f"folder releases/{release} of the home"
        )


class TokenError(CoorbitError):
    """A token cannot be made, read or revoked."""


class ChangesUnreadable(CoorbitError):
    """The file that says what a version changed is missing or damaged."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be read: what this version changed can only be found by comparing stores")


class BadRequest(CoorbitError):
    """A request lacks what it needs, or holds what cannot be read."""


class WriteError(CoorbitError):
    """The dataset cannot be changed as asked."""


class WriteRefused(WriteError):
    """This service takes no such change, whoever asks."""


class TokenRefused(WriteError):
    """The request carries no token, or one that is not known or no longer good; `given` says which."""

    def __init__(self, message: str, *, given: bool) -> None:
        super().__init__(message)
        self.given = given


class GraphUnknown(WriteError):
    """The dataset holds no graph of that name."""

    def __init__(self, iri: str) -> None:
        super().__init__(f"there is no graph <{iri}>")


class PatchRefused(WriteError):
    """A patch adds a quad that is there already, or removes one that is not.

    Attributes:
        line: 1-based line of the row.
        quad: as N-Quads has it, without the dot.
    """

    def __init__(self, line: int, op: str, quad: str) -> None:
        reason = "it is there already" if op == "A" else "it is not there"
        verb = "added" if op == "A" else "removed"
        super().__init__(f"RDF Patch line {line}: {quad} cannot be {verb}, {reason}; nothing was changed")
        self.line = line
        self.quad = quad


class VersionChanged(WriteError):
    """Another version is current than the one that the request is for."""

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number} is current now: read it, and send the change again for it")


class UpdateFailed(WriteError):
    """The engine refused an operation because of what the dataset holds or lacks."""


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


class QueryMemory(QueryError):
    """The query needed more memory than a query may have; its process was ended by its limit."""

    def __init__(self) -> None:
        super().__init__("the query needed more memory than it may have: narrow it, or sort and group fewer rows")


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
