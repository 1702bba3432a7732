"""Countries to triples: codes, names in six languages, the UN's formal name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.triples.sheet import Sheet, dataset_source, entity, slug, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.sources.countries import Country

DATASET: Final = entity("source", "country-codes")
_GIVES: Final = (
    "coo:hasNameUsage",
    "coo:isoAlpha2",
    "coo:isoAlpha3",
    "coo:isoNumeric",
    "coo:m49Code",
    "coo:nameForm",
    "rdfs:label",
    "skos:altLabel",
)


def state_iri(alpha3: str) -> str:
    """Return the IRI of the state or territory with an ISO code."""
    return entity("actor", alpha3.lower())


def row_iri(alpha3: str) -> str:
    """Return the IRI of its row in the table."""
    return f"{DATASET}-{alpha3.lower()}"


def add_countries(sheet: Sheet, countries: Iterable[Country]) -> None:
    """Describe the table and every entry of it.

    All 249 are `coo:State`, as that class takes in territories that a source lists in their own right; the table does.
    """
    _add_dataset(sheet)
    for country in countries:
        _add_country(sheet, country)


def _add_dataset(sheet: Sheet) -> None:
    sheet.describe(DATASET, "coo:ReferenceDataset", "Country codes table, May 2026")
    dataset_source(sheet, DATASET, gives=_GIVES)
    sheet.add(DATASET, "dcat:version", ox.Literal("2026-05"))
    sheet.add(DATASET, "dcterms:identifier", ox.Literal("country-codes.csv"))
    sheet.add(DATASET, "dcterms:license", "https://opendatacommons.org/licenses/pddl/1.0/")
    sheet.add(DATASET, "schema:url", "https://github.com/datasets/country-codes")


def _add_country(sheet: Sheet, country: Country) -> None:
    state = state_iri(country.alpha3)
    row = row_iri(country.alpha3)
    sheet.describe(row, "coo:DatasetRow", f"Country codes row of {country.label}")
    sheet.add(row, "coo:rowKey", ox.Literal(country.alpha3))
    sheet.add(row, "coo:rowOf", DATASET)
    sheet.add(state, "rdf:type", "https://w3id.org/coorbit/ont#State")
    sheet.add(state, "rdfs:label", text(country.label))
    for language, name in country.names.items():
        sheet.add(state, "rdfs:label", text(name, language))
    if country.un_short:
        sheet.add(state, "skos:altLabel", text(country.un_short))
    sheet.add(state, "coo:fromRow", row)
    sheet.add(state, "coo:isoAlpha2", ox.Literal(country.alpha2))
    sheet.add(state, "coo:isoAlpha3", ox.Literal(country.alpha3))
    sheet.add(state, "coo:isoNumeric", ox.Literal(country.numeric))
    sheet.add(state, "coo:m49Code", ox.Literal(country.m49))
    if country.un_formal:
        usage = entity("situation", f"name-{country.alpha3.lower()}-{slug(country.un_formal)}")
        sheet.add(state, "coo:hasNameUsage", usage)
        sheet.add(usage, "rdf:type", "https://w3id.org/coorbit/ont#NameUsage")
        sheet.add(usage, "coo:nameForm", text(country.un_formal))
        sheet.add(usage, "coo:fromRow", row)
        sheet.add(usage, "dcterms:source", DATASET)
