"""The process that evaluates queries, apart from the one that speaks HTTP.

Only ending a process surely ends a query: the engine has no limit and no cancel of its own. One process, one query
at a time; a query past the time limit is killed with its process, and the next one gets a new process.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.errors import CoorbitError, QueryFailed, QueryTimeout
from service.evaluation import Answer, Job, evaluate

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

_log = logging.getLogger(__name__)

# Spawned, never forked: the HTTP process has threads by the time it starts one.
_READY = "ready"
_STACK_BYTES = 512 * 1024 * 1024
_SPAWN = multiprocessing.get_context("spawn")


class Worker:
    """One query process, started at the first query and again after each kill."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        # One thread, so that jobs keep their order and an answer nobody waits for any more is still read.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coorbit-query")
        self._closed = False
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    async def answer(self, store: Path, job: Job) -> Answer:
        """Evaluate a job on the store at a path; jobs wait for each other in order.

        Raises:
            QueryTimeout: the limit passed; the query was ended.
            QueryError: another reason why there is no answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, store, job)

    def close(self) -> None:
        """End the process, and with it the query that it evaluates; queries that wait are not answered any more."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            self._process.kill()  # the thread sees the end of the connection and cleans up
        self._thread.shutdown()

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None

    def _ask(self, store: Path, job: Job) -> Answer:
        try:
            return self._exchange(store, job)
        except (EOFError, OSError):
            self._end()  # it may have died while idle, and a read can be asked again
        if self._closed:
            message = "the service is stopping"
            raise QueryFailed(message)
        try:
            return self._exchange(store, job)
        except (EOFError, OSError) as fault:
            self._end()
            _log.warning("query process ended before its answer, twice")
            message = "the process that evaluated the query ended before it was done"
            raise QueryFailed(message) from fault

    def _exchange(self, store: Path, job: Job) -> Answer:
        """Send a job and return its answer; EOFError or OSError where the process is gone."""
        connection = self._started()
        connection.send((store, job))
        if not connection.poll(self._timeout_s):
            self._end()
            raise QueryTimeout(self._timeout_s)
        answer = connection.recv()
        if isinstance(answer, Answer):
            return answer
        raise answer

    def _started(self) -> Connection:
        if self._connection is None:
            self._connection, theirs = _SPAWN.Pipe()
            self._process = _SPAWN.Process(target=_serve, args=(theirs,), name="coorbit-query", daemon=True)
            self._process.start()
            theirs.close()
            self._connection.recv()  # ready: from here on the time is the query's
        return self._connection


def _serve(connection: Connection) -> None:
    """Answer jobs in a thread with room for deep recursion: the engine's parser descends once per nested group."""
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_answer_jobs, args=(connection,))
    thread.start()
    thread.join()


def _answer_jobs(connection: Connection) -> None:
    """Answer jobs until the other end closes; the store of the last job stays open for the next."""
    connection.send(_READY)
    path: Path | None = None
    store = ox.Store()
    while True:
        try:
            wanted, job = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        answer: Answer | CoorbitError
        try:
            if wanted != path:
                store, path = ox.Store.read_only(str(wanted)), wanted
            answer = evaluate(store, job)
        except CoorbitError as error:
            answer = error
        connection.send(answer)
