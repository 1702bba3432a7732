"""The command `coorbit check store`: what is damaged on disk, and its repair."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from graph.damaged import unmark
from graph.integrity import find_damage, find_release_damage, version_folders, work_of
from service.console import FAILED, HomeOption, complain, read_settings, told

if TYPE_CHECKING:
    from graph.integrity import Damage, ReleaseDamage
    from graph.repair import Mended


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
        if not found:
            for each, directory in version_folders(folder).items():
                if number in {None, each}:
                    unmark(directory)
    for line in [*(damage.text() for damage in found), *(damage.text() for damage in of_releases)]:
        print(line)
    if found or of_releases:
        can_mend = found and not repair
        complain("damage was found" + (": coorbit check store --repair mends what it can" if can_mend else ""))
        raise typer.Exit(FAILED)
    print("no damage" if number is None else f"no damage in version {number}")


_AllDamage = tuple[list["Damage"], list["ReleaseDamage"]]


def _found(folder: Path, number: int | None) -> _AllDamage:
    columns = (TextColumn("check store"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=work_of(folder, number))
        stores = find_damage(folder, number, advance=lambda size: progress.advance(task, size))
        return stores, find_release_damage(folder, number, advance=lambda size: progress.advance(task, size))


def _mended(folder: Path, number: int | None) -> _AllDamage:
    from graph.repair import repair as mend

    with Console(stderr=True).status("repairing") if sys.stderr.isatty() else told():
        return mend(folder, number, tell=_tell), find_release_damage(folder, number)


def _tell(mended: Mended) -> None:
    print(f"version {mended.number}: {'' if mended.mended else 'NOT mended, '}{mended.how}", flush=True)
