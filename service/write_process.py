"""What the writer process does: one change of a plain dataset, from a posted body or an update to a new version.

The process is forked for one job and ended from outside past its time or memory; killed at any step it leaves the old
version current. Posted RDF is read here and nowhere else, by the engine alone.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox

from graph import changes
from graph.commits import commit
from graph.errors import BadRequest, GraphUnknown, QueryFailed, QueryRefused, TurtleError, UpdateFailed
from service.faults import refuse_if_broken
from service.formats import GRAPHS
from service.queries import syntax_error
from service.updates import prepare_update

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.versions import Origin

_log = logging.getLogger(__name__)

MULTIPART: Final = "multipart/form-data"
_LOCK_WAIT_S: Final = 10.0
_DTD: Final = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_PLACE: Final = re.compile(r"^Parser error (?:at|between) (?:line|lines)? ?\d+[^:]*: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A body of RDF as it came.

    Attributes:
        content: its bytes.
        content_type: the header; a type of `service.formats.GRAPHS`, or several bodies as multipart/form-data.
        base_iri: against which relative IRIs in it are read.
    """

    content: bytes
    content_type: str
    base_iri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphWrite:
    """A write of one graph (SPARQL 1.1 Graph Store HTTP Protocol, 5.3 to 5.5).

    Attributes:
        graph: its IRI; empty for the default graph.
        action: what becomes of the graph.
        posted: the triples; None to drop.
    """

    graph: str
    action: Literal["replace", "add", "drop"]
    posted: Posted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A SPARQL update (SPARQL 1.1 Protocol, 2.2).

    Attributes:
        text: of one request: one or more operations, of which all or none take effect.
        base_iri: against which relative IRIs in it are read.
        using_default: graphs that the request names as the default graph of each WHERE.
        using_named: graphs that it names for GRAPH there.
    """

    text: str
    base_iri: str
    using_default: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJob:
    """One write.

    Attributes:
        home: of the dataset.
        change: what to do.
        origin: who asked for it, when and how.
        expected: numbers of the versions that it is meant for; None: any.
    """

    home: Path
    change: GraphWrite | Update
    origin: Origin
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a write.

    Attributes:
        number: of the version that is current now.
        changed: whether it is new; a write that changes nothing makes none.
        created: whether the graph written was not there before.
    """

    number: int
    changed: bool
    created: bool


def perform(job: WriteJob) -> Written:
    """Make a write: the whole commit, from the lock to the new version's name.

    Raises:
        WriteError: it cannot be made on this dataset.
        TurtleError: the posted RDF cannot be read, with line and column.
        BadRequest: the body cannot be read.
        QuerySyntaxError: the text is no SPARQL update.
        QueryRefused: it would fetch from elsewhere.
        QueryFailed: its evaluation broke off.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    created = False
    text = _prepared(job.change) if isinstance(job.change, Update) else ""

    def change(store: ox.Store) -> changes.Delta | None:
        nonlocal created
        if isinstance(job.change, Update):
            _update(store, text, base_iri=job.change.base_iri)
            return None
        graph = _graph_name(job.change.graph)
        created = not changes.exists(store, graph)
        return _write(store, graph, job.change)

    version, changed = commit(job.home, change, origin=job.origin, expected=job.expected, lock_wait_s=_LOCK_WAIT_S)
    return Written(number=version.manifest.number, changed=changed, created=created)


def _graph_name(iri: str) -> changes.GraphName:
    return ox.NamedNode(iri) if iri else ox.DefaultGraph()


def _write(store: ox.Store, graph: changes.GraphName, write: GraphWrite) -> changes.Delta:
    if write.action == "drop" or write.posted is None:
        if not changes.exists(store, graph):
            raise GraphUnknown(write.graph)
        return changes.drop_graph(store, graph)
    apply = changes.replace_graph if write.action == "replace" else changes.add_to_graph
    return apply(store, graph, _triples(write.posted))


def _triples(posted: Posted) -> Iterator[ox.Triple]:
    """Yield the triples of a body, of all its parts where it has several; their blank nodes get names of their own."""
    if not posted.content_type.lower().startswith(MULTIPART):
        yield from _read(posted.content, posted.content_type, posted.base_iri)
        return
    head = f"Content-Type: {posted.content_type}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + posted.content, policy=HTTP)
    parts = list(message.iter_parts())
    if not parts:
        text = "the body is not multipart/form-data: it has no parts behind the boundary that Content-Type names"
        raise BadRequest(text)
    for part in parts:
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield from _read(content, str(part.get("content-type", "")), posted.base_iri)


def _read(content: bytes, content_type: str, base_iri: str) -> Iterator[ox.Triple]:
    """Yield the triples of one document.

    Raises:
        TurtleError: it cannot be read, or holds named graphs.
        BadRequest: its type is no type of RDF.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    found = next((each for each in GRAPHS if each.answers_to(media_type)), None)
    if found is None:
        known = ", ".join(each.media_type for each in GRAPHS)
        message = f"a part is of type {media_type or 'none'}: choose one of {known}"
        raise BadRequest(message)
    # The engine expands entities without limit (measured: 569 bytes became 1 GB), and takes a DTD anywhere.
    if found.name == "rdfxml" and (dtd := _DTD.search(content)):
        message = "a document type declaration is not taken: write what its entities stand for"
        raise TurtleError(message, line=content.count(b"\n", 0, dtd.start()) + 1)
    try:
        quads = ox.parse(
            content,
            format=ox.RdfFormat.from_media_type(found.media_type),
            base_iri=base_iri,
            without_named_graphs=True,
            rename_blank_nodes=True,
        )
        yield from (quad.triple for quad in quads)
    except SyntaxError as fault:
        raise TurtleError(_PLACE.sub("", fault.msg), line=fault.lineno, column=fault.offset) from fault


def _prepared(update: Update) -> str:
    try:
        return prepare_update(update.text, using_default=update.using_default, using_named=update.using_named)
    except QueryRefused:
        refuse_if_broken(update.text, kind="update", base=update.base_iri, prefixes={})
        raise


def _update(store: ox.Store, text: str, *, base_iri: str) -> None:
    """Run an update; all of its operations take effect, or none."""
    try:
        store.update(text, base_iri=base_iri)
    except SyntaxError as fault:
        raise syntax_error(text, str(fault), kind="update", base=base_iri, prefixes={}) from fault
    except RuntimeError as fault:
        if str(fault).startswith("The graph "):
            message = f"{fault}: nothing was changed; SILENT passes over this"
            raise UpdateFailed(message) from fault
        raise _failed(fault) from fault
    except (OSError, ValueError) as fault:
        raise _failed(fault) from fault


def _failed(fault: Exception) -> QueryFailed:
    _log.warning("update failed error=%s", fault)
    return QueryFailed("the evaluation of the update broke off: nothing was changed")
