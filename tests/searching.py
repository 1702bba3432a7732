"""Small graphs with names, and what an index of one holds, for the tests of search and matching."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.search_segment import SEARCH_FILES
from graph.terms import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

_PROLOGUE: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

# ruff: noqa: RUF001  (apostrophes as they are written)
SMALL: Final = """
actor:chn a coo:State, coo:Actor ; rdfs:label "China"@en, "Chine"@fr, "中国"@zh, "Китай"@ru ;
  coo:isoAlpha2 "CN" ; coo:isoNumeric "156" ; skos:exactMatch wd:Q148 .
lnk:chn-wikidata a coo:IdentityLink ; rdfs:label "China in Wikidata"@en ; coo:localResource actor:chn ;
  coo:externalResource wd:Q148 ; coo:confidence 0.95 .
actor:chl a coo:State, coo:Actor ; rdfs:label "Chile"@en ; coo:isoAlpha2 "CL" ; coo:isoNumeric "152" .
actor:civ a coo:State, coo:Actor ; rdfs:label "Côte d’Ivoire"@en, "Elfenbeinküste"@de .
actor:mmr a coo:State, coo:Actor ; rdfs:label "Myanmar"@en ; coo:hasNameUsage sit:burma .
sit:burma a coo:NameUsage ; coo:nameForm "Burma"@en .
actor:cnsa a coo:SpaceAgency, coo:Organization, coo:Actor ; coo:acronym "CNSA" ; coo:gcatCode "C" ;
  rdfs:label "China National Space Administration"@en, "中国国家航天局"@zh ; coo:agencyOf actor:chn ;
  coo:representsState actor:chn .
sys:cbers-4a a coo:Satellite, coo:SpaceSystem ; rdfs:label "CBERS-4A"@en ; skos:altLabel "Ziyuan 1-04A"@en ;
  coo:cosparId "2019-093E" ; coo:noradId "44883" ; coo:launchedIn occ:launch ; coo:registeredBy actor:chn .
sys:cbers-4 a coo:Satellite, coo:SpaceSystem ; rdfs:label "CBERS-4"@en ; coo:cosparId "2014-079A" .
occ:launch a coo:LaunchEvent, coo:Occurrence ; rdfs:label "Launch of CBERS-4A"@en ; coo:onDate "2019-12-20"^^xsd:date .
src:row a coo:DatasetRow ; rdfs:label "Row of CBERS-4A"@en .
"""


def triples(turtle: str) -> set[ox.Triple]:
    """Return the triples of Turtle that uses the project's prefixes."""
    return {quad.triple for quad in ox.parse(_PROLOGUE + turtle, format=ox.RdfFormat.TURTLE)}


def store_of(turtle: str) -> ox.Store:
    """Return a store whose default graph holds Turtle."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples(turtle))
    return store


def contents(directory: Path) -> dict[str, object]:
    """Return all that an index tells, by IRI of the thing, weights excepted; a later file hides those before it."""
    told: dict[str, object] = {}
    for name in SEARCH_FILES:
        if (directory / name).exists():
            told |= _of_file(directory / name)
    return {iri: rows for iri, rows in told.items() if rows}


def _of_file(path: Path) -> dict[str, object]:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    told: dict[str, object] = {}
    iris = dict(database.execute("SELECT id, iri FROM type"))
    for number, iri, label, types in database.execute("SELECT id, iri, label, types FROM thing").fetchall():
        rows = [
            database.execute(f"SELECT {columns} FROM {table} WHERE thing = ? ORDER BY {columns}", (number,)).fetchall()
            for table, columns in (
                ("name", "text, langs, role, folded"),
                ("label", "lang, text"),
                ("identifier", "scheme, value, folded"),
                ("link", "external, key, relation, record, confidence"),
            )
        ]
        classes = sorted(iris[int(each)] for each in (types or "").split())
        told[iri] = (label, classes, rows) if label else None
    database.close()
    return told
