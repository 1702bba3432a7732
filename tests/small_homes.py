"""Small homes of both kinds, made from TriG, for tests of what is read from a version."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.changes import graph_key
from graph.digest import set_digest
from graph.store import merged, write_store
from graph.versions import Manifest, next_number, publish, store_files, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.versions import Kind, Version

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def read(trig: str) -> list[ox.Quad]:
    """Return the quads of a TriG document; blank nodes keep the names that it gives them."""
    return list(ox.parse(trig, format=ox.RdfFormat.TRIG))


def publish_quads(home: Path, quads: Sequence[ox.Quad], *, kind: Kind = "published", **other: int) -> Version:
    """Make some quads the next version of a home, unchecked.

    Args:
        home: may be new.
        quads: of a published dataset each in a named graph.
        kind: of the dataset.
        other: fields of the manifest that are not to be what they should.
    """
    counts = Counter(graph_key(quad.graph_name) for quad in quads)
    with writing(home):
        number, parent = next_number(home)
        staging = home / "staging" / f"{number:06}"
        staging.mkdir(parents=True)
        triples = merged(quads) if kind == "published" else set[ox.Triple]()
        write_store(staging / "store", quads, triples)
        manifest = Manifest(
            number=number,
            parent=parent,
            created=NOW.isoformat(),
            author="tests",
            message="a test",
            kind=kind,
            packaged=False,
            software="0",
            engine="0",
            triples=other.get("triples", len(triples) if kind == "published" else counts[""]),
            graphs={name: count for name, count in sorted(counts.items()) if name},
            digest=set_digest(quads),
            files=store_files(staging / "store"),
        )
        return publish(home, staging, manifest)
