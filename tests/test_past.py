"""The places of the past: which processes open old versions, what they hold, and that the present goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx
import pytest
from chains import COUNT, NEWEST, count, prune
from processes import alive, children, readers_of, server_at

from graph.errors import VersionPruned
from service.answering import evaluate
from service.app import create_app
from service.jobs import Job
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from conftest import Coorbit, Serve

    from service.deps import Running

ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
UPDATE: Final = {"Content-Type": "application/sparql-update"}


@pytest.fixture
def home(chain: Path, tmp_path: Path) -> Path:
    """A copy of the home with several versions, to be written and pruned."""
    return shutil.copytree(chain, tmp_path / "home", symlinks=True)


def test_more_versions_than_places_take_turns(home: Path, serve: Serve) -> None:
    """Many ask for all versions at once: every answer is of the version asked, and the present goes on between."""
    numbers = [*range(1, NEWEST)] * 10
    with serve(home) as client, ThreadPoolExecutor(8) as pool:

        def ask(place: int) -> tuple[int, int]:
            number = numbers[place]
            other = f"{COUNT} # {place}"  # another question each time, so that no answer is kept ready
            return count(client, query=other, version=number), count(client, query=other)

        assert list(pool.map(ask, range(len(numbers)))) == [(number - 1, NEWEST - 1) for number in numbers]


def test_history_cannot_crowd_out_the_present(home: Path, serve: Serve) -> None:
    """While heavy queries of old versions hold their place or are refused, light ones are answered, new and old."""
    codes: list[int] = []
    stop = threading.Event()
    with serve(home) as client:

        def abuse(number: int) -> None:
            asked = {"query": ENDLESS, "version": str(number), "timeout": "2"}
            while not stop.is_set():
                codes.append(httpx.get(f"{client.base_url}sparql", params=asked, timeout=30).status_code)

        abusers = [threading.Thread(target=abuse, args=(number,)) for number in (2, 3, 4)]
        for abuser in abusers:
            abuser.start()
        try:
            for place in range(40):
                assert count(client, query=f"{COUNT} # {place}") == NEWEST - 1
            for place in range(8):
                assert count(client, query=f"{COUNT} # {place}", version=5) == 4
        finally:
            stop.set()
            for abuser in abusers:
                abuser.join()
    assert set(codes) == {503, 504}


def test_a_version_is_held_while_a_process_reads_it(home: Path, serve: Serve) -> None:
    """Pruning passes over it; no process of the present is drawn into the past, and at most two are there at all."""

    def manifest(number: int) -> Path:
        return (home / "versions" / f"{number:06}" / "manifest.json").resolve()

    with serve(home) as client:
        server = server_at(client.base_url.port)
        assert count(client) == NEWEST - 1
        for number in (2, 3, 4, 5):
            assert count(client, version=number) == number - 1
            assert readers_of(manifest(number))
            assert not prune(home, number)
        old = {process for number in range(1, NEWEST) for process in readers_of(manifest(number))}
        present = readers_of(manifest(NEWEST))
        assert 1 <= len(old) <= 2
        assert present
        assert old | present <= set(children(server))
        assert not old & present
        assert prune(home, 1)
        assert not prune(home, NEWEST)
    assert prune(home, 5)


def test_idle_processes_go_on_to_the_next_version(home: Path, coorbit: Coorbit, serve: Serve) -> None:
    """After a write nobody holds the version before: what waits for queries has opened the new one."""
    token = coorbit("token", "create", "--scope", "write", "--home", home).stdout.strip()
    before = (home / "versions" / f"{NEWEST:06}" / "manifest.json").resolve()
    with serve(home) as client:
        assert count(client) == NEWEST - 1
        headers = UPDATE | {"Authorization": f"Bearer {token}"}
        assert client.post("/sparql", content="INSERT DATA { <urn:s> <urn:made> 7 }", headers=headers).is_success
        while readers_of(before):
            assert count(client) == NEWEST
        assert count(client, version=NEWEST) == NEWEST - 1
        assert count(client) == NEWEST


@pytest.mark.slow
def test_a_version_nobody_asks_for_is_let_go(home: Path, serve: Serve) -> None:
    """A process with an old version open ends when it has waited for a while, and the version can be pruned."""
    with serve(home) as client:
        assert count(client, version=2) == 1
        assert not prune(home, 2)
        while not prune(home, 2):
            assert client.get("/health/live").status_code == 200
        assert client.get("/sparql", params={"query": COUNT, "version": 2}).status_code == 410


def test_a_dead_process_of_the_past_is_replaced(home: Path, serve: Serve) -> None:
    """The next query of that version does not notice."""
    manifest = (home / "versions" / "000002" / "manifest.json").resolve()
    with serve(home) as client:
        for place in range(3):
            assert count(client, query=f"{COUNT} # {place}", version=2) == 1
            for process in readers_of(manifest):
                os.kill(process, signal.SIGKILL)
                while alive(process):
                    os.sched_yield()


@contextlib.asynccontextmanager
async def running(home: Path) -> AsyncIterator[Running]:
    """The parts of a service that knows the current version, without its HTTP."""
    parts: Running = create_app(Settings(home=home)).state.running
    parts.stage = "ready"
    await parts.pool.start()
    parts.pool.open(str(parts.current.read().store))
    try:
        yield parts
    finally:
        await parts.pool.close()


def test_a_version_pruned_while_a_query_waits_is_gone(home: Path) -> None:
    """The error is that of a pruned version, not of a store that cannot be opened."""

    async def ask() -> None:
        async with running(home) as parts:
            job = Job(store=str(parts.current.at(3).store), query=COUNT, solutions="csv", version=3)
            assert prune(home, 3)
            await evaluate(parts, job, client="tests")

    with pytest.raises(VersionPruned):
        asyncio.run(ask())


def test_who_reads_just_before_a_write_holds_nothing_back(home: Path) -> None:
    """A request that found version 5 current is answered from it though 6 came, and then nobody has 5 open."""
    manifest = (home / "versions" / "000005" / "manifest.json").resolve()

    async def ask() -> bytes:
        async with running(home) as parts:
            job = Job(store=str(manifest.parent / "store"), query=COUNT, solutions="csv")
            done = await evaluate(parts, job, client="tests")
            async with asyncio.timeout(20):
                while readers_of(manifest):  # noqa: ASYNC110  (the system tells nobody when a file is closed)
                    await asyncio.sleep(0)
            return done.body()

    assert asyncio.run(ask()).split() == [b"n", b"4"]


def test_the_past_may_call_where_the_present_may(home: Path, serve: Serve) -> None:
    """SERVICE with a listed address works on an old version too, and the place is free again afterwards."""
    with serve(home) as other, serve(home, COORBIT_SERVICE_ALLOW=f"{other.base_url}sparql") as client:
        query = f"SELECT ?n {{ ?s <urn:made> 2 SERVICE <{other.base_url}sparql> {{ {COUNT} }} }}"
        for _ in range(4):
            assert count(client, query=query, version=2) == NEWEST - 1
        assert count(client, version=2) == 1
