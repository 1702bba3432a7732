"""Small tables in the form of GCAT for tests, and what an import makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.sources.gcat import (
    Payload,
    read_launch_log,
    read_organizations,
    read_payload_catalogue,
    read_sites,
)
from graph.sources.gcat_states import read_states
from graph.terms import PREFIXES
from graph.triples.gcat import Catalogue, add_payloads, cooperative
from graph.triples.known import Known
from graph.triples.sheet import Sheet
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from pathlib import Path

_LOG = (
    "Launch_Tag", "Launch_Date", "Piece", "Type", "Name", "PLName", "JCAT", "SatOwner", "SatState", "LV_Type",
    "Launch_Site", "Agency", "LVState", "Launch_Code",
)  # fmt: skip
_CFOSAT = {
    "Launch_Tag": "2018-083  ", "Launch_Date": "2018 Oct 29 0043:13", "Piece": "2018-083A", "Type": "P           ",
    "Name": "CFOSAT ", "PLName": "HY-cfosat", "JCAT": "S43662", "SatOwner": "CNES", "SatState": "F ",
    "LV_Type": "Chang Zheng 2C", "Launch_Site": "JQ", "Agency": "CALT", "LVState": "CN", "Launch_Code": "OS",
}  # fmt: skip
_ORGS = "#Code\tUCode\tStateCode\tType\tClass\tTStart\tTStop\tShortName\tName\tParent\tEName\tUName"
_SITES = "#Site\tUCode\tShortName\tName\tLongitude\tLatitude\tShortEName\tEName"
_PAYLOADS = "#JCAT\tCategory\tUNState\tUNReg"


_BODIES: tuple[tuple[str, ...], ...] = (
    ("CNES", "CNES", "F", "O/LA", "C", "-", "-", "Centre Nationale", "French Space Centre", "Centre national d'études"),
    ("CALT", "CALT", "CN", "O/LA", "C", "-", "-", "Zhongguo", "Academy of Launch Vehicles", "中国运载火箭技术研究院"),
    ("ESA", "ESA", "I-ESA", "O/LA", "C", "-", "-", "European Space Agency", "-", "European Space Agency"),
    ("ESTEC", "ESTEC", "I-ESA", "O", "C", "-", "-", "ESTEC", "-", "ESTEC", "ESA"),
    ("SSTL", "SSTL", "UK", "O", "B", "-", "-", "Surrey Satellites", "-", "Surrey Satellites"),
    ("F", "F", "F", "CY", "C", "-", "*", "Republique francaise", "France", "République française"),
    ("SU", "SU", "SU", "CY", "C", "1922 Dec 30", "1991 Dec 26", "SSSR", "Soviet Union", "Союз"),
    ("RU", "SU", "RU", "CY", "C", "1991 Dec 26", "-", "Rossiya", "Russia", "Россия"),
    ("OKB1", "OKB1", "SU", "O", "C", "1946", "1991 Dec 31", "OKB-1", "-", "OKB-1"),
    ("IKI", "IKI", "SU", "O", "C", "1965", "-", "Institut Kosmicheskikh", "-", "Институт космических"),
    ("POL", "POL", "SU", "O", "C", "1990?", "2007", "Polyot", "-", "Полёт"),
)
"""Code, UCode, StateCode, Type, Class, TStart, TStop, Name, EName, UName and, where there is one, Parent."""


CURATED = """
sys:cfosat a coo:Satellite ; rdfs:label "CFOSAT"@en ; coo:cosparId "2018-083A" ; coo:noradId "43662" .
occ:launch-2018-083 a coo:LaunchEvent ; rdfs:label "Launch"@en ; coo:onDate "2018-10-29"^^xsd:date .
actor:cnes a coo:SpaceAgency ; rdfs:label "CNES"@en ; coo:gcatCode "CNES" .
place:jiuquan a coo:LaunchSite ; rdfs:label "Jiuquan"@en ; coo:gcatCode "JQ" .
sys:long-march-2c a coo:LaunchVehicleModel ; rdfs:label "Long March 2C"@en ; coo:gcatCode "Chang Zheng 2C" .
"""
"""What the curators say of CFOSAT and its launch."""


def _org(*cells: str) -> str:
    *first, name, english, native = cells[:10]
    parent = cells[10] if len(cells) > 10 else "-"
    return "\t".join((*first, name, name, parent, english, native))


def write_tables(folder: Path, *rows: dict[str, str], more: tuple[tuple[str, ...], ...] = ()) -> Path:
    """Write the four tables, the launch log with these rows over CFOSAT's, and more bodies."""
    lines = ["#" + "\t".join(_LOG), *("\t".join((_CFOSAT | row)[name] for name in _LOG) for row in rows)]
    orgs = [_ORGS, "# Updated 2026", *(_org(*cells) for cells in (*_BODIES, *more))]
    sites = [
        _SITES,
        "JQ\tJQ\tJiuquan\tJiuquan\t    100.3100 \t   41.3100 \t-\t-",
        "NIIP-5\tGIK-5\tBaykonur\tNIIP-5\t63.0000\t46.0000\tBaykonur\t-",
        "GIK-5\tGIK-5\tBaykonur\tGIK-5\t63.0000\t46.0000\tBaykonur\t-",
    ]
    payloads = [_PAYLOADS, "S43662\tEOSCI\tCN\tST/SG/SER.E/857", "S00002\tTECH/COM?\t[SU]\t-"]
    for name, text in (("launchlog", lines), ("orgs", orgs), ("sites", sites), ("psatcat", payloads)):
        (folder / f"{name}.2024.tsv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return folder


def read_catalogue(folder: Path) -> Catalogue:
    """Return the tables of a folder as they are read."""
    return Catalogue(
        payloads=read_launch_log(folder / "launchlog.2024.tsv"),
        entries=read_payload_catalogue(folder / "psatcat.2024.tsv"),
        bodies=read_organizations(folder / "orgs.2024.tsv"),
        sites=read_sites(folder / "sites.2024.tsv"),
        parties=read_states(),
    )


def read_payload(folder: Path, **cells: str) -> Payload:
    """Return the one payload of a launch log: CFOSAT's row with these cells over it."""
    (payload,) = read_launch_log(write_tables(folder, cells) / "launchlog.2024.tsv")
    return payload


def known(turtle: str) -> Known:
    """Return what a curated graph of four states and this Turtle knows."""
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    states = "".join(
        f'actor:{slug} a coo:State ; coo:isoAlpha2 "{code}" .\n'
        for slug, code in (("chn", "CN"), ("fra", "FR"), ("gbr", "GB"), ("rus", "RU"))
    )
    return Known(quad.triple for quad in ox.parse(header + states + turtle, format=ox.RdfFormat.TURTLE))


def imported(folder: Path, curated: str, *rows: dict[str, str], more: tuple[tuple[str, ...], ...] = ()) -> str:
    """Return the Turtle that an import makes of these rows beside a curated graph."""
    sheet = Sheet(known(curated), author="https://w3id.org/coorbit/id/actor/jonathan-mcdowell")
    catalogue = read_catalogue(write_tables(folder, *rows, more=more))
    add_payloads(sheet, catalogue, cooperative(catalogue))
    return canonical_turtle(sheet.triples)
