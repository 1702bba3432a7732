"""Writers that are killed while a client waits: it is told, and what was acknowledged is there, whole."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox
from processes import alive, children, family, server_at

from graph.integrity import find_damage
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit, Serve

KILLS = 12
MANY = 5000  # so that a write lasts long enough to be killed in it


def test_a_client_is_told_when_its_writer_is_killed(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """Killed at whatever it does: a 500 that says how to find out, or the commit is made; the next write is made.

    One that is killed before it could be given its job is 503, since there was no process to write. Each kill comes a
    little later than the one before it.
    """
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    sent: dict[int, int] = {}
    with serve(tmp_path, "--empty", "--no-shapes") as client, ThreadPoolExecutor(1) as beside:
        client.headers["Authorization"] = f"Bearer {token}"
        server = server_at(client.base_url.port)
        zygote = next(each for each, parent in family("zygote").items() if parent == server)

        def write(number: int) -> int:
            rows = f"<http://e.test/s> <http://e.test/p> {number}, {-number} ."
            more = "".join(f"<http://e.test/s{row}> <http://e.test/q> {number} ." for row in range(MANY))
            answer = client.post("/sparql", data={"update": f"INSERT DATA {{ {rows} {more} }}"})
            if answer.status_code == 500:
                assert "/versions has it" in answer.json()["detail"]
            return answer.status_code

        for number in range(1, KILLS + 1):
            before = set(children(zygote))
            answer = beside.submit(write, number)
            while not (writers := set(children(zygote)) - before) and not answer.done():
                pass
            for _ in range(number):
                if answer.done():
                    break
                children(zygote)
            for writer in writers:
                if alive(writer) and not answer.done():
                    os.kill(writer, signal.SIGKILL)
            sent[number] = answer.result()
            assert find_damage(tmp_path) == []
        sent[0] = write(KILLS + 1)
        assert client.get("/health/ready").json()["version"] == current(tmp_path).manifest.number
    assert sent.pop(0) == 204
    assert set(sent.values()) <= {204, 500, 503}
    assert 500 in sent.values()
    store = ox.Store.read_only(str(current(tmp_path).store))
    said = store.quads_for_pattern(ox.NamedNode("http://e.test/s"), None, None)
    values = {int(quad.object.value) for quad in said if isinstance(quad.object, ox.Literal)}
    assert values >= {sign * number for number, status in sent.items() for sign in (1, -1) if status == 204}
    assert values == {-value for value in values}
    assert not values & {number for number, status in sent.items() if status == 503}
    assert len(store) == len(values) + MANY * len(values) // 2
