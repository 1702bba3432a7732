"""Commits to the published dataset: what follows from the content follows it, and what does not conform is refused."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from sharing import copy_home

from graph.changes import Delta
from graph.commits import commit
from graph.consequences import refuse_what_is_made
from graph.digest import set_digest
from graph.errors import ValidationFailed
from graph.history import roll_back
from graph.report import read_report
from graph.rules import derive, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import (
    BESIDE_DATASET,
    CURATED_GRAPH,
    DERIVED_GRAPH,
    MADE_GRAPHS,
    NOT_IN_DEFAULT_GRAPH,
    PREFIXES,
    SHAPES_GRAPH,
)
from graph.validate import validate
from graph.versions import Origin, Version, current
from graph.write_errors import WriteRefused

if TYPE_CHECKING:
    from pathlib import Path

    from graph.commits import Change
    from graph.incremental import Outcome
    from graph.manifests import Manifest

ORIGIN = Origin(created=datetime(2026, 11, 23, 12, 0, tzinfo=UTC), author="tests", message="a test")
OWNER = "sys:cfosat coo:owner actor:bra"


def quads(text: str, graph: str = CURATED_GRAPH) -> list[ox.Quad]:
    """Return triples of Turtle, with the dataset's own prefixes, as quads of a graph."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in ox.parse(f"{prefixes}{text} .", format=ox.RdfFormat.TURTLE)
    ]


def adding(text: str, graph: str = CURATED_GRAPH) -> Change:
    """Return a change that adds triples to a graph."""

    def change(store: ox.Store, /) -> Delta:
        new = [quad for quad in quads(text, graph) if quad not in store]
        store.extend(new)
        delta = Delta()
        delta.add(new)
        return delta

    return change


def removing(text: str) -> Change:
    """Return a change that removes triples."""

    def change(store: ox.Store, /) -> Delta:
        gone = [quad for quad in quads(text) if quad in store]
        for quad in gone:
            store.remove(quad)
        delta = Delta()
        delta.remove(gone)
        return delta

    return change


def but_descriptions(manifest: Manifest) -> dict[str, int]:
    """Return the counts of a version by graph, without those that no content tells: descriptions and examples."""
    return {name: count for name, count in manifest.graphs.items() if name not in BESIDE_DATASET}


def holds(version: Version, text: str, graph: str) -> bool:
    """Say whether a version has all triples of Turtle in a graph."""
    store = ox.Store.read_only(str(version.store))
    return all(quad in store for quad in quads(text, graph))


