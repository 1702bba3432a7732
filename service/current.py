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
        self._name = ""
        self._version: Version | None = None

    def name(self) -> str:
        """Return the name of the version's directory: a microsecond, enough to see whether the version has changed.

        Raises:
            NoVersion: there is none.
        """
        try:
            return os.readlink(self._link).rpartition("/")[2]  # noqa: PTH115  (a Path would take several times as long)
        except OSError as fault:
            raise NoVersion(self._home) from fault

    def read(self) -> Version:
        """Return the version.

        Raises:
            NoVersion: there is none.
            HomeUnusable: the home cannot be read.
        """
        name = self.name()
        if self._version is None or name != self._name:
            self._version, self._name = current(self._home), name
        return self._version
