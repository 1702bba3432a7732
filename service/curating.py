"""The commands of those who make the graph: build, validate, format, import, check."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.checking import check_store
from service.console import FAILED, FromOption, HomeOption, NoShapesOption, complain, read_settings, told

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer()
check_app = typer.Typer(
    help="Report on the state of the graph: coverage, conflicts, plans; with `check links` its links, with `check "
    "store` the files on disk.",
    invoke_without_command=True,
)
app.add_typer(check_app, name="check")
check_app.command(name="store")(check_store)

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
    """How a report is printed."""

    TEXT = "text"
    TURTLE = "turtle"


FormatOption = Annotated[ReportFormat, typer.Option("--format", help="How to print the report.")]


@app.command()
def build(
    home: HomeOption = None,
    files: FromOption = None,
    *,
    no_shapes: NoShapesOption = False,
    replace_all: Annotated[
        bool, typer.Option("--replace", help="Let go of what commits have written; coorbit rollback brings it back.")
    ] = False,
) -> None:
    """Validate the packaged graph and publish it as a new version of the dataset.

    What does not parse or does not conform is refused whole, and the version before stays current. A graph equal to
    the current version's is not published again. Graphs that came by commits stay beside the package's; where commits
    have changed the package's own graphs, the build is refused unless --replace lets them go. --from wants --home or
    COORBIT_HOME, so that no dataset is replaced by accident. --from FILE --no-shapes makes a plain dataset of the files
    alone (.ttl, .nt, .trig, .nq), under no shapes; whatever the home's plain dataset held before is not in the new
    version. The first version of a home is also its first release, named by year and month.
    """
    if no_shapes and not files:
        message = "the packaged graph is always checked: name files of your own with --from FILE"
        raise typer.BadParameter(message, param_hint="--no-shapes")
    if files and home is None and "COORBIT_HOME" not in os.environ:
        message = "name the home that the dataset is for: --home DIR"
        raise typer.BadParameter(message, param_hint="--from")
    from graph.history import keep_copies
    from graph.release import make_first_release
    from graph.releases import dumps_of

    with told():
        folder, now, given = read_settings(home).home, datetime.now(UTC), files or ()
        if no_shapes:
            from graph.plain import build_plain

            version, new = build_plain(folder, given, now=now, author="coorbit build")
        else:
            from graph.published import build as build_published

            version, new = build_published(folder, given, now=now, author="coorbit build", replace_all=replace_all)
        state = "published" if new else "unchanged"
        print(f"version {version.manifest.number} {state}: {version.manifest.triples} triples in {version.directory}")
        if released := make_first_release(folder, now=now):
            print(f"release {released.name} made: {len(released.files)} files in {dumps_of(folder, released.name)}")
        keep_copies(folder)


@app.command()
def validate(
    files: FromOption = None, added: AddOption = None, report_format: FormatOption = ReportFormat.TEXT
) -> None:
    """Check the packaged graph against SHACL shapes and hygiene queries; nothing is stored.

    The report goes to stdout. Exit status 1 means at least one violation; warnings alone do not fail.
    """
    from graph.build import read_dataset, report_on

    with told():
        report = report_on(read_dataset(files or (), added=added or ()))
        sys.stdout.write(report.turtle() if report_format is ReportFormat.TURTLE else report.text())
        if not report.conforms:
            raise typer.Exit(FAILED)


@app.command(name="format")
def format_(
    paths: Annotated[list[Path], typer.Argument(help="Turtle files, or folders of them.", exists=True)],
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
) -> None:
    """Rewrite Turtle files in the project's one layout: one triple a line, in a fixed order.

    Comments are not kept: what matters belongs into triples.
    """
    from graph.writer import format_turtle

    changed = []
    with told():
        for path in _turtle_files(paths):
            text = format_turtle(path)
            if path.read_text(encoding="utf-8") != text:
                changed.append(path)
                if not check:
                    path.write_text(text, encoding="utf-8")
    for path in changed:
        print(f"{'would change' if check else 'changed'} {path}")
    if changed and check:
        complain(f"repair with: coorbit format {' '.join(map(str, changed))}")
        raise typer.Exit(FAILED)


@app.command(name="import")
def import_(
    name: Annotated[str, typer.Argument(help="countries, memberships, treaties, gcat or links.")],
    paths: Annotated[
        list[Path],
        typer.Option("--from", help="A publisher's file, or a folder of them; may be given again.", exists=True),
    ],
    only: Annotated[str | None, typer.Option(help="Which part of a catalogue: for gcat, cooperation.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write (for links, the folder); else the packaged one.")
    ] = None,
) -> None:
    """Make a catalogue of the graph from a publisher's local files.

    A row that cannot be read is a warning with file, line and field; the import fails above 1 % of them, and on a
    missing file or column. The result depends on the files and on the curated graph alone.
    """
    from graph.importing import import_source

    with told():
        done = import_source(name, paths, only=only, out=out)
        print(f"{done.path}: {done.triples} triples from {done.rows} rows")


@check_app.callback()
def check(context: typer.Context, report_format: FormatOption = ReportFormat.TEXT) -> None:
    """Print the quality report: labels, evidence, links, conflicts, plans. It refuses nothing."""
    if context.invoked_subcommand is None:
        from graph.build import read_dataset
        from graph.quality import measure, quality_text, quality_turtle

        with told():
            measures = measure(read_dataset().store, today=datetime.now(UTC).date())
        sys.stdout.write(quality_turtle(measures) if report_format is ReportFormat.TURTLE else quality_text(measures))


@check_app.command(name="links")
def check_links_(
    *,
    online: Annotated[bool, typer.Option("--online", help="Ask each address whether it answers.")] = False,
    timeout_s: Annotated[float, typer.Option(help="Seconds to wait for an address.", min=0.1)] = 10.0,
    report_format: FormatOption = ReportFormat.TEXT,
) -> None:
    """Check form, pattern and uniqueness of the packaged links; exit 1 on a finding."""
    from graph.linkreport import health_text, health_turtle
    from graph.links import check_links, packaged_linksets

    with told():
        health = check_links(packaged_linksets(), online=online, timeout_s=timeout_s)
    sys.stdout.write(health_turtle(health) if report_format is ReportFormat.TURTLE else health_text(health))
    if not health.sound:
        raise typer.Exit(FAILED)


def _turtle_files(paths: Sequence[Path]) -> list[Path]:
    return sorted({file for path in paths for file in (path.rglob("*.ttl") if path.is_dir() else [path])})
