"""Small homes: of both kinds from TriG, unchecked, and a published one of a few facts that conform."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.changes import graph_key
from graph.digest import set_digest
from graph.locking import writing
from graph.manifests import Manifest
from graph.published import build
from graph.store import merged, write_store
from graph.terms import MADE_GRAPHS, PREFIXES
from graph.versions import next_number, publish, store_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.manifests import Kind
    from graph.versions import Version

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FACTS = """
  actor:bra a coo:Organization ; rdfs:label 'Bra'@en .
  actor:fra a coo:Organization ; rdfs:label 'Fra'@en .
  sys:cfosat a coo:Satellite ; rdfs:label 'CFOSAT'@en ; coo:missionType mis:communications ; coo:owner actor:fra .
  sys:cses-01 a coo:Satellite ; rdfs:label 'CSES 1'@en ; coo:missionType mis:communications .
  sys:gaofen-1 a coo:Satellite ; rdfs:label 'Gaofen 1'@en ; coo:missionType mis:communications .
"""


def read(trig: str) -> list[ox.Quad]:
    """Return the quads of a TriG document; blank nodes keep the names that it gives them."""
    return list(ox.parse(trig, format=ox.RdfFormat.TRIG))


def build_facts(home: Path, *, plans: Path) -> None:
    """Build a published dataset of a few facts, which conform, under the packaged ontology and shapes.

    Args:
        home: may be new.
        plans: the folder with the plan of the packaged shapes, to be copied: to make one takes longer than the rest.
    """
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    home.mkdir(parents=True)
    (home / "facts.ttl").write_text(prefixes + FACTS)
    build(home, [home / "facts.ttl"], now=NOW, author="tests")
    shutil.copytree(plans, home / "plans")


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
            digest=set_digest(
                quad for quad in quads if kind == "plain" or graph_key(quad.graph_name) not in MADE_GRAPHS
            ),
            files=store_files(staging / "store"),
        )
        return publish(home, staging, manifest)
