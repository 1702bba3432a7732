"""The version that is current now, read anew for each request but parsed once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from graph.errors import NoVersion
from graph.versions import Version, current

if TYPE_CHECKING:
    from pathlib import Path


class Current:
    """The current version of a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._link = str(home / "current")
        self._target = ""
        self._version: Version | None = None

    def target(self) -> str:
        """Return what the link `current` names: a microsecond, enough to see whether the version has changed.

        Raises:
            NoVersion: there is none.
        """
        try:
            return os.readlink(self._link)  # noqa: PTH115  (a Path would take several times as long)
        except OSError as fault:
            raise NoVersion(self._home) from fault

    def read(self) -> Version:
        """Return the version.

        Raises:
            NoVersion: there is none.
            HomeUnusable: the home cannot be read.
        """
        target = self.target()
        if self._version is None or target != self._target:
            self._version, self._target = current(self._home), target
        return self._version
