"""The W3C tests as their manifests list them.

A case knows where its files are and under which IRIs they go: the address of the suite on the web, never a path of the
machine, so that an expected answer that names a file of the suite is the same everywhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from conformance.facts import RDF, RDFS, Facts, characters, fragment, triples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.facts import Term

BASE: Final = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT: Final = "http://www.w3.org/2009/sparql/tests/test-update#"

SUITES: Final = {
    "protocol": ("protocol",),
    "graph store protocol": ("graph-store-protocol",),
    "service description": ("service-description",),
    "query": (
        *("aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping", "negation"),
        *("project-expression", "property-path", "subquery"),
    ),
    "syntax": ("syntax-query", "syntax-update-1", "syntax-update-2", "syntax-fed"),
    "result formats": ("csv-tsv-res", "json-res"),
    "update": (
        *("add", "basic-update", "clear", "copy", "delete-data", "delete-insert", "delete-where", "delete", "drop"),
        *("move", "update-silent"),
    ),
}
"""The folders of each suite, under the name that the summary gives it."""

LEFT_OUT: Final = {
    "entailment": "the service answers by what is stored: its rules run when the dataset is built",
    "service": "the tests call endpoints at example.org, and the service calls none",
}
"""Folders of SPARQL 1.1 that are not run, with the reason."""

DIGEST: Final = "ee261529cca32021aeb6a05c214a84a9786a5c4a3b084631a0e925ff5394b29a"
"""SHA-256 of the suite that the list of known failures was made with; CONTRIBUTING names it."""

_ENDINGS: Final = {".csv", ".nt", ".rdf", ".rq", ".ru", ".srj", ".srx", ".tsv", ".ttl"}

Graphs = dict[str, tuple[ox.Triple, ...]]
"""Triples by graph name; the default graph has the empty name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of a manifest."""

    name: str
    """Its folder and the fragment of its IRI: aggregates/agg01."""
    suite: str
    kind: str
    """The local name of its class: QueryEvaluationTest."""
    node: Term
    facts: Facts
    root: Path

    @property
    def action(self) -> Term:
        """What is to be done."""
        return self.facts.value(self.node, f"{MF}action")

    @property
    def result(self) -> Term:
        """What is to come out."""
        return self.facts.value(self.node, f"{MF}result")

    def path(self, iri: Term) -> Path:
        """Return the file that an IRI of the manifest names."""
        return self.root / characters(iri).removeprefix(BASE)

    def text(self, iri: Term) -> str:
        """Return a query or an update, its relative IRIs resolved against its address on the web.

        A BASE of its own follows, and stands (SPARQL 1.1 Query, 4.1.1.1).
        """
        return f"BASE <{characters(iri)}>\n{self.path(iri).read_text(encoding='utf-8')}"

    def triples(self, iri: Term) -> tuple[ox.Triple, ...]:
        """Return the triples of a data file."""
        return triples(self.path(iri).read_bytes(), characters(iri), base_iri=characters(iri))

    def graphs(self, node: Term, vocabulary: str) -> Graphs:
        """Return the dataset that an action or a result describes by `data` and `graphData`."""
        read: Graphs = {"": ()}
        for data in self.facts.values(node, f"{vocabulary}data"):
            read[""] += self.triples(data)
        for graph in self.facts.values(node, f"{vocabulary}graphData"):
            if isinstance(graph, ox.BlankNode):
                read[self.facts.text(graph, f"{RDFS}label")] = self.triples(self.facts.value(graph, f"{UT}graph"))
            else:
                read[characters(graph)] = self.triples(graph)
        return read


def suite_root(folder: Path) -> Path:
    """Return the folder of SPARQL 1.1 in a checkout of w3c/rdf-tests; its folder `sparql` alone will do."""
    for root in (folder / "sparql" / "sparql11", folder / "sparql11"):
        if (root / "manifest-all.ttl").is_file():
            return root.resolve()
    message = f"--w3c {folder}: no sparql/sparql11/manifest-all.ttl there; give a checkout of w3c/rdf-tests"
    raise FileNotFoundError(message)


def digest(root: Path) -> str:
    """Return the SHA-256 over names and contents of the files that the tests consist of, by name.

    HTML pages and other renderings of the manifests do not count, so a checkout and a copy without them agree.
    """
    files = sorted(path for path in root.rglob("*") if path.suffix in _ENDINGS)
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root).as_posix()}\n" for path in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def folders(root: Path) -> set[str]:
    """Return the folders that the manifest of all of SPARQL 1.1 includes."""
    facts = Facts.read(root / "manifest-all.ttl", base_iri=f"{BASE}manifest-all.ttl")
    listed = facts.items(facts.value(ox.NamedNode(f"{BASE}manifest-all.ttl"), f"{MF}include"))
    return {characters(iri).removeprefix(BASE).split("/")[0] for iri in listed}


def cases(root: Path, suites: tuple[str, ...], kinds: tuple[str, ...]) -> list[Case]:
    """Return the tests of some suites whose class is one of those, in the order of the manifests."""
    found = [
        case
        for suite in suites
        for folder in SUITES[suite]
        for case in _listed(root, f"{folder}/manifest.ttl", suite=suite)
    ]
    return [case for case in found if case.kind in kinds]


def _listed(root: Path, manifest: str, *, suite: str) -> Iterator[Case]:
    facts = Facts.read(root / manifest, base_iri=BASE + manifest)
    node = ox.NamedNode(BASE + manifest)
    for include in facts.values(node, f"{MF}include"):
        for included in facts.items(include):
            yield from _listed(root, characters(included).removeprefix(BASE), suite=suite)
    for entries in facts.values(node, f"{MF}entries"):
        for entry in facts.items(entries):
            yield Case(
                name=f"{manifest.partition('/')[0]}/{fragment(entry)}",
                suite=suite,
                kind=fragment(facts.value(entry, f"{RDF}type")),
                node=entry,
                facts=facts,
                root=root,
            )
