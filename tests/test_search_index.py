"""The search index of a version: written by a build, brought up by a commit, checked and mended as the store is."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import ORIGIN
from searching import SMALL, contents, store_of, triples

from graph.changes import add_to_graph
from graph.commits import commit
from graph.history import roll_back
from graph.integrity import find_damage
from graph.plain import start_empty
from graph.repair import repair
from graph.search import Index
from graph.search_index import build_search, follow_search, has_index
from graph.search_segment import BASE_FILE, MIDDLE_FILE, RECENT_FILE
from graph.terms import BASE, CURATED_GRAPH, RDFS
from graph.versions import current

if TYPE_CHECKING:
    from graph.mending import Mended
    from graph.versions import Version

CFOSAT = ox.NamedNode(BASE + "id/system/cfosat")
LABEL = ox.NamedNode(RDFS + "label")


def folder(path: Path) -> Path:
    """Return a new directory."""
    path.mkdir()
    return path


@pytest.mark.parametrize("seed", range(3))
def test_an_index_that_follows_equals_one_that_is_built(tmp_path: Path, seed: int) -> None:
    """After each of many random changes, what is told is what a new index of the same store tells."""
    choice, all_triples = random.Random(seed), sorted(triples(SMALL), key=str)  # noqa: S311  (reproducible changes)
    others = [ox.Triple(t.subject, t.predicate, choice.choice(all_triples).object) for t in all_triples]
    store = store_of(SMALL)
    old = folder(tmp_path / "000")
    build_search(store, old)
    for number in range(1, 31):
        changed = set(choice.sample([*all_triples, *others], choice.choice([1, 2, 5])))
        for triple in changed:
            quad = ox.Quad(*triple)
            if quad in store:
                store.remove(quad)
            else:
                store.add(quad)
        new = folder(tmp_path / f"{number:03}")
        follow_search(store, changed, old, new)
        old = new
        if number % 2 == 0:
            fresh = folder(tmp_path / f"fresh-{number}")
            build_search(store, fresh)
            assert contents(new) == contents(fresh), number


def test_what_follows_is_found(tmp_path: Path) -> None:
    """A new name is found and the old one no longer, by word, by error and by identifier; the base file is shared."""
    store, old, new = store_of(SMALL), folder(tmp_path / "1"), folder(tmp_path / "2")
    build_search(store, old)
    gone, come = triples('sys:cbers-4 rdfs:label "CBERS-4"@en .'), triples('sys:cbers-4 rdfs:label "Sinobras"@en .')
    for triple in gone:
        store.remove(ox.Quad(*triple))
    store.extend(ox.Quad(*triple) for triple in come)
    follow_search(store, gone | come, old, new)
    assert (new / BASE_FILE).samefile(old / BASE_FILE)
    index = Index(new)
    assert [hit.found.label for hit in index.search("sinob")] == ["Sinobras"]
    assert [hit.found.label for hit in index.search("sinobrsa")] == ["Sinobras"]
    assert [hit.found.label for hit in index.search("2014-079A")] == ["Sinobras"]
    assert "CBERS-4" not in {hit.found.text for hit in index.search("cbers")}
    index.close()


def test_a_record_that_goes_takes_its_evidence_along(tmp_path: Path) -> None:
    """A link of which the record is gone is told without it, though no triple of the thing itself has changed."""
    store, old, new = store_of(SMALL), folder(tmp_path / "1"), folder(tmp_path / "2")
    build_search(store, old)
    record = ox.NamedNode(BASE + "id/link/chn-wikidata")
    gone = {quad.triple for quad in store.quads_for_pattern(record, None, None)}
    for triple in gone:
        store.remove(ox.Quad(*triple))
    follow_search(store, gone, old, new)
    with Index(new) as index:
        (evidence,) = index.resolve("Q148")
    assert (evidence.record, evidence.confidence) == ("", "")


def test_a_change_of_no_name_writes_nothing(tmp_path: Path) -> None:
    """A triple that search tells nothing of makes no new file."""
    store, old, new = store_of(SMALL), folder(tmp_path / "1"), folder(tmp_path / "2")
    build_search(store, old)
    change = triples("sys:cbers-4 coo:operator actor:cnsa .")
    store.extend(ox.Quad(*triple) for triple in change)
    follow_search(store, change, old, new)
    assert [path.name for path in new.iterdir()] == [BASE_FILE]


def test_files_that_have_grown_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recent things go to the middle file by the thousand, and these into a new base; nothing is lost on the way."""
    monkeypatch.setattr("graph.search_index.RECENT_MOST", 3)
    monkeypatch.setattr("graph.search_index.MIDDLE_MOST", 8)
    store, old = store_of(SMALL), folder(tmp_path / "0")
    build_search(store, old)
    seen = set()
    for number in range(1, 16):
        change = triples(f'sys:new-{number} a coo:Satellite ; rdfs:label "New {number}"@en .')
        store.extend(ox.Quad(*triple) for triple in change)
        new = folder(tmp_path / str(number))
        follow_search(store, change, old, new)
        seen.add(frozenset(path.name for path in new.iterdir()))
        old = new
    assert {frozenset({BASE_FILE}), frozenset({BASE_FILE, MIDDLE_FILE, RECENT_FILE})} <= seen
    fresh = folder(tmp_path / "fresh")
    build_search(store, fresh)
    assert contents(old) == contents(fresh)


