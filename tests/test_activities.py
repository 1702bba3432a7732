"""Who changed what when: the activities in the graph of descriptions, which is made and no content."""

from __future__ import annotations

import gzip
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, nothing_known, told, update
from small_homes import publish_quads, read

from graph.activities import Activity, described, read_activity
from graph.build import read_dataset
from graph.commits import commit
from graph.digest import set_digest
from graph.errors import TurtleError
from graph.history import diff, prune, roll_back
from graph.integrity import find_damage
from graph.patch import read_changes, write_changes
from graph.published import build
from graph.release import make_release
from graph.releases import dumps_of
from graph.repair import repair
from graph.report import Report
from graph.store import graph_iri
from graph.terms import BASE, CURATED_GRAPH, DESCRIPTION_GRAPH, GRAPHS, MADE_GRAPHS, PREFIXES
from graph.versions import REPORT, Origin, current, read_version
from graph.write_errors import WriteRefused

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

    from graph.versions import Version

WHO_WHAT_WHEN = f"""
SELECT ?version ?parent ?who ?why ?started ?added ?removed ?digest WHERE {{
  GRAPH <{DESCRIPTION_GRAPH}> {{
    ?activity a prov:Activity ;
      prov:generated ?made ;
      prov:wasAssociatedWith/rdfs:label ?who ;
      prov:startedAtTime ?started ;
      rdfs:comment ?why .
    ?made a prov:Entity ;
      dcat:version ?version ;
      dcterms:identifier ?digest .
    OPTIONAL {{ ?activity prov:used/dcat:version ?parent }}
    OPTIONAL {{ ?activity prov:generated/void:triples ?added }}
    OPTIONAL {{ ?activity prov:invalidated/void:triples ?removed }}
  }}
}}
ORDER BY xsd:integer(?version)
"""
DATA = f"<{CURATED_GRAPH}> {{ <http://e.test/s> <http://e.test/p> 1 }}"


