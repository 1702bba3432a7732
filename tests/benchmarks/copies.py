"""A published home of any size: the packaged graph, and copies of its things under other names.

States and organizations are the same in all copies, so that the hubs grow with the graph as they would. What the rules
derive from a copy is the copy of what they derived, which `coorbit commit --full` on such a home confirms.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from graph.digest import changed_digest, statement_sum
from graph.locking import writing
from graph.patch import write_changes
from graph.search_index import build_search
from graph.terms import BASE, COO, DERIVED_GRAPH, ONTOLOGY_GRAPH, PREFIXES, SHAPES_GRAPH, SKOS
from graph.versions import CHANGES, REPORT, Version, current, next_number, publish, search_files, store_files

ID: Final = BASE + "id/"
COORBIT: Final = Path(sys.executable).parent / "coorbit"
_UNIQUE: Final = {COO + name for name in ("cosparId", "noradId", "gcatCode", "isoAlpha2", "isoAlpha3", "m49Code")}
_LINKS: Final = {PREFIXES["owl"] + "sameAs", PREFIXES["schema"] + "sameAs", SKOS + "exactMatch", SKOS + "closeMatch"}
_LINK: Final = f"<{ID}link/"
_NOT_COPIED: Final = {ONTOLOGY_GRAPH, SHAPES_GRAPH}
_MARK: Final = "\0"


def published_home(home: Path, quads: int) -> Version:
    """Give a new home a published version with at least so many quads in its named graphs."""
    subprocess.run([COORBIT, "build", "--home", home], check=True, capture_output=True)
    base = current(home)
    store = ox.Store.read_only(str(base.store))
    templates = {"": _templates(store, ox.DefaultGraph())}
    templates |= {iri: _templates(store, ox.NamedNode(iri)) for iri in base.manifest.graphs if iri not in _NOT_COPIED}
    named = sum(map(len, templates.values())) - len(templates[""])
    copies = max(0, math.ceil((quads - sum(base.manifest.graphs.values())) / named))
    number, _ = next_number(home)
    with writing(home):
        staging = home / "staging" / f"{number:06}"
        staging.mkdir(parents=True)
        lines = staging.parent / "copies.nq"
        counts, digest = _write(lines, templates, copies)
        new = ox.Store(staging / "store")
        new.bulk_extend(store)
        new.bulk_load(path=lines, format=ox.RdfFormat.N_QUADS)
        lines.unlink()
        new.optimize()
        new.flush()
        build_search(new, staging)
        del new
        shutil.copyfile(base.directory / REPORT, staging / REPORT)
        write_changes(staging / CHANGES, ())  # it has no part in what is measured
        grown = Counter(base.manifest.graphs) + counts
        manifest = replace(
            base.manifest,
            number=number,
            parent=base.manifest.number,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            message=f"{copies} copies",
            packaged=False,
            made_from="",
            triples=base.manifest.triples + counts[""],
            graphs={iri: grown[iri] for iri in base.manifest.graphs},
            digest=changed_digest(base.manifest.digest, digest),
            files=store_files(staging / "store"),
            search=search_files(staging),
        )
        return publish(home, staging, manifest)


def _templates(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> list[str]:
    """Return the quads of a graph that differ in a copy, as lines with a mark where the number of the copy goes."""
    marked = (_marked(quad) for quad in store.quads_for_pattern(None, None, None, graph) if _is_copied(quad))
    return [line for line in marked if _MARK in line]


def _is_copied(quad: ox.Quad) -> bool:
    if quad.predicate.value in _UNIQUE | _LINKS or isinstance(quad.subject, ox.BlankNode):
        return False
    return not str(quad.subject).startswith(_LINK) and not str(quad.object).startswith(_LINK)


def _marked(quad: ox.Quad) -> str:
    value = _name(quad.object)
    if quad.predicate.value == COO + "rowKey" and isinstance(quad.object, ox.Literal):
        value = f'"{quad.object.value}-c{_MARK}"'
    graph = f" {quad.graph_name}" if isinstance(quad.graph_name, ox.NamedNode) else ""
    return f"{_name(quad.subject)} {quad.predicate} {value}{graph}"


def _name(node: object) -> str:
    """Return a node as N-Quads has it, marked where a copy has another."""
    if isinstance(node, ox.NamedNode) and node.value.startswith(ID) and not node.value.startswith(ID + "actor/"):
        return f"<{node.value}-c{_MARK}>"
    return str(node)


def _write(path: Path, templates: dict[str, list[str]], copies: int) -> tuple[Counter[str], int]:
    """Write the copies; return how many quads each graph gains, and the sum that their digest grows by."""
    total = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, copies + 1):
            for graph, lines in templates.items():
                said = [line.replace(_MARK, str(number)) for line in lines]
                file.writelines(f"{line} .\n" for line in said)
                if graph not in {"", DERIVED_GRAPH}:
                    total += sum(map(statement_sum, said))
    return Counter({graph: len(lines) * copies for graph, lines in templates.items()}), total
