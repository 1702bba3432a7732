"""The table of country codes: codes with their zeros, names without articles, and the graph made from it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.errors import SourceError
from graph.importing import import_source
from graph.resources import resource_dir
from graph.sources.countries import plain_name, read_countries
from graph.writer import read_rdf

if TYPE_CHECKING:
    from pathlib import Path

_COO = "https://w3id.org/coorbit/ont#"
_ROW = {
    "ISO3166-1-Alpha-2": "BS",
    "ISO3166-1-Alpha-3": "BHS",
    "ISO3166-1-numeric": "44",
    "M49": "44",
    "CLDR display name": "Bahamas",
    "UNTERM English Short": "Bahamas (the)",
    "UNTERM English Formal": "the Commonwealth of the Bahamas",
    "official_name_en": "Bahamas",
    "UNTERM Chinese Short": "巴哈马",
    "official_name_cn": "巴哈马",
    "UNTERM French Short": "Bahamas (les)",
    "official_name_fr": "Bahamas",
    "UNTERM Spanish Short": "Bahamas (las)",
    "official_name_es": "Bahamas",
    "UNTERM Russian Short": "",
    "official_name_ru": "Багамские Острова",
    "UNTERM Arabic Short": "جزر البهاما",
    "official_name_ar": "جزر البهاما",
    "is_independent": "Yes",
    "Geoname ID": "3572887",
    "wikidata_id": "https://www.wikidata.org/wiki/Q778",
}


def _table(folder: Path, *rows: dict[str, str], drop: str = "") -> Path:
    path = folder / "country-codes.csv"
    columns = [name for name in _ROW if name != drop]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_codes_get_their_zeros(tmp_path: Path) -> None:
    """The file drops leading zeros of numeric codes; the record has three digits."""
    (country,) = read_countries(_table(tmp_path, _ROW))
    assert (country.numeric, country.m49, country.wikidata) == ("044", "044", "Q778")


def test_names_lose_articles(tmp_path: Path) -> None:
    """Names come without the article in brackets, and from the statistical column where UNTERM has none."""
    (country,) = read_countries(_table(tmp_path, _ROW))
    assert country.names["fr"] == "Bahamas"
    assert country.names["ru"] == "Багамские Острова"
    assert country.un_formal == "Commonwealth of the Bahamas"
    assert country.un_short == ""


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Afghanistan (l')", "Afghanistan"),
        ("Holy See (the) *", "Holy See"),
        ("Niue **", "Niue"),
        ("Bolivia (Plurinational State of)", "Bolivia (Plurinational State of)"),
        ("Saint-Vincent-et-les Grenadines", "Saint-Vincent-et-les Grenadines"),
    ],
)
def test_plain_names(name: str, plain: str) -> None:
    """Articles and footnote marks go, other words in brackets belong to the name."""
    assert plain_name(name) == plain


@pytest.mark.parametrize("column", ["M49", "UNTERM Russian Short", "wikidata_id"])
def test_missing_column(tmp_path: Path, column: str) -> None:
    """Each column that is used must be there."""
    with pytest.raises(SourceError, match=f"the column {column} is missing"):
        read_countries(_table(tmp_path, _ROW, drop=column))


def test_bad_code_is_refused(tmp_path: Path) -> None:
    """A code of another form makes the row bad."""
    with pytest.raises(SourceError, match="1 of 1 rows"):
        read_countries(_table(tmp_path, _ROW | {"wikidata_id": "Q778"}))


def test_import_is_deterministic(tmp_path: Path) -> None:
    """Two imports of one file give the same bytes."""
    table = _table(tmp_path, _ROW)
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    import_source("countries", [table], out=one)
    import_source("countries", [tmp_path], out=two)
    assert one.read_bytes() == two.read_bytes()
    assert 'coo:m49Code "044"' in one.read_text(encoding="utf-8")


def test_packaged_countries_are_whole() -> None:
    """The packaged catalogue has 249 entries, each with all codes and an English label."""
    facts: dict[str, set[str]] = {}
    for quad in read_rdf(resource_dir("data") / "catalogue" / "countries.ttl"):
        if isinstance(quad.subject, ox.NamedNode) and "/id/actor/" in quad.subject.value:
            tag = f"@{quad.object.language}" if isinstance(quad.object, ox.Literal) and quad.object.language else ""
            facts.setdefault(quad.subject.value, set()).add(quad.predicate.value.replace(_COO, "") + tag)
    assert len(facts) == 249
    needed = {"isoAlpha2", "isoAlpha3", "isoNumeric", "m49Code", "fromRow"}
    assert [state for state, names in facts.items() if not needed <= names] == []
    for language in ("en", "zh", "fr", "es", "ru", "ar"):
        label = f"http://www.w3.org/2000/01/rdf-schema#label@{language}"
        assert [state for state, names in facts.items() if label not in names] == []


def test_curated_labels_agree() -> None:
    """A state has one label a language, whether the curators or the catalogue write it."""
    labels: dict[tuple[str, str], set[str]] = {}
    files = [resource_dir("data") / "catalogue" / "countries.ttl", *(resource_dir("data") / "curated").glob("*.ttl")]
    for quad in (quad for file in files for quad in read_rdf(file)):
        if quad.predicate.value.endswith("#label") and isinstance(quad.object, ox.Literal) and quad.object.language:
            labels.setdefault((str(quad.subject), quad.object.language), set()).add(quad.object.value)
    assert {key: names for key, names in labels.items() if len(names) > 1} == {}
