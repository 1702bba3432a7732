"""GCAT, the General Catalog of Artificial Space Objects of Jonathan McDowell, https://planet4589.org/space/gcat.

Four of its tables: the launch log (a row a payload), the payload catalogue, organizations, launch sites. Fields are
padded, '-' is null, '?' marks doubt, 'A/B' a joint owner, dates are vague, and state codes are its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.sources.dates import StatedDate, gcat_date
from graph.sources.table import BadRow, Row, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_JCAT: Final = re.compile(r"[ACDEFLMPRSTUXZ][0-9]{5,9}")
_COSPAR: Final = re.compile(r"(19[5-9][0-9]|20[0-9]{2})-[0-9]{3}[A-HJ-NP-Z]{1,3}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9*.()\-]*")
_LATEX: Final = {f'\\"{form}': to for o, to in zip("oua", "öüä", strict=True) for form in (o, f"{{{o}}}")}
_LAUNCH_CODE: Final = re.compile(r"(?P<kind>[A-Z])(?P<result>[A-Z])(?P<share>[0-9]{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of an owner, agency or state, and whether GCAT doubts it."""

    code: str
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One payload on one launch.

    Attributes:
        jcat: its number in GCAT; S and the catalogue number of the US, or a letter and a number of GCAT's own.
        norad: the catalogue number without leading zeros; empty where it has none.
        cospar: the international designator; empty for pieces without one of their own, and in the Greek-letter form
            used before 1963.
        label: the name in GCAT; `other_label` the name of the model, empty where it is the same.
        attached: whether it stayed on another object.
        crewed: whether it is a ship or module of human spaceflight.
        deep_space: whether the launch left the Earth behind.
        outcome: notation in the scheme launch-outcome.
    """

    jcat: str
    norad: str
    cospar: str
    label: str
    other_label: str
    attached: bool
    crewed: bool
    deep_space: bool
    owners: tuple[Code, ...]
    owner_states: tuple[Code, ...]
    tag: str
    launched: StatedDate
    vehicle: str
    site: str
    agencies: tuple[Code, ...]
    launch_states: tuple[Code, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadEntry:
    """What the payload catalogue adds: UN registration and categories.

    Attributes:
        registered_by: state code of the registering state; empty where it is in brackets, that is, not registered.
        categories: GCAT's codes such as COM or IMG, those in doubt left out.
    """

    jcat: str
    registered_by: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One organization or state of the organizations table.

    Attributes:
        state: state code of GCAT.
        kinds: GCAT's type codes such as CY (state), IGO, O (owner).
        sector: A academic or not for profit, B business, C civil government, D defence; empty if unknown.
        label: English name, else the name in Latin letters.
        native: the name in its own script or spelling; empty where it is the label.
        english: whether the label is the English name that GCAT gives.
        foreign: whether the name is in another language than English for sure: accented, or in another script.
        parent: code of the organization it is part of; empty if none.
        group: the code that GCAT keeps for the body through its renamings and moves.
        begun: when it began under this code, None if GCAT does not say; likewise `ended`, None if it goes on.
    """

    code: str
    group: str
    state: str
    kinds: tuple[str, ...]
    sector: str
    label: str
    native: str
    english: bool
    foreign: bool
    parent: str
    begun: StatedDate | None
    ended: StatedDate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One launch site.

    Attributes:
        group: the code that GCAT keeps for the site through its renamings.
        longitude: degrees, as written; likewise `latitude`.
    """

    code: str
    group: str
    label: str
    longitude: str
    latitude: str


def read_launch_log(path: Path) -> list[Payload]:
    """Read the launch log, in its order.

    Raises:
        SourceError: see `read_records`, also below.
    """
    columns = (
        "Launch_Tag", "Launch_Date", "Piece", "Type", "Name", "PLName", "JCAT", "SatOwner", "SatState", "LV_Type",
        "Launch_Site", "Agency", "LVState", "Launch_Code",
    )  # fmt: skip
    return read_records(path, _payload, columns=columns, delimiter="\t")


def read_payload_catalogue(path: Path) -> Mapping[str, PayloadEntry]:
    """Read the payload catalogue by JCAT number."""
    columns = ("JCAT", "Category", "UNState", "UNReg")
    return {entry.jcat: entry for entry in read_records(path, _entry, columns=columns, delimiter="\t")}


def read_organizations(path: Path) -> Mapping[str, Body]:
    """Read organizations and states by code."""
    columns = (
        "Code", "UCode", "StateCode", "Type", "Class", "TStart", "TStop", "ShortName", "Name", "Parent", "EName",
        "UName",
    )  # fmt: skip
    return {body.code: body for body in read_records(path, _body, columns=columns, delimiter="\t")}


def read_sites(path: Path) -> Mapping[str, Site]:
    """Read launch sites by code."""
    columns = ("Site", "UCode", "ShortName", "Name", "Longitude", "Latitude", "ShortEName", "EName")
    return {site.code: site for site in read_records(path, _site, columns=columns, delimiter="\t")}


def _payload(row: Row) -> Payload:
    jcat = _jcat(row)
    piece = row.optional("Piece")
    numbered = jcat.startswith("S")
    kind = row.cells["Type"]
    label = _plain(row.optional("Name") or row.text("PLName")).rstrip("?").rstrip()
    other = _plain(row.optional("PLName")).rstrip("?").rstrip()
    outcome = _LAUNCH_CODE.fullmatch(row.text("Launch_Code"))
    if not outcome:
        raise BadRow(field="Launch_Code", expected=f"a code such as OS or OF40, not {row.text('Launch_Code')!r}")
    return Payload(
        jcat=jcat,
        norad=jcat[1:].lstrip("0") if numbered else "",
        cospar=piece if numbered and _COSPAR.fullmatch(piece) else "",
        label=label,
        other_label=other if other.casefold() != label.casefold() else "",
        attached=kind[1:2] == "X",
        crewed=kind[1:2] in {"H", "P"},
        deep_space=outcome["kind"] == "D",
        owners=_codes(row, "SatOwner"),
        owner_states=_codes(row, "SatState"),
        tag=row.text("Launch_Tag"),
        launched=gcat_date(row.text("Launch_Date"), field="Launch_Date"),
        vehicle=row.text("LV_Type").rstrip("?"),
        site=row.text("Launch_Site").rstrip("?"),
        agencies=_codes(row, "Agency"),
        launch_states=_codes(row, "LVState"),
        outcome=_outcome(outcome["result"], partial=bool(outcome["share"])),
    )


def _outcome(result: str, *, partial: bool) -> str:
    """Return the notation for a result: S success, F failure; a figure behind it gives the share that succeeded."""
    if partial:
        return "partial-failure"
    return {"S": "success", "F": "failure"}.get(result, "outcome-unknown")


def _entry(row: Row) -> PayloadEntry:
    state = row.optional("UNState").rstrip("*?")
    registered = row.optional("UNReg") and not state.startswith("[")
    categories = (part.rstrip("*") for part in row.optional("Category").split("/"))
    return PayloadEntry(
        jcat=_jcat(row),
        registered_by=state if registered else "",
        categories=tuple(part for part in categories if part and not part.endswith("?") and "?" not in part),
    )


def _body(row: Row) -> Body:
    name, native = _plain(row.optional("Name") or row.text("ShortName")), _plain(row.optional("UName"))
    english = _plain(row.optional("EName"))
    label = english or (native if native.isascii() or _latin(native) else "") or name
    return Body(
        code=row.text("Code"),
        group=row.optional("UCode"),
        state=row.optional("StateCode"),
        kinds=tuple(row.optional("Type").split("/")),
        sector=row.optional("Class"),
        label=label,
        native=native if native != label else "",
        english=bool(english),
        foreign=not native.isascii(),
        parent=row.optional("Parent"),
        begun=_date_or_none(row, "TStart"),
        ended=_date_or_none(row, "TStop"),
    )


def _date_or_none(row: Row, field: str) -> StatedDate | None:
    """Return a date of a body; None for '-' and '*' (it goes on), and for the few dates that are no dates."""
    try:
        return gcat_date(row.cells[field], field=field)
    except BadRow:
        return None


def _site(row: Row) -> Site:
    short, name = row.optional("ShortEName"), _plain(row.text("Name"))
    return Site(
        code=row.text("Site"),
        group=row.text("UCode"),
        label=_plain(row.optional("EName")) or (f"{short} ({row.text('Site')})" if short else name),
        longitude=_degrees(row, "Longitude"),
        latitude=_degrees(row, "Latitude"),
    )


def _jcat(row: Row) -> str:
    value = row.text("JCAT")
    if not _JCAT.fullmatch(value):
        raise BadRow(field="JCAT", expected=f"a letter and a number such as S43662, not {value!r}")
    return value


def _codes(row: Row, field: str) -> tuple[Code, ...]:
    parts = [part.strip() for part in row.text(field).split("/")]
    codes = tuple(Code(code=part.rstrip("?"), doubtful=part.endswith("?")) for part in parts)
    if not all(_CODE.fullmatch(part.code) for part in codes):
        raise BadRow(field=field, expected=f"codes such as CNES or CNSA/CNES, not {row.text(field)!r}")
    return codes


def _degrees(row: Row, field: str) -> str:
    value = row.optional(field)
    if value and not re.fullmatch(r"-?[0-9]{1,3}\.[0-9]+", value):
        raise BadRow(field=field, expected=f"degrees such as 102.0291, not {value!r}")
    return value


def _plain(value: str) -> str:
    """Return a name without the escapes of LaTeX and the invisible marks of direction that some rows have."""
    for escape, letter in _LATEX.items():
        value = value.replace(escape, letter)
    return "".join(letter for letter in value if letter.isprintable()).strip(" ,")


def _latin(value: str) -> bool:
    return bool(value) and all(ord(letter) < 0x250 for letter in value)  # noqa: PLR2004 -- end of Latin Extended-B
