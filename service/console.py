"""What the commands share: options, settings, exit statuses, and how a person is told what went wrong."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from pydantic import ValidationError

from graph.errors import CoorbitError, ValidationFailed, WrongKind
from service.settings import Settings, warn_of_unknown_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED: Final = 1
WRONG_USE: Final = 2

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Directory that holds the dataset; else COORBIT_HOME, else the user's data folder."),
]
NoShapesOption = Annotated[
    bool, typer.Option("--no-shapes", help="For foreign data: a plain dataset, as it is written, under no shapes.")
]
FromOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        help="A file of RDF (.ttl, .trig, .nq) to take in place of the packaged data; may be given again. Ontology and "
        "shapes stay the packaged ones.",
        exists=True,
        dir_okay=False,
    ),
]


def read_settings(home: Path | None) -> Settings:
    """Read the settings; an option given on the command line wins over the environment."""
    warn_of_unknown_settings()
    try:
        return Settings(home=home) if home is not None else Settings()
    except ValidationError as fault:
        for error in fault.errors():
            complain(f"COORBIT_{str(error['loc'][0]).upper()}: {error['msg']} (it is {error['input']!r})")
        raise typer.Exit(WRONG_USE) from fault


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn an error that a person can mend into a message on stderr and exit status 1; 2 for a wrong option."""
    try:
        yield
        sys.stdout.flush()
    except ValidationFailed as failure:
        sys.stdout.write(failure.report.text())
        complain(str(failure))
        raise typer.Exit(FAILED) from failure
    except WrongKind as error:
        complain(str(error))
        raise typer.Exit(WRONG_USE) from error
    except CoorbitError as error:
        complain(str(error))
        raise typer.Exit(FAILED) from error
    except OSError as fault:
        if fault.filename is not None or isinstance(fault, BrokenPipeError):  # whoever read has had enough
            raise
        _drop_output()
        complain(f"the output cannot be written: {fault.strerror or fault}")
        raise typer.Exit(FAILED) from fault


def _drop_output() -> None:
    """Let what waits to be written to stdout go nowhere, so that the end of the process does not fail for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def complain(message: str) -> None:
    """Print a message on stderr."""
    print(f"coorbit: {message}", file=sys.stderr)
