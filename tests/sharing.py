"""What is dear to make is made once for a whole run, however many processes run it, and given out as copies.

A process of pytest-xdist has session fixtures of its own, so that what they make would be made by each of them.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

MadeT = TypeVar("MadeT")
_NEVER_CHANGED = {".sst", ".gz"}  # files that nobody writes again: a copy may be a link


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that is made once in a run, by the process that first asks for it; the others wait.

    Args:
        tmp_path_factory: of the process.
        name: of the folder; who asks for one name gets one folder.
        make: makes the folder, whose parent is there, at the path that it is called with.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, making = shared / name, shared / f"{name}.making"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(making, ignore_errors=True)  # of one that failed
            make(making)
            making.rename(folder)
    return folder


def spared(made: MadeT) -> MadeT:
    """Return what is kept to the end; the garbage collector passes over it from now on.

    It would look through millions of objects after each commit, which takes ten times as long as the commit.
    """
    gc.collect()
    gc.freeze()
    return made


def copy_home(home: Path, to: Path) -> Path:
    """Copy a home that nobody has opened for writing; the large files, which nobody changes, are links.

    Manifests and locks are files of their own: a version that is held in one home is not held in the other.

    Returns:
        The new home.
    """
    shutil.copytree(home, to, symlinks=True, copy_function=_copied, ignore=shutil.ignore_patterns("lock*"))
    return to


def _copied(source: str, to: str) -> None:
    if Path(source).suffix in _NEVER_CHANGED:
        os.link(source, to)
    else:
        shutil.copy2(source, to)
