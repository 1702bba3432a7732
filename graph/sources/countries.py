"""The public table of country codes: https://github.com/datasets/country-codes, file `country-codes.csv`.

It gives ISO 3166-1 and M49 codes, names in six languages and the numbers of GeoNames and Wikidata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.sources.table import BadRow, Row, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LANGUAGES: Final = {
    "zh": ("UNTERM Chinese Short", "official_name_cn"),
    "fr": ("UNTERM French Short", "official_name_fr"),
    "es": ("UNTERM Spanish Short", "official_name_es"),
    "ru": ("UNTERM Russian Short", "official_name_ru"),
    "ar": ("UNTERM Arabic Short", "official_name_ar"),
}
"""Language to the column of the UN's short name and that of its statistical name, used where the first is blank.

Portuguese is in no column."""

_COLUMNS: Final = (
    "ISO3166-1-Alpha-2",
    "ISO3166-1-Alpha-3",
    "ISO3166-1-numeric",
    "M49",
    "CLDR display name",
    "UNTERM English Short",
    "UNTERM English Formal",
    "official_name_en",
    "is_independent",
    "Geoname ID",
    "wikidata_id",
    *(column for pair in LANGUAGES.values() for column in pair),
)
_ARTICLE: Final = re.compile(r" \((?:the|l['’]|le|la|les|el|los|las)\)")  # noqa: RUF001 -- as French writes it
_FOOTNOTE: Final = re.compile(r" ?\*+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One entry of the table: a sovereign country or a territory with codes of its own.

    Attributes:
        numeric: three digits; the file drops leading zeros.
        m49: three digits.
        label: the common English name (CLDR).
        names: language to name, of `LANGUAGES`.
        un_short: the UN's short English name; empty where it is the label or there is none.
        un_formal: the UN's formal English name, without its article; empty where it is the label or there is none.
        independent: whether the table calls it independent, not part or territory of another.
        geonames: empty where the table has none, likewise `wikidata`.
    """

    alpha2: str
    alpha3: str
    numeric: str
    m49: str
    label: str
    names: Mapping[str, str]
    un_short: str
    un_formal: str
    independent: bool
    geonames: str
    wikidata: str


def read_countries(path: Path) -> list[Country]:
    """Read the table, in the order of the alpha-3 codes.

    Raises:
        SourceError: see `read_records`.
    """
    return sorted(read_records(path, _country, columns=_COLUMNS), key=lambda country: country.alpha3)


def plain_name(name: str) -> str:
    """Return a name of UNTERM without the article in brackets and the footnote marks behind it."""
    return _FOOTNOTE.sub("", _ARTICLE.sub("", _FOOTNOTE.sub("", name))).strip()


def _country(row: Row) -> Country:
    label = row.text("CLDR display name")
    short = plain_name(row.optional("UNTERM English Short") or row.optional("official_name_en"))
    formal = plain_name(row.optional("UNTERM English Formal")).removeprefix("the ")
    return Country(
        alpha2=_code(row, "ISO3166-1-Alpha-2", r"[A-Z]{2}"),
        alpha3=_code(row, "ISO3166-1-Alpha-3", r"[A-Z]{3}"),
        numeric=_code(row, "ISO3166-1-numeric", r"[0-9]{1,3}").zfill(3),
        m49=_code(row, "M49", r"[0-9]{1,3}").zfill(3),
        label=label,
        names={language: name for language, columns in LANGUAGES.items() if (name := _name(row, columns))},
        un_short=short if short != label else "",
        un_formal=formal if formal not in {label, short} else "",
        independent=row.text("is_independent") == "Yes",
        geonames=_code(row, "Geoname ID", r"[1-9][0-9]*|"),
        wikidata=_code(row, "wikidata_id", r"https://www\.wikidata\.org/wiki/Q[1-9][0-9]*|").rpartition("/")[2],
    )


def _name(row: Row, columns: tuple[str, str]) -> str:
    short, statistical = columns
    return plain_name(row.optional(short) or row.optional(statistical))


def _code(row: Row, field: str, pattern: str) -> str:
    value = row.optional(field)
    if not re.fullmatch(pattern, value):
        raise BadRow(field=field, expected=f"a code of the form {pattern}, not {value!r}")
    return value
