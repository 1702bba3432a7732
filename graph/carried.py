"""What commits have written into a packaged dataset, and what of it stays when the package brings another one.

A graph that came by commits is kept beside the new package's graphs. A graph of the package that commits have changed
cannot be: which of both a reader wants, the curators' or his own, only a person can say.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.build import packaged_graphs
from graph.errors import NoVersion, PackageConflict, VersionPruned
from graph.history import diff
from graph.kept import kept_versions
from graph.store import graph_iri
from graph.terms import compact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.patch import Row
    from graph.versions import Version

_SHOWN: Final = 3


def written_by_commits(home: Path) -> list[ox.Quad]:
    """Return the quads that commits have put into graphs of their own since the package made the dataset.

    Empty for a home without a version, and for one whose dataset is not of a package.

    Raises:
        PackageConflict: commits have changed graphs that come with the package, or it cannot be told whether.
    """
    try:
        versions = kept_versions(home)
    except NoVersion:
        return []
    newest = versions[0]
    if newest.manifest.packaged or not newest.manifest.made_from:
        return []
    base = next((version for version in versions if version.manifest.packaged), None)
    if base is None:
        message = "the version that the package made is no longer kept, so that nobody knows what commits have changed"
        raise PackageConflict(message)
    quads = _quads(_changes(home, base, newest))
    ours = packaged_graphs()
    changed = Counter(graph_iri(quad) for quad in quads if graph_iri(quad) in ours)
    if changed:
        shown = ", ".join(f"{compact(name)} ({count})" for name, count in changed.most_common(_SHOWN))
        message = f"commits since version {base.manifest.number} have changed graphs that come with the package, by "
        message += f"number of quads: {shown} (coorbit diff {base.manifest.number} {newest.manifest.number} lists them)"
        raise PackageConflict(message)
    return quads


def _changes(home: Path, base: Version, newest: Version) -> Sequence[Row]:
    try:
        return list(diff(home, base.manifest.number, newest.manifest.number))
    except VersionPruned as fault:  # between the two looks
        raise PackageConflict(str(fault)) from fault


def _quads(rows: Sequence[Row]) -> list[ox.Quad]:
    """Return the quads of a difference; of graphs that were not there before all were added."""
    return list(ox.parse("".join(f"{row.quad} .\n" for row in rows), format=ox.RdfFormat.N_QUADS))
