"""Writers that are killed, cut short by a full disk, or in each other's way: what was acknowledged is there, whole."""

from __future__ import annotations

import fcntl
import random
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from committing import NOW, ORIGIN, nothing_known, told, update
from small_homes import build_facts

from graph.commits import commit
from graph.digest import set_digest
from graph.integrity import find_damage
from graph.kept import kept_versions
from graph.locking import writing
from graph.plain import start_empty
from graph.store import graph_iri, merged
from graph.terms import GRAPHS, MADE_GRAPHS
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version

_OWN = GRAPHS + "catalogue/killed"

# The child of the test of every step: it makes one change, and at the given event of its own file work it kills itself.
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import graph.consequences
from graph.commits import commit
from graph.versions import Origin

home, graph, first = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
WATCHED = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.link", "open", "shutil.copyfile"}

def watch(event, arguments):
    global seen
    if event in WATCHED and str(home) in str(arguments):
        seen += 1
        if seen == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

def change(store):
    store.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <http://e.test/new> <http://e.test/p> 1 }} }}")
    open(home / "lock").close()  # an event between the change and its flush

sys.addaudithook(watch)
wanted = first
while True:
    # What is dear is imported once: each step is a child of its own.
    child = os.fork()
    if child == 0:
        seen = 0
        commit(home, change, origin=Origin(created=datetime.now(UTC), author="killed", message="m"))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(wanted, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, flush=True)
    sys.stdin.readline()
    if not os.WIFSIGNALED(status):
        break
    wanted += 1
"""

# The child of the loop: it commits one number after the other and says each that was acknowledged.
COMMITTING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from graph.commits import commit
from graph.history import prune
from graph.versions import Origin

home, graph, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
while True:
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ <http://e.test/s> <http://e.test/p> {number}, {-number} }} }}"
    commit(home, lambda store: store.update(text), origin=Origin(created=datetime.now(UTC), author="a", message="m"))
    print(number, flush=True)
    prune(home, keep=5)
    number += 1
"""


# The child of the test of turns: it takes the lock, gives it back when it is told to, and wants it again at once.
GREEDY = """
import sys
from pathlib import Path
from graph.locking import writing

home = Path(sys.argv[1])
for number in (1, 2):
    with writing(home):
        (home / "last").write_text(str(number))
        print(number, flush=True)
        if number == 1:
            sys.stdin.readline()
"""


def values_in(version: Version) -> set[int]:
    """Return the numbers that the loop has committed."""
    own = ox.Store.read_only(str(version.store)).quads_for_pattern(None, None, None, ox.NamedNode(_OWN))
    return {int(quad.object.value) for quad in own if isinstance(quad.object, ox.Literal)}


def is_whole(version: Version) -> bool:
    """Say whether a version holds what its manifest says; of a published one also that all follows from its content."""
    manifest = version.manifest
    if manifest.kind == "plain":
        return told(version) == nothing_known(version)
    quads = list(ox.Store.read_only(str(version.store)))
    named = [quad for quad in quads if graph_iri(quad)]
    content = [quad for quad in named if graph_iri(quad) not in MADE_GRAPHS]
    default = {quad.triple for quad in quads if not graph_iri(quad)}
    return (manifest.digest, manifest.triples, default) == (set_digest(content), len(merged(named)), merged(named))


def new_plain(home: Path) -> None:
    """Make a small plain home with one commit in it."""
    start_empty(home, now=NOW, author="tests")
    insert(home, "old")


def insert(home: Path, name: str) -> Version:
    """Commit one quad."""
    text = f"INSERT DATA {{ GRAPH <{_OWN}> {{ <http://e.test/{name}> <http://e.test/p> 1 }} }}"
    return commit(home, update(text), origin=ORIGIN)[0]


@pytest.mark.parametrize("kind", ["plain", pytest.param("published", marks=pytest.mark.slow)])
def test_a_writer_killed_at_any_step_loses_nothing(tmp_path: Path, built: Path, kind: str) -> None:
    """Each step of the file work in turn: the old version is current or the new one, whole, and nothing is damaged."""
    home = tmp_path / "home"
    if kind == "plain":
        new_plain(home)
    else:
        build_facts(home, plans=built / "plans")
        insert(home, "old")
    before = current(home).manifest.graphs[_OWN]
    outcomes = []
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, home, _OWN, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            _, ended_by = map(int, line.split())
            version = current(home)
            assert is_whole(version), line
            assert find_damage(home) == [], line
            assert version.manifest.graphs[_OWN] in {before, before + 1}, line
            outcomes.append((ended_by, version.manifest.graphs[_OWN] - before))
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == 0
    assert outcomes[-1] == (0, 1)
    assert {ended_by for ended_by, _ in outcomes[:-1]} == {int(signal.SIGKILL)}
    assert sum(added == 0 for _, added in outcomes) > 10
    assert insert(home, "later").manifest.graphs[_OWN] == before + 2
    assert not (home / "staging").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "commits"), [("plain", 200), ("published", 40)], ids=["plain", "published"])
