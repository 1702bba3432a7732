"""Damage that work on a home comes to: the version is marked, and whoever asked is told how it is mended."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from graph.damaged import is_damage, is_marked, mark
from graph.errors import HomeUnusable, VersionDamaged
from graph.query_errors import QueryFailed
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION: Final = re.compile(r"/versions/([0-9]{6,})/")


@contextlib.contextmanager
def damage_told(home: Path) -> Iterator[None]:
    """Mark the version whose files are found not to be what was written.

    It is the one that an error of ours tells of, or whose file the engine names, else the current one, whose files a
    write takes over by hard links.

    Raises:
        VersionDamaged: it is so; nothing was written.
    """
    try:
        yield
    except VersionDamaged as fault:
        _mark_once(home / "versions" / f"{fault.number:06}", str(fault))
        raise
    except (RuntimeError, OSError, QueryFailed, HomeUnusable) as fault:
        reason = fault.__cause__ if isinstance(fault, QueryFailed | HomeUnusable) else fault
        if not isinstance(reason, Exception) or not is_damage(reason):
            raise
        named = _VERSION.search(str(reason))
        version = home / "versions" / named[1] if named else current(home).directory
        _mark_once(version, str(reason))
        raise VersionDamaged(int(version.name), "a part of its store cannot be read") from fault


def _mark_once(version: Path, why: str) -> None:
    if not is_marked(version):
        mark(version, why)
