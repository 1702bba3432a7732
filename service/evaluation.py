"""Evaluate one query on an open store and write its answer in a format.

Used by the query process and by the command line, so that both answer alike.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

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
from service.formats import BY_NAME, GRAPHS, SOLUTIONS, TRIG, TURTLE, rdf_format, results_format
from service.jobs import Answer
from service.linkset import write_linkset
from service.queries import read, refuse_calls, refuse_length, syntax_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.formats import Format
    from service.jobs import Begin, Job, Output
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
