"""The versions of a home that are kept: which they are, one by its number, and the hold by which one stays.

Versions are pruned while others read them. The engine opens its files late, so whoever reads a version holds it
meanwhile, by a shared lock on its manifest, and a version is removed under the exclusive one alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
from typing import TYPE_CHECKING, BinaryIO, Final

from graph.errors import VersionDamaged, VersionPruned, VersionUnknown
from graph.manifests import MANIFEST
from graph.versions import current, read_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.versions import Version

_log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[0-9]{6,}")


def find_version(home: Path, number: int) -> Version:
    """Return a version by its number.

    Raises:
        NoVersion: the home holds no version at all.
        HomeUnusable: the home cannot be read.
        VersionUnknown: there never was one of that number.
        VersionPruned: there was, and it is no longer kept.
    """
    newest = current(home)
    if number == newest.manifest.number:
        return newest
    if not 0 < number < newest.manifest.number:
        raise VersionUnknown(number, newest=newest.manifest.number)
    kept = _numbers(newest)
    if number in kept:
        with contextlib.suppress(FileNotFoundError):  # pruned since the folder was listed
            version = _read(newest, number)
            if not _was_current(newest, version, kept):
                raise VersionUnknown(number, newest=newest.manifest.number)
            return version
    before = [each for each in kept if each < number]
    after = [each for each in kept if each > number]
    raise VersionPruned(number, nearest=before[-1:] + after[:1])


def kept_versions(home: Path) -> list[Version]:
    """Return the versions that are kept, the current one first.

    Raises:
        NoVersion: the home holds no version at all.
        HomeUnusable: the home cannot be read.
    """
    newest = current(home)
    chain = [newest]
    for number in reversed(_numbers(newest)):
        parent = chain[-1].manifest.parent or 0
        if number <= parent:  # else it is the current one, or one that never was
            try:
                chain.append(_read(newest, number))
            except FileNotFoundError:
                continue
            except VersionDamaged as fault:  # its manifest: coorbit check store mends it
                _log.warning("passed over version=%d why=%s", number, fault)
    return chain


def hold(version: Path) -> BinaryIO:
    """Keep a version from being pruned until the file that is returned is closed, or its process has ended.

    Args:
        version: its directory.

    Raises:
        FileNotFoundError: it has been pruned, or is being pruned.
    """
    manifest = version / MANIFEST
    holding = manifest.open("rb")
    try:
        fcntl.flock(holding, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(holding.fileno()), manifest.stat()):
            return holding
        raise FileNotFoundError(manifest)
    except BlockingIOError as fault:
        holding.close()
        raise FileNotFoundError(manifest) from fault
    except OSError:
        holding.close()
        raise


def claim(version: Path) -> BinaryIO | None:
    """Take a version to remove it: nobody holds it, and nobody can until the file that is returned is closed.

    Whoever claims a version moves its directory away before removing what is in it, so that no reader finds a part.

    Args:
        version: its directory.

    Returns:
        The file to close, None where a process holds the version.

    Raises:
        FileNotFoundError: there is no such version.
    """
    claimed = (version / MANIFEST).open("rb")
    try:
        fcntl.flock(claimed, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claimed.close()
        return None
    return claimed


def _numbers(newest: Version) -> list[int]:
    """Return the numbers in the versions folder up to the current one, in order."""
    names = (path.name for path in newest.directory.parent.iterdir())
    numbers = sorted(int(name) for name in names if _NAME.fullmatch(name))
    return [number for number in numbers if number <= newest.manifest.number]


def _was_current(newest: Version, version: Version, kept: Sequence[int]) -> bool:
    """Say whether a version ever was the current one: a writer may have died before, so that nobody was told of it."""
    number = version.manifest.number
    for later in (each for each in kept if each > number):
        with contextlib.suppress(FileNotFoundError, VersionDamaged):
            return (_read(newest, later).manifest.parent or 0) >= number
    return True


def _read(newest: Version, number: int) -> Version:
    return read_version(newest.directory.parent / f"{number:06}")
