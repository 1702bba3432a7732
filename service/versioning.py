"""The commands of versions: what was written when, what it changed, the way back, and what is written from a shell."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pyoxigraph as ox
import typer

from graph.commits import commit as make_version
from graph.dump_files import dataset_graphs
from graph.errors import CoorbitError, HomeBusy
from graph.history import diff as differences
from graph.history import prune as remove_old
from graph.history import roll_back
from graph.kept import find_version, hold, kept_versions
from graph.loading import add_files
from graph.patch import patch_lines
from graph.store import graph_iri
from graph.terms import MADE_GRAPHS
from graph.versions import Origin, current
from service.audit import note_on_stderr, note_refusal, note_write, told_files
from service.console import HomeOption, complain, read_settings, told
from service.damage import damage_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.incremental import Outcome
    from graph.versions import Version

app = typer.Typer()

MessageOption = Annotated[str | None, typer.Option("--message", help="Why; it stays with the version.")]
AuthorOption = Annotated[str, typer.Option("--author", help="Who; it stays with the version.")]


@app.command()
def log(home: HomeOption = None) -> None:
    """Print the versions that are kept, the newest first: number, time, author, quads, message; with tabs between."""
    with told():
        for version in kept_versions(read_settings(home).home):
            manifest = version.manifest
            quads = sum(dataset_graphs(manifest).values())
            # Who sends a message may put anything into it.
            words = (_on_one_line(manifest.author), str(quads), _on_one_line(manifest.message))
            print(manifest.number, manifest.created, *words, sep="\t")


@app.command()
def diff(
    old: Annotated[int, typer.Argument(metavar="A", help="Number of a version, as `coorbit log` shows it.")],
    new: Annotated[int, typer.Argument(metavar="B", help="Number of another; it may be the older one.")],
    home: HomeOption = None,
) -> None:
    """Print what was added (A) and removed (D) from version A to version B, as an RDF Patch.

    It has each quad once, sorted: what was added and removed again between the two is left out. `coorbit commit` and
    PATCH on /store take it.
    """
    with told():
        folder = read_settings(home).home
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        with damage_told(folder):
            for line in patch_lines(differences(folder, old, new)):
                sys.stdout.write(line)


@app.command()
def rollback(
    number: Annotated[int, typer.Argument(metavar="N", help="Of the version to go back to.")],
    message: MessageOption = None,
    author: AuthorOption = "coorbit rollback",
    home: HomeOption = None,
) -> None:
    """Make a new version that holds what version N held; what came between stays in the history."""
    origin = Origin(created=datetime.now(UTC), author=author, message=message or f"back to version {number}")
    with told():
        settings = read_settings(home)
        with _audited(origin, f"rollback to={number}") as made, damage_told(settings.home):
            made(*roll_back(settings.home, number, origin=origin))
        _prune(settings.home, settings.keep_versions)


@app.command()
def prune(
    keep: Annotated[
        int | None, typer.Option("--keep", help="How many of the newest to keep; else COORBIT_KEEP_VERSIONS.", min=1)
    ] = None,
    home: HomeOption = None,
) -> None:
    """Remove old versions and print their numbers; one that a release names or a process reads is kept.

    Every write does so too. Of a version that has gone, `?version=` answers 410.
    """
    with told():
        settings = read_settings(home)
        for number in remove_old(settings.home, keep=keep or settings.keep_versions):
            print(number)


@app.command()
def commit(  # noqa: PLR0913  (each is an option)
    files: Annotated[list[Path], typer.Argument(help="Of RDF, or patches (.rdfp).", exists=True, dir_okay=False)],
    graph: Annotated[
        str | None, typer.Option("--graph", metavar="IRI", help="Graph that triples go to; else the default graph.")
    ] = None,
    message: MessageOption = None,
    author: AuthorOption = "coorbit commit",
    home: HomeOption = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Derive and validate all of a published dataset anew.")] = False,
) -> None:
    """Add files (.ttl, .nt, .trig, .nq) to a dataset as one new version, or do what patches (.rdfp) say.

    All of them are added, or nothing is. Each row of a patch must change something. In the published dataset a file of
    triples needs --graph, and what does not conform is refused with the report.
    """
    if graph is not None:
        _check(graph)
    names = ", ".join(path.name for path in files)
    origin = Origin(created=datetime.now(UTC), author=author, message=message or f"commit of {names}")
    with told():
        settings = read_settings(home)
        outcomes: list[Outcome] = []
        with _audited(origin, told_files(files)) as made, damage_told(settings.home):
            made(
                *make_version(
                    settings.home,
                    lambda store: add_files(store, files, graph=graph),
                    origin=origin,
                    full=full,
                    tell=outcomes.append,
                )
            )
        for outcome in outcomes:
            print(_validated(outcome))
        _prune(settings.home, settings.keep_versions)


@app.command()
def dump(
    number: Annotated[int | None, typer.Option("--version", metavar="N", help="Else the current version.")] = None,
    home: HomeOption = None,
) -> None:
    """Print a version as N-Quads: of a published dataset what rules and package do not give, of a plain one all.

    `coorbit build --from FILE` makes of it a dataset of the same digest, blank nodes included: of a published one a
    published one, and with --no-shapes a plain one of either.
    """
    with told():
        folder = read_settings(home).home
        version = current(folder) if number is None else find_version(folder, number)
        with hold(version.directory), damage_told(folder):
            store = ox.Store.read_only(str(version.store))
            if version.manifest.kind == "plain":
                store.dump(sys.stdout.buffer, ox.RdfFormat.N_QUADS)
            else:
                ox.serialize(_named(store), sys.stdout.buffer, ox.RdfFormat.N_QUADS)


def _named(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield the content of a published dataset: its default graph and the graphs that are made follow from that."""
    return (quad for quad in store if graph_iri(quad) not in MADE_GRAPHS | {""})


def _check(iri: str) -> None:
    try:
        ox.NamedNode(iri)
    except ValueError as fault:
        message = f"{iri} is no absolute IRI"
        raise typer.BadParameter(message, param_hint="--graph") from fault


@contextlib.contextmanager
def _audited(origin: Origin, what: str) -> Iterator[Callable[[Version, bool], None]]:
    """Note how a write comes out, and print the version that it makes; what is yielded takes what a commit returns."""
    note_on_stderr()

    def made(version: Version, new: bool) -> None:  # noqa: FBT001  (the pair that a commit returns)
        state = "published" if new else "unchanged"
        note_write(origin.author, what, version=version.manifest.number, state=state)
        print(f"version {version.manifest.number} {state}: {version.directory}")

    try:
        yield made
    except CoorbitError as error:
        note_refusal(origin.author, what, error)
        raise


def _validated(outcome: Outcome) -> str:
    """Return what a service tells in the header Coorbit-Validation."""
    nodes = f"everything ({outcome.full})" if outcome.full else f"{outcome.checked} nodes"
    return f"validated {nodes}, {len(outcome.report.results)} warnings"


def _prune(home: Path, keep: int) -> None:
    """Remove what is too old; the version is made whatever becomes of this."""
    try:
        remove_old(home, keep=keep, lock_wait_s=0)
    except HomeBusy:
        complain("old versions were not removed, as another process is writing; the next write does it")
    except (CoorbitError, OSError, RuntimeError) as fault:
        complain(f"the version is made, but old ones were not removed; the next write does it: {fault}")


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode()
