"""Acts of states towards treaties, and members of two loose agreements.

The UN Treaty Collection gives signature and ratification dates (files `24-1.csv`, `24-2.csv`, `25-1.csv`); the
Disasters Charter lists its members on its page; participants of the ILRS are named by the press.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import SourceError
from graph.sources.dates import StatedDate, iso_date, treaty_date
from graph.sources.table import BadRow, Row, name_of, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KINDS: Final = {"": "ratification", "a": "accession", "d": "succession"}
_BOUND: Final = re.compile(r"(?P<date>.+?)(?: (?P<kind>[a-z]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a state towards a treaty.

    Attributes:
        treaty: the chapter and number of the Collection, such as 24-1.
        state: the name by which the Collection lists it.
        kind: notation in the scheme event-kind.
    """

    treaty: str
    state: str
    kind: str
    done: StatedDate


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterMember:
    """A member of the Disasters Charter.

    Attributes:
        name: in English, as the list gives it.
        home: ISO alpha-2 code of its state; its own acronym for an international body.
        remark: what the list says behind the name in brackets; empty if nothing.
        joined: with the remark in brackets in its wording.
    """

    acronym: str
    name: str
    remark: str
    home: str
    joined: StatedDate
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPartner:
    """A participant of the ILRS.

    Attributes:
        joined: None where no page gives a date.
        address: the page that names it.
    """

    iso2: str
    name: str
    joined: StatedDate | None
    address: str


def read_acts(path: Path) -> list[Act]:
    """Read the acts towards one treaty from a file named for its number, in the order of the file.

    Raises:
        SourceError: see `read_records`; or the file has not two columns of dates, of which the first is Signature.
    """
    with_dates = _binding_column(path)
    rows = read_records(path, lambda row: _acts(row, path.stem, with_dates), columns=("Participant", "Signature"))
    return [act for acts in rows for act in acts]


def read_charter_members(path: Path) -> list[CharterMember]:
    """Read the members of the Disasters Charter, in order of joining.

    Raises:
        SourceError: see `read_records`.
    """
    columns = ("agency", "agency_name", "iso2_or_org", "joined", "source")
    return read_records(path, _charter_member, columns=columns)


def read_station_partners(path: Path) -> list[StationPartner]:
    """Read the participants of the ILRS, in the order of the file.

    Raises:
        SourceError: see `read_records`.
    """
    partners = read_records(path, _station_partner, columns=("iso2", "country", "joined", "source"))
    addresses = {partner.address.split("/")[2]: partner.address for partner in partners if "://" in partner.address}
    return [_with_address(partner, addresses) for partner in partners]


def _binding_column(path: Path) -> str:
    """Return the name of the column of ratifications, which differs from file to file."""
    try:
        header = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as fault:
        message = f"{path} cannot be read: {fault}"
        raise SourceError(message) from fault
    match = re.fullmatch(r'Participant,Signature,"?(?P<name>[^"]*Ratification[^"]*)"?\s*', header)
    if not match:
        message = f"{name_of(path)}: the columns Participant, Signature and one with Ratification are missing"
        raise SourceError(message)
    return match["name"]


def _acts(row: Row, treaty: str, column: str) -> list[Act]:
    state = row.text("Participant")
    acts = []
    if signed := row.optional("Signature"):
        done = treaty_date(signed, field="Signature")
        acts.append(Act(treaty=treaty, state=state, kind="signature", done=done))
    if bound := row.optional(column):
        match = _BOUND.fullmatch(bound)
        letter = (match["kind"] or "") if match else "?"
        if match is None or letter not in _KINDS:
            raise BadRow(field=column, expected=f"a date, then nothing, a or d, not {bound!r}")
        done = treaty_date(match["date"], field=column)
        acts.append(Act(treaty=treaty, state=state, kind=_KINDS[letter], done=done))
    if not acts:
        raise BadRow(field="Signature", expected="a date here or of ratification")
    return acts


def _charter_member(row: Row) -> CharterMember:
    name, _, remark = row.text("agency_name").partition(" (")
    return CharterMember(
        acronym=row.text("agency"),
        name=name,
        remark=remark.removesuffix(")"),
        home=row.text("iso2_or_org"),
        joined=iso_date(row.text("joined"), field="joined"),
        address=row.text("source"),
    )


def _station_partner(row: Row) -> StationPartner:
    iso2 = row.text("iso2")
    if not re.fullmatch(r"[A-Z]{2}", iso2):
        raise BadRow(field="iso2", expected=f"two capital letters, not {iso2!r}")
    joined = row.optional("joined")
    return StationPartner(
        iso2=iso2,
        name=row.text("country"),
        joined=iso_date(joined, field="joined") if joined else None,
        address=re.sub(r" \(.*\)$", "", row.text("source")),
    )


def _with_address(partner: StationPartner, addresses: Mapping[str, str]) -> StationPartner:
    """Return the partner with an address, also where its row only says 'same ... page'."""
    if "://" in partner.address:
        return partner
    found = [address for host, address in addresses.items() if host in partner.address]
    if len(found) != 1:
        message = f"the source {partner.address!r} of {partner.name} names no page of the file"
        raise SourceError(message)
    return StationPartner(iso2=partner.iso2, name=partner.name, joined=partner.joined, address=found[0])
