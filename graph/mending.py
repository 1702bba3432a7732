"""Mending: how each kind of damage to a version is put right; `graph.repair` decides what is mended, and when.

A store is rebuilt from an intact version before it, or from a copy (`graph.bases`), and from the changes of each
version after that. Only what has the content digest and the counts of the manifest takes the place of what is damaged.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.bases import exposed, secure
from graph.comparison import compare
from graph.consequences import report_anew
from graph.damaged import unmark
from graph.disk import put_in_place, sync_tree
from graph.errors import ChangesUnreadable, TurtleError, VersionDamaged
from graph.integrity import COPIES, readable_versions, version_folders
from graph.kept import claim
from graph.lost_changes import write_anew
from graph.manifests import MANIFEST, MANIFEST_COPY, read_manifest_copy, write_manifest
from graph.rebuilding import READ_FAULTS, ways
from graph.search_index import build_search, follow_search
from graph.search_segment import SEARCH_FILES
from graph.survey import survey
from graph.versions import (
    CHANGES,
    DIGEST,
    DUMPS,
    FIGURES,
    LINK,
    REPORT,
    current_directory,
    drop_passing_files,
    files_beside,
    make_current,
    read_version,
    search_files,
    store_files,
)
from graph.write_errors import PatchRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from graph.integrity import Damage
    from graph.versions import Version

_SOURCE_FAULTS: Final = (ChangesUnreadable, PatchRefused, TurtleError, VersionDamaged, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What became of a damaged version: `how` it was mended, or why not."""

    number: int
    how: str
    mended: bool


def mend_link(home: Path) -> Mended | None:
    """Have the link `current` name the newest version that can be read, where it names none; None where it does.

    Raises:
        NoVersion: the home holds no version.
    """
    if current_directory(home) is not None:
        return None
    if (home / LINK).exists() and not (home / LINK).is_symlink():
        how = f"{LINK} is no link, as in a copy that followed links: move it away and do this again"
        return Mended(number=max(version_folders(home)), how=how, mended=False)
    version = max(readable_versions(home).items(), default=None)
    if version is None:
        why = f"{LINK}: no manifest can be read, so that nobody knows which version it was"
        return Mended(number=max(version_folders(home)), how=why, mended=False)
    number, newest = version
    make_current(home, newest.directory)
    return Mended(number=number, how=f"{LINK} leads to it again, the newest version", mended=True)


def mend_manifest(folder: Path) -> Mended:
    """Put a manifest right by its copy, or its copy by it."""
    number = int(folder.name)
    text = read_manifest_copy(folder)
    if text is not None:
        put_in_place(folder / MANIFEST, text)
        return Mended(number=number, how=f"{MANIFEST} from its copy", mended=True)
    try:
        write_manifest(folder, read_version(folder).manifest)
    except (FileNotFoundError, VersionDamaged):
        how = f"neither {MANIFEST} nor its copy can be read"
        return Mended(number=number, how=how, mended=False)
    return Mended(number=number, how=f"{MANIFEST_COPY} from {MANIFEST}", mended=True)


def mend_changes(home: Path, numbers: set[int], broken: Collection[int]) -> Iterator[Mended]:
    """Find out what versions changed by comparing stores; their digests say whether that is right."""
    versions = readable_versions(home)
    for number in sorted(numbers & versions.keys()):
        version = versions[number]
        parent = versions.get(version.manifest.parent or 0)
        if parent is None:
            yield _let_go(version, keep=number in broken)
            continue
        try:
            write_anew(version, parent, scratch=_new_place(home))
        except _SOURCE_FAULTS as fault:
            yield Mended(number=number, how=f"{CHANGES}: {fault}", mended=False)
        else:
            how = f"{CHANGES} from the stores of versions {parent.manifest.number} and {number}"
            yield Mended(number=number, how=how, mended=True)


def _let_go(version: Version, *, keep: bool) -> Mended:
    """Remove what a version changed in one that is no longer kept, since nobody can ask for that any more.

    Args:
        version: which gets a copy that does not need it.
        keep: whether its store is damaged too, so that no copy of it can be written.
    """
    number, parent = version.manifest.number, version.manifest.parent
    reason = f"{CHANGES} needs the version before, {parent}, which is no longer kept"
    if keep:
        return Mended(number=number, how=reason, mended=False)
    version.changes.unlink()
    return Mended(number=number, how=f"{reason}: removed, a base takes its place", mended=True)


def mend_copies(
    home: Path, found: Sequence[Damage], broken: Collection[int], without: Collection[Path]
) -> Iterator[Mended]:
    """Let go of copies of versions that cannot be read, and write new ones of versions that have none.

    Args:
        home: of the dataset.
        found: what is damaged.
        broken: numbers of versions whose stores are.
        without: files of releases that are, so that nothing can be rebuilt from them.
    """
    for damage in found:
        if damage.file.startswith(f"{COPIES}/"):
            (home / damage.file).unlink(missing_ok=True)
            how = f"{damage.file} removed, versions that need a base get a new one"
            yield Mended(number=damage.versions[0], how=how, mended=True)
    versions = readable_versions(home)
    before = exposed(home, versions, without)
    try:
        secure(home, [version for number, version in versions.items() if number not in broken], without=without)
    except VersionDamaged as fault:
        yield Mended(number=fault.number, how=f"no base of it could be written: {fault}", mended=False)
    for number in sorted(before - exposed(home, versions, without)):
        yield Mended(number=number, how="can be rebuilt again: it, or a version before it, has got a base", mended=True)


