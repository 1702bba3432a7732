"""The command `coorbit`: data on stdout, talk on stderr; exit 0 done, 1 data or query failed, 2 wrong use."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import pyoxigraph as ox
import typer
import uvicorn
from pydantic import ValidationError

from graph.build import read_dataset
from graph.errors import CoorbitError, ValidationFailed
from graph.validate import validate as validate_dataset
from graph.versions import build as build_version
from graph.versions import current
from graph.writer import format_turtle
from service.app import create_app
from service.evaluation import Job, evaluate
from service.formats import GRAPHS, SOLUTIONS
from service.settings import Settings, warn_of_unknown_settings
from service.terminal import print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.formats import Format

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Coorbit: the knowledge graph of international space cooperation, and the service that publishes it.",
)

_FAILED: Final = 1
_WRONG_USE: Final = 2

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Directory that holds the dataset; else COORBIT_HOME, else the user's data folder."),
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


AddOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--add",
        help="A file of RDF to check together with the packaged graph; may be given again.",
        exists=True,
        dir_okay=False,
    ),
]


class ReportFormat(StrEnum):
    """How `validate` prints its report."""

    TEXT = "text"
    TURTLE = "turtle"


@app.command()
def build(home: HomeOption = None, files: FromOption = None) -> None:
    """Validate the packaged graph and publish it as a new version of the dataset.

    What does not parse or does not conform is refused whole, and the version before stays current. A graph equal to
    the current version's is not published again. --from wants --home or COORBIT_HOME, so that no dataset is replaced
    by accident.
    """
    if files and home is None and "COORBIT_HOME" not in os.environ:
        message = "name the home that the dataset is for: --home DIR"
        raise typer.BadParameter(message, param_hint="--from")
    with _told():
        version, new = build_version(_settings(home).home, files or (), now=datetime.now(UTC), author="coorbit build")
        state = "published" if new else "unchanged"
        print(f"version {version.manifest.number} {state}: {version.manifest.triples} triples in {version.directory}")


@app.command()
def validate(
    files: FromOption = None,
    added: AddOption = None,
    report_format: Annotated[
        ReportFormat, typer.Option("--format", help="How to print the report.")
    ] = ReportFormat.TEXT,
) -> None:
    """Check the packaged graph against SHACL shapes and hygiene queries; nothing is stored.

    The report goes to stdout. Exit status 1 means at least one violation; warnings alone do not fail.
    """
    with _told():
        report = validate_dataset(read_dataset(files or (), added=added or ()).quads)
        sys.stdout.write(report.turtle() if report_format is ReportFormat.TURTLE else report.text())
        if not report.conforms:
            raise typer.Exit(_FAILED)


@app.command()
def query(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="SPARQL text, or the path of a .rq file.")],
    format_name: Annotated[
        str | None,
        typer.Option("--format", help=f"One of {', '.join(each.name for each in (*SOLUTIONS, *GRAPHS))}."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Answer a SPARQL query from the current version, without a server and without a time limit.

    On a terminal a SELECT is shown as a table; elsewhere it comes as TSV, and a graph as Turtle, unless --format says
    otherwise. The dataset's own prefixes need no PREFIX line.
    """
    solutions, graphs = _chosen(format_name)
    with _told():
        store = ox.Store.read_only(str(current(_settings(home).home).store))
        answer = evaluate(store, Job(query=_query_text(text), solutions=solutions, graphs=graphs))
        if format_name is None and sys.stdout.isatty() and answer.format in SOLUTIONS:
            print_table(answer)
        else:
            sys.stdout.buffer.write(answer.body)
            if not answer.body.endswith(b"\n"):
                sys.stdout.buffer.write(b"\n")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8000,
    home: HomeOption = None,
) -> None:
    """Serve the dataset over HTTP; the first start builds it, and so does a start after an upgrade.

    The port is bound first. /health/ready answers 503 while the dataset is being built, then 200.
    """
    _log_to_stderr()
    settings = _settings(home)
    try:
        listener = socket.create_server((host, port))
    except (OSError, OverflowError) as fault:
        _complain(f"cannot listen on {host} port {port}: {fault}; choose others with --host and --port")
        raise typer.Exit(_WRONG_USE) from fault
    failures: list[Exception] = []

    def stop(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    config = uvicorn.Config(
        create_app(settings, on_failure=stop), log_config=None, server_header=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    print(f"Coorbit at http://{host}:{listener.getsockname()[1]}/ (home {settings.home})", file=sys.stderr, flush=True)
    with listener:
        server.run(sockets=[listener])
    if failures:
        with _told():
            raise failures[0]


@app.command(name="format")
def format_(
    paths: Annotated[list[Path], typer.Argument(help="Turtle files, or folders of them.", exists=True)],
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
) -> None:
    """Rewrite Turtle files in the project's one layout: one triple a line, in a fixed order.

    Comments are not kept: what matters belongs into triples.
    """
    changed = []
    with _told():
        for path in _turtle_files(paths):
            text = format_turtle(path)
            if path.read_text(encoding="utf-8") != text:
                changed.append(path)
                if not check:
                    path.write_text(text, encoding="utf-8")
    for path in changed:
        print(f"{'would change' if check else 'changed'} {path}")
    if changed and check:
        _complain(f"repair with: coorbit format {' '.join(map(str, changed))}")
        raise typer.Exit(_FAILED)


def _turtle_files(paths: Sequence[Path]) -> list[Path]:
    return sorted({file for path in paths for file in (path.rglob("*.ttl") if path.is_dir() else [path])})


def _chosen(name: str | None) -> tuple[Format | None, Format | None]:
    """Return the formats for solutions and for graphs that a --format allows; without one, TSV and Turtle."""
    if name is None:
        name_of_solutions, name_of_graphs = "tsv", "turtle"
    else:
        name_of_solutions = name_of_graphs = name
    solutions = next((each for each in SOLUTIONS if each.name == name_of_solutions), None)
    graphs = next((each for each in GRAPHS if each.name == name_of_graphs), None)
    if solutions is None and graphs is None:
        known = ", ".join(each.name for each in (*SOLUTIONS, *GRAPHS))
        message = f"unknown format {name}: choose one of {known}"
        raise typer.BadParameter(message, param_hint="--format")
    return solutions, graphs


def _query_text(text: str) -> str:
    """Return the text of a query given as such or as the path of a .rq file."""
    if not text.endswith(".rq"):
        return text
    try:
        return Path(text).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        message = f"{text} cannot be read: {fault}"
        raise typer.BadParameter(message, param_hint="QUERY") from fault


def _settings(home: Path | None) -> Settings:
    """Read the settings; an option given on the command line wins over the environment."""
    warn_of_unknown_settings()
    try:
        return Settings(home=home) if home is not None else Settings()
    except ValidationError as fault:
        for error in fault.errors():
            _complain(f"COORBIT_{str(error['loc'][0]).upper()}: {error['msg']} (it is {error['input']!r})")
        raise typer.Exit(_WRONG_USE) from fault


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn an error that a person can mend into a message on stderr and exit status 1."""
    try:
        yield
    except ValidationFailed as failure:
        sys.stdout.write(failure.report.text())
        _complain(str(failure))
        raise typer.Exit(_FAILED) from failure
    except CoorbitError as error:
        _complain(str(error))
        raise typer.Exit(_FAILED) from error


def _complain(message: str) -> None:
    print(f"coorbit: {message}", file=sys.stderr)


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
