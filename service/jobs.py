"""What a query process is asked, and what takes its answer.

Apart from the evaluation, which needs the engine: whoever asks has to know only this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox

    from graph.parameters import Binding
    from service.difference import Difference
    from service.entity.view import View
    from service.explore.picture import Picture
    from service.formats import Format
    from service.linkset import Linkset


class Task(Protocol):
    """Work on a version beside queries; it is sent to the process that does it, so it can be pickled."""

    def run(self, store: ox.Store, version: Path, /) -> bytes:
        """Do it on the open store of a version, whose directory is given, and return a JSON document."""


class Output(Protocol):
    """Where the engine writes an answer; a binary file is one."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes and return how many."""

    def flush(self) -> None:
        """Pass on what was taken."""


class Job(NamedTuple):  # made and pickled faster than a dataclass, and each query is
    """A query, the dataset that it is asked of, and the formats that its asker takes.

    Attributes:
        store: path of the engine's files.
        query: the text.
        base_iri: against which relative IRIs are read; None: they are an error.
        solutions: name of the format for SELECT and ASK; None if the asker takes none of them.
        graphs: name of the format for CONSTRUCT and DESCRIBE; None likewise.
        default_graphs: IRIs whose merge is the default graph, given with the request; they stand for the query's own
            FROM. Empty: none was given.
        named_graphs: IRIs that GRAPH may match, given with the request; None: none was given.
        merge_quads: how many quads a merge of several default graphs may hold.
        may_call: whether SERVICE is let through, since its address is one that the operator allows.
        callees: the addresses that are allowed, to be told to who is refused.
        graph: IRI of a graph to write out in place of a query, empty for the default graph; None: there is a query.
        view: what to show of an entity in place of a query; None likewise.
        difference: two versions to be compared in place of a query; None likewise.
        is_published: whether the store is of the published dataset, whose prefixes need no PREFIX line.
        version: number of the version where the asker has chosen it; None where it is the one that was current.
        task: to be done in place of a query; None: there is a query.
        linkset: links to write out in place of a query; None: there is a query.
        picture: to be shown in place of a query; None: there is a query.
        bindings: what variables of a SELECT stand for.
        dropped: names of variables that the query selects and the answer leaves out.
    """

    store: str
    query: str
    base_iri: str | None = None
    solutions: str | None = None
    graphs: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] | None = None
    merge_quads: int = 200_000
    may_call: bool = False
    callees: tuple[str, ...] = ()
    graph: str | None = None
    view: View | None = None
    difference: Difference | None = None
    is_published: bool = True
    version: int | None = None
    task: Task | None = None
    linkset: Linkset | None = None
    picture: Picture | None = None
    bindings: tuple[Binding, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer: its format and its bytes."""

    format: Format
    body: bytes


class Begin(Protocol):
    """Called when a query has been understood."""

    def __call__(self, chosen: Format, /, *, form: str, volatile: bool) -> Output:
        """Take what the answer is, as `service.query_process.Head` has it; return what to write it to."""
