"""From Turtle files to a dataset, its merge, its digest and its versions."""

from __future__ import annotations

import fcntl
import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.build import Dataset, read_dataset
from graph.digest import set_digest
from graph.errors import HomeBusy, HomeUnusable, NoVersion, TurtleError, ValidationFailed
from graph.locking import writing
from graph.published import build
from graph.store import graph_iri, merged, write_store
from graph.terms import CURATED_GRAPH, DESCRIPTION_GRAPH, EXAMPLES_GRAPH, SHAPES_GRAPH
from graph.versions import Version, current

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GRAPH_NAMES = [ox.NamedNode(f"https://w3id.org/coorbit/graph/claims/{name}") for name in ("a", "b")]
QUADS = st.sets(
    st.builds(
        ox.Quad,
        st.integers(0, 3).map(lambda number: ox.NamedNode(f"http://e.test/{number}")),
        st.just(ox.NamedNode("http://e.test/p")),
        st.integers(0, 3).map(ox.Literal),
        st.sampled_from(GRAPH_NAMES),
    )
)


def own(folder: Path, *, value: int = 1) -> Path:
    """Write a small dataset of one's own, which is quicker to build than the packaged one."""
    path = folder / f"own-{value}.ttl"
    path.write_text(f"<http://e.test/s> <http://e.test/p> {value} .")
    return path


def test_a_triple_in_two_graphs_counts_once(tmp_path: Path) -> None:
    """The default graph is the merge of the named graphs, not their sum."""
    triple = (ox.NamedNode("http://e.test/s"), ox.NamedNode("http://e.test/p"), ox.Literal("v"))
    quads = [ox.Quad(*triple, name) for name in GRAPH_NAMES]
    write_store(tmp_path / "store", quads, merged(quads))
    store = ox.Store.read_only(str(tmp_path / "store"))
    (row,) = store.query("SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }")  # type: ignore[misc]
    assert row["count"].value == "1"
    (row,) = store.query("SELECT (COUNT(*) AS ?count) WHERE { GRAPH ?g { ?s ?p ?o } }")  # type: ignore[misc]
    assert row["count"].value == "2"


def test_shapes_stay_out_of_the_default_graph(dataset: Dataset) -> None:
    """Who asks for all things of a kind is not answered with shapes."""
    shapes = {quad.triple for quad in dataset.quads if graph_iri(quad) == SHAPES_GRAPH}
    assert shapes
    assert not shapes & dataset.triples


@given(st.lists(st.tuples(QUADS, QUADS), max_size=3))
def test_the_digest_follows_the_set(pairs: list[tuple[set[ox.Quad], set[ox.Quad]]]) -> None:
    """Equal sets have equal digests in any order, and different sets have different ones."""
    for one, other in pairs:
        assert set_digest(sorted(one, key=str)) == set_digest(sorted(one, key=str, reverse=True))
        assert (set_digest(one) == set_digest(other)) == (one == other)


def test_files_take_the_place_of_the_packaged_data(tmp_path: Path) -> None:
    """Turtle given by hand goes into the curated graph; ontology and shapes stay the packaged ones."""
    (tmp_path / "own.ttl").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    graphs = {graph_iri(quad) for quad in read_dataset([tmp_path / "own.ttl"]).quads}
    assert graphs == {CURATED_GRAPH, SHAPES_GRAPH, EXAMPLES_GRAPH, "https://w3id.org/coorbit/graph/ontology"}


def test_trig_keeps_its_graph_names_and_needs_them(tmp_path: Path) -> None:
    """A triple outside any named graph has no place in the dataset and is not guessed one."""
    (tmp_path / "own.trig").write_text("<http://e.test/g> { <http://e.test/s> <http://e.test/p> 1 }")
    assert "http://e.test/g" in {graph_iri(quad) for quad in read_dataset([tmp_path / "own.trig"]).quads}
    (tmp_path / "loose.trig").write_text("<http://e.test/s> <http://e.test/p> 1 .")
    with pytest.raises(TurtleError, match="named graph"):
        read_dataset([tmp_path / "loose.trig"])


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without a triple is a mistake, not a dataset."""
    (tmp_path / "empty.ttl").write_text("# nothing\n")
    with pytest.raises(TurtleError, match="holds no triples"):
        read_dataset([tmp_path / "empty.ttl"])


def test_files_can_be_added_to_a_dataset(tmp_path: Path) -> None:
    """What is added stands beside the graph, so that one new fact can be checked against it."""
    files, added = [own(tmp_path)], [own(tmp_path, value=2)]
    assert len(read_dataset(files, added=added).quads) == len(read_dataset(files).quads) + 1


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file in the place of the home is an error that says so."""
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeUnusable, match="cannot be used as home"):
        build(tmp_path / "home", [own(tmp_path)], now=NOW, author="tests")


