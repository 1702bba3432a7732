"""The dumps of the current version: each is written when it is first asked for, once.

A process of its own writes it, so that requests are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from graph.release import write_current_dump
from service.apart import apart
from service.damage import damage_told

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version


class DumpKeeper:
    """Knows where the dumps of a version are, and has them written."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._one_at_a_time = asyncio.Lock()
        self._writing: dict[Path, asyncio.Task[None]] = {}

    async def path(self, version: Version, name: str) -> Path:
        """Return the path of a dump, once it is there; who leaves meanwhile does not stop its writing.

        Raises:
            CoorbitError: it cannot be written.
        """
        path = version.dumps / name
        if not path.exists():
            if path not in self._writing:
                task = asyncio.create_task(self._write(version, name))
                self._writing[path] = task
                task.add_done_callback(lambda _: self._writing.pop(path))
            await asyncio.shield(self._writing[path])
        return path

    async def close(self) -> None:
        """End what is being written."""
        tasks = list(self._writing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self, version: Version, name: str) -> None:
        async with self._one_at_a_time:
            await apart(_write_dump, self._home, version.directory, name)


def _write_dump(home: Path, directory: Path, name: str) -> None:
    with damage_told(home):
        write_current_dump(home, directory, name)
