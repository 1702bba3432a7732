"""Evaluate one query on an open store and write its answer in a format.

Used by the query process and by the command line, so that both answer alike.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypedDict

import pyoxigraph as ox

from graph.damaged import is_damage, mark
from graph.errors import VersionDamaged
from graph.query_errors import CallFailed, NotAcceptable, QueryFailed, QueryUnsupported
from graph.terms import PREFIXES
from service.binding import refuse_strangers, without
from service.carrying import cannot_carry, carried
from service.concatenation import plain_concatenations
from service.difference import write_difference
from service.entity.answer import write_view
from service.explore.answer import write_picture
from service.faults import refuse_if_broken
from service.formats import BY_NAME, GRAPHS, SOLUTIONS, TRIG, TURTLE, Format, rdf_format, results_format
from service.linkset import write_linkset
from service.queries import read, refuse_calls, refuse_length, syntax_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.parameters import Binding
    from service.difference import Difference
    from service.entity.view import View
    from service.explore.picture import Picture
    from service.linkset import Linkset
    from service.queries import Reading

_log = logging.getLogger(__name__)

_EMPTY: Final = "urn:uuid:00000000-0000-0000-0000-000000000000"
_TASK: Final = BY_NAME["json"]
_UNKNOWN_FUNCTION: Final = re.compile(r"custom (?:aggregate )?function (<.*>) is not supported")
_NOT_IN_JSONLD: Final = "JSON-LD does not support RDF 1.2"
_BEFORE_COLON: Final = re.compile(r"(?<![a-z])[a-z]+(?=:)")  # no prefix of ours has other characters


class _Options(TypedDict):
    base_iri: str | None
    prefixes: dict[str, str]
    substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None


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


def answer(store: ox.Store, job: Job) -> Answer:
    """Answer a query in memory.

    Raises:
        QueryError: as `evaluate` does.
    """
    body = io.BytesIO()
    chosen: list[Format] = []

    def begin(each: Format, /, *, form: str, volatile: bool) -> Output:  # noqa: ARG001  (the format says enough)
        chosen.append(each)
        return body

    evaluate(store, job, begin)
    return Answer(format=chosen[0], body=body.getvalue())


def evaluate(store: ox.Store, job: Job, begin: Begin) -> None:
    """Answer a query. The dataset's own prefixes need no PREFIX line.

    Args:
        store: open, by the caller, on the job's version.
        job: the query.
        begin: called when the query has been understood; the answer is written to what it returns.

    Raises:
        QuerySyntaxError: the text is not SPARQL.
        QueryRefused: it would call another host.
        QueryUnsupported: it asks for a merge of more graphs than fit, or for a function that is not defined.
        NotAcceptable: the asker takes no format of this kind of answer, or one that cannot carry what it holds.
        VersionUnknown, VersionPruned: one of the versions to be compared is not kept.
        EntityUnknown, EntityReplaced, EntityWithdrawn: as `service.entity.answer.write_view` has them.
        QueryFailed: the engine broke off.
        ParameterRefused: a variable stands for what is no thing of its class.
        VersionDamaged: it came to a part of the store that is not what was written.
    """
    begin = _carrying(begin)
    if any(each is not None for each in (job.graph, job.view, job.difference, job.task, job.linkset, job.picture)):
        try:
            _answer_without_query(store, job, begin)
        except (OSError, RuntimeError) as fault:
            raise (_damaged(job, fault) if is_damage(fault) else _broken_off(fault)) from fault
        return
    reading = read(job.query, base=job.base_iri or "")
    if reading.services and not job.may_call:
        refuse_if_broken(job.query, kind="query", base=job.base_iri or "", prefixes=_prefixes(job))
        refuse_calls(reading, job.callees)
        refuse_length(job.query)
    try:
        refuse_strangers(store, job.bindings)
        results = without(_ask_plainly(store, job, reading), job.dropped)
        if isinstance(results, ox.QueryTriples):
            chosen = _acceptable(job.graphs, GRAPHS, "a graph")
            output = begin(chosen, form=reading.form, volatile=reading.volatile)
            results.serialize(output, rdf_format(chosen))  # type: ignore[arg-type]  # write and flush are all it needs
        else:
            chosen = _acceptable(job.solutions, SOLUTIONS, "this result")
            output = begin(chosen, form=reading.form, volatile=reading.volatile)
            results.serialize(output, results_format(chosen))  # type: ignore[arg-type]  # write and flush are all it needs
    except SyntaxError as fault:
        raise syntax_error(job.query, str(fault), base=job.base_iri or "", prefixes=_prefixes(job)) from fault
    except (OSError, RuntimeError, ValueError) as fault:
        if is_damage(fault):
            raise _damaged(job, fault) from fault
        raise _broken_off(fault, calls=job.may_call) from fault


def _answer_without_query(store: ox.Store, job: Job, begin: Begin) -> None:
    """Do what a job asks for in place of a query."""
    if job.task is not None:
        begin(_TASK, form="TASK", volatile=False).write(job.task.run(store, Path(job.store).parent))
    elif job.view is not None:
        write_view(store, job.view, begin)
    elif job.picture is not None:
        write_picture(store, job.picture, begin)
    elif job.difference is not None:
        write_difference(job.difference, begin)
    elif job.linkset is not None:
        write_linkset(store, job.linkset, begin)
    elif job.graph is not None:
        _write_out(store, job.graph, job, begin)


def _damaged(job: Job, fault: Exception) -> VersionDamaged:
    """Mark the version, whose blocks the engine found to be other than they were written, and say so."""
    version = Path(job.store).parent
    mark(version, str(fault))
    return VersionDamaged(int(version.name) if version.name.isdecimal() else 0, "a part of its store cannot be read")


def _carrying(begin: Begin) -> Begin:
    """Return what begins an answer so that nothing leaves that its format cannot carry."""

    def begun(chosen: Format, /, *, form: str, volatile: bool) -> Output:
        return carried(begin(chosen, form=form, volatile=volatile), chosen)

    return begun


def _broken_off(
    fault: Exception, *, calls: bool = False
) -> QueryFailed | QueryUnsupported | NotAcceptable | CallFailed:
    """Return what to tell of a fault of the engine: its own words only where they are of the query."""
    if _NOT_IN_JSONLD in str(fault):
        return cannot_carry(BY_NAME["jsonld"], "the answer holds a triple term")
    if unknown := _UNKNOWN_FUNCTION.search(str(fault)):
        return QueryUnsupported(f"{unknown[1]} is a function that is not defined here: use SPARQL's own")
    _log.warning("evaluation failed error=%s", fault)
    if calls:
        return CallFailed("an endpoint that the query calls gave no answer: SERVICE SILENT passes over that")
    return QueryFailed("the evaluation of the query broke off")


def _ask_plainly(store: ox.Store, job: Job, reading: Reading) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Ask a query with plain concatenations; places in a syntax error are those of the text as it came."""
    plain = plain_concatenations(job.query)
    if plain != job.query:
        with contextlib.suppress(SyntaxError):
            return _ask(store, job._replace(query=plain), reading)
    return _ask(store, job, reading)


