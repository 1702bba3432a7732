"""The graph of examples beside the content: no dump, difference, way back or repair takes it for content."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox
from committing import update
from small_homes import NOW, publish_quads, read

from graph.commits import commit
from graph.examples import example_quads
from graph.history import diff, roll_back
from graph.integrity import find_damage
from graph.release import make_release
from graph.releases import dumps_of
from graph.repair import repair
from graph.report import Report
from graph.terms import CURATED_GRAPH, EXAMPLES_GRAPH
from graph.versions import REPORT, Origin, current

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version

EXAMPLES = ox.NamedNode(EXAMPLES_GRAPH)


def examples(version: Version) -> set[ox.Quad]:
    """Return the graph of examples of a version."""
    return set(ox.Store.read_only(str(version.store)).quads_for_pattern(None, None, None, EXAMPLES))


def publish(home: Path, value: int, told: list[ox.Quad]) -> Version:
    """Publish one triple with some examples."""
    data = read(f"<{CURATED_GRAPH}> {{ <http://e.test/s> <http://e.test/p> {value} }}")
    version = publish_quads(home, [*data, *told])
    (version.directory / REPORT).write_text(Report(results=[]).turtle(), encoding="utf-8")
    return version


def origin(minute: int) -> Origin:
    """Return who wrote, and when."""
    return Origin(created=NOW + timedelta(minutes=minute), author="Ann", message="a change")


def test_a_way_back_keeps_the_examples_of_the_package(tmp_path: Path) -> None:
    """The content goes back, the examples stay those of now; no difference tells of them."""
    told = read(f"<{EXAMPLES_GRAPH}> {{ <http://e.test/a> <http://e.test/p> 1 , 2 }}")
    home = tmp_path / "home"
    publish(home, 1, told)
    newer = publish(home, 2, told[:1])
    assert not [row for row in diff(home, 1, 2) if EXAMPLES_GRAPH in row.quad]
    back, is_new = roll_back(home, 1, origin=origin(1))
    assert is_new
    assert examples(back) == examples(newer)
    assert back.manifest.graphs[EXAMPLES_GRAPH] == 1
    assert not roll_back(home, 1, origin=origin(2))[1]


def test_dumps_leave_the_examples_out_and_a_repair_brings_them(tmp_path: Path) -> None:
    """They lie beside a release's dumps; a store that is rebuilt from those has the examples of the package."""
    home = tmp_path / "home"
    publish(home, 1, list(example_quads()))
    make_release(home, "one", now=NOW)
    dumps = dumps_of(home, "one")
    for name in ("coorbit.nq.gz", "coorbit.trig.gz"):
        assert EXAMPLES_GRAPH.encode() not in gzip.decompress((dumps / name).read_bytes())
    assert (dumps / "graphs" / "examples.ttl.gz").exists()
    text = f"INSERT DATA {{ GRAPH <{CURATED_GRAPH}> {{ <http://e.test/s> <http://e.test/p> 7 }} }}"
    version, _ = commit(home, update(text), origin=origin(1))
    before = examples(version)
    for path in home.glob("versions/*/store/CURRENT"):
        path.write_bytes(b"damaged\n")
    repair(home, tell=lambda _mended: None)
    assert find_damage(home) == []
    assert examples(current(home)) == before
