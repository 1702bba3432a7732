"""What the writer process does: one change of a dataset, from a posted body or an update to a new version.

The process is forked for one job and ended from outside past its time or memory; killed at any step it leaves the old
version current. Posted RDF is read here and nowhere else, by the engine alone.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from typing import TYPE_CHECKING, Final, Literal
from xml.parsers import expat

import pyoxigraph as ox

from graph import changes
from graph.commits import commit
from graph.damaged import is_damage, mark
from graph.errors import (
    BadRequest,
    GraphUnknown,
    HomeBusy,
    HomeUnusable,
    PreconditionFailed,
    TurtleError,
    VersionDamaged,
)
from graph.history import prune
from graph.patch import read_patch
from graph.query_errors import QueryFailed, QueryRefused
from graph.terms import PREFIXES
from graph.versions import current
from service.faults import refuse_if_broken
from service.formats import GRAPHS
from service.updates import prepare_update
from service.updating import run_update

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.incremental import Outcome
    from graph.versions import Origin

MULTIPART: Final = "multipart/form-data"
_LOCK_WAIT_S: Final = 10.0
_DTD: Final = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_REMOTE_CONTEXT: Final = "LoadDocumentCallback"
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
class PatchWrite:
    """A change of the dataset, quad by quad.

    Attributes:
        content: an RDF Patch as it came.
    """

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A SPARQL update (SPARQL 1.1 Protocol, 2.2).

    Attributes:
        text: of one request: one or more operations, of which all or none take effect.
        base_iri: against which relative IRIs in it are read.
        using_default: graphs that the request names as the default graph of each WHERE.
        using_named: graphs that it names for GRAPH there.
        is_published: whether it is of the published dataset, whose prefixes need no PREFIX line.
    """

    text: str
    base_iri: str
    using_default: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    is_published: bool = False

    @property
    def prefixes(self) -> dict[str, str]:
        """Those that need no PREFIX line."""
        return PREFIXES if self.is_published else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJob:
    """One write.

    Attributes:
        home: of the dataset.
        change: what to do.
        origin: who asked for it, when and how.
        keep: how many of the newest versions to keep.
        expected: numbers of the versions that it is meant for; None: any.
        there_before: whether what is written must be there before, or must not; None: either.
        dry_run: whether to say only what would come of it.
    """

    home: Path
    change: GraphWrite | PatchWrite | Update
    origin: Origin
    keep: int
    expected: frozenset[int] | None = None
    there_before: bool | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a write.

    Attributes:
        number: of the version that is current now.
        changed: whether it is new; a write that changes nothing makes none.
        created: whether the graph written was not there before.
        validation: how a published dataset was validated, and what warnings stay; empty for a plain one.
        dry_run: whether nothing was stored, however it came out; `changed` and `created` tell what would be.
    """

    number: int
    changed: bool
    created: bool
    validation: str = ""
    dry_run: bool = False


def perform(job: WriteJob) -> Written:
    """Make a write: the whole commit, from the lock to the new version's name.

    Raises:
        WriteError: it cannot be made on this dataset, or a condition of it is not met.
        ValidationFailed: a published dataset would not conform any more.
        TurtleError: the posted RDF or patch cannot be read, with line and column.
        BadRequest: the body cannot be read.
        QuerySyntaxError: the text is no SPARQL update.
        QueryRefused: it would fetch from elsewhere.
        QueryFailed: its evaluation broke off.
        VersionDamaged: the current version's files are not what was written.
        HomeBusy: another process keeps writing.
        HomeUnusable: the home cannot be written.
    """
    created = False
    validation = ""
    text = _prepared(job.change) if isinstance(job.change, Update) else ""

    def change(store: ox.Store) -> changes.Delta | changes.Touched | None:
        nonlocal created
        _refuse_against(job, store)
        if isinstance(job.change, Update):
            return run_update(store, text, base_iri=job.change.base_iri, prefixes=job.change.prefixes)
        if isinstance(job.change, PatchWrite):
            return changes.apply_patch(store, read_patch(io.BytesIO(job.change.content)), changes.Delta())
        graph = _graph_name(job.change.graph)
        created = not changes.exists(store, graph)
        return _write(store, graph, job.change)

    def tell(outcome: Outcome) -> None:
        nonlocal validation
        looked_at = "everything" if outcome.full else str(outcome.checked)
        validation = f"nodes={looked_at}, warnings={len(outcome.report.results)}"

    with damage_told(job.home):
        version, changed = commit(
            job.home,
            change,
            origin=job.origin,
            expected=job.expected,
            lock_wait_s=_LOCK_WAIT_S,
            dry_run=job.dry_run,
            tell=tell,
        )
    if changed and not job.dry_run:
        with contextlib.suppress(
            HomeBusy, HomeUnusable, VersionDamaged, OSError
        ):  # the next write does it; this one is made
            prune(job.home, keep=job.keep, lock_wait_s=0)
    return Written(
        number=version.manifest.number,
        changed=changed,
        created=created,
        validation=validation,
        dry_run=job.dry_run,
    )


@contextlib.contextmanager
def damage_told(home: Path) -> Iterator[None]:
    """Mark the current version where the engine finds that its files are not what was written.

    Raises:
        VersionDamaged: it is so; nothing was written.
    """
    try:
        yield
    except (RuntimeError, OSError, QueryFailed) as fault:
        reason = fault.__cause__ if isinstance(fault, QueryFailed) else fault
        if not isinstance(reason, Exception) or not is_damage(reason):
            raise
        version = current(home)
        mark(version.directory, str(reason))
        raise VersionDamaged(version.manifest.number, "a part of its store cannot be read") from fault


def _refuse_against(job: WriteJob, store: ox.Store) -> None:
    """Compare what is there with what a write says of it; the caller holds the lock.

    Raises:
        PreconditionFailed: they differ; what is no write of one graph writes the dataset, which is always there.
    """
    graph = job.change.graph if isinstance(job.change, GraphWrite) else None
    there = graph is None or changes.exists(store, _graph_name(graph))
    if job.there_before is not None and job.there_before != there:
        raise PreconditionFailed(graph, there=there)


def _graph_name(iri: str) -> changes.GraphName:
    return ox.NamedNode(iri) if iri else ox.DefaultGraph()


def _write(store: ox.Store, graph: changes.GraphName, write: GraphWrite) -> changes.Delta:
    if write.action == "drop" or write.posted is None:
        if not changes.exists(store, graph):
            raise GraphUnknown(write.graph)
        return changes.drop_graph(store, graph)
    apply = changes.replace_graph if write.action == "replace" else changes.add_to_graph
    return apply(store, graph, read_triples(write.posted))


def read_triples(posted: Posted) -> Iterator[ox.Triple]:
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
    flaw = _xml_flaw(content) if found.name == "rdfxml" else None
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
        if _REMOTE_CONTEXT in fault.msg:
            message = "contexts are not fetched: write what @context names, or @import takes, into the document itself"
            raise TurtleError(message) from fault
        line, column = (fault.lineno, fault.offset) if flaw is None else (flaw.lineno, flaw.offset + 1)
        raise TurtleError(_PLACE.sub("", fault.msg), line=line, column=column) from fault
    if flaw is not None:  # the engine takes what ends too early, a file cut off on its way
        raise TurtleError(expat.ErrorString(flaw.code), line=flaw.lineno, column=flaw.offset + 1)


def _xml_flaw(content: bytes) -> expat.ExpatError | None:
    """Return where a document ends to be XML, which the engine does not say; None where it is XML throughout."""
    # UTF-8 as the engine: in another encoding a document type declaration would not have been seen.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    try:
        parser.Parse(content, True)  # noqa: FBT003  (takes no keywords)
    except expat.ExpatError as flaw:
        return flaw
    return None


def _prepared(update: Update) -> str:
    try:
        return prepare_update(update.text, using_default=update.using_default, using_named=update.using_named)
    except QueryRefused:
        refuse_if_broken(update.text, kind="update", base=update.base_iri, prefixes=update.prefixes)
        raise
