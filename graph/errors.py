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
    ├── PackageConflict      the package brings another dataset, and commits have changed this one
    ├── NoSearch             a version has no search index
    ├── NoShapes             a plain dataset has nothing to check a graph against
    ├── VersionDamaged       the files of a version are not what it says of itself
    ├── ReleaseRefused       a release cannot be made under that name
    ├── ReleaseUnknown       there is no release, or no dump, of that name
    ├── ReleaseDamaged       a file of a release is not what it was
    ├── ExampleUnknown       there is no example of that name
    ├── LinksetUnknown       there are no links to a data set of that name
    ├── TokenError           a token cannot be made or revoked; it and what is below it: `graph.write_errors`
    │   └── TokensUnreadable   the file of the tokens is damaged
    ├── FiguresUnreadable    the file of what was counted in a version is damaged
    ├── ChangesUnreadable    the file of what a version changed is missing or damaged
    ├── BadRequest           a request does not say what it wants; it and what is below it: `graph.request_errors`
    │   ├── BatchTooLarge      it asks for more at once than is answered
    │   ├── CheckEnded         the check of a posted graph came to no end within its limits
    │   └── ParameterRefused   a value is not what a parameter of an example takes
    ├── WriteError           a dataset cannot be changed as asked; it and what is below it: `graph.write_errors`
    │   ├── WriteRefused       this service takes no such change
    │   │   └── ScopeRefused     the request's token is not for writes
    │   ├── TokenRefused       the request carries no token that is known
    │   ├── GraphUnknown       there is no graph of that name
    │   ├── PatchRefused       a patch does not fit what the dataset holds
    │   ├── VersionChanged     another version is current than the one that the request is for
    │   ├── PreconditionFailed   what a write is to make is there, or what it is to change is not
    │   └── UpdateFailed       the state of the dataset does not allow it
    └── QueryError           a query cannot be answered; it and what is below it: `graph.query_errors`
        ├── QuerySyntaxError   its text is not SPARQL
        ├── QueryRefused       it asks for what this service never does
        ├── QueryUnsupported   it asks for what this service does not do yet
        ├── EntityUnknown      the dataset says nothing of the IRI that it asks for
        ├── EntityReplaced     another IRI stands in the place of that one
        ├── EntityWithdrawn    that IRI is given up, and none stands in its place
        ├── NotAcceptable      its answer has no format that the client takes
        ├── QueryTimeout       it ran past the time limit
        │   └── WriteTimeout     and was a write
        ├── QueryMemory        it needed more memory than it may have
        │   └── WriteMemory      and was a write
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

import errno
import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.report import Report


_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # the engine tells their words alone


class CoorbitError(Exception):
    """Base of all errors that a person can mend; its text says what to do.

    An error crosses from a query process to the HTTP process by pickle, whatever the signature of its class.
    """

    _public = ""

    @property
    def public(self) -> str:
        """What is told to who asks over HTTP; it names no path of the machine."""
        return self._public or str(self)

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
        part: what the text is called among several that came together; None where it came alone.
        line: 1-based line, or None when the fault has no place.
        column: 1-based column, or None likewise.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        part: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        place = str(path or part or "RDF text")
        if line is not None:
            place += f" line {line}"
        if column is not None:
            place += f" column {column}"
        super().__init__(f"{place}: {message}")
        self.path = path
        self.part = part
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
        doing = "stopping" if stage == "stopping" else f"starting ({stage})"
        super().__init__(f"the service is {doing}: try again in a few seconds; /health/ready says when")
        self.stage = stage


class HomeUnusable(CoorbitError):
    """The home directory cannot be read or written; `is_full` where that is for want of room."""

    def __init__(self, home: Path, fault: OSError) -> None:
        self.is_full = fault.errno in _FULL or any(os.strerror(each) in str(fault) for each in _FULL)
        todo = "make room on its disk, then do it again" if self.is_full else "choose another with --home"
        super().__init__(f"{home} cannot be used as home: {fault.strerror or fault}; {todo}")
        why = "has no more room on its disk" if self.is_full else "cannot use the folder of its dataset"
        self._public = f"the service {why}, and nothing was changed: its operator has to look after it"


class HomeBusy(CoorbitError):
    """Another process holds the home's write lock."""

    _public = "the dataset is being written by another process: try again when it is done"

    def __init__(self, home: Path, waited_s: float) -> None:
        super().__init__(
            f"{home} is being written by another process (waited {waited_s:g} s): try again when it is done"
        )


class WrongKind(CoorbitError):
    """The home holds a published dataset where a plain one is meant, or the other way round."""

    def __init__(self, home: Path, kind: str) -> None:
        hint = "leave out --no-shapes and --empty" if kind == "published" else "build with --from FILE --no-shapes"
        super().__init__(f"{home} holds a {kind} dataset: {hint}, or choose another home with --home")


class PackageConflict(CoorbitError):
    """The package brings another dataset, and commits have changed what it would replace."""

    def __init__(self, why: str) -> None:
        message = f"{why}. coorbit build --replace takes the package's graphs in place of all, as a new version; "
        message += "coorbit serve --keep goes on with the dataset as it is"
        super().__init__(message)


class NoSearch(CoorbitError):
    """A version has no search index; `number` is the version's."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"version {number} has no search index: a plain dataset (serve --empty, build --no-shapes) has none; for "
            "a published one coorbit build makes it"
        )
        self.number = number


class NoShapes(CoorbitError):
    """A dataset has no shapes to check a graph against."""

    def __init__(self) -> None:
        super().__init__("a plain dataset (serve --empty, build --no-shapes) has no shapes to check a graph against")


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


class ExampleUnknown(CoorbitError):
    """There is no example query of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no example {name[:100]!r}: /examples lists those there are")


class LinksetUnknown(CoorbitError):
    """There are no links to an outside data set of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"there are no links {name[:100]!r}: there are {', '.join(known) or 'none at all'}")


class FiguresUnreadable(CoorbitError):
    """The file of what was counted in a version is not what was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be read: the next release counts anew (coorbit release NAME)")
        self.path = path


class ChangesUnreadable(CoorbitError):
    """The file that says what a version changed is missing or damaged."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be read: what this version changed can only be found by comparing stores")
