"""Changes of a version that can no longer be read, found again by comparing its store with that of its parent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.activities import activity_of, ended_at
from graph.comparison import compare
from graph.digest import changed_digest
from graph.disk import put_in_place
from graph.errors import VersionDamaged
from graph.patch import write_changes
from graph.terms import MADE_GRAPHS
from graph.versions import CHANGES

if TYPE_CHECKING:
    from pathlib import Path

    from graph.changes import GraphName
    from graph.versions import Version


def write_anew(version: Version, parent: Version, *, scratch: Path) -> None:
    """Write what a version changed into its directory, in place of what cannot be read.

    Args:
        version: whose store is intact.
        parent: whose store is intact.
        scratch: a folder that exists.

    Raises:
        VersionDamaged: what the stores differ in does not lead from one digest to the other.
        RuntimeError: a store cannot be read.
    """
    before, after = ox.Store.read_only(str(parent.store)), ox.Store.read_only(str(version.store))
    delta = compare(before, after, None if version.manifest.kind == "plain" else _content(version, parent))
    if changed_digest(parent.manifest.digest, delta.digest) != version.manifest.digest:
        message = "its store and that of the version before do not differ by what their digests say"
        raise VersionDamaged(version.manifest.number, message)
    headers = {}
    if version.manifest.kind == "published":
        ended = ended_at(after, version.manifest.number)
        headers = replace(activity_of(version.manifest), ended=ended).headers() if ended else {}
    write_changes(scratch / CHANGES, delta.rows(), headers)
    put_in_place(version.changes, (scratch / CHANGES).read_bytes())


def _content(*versions: Version) -> set[GraphName]:
    names = {name for version in versions for name in version.manifest.graphs}
    return {ox.NamedNode(name) for name in names - MADE_GRAPHS}