def _write_out(store: ox.Store, graph: str, job: Job, begin: Begin) -> None:
    """Write one graph as it is, as the engine gives its triples out; people read Turtle, so it has short names."""
    chosen = _acceptable(job.graphs, GRAPHS, "a graph")
    output = begin(chosen, form="GRAPH", volatile=False)
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    prefixes = _prefixes(job) if chosen in {TURTLE, TRIG} else {}
    store.dump(output, rdf_format(chosen), from_graph=name, prefixes=prefixes)  # type: ignore[arg-type]  # write and flush are all it needs


def _ask(store: ox.Store, job: Job, reading: Reading) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Ask a query of its dataset: the graphs that the request names, else its own FROM, else the whole store.

    Graphs named by the request replace the query's own (SPARQL 1.1 Protocol, 2.1.4).
    """
    by_request = bool(job.default_graphs) or job.named_graphs is not None
    defaults = job.default_graphs if by_request else reading.default_graphs
    named = (job.named_graphs or ()) if by_request else reading.named_graphs
    options: _Options = {
        "base_iri": job.base_iri,
        "prefixes": _usable_prefixes(job),
        "substitutions": {ox.Variable(each.parameter.name): each.term for each in job.bindings} or None,
    }
    if len(defaults) > 1:
        store = _merged(store, defaults, named, job.merge_quads)
        return store.query(job.query, **options, default_graph=ox.DefaultGraph(), named_graphs=_nodes(named))
    if by_request:
        # Without a default graph of its own a request with named graphs has an empty one; no graph has this name.
        return store.query(
            job.query, **options, default_graph=_nodes(defaults or [_EMPTY])[0], named_graphs=_nodes(named)
        )
    return store.query(job.query, **options)


def _prefixes(job: Job) -> dict[str, str]:
    return PREFIXES if job.is_published else {}


def _usable_prefixes(job: Job) -> dict[str, str]:
    """Return the prefixes that a text can use: each costs the engine time. An escape may spell any of them."""
    known = _prefixes(job)
    if "\\" in job.query:
        return known
    return {name: known[name] for name in set(_BEFORE_COLON.findall(job.query)) if name in known}


def _nodes(iris: Sequence[str]) -> list[ox.NamedNode | ox.BlankNode]:
    return [ox.NamedNode(iri) for iri in iris]


def _merged(store: ox.Store, default_graphs: Sequence[str], named_graphs: Sequence[str], limit: int) -> ox.Store:
    """Return a store in memory whose default graph is the merge of some graphs: a triple in two of them counts once.

    The engine's own union counts it twice.

    Raises:
        QueryUnsupported: they hold more quads than fit.
    """
    merged = ox.Store()
    count = 0
    for iri, is_default in [*((iri, True) for iri in default_graphs), *((iri, False) for iri in named_graphs)]:
        quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
        count += len(quads)
        if count > limit:
            message = f"the graphs named hold more than {limit} quads to merge: leave FROM out (the default graph is"
            message += " the merge of all), or match in GRAPH ?graph { ... }"
            raise QueryUnsupported(message)
        merged.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads) if is_default else merged.extend(quads)
    return merged


def _acceptable(name: str | None, family: Sequence[Format], what: str) -> Format:
    if name is None:
        raise NotAcceptable(what, [each.media_type for each in family])
    return BY_NAME[name]
