"""The command `coorbit release`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from graph.dumps import work_of
from graph.release import make_release
from graph.releases import dumps_of
from graph.versions import current
from service.console import HomeOption, read_settings, told
from service.damage import damage_told

if TYPE_CHECKING:
    from graph.releases import Release

app = typer.Typer()


@app.command()
def release(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as 2026.12: letters, digits, dots and dashes.")],
    home: HomeOption = None,
) -> None:
    """Write the current version as a release: dumps in every format, checksums, VoID and DCAT.

    The files are in HOME/releases/NAME/dumps and, served, under /dumps/NAME/. A release is never changed, and the
    version that it gives is never pruned. Equal versions give equal dumps, byte by byte.
    """
    with told():
        folder = read_settings(home).home
        manifest = current(folder).manifest
        columns = (TextColumn("release {task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
        console = Console(stderr=True)
        with (
            damage_told(folder),
            Progress(*columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()) as progress,
        ):
            task = progress.add_task(name, total=work_of(manifest))
            made = make_release(
                folder, name, now=datetime.now(UTC), advance=lambda count: progress.advance(task, count)
            )
        print(_summary(made))
        print(f"in {dumps_of(folder, name)}")


def _summary(made: Release) -> str:
    size = sum(file.size for file in made.files) / 1_000_000
    digest = made.canonical_sha256 or "none: the blank nodes are too many, or too entangled"
    return (
        f"release {made.name} of version {made.version}: {made.quads} quads, {made.triples} triples merged, "
        f"{len(made.files)} files, {size:.1f} MB\nRDFC-1.0 {digest}"
    )
