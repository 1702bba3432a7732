"""Releases: what their files hold, and that equal content gives equal bytes."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph
from release_data import DATA, KINDS
from small_homes import NOW, publish_quads, read

from graph.dump_files import TURTLE_12, dataset_graphs
from graph.release import make_release, write_current_dump
from graph.releases import CURRENT, Release, dumps_of
from graph.store import in_memory, merged
from graph.terms import BASE, GRAPHS, RDF

if TYPE_CHECKING:
    from pathlib import Path

    from graph.manifests import Kind
    from graph.versions import Version
FORMATS = {
    "coorbit.ttl.gz": ox.RdfFormat.TURTLE,
    "coorbit.nt.gz": ox.RdfFormat.N_TRIPLES,
    "coorbit.nq.gz": ox.RdfFormat.N_QUADS,
    "coorbit.trig.gz": ox.RdfFormat.TRIG,
}


def content(home: Path, release: Release, name: str) -> bytes:
    """Return what a file of a release holds."""
    data = (dumps_of(home, release.name) / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def parsed(home: Path, release: Release, name: str) -> set[ox.Quad]:
    """Return the quads of a dump."""
    return set(ox.parse(content(home, release, name), format=FORMATS.get(name, ox.RdfFormat.TURTLE)))


def as_stored(version: Version) -> tuple[set[ox.Quad], set[ox.Triple]]:
    """Return the quads of a dataset and the triples of its merge, from its store."""
    quads = set(ox.Store.read_only(str(version.store)))
    if version.manifest.kind == "plain":
        return quads, {quad.triple for quad in quads}
    named = {quad for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    return named, {quad.triple for quad in quads - named}


@pytest.mark.parametrize(("kind", "trig"), KINDS)
def test_dumps_are_the_version(tmp_path: Path, kind: Kind, trig: str) -> None:
    """Each file parses to the merge, the dataset or the graph that it stands for, with the count that is told."""
    version = publish_quads(tmp_path, read(trig), kind=kind)
    quads, merge = as_stored(version)
    release = make_release(tmp_path, "one", now=NOW)
    assert (release.version, release.quads, release.triples) == (1, len(quads), len(merge))
    for name in ("coorbit.nq.gz", "coorbit.trig.gz"):
        assert parsed(tmp_path, release, name) == quads
    for name in ("coorbit.ttl.gz", "coorbit.nt.gz"):
        assert {quad.triple for quad in parsed(tmp_path, release, name)} == merge
    by_graph = {file.graph: file for file in release.files if file.graph}
    assert set(by_graph) == set(version.manifest.graphs)
    for graph, file in by_graph.items():
        expected = {quad.triple for quad in quads if quad.graph_name == ox.NamedNode(graph)}
        assert {quad.triple for quad in parsed(tmp_path, release, file.name)} == expected
        assert file.statements == len(expected)
    assert by_graph[GRAPHS + "claims/one"].name == "graphs/claims-one.ttl.gz"


@pytest.mark.parametrize(("kind", "trig"), KINDS)
def test_equal_content_gives_equal_bytes(tmp_path: Path, kind: Kind, trig: str) -> None:
    """Two stores that were filled in another order give the same files, at another time too."""
    sums = []
    for number, quads in enumerate([read(trig), read(trig)[::-1]]):
        home = tmp_path / str(number)
        publish_quads(home, quads, kind=kind)
        release = make_release(home, "one", now=NOW.replace(hour=number))
        sums.append({file.name: file.sha256 for file in release.files if file.statements is not None})
    assert sums[0] == sums[1]
    header = [line for line in content(home, release, "coorbit.ttl.gz").splitlines() if line.startswith(b"@prefix")]
    assert header == sorted(header)


@pytest.mark.parametrize(("kind", "trig"), KINDS)
def test_the_digests_are_those_of_the_files(tmp_path: Path, kind: Kind, trig: str) -> None:
    """SHA256SUMS has every file but itself; the N-Quads are sorted; the canonical digest follows RDFC-1.0."""
    publish_quads(tmp_path, read(trig), kind=kind)
    release = make_release(tmp_path, "one", now=NOW)
    folder = dumps_of(tmp_path, "one")
    told = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert told == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name != "SHA256SUMS"
    }
    assert {file.name: (file.size, file.sha256) for file in release.files} == {
        name: (path.stat().st_size, told[name])
        for name, path in files.items()
        if name not in {"SHA256SUMS", "release.json"}
    }
    nquads = content(tmp_path, release, "coorbit.nq.gz")
    assert nquads.splitlines() == sorted(nquads.splitlines())
    assert release.nquads_sha256 == hashlib.sha256(nquads).hexdigest()
    dataset = ox.Dataset(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(f"{quad} .\n".encode() for quad in dataset)
    assert release.canonical_sha256 == hashlib.sha256(b"".join(lines)).hexdigest()


def test_the_canonical_digest_does_not_mind_labels(tmp_path: Path) -> None:
    """Blank nodes under other names give another file, and the same canonical digest."""
    made = []
    for label in ("b1", "other"):
        publish_quads(tmp_path / label, read(DATA.replace("_:b1", f"_:{label}")))
        made.append(make_release(tmp_path / label, "one", now=NOW))
    assert made[0].canonical_sha256 == made[1].canonical_sha256
    assert made[0].nquads_sha256 != made[1].nquads_sha256


def test_void_counts_the_data(tmp_path: Path) -> None:
    """Each count in VoID is what a query over the merge gives."""
    quads = read(DATA)
    publish_quads(tmp_path, quads)
    release = make_release(tmp_path, "one", now=NOW)
    void = ox.Store()
    void.load(content(tmp_path, release, "void.ttl"), format=ox.RdfFormat.TURTLE, base_iri="http://e.test/void.ttl")
    merge = in_memory(merged(quads))

    def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
        prefix = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcterms: <http://purl.org/dc/terms/> "
        found = store.query(prefix + query)
        assert isinstance(found, ox.QuerySolutions)
        return {tuple(str(value) for value in row) for row in found}

    told = "void:triples ?t ; void:distinctSubjects ?s ; void:distinctObjects ?o ; void:properties ?p"
    assert rows(void, f"SELECT ?t ?s ?o ?p {{ ?d a void:Dataset ; {told} }}") == rows(
        merge,
        "SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?ss) (COUNT(DISTINCT ?o) AS ?oo) (COUNT(DISTINCT ?p) AS ?pp) "
        "{ ?s ?p ?o }",
    )
    assert rows(void, "SELECT ?c { ?d void:classes ?c }") == rows(
        merge, "SELECT (COUNT(DISTINCT ?class) AS ?c) { ?s a ?class }"
    )
    assert rows(void, "SELECT ?c ?n { ?part void:class ?c ; void:entities ?n }") == rows(
        merge, "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c"
    )
    assert rows(
        void, "SELECT ?p ?n ?s { ?part void:property ?p ; void:triples ?n ; void:distinctSubjects ?s }"
    ) == rows(merge, "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?ss) { ?s ?p ?o } GROUP BY ?p")
    assert len(rows(void, "SELECT ?g ?n { ?d void:subset ?g . ?g void:triples ?n ; dcterms:identifier ?name }")) == 4


def test_dcat_lists_every_file(tmp_path: Path) -> None:
    """Each file is a distribution with address, size and checksum; addresses hold wherever the release lies."""
    publish_quads(tmp_path, read(DATA))
    make_release(tmp_path, "one", now=NOW)
    release = make_release(tmp_path, "two", now=NOW.replace(hour=13))
    dcat = ox.Store()
    base = "https://any.test/x/dumps/two/dcat.ttl"
    dcat.load(content(tmp_path, release, "dcat.ttl"), format=ox.RdfFormat.TURTLE, base_iri=base)
    rows = dcat.query(
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#> "
        "SELECT ?url ?size ?sum { ?r dcat:distribution ?d . "
        "?d dcat:downloadURL ?url ; dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    told = {tuple(term.value for term in row if isinstance(term, ox.NamedNode | ox.Literal)) for row in rows}
    assert told == {
        (f"https://any.test/x/dumps/two/{file.name}", str(file.size), file.sha256)
        for file in release.files
        if file.name != "dcat.ttl"
    }
    before = ox.NamedNode("https://any.test/x/dumps/one/dcat.ttl#release")
    assert [*dcat.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/ns/dcat#previousVersion"), before, None)]


def test_the_annotated_variant_is_labelled_and_asserts_nothing(tmp_path: Path) -> None:
    """It is the merge and a reifier for each statement claim; what is only claimed is not asserted."""
    version = publish_quads(tmp_path, read(DATA))
    release = make_release(tmp_path, "one", now=NOW)
    labelled = [file for file in release.files if file.media_type == TURTLE_12]
    assert [file.name for file in labelled] == ["coorbit-rdf12.ttl.gz"]
    assert "RDF 1.2" in labelled[0].title
    triples = {quad.triple for quad in parsed(tmp_path, release, "coorbit-rdf12.ttl.gz")}
    reifiers = {triple for triple in triples if triple.predicate.value == RDF + "reifies"}
    assert triples - reifiers == as_stored(version)[1]
    assert {str(triple) for triple in reifiers} == {
        f"<http://e.test/claim> <{RDF}reifies> <<( <http://e.test/s> <http://e.test/p> {ox.Literal(1)} )>>",
        f"<http://e.test/denied> <{RDF}reifies> <<( <http://e.test/s> <http://e.test/q> <http://e.test/o> )>>",
    }
    assert labelled[0].statements == len(triples)


def test_dumps_are_rdf_1_1(tmp_path: Path) -> None:
    """Every other Turtle file can be read by a parser that knows nothing of RDF 1.2."""
    publish_quads(tmp_path, read(DATA))
    release = make_release(tmp_path, "one", now=NOW)
    for file in release.files:
        if file.media_type == "text/turtle":
            graph = Graph().parse(data=content(tmp_path, release, file.name), format="turtle")
            assert file.statements in {None, len(graph)}


def test_changes_lead_from_the_release_before(tmp_path: Path) -> None:
    """The first release has none; the next names what went and what came."""
    old, new = read(DATA), read(DATA.replace("e:t a e:D", "e:t a e:E"))
    publish_quads(tmp_path, old)
    assert make_release(tmp_path, "one", now=NOW).previous is None
    publish_quads(tmp_path, new)
    release = make_release(tmp_path, "two", now=NOW.replace(hour=13))
    assert release.previous == "one"
    line = "<http://e.test/t> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.test/{}> "
    graph = "<http://e.test/a/foreign/name> .\n"
    assert content(tmp_path, release, "changes.rdfp.gz").decode() == (
        f"TX .\nD {line.format('D')}{graph}A {line.format('E')}{graph}TC .\n"
    )


@pytest.mark.parametrize(("kind", "trig"), KINDS)
def test_the_current_version_is_dumped_as_in_a_release(tmp_path: Path, kind: Kind, trig: str) -> None:
    """Without a release the same bytes come, not compressed; nothing else is left in the home."""
    version = publish_quads(tmp_path, read(trig), kind=kind)
    release = make_release(tmp_path, "one", now=NOW)
    for name in CURRENT:
        write_current_dump(tmp_path, version.directory, name)
        assert (version.dumps / name).read_bytes() == content(tmp_path, release, f"{name}.gz")
        told = (version.dumps / f"{name}.sha256").read_text()
        assert told == f"{hashlib.sha256((version.dumps / name).read_bytes()).hexdigest()}  {name}\n"
    assert len(list(version.dumps.iterdir())) == 2 * len(CURRENT)
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {"one"}


@pytest.mark.slow
def test_the_packaged_graph_is_released_whole(tmp_path: Path, version: Version) -> None:
    """The dumps of the real graph have its counts, and its few blank nodes allow a canonical digest."""
    (tmp_path / "versions").symlink_to(version.directory.parent)
    (tmp_path / "current").symlink_to(version.directory)
    release = make_release(tmp_path, "one", now=NOW)
    manifest = version.manifest
    assert (release.triples, release.quads) == (manifest.triples, sum(dataset_graphs(manifest).values()))
    assert release.canonical_sha256 is not None
    assert {quad.triple for quad in parsed(tmp_path, release, "coorbit.ttl.gz")} == as_stored(version)[1]
    assert {file.graph: file.statements for file in release.files if file.graph} == manifest.graphs
    assert all(file.name.startswith("graphs/") for file in release.files if (file.graph or "").startswith(BASE))