def write(chained: Path, text: str, *, who: str, minute: int) -> Version:
    """Make one more version by an update of the curated graph."""
    origin = Origin(created=NOW + timedelta(minutes=minute), author=who, message=f"{who}'s change")
    return commit(chained, update(text.replace("{", f"{{ GRAPH <{CURATED_GRAPH}> {{", 1) + " }"), origin=origin)[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published home of an older package, which told of no activity; then two commits and a way back."""
    chained = tmp_path_factory.mktemp("activities") / "home"
    first = publish_quads(chained, read(DATA))
    (first.directory / REPORT).write_text(Report(results=[]).turtle(), encoding="utf-8")
    write(chained, "INSERT DATA { <http://e.test/s> <http://e.test/p> 2, 3 }", who="Ann", minute=1)
    write(chained, "DELETE WHERE { <http://e.test/s> <http://e.test/p> ?o }", who="Böb \ud800", minute=2)
    roll_back(chained, 2, origin=Origin(created=NOW + timedelta(minutes=3), author="Ann", message="back"))
    return chained


@pytest.fixture
def chained(made: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    shutil.copytree(made, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def version_at(chained: Path, number: int) -> Version:
    """Return a version."""
    return read_version((chained / "versions" / f"{number:06}").resolve())


def rows(version: Version) -> list[tuple[str, ...]]:
    """Return who changed what when, by the graph of descriptions."""
    found = ox.Store.read_only(str(version.store)).query(WHO_WHAT_WHEN, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if term is None else str(getattr(term, "value", term)) for term in row) for row in found]


def descriptions(version: Version) -> set[ox.Quad]:
    """Return the graph of descriptions."""
    return set(described(ox.Store.read_only(str(version.store))))


def content(version: Version) -> list[ox.Quad]:
    """Return the quads that are content."""
    return [q for q in ox.Store.read_only(str(version.store)) if graph_iri(q) not in MADE_GRAPHS | {""}]


def test_a_query_tells_who_changed_what_when(chained: Path) -> None:
    """Version, parent, author, message, time and counts of each; of a version before there were activities, no counts.

    What cannot be written as UTF-8 is replaced.
    """
    digests = {number: version_at(chained, number).manifest.digest for number in (1, 2, 3, 4)}
    assert rows(current(chained)) == [
        ("1", "", "tests", "a test", "2026-11-23T12:00:00Z", "", "", digests[1]),
        ("2", "1", "Ann", "Ann's change", "2026-11-23T12:01:00Z", "2", "0", digests[2]),
        ("3", "2", "Böb ?", "Böb ?'s change", "2026-11-23T12:02:00Z", "0", "3", digests[3]),
        ("4", "3", "Ann", "back", "2026-11-23T12:03:00Z", "3", "0", digests[2]),
    ]


def test_an_activity_is_no_content(chained: Path) -> None:
    """Digest, default graph, differences and changes know nothing of it; the manifest counts it in its own graph."""
    for number in (2, 3, 4):
        version = version_at(chained, number)
        assert version.manifest.digest == set_digest(content(version))
        assert (version.manifest.triples, version.manifest.graphs) == nothing_known(version)[:2]
        assert version.manifest.graphs[DESCRIPTION_GRAPH] == len(descriptions(version))
        assert version.manifest.triples == sum(
            count for name, count in version.manifest.graphs.items() if name == CURATED_GRAPH
        )
        for row in (*read_changes(version.changes), *diff(chained, 1, number), *diff(chained, number, 1)):
            assert DESCRIPTION_GRAPH not in row.quad
    (version_at(chained, 3).changes).unlink()  # then the stores are compared
    assert all(DESCRIPTION_GRAPH not in row.quad for row in diff(chained, 1, 4))
    assert len([*diff(chained, 1, 4)]) == 2


def test_the_way_back_leads_to_the_content_and_not_to_its_history(chained: Path) -> None:
    """The new version has the old one's digest and all that happened since; to what is, no version leads back."""
    old, new = version_at(chained, 2), current(chained)
    assert new.manifest.digest == old.manifest.digest
    assert content(new) == content(old)
    assert len(rows(old)) == 2
    assert descriptions(new) > descriptions(version_at(chained, 3)) > descriptions(old)
    origin = Origin(created=NOW, author="tests", message="again")
    assert roll_back(chained, 2, origin=origin) == (new, False)


def test_a_commit_adds_a_handful(chained: Path) -> None:
    """However long the chain, a commit tells of itself alone."""
    counts = [version_at(chained, number).manifest.graphs[DESCRIPTION_GRAPH] for number in (2, 3, 4)]
    assert max(counts[1] - counts[0], counts[2] - counts[1]) <= 20


def test_activities_of_pruned_versions_stay(chained: Path) -> None:
    """Pruning removes stores and no history."""
    before = rows(current(chained))
    prune(chained, keep=1)
    assert rows(current(chained)) == before
    write(chained, "INSERT DATA { <http://e.test/s> <http://e.test/p> 9 }", who="Ann", minute=4)
    assert rows(current(chained))[:-1] == before


@pytest.mark.parametrize("source", ["the version before", "a base", "a release"])
def test_a_repair_brings_the_activities_back(chained: Path, source: str) -> None:
    """From whatever a store is rebuilt, it has the same descriptions, and the digest that it had."""
    if source == "a release":
        make_release(chained, "one", now=NOW)
        shutil.rmtree(chained / "bases", ignore_errors=True)
    if source != "the version before":
        prune(chained, keep=1)
    write(chained, "INSERT DATA { <http://e.test/s> <http://e.test/p> 9 }", who="Ann", minute=4)
    write(chained, "INSERT DATA { <http://e.test/s> <http://e.test/p> 10 }", who="Ann", minute=5)
    newest = current(chained)
    before, what = descriptions(newest), told(newest)
    stores = [newest.store] if source == "the version before" else [*chained.glob("versions/*/store")]
    for path in [path for store in stores for path in store.glob("CURRENT")]:
        path.write_bytes(b"damaged\n")
    assert find_damage(chained)
    repair(chained, tell=lambda _mended: None)
    assert find_damage(chained) == []
    assert current(chained).store != newest.store
    assert descriptions(current(chained)) == before
    assert told(current(chained)) == what == nothing_known_of_content(current(chained))


def nothing_known_of_content(version: Version) -> tuple[int, dict[str, int], str]:
    """Return what `told` does by reading the store."""
    triples, graphs, _ = nothing_known(version)
    return triples, graphs, set_digest(content(version))


def test_a_release_of_equal_content_is_equal(chained: Path) -> None:
    """N-Quads and TriG leave the descriptions out, which lie beside them; the way back gives the same dumps."""
    make_release(chained, "one", now=NOW)
    write(chained, "INSERT DATA { <http://e.test/s> <http://e.test/p> 9 }", who="Ann", minute=4)
    roll_back(chained, 2, origin=Origin(created=NOW, author="Ann", message="back"))
    release = make_release(chained, "two", now=NOW + timedelta(minutes=1))
    sums = [
        {
            line.split("  ")[1]: line.split("  ")[0]
            for line in (dumps_of(chained, name) / "SHA256SUMS").read_text().splitlines()
        }
        for name in ("one", "two")
    ]
    for name in ("coorbit.nq.gz", "coorbit.trig.gz", "coorbit.ttl.gz", "graphs/curated.ttl.gz"):
        assert sums[0][name] == sums[1][name]
    assert release.quads == sum(1 for _ in content(current(chained)))
    assert DESCRIPTION_GRAPH.encode() not in gzip.decompress(
        (dumps_of(chained, "two") / "coorbit.trig.gz").read_bytes()
    )
    beside = gzip.decompress((dumps_of(chained, "two") / "graphs" / "description.ttl.gz").read_bytes())
    triples = {quad.triple for quad in ox.parse(beside, format=ox.RdfFormat.TURTLE)}
    assert triples == {quad.triple for quad in descriptions(current(chained))}


def test_nobody_writes_it(chained: Path) -> None:
    """It follows from the versions."""
    text = f"INSERT DATA {{ GRAPH <{DESCRIPTION_GRAPH}> {{ <http://e.test/s> <http://e.test/p> 1 }} }}"
    with pytest.raises(WriteRefused, match="description"):
        commit(chained, update(text), origin=Origin(created=NOW, author="x", message="x"))


def test_a_dump_has_no_activities_and_a_build_takes_none(chained: Path, coorbit: Coorbit, tmp_path: Path) -> None:
    """What a dump holds, built anew, has the digest that it had; what a file says of other versions is left out."""
    printed = coorbit("dump", "--home", chained).stdout
    assert printed
    assert DESCRIPTION_GRAPH not in printed
    extra = tmp_path / "extra.nq"
    line = f"<http://e.test/s> <http://e.test/p> 7 <{GRAPHS}description> .\n".replace(
        " 7 ", ' "7"^^<http://www.w3.org/2001/XMLSchema#integer> '
    )
    extra.write_text(line)
    with pytest.raises(TurtleError, match="holds no triples"):
        read_dataset([extra])
    other = tmp_path / "other.nq"
    other.write_text(printed)
    extra.write_text(printed + line)
    assert read_dataset([extra]).digest == read_dataset([other]).digest


def test_a_build_tells_of_itself(version: Version) -> None:
    """The first version added all of its content."""
    assert [row[:4] for row in rows(version)] == [("1", "", "tests", "build of the packaged graph")]
    assert rows(version)[0][5:] == (str(len(content(version))), "0", version.manifest.digest)


@pytest.mark.slow
def test_a_build_takes_the_history_along(version: Version, tmp_path: Path) -> None:
    """What is told of versions stays, with what came and went; what is told of the dataset is the last build's."""
    chained, before = tmp_path / "home", version
    shutil.copytree(before.directory.parents[1], chained, symlinks=True)
    own = tmp_path / "own.ttl"
    own.write_text("<http://e.test/s> <http://e.test/p> 1 .")
    after, _ = build(chained, [own], now=NOW, author="Ann")
    assert [row[:3] for row in rows(after)] == [("1", "", "tests"), ("2", "1", "Ann")]
    old, new = set(content(before)), set(content(after))
    assert rows(after)[1][5:7] == (str(len(new - old)), str(len(old - new)))
    counted = {quad.subject for quad in descriptions(after) if quad.predicate.value == PREFIXES["void"] + "classes"}
    assert counted == {ox.NamedNode(f"{BASE}void#version-2")}


def test_headers_say_what_rows_do_not(tmp_path: Path) -> None:
    """An activity is read back from a file of changes as it was; a file without headers tells of none."""
    activity = Activity(
        number=7,
        parent=6,
        started="2026-11-23T12:00:00+00:00",
        ended="2026-11-23T12:00:00.250+00:00",
        author='A "quoted"\n name',
        message="ü .",
        digest="ff",
        added=0,
        removed=0,
    )
    write_changes(tmp_path / "with.gz", [], activity.headers())
    write_changes(tmp_path / "without.gz", [])
    assert read_activity(tmp_path / "with.gz") == activity
    assert read_activity(tmp_path / "without.gz") is None