def test_an_index_of_another_format_is_written_anew(tmp_path: Path) -> None:
    """Where folding has changed since, the rows of a change alone would not do."""
    store, old, new = store_of(SMALL), folder(tmp_path / "1"), folder(tmp_path / "2")
    (old / BASE_FILE).write_bytes(b"")
    assert not has_index(old)
    follow_search(store, (), old, new)
    assert has_index(new)


def test_a_damaged_index_of_the_parent_does_no_harm(tmp_path: Path) -> None:
    """A commit that cannot read what it would bring up writes the whole, from the store."""
    store, old, middle, new = store_of(SMALL), folder(tmp_path / "1"), folder(tmp_path / "2"), folder(tmp_path / "3")
    build_search(store, old)
    for name, before, after in (("One", old, middle), ("Two", middle, new)):
        change = triples(f'sys:new a coo:Satellite ; rdfs:label "{name}"@en .')
        store.extend(ox.Quad(*triple) for triple in change)
        follow_search(store, change, before, after)
        if after is middle:
            recent = bytearray((middle / RECENT_FILE).read_bytes())
            recent[4096:] = b"x" * (len(recent) - 4096)
            (middle / RECENT_FILE).write_bytes(recent)
    fresh = folder(tmp_path / "fresh")
    build_search(store, fresh)
    assert contents(new) == contents(fresh)
    assert [path.name for path in new.iterdir()] == [BASE_FILE]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """What the database cannot write is an error of the system, as for the other files of a version."""
    script = (
        "import resource, sys; from pathlib import Path; from searching import SMALL, store_of;"
        "from graph.search_index import build_search; store = store_of(SMALL);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); build_search(store, Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        cwd=Path(__file__).parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parents[1])))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError" in done.stderr.splitlines()[-1]
    assert "the search index cannot be written" in done.stderr


def test_a_version_lists_its_index(version: Version) -> None:
    """The manifest has the files of the index with their digests; nothing is damaged in a new version."""
    assert [entry.name for entry in version.manifest.search] == [BASE_FILE]
    assert find_damage(version.directory.parents[1]) == []


def test_a_plain_dataset_has_none(tmp_path: Path) -> None:
    """Foreign data is served as it was written, without an index."""
    start_empty(tmp_path, now=ORIGIN.created, author="tests")
    assert not has_index(current(tmp_path).directory)
    assert current(tmp_path).manifest.search == []


def test_a_commit_brings_the_index_up(published: Path) -> None:
    """A commit's version finds the new name, shares the base file and is undamaged; a way back is without it."""
    before = current(published).manifest.number
    named = [ox.Triple(CFOSAT, LABEL, ox.Literal("Sea-wind watcher of China and France", language="pt"))]
    graph = ox.NamedNode(CURATED_GRAPH)
    version, _ = commit(published, lambda store: add_to_graph(store, graph, named), origin=ORIGIN)
    assert [entry.name for entry in version.manifest.search] == [RECENT_FILE, BASE_FILE]
    index = Index(version.directory)
    assert index.search("sea wind watch")[0].found.iri == CFOSAT.value
    index.close()
    assert find_damage(published) == []
    back, _ = roll_back(published, before, origin=ORIGIN)
    index = Index(back.directory)
    assert index.search("sea wind watch") == []
    index.close()
    assert find_damage(published) == []


def test_a_damaged_index_is_found_and_mended(published: Path) -> None:
    """A byte that has changed is found by the digest; what the version before has is intact, and is brought up."""
    path = current(published).directory / BASE_FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.unlink()  # versions share the file
    path.write_bytes(content)
    (damage,) = find_damage(published, current(published).manifest.number)
    assert (damage.file, damage.in_store, damage.in_search) == (BASE_FILE, False, True)
    told: list[Mended] = []
    assert repair(published, current(published).manifest.number, tell=told.append) == []
    parent = current(published).manifest.parent
    assert [each.how for each in told] == [f"search index brought up from that of version {parent}"]
    index = Index(current(published).directory)
    assert index.search("cfosat")[0].found.iri == CFOSAT.value
    index.close()


def test_mended_indexes_go_on_sharing_files(published: Path) -> None:
    """Of versions that share a damaged file the first index is made anew, and the others are brought up from that."""
    first = current(published)
    named = [ox.Triple(CFOSAT, LABEL, ox.Literal("Follower of the sea wind", language="pt"))]
    graph = ox.NamedNode(CURATED_GRAPH)
    second, _ = commit(published, lambda store: add_to_graph(store, graph, named), origin=ORIGIN)
    third = roll_back(published, first.manifest.number, origin=ORIGIN)[0]
    for version in (first, second, third):
        content = bytearray((version.directory / BASE_FILE).read_bytes())
        content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
        (version.directory / BASE_FILE).unlink()
        (version.directory / BASE_FILE).write_bytes(content)
    told: list[Mended] = []
    assert repair(published, tell=told.append) == []
    mended = {each.number: each.how for each in told}
    number = second.manifest.number
    assert mended[number] == f"search index brought up from that of version {number - 1}"
    assert second.directory.joinpath(BASE_FILE).samefile(third.directory / BASE_FILE)
    for version, hits in ((second, [CFOSAT.value]), (third, [])):
        index = Index(version.directory)
        assert [each.found.iri for each in index.search("follower of the sea")] == hits
        index.close()
