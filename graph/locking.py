"""One writer at a time on a home, across processes, and what it leaves behind in staging."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from typing import IO, TYPE_CHECKING, Final

from graph.errors import HomeBusy, HomeUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_WAIT_S: Final = 30.0
_LOCK_STEP_S: Final = 0.01
_SWEEPS: Final = 3


@contextlib.contextmanager
def writing(home: Path, *, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the home's write lock and find its staging area empty; makes the home where there is none.

    Raises:
        HomeBusy: another process holds the lock for longer than `wait_s` seconds.
        HomeUnusable: the home cannot be written.
    """
    deadline = time.monotonic() + wait_s
    try:
        home.mkdir(parents=True, exist_ok=True)
        gate_file, lock_file = (home / "lock.next").open("a"), (home / "lock").open("a")
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault
    with lock_file as lock:
        # Who waits holds the gate, so that the one that has the lock cannot take it again and again before him.
        with gate_file as gate:
            if wait_s > 0:
                _take(gate, home, deadline, wait_s)
            _take(lock, home, deadline, wait_s)
        try:
            _sweep(home)
            try:
                yield
            finally:
                _sweep(home)
        except OSError as fault:  # such as a full disk, in the engine or in our own files
            raise HomeUnusable(home, fault) from fault


def _take(lock: IO[str], home: Path, deadline: float, wait_s: float) -> None:
    """Take a lock until its file is closed.

    Raises:
        HomeBusy: another process has it past the deadline.
    """
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            if time.monotonic() >= deadline:
                raise HomeBusy(home, wait_s) from fault
            time.sleep(_LOCK_STEP_S)


def _sweep(home: Path) -> None:
    """Remove what an unfinished write has left; a store that is still open in a thread may be removing files too."""
    for _ in range(_SWEEPS):
        shutil.rmtree(home / "staging", ignore_errors=True)
        if not (home / "staging").exists():
            return
    shutil.rmtree(home / "staging")
