"""Lines that do not fit into memory, and what is found while sorted quads pass by."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.canonical import CanonicalDigest, canonical_lines, has_blank_node
from graph.differences import write_differences
from graph.figures import FigureCounter
from graph.sorting import LineSorter

if TYPE_CHECKING:
    from pathlib import Path

P, Q = ox.NamedNode("http://e.test/p"), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SUBJECTS = st.sampled_from(
    [ox.NamedNode("http://e.test/s"), ox.NamedNode("http://e.test/s2"), *map(ox.BlankNode, "abc")]
)
VALUES = st.sampled_from(
    [
        ox.Literal("a"),
        ox.Literal("a", language="en"),
        ox.Literal(' _:b "quoted"\n\\'),
        ox.Literal(1),
        ox.NamedNode("http://e.test/_:o"),
        ox.NamedNode("http://e.test/s"),
        *map(ox.BlankNode, "abc"),
    ]
)
GRAPHS = st.sampled_from([ox.DefaultGraph(), ox.NamedNode("http://e.test/g"), ox.BlankNode("g")])
QUADS = st.sets(st.builds(ox.Quad, SUBJECTS, st.sampled_from([P, Q]), VALUES, GRAPHS), max_size=12)
here = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def lines_of(quads: set[ox.Quad]) -> list[bytes]:
    """Return quads as sorted lines of N-Quads."""
    return sorted(f"{quad} .\n".encode() for quad in quads)


@here
@given(lines=st.lists(st.binary(max_size=8).map(lambda data: data.replace(b"\n", b"") + b"\n")), run=st.integers(1, 40))
def test_lines_come_back_sorted(tmp_path: Path, lines: list[bytes], run: int) -> None:
    """However small the runs, and however many, the lines come in the order of their bytes, each as often as given."""
    with LineSorter(tmp_path, run_bytes=run) as sorter:
        half = len(lines) // 2
        sorter.extend(lines[:half])
        sorter.extend(lines[half:])
        assert list(sorter.lines()) == sorted(lines)


def test_many_runs_are_merged_before_files_run_out(tmp_path: Path) -> None:
    """A thousand runs are sorted with far fewer files open, and leave none behind."""
    lines = [f"{number * 7919 % 1000:04}\n".encode() for number in range(1000)]
    with LineSorter(tmp_path, run_bytes=1) as sorter:
        sorter.extend(lines)
        assert list(sorter.lines()) == sorted(lines)
    assert not list(tmp_path.iterdir())


@settings(parent=here, max_examples=15)  # each starts a process
@given(quads=QUADS)
def test_the_digest_is_that_of_the_whole(quads: set[ox.Quad]) -> None:
    """Canonicalising only what names blank nodes gives the digest of canonicalising everything (RDFC-1.0)."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    expected = hashlib.sha256(b"".join(lines_of(set(dataset)))).hexdigest()
    lines = lines_of(quads)
    canonical = canonical_lines([line for line in lines if has_blank_node(line)])
    assert canonical is not None
    digest = CanonicalDigest(canonical)
    named = [line for line in lines if not has_blank_node(line)]
    digest.extend(named[:3])
    digest.extend(named[3:])
    assert digest.hexdigest() == expected


def test_entangled_blank_nodes_are_given_up() -> None:
    """A dozen that all point at each other would take hours: there is no digest then, and no release waits for one."""
    names = [ox.BlankNode(f"b{number}") for number in range(12)]
    quads = {ox.Quad(one, P, other) for one in names for other in names if one != other}
    assert canonical_lines(lines_of(quads), limit_s=1.0) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b"_:a <p> <o> .\n", True, id="subject"),
        pytest.param(b"<s> <p> _:a .\n", True, id="object"),
        pytest.param(b'<s> <p> "a" _:g .\n', True, id="graph"),
        pytest.param(b"<s> <p> <<( _:a <p> <o> )>> .\n", True, id="triple term"),
        pytest.param(b'<s> <p> " _:a" .\n', False, id="text"),
        pytest.param(b'<s> <p> "\\" _:a" .\n', False, id="text after a quote"),
        pytest.param(b'<s> <p> "\\\\" _:g .\n', True, id="graph after a backslash"),
        pytest.param(b"<s> <p> <http://e.test/_:a> .\n", False, id="IRI"),
    ],
)
def test_blank_nodes_are_told_from_text(line: bytes, *, expected: bool) -> None:
    """Only a term counts, wherever it stands."""
    assert has_blank_node(line) is expected


@here
@given(before=QUADS, after=QUADS)
def test_a_difference_leads_from_one_to_the_other(tmp_path: Path, before: set[ox.Quad], after: set[ox.Quad]) -> None:
    """Deleting what D names and adding what A names turns the first dataset into the second, and nothing is idle."""
    for name, quads in (("before", before), ("after", after)):
        (tmp_path / name).write_bytes(gzip.compress(b"".join(lines_of(quads))))
    patch = io.BytesIO()
    count = write_differences(tmp_path / "before", tmp_path / "after", patch)
    first, *lines, last = patch.getvalue().splitlines(keepends=True)
    assert (first, last, len(lines)) == (b"TX .\n", b"TC .\n", count)
    deleted = {line[2:] for line in lines if line.startswith(b"D ")}
    added = {line[2:] for line in lines if line.startswith(b"A ")}
    old, new = set(lines_of(before)), set(lines_of(after))
    assert (deleted, added) == (old - new, new - old)


@here
@given(quads=QUADS)
def test_figures_are_those_of_the_graph(tmp_path: Path, quads: set[ox.Quad]) -> None:
    """Counts taken in passing are those that one gets with everything at hand."""
    triples = {quad.triple for quad in quads}
    lines = sorted(f"{triple}".encode() for triple in triples)
    counter = FigureCounter(tmp_path)
    counter.extend(lines[:4])
    counter.extend(lines[4:])
    figures = counter.figures()
    assert figures.triples == len(triples)
    assert figures.subjects == len({triple.subject for triple in triples})
    assert figures.objects == len({str(triple.object) for triple in triples})
    assert figures.properties == Counter(triple.predicate.value for triple in triples)
    assert figures.property_subjects == Counter(
        predicate.value for _, predicate in {(triple.subject, triple.predicate) for triple in triples}
    )
    assert figures.classes == Counter(
        triple.object.value for triple in triples if triple.predicate == Q and isinstance(triple.object, ox.NamedNode)
    )
