"""Places, turns and replacements in the pool: who waits for whom, and what becomes of a process that dies."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import alive, children, family, is_lowered, server_at

from graph.query_errors import ServiceBusy
from service.nursery import Nursery
from service.settings import Settings
from service.waiting import WaitingRoom
from service.worker import Worker
from service.zygote import LOCKED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Coorbit, Serve

ENDLESS = "SELECT (COUNT(*) AS ?count) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def in_a_loop(check: Callable[[], None]) -> None:
    """Run a check where an event loop runs."""

    async def run() -> None:
        check()

    asyncio.run(run())


def worker() -> Worker:
    """Return a worker that is only handed around."""
    return Worker(lambda _worker: None, reusable=True)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40))
def test_clients_take_turns(arrivals: list[str]) -> None:
    """In any order of arrival: the nth query of a client waits for at most n of each other client."""

    def check() -> None:
        room: WaitingRoom[Worker] = WaitingRoom(100)
        turns = [(client, room.enter(client)) for client in arrivals]
        served: list[str] = []
        while len(room):
            room.admit(worker())
            came, turn = next(each for each in turns if each[1].done())
            turns.remove((came, turn))
            served.append(came)
        assert sorted(served) == sorted(arrivals)
        for place, client in enumerate(served):
            rank = served[: place + 1].count(client)
            assert all(served[:place].count(other) <= rank for other in set(arrivals))

    in_a_loop(check)


def test_within_a_client_first_come_first_served() -> None:
    """Two queries of one client are served in the order in which they came."""

    def check() -> None:
        room: WaitingRoom[Worker] = WaitingRoom(2)
        first, second = room.enter("a"), room.enter("a")
        with pytest.raises(ServiceBusy) as full:
            room.enter("a")
        assert full.value.retry_after_s > 0
        room.admit(worker())
        assert (first.done(), second.done()) == (True, False)

    in_a_loop(check)


def test_a_full_room_is_shared() -> None:
    """A client that fills the room makes place for others, from its last query on, until all have as many."""

    def check() -> None:
        room: WaitingRoom[Worker] = WaitingRoom(4)
        many = [room.enter("a") for _ in range(4)]
        others = [room.enter(client) for client in ("b", "c")]
        assert [turn.done() for turn in many] == [False, False, True, True]
        assert all(isinstance(turn.exception(), ServiceBusy) for turn in many[2:])
        assert not any(turn.done() for turn in others)
        with pytest.raises(ServiceBusy):
            room.enter("b")
        assert len(room) == 4

    in_a_loop(check)


def test_who_leaves_gives_up_the_turn() -> None:
    """A query whose client has gone takes no process from those behind it."""

    def check() -> None:
        room: WaitingRoom[Worker] = WaitingRoom(3)
        gone, next_one = room.enter("a"), room.enter("a")
        room.leave("a", gone)
        room.admit(worker())
        assert next_one.done()
        assert not gone.done()
        assert len(room) == 0

    in_a_loop(check)


def test_a_fork_that_nobody_waits_for_leaves_no_process(tmp_path: Path) -> None:
    """A task that is cancelled before its process is up takes the process with it; others stay."""

    def forked() -> list[int]:
        zygotes = {each for each, parent in family("zygote").items() if parent == os.getpid()}
        return [each for each, parent in family("").items() if parent in zygotes]

    async def check() -> None:
        nursery = Nursery(Settings(home=tmp_path), lambda _worker: None)
        nursery.start()
        try:
            for steps in range(8):  # wherever it is by then
                given_up = asyncio.create_task(nursery.fork(LOCKED))
                for _ in range(steps):
                    await asyncio.sleep(0)
                given_up.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await given_up
            kept = await nursery.fork(LOCKED)
            async with asyncio.timeout(20):
                while forked() != [kept.process_id]:  # noqa: ASYNC110  (the system tells nobody of a grandchild's end)
                    await asyncio.sleep(0)
        finally:
            nursery.close()

    asyncio.run(check())


def test_after_the_death_of_the_zygote_another_takes_its_place(home: Path, serve: Serve) -> None:
    """Killed with all its children, it is replaced, and queries go on being answered."""
    with serve(home) as client:
        server = server_at(client.base_url.port)
        zygote = next(each for each in children(server) if family("zygote").get(each) == server)
        os.kill(zygote, signal.SIGKILL)
        while alive(zygote):
            os.sched_yield()
        for number in range(20):
            response = client.get("/sparql", params={"query": f"ASK {{}} #{number}"})
            assert response.is_success, response.text
        assert any(family("zygote").get(each) == server for each in children(server))


def test_a_new_version_drops_no_running_query(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """A query that runs while a write is made ends on the version that it began on; the next one sees the write."""
    home = tmp_path / "home"
    token = coorbit("token", "create", "--scope", "write", "--home", home).stdout.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sparql-update"}
    data = " ".join(f"<urn:s{number}> <urn:p> {number} ." for number in range(400))
    counted = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o . ?t ?q ?u . ?v ?r ?w FILTER(?o + ?u + ?w > 5) }"
    count_new = "SELECT (COUNT(*) AS ?n) { <urn:new> ?p ?o }"
    answers: list[httpx.Response] = []
    with serve(home, "--empty", "--no-shapes") as client:
        assert client.post("/sparql", content=f"INSERT DATA {{ {data} }}", headers=headers).status_code == 204

        def ask() -> None:
            answers.append(httpx.get(f"{client.base_url}sparql", params={"query": counted, "timeout": "4"}, timeout=30))

        asker = threading.Thread(target=ask)
        asker.start()
        server = server_at(client.base_url.port)
        while not any(is_lowered(each) for each in children(server)):
            assert asker.is_alive()
        for number in range(3):
            update = f"INSERT DATA {{ <urn:new> <urn:p> {number} }}"
            assert client.post("/sparql", content=update, headers=headers).status_code == 204
            seen = client.get("/sparql", params={"query": count_new, "format": "csv"})
            assert seen.text.split()[1] == str(number + 1)
        assert asker.is_alive()
        asker.join()
    assert answers[0].status_code in {200, 504}  # ended by its own limit or its end, not by the writes
