"""Long work in a process apart: its result, its errors and its end."""

from __future__ import annotations

import asyncio
import multiprocessing
import operator
import os
import signal
from typing import TYPE_CHECKING

import pytest
from small_homes import publish_quads, read

from graph.errors import CoorbitError, VersionDamaged
from graph.release import write_current_dump
from service.apart import apart

if TYPE_CHECKING:
    from pathlib import Path


def test_work_is_done_elsewhere() -> None:
    """The result comes back from another process."""
    assert asyncio.run(apart(os.getpid)) != os.getpid()


def test_an_error_comes_back_as_it_was(tmp_path: Path) -> None:
    """Errors of Python and of our own keep their class and text."""
    with pytest.raises(ZeroDivisionError):
        asyncio.run(apart(operator.truediv, 1, 0))
    version = publish_quads(tmp_path, read("<http://e.test/g> { <http://e.test/s> <http://e.test/p> 1 }"), triples=7)
    with pytest.raises(VersionDamaged, match="says 7"):
        asyncio.run(apart(write_current_dump, tmp_path, version.directory, "coorbit.ttl"))


def test_a_process_that_dies_is_told() -> None:
    """No result is an error, and does not wait for ever."""
    with pytest.raises(CoorbitError, match="ended without a result"):
        asyncio.run(apart(os._exit, 3))


def test_who_is_cancelled_leaves_no_process() -> None:
    """Work that nobody waits for any more is ended at once."""

    async def cancelled() -> None:
        work = asyncio.create_task(apart(signal.pause))
        while not multiprocessing.active_children():
            await asyncio.wait({work}, timeout=0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(cancelled())
    assert not multiprocessing.active_children()
