"""Files that have to be on disk before what names them is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file in place of the one that has its name, if there is one; it is on disk before it has the name."""
    unnamed = path.with_name(f".{path.name}.new")
    unnamed.write_bytes(content)
    sync(unnamed)
    unnamed.replace(path)
    sync(path.parent)


def sync_tree(directory: Path) -> None:
    """Have a directory and all below it on disk."""
    for path in directory.rglob("*"):
        sync(path)
    sync(directory)


def sync(path: Path) -> None:
    """Have what was written to a file, or the names in a directory, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
