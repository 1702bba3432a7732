"""The command `coorbit check store`: what is damaged on disk, and its repair."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from graph.damaged import unmark
from graph.integrity import find_damage, readable_versions, version_folders, work_of
from graph.release_integrity import damaged_dumps, find_release_damage, work_of_releases
from graph.releases import dumps_of
from service.console import FAILED, HomeOption, complain, read_settings, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.integrity import Advance, Damage
    from graph.mending import Mended
    from graph.release_integrity import ReleaseDamage
    from graph.repair import Begin


def check_store(
    number: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", help="Number of a version; else all that are kept.")
    ] = None,
    home: HomeOption = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild what is damaged, in all versions that share it.")
    ] = False,
) -> None:
    """Read every file of versions and releases and compare it with the SHA-256 that was noted; exit 1 on damage.

    Versions share files, so one damaged file is named with all versions that have it. --repair rebuilds a store from
    the newest intact version, release or base before it and from the changes of each version after that, and takes the
    result only if it has the same content digest; what a version changed is found again by comparing its store with the
    one before. A file of a release is told with what to do about it. A service may go on running.
    """
    with told():
        folder = read_settings(home).home
        found, of_releases = _mended(folder, number) if repair else _found(folder, number)
        exposed = list(_exposed(folder, number, of_releases))
        if not found:
            for each, directory in version_folders(folder).items():
                if number in {None, each}:
                    unmark(directory)
    damages: list[Damage | ReleaseDamage] = [*found, *of_releases]
    for line in [*(damage.text() for damage in damages), *exposed]:
        print(line)
    if found or of_releases:
        can_mend = found and not repair
        complain("damage was found" + (": coorbit check store --repair mends what it can" if can_mend else ""))
        raise typer.Exit(FAILED)
    print("no damage" if number is None else f"no damage in version {number}")


_AllDamage = tuple[list["Damage"], list["ReleaseDamage"]]


def _found(folder: Path, number: int | None) -> _AllDamage:
    with _watched() as begin:
        stores = find_damage(folder, number, advance=begin("reading files", work_of(folder, number)))
        return stores, _found_in_releases(folder, number, begin)


def _mended(folder: Path, number: int | None) -> _AllDamage:
    from graph.repair import repair as mend

    with _watched() as begin:
        return mend(folder, number, tell=_tell, begin=begin), _found_in_releases(folder, number, begin)


def _exposed(folder: Path, number: int | None, of_releases: Sequence[ReleaseDamage]) -> Iterator[str]:
    """Name the versions that could not be rebuilt any more, since that of which it would be done is damaged."""
    from graph.bases import exposed

    # Of one version, its own releases alone were read; what it is rebuilt from may be an older one.
    read = {dumps_of(folder, each.release) / each.file for each in of_releases}
    found = exposed(folder, readable_versions(folder), read if number is None else damaged_dumps(folder))
    for each in sorted(found if number is None else found & {number}):
        yield f"version {each} could not be rebuilt, as the release for that is damaged: --repair mends it"


def _found_in_releases(folder: Path, number: int | None, begin: Begin) -> list[ReleaseDamage]:
    return find_release_damage(folder, number, advance=begin("reading releases", work_of_releases(folder, number)))


@contextlib.contextmanager
def _watched() -> Iterator[Begin]:
    """Show stages and their progress on a terminal, and nothing elsewhere."""
    columns = (TextColumn("check store, {task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    console = Console(stderr=True)
    shown, both = sys.stderr.isatty(), sys.stdout.isatty()  # what goes to a file stays out of what is shown
    bars = Progress(*columns, TimeRemainingColumn(), console=console, disable=not shown, redirect_stdout=both)
    with bars as progress:

        def begin(what: str, total: int, /) -> Advance:
            for done in progress.task_ids:
                progress.remove_task(done)
            task = progress.add_task(what, total=total)
            return lambda size: progress.advance(task, size)

        yield begin


def _tell(mended: Mended) -> None:
    print(f"version {mended.number}: {'' if mended.mended else 'NOT mended, '}{mended.how}", flush=True)
