"""A small dataset, what `/void` and `/dcat` tell of it, and rows of a query over that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.descriptions import dcat_statements, void_statements
from graph.statements import triples
from graph.terms import BASE, COO, CURATED_GRAPH, GRAPHS, PREFIXES, SKOS
from service.describing import published

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version

SMALL: Final = f"""
@prefix e: <http://e.test/> .
@prefix skos: <{SKOS}> .
@prefix coo: <{COO}> .
<{CURATED_GRAPH}> {{ <{BASE}id/actor/a> a coo:Actor , e:C ; e:p 1 . <{BASE}id/actor/b> a coo:Actor . _:b a e:C . }}
<{GRAPHS}links/one> {{
  <{BASE}id/actor/a> skos:exactMatch <http://one.test/x/1> ; skos:closeMatch <http://one.test/x/2> .
  <{BASE}id/actor/b> skos:exactMatch <http://one.test/x/3> , <{BASE}id/actor/a> , "x" ; e:p <http://one.test/x/4> .
  <{BASE}id/link/l> coo:externalResource <http://one.test/x/1> .
}}
"""


def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    """Return the rows of a SELECT."""
    found = store.query(query, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return {tuple(str(value) for value in row) for row in found}


def described(version: Version, home: Path) -> ox.Store:
    """Return VoID and DCAT of a version as `/void` and `/dcat` tell them of https://e.test/kg/."""
    about = published(home, version, "https://e.test/kg/")
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples([*void_statements(about), *dcat_statements(about)]))
    return store
