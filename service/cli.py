"""The command `coorbit`: data on stdout, talk on stderr; exit 0 done, 1 data or query failed, 2 wrong use."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pyoxigraph as ox
import typer

from graph.errors import NoVersion
from graph.history import sweep
from graph.kept import hold
from graph.plain import current_plain, start_empty
from graph.versions import current
from service.console import WRONG_USE, HomeOption, NoShapesOption, complain, read_settings, told
from service.curating import app as curating
from service.damage import damage_told
from service.formats import GRAPHS, SOLUTIONS
from service.proposing import app as proposing
from service.releasing import app as releasing
from service.tokens import app as tokens
from service.versioning import app as versioning

if TYPE_CHECKING:
    from service.formats import Format

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Coorbit: the knowledge graph of international space cooperation, and the service that publishes it.",
)
app.add_typer(curating)
app.add_typer(proposing)
app.add_typer(versioning)
app.add_typer(releasing)
app.add_typer(tokens, name="token")


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
    from service.evaluation import answer
    from service.jobs import Job
    from service.terminal import print_table

    solutions, graphs = _chosen(format_name)
    with told():
        folder = read_settings(home).home
        version = current(folder)
        job = Job(
            store=str(version.store),
            query=_query_text(text),
            solutions=solutions.name if solutions else None,
            graphs=graphs.name if graphs else None,
            is_published=version.manifest.kind == "published",
        )
        with hold(version.directory), damage_told(folder):  # a long query outlives commits, and pruning comes with them
            done = answer(ox.Store.read_only(str(version.store)), job)
        if format_name is None and sys.stdout.isatty() and done.format in SOLUTIONS:
            print_table(done)
        else:
            sys.stdout.buffer.write(done.body if done.body.endswith(b"\n") else done.body + b"\n")


@app.command()
def serve(  # noqa: PLR0913  (each is an option)
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8000,
    home: HomeOption = None,
    *,
    empty: Annotated[
        bool,
        typer.Option("--empty", help="Start a home that has no dataset with an empty one; it never empties anything."),
    ] = False,
    no_shapes: NoShapesOption = False,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Serve the dataset of the home as it is, though the package brings another one."),
    ] = False,
    log_queries: Annotated[
        bool, typer.Option("--log-queries", help="Write one line of JSON for each query to stderr; never who asked.")
    ] = False,
) -> None:
    """Serve the dataset over HTTP; the first start builds it, and so does a start after an upgrade.

    The port is bound first. /health/ready answers 503 while the dataset is being built, then 200. Graphs that came by
    commits stay through an upgrade; where commits have changed the package's own graphs, the start is refused, and
    --keep goes on without the upgrade. --empty --no-shapes starts a plain dataset for data of your own, to which
    whoever has a token may write (coorbit token create); a later start needs neither option, and one that does not fit
    what the home holds is refused.
    """
    from service.app import create_app
    from service.server import Server, listen

    _log_to_stderr()
    settings = read_settings(home)
    _check_kind(settings.home, empty=empty, no_shapes=no_shapes)
    try:
        listener = listen(host, port, settings)
    except (OSError, OverflowError) as fault:
        complain(f"cannot listen on {host} port {port}: {fault}; choose others with --host and --port")
        raise typer.Exit(WRONG_USE) from fault
    failures: list[Exception] = []

    def stop(error: Exception) -> None:
        failures.append(error)
        server.stop_at_once()

    log = sys.stderr if log_queries else None
    server = Server(create_app(settings, on_failure=stop, query_log=log, keep=keep))
    print(f"Coorbit at http://{host}:{listener.getsockname()[1]}/ (home {settings.home})", file=sys.stderr, flush=True)
    with listener, told():
        sweep(settings.home)
        if empty:
            start_empty(settings.home, now=datetime.now(UTC), author="coorbit serve")
        server.run(sockets=[listener])
    if failures:
        with told():
            raise failures[0]


def _check_kind(home: Path, *, empty: bool, no_shapes: bool) -> None:
    """Refuse options that do not fit what a home holds."""
    if empty and not no_shapes:
        message = "an empty dataset is a plain one: add --no-shapes"
        raise typer.BadParameter(message, param_hint="--empty")
    if no_shapes:
        with told():
            try:
                current_plain(home)
            except NoVersion as fault:
                if not empty:
                    message = "this home holds no dataset yet: add --empty, or coorbit build --from FILE --no-shapes"
                    raise typer.BadParameter(message, param_hint="--no-shapes") from fault


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


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
