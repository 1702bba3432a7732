"""The state codes of GCAT, which are not ISO codes, read as states, former states and international bodies.

`gcat_states.csv` beside this module has a reason for each code: most were matched by name, the rest by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.sources.table import BadRow, Row, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: Final = Path(__file__).with_name("gcat_states.csv")

FORMER_STATES: Final = {
    "sun": ("Soviet Union", "SU"),
    "csk": ("Czechoslovakia", "CSSR"),
    "ddr": ("German Democratic Republic", "DD"),
    "ant": ("Netherlands Antilles", "ANTN"),
}
"""Slug of a former state (its withdrawn alpha-3 code) to its English name and the code that stands for it in GCAT."""

SUCCESSIONS: Final = {
    "SU": "RU",  # Russia continues the Soviet Union: one programme, one set of launch sites, owners renamed in 1992
    "CSSR": "CZ",  # Magion: the institute in Prague went on through both changes of the state
    "CSFR": "CZ",
    "DD": "D",  # joined the Federal Republic in 1990
    "BGN": "BG",  # one country, two codes
    "HKUK": "HK",  # one territory, before and after 1997
    "I-ELDO": "I-ESA",  # merged into ESA in 1975
    "I-ESRO": "I-ESA",  # likewise
    "I-CSC1": "I-CSC",  # one programme, first and second arrangement
}
"""Code to the code of what continues it: owner and launcher on the two sides of a succession do not cooperate.

Not in it: Slovakia, Ukraine, Kazakhstan and the other new states, which did not continue the programme of the old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What a state code stands for; exactly one of the three is filled, or none for places without a party.

    Attributes:
        iso2: ISO 3166-1 alpha-2 code.
        former: slug of a former state, a key of `FORMER_STATES`.
        body: GCAT's organization code of an international body.
    """

    code: str
    iso2: str
    former: str
    body: str


def read_states(path: Path = TABLE) -> Mapping[str, Party]:
    """Read the table of state codes.

    Raises:
        SourceError: see `read_records`; a single bad row is too many here.
    """
    columns = ("code", "iso2", "former", "body", "reason")
    parties = read_records(path, _party, columns=columns, max_bad_share=0.0)
    return {party.code: party for party in parties}


def continued(code: str) -> str:
    """Return the code of what continues a state or body, or the code itself."""
    return SUCCESSIONS.get(code, code)


def _party(row: Row) -> Party:
    row.text("reason")
    party = Party(
        code=row.text("code"), iso2=row.optional("iso2"), former=row.optional("former"), body=row.optional("body")
    )
    if sum(bool(value) for value in (party.iso2, party.former, party.body)) > 1:
        raise BadRow(field="iso2", expected=f"one meaning of {party.code}, not several")
    if party.former and party.former not in FORMER_STATES:
        raise BadRow(field="former", expected=f"one of {', '.join(FORMER_STATES)}, not {party.former!r}")
    return party
