"""Members of space treaties and bodies, from the block lists of https://github.com/datenoio/internacia-db.

Two files: the members by the version of July 2026, and where that version and the one of December 2025 differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.sources.dates import StatedDate, iso_date
from graph.sources.table import BadRow, Row, read_records

if TYPE_CHECKING:
    from pathlib import Path

STATUSES: Final = frozenset(
    {
        "associate",
        "associated",
        "former_member",
        "founding_member",
        "founding_signatory",
        "member",
        "observer",
        "participant",
        "signatory",
    }
)
_AGENCY_BLOCKS: Final = frozenset({"CEOS", "CCSDS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row: a country (or a body with a code of its own) in one block.

    Attributes:
        block: code of the treaty or body.
        block_name: its English name; `block_wikidata` its number there.
        member: ISO alpha-2 code, or ESA, EUMETSAT, EUTELSAT.
        agencies: the bodies that are the members where the country is only the place to file them (CEOS, CCSDS).
        note: what else the row says; empty if nothing.
    """

    block: str
    block_name: str
    block_wikidata: str
    member: str
    status: str
    joined: StatedDate | None
    left: StatedDate | None
    agencies: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One member that only one of the two versions of the list has, or both."""

    block: str
    member: str
    in_old: bool
    in_new: bool


def read_members(path: Path) -> list[Member]:
    """Read the list of July 2026, in its order.

    Raises:
        SourceError: see `read_records`.
    """
    columns = ("block", "block_name", "block_wikidata", "member", "member_status", "joined", "left", "note")
    return read_records(path, _member, columns=columns)


def read_differences(path: Path) -> list[Difference]:
    """Read the comparison of the two versions, in its order.

    Raises:
        SourceError: see `read_records`.
    """
    return read_records(path, _difference, columns=("block", "member", "in_2025_12", "in_2026_07"))


def _member(row: Row) -> Member:
    block, note = row.text("block"), row.optional("note")
    status = row.text("member_status")
    if status not in STATUSES:
        raise BadRow(field="member_status", expected=f"one of {', '.join(sorted(STATUSES))}, not {status!r}")
    named = note if block in _AGENCY_BLOCKS else ""
    return Member(
        block=block,
        block_name=row.text("block_name"),
        block_wikidata=_matching(row, "block_wikidata", r"Q[1-9][0-9]*|"),
        member=_matching(row, "member", r"[A-Z]{2}|[A-Z]{3,}"),
        status=status,
        joined=_date(row, "joined"),
        left=_date(row, "left"),
        agencies=tuple(part for part in re.split(r", |/", named) if part),
        note="" if named else note,
    )


def _difference(row: Row) -> Difference:
    return Difference(
        block=row.text("block"),
        member=_matching(row, "member", r"[A-Z]{2,}"),
        in_old=_matching(row, "in_2025_12", "[01]") == "1",
        in_new=_matching(row, "in_2026_07", "[01]") == "1",
    )


def _date(row: Row, field: str) -> StatedDate | None:
    value = row.optional(field)
    return iso_date(value, field=field) if value else None


def _matching(row: Row, field: str, pattern: str) -> str:
    value = row.optional(field)
    if not re.fullmatch(pattern, value):
        raise BadRow(field=field, expected=f"text of the form {pattern}, not {value!r}")
    return value
