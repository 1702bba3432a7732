"""The commands of versions: log, diff, rollback, prune, commit, dump, each run as a process."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from committing import NOW, G, nothing_known, told
from conftest import COORBIT, wait_until_gone, wait_until_ready
from sharing import copy_home

from graph.plain import start_empty
from graph.terms import DERIVED_GRAPH, MADE_GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

P = "<http://e.test/p>"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty plain dataset."""
    start_empty(tmp_path / "home", now=NOW, author="tests")
    return tmp_path / "home"


def written(path: Path, text: str) -> Path:
    """Write a file and return its path."""
    path.write_text(text)
    return path


def test_files_are_one_version(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """Triples go to the graph that is named, quads where they say; blank nodes of two files are two."""
    files = [written(tmp_path / name, f"_:b {P} 01 .") for name in ("one.ttl", "two.nq")]
    files[1].write_text(f'_:b {P} "x" .\n')
    run = coorbit("commit", *files, "--graph", G.value, "--message", "two files", "--author", "me", "--home", home)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("version 2 published")
    version = current(home)
    assert told(version) == nothing_known(version)
    assert version.manifest.graphs == {G.value: 2}
    assert (version.manifest.author, version.manifest.message) == ("me", "two files")
    named = written(tmp_path / "named.trig", f"<http://e.test/h> {{ <http://e.test/s> {P} 1 }}")
    assert coorbit("commit", named, "--home", home).returncode == 0
    assert current(home).manifest.graphs == {G.value: 2, "http://e.test/h": 1}
    assert "unchanged" in coorbit("commit", named, "--home", home).stdout


def audited(said: str) -> list[str]:
    """Return the audit lines on stderr behind their times, which are now."""
    lines = [line.partition("INFO coorbit.audit ")[2].split(" ", 1) for line in said.splitlines()]
    times = [datetime.fromisoformat(line[0].removeprefix("time=")) for line in lines if line[0]]
    assert all(timedelta(0) <= datetime.now(UTC) - time < timedelta(minutes=2) for time in times)
    return [line[1] for line in lines if line[0]]


def test_a_write_from_a_shell_is_told_like_one_over_http(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """One line on stderr each, of the same form: made, unchanged, refused, and the way back."""
    data = written(tmp_path / 'a "b".ttl', f"{P} {P} 1 .")
    for name in ("x", "y"):
        run = coorbit("commit", data, "--author", name, "--home", home)
        state = {"x": "published", "y": "unchanged"}[name]
        assert audited(run.stderr) == [f'write by="{name}" what=commit files=["a \\"b\\".ttl"] version=2 {state}']
    data.write_text("no Turtle")
    (line,) = audited(coorbit("commit", data, "--home", home).stderr)
    assert line.startswith('write refused by="coorbit commit" what=commit files=')
    assert line.endswith("error=TurtleError")
    back = coorbit("rollback", "1", "--home", home)
    assert audited(back.stderr) == ['write by="coorbit rollback" what=rollback to=1 version=3 published']


def test_a_commit_tells_how_it_was_validated(coorbit: Coorbit, published: Path, tmp_path: Path) -> None:
    """As the header of an answer does: how many nodes, or everything and why, and how many warnings there are."""
    copy_home(published, tmp_path / "home")
    note = written(tmp_path / "note.ttl", f"{P} {P} 1 .")
    where = ("--graph", "http://e.test/notes", "--home", tmp_path / "home")
    run = coorbit("commit", note, *where)
    assert re.search(r"^validated [0-9]+ nodes, [0-9]+ warnings$", run.stdout, re.MULTILINE), run.stdout + run.stderr
    note.write_text(f"{P} {P} 2 .")
    run = coorbit("commit", note, "--full", *where)
    assert re.search(r"^validated everything \(all of it was asked for\), [0-9]+ warnings$", run.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "text", "options", "status", "said"),
    [
        pytest.param("a.ttl", f"<http://e.test/s>\n {P} .", [], 1, "a.ttl line 2", id="broken"),
        pytest.param("a.csv", "a,b", [], 1, ".trig", id="unknown kind"),
        pytest.param("a.trig", f"{P} {{ {P} {P} 1 }}", ["--graph", "urn:g"], 1, "--graph", id="two graphs"),
        pytest.param("a.rdfp", f"A {P} {P} 1 .", [], 1, "a.rdfp line 1 column", id="broken patch"),
        pytest.param("a.rdfp", f'D {P} {P} "1" .', [], 1, "it is not there", id="patch that does not apply"),
        pytest.param("a.ttl", "", ["--graph", "relative"], 2, "no absolute IRI", id="relative graph"),
        pytest.param("a.rdfp.gz", "no gzip", [], 1, "a.rdfp.gz", id="damaged"),
    ],
)
def test_what_cannot_be_committed_changes_nothing(  # noqa: PLR0913, PLR0917  (a case)
    coorbit: Coorbit, home: Path, tmp_path: Path, name: str, text: str, options: list[str], status: int, said: str
) -> None:
    """One line says what and where; the files before it are not kept either."""
    good = written(tmp_path / "good.nt", f"{P} {P} {P} .\n") if not options else None
    files = [path for path in (good, written(tmp_path / name, text)) if path]
    run = coorbit("commit", *files, *options, "--home", home)
    assert run.returncode == status, run.stderr
    assert said in run.stderr.replace("\n", " ")
    assert "Traceback" not in run.stderr
    assert current(home).manifest.number == 1


def test_a_difference_is_taken_elsewhere(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """What `diff` prints, `commit` does: forth in another home, and back in this one; compressed or not."""
    data = written(tmp_path / "a.ttl", f'{P} {P} 1, "é\\n", [ {P} 2 ] .')
    coorbit("commit", data, "--graph", G.value, "--home", home)
    there, back = coorbit("diff", "1", "2", "--home", home).stdout, coorbit("diff", "2", "1", "--home", home).stdout
    assert there.startswith("TX .\nA ")
    assert there.count("\nA ") == back.count("\nD ") == 4
    other = tmp_path / "other"
    start_empty(other, now=NOW, author="tests")
    (tmp_path / "there.rdfp.gz").write_bytes(gzip.compress(there.encode()))
    assert coorbit("commit", tmp_path / "there.rdfp.gz", "--home", other).returncode == 0
    assert current(other).manifest.digest == current(home).manifest.digest
    assert coorbit("commit", written(tmp_path / "back.rdfp", back), "--home", home).returncode == 0
    assert coorbit("diff", "1", "3", "--home", home).stdout == "TX .\nTC .\n"
    assert current(home).manifest.graphs == {G.value: 0}


def test_a_dump_is_the_dataset(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """Built anew from its dump, a dataset has the digest that it had, its blank nodes and its default graph too."""
    text = f"{P} {P} 1, [ {P} '_:x' ] . {G} {{ _:b {P} _:b . {P} {P} 'a', 1.0 }}"
    coorbit("commit", written(tmp_path / "a.trig", text), "--home", home)
    before = current(home)
    coorbit("commit", written(tmp_path / "b.nt", f"{P} {P} {P} ."), "--home", home)
    dump = written(tmp_path / "dump.nq", coorbit("dump", "--version", "2", "--home", home).stdout)
    assert len(dump.read_text().splitlines()) == 6
    built = coorbit("build", "--from", dump, "--no-shapes", "--home", tmp_path / "new")
    assert built.returncode == 0, built.stderr
    after = current(tmp_path / "new")
    assert after.manifest.digest == before.manifest.digest
    assert told(after) == nothing_known(after)
    assert coorbit("dump", "--home", home).stdout.count("\n") == 7


def test_a_broken_dump_names_its_line(coorbit: Coorbit, tmp_path: Path) -> None:
    """Lines are counted on past those with blank nodes, which are read apart."""
    for broken in ("_:a", "<http://e.test/s>"):
        lines = f"_:b {P} {P} .\n{P} {P} {P} .\n" * 3 + f"{broken} {P} nonsense .\n"
        run = coorbit("build", "--from", written(tmp_path / "a.nq", lines), "--no-shapes", "--home", tmp_path / "home")
        assert run.returncode == 1
        assert "a.nq line 7" in run.stderr


def test_a_published_dataset_is_built_from_its_dump(coorbit: Coorbit, published: Path, tmp_path: Path) -> None:
    """Published or plain, it has the same digest; what was derived and a blank node of a commit do not change that."""
    copy_home(published, tmp_path / "home")
    note = written(tmp_path / "note.ttl", f"_:note {P} [ {P} 1.0 ] .")
    run = coorbit("commit", note, "--graph", "http://e.test/notes", "--home", tmp_path / "home")
    assert run.returncode == 0, run.stderr
    before = current(tmp_path / "home").manifest
    dump = written(tmp_path / "dump.nq", coorbit("dump", "--home", tmp_path / "home").stdout)
    for name, options, made in (("published", (), MADE_GRAPHS), ("plain", ("--no-shapes",), set())):
        run = coorbit("build", "--from", dump, *options, "--home", tmp_path / name)
        assert run.returncode == 0, run.stdout + run.stderr
        after = current(tmp_path / name).manifest
        assert (after.kind, after.digest) == (name, before.digest)
        content = {graph: count for graph, count in before.graphs.items() if graph not in MADE_GRAPHS - made}
        assert after.graphs.keys() == content.keys()
        assert after.graphs.get(DERIVED_GRAPH) == content.get(DERIVED_GRAPH) != 0


def test_a_dump_with_another_ontology_is_refused(coorbit: Coorbit, published: Path, tmp_path: Path) -> None:
    """Graphs of the package pass where they are the package's own; one triple more or less is told."""
    lines = coorbit("dump", "--home", published).stdout.splitlines(keepends=True)
    fewer = lines.copy()
    fewer.remove(next(line for line in lines if f"<{SHAPES_GRAPH}>" in line))
    more = [*lines, f"{P} {P} {P} <{ONTOLOGY_GRAPH}> .\n"]
    for name, changed in ((SHAPES_GRAPH, fewer), (ONTOLOGY_GRAPH, more)):
        dump = written(tmp_path / "dump.nq", "".join(changed))
        run = coorbit("build", "--from", dump, "--home", tmp_path / "new")
        assert run.returncode == 1, run.stdout
        assert f"its {name} is not the one" in " ".join(run.stderr.split())


def test_the_way_back_and_the_log(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """`log` has a line a version, whatever their messages hold; `rollback` adds one; `prune` takes the old ones."""
    for number in (1, 2):
        data = written(tmp_path / "a.ttl", f"{P} {P} {number} .")
        coorbit("commit", data, "--message", f"number\t{number}\n2\tlie", "--home", home)
    back = coorbit("rollback", "2", "--message", "wrong", "--author", "me", "--home", home)
    assert back.stdout.startswith("version 4 published")
    lines = [line.split("\t") for line in coorbit("log", "--home", home).stdout.splitlines()]
    assert [(line[0], line[3]) for line in lines] == [("4", "1"), ("3", "2"), ("2", "1"), ("1", "0")]
    assert (lines[0][2], lines[0][4], lines[1][4]) == ("me", "wrong", "number\\t2\\n2\\tlie")
    assert "unchanged" in coorbit("rollback", "2", "--home", home).stdout
    assert coorbit("prune", "--keep", "2", "--home", home).stdout == "2\n1\n"
    assert coorbit("prune", "--home", home).stdout == ""
    gone = coorbit("rollback", "2", "--home", home)
    assert (gone.returncode, "no longer kept" in gone.stderr) == (1, True)
    assert "no version 9" in coorbit("diff", "4", "9", "--home", home).stderr


def test_each_write_removes_what_is_too_old(coorbit: Coorbit, home: Path, tmp_path: Path) -> None:
    """As many versions are kept as COORBIT_KEEP_VERSIONS says."""
    for number in range(4):
        data = written(tmp_path / "a.ttl", f"{P} {P} {number} .")
        coorbit("commit", data, "--home", home, COORBIT_KEEP_VERSIONS="2")
    assert len(coorbit("log", "--home", home).stdout.splitlines()) == 2


def test_writes_over_http_are_told_and_prune(coorbit: Coorbit, home: Path) -> None:
    """A line on stderr for each: who by the token's name, what, which version; never the token, nor what was sent."""
    token = coorbit("token", "create", "--scope", "write", "--name", 'a "name"', "--home", home).stdout.strip()
    with subprocess.Popen(
        [COORBIT, "serve", "--home", home, "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"COORBIT_KEEP_VERSIONS": "2"},
    ) as server:
        assert server.stderr is not None
        try:
            address = server.stderr.readline().split()[2]
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
                wait_until_ready(client, server)
                turtle, update = {"Content-Type": "text/turtle"}, {"Content-Type": "application/sparql-update"}
                client.put("/store?graph=http://e.test/g", content=f'{P} {P} "secret" .', headers=turtle)
                client.post("/sparql", content="DELETE WHERE { ?s ?p 'secret' }", headers=update)
                client.post("/sparql", content="DROP GRAPH <http://e.test/none>", headers=update)
                patch = f'A {P} {P} "secret" .'
                stranger = {"Authorization": "Bearer coorbit_nobody", **update}
                assert client.post("/sparql", content="CLEAR ALL", headers=stranger).status_code == 401
                client.patch("/store", content=patch, headers={"Content-Type": "application/rdf-patch"})
                wait_until_gone(home / "versions" / "000001")
        finally:
            server.terminate()
        said = server.communicate(timeout=30)[1]
    lines = audited(said)
    who = 'by="a \\"name\\""'
    assert lines == [
        f'write {who} what=replace graph="http://e.test/g" version=2 published',
        f"write {who} what=update characters=31 version=2 unchanged",
        f"write refused {who} what=update characters=31 error=UpdateFailed",
        'write refused by=- what=request "POST /sparql" error=TokenRefused',
        f"write {who} what=patch bytes={len(patch)} version=3 published",
    ]
    assert token not in said
    assert "secret" not in said
    assert len(coorbit("log", "--home", home).stdout.splitlines()) == 2
