"""How long it takes to validate a change of ten triples in a large graph, and what a fresh writer pays besides.

    python tests/benchmarks/validation.py [QUADS] [--full]

The graph is the packaged one, then copies of its things under other names, actors excepted, so that the hubs grow with
the graph as they would. `--full` validates the whole graph too, which takes minutes. Times are of the processor as well
as of the clock, since other programs may run beside.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.build import read_dataset
from graph.incremental import validate_change
from graph.planning import load_plan
from graph.reads import ChangedGraph
from graph.report import Report
from graph.store import graph_iri
from graph.terms import BASE, COO, ONTOLOGY_GRAPH, PREFIXES, RDF, RDFS, SHAPES_GRAPH, SKOS
from graph.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.build import Dataset
    from graph.nodes import Term
    from graph.plan import Plan

ID = BASE + "id/"
TYPE = ox.NamedNode(RDF + "type")
LABEL = ox.NamedNode(RDFS + "label")
UNIQUE = {COO + name for name in ("cosparId", "noradId", "gcatCode", "isoAlpha2", "isoAlpha3", "isoNumeric", "m49Code")}
LINKS = {PREFIXES["owl"] + "sameAs", PREFIXES["schema"] + "sameAs", SKOS + "exactMatch", SKOS + "closeMatch"}
REPEATS = 9

Change = tuple[list[ox.Triple], list[ox.Triple]]


def term(name: str) -> ox.NamedNode:
    """Return a term of the ontology."""
    return ox.NamedNode(COO + name)


def copied(node: Term, number: int) -> Term:
    """Return the name of a thing in a copy; actors, terms and concepts are the same in all."""
    if isinstance(node, ox.NamedNode) and node.value.startswith(ID) and not node.value.startswith(ID + "actor/"):
        return ox.NamedNode(f"{node.value}-c{number}")
    return node


def large(dataset: Dataset, quads: int) -> Iterator[ox.Quad]:
    """Yield the packaged graph and as many copies as are needed."""
    ontology = {quad.triple for quad in dataset.quads if graph_iri(quad) == ONTOLOGY_GRAPH}
    link = f"<{ID}link/"
    data = [
        triple
        for triple in dataset.triples - ontology
        if triple.predicate.value not in UNIQUE | LINKS
        and not str(triple.subject).startswith(link)
        and not str(triple.object).startswith(link)
    ]
    yield from (ox.Quad(*triple) for triple in dataset.triples)
    for number in range(1, 1 + math.ceil((quads - len(dataset.triples)) / len(data))):
        for triple in data:
            value = copied(triple.object, number)
            if triple.predicate == term("rowKey") and isinstance(value, ox.Literal):
                value = ox.Literal(f"{value.value}-c{number}")
            yield ox.Quad(copied(triple.subject, number), triple.predicate, value)  # type: ignore[arg-type]


def new_satellite(_store: ox.Store, number: int) -> Change:
    """Ten triples of a satellite that was not there."""
    node = ox.NamedNode(f"{ID}system/new-{number}")
    classes = ("Satellite", "Spacecraft", "SpaceObject", "SpaceSystem")
    added = [ox.Triple(node, TYPE, term(name)) for name in classes]
    added += [ox.Triple(node, LABEL, ox.Literal(f"new {number}", language=tag)) for tag in ("en", "fr", "es", "pt")]
    added.append(ox.Triple(node, term("operator"), ox.NamedNode(ID + "actor/cnsa")))
    added.append(ox.Triple(node, term("missionType"), ox.NamedNode(BASE + "voc/mission-type/earth-observation")))
    return added, []


def new_participation(store: ox.Store, number: int) -> Change:
    """A part of China, the greatest hub, in a launch, with what follows from it."""
    node, china = ox.NamedNode(f"{ID}situation/new-{number}"), ox.NamedNode(ID + "actor/chn")
    launch = next(store.quads_for_pattern(None, term("launchedObject"), None)).subject
    added = [ox.Triple(node, TYPE, term(name)) for name in ("Participation", "Situation")]
    added.append(ox.Triple(node, term("participant"), china))
    added.append(ox.Triple(node, term("role"), ox.NamedNode(BASE + "voc/role/launch-provider")))
    added.append(ox.Triple(launch, term("hasParticipation"), node))
    added += [ox.Triple(china, term("participatesIn"), launch), ox.Triple(launch, term("hasParticipant"), china)]
    return [triple for triple in added if ox.Quad(*triple) not in store], []


def new_labels(store: ox.Store, number: int) -> Change:
    """The labels of five satellites, exchanged."""
    satellites = [quad.subject for quad in store.quads_for_pattern(None, TYPE, term("Satellite"))]
    old = [
        quad.triple
        for node in satellites[5 * number : 5 * number + 5]
        for quad in list(store.quads_for_pattern(node, LABEL, None))[:1]
    ]
    return [ox.Triple(t.subject, LABEL, ox.Literal(f"new {t.subject}", language="en")) for t in old], old


def claim_gone(store: ox.Store, number: int) -> Change:
    """All that is said of a claim."""
    claims = [quad.subject for quad in store.quads_for_pattern(None, term("claimStatus"), None)]
    return [], [quad.triple for quad in store.quads_for_pattern(claims[500 + 7 * number], None, None)]


CHANGES: list[Callable[[ox.Store, int], Change]] = [new_satellite, new_participation, new_labels, claim_gone]


def main() -> None:
    """Print a line for each kind of change."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    dataset = read_dataset()
    shapes = [quad.triple for quad in dataset.quads if graph_iri(quad) == SHAPES_GRAPH]
    with tempfile.TemporaryDirectory() as folder:
        store = ox.Store(Path(folder) / "store")
        store.bulk_extend(large(dataset, numbers[0] if numbers else 1_000_000))
        store.optimize()
        load_plan(shapes, Path(folder))
        started = time.process_time()
        plan = load_plan(shapes, Path(folder))
        print(f"{len(store)} quads; a kept plan is read in {1000 * (time.process_time() - started):.1f} ms")
        for make in CHANGES:
            print(measure(store, plan, make))
        if "--full" in sys.argv:
            started = time.perf_counter()
            print(f"in full: {validate(store, shapes).violations} violations, {time.perf_counter() - started:.0f} s")


def measure(store: ox.Store, plan: Plan, make: Callable[[ox.Store, int], Change]) -> str:
    """Make some changes, validate each and take each back; return a line with the medians."""
    clock, processor = [], []
    for number in range(REPEATS):
        added, removed = make(store, number)
        _apply(store, added, removed)
        graph = ChangedGraph(store, added, removed)
        started, spent = time.perf_counter(), time.process_time()
        outcome = validate_change(graph, plan, Report(results=[]))
        clock.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.process_time() - spent))
        _apply(store, removed, added)
    return (
        f"{make.__name__:18} {graph.size:3} triples {outcome.checked:3} judged {len(outcome.report.results)} results "
        f"clock {statistics.median(clock):6.1f} (most {max(clock):.1f}) "
        f"processor {statistics.median(processor):6.1f} ms {outcome.full}{' '.join(outcome.rerun)}"
    )


def _apply(store: ox.Store, added: list[ox.Triple], removed: list[ox.Triple]) -> None:
    for triple in removed:
        store.remove(ox.Quad(*triple))
    store.extend(ox.Quad(*triple) for triple in added)


if __name__ == "__main__":
    main()
