"""Folders for the work of one process: beside the versions of a home, for hard links, or among the temporary files.

Its process holds a lock on each for as long as it lives; so whoever removes one knows that nobody is at work in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.errors import HomeUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = "validating"
"""Where they lie in a home, apart from the staging area that each writer sweeps."""


def take(home: Path, name: str) -> Path:
    """Make a folder; it is this process's until it ends.

    Raises:
        HomeUnusable: the home cannot be written.
    """
    folder = home / FOLDER / name
    try:
        folder.parent.mkdir(exist_ok=True)
        with _locked(folder.parent, fcntl.LOCK_SH):  # no sweep finds it without its lock
            folder.mkdir()
            fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX)  # never closed: the kernel does it at the end
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault
    return folder


def take_temporary(prefix: str) -> str:
    """Make a folder among the temporary files; it is this process's until it ends.

    Empty ones of processes that have ended without removing them go first. One that holds a file stays: a folder that
    was removed while in use and made again has no lock.
    """
    _sweep_temporary(prefix)
    while True:
        folder = tempfile.mkdtemp(prefix=prefix)
        with contextlib.suppress(FileNotFoundError):  # a sweep came before the lock
            held = os.open(folder, os.O_RDONLY)  # never closed, as above
            fcntl.flock(held, fcntl.LOCK_EX)
            if Path(folder).stat().st_ino == os.fstat(held).st_ino:
                return folder


def clear(home: Path, name: str) -> None:
    """Remove a folder, if there is one, as soon as its process has ended."""
    folder = home / FOLDER / name
    with contextlib.suppress(FileNotFoundError), _locked(folder, fcntl.LOCK_EX):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove the folders of processes that have ended and that nobody has cleared, as of a service that was killed.

    Where that cannot be done, as in a home that may only be read, they stay.
    """
    with contextlib.suppress(OSError), _locked(home / FOLDER, fcntl.LOCK_EX):
        for folder in (home / FOLDER).iterdir():
            with (
                contextlib.suppress(OSError),  # of them BlockingIOError: its process is at work
                _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB),
            ):
                shutil.rmtree(folder, ignore_errors=True)


def _sweep_temporary(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with (
            contextlib.suppress(OSError),  # another's, in use, or not empty
            _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            folder.rmdir()


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, how)
        yield
    finally:
        os.close(held)
