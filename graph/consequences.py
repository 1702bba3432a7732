"""What follows from a change of a published dataset: its default graph, what the rules derive, and whether it conforms.

Content is written; all else follows. So a change may touch the graphs of the content alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.changes import Delta, graph_key
from graph.errors import TurtleError, ValidationFailed
from graph.incremental import validate_change, validate_in_full
from graph.merge import merge_change
from graph.planning import load_plan, shapes_text
from graph.reads import ChangedGraph
from graph.rederivation import Net, rederive
from graph.report import read_report
from graph.rules import derive, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import DERIVED_GRAPH, EXAMPLES_GRAPH, MADE_GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH
from graph.versions import REPORT
from graph.write_errors import WriteRefused

if TYPE_CHECKING:
    from pathlib import Path

    from graph.incremental import Outcome
    from graph.report import Report
    from graph.versions import Version

_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_DEFAULT: Final = ox.DefaultGraph()
_FIXED: Final = frozenset({ONTOLOGY_GRAPH, SHAPES_GRAPH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What followed.

    Attributes:
        triples: by how many triples the default graph grew.
        derived: by how many the derived graph grew.
        changed: triples that the default graph has gained or lost.
        outcome: of the validation.
    """

    triples: int
    derived: int
    changed: set[ox.Triple]
    outcome: Outcome


def follow(  # noqa: PLR0913  (all that follows depends on)
    before: ox.Store,
    store: ox.Store,
    delta: Delta,
    *,
    report: Report | None,
    plans: Path | None,
    full: bool = False,
    must_conform: bool = True,
) -> Consequences:
    """Bring all that follows from the content up to a change, and validate the result.

    Args:
        before: the store of the published dataset as it was.
        store: the same, whose content has the change already.
        delta: the change.
        report: on the dataset before it; None where that cannot be read, so that everything is validated.
        plans: a folder in which prepared shapes are kept; see `graph.planning.load_plan`.
        full: whether to derive and validate everything anew.
        must_conform: whether a result that does not conform is refused.

    Raises:
        WriteRefused: the change touches a graph that is not content.
        ValidationFailed: the result does not conform; the error carries the report.
    """
    refuse_what_is_made(delta)
    whole = "all of it was asked for" if full else ""
    if delta.added is None or delta.removed is None:
        whole = whole or "the change is large"
    net = bring_up(before, store, delta, anew=bool(whole))
    if report is None:
        whole = whole or "the report on the version before is damaged"
    shapes = _shapes(store)
    if whole or report is None:
        outcome = validate_in_full(store, shapes_text(shapes), whole)
    else:
        graph = ChangedGraph(store, net.added, net.removed)
        outcome = validate_change(graph, load_plan(shapes, plans), report)
    if must_conform and not outcome.report.conforms:
        raise ValidationFailed(outcome.report)
    return Consequences(
        triples=len(net.added) - len(net.removed),
        derived=net.derived,
        changed=net.added | net.removed,
        outcome=outcome,
    )


def bring_up(before: ox.Store, store: ox.Store, delta: Delta, *, anew: bool = False) -> Net:
    """Bring default graph and derived graph up to a change of the content; return what that did to them.

    Args:
        before: the store of the published dataset as it was.
        store: the same, whose content has the change already.
        delta: the change; of a large one, which holds no quads, all is made anew.
        anew: whether all is made anew in any case.
    """
    if anew or delta.added is None or delta.removed is None:
        net = Net()
        _anew(store, net)
        return net
    net = merge_change(store, delta.added, delta.removed)
    rederive(before, store, packaged_rules(), net)
    return net


def last_report(version: Version) -> Report | None:
    """Return the report on a published version; None where it is not what was written."""
    told = next((each for each in version.manifest.beside if each.name == REPORT), None)
    try:
        content = (version.directory / REPORT).read_bytes()
        if told is not None and hashlib.sha256(content).hexdigest() != told.sha256:
            return None
        return read_report(content.decode())
    except (OSError, UnicodeDecodeError, TurtleError):
        return None


def report_anew(store: ox.Store) -> Report:
    """Validate all of a published dataset."""
    return validate_in_full(store, shapes_text(_shapes(store)), "its report is damaged").report


def keep_plan(version: Version) -> None:
    """Prepare the shapes of a published version for its next commit, which would take seconds more without."""
    load_plan(_shapes(ox.Store.read_only(str(version.store))), plans_of(version))


def plans_of(version: Version) -> Path:
    """Return the folder in which the home of a version keeps prepared shapes."""
    return version.directory.parents[1] / "plans"


def _shapes(store: ox.Store) -> list[ox.Triple]:
    return [quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(SHAPES_GRAPH))]


def refuse_what_is_made(delta: Delta) -> None:
    """Refuse a change of what only a build or the commit itself writes.

    Raises:
        WriteRefused: it touches the default graph, the shapes, or another graph that follows from the content.
    """
    for graph in sorted(_touched(delta)):
        if not graph:
            message = "the default graph is the merge of the named graphs: name the graph to write to (GRAPH, ?graph=)"
            raise WriteRefused(message)
        if graph.startswith("_:"):
            message = "a named graph of the published dataset has an IRI, not a blank node: name it so"
            raise WriteRefused(message)
        if graph in _FIXED or graph == EXAMPLES_GRAPH:
            message = f"<{graph}> comes with the package: change its files and run coorbit build"
            raise WriteRefused(message)
        if graph in MADE_GRAPHS:
            message = f"<{graph}> follows from the other graphs: write to those"
            raise WriteRefused(message)


def _touched(delta: Delta) -> set[str]:
    """Return the graphs that a change touches; of a large one all that it passed: as many may have come as gone."""
    if delta.added is None or delta.removed is None:
        return set(delta.counts)
    return {graph_key(quad.graph_name) for quad in (*delta.added, *delta.removed)}


def make_anew(store: ox.Store) -> None:
    """Make default graph and derived graph of a published dataset from its content."""
    _anew(store, Net())


def _anew(store: ox.Store, net: Net) -> None:
    """Make default graph and derived graph anew from the content, writing only what differs."""
    content = [quad for quad in store if graph_iri(quad) not in MADE_GRAPHS | {""}]
    said = merged(content)
    derived = derive(in_memory(said), packaged_rules())
    net.derived += _made_to(store, _DERIVED, derived, Net())
    _made_to(store, _DEFAULT, said | derived, net)


def _made_to(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, wanted: set[ox.Triple], net: Net) -> int:
    """Make a graph hold some triples and no others; return by how many it grew."""
    there = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
    for triple in there - wanted:
        store.remove(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
        net.remove(triple)
    new = wanted - there
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in new)
    for triple in new:
        net.add(triple)
    return len(wanted) - len(there)