@pytest.fixture(scope="module")
def packaged(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the packaged graph, to be written to."""
    return copy_home(built, tmp_path_factory.mktemp("packaged") / "home")


@pytest.mark.parametrize("home", ["published", pytest.param("packaged", marks=pytest.mark.slow)])
def test_a_commit_brings_up_all_that_follows(home: str, request: pytest.FixtureRequest) -> None:
    """Default graph, derived graph, counts, digest and report are those of a build of the same content."""
    folder: Path = request.getfixturevalue(home)
    before = current(folder)
    version, is_new = commit(folder, adding(OWNER), origin=ORIGIN)
    assert is_new
    assert holds(version, OWNER, "")
    assert holds(version, "actor:bra coo:cooperatesWith actor:fra", DERIVED_GRAPH) or holds(
        version, "actor:bra coo:cooperatesWith actor:fra", CURATED_GRAPH
    )
    store = ox.Store.read_only(str(version.store))
    content = [quad for quad in store if graph_iri(quad) not in MADE_GRAPHS | {""}]
    said = merged(content)
    derived = derive(in_memory(said), packaged_rules())
    assert {q.triple for q in store if graph_iri(q) == DERIVED_GRAPH} == derived
    assert {q.triple for q in store if graph_iri(q) == ""} == said | derived
    manifest = version.manifest
    assert manifest.triples == len(said | derived)
    assert but_descriptions(manifest) == dict(Counter(map(graph_iri, content))) | {DERIVED_GRAPH: len(derived)}
    assert manifest.digest == set_digest(content) != before.manifest.digest
    shapes = [quad.triple for quad in content if graph_iri(quad) == SHAPES_GRAPH]
    report = validate(in_memory(said | derived), shapes)
    kept = read_report((version.directory / "report.ttl").read_text(encoding="utf-8"))
    assert {(r.source, r.focus, r.message) for r in kept.results} == {
        (r.source, r.focus, r.message) for r in report.results
    }


def test_what_is_taken_back_takes_what_was_derived_from_it(published: Path) -> None:
    """After adding and removing a fact the dataset is what it was: digest, derived graph and counts."""
    before = current(published).manifest
    fact = "sys:gaofen-1 coo:owner actor:bra" if holds(current(published), OWNER, CURATED_GRAPH) else OWNER
    added, _ = commit(published, adding(fact), origin=ORIGIN)
    assert added.manifest.graphs[DERIVED_GRAPH] >= before.graphs[DERIVED_GRAPH]
    back, _ = commit(published, removing(fact), origin=ORIGIN)
    assert (back.manifest.digest, but_descriptions(back.manifest), back.manifest.triples) == (
        before.digest,
        but_descriptions(before),
        before.triples,
    )


def test_what_does_not_conform_is_refused(published: Path) -> None:
    """The report names node, path and message; nothing is stored, and the next commit finds the way free."""
    before = current(published)
    with pytest.raises(ValidationFailed) as failure:
        commit(published, adding("sys:cfosat coo:owner actor:nobody-of-that-name"), origin=ORIGIN)
    found = {(str(result.focus), str(result.path)) for result in failure.value.report.results}
    assert (PREFIXES["sys"] + "cfosat", PREFIXES["coo"] + "owner") in found
    assert current(published) == before
    assert not list((published / "versions").glob(f"{before.manifest.number + 1:06}"))


@pytest.mark.parametrize("graph", ["", SHAPES_GRAPH, DERIVED_GRAPH, *sorted(NOT_IN_DEFAULT_GRAPH)])
def test_what_is_made_is_not_written(published: Path, graph: str) -> None:
    """Default graph, derived graph, shapes and descriptions follow from content and package: nobody writes them."""
    before = current(published)
    with pytest.raises(WriteRefused):
        commit(published, adding(OWNER.replace("cfosat", "cses-01"), graph), origin=ORIGIN)
    assert current(published) == before


def test_a_large_change_hides_no_exchange_of_shapes() -> None:
    """A shape exchanged for another among thousands of quads leaves the count of its graph, and is refused."""
    delta = Delta()
    delta.add(quads(" . ".join(f"sys:many-{number} a coo:Satellite" for number in range(6000))))
    delta.remove(quads("sys:one a sh:NodeShape", SHAPES_GRAPH))
    delta.add(quads("sys:two a sh:NodeShape", SHAPES_GRAPH))
    assert delta.added is None
    with pytest.raises(WriteRefused, match="comes with the package"):
        refuse_what_is_made(delta)


@pytest.mark.parametrize("many", [1, 6000])
def test_a_graph_has_an_iri(many: int) -> None:
    """A blank node names no graph of a published dataset, however large the change is."""
    delta = Delta()
    subjects = [ox.NamedNode(f"http://e.test/{number}") for number in range(many)]
    delta.add([ox.Quad(each, ox.NamedNode("http://e.test/p"), each, ox.BlankNode("g")) for each in subjects])
    with pytest.raises(WriteRefused, match="has an IRI, not a blank node"):
        refuse_what_is_made(delta)


def test_a_rollback_restores_what_followed(published: Path) -> None:
    """The new version has the old one's content, derived graph and report."""
    first = current(published)
    fact = "sys:cses-01 coo:owner actor:bra"
    commit(published, adding(fact), origin=ORIGIN)
    version, is_new = roll_back(published, first.manifest.number, origin=ORIGIN)
    assert is_new
    assert version.manifest.digest == first.manifest.digest
    assert but_descriptions(version.manifest) == but_descriptions(first.manifest)
    assert not holds(version, fact, "")
    assert (version.directory / "report.ttl").read_bytes() == (first.directory / "report.ttl").read_bytes()


def test_a_large_change_is_followed_in_full(published: Path) -> None:
    """More quads than a commit follows one by one: everything is made anew, and what does not conform is found."""
    many = " . ".join(f"<http://e.test/s> <http://e.test/p> {number}" for number in range(6000))
    outcomes: list[Outcome] = []
    with pytest.raises(ValidationFailed) as failure:
        commit(published, adding(f"{many} . sys:cses-01 coo:owner actor:nobody-of-that-name"), origin=ORIGIN)
    assert PREFIXES["sys"] + "cses-01" in {str(result.focus) for result in failure.value.report.results}
    fact = "sys:cses-01 coo:owner actor:bra, actor:fra"
    version, _ = commit(published, adding(f"{many} . {fact}"), origin=ORIGIN, tell=outcomes.append)
    assert outcomes[0].full
    assert holds(version, fact, "")
    assert holds(version, "actor:bra coo:cooperatesWith actor:fra", DERIVED_GRAPH)