def test_a_file_that_does_not_parse_names_its_place(tmp_path: Path) -> None:
    """The error has file, line and column."""
    broken = tmp_path / "broken.ttl"
    broken.write_text("<http://e.test/s>\n  <http://e.test/p> nonsense .\n")
    with pytest.raises(TurtleError) as caught:
        read_dataset([broken])
    assert (caught.value.path, caught.value.line) == (broken, 2)
    assert caught.value.column is not None


def test_a_version_holds_what_its_manifest_says(version: Version, dataset: Dataset) -> None:
    """Number, counts, digest and store files are those on disk; descriptions come to the dataset's quads.

    The files were read once more for the test: they give the same quads each time, blank nodes and digest included.
    """
    manifest = version.manifest
    assert (manifest.number, manifest.parent) == (1, None)
    assert manifest.digest == dataset.digest
    described = manifest.graphs[DESCRIPTION_GRAPH]
    assert sum(manifest.graphs.values()) == len(dataset.quads) + described
    store = ox.Store.read_only(str(version.store))
    assert len(store) == len(dataset.quads) + described + manifest.triples
    assert {quad for quad in store if graph_iri(quad) not in {"", DESCRIPTION_GRAPH}} == set(dataset.quads)
    assert {file.name for file in manifest.files} <= {path.name for path in version.store.iterdir()}
    for file in manifest.files:
        content = (version.store / file.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    assert "sh:conforms true" in (version.directory / "report.ttl").read_text()


def test_litter_of_a_dead_writer_is_swept(tmp_path: Path) -> None:
    """What a writer left in staging is gone before the next one begins."""
    (tmp_path / "home" / "staging" / "000001" / "dumps").mkdir(parents=True)
    version, _ = build(tmp_path / "home", [own(tmp_path)], now=NOW, author="tests")
    assert version.manifest.number == 1


def test_another_graph_becomes_the_next_version(tmp_path: Path) -> None:
    """A second build of the same leaves the version; of another graph the link moves, and the old version stays."""
    first, _ = build(tmp_path / "home", [own(tmp_path)], now=NOW, author="tests")
    assert build(tmp_path / "home", [own(tmp_path)], now=NOW, author="tests") == (first, False)
    second, new = build(tmp_path / "home", [own(tmp_path, value=2)], now=NOW, author="tests")
    assert (second.manifest.number, second.manifest.parent, new) == (2, 1, True)
    assert current(tmp_path / "home").directory == second.directory
    assert json.loads((first.directory / "manifest.json").read_text())["number"] == 1
    assert not (tmp_path / "home" / "staging").exists()


def test_a_number_is_not_used_twice(tmp_path: Path) -> None:
    """A version whose writer died before the link moved keeps its number."""
    (tmp_path / "home" / "versions" / "000001").mkdir(parents=True)
    version, _ = build(tmp_path / "home", [own(tmp_path)], now=NOW, author="tests")
    assert (version.manifest.number, version.manifest.parent) == (2, None)


def test_what_does_not_conform_is_not_published(tmp_path: Path) -> None:
    """The error carries the report, and the home has no version."""
    (tmp_path / "bad.ttl").write_text(
        "<https://w3id.org/coorbit/id/actor/xyz> a <https://w3id.org/coorbit/ont#State> ."
    )
    with pytest.raises(ValidationFailed) as caught:
        build(tmp_path / "home", [tmp_path / "bad.ttl"], now=NOW, author="tests")
    assert any(str(result.focus).endswith("/xyz") for result in caught.value.report.results)
    with pytest.raises(NoVersion):
        current(tmp_path / "home")


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A home that another process writes is refused with a clear error once the wait is over."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(HomeBusy, match="another process"), writing(tmp_path, wait_s=0.2):
            pass
