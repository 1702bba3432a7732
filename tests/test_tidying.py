"""What follows a write, removing old versions and copying one to mend from: no write waits for it or fails by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conftest import wait_until_gone

from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve


def insert(client: httpx.Client, number: int) -> httpx.Response:
    """Write one triple."""
    update = f"INSERT DATA {{ <http://e.test/s> <http://e.test/p> {number} }}"
    return client.post("/sparql", data={"update": update})


def held_up(manifest: Path, pipe: Path) -> bytes:
    """Make a manifest a pipe, so that whoever prunes waits; return what it held."""
    content, other = manifest.read_bytes(), pipe.with_suffix(".other")
    os.mkfifo(pipe)
    os.link(pipe, other)
    other.replace(manifest)
    return content


def let_go(manifest: Path, pipe: Path, content: bytes) -> None:
    """Let the process go on that reads the pipe in place of the manifest."""
    other = pipe.with_suffix(".other")
    other.write_bytes(content)
    other.replace(manifest)
    pipe.write_bytes(content)


def test_the_answer_comes_before_old_versions_go(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """Longer than the time limit of a write does it take, and is done all the same; the next write comes after it."""
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    environment = {"COORBIT_QUERY_TIMEOUT_S": "2", "COORBIT_KEEP_VERSIONS": "2"}
    versions, pipe = tmp_path / "versions", tmp_path / "pipe"
    with serve(tmp_path, "--empty", "--no-shapes", **environment) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert [insert(client, number).status_code for number in (2, 3)] == [204, 204]
        wait_until_gone(versions / "000001")
        manifest = versions / "000002" / "manifest.json"
        content = held_up(manifest, pipe)
        assert insert(client, 4).status_code == 204
        assert current(tmp_path).manifest.number == 4
        busy = insert(client, 5)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
        assert "nothing was changed" in busy.json()["detail"]
        assert current(tmp_path).manifest.number == 4
        let_go(manifest, pipe, content)
        wait_until_gone(versions / "000002")
        assert insert(client, 5).status_code == 204


def test_a_commit_is_made_though_old_versions_stay(tmp_path: Path, coorbit: Coorbit) -> None:
    """A copy that cannot be written is told, and the next write tries again; the commit itself has not failed."""
    data, home = tmp_path / "a.ttl", tmp_path / "home"
    data.write_text("<http://e.test/s> <http://e.test/p> 1 .")
    coorbit("build", "--from", data, "--no-shapes", "--home", home)
    (home / "bases").write_text("in the way")
    for number in (2, 3):
        data.write_text(f"<http://e.test/s> <http://e.test/p> {number} .")
        run = coorbit("commit", data, "--home", home, COORBIT_KEEP_VERSIONS="1")
        assert run.stdout.startswith(f"version {number} published")
    assert run.returncode == 0, run.stderr
    assert "the next write does it" in run.stderr
