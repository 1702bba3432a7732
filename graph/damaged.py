"""The mark of a version in which a reader met damage: it stays until the files are whole again."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_MARK: Final = "damaged"
_ENGINE_SAYS: Final = ("Corruption: ", "block checksum mismatch")


def is_damage(fault: Exception) -> bool:
    """Say whether an error of the engine is of its files, and not of what was asked."""
    return any(words in str(fault) for words in _ENGINE_SAYS)


def mark(version: Path, why: str) -> None:
    """Mark a version as damaged; where nothing can be written, the log alone says so.

    Args:
        version: its directory.
        why: what the reader met.
    """
    _log.error("version is damaged version=%s why=%s", version.name, why)
    with contextlib.suppress(OSError):
        (version / _MARK).write_text(why + "\n", encoding="utf-8")


def unmark(version: Path) -> None:
    """Take the mark away."""
    with contextlib.suppress(OSError):
        (version / _MARK).unlink(missing_ok=True)


def is_marked(version: Path) -> bool:
    """Say whether a version is marked."""
    return (version / _MARK).exists()
