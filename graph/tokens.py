"""Tokens: who may write in a home, kept as digests that nobody can turn back into tokens.

    HOME/tokens.json   name, scope, SHA-256, times; readable by its owner alone

A token is 256 random bits behind a prefix by which it is recognised where it should not be.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from graph.errors import HomeUnusable
from graph.write_errors import TokenError, TokensUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PREFIX: Final = "coorbit_"
_RANDOM_BYTES: Final = 32
_FILE: Final = "tokens.json"
_MODE: Final = 0o600

Scope = Literal["write"]
"""What a token allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token without its secret.

    Attributes:
        name: of whoever holds it; the author of what it writes. Unique in a home.
        scope: what it allows, a `Scope` unless the file was edited by hand.
        sha256: of its text, in hexadecimal.
        created: UTC, ISO 8601.
        expires: UTC, ISO 8601; None for never.
    """

    name: str
    scope: str
    sha256: str
    created: str
    expires: str | None

    def is_good(self, now: datetime) -> bool:
        """Say whether it has not expired."""
        return self.expires is None or now < datetime.fromisoformat(self.expires)


def create_token(home: Path, name: str | None = None, *, scope: Scope, now: datetime, expires: datetime | None) -> str:
    """Make a token and keep its digest; makes the home where there is none.

    Args:
        home: in which it is good.
        name: of whoever holds it, the author of what is written by it; None for one of its own.
        scope: what it allows.
        now: time of its making.
        expires: when it ends; None for never.

    Returns:
        Its text, which is kept nowhere.

    Raises:
        TokenError: there is one of that name, or it is no name.
        HomeUnusable: the home cannot be written.
    """
    if name is not None and not (name.isprintable() and name.strip()):
        message = f"{name!r} is no name of a token: take letters, digits, spaces and signs on one line"
        raise TokenError(message)
    text = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    digest = _digest(text)
    token = Token(
        name=name or f"token-{digest[:8]}",
        scope=scope,
        sha256=digest,
        created=now.isoformat(timespec="seconds"),
        expires=expires.isoformat(timespec="seconds") if expires else None,
    )
    with _changing(home) as tokens:
        if any(each.name == token.name for each in tokens):
            message = f"there is a token {token.name} already: revoke it, or choose another name"
            raise TokenError(message)
        tokens.append(token)
    return text


def revoke_token(home: Path, name: str) -> None:
    """Forget a token: it is good for nothing from now on.

    Raises:
        TokenError: there is none of that name.
        HomeUnusable: the home cannot be written.
    """
    with _changing(home) as tokens:
        found = next((each for each in tokens if each.name == name), None)
        if found is None:
            message = f"there is no token {name}: `coorbit token list` shows those that there are"
            raise TokenError(message)
        tokens.remove(found)


def read_tokens(home: Path) -> list[Token]:
    """Return the tokens of a home in the order of their making; none where there is no home.

    Raises:
        TokenError: their file cannot be read.
    """
    try:
        tokens = [Token(**entry) for entry in json.loads((home / _FILE).read_text(encoding="utf-8"))]
        for token in tokens:  # the file can be edited by hand: what does not compare with the clock is told here
            token.is_good(datetime.now(UTC))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as fault:
        raise TokensUnreadable(home / _FILE, fault) from fault
    return tokens


def find_token(tokens: Sequence[Token], text: str, *, now: datetime) -> Token | None:
    """Return the token that a text is, or None where it is none or one that has expired.

    All are compared, each in a time that does not tell how much of it fits.
    """
    digest = _digest(text)
    found = [each for each in tokens if hmac.compare_digest(each.sha256, digest)]
    return next((each for each in found if each.is_good(now)), None)


def takes_writes(tokens: Sequence[Token], *, now: datetime) -> bool:
    """Say whether some token lets its holder write: one that is for that and has not expired."""
    return any(each.scope == "write" and each.is_good(now) for each in tokens)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@contextlib.contextmanager
def _changing(home: Path) -> Iterator[list[Token]]:
    """Read the tokens, let the caller change the list, and write it in place of the file; one process at a time."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        directory = os.open(home, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            tokens = read_tokens(home)
            yield tokens
            _replace(home, json.dumps([asdict(each) for each in tokens], indent=2) + "\n")
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as fault:
        raise HomeUnusable(home, fault) from fault


def _replace(home: Path, content: str) -> None:
    path = home / f"{_FILE}.new"
    path.unlink(missing_ok=True)  # left by a process that was killed
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    path.replace(home / _FILE)
