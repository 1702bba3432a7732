"""Long work of the service's own in a process apart: requests go on being answered, and a stop ends it at once.

The pool is for queries and writes of clients, under their limits; this is for what the service does by itself, such as
building the dataset or writing a dump.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from multiprocessing import get_context
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from graph.errors import CoorbitError
from service.sandbox import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

_P = ParamSpec("_P")
_R = TypeVar("_R")
_SPAWN = get_context("spawn")


async def apart(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Do some work in a fresh process and return its result; cancelled, the process is ended.

    Args:
        work: a function at the top of a module.
        args: can be pickled, as the result can.
        kwargs: likewise.

    Raises:
        CoorbitError: the process ended without a result; or what the work raised.
    """
    ours, theirs = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_do, args=(theirs, os.getpid(), work, args, kwargs), daemon=True)
    process.start()
    theirs.close()
    try:
        await _readable(ours)
        done, result = ours.recv()
    except EOFError as fault:
        message = f"the process for {work.__name__} ended without a result; the log says why"
        raise CoorbitError(message) from fault
    finally:
        ours.close()
        process.kill()  # it has nothing left to do, or is not to go on
        process.join()
    if not done:
        raise result
    return cast("_R", result)


async def _readable(connection: Connection) -> None:
    """Return when something can be read, the end included."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection.fileno())


def _do(
    connection: Connection, parent: int, work: Callable[..., object], args: tuple[object, ...], named: dict[str, object]
) -> None:
    die_with_parent(parent)
    with contextlib.suppress(BrokenPipeError):
        try:
            result = work(*args, **named)
        except Exception as error:  # noqa: BLE001  (whatever it was goes to whoever asked for the work)
            connection.send((False, error))
        else:
            connection.send((True, result))
