"""Whether a query that found no end found damage instead.

Where a block of a store is not what was written, the engine's aggregates take its error for an endless row of rows: the
query ends by its memory or its time. So after such an end the version's files are read once, beside the answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from graph.damaged import is_marked, mark
from graph.errors import CoorbitError, VersionDamaged
from graph.integrity import find_damage

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_WAIT_S: Final = 3.0
_AGAIN_S: Final = 600.0  # whoever sends heavy queries must not have files read all the time


class Suspicion:
    """Looks for damage where there is reason to."""

    def __init__(self) -> None:
        self._looked: dict[Path, float] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def refuse_if_damaged(self, version: Path) -> None:
        """Look through a version's files, at most every ten minutes; wait a little for what is found.

        Args:
            version: its directory.

        Raises:
            VersionDamaged: there is damage.
        """
        now = time.monotonic()
        if not is_marked(version) and now >= self._looked.get(version, now) and not self._looking:
            self._looked[version] = now + _AGAIN_S
            looking = asyncio.create_task(asyncio.to_thread(_look, version))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)
            await asyncio.wait({looking}, timeout=_WAIT_S)
        if is_marked(version):
            raise VersionDamaged(int(version.name), "a part of its store cannot be read")


def _look(version: Path) -> None:
    try:
        found = find_damage(version.parents[1], int(version.name))
    except (CoorbitError, OSError, ValueError) as fault:
        _log.warning("could not look for damage version=%s error=%s", version.name, fault)
        return
    if found := [damage for damage in found if damage.in_store]:
        mark(version, found[0].text())
