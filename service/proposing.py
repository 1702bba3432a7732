"""The command `coorbit link`: links proposed from a catalogue, and those published that a person has accepted."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyoxigraph as ox
import typer

from graph.candidates import read_candidates
from graph.kept import hold
from graph.links import PATTERNS
from graph.proposals import Known, accepted, proposal_triples, propose, records_of, source_triples
from graph.versions import current
from graph.writer import canonical_turtle, read_rdf
from service.console import HomeOption, complain, read_settings, told
from service.damage import damage_told

app = typer.Typer()


@app.command()
def link(  # noqa: PLR0913, PLR0917  (the options of a command)
    target: Annotated[str, typer.Argument(help=f"To what the links lead: {', '.join(sorted(PATTERNS))}.")],
    candidates: Annotated[
        Path | None,
        typer.Option(
            "--candidates",
            help="A catalogue of things with names, identifiers, dates: .csv, .tsv, .json, .ttl, .nt, .jsonld, or the "
            "saved answer of an endpoint (.srj, .srx, .json, .tsv). Its columns are told above.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option(
            "--accepted",
            help="A file of proposals that a person has judged, to be published.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="With --candidates: the address where the catalogue is published.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="The catalogue's name; else that of the file.")] = None,
    home: HomeOption = None,
) -> None:
    """Propose links to an outside data set from a catalogue, or print those that were accepted as they are published.

    With --candidates, things of the current version are matched by shared identifiers (COSPAR, NORAD, ISO 3166,
    Wikidata, GeoNames, ROR) first, then by names and dates with a score. Proposals go to stdout as Turtle, a record of
    evidence each, in the state "proposed" (schema:creativeWorkStatus). Change that to "accepted" or "rejected" by hand;
    then --accepted prints the accepted ones, with the triples that they publish, for graph/data/links or /store. Others
    are left out, and the shapes refuse them. Nothing goes out over the network.

    What the columns of a table, the variables of an answer or the properties of RDF mean is known by their names, case
    and marks aside; rows with the same address tell of one thing. Other columns are passed over.

    \b
    its address   iri, uri, item, id, url, thing or resource (in lower case)
    names         label, itemLabel, prefLabel, altLabel, name, alternateName, title, acronym, nameForm
    identifiers   cospar, norad, iso2, iso3, wikidata, geonames, ror; cosparId, P247 and the like are known too
    dates         any column with days in it, such as 2018-10-29

    For example, a file satellites.csv:

    \b
    item,itemLabel,cospar,launched
    http://www.wikidata.org/entity/Q12345678,CFOSAT,2018-083A,2018-10-29

    \b
    coorbit link wikidata --candidates satellites.csv --source https://query.wikidata.org/ > proposed.ttl
    coorbit link wikidata --accepted proposed.ttl > accepted.ttl
    """  # noqa: D301  (the help is set line by line behind such a mark)
    if target not in PATTERNS:
        message = f"expected one of {', '.join(sorted(PATTERNS))}"
        raise typer.BadParameter(message, param_hint="TARGET")
    if (candidates is None) == (judged is None):
        message = "give one of the two: a catalogue to propose links from, or a judged file to publish"
        raise typer.BadParameter(message, param_hint="--candidates, --accepted")
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with told():
        if judged is not None:
            triples, counts = accepted(quad.triple for quad in read_rdf(judged))
            sys.stdout.write(canonical_turtle(triples))
            complain(", ".join(f"{count} {state}" for state, count in counts.items()))
        elif candidates is not None:
            _propose(target, candidates, source, title or candidates.stem, home)


def _propose(target: str, catalogue: Path, source: str | None, title: str, home: Path | None) -> None:
    if source is None or not _is_address(source):
        message = "say where the catalogue is published, so that each link has its source: an absolute address"
        raise typer.BadParameter(message, param_hint="--source")
    found = read_candidates(catalogue)
    folder = read_settings(home).home
    version = current(folder)
    with hold(version.directory), damage_told(folder):
        store = ox.Store.read_only(str(version.store))
        proposals = propose(target, found, Known(store))
        named, described = source_triples(store, source, title)
        taken = records_of(store)
    records = proposal_triples(target, proposals, source=named, day=datetime.now(UTC).date(), taken=taken)
    sys.stdout.write(canonical_turtle([*records, *(described if proposals else [])]))
    sure = sum(each.grounds == "shared-identifier" for each in proposals)
    complain(f"{len(found)} candidates, {len(proposals)} links proposed, {sure} of them by shared identifiers")


def _is_address(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
