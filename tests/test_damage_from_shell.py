"""Commands that come to a damaged part of a store: they say so, mark the version, and name the repair."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graph.damaged import is_marked
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit, Serve

MANY = 20_000
SPOILT = 512  # bytes between those that are changed, so that every block is


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory, coorbit: Coorbit) -> Path:
    """A plain home of two versions that share damaged files; the file of what the second changed is gone."""
    folder = tmp_path_factory.mktemp("damaged")
    home, data = folder / "home", folder / "many.nq"
    rows = (f"<http://e.test/s{n}> <http://e.test/p> <http://e.test/o{n}> <http://e.test/g> .\n" for n in range(MANY))
    data.write_text("".join(rows))
    assert coorbit("build", "--from", data, "--no-shapes", "--home", home).returncode == 0
    data.write_text("<http://e.test/s> <http://e.test/p> <http://e.test/o> <http://e.test/g> .\n")
    assert coorbit("commit", data, "--home", home).returncode == 0
    version = current(home)
    version.changes.unlink()
    for path in version.store.glob("*.sst"):
        content = bytearray(path.read_bytes())
        end = len(content) // 2  # the engine reads a file's end when it opens it
        for place in range(SPOILT, end, SPOILT):
            content[place] ^= 0xFF
        path.write_bytes(content)
    return home


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["query", "SELECT ?s { GRAPH ?g { ?s ?p ?o } }"], id="query"),
        pytest.param(["dump"], id="dump"),
        pytest.param(["diff", "1", "2"], id="diff"),
        pytest.param(["commit", "more.nq"], id="commit"),
        pytest.param(["release", "2026.12"], id="release"),
    ],
)
def test_damage_is_told_and_marked(damaged: Path, coorbit: Coorbit, tmp_path: Path, command: list[str]) -> None:
    """No traceback; and what was asked for is not made."""
    home = tmp_path / "home"
    shutil.copytree(damaged, home, symlinks=True)
    rows = (f"<http://e.test/s{n}> <http://e.test/p> <http://e.test/o{n}> <http://e.test/g> .\n" for n in range(MANY))
    (tmp_path / "more.nq").write_text("".join(rows))
    run = coorbit(*(tmp_path / each if each == "more.nq" else each for each in command), "--home", home)
    assert run.returncode == 1, run.stdout[:500]
    assert run.stderr.splitlines()[-1].startswith("coorbit: version ")
    assert "coorbit check store says which files, and mends them with --repair" in run.stderr
    assert "Traceback" not in run.stderr
    assert any(is_marked(home / "versions" / name) for name in ("000001", "000002"))
    assert current(home).manifest.number == 2
    assert not (home / "releases" / "2026.12").exists()


def test_a_service_tells_damage_of_dumps_and_tokens(
    damaged: Path, coorbit: Coorbit, serve: Serve, tmp_path: Path
) -> None:
    """503 that says what to do and names no path: a dump of a damaged store, a damaged release, damaged tokens."""
    home = tmp_path / "home"
    shutil.copytree(damaged, home, symlinks=True)
    token = coorbit("token", "create", "--scope", "write", "--home", home).stdout.strip()
    (release,) = [each.name for each in (home / "releases").glob("[!.]*")]
    dumps = home / "releases" / release / "dumps"
    with serve(home) as client:
        said = {"coorbit.ttl": "--repair", "coorbit.trig": "--repair"}
        (dumps / "coorbit.nq.gz").write_bytes(b"damaged")
        said[f"{release}/coorbit.nq.gz"] = "put the file back from a backup"
        content = bytearray((dumps / "coorbit.nt.gz").read_bytes())
        content[len(content) // 2] ^= 0xFF
        (dumps / "coorbit.nt.gz").write_bytes(content)
        said[f"{release}/coorbit.nt.gz"] = "put the file back from a backup"
        for path, todo in said.items():
            answer = client.get(f"/dumps/{path}")
            assert answer.status_code == 503, (path, answer.text[:200])
            assert todo in answer.json()["detail"]
            assert str(tmp_path) not in answer.text
        (dumps / "release.json").write_text("{")
        gone = client.get(f"/dumps/{release}/coorbit.ttl.gz")
        assert (gone.status_code, "release.json is not what it was" in gone.json()["detail"]) == (503, True)
        (home / "tokens.json").write_text("{")
        refused = client.post("/sparql", data={"update": "CLEAR ALL"}, headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 503, refused.text
        assert "coorbit token create" in refused.json()["detail"]
        assert str(tmp_path) not in refused.text