def test_two_hundred_commits_killed_at_random_times(tmp_path: Path, built: Path, kind: str, commits: int) -> None:
    """Every acknowledged commit is there after each kill, and none is half there; pruning is killed too."""
    home = tmp_path / "home"
    if kind == "plain":
        start_empty(home, now=NOW, author="tests")
    else:
        build_facts(home, plans=built / "plans")
    chance = random.Random(5)  # noqa: S311  (no secret)
    acknowledged, kills = 0, 0
    while acknowledged < commits:
        kills += 1
        with subprocess.Popen(
            [sys.executable, "-c", COMMITTING, home, _OWN, str(acknowledged + 1)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 12)):
                acknowledged = int(process.stdout.readline())
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=chance.uniform(0, 0.2))
            process.kill()
            acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        version = current(home)
        values = values_in(version)
        assert values >= {sign * number for number in range(1, acknowledged + 1) for sign in (1, -1)}
        assert values == {-value for value in values}
        assert max(values) <= acknowledged + 1
        acknowledged = max(values)
        assert is_whole(version)
        assert find_damage(home) == []
    assert kills > commits // 13


@pytest.mark.parametrize("limit", [2_000, 20_000, 66_000, 70_000, 300_000])
def test_a_full_disk_loses_nothing(tmp_path: Path, limit: int) -> None:
    """A writer that may write no larger file fails with a message; the version stays, and the next write is made."""
    home = tmp_path / "home"
    new_plain(home)
    before = current(home)
    data = tmp_path / "data.nt"
    data.write_text(
        "".join(f"<http://e.test/s{n}> <http://e.test/p> <http://e.test/o{n}{'x' * 40}> .\n" for n in range(4000))
    )
    program = "from service.cli import app; app()"
    run = subprocess.run(
        [sys.executable, "-c", program, "commit", data, "--home", home],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: _limit(limit),
    )
    assert run.returncode != 0
    assert run.stderr
    assert "Traceback" not in run.stderr, run.stderr
    assert current(home) == before
    assert is_whole(current(home))
    assert find_damage(home) == []
    assert insert(home, "later").manifest.number > before.manifest.number
    assert not (home / "staging").exists()


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_who_waits_comes_before_who_has_just_written(tmp_path: Path) -> None:
    """A writer that never pauses once kept others out for as long as they would wait."""
    home = tmp_path / "home"
    home.mkdir()

    def write() -> str:
        with writing(home):
            return (home / "last").read_text()

    with (
        subprocess.Popen(
            [sys.executable, "-c", GREEDY, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as greedy,
        ThreadPoolExecutor(1) as beside,
    ):
        assert greedy.stdout is not None
        assert greedy.stdout.readline() == "1\n"
        waiting = beside.submit(write)
        while not is_locked(home / "lock.next"):
            assert not waiting.done()
        greedy.communicate("\n")
        assert waiting.result() == "1"
    assert (home / "last").read_text() == "2"


def is_locked(path: Path) -> bool:
    """Say whether another open file has a lock."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_two_writers_at_once_both_land(tmp_path: Path) -> None:
    """Two processes commit side by side: each commit of each is in the last version, and the chain has no gap."""
    home = tmp_path / "home"
    start_empty(home, now=NOW, author="tests")
    writers = [
        subprocess.Popen([sys.executable, "-c", COMMITTING, home, _OWN, first], stdout=subprocess.PIPE, text=True)
        for first in ("1000", "2000")
    ]
    said: list[list[int]] = []
    for writer in writers:
        assert writer.stdout is not None
        said.append([int(writer.stdout.readline()) for _ in range(10)])
    for writer, numbers in zip(writers, said, strict=True):
        writer.kill()
        with writer:
            assert writer.stdout is not None
            numbers.extend(map(int, writer.stdout.read().split()))
    values = values_in(current(home))
    assert values >= {number for numbers in said for number in numbers}
    chain = [version.manifest for version in kept_versions(home)]
    assert [manifest.parent for manifest in chain[:-1]] == [manifest.number for manifest in chain[1:]]
    assert is_whole(current(home))
