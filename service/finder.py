"""Reads search indexes for requests, in a few threads of the HTTP process.

That process evaluates no queries, since nobody can bound them; a search can be: SQLite stops at the clock, reads a
bounded number of rows, and lets other threads run meanwhile. A process apart would cost each keystroke more than that.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from graph.errors import VersionDamaged
from graph.query_errors import ServiceBusy
from graph.search import Index

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.versions import Version

_T = TypeVar("_T")
_THREADS: Final = 2
_WAITING: Final = 128
_OPEN: Final = 3  # indexes that a thread keeps open: that of the current version, and of older ones asked for


class Finder:
    """Threads, each with the indexes open that it was asked for last."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")
        self._local = threading.local()
        self._asked = 0

    async def ask(self, version: Version, work: Callable[[Index], _T]) -> _T:
        """Do some work on the index of a version.

        Raises:
            NoSearch: the version has no index.
            ServiceBusy: too many ask.
            VersionDamaged: the index cannot be read.
        """
        if self._asked >= _WAITING:
            message = "too many searches wait: try again in a moment"
            raise ServiceBusy(message, retry_after_s=1)
        self._asked += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, version, work)
        finally:
            self._asked -= 1

    def close(self) -> None:
        """Let what runs come to its end and take nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _do(self, version: Version, work: Callable[[Index], _T]) -> _T:
        opened: OrderedDict[tuple[str, ...], Index] | None = getattr(self._local, "opened", None)
        if opened is None:
            opened = self._local.opened = OrderedDict()
        key = (str(version.directory), *(entry.sha256 for entry in version.manifest.search))  # a repair changes them
        index = opened.pop(key, None) or Index(version.directory)
        try:
            done = work(index)
        except VersionDamaged:
            index.close()
            raise
        opened[key] = index
        if len(opened) > _OPEN:
            opened.popitem(last=False)[1].close()
        return done
