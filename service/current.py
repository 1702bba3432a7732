"""The version to answer from: the one that is current now, read anew for each request but parsed once, or an older one.

What a version says of itself never changes, so a manifest is read once; whether the version is still kept is looked at
each time.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from graph.kept import find_version
from graph.versions import LINK, Version, current, no_current

if TYPE_CHECKING:
    from pathlib import Path

_OLDER_VERSIONS: Final = 64  # manifests that are kept parsed


class Current:
    """The current version of a home, and older ones by their number."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._link = str(home / LINK)
        self._name = ""
        self._version: Version | None = None
        self._older: OrderedDict[int, Version] = OrderedDict()

    def name(self) -> str:
        """Return the name of the version's directory: a microsecond, enough to see whether the version has changed.

        Raises:
            NoVersion: there is none.
            VersionDamaged: nothing says which it is.
        """
        try:
            return os.readlink(self._link).rpartition("/")[2]  # noqa: PTH115  (a Path would take several times as long)
        except OSError as fault:
            raise no_current(self._home) from fault

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

    def forget(self) -> None:
        """Read all manifests anew: a repair has changed where a version's store is."""
        self._version = None
        self._older.clear()

    def at(self, number: int) -> Version:
        """Return a version by its number.

        Raises:
            NoVersion: there is none at all.
            HomeUnusable: the home cannot be read.
            VersionUnknown: there never was one of that number.
            VersionPruned: there was, and it is no longer kept.
        """
        newest = self.read()
        if number == newest.manifest.number:
            return newest
        version = self._older.pop(number, None)
        if version is None or not version.store.exists():
            version = find_version(self._home, number)
        self._older[number] = version
        if len(self._older) > _OLDER_VERSIONS:
            self._older.popitem(last=False)
        return version