def drop_dumps(home: Path, found: Sequence[Damage]) -> Iterator[Mended]:
    """Let go of dumps of versions, which are written again when they are asked for."""
    for damage in found:
        if damage.file.startswith(f"{DUMPS}/"):
            (number,) = damage.versions
            path = version_folders(home)[number] / damage.file
            path.with_name(path.name + DIGEST).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            how = f"{damage.file} removed, it is written again when it is asked for"
            yield Mended(number=number, how=how, mended=True)


def mend_figures(version: Version) -> Mended:
    """Count a version anew."""
    number = version.manifest.number
    try:
        store = ox.Store.read_only(str(version.store))
        scratch = _new_place(version.directory.parents[1])
        counted = survey(store, version.manifest.graphs, number=number, scratch=scratch)
    except (*_SOURCE_FAULTS, *READ_FAULTS) as fault:
        return Mended(number=number, how=f"{FIGURES} not from its store: {fault}", mended=False)
    put_in_place(version.directory / FIGURES, counted.json().encode())
    return Mended(number=number, how=f"{FIGURES} counted in its store", mended=True)


def mend_store(home: Path, number: int, broken: set[int]) -> Mended:
    """Rebuild the store of a version; once that is done it is no longer among the broken ones."""
    versions = readable_versions(home)
    version, reasons = versions[number], []
    for name, build in ways(home, versions, number, broken):
        place = _new_place(home)
        try:
            graphs = build(place)
        except (*_SOURCE_FAULTS, *READ_FAULTS) as fault:
            reasons.append(f"not from {name}: {fault}")
            continue
        _replace(version, place, graphs, versions.get(version.manifest.parent or 0))
        broken.discard(number)
        return Mended(number=number, how=f"store rebuilt from {name}", mended=True)
    how = "; ".join(reasons) or "there is neither a release nor a base of it or of a version before it"
    return Mended(number=number, how=how, mended=False)


def mend_report(version: Version) -> Mended:
    """Validate a version anew; equal findings give the same text."""
    number = version.manifest.number
    try:
        report = report_anew(ox.Store.read_only(str(version.store)))
    except (*_SOURCE_FAULTS, *READ_FAULTS) as fault:
        return Mended(number=number, how=f"{REPORT} not from its store: {fault}", mended=False)
    put_in_place(version.directory / REPORT, report.turtle().encode())
    write_manifest(version.directory, replace(version.manifest, beside=files_beside(version.directory)))
    return Mended(number=number, how=f"{REPORT} made by validating its store", mended=True)


def mend_search(home: Path, number: int, broken: Collection[int]) -> Mended:
    """Make the search index of a version from its store; what it shares with the version before it goes on sharing."""
    versions, place = readable_versions(home), _new_place(home)
    version, parent = versions[number], versions.get(versions[number].manifest.parent or 0)
    how = "search index made from its store"
    try:
        if parent is not None and parent.manifest.number not in broken and parent.manifest.search:
            how = f"search index brought up from that of version {parent.manifest.number}"
            _follow_search(parent, version, place)
        else:
            build_search(ox.Store.read_only(str(version.store)), place)
    except (*_SOURCE_FAULTS, *READ_FAULTS) as fault:
        return Mended(number=number, how=f"search index not from its store: {fault}", mended=False)
    sync_tree(place)
    written = {path.name for path in place.iterdir()}
    for name in sorted(written):
        (place / name).replace(version.directory / name)
    for name in {*SEARCH_FILES} - written:  # what they hold is in the new ones
        (version.directory / name).unlink(missing_ok=True)
    files = search_files(version.directory, parent=parent)
    write_manifest(version.directory, replace(version.manifest, search=files))
    return Mended(number=number, how=how, mended=True)


def _follow_search(parent: Version, version: Version, place: Path) -> None:
    """Write the index of a version by what differs between its default graph and that of the version before."""
    store = ox.Store.read_only(str(version.store))
    delta = compare(ox.Store.read_only(str(parent.store)), store, [ox.DefaultGraph()])
    if delta.added is None or delta.removed is None:
        build_search(store, place)
    else:
        follow_search(store, {quad.triple for quad in delta.added | delta.removed}, parent.directory, place)


def _new_place(home: Path) -> Path:
    """Make an empty folder to work in."""
    place = home / "staging" / "repair"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def _replace(version: Version, place: Path, graphs: dict[str, int], parent: Version | None) -> None:
    """Put a rebuilt store into a version: whoever opens it finds the old or the new one, each whole.

    It has a name of its own, since processes may have the old one open, whose files have the same names.
    """
    taken = [int(path.suffix[1:]) for path in version.directory.glob("store.*") if path.suffix[1:].isdecimal()]
    name = f"store.{max(taken, default=0) + 1:03}"
    drop_passing_files(place / "store")
    sync_tree(place / "store")
    (place / "store").rename(version.directory / name)
    with_claim = claim(version.directory)
    files = store_files(version.directory / name, parent=parent)
    manifest = replace(version.manifest, graphs=graphs, store=name, files=files)
    write_manifest(version.directory, manifest)
    unmark(version.directory)
    if with_claim is not None:  # nobody reads the old one
        with with_claim:
            shutil.rmtree(version.store, ignore_errors=True)
