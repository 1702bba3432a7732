"""The audit line: who has changed a dataset or tried to, when and how it came out, over HTTP and from a shell alike.

    time=2026-11-24T10:00:00+00:00 write by="curator" what=update characters=31 version=7 published

It goes to stderr and never holds a token or what was sent. What a client, or whoever runs a command, has chosen stands
in JSON strings, so that nobody can add a line or a field.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_log: Final = logging.getLogger("coorbit.audit")
_PATH_CHARACTERS: Final = 200


def note_write(author: str, what: str, *, version: int, state: str) -> None:
    """Note a write that came to its end.

    Args:
        author: the name of its token, or what the command was told.
        what: in a few words, such as `update characters=31`; see `told_request` and `told_files`.
        version: that is current now.
        state: published, unchanged, or validated alone.
    """
    _log.info("time=%s write by=%s what=%s version=%d %s", _now(), json.dumps(author), what, version, state)


def note_refusal(author: str | None, what: str, error: Exception) -> None:
    """Note a write that was not made; `author` is None where nobody known asked for it."""
    who = "-" if author is None else json.dumps(author)
    _log.info("time=%s write refused by=%s what=%s error=%s", _now(), who, what, type(error).__name__)


def told_request(method: str, path: str) -> str:
    """Return what a request wants of which no more is known."""
    return f"request {json.dumps(f'{method} {path[:_PATH_CHARACTERS]}')}"


def told_files(files: Sequence[Path]) -> str:
    """Return what a command does that commits files."""
    return f"commit files={json.dumps([path.name for path in files])}"


def note_on_stderr() -> None:
    """Have a command print the lines that a service logs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.propagate = False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
