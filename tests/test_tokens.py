"""Tokens: made once, kept as digests, found again, revoked; on their own and by the command."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.tokens import create_token, find_token, read_tokens, revoke_token, takes_writes
from graph.write_errors import TokenError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_token_is_known_by_its_digest_alone(tmp_path: Path) -> None:
    """256 random bits behind the prefix; the file has no part of them, and nobody else may read it."""
    text = create_token(tmp_path / "home", "loader", scope="write", now=NOW, expires=None)
    assert text.startswith("coorbit_")
    assert len(text) == len("coorbit_") + 43
    kept = (tmp_path / "home" / "tokens.json").read_text()
    assert text.removeprefix("coorbit_") not in kept
    assert hashlib.sha256(text.encode()).hexdigest() in kept
    assert (tmp_path / "home" / "tokens.json").stat().st_mode & 0o777 == 0o600


def test_tokens_are_found_until_they_expire(tmp_path: Path) -> None:
    """A token is good before its end and not from then on; one without an end stays good."""
    short = create_token(tmp_path, "short", scope="write", now=NOW, expires=NOW + timedelta(days=1))
    long = create_token(tmp_path, "long", scope="write", now=NOW, expires=None)
    tokens = read_tokens(tmp_path)
    for text, after, name in [(short, 23, "short"), (short, 24, None), (long, 10_000, "long")]:
        found = find_token(tokens, text, now=NOW + timedelta(hours=after))
        assert (found.name if found else None) == name


@given(st.text())
def test_no_other_text_is_a_token(text: str) -> None:
    """Whatever is sent in place of a token is not found, and nothing breaks."""
    assert find_token([], text, now=NOW) is None


def test_a_name_is_given_once_and_freed_by_revoking(tmp_path: Path) -> None:
    """Names are unique; a revoked token is worthless, and its name may be used again."""
    first = create_token(tmp_path, "loader", scope="write", now=NOW, expires=None)
    with pytest.raises(TokenError, match="already"):
        create_token(tmp_path, "loader", scope="write", now=NOW, expires=None)
    revoke_token(tmp_path, "loader")
    second = create_token(tmp_path, "loader", scope="write", now=NOW, expires=None)
    assert find_token(read_tokens(tmp_path), first, now=NOW) is None
    assert find_token(read_tokens(tmp_path), second, now=NOW) is not None
    with pytest.raises(TokenError, match="no token other"):
        revoke_token(tmp_path, "other")


def test_a_broken_file_says_so(tmp_path: Path) -> None:
    """A file that is no list of tokens is an error, not the absence of tokens."""
    (tmp_path / "tokens.json").write_text('[{"name": 1}]')
    with pytest.raises(TokenError, match="create the tokens anew"):
        read_tokens(tmp_path)


def test_a_token_is_good_for_writes_until_it_expires(tmp_path: Path) -> None:
    """A home takes writes while one of its tokens is good: not by one that has expired or is for something else."""
    assert not takes_writes([], now=NOW)
    create_token(tmp_path, "short", scope="write", now=NOW, expires=NOW + timedelta(days=1))
    (token,) = read_tokens(tmp_path)
    assert takes_writes([token], now=NOW)
    assert not takes_writes([token], now=NOW + timedelta(days=1))
    assert not takes_writes([replace(token, scope="read")], now=NOW)
    create_token(tmp_path, "long", scope="write", now=NOW, expires=None)
    assert takes_writes(read_tokens(tmp_path), now=NOW + timedelta(days=9))


@pytest.mark.parametrize("expires", ['"soon"', '"2026-11-23T12:00:00"', "5"], ids=["text", "no zone", "number"])
def test_an_end_that_cannot_be_compared_is_told(tmp_path: Path, expires: str) -> None:
    """The file can be edited by hand: what the clock cannot be held against is an error when it is read."""
    create_token(tmp_path, "t", scope="write", now=NOW, expires=None)
    file = tmp_path / "tokens.json"
    file.write_text(file.read_text().replace('"expires": null', f'"expires": {expires}'))
    with pytest.raises(TokenError, match="cannot be read"):
        read_tokens(tmp_path)


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "\x1b[2J", " "], ids=["tab", "line", "control", "nothing"])
def test_a_name_is_one_line_of_text(tmp_path: Path, name: str) -> None:
    """It is the author of versions, and stands in lists with tabs between."""
    with pytest.raises(TokenError, match="name"):
        create_token(tmp_path, name, scope="write", now=NOW, expires=None)


def test_the_command_makes_lists_and_revokes(coorbit: Coorbit, tmp_path: Path) -> None:
    """`create` prints the token alone; `list` shows everything but it; `revoke` takes it away."""
    made = coorbit("token", "create", "--scope", "write", "--expires", "90d", "--name", "loader", "--home", tmp_path)
    assert made.returncode == 0
    assert made.stdout.startswith("coorbit_")
    assert made.stdout.count("\n") == 1
    listed = coorbit("token", "list", "--home", tmp_path).stdout
    assert listed.split("\t")[:2] == ["loader", "write"]
    assert made.stdout.strip() not in listed
    assert coorbit("token", "revoke", "loader", "--home", tmp_path).returncode == 0
    assert coorbit("token", "list", "--home", tmp_path).stdout == ""
    assert coorbit("token", "revoke", "loader", "--home", tmp_path).returncode == 1


@pytest.mark.parametrize(
    "arguments", [("--scope", "all"), ("--scope", "write", "--expires", "soon"), ()], ids=["scope", "time", "nothing"]
)
def test_a_wrong_option_is_wrong_use(coorbit: Coorbit, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Exit status 2, and no token."""
    run = coorbit("token", "create", *arguments, "--home", tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert read_tokens(tmp_path) == []
