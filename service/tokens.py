"""The commands of tokens: who may write in a home."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import typer

from graph.tokens import create_token, read_tokens, revoke_token
from service.console import HomeOption, read_settings, told

app = typer.Typer(no_args_is_help=True, help="Tokens that let programs write over HTTP: create, list and revoke them.")


class ScopeName(StrEnum):
    """What a token can allow."""

    WRITE = "write"


_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@app.command()
def create(
    scope: Annotated[ScopeName, typer.Option(help="What the token allows.")],
    expires: Annotated[
        str | None, typer.Option(help="When it ends, from now: a number of h, d or w, such as 90d. Else never.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Who will hold it: the author of what is written by it.")] = None,
    home: HomeOption = None,
) -> None:
    """Make a token and print it, alone, on stdout; it is shown this once, since only its digest is kept.

    The first one turns writes on. A server that runs takes it at once.
    """
    now = datetime.now(UTC)
    with told():
        until = now + _duration(expires) if expires else None
        print(create_token(read_settings(home).home, name, scope=scope.value, now=now, expires=until))


@app.command("list")
def list_tokens(home: HomeOption = None) -> None:
    """Print the tokens of a home, one a line: name, scope, when it was made, when it ends; with tabs between."""
    with told():
        for token in read_tokens(read_settings(home).home):
            print(token.name, token.scope, token.created, token.expires or "never", sep="\t")


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `coorbit token list` shows it.")],
    home: HomeOption = None,
) -> None:
    """Make a token worthless; what was written by it stays. Without any token left, writes are off."""
    with told():
        revoke_token(read_settings(home).home, name)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        message = f"{text} is no time: give a number of hours, days or weeks, such as 12h, 90d or 4w"
        raise typer.BadParameter(message, param_hint="--expires")
    return int(match[1]) * _UNITS[match[2]]
