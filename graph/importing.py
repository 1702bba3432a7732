"""Import of public catalogues: a publisher's local files to one canonical Turtle file of the graph.

One function a source, and a table of them by name for the command line. The result depends on the files and on the
curated graph alone, so a second run writes the same bytes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import SourceError
from graph.resources import resource_dir
from graph.sources.countries import read_countries
from graph.sources.gcat import read_launch_log, read_organizations, read_payload_catalogue, read_sites
from graph.sources.gcat_states import read_states
from graph.sources.memberships import read_differences, read_members
from graph.sources.treaties import read_acts, read_charter_members, read_station_partners
from graph.triples.countries import add_countries
from graph.triples.gcat import Catalogue, add_payloads, cooperative
from graph.triples.known import Known, packaged_files, read_known
from graph.triples.links import TARGETS, Linksets
from graph.triples.memberships import add_members
from graph.triples.sheet import Sheet, entity
from graph.triples.treaties import TREATIES, add_acts, add_charter, add_station
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from graph.sources.gcat import Body

_log = logging.getLogger(__name__)

CURATORS: Final = entity("actor", "coorbit-curators")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import gave.

    Attributes:
        path: the file written.
        rows: rows of the sources that were used.
        triples: triples written.
    """

    path: Path
    rows: int
    triples: int


def import_countries(files: Sequence[Path], out: Path) -> Imported:
    """Write codes and names of all countries and territories from `country-codes.csv`.

    Raises:
        SourceError: the file is not among `files`, or cannot be read; see `graph.sources.table`.
    """
    countries = read_countries(_file(files, "country-codes"))
    sheet = Sheet(Known(()), author=CURATORS)
    add_countries(sheet, countries)
    return _write(out, sheet.triples, rows=len(countries))


def import_gcat(files: Sequence[Path], out: Path) -> Imported:
    """Write the cooperative part of GCAT from its four tables, against the curated graph as it stands.

    Raises:
        SourceError: a table is not among `files`, or cannot be read.
        TurtleError: a curated file does not parse.
    """
    catalogue = Catalogue(
        payloads=read_launch_log(_file(files, "launchlog")),
        entries=read_payload_catalogue(_file(files, "psatcat")),
        bodies=read_organizations(_file(files, "orgs")),
        sites=read_sites(_file(files, "sites")),
        parties=read_states(),
    )
    known = read_known(packaged_files(catalogues=("countries", "memberships", "treaties")))
    sheet = Sheet(known, author=entity("actor", "jonathan-mcdowell"))
    payloads = cooperative(catalogue)
    add_payloads(sheet, catalogue, payloads)
    return _write(out, sheet.triples, rows=len(payloads))


def import_memberships(files: Sequence[Path], out: Path) -> Imported:
    """Write the members of treaties and bodies; GCAT's organizations, if given, name the agencies.

    Raises:
        SourceError: a list is not among `files`, or cannot be read.
        TurtleError: a curated file does not parse.
    """
    members = read_members(_file(files, "space-memberships"))
    differences = read_differences(_file(files, "members-"))
    sheet = Sheet(read_known(packaged_files(catalogues=("countries",))), author=CURATORS)
    add_members(sheet, members, differences, _organizations(files))
    return _write(out, sheet.triples, rows=len(members))


def import_treaties(files: Sequence[Path], out: Path) -> Imported:
    """Write acts towards treaties, members of the Disasters Charter and participants of the ILRS.

    Raises:
        SourceError: a list is not among `files`, or cannot be read.
        TurtleError: a curated file does not parse.
    """
    acts = [act for treaty in TREATIES for act in read_acts(_file(files, treaty))]
    charter = read_charter_members(_file(files, "disasters-charter-members"))
    station = read_station_partners(_file(files, "ilrs-participants"))
    sheet = Sheet(read_known(packaged_files(catalogues=("countries", "memberships"))), author=CURATORS)
    add_acts(sheet, acts)
    add_charter(sheet, charter, _organizations(files))
    add_station(sheet, station)
    return _write(out, sheet.triples, rows=len(acts) + len(charter) + len(station))


def import_links(files: Sequence[Path], out: Path) -> Imported:
    """Write a file of links a target into the folder `out`, from the tables of countries and of members.

    Raises:
        SourceError: a table is not among `files`, or cannot be read.
        TurtleError: a curated file does not parse.
    """
    countries = read_countries(_file(files, "country-codes"))
    members = read_members(_file(files, "space-memberships"))
    known = read_known(packaged_files(catalogues=("countries", "memberships", "treaties")))
    sheets = {target: Sheet(known, author=CURATORS) for target in TARGETS}
    linksets = Linksets(sheets)
    linksets.add_countries(countries)
    linksets.add_blocks(members)
    linksets.add_found()
    written = [_write(out / f"{target}.ttl", sheet.triples, rows=0) for target, sheet in sheets.items()]
    return Imported(path=out, rows=len(countries), triples=sum(part.triples for part in written))


def _organizations(files: Sequence[Path]) -> Mapping[str, Body]:
    return read_organizations(_file(files, "orgs")) if any(file.name.startswith("orgs") for file in files) else {}


IMPORTS: Final[dict[str, Callable[[Sequence[Path], Path], Imported]]] = {
    "countries": import_countries,
    "gcat": import_gcat,
    "links": import_links,
    "memberships": import_memberships,
    "treaties": import_treaties,
}
"""Name of a source to its function; what the command line offers."""

_PARTS: Final = {"gcat": "cooperation"}
_OUT: Final = {"gcat": "catalogue/gcat-cooperation.ttl", "links": "links"}


def import_source(name: str, paths: Sequence[Path], *, only: str | None = None, out: Path | None = None) -> Imported:
    """Import one source.

    Args:
        name: a key of `IMPORTS`.
        paths: the publisher's files, or folders that hold them; other files in them are left alone.
        only: the part of the source to take; `cooperation` for gcat, which comes in part alone, None for the others.
        out: the file to write; None: the packaged one, in place of what it holds.

    Raises:
        SourceError: `name` or `only` is unknown, or as the function raises it.
    """
    if name not in IMPORTS:
        message = f"no importer for {name!r}: there are {', '.join(sorted(IMPORTS))}"
        raise SourceError(message)
    part = _PARTS.get(name)
    if only not in {part, None}:
        message = f"{name} has no part {only!r}: {f'give {part}' if part else 'leave it out'}"
        raise SourceError(message)
    if only != part:
        message = f"{name} is imported in part: give only={part}"
        raise SourceError(message)
    files = [file for path in paths for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])]
    return IMPORTS[name](files, out or resource_dir("data") / _OUT.get(name, f"catalogue/{name}.ttl"))


def _file(files: Sequence[Path], begins: str) -> Path:
    """Return the one file whose name begins so, as publishers put a date behind it.

    Raises:
        SourceError: there is none, or there are several.
    """
    found = [file for file in files if file.name.startswith(begins) and file.suffix in {".csv", ".tsv"}]
    if len(found) != 1:
        had = ", ".join(str(file) for file in found) or "none"
        message = f"need one file {begins}*.csv or {begins}*.tsv, found {had}: name it, or the folder that holds it"
        raise SourceError(message)
    return found[0]


def _write(out: Path, triples: Iterable[ox.Triple], *, rows: int) -> Imported:
    written = frozenset(triples)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(canonical_turtle(written), encoding="utf-8")
    _log.info("imported file=%s rows=%d triples=%d", out.name, rows, len(written))
    return Imported(path=out, rows=rows, triples=len(written))
