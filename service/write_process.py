"""What the writer process does: one change of a dataset, from a posted body or an update to a new version.

The process is forked for one job and ended from outside past its time or memory; killed at any step it leaves the old
version current.
"""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox

from graph import changes
from graph.commits import commit
from graph.errors import CoorbitError
from graph.history import prune
from graph.patch import read_patch
from graph.query_errors import QueryRefused
from graph.terms import PREFIXES
from graph.write_errors import GraphUnknown, PreconditionFailed
from service.damage import damage_told
from service.faults import refuse_if_broken
from service.posted import read_triples
from service.segments import segments
from service.updates import prepare_update
from service.updating import run_update

if TYPE_CHECKING:
    from pathlib import Path

    from graph.incremental import Outcome
    from graph.versions import Origin
    from service.posted import Posted

_log = logging.getLogger(__name__)

_LOCK_WAIT_S: Final = 10.0


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

    @property
    def stored(self) -> bool:
        """Whether there is a new version."""
        return self.changed and not self.dry_run


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
        validation = f"{looked_at(outcome)}, warnings={len(outcome.report.results)}"

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
    return Written(
        number=version.manifest.number,
        changed=changed,
        created=created,
        validation=validation,
        dry_run=job.dry_run,
    )


def tidy_up(home: Path, *, keep: int) -> None:
    """Remove old versions, and copy what the others are to be mended from; what fails here, the next write does.

    It may take much longer than a write, so that nobody waits for it.
    """
    try:
        prune(home, keep=keep, lock_wait_s=_LOCK_WAIT_S)
    except (CoorbitError, OSError, RuntimeError) as fault:
        _log.warning("not tidied up after a write why=%s", fault)


def looked_at(outcome: Outcome) -> str:
    """Return what a validation looked at as members of a header: so many nodes, or everything and why."""
    return f"nodes=everything, reason={json.dumps(outcome.full)}" if outcome.full else f"nodes={outcome.checked}"


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


def _prepared(update: Update) -> str:
    try:
        return prepare_update(update.text, using_default=update.using_default, using_named=update.using_named)
    except QueryRefused:
        for part in segments(update.text, base_iri=update.base_iri, prefixes=update.prefixes):
            text = part.in_place(update.text)
            refuse_if_broken(text, kind="update", base=part.base_iri, prefixes=part.prefixes)
        raise
