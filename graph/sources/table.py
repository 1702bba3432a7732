"""Delimited files of publishers: rows with their place, and what happens to rows that cannot be read.

A bad row is dropped with a warning that names file, line and field; too many of them end the run, because then the
publisher has changed the file and nobody has looked.
"""

from __future__ import annotations

import csv
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from graph.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_log = logging.getLogger(__name__)

RecordT = TypeVar("RecordT")

MAX_BAD_SHARE: Final = 0.01
"""The share of bad rows above which a file is refused."""


class BadRow(Exception):
    """One row cannot be read; caught by `read_records`, never seen outside."""

    def __init__(self, *, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file, its padding stripped.

    Attributes:
        line: 1-based line in the file.
        cells: column name to text; empty when the row has more or fewer fields than the first line.
    """

    line: int
    cells: Mapping[str, str]

    def checked(self) -> Row:
        """Return the row itself.

        Raises:
            BadRow: it has not as many fields as the first line.
        """
        if not self.cells:
            raise BadRow(field="row", expected="as many fields as the first line has")
        return self

    def text(self, field: str) -> str:
        """Return a cell that must be filled.

        Raises:
            BadRow: it is empty or '-'.
        """
        if not (value := self.optional(field)):
            raise BadRow(field=field, expected="a value")
        return value

    def optional(self, field: str) -> str:
        """Return a cell; empty when it is empty or '-', the null of GCAT."""
        value = self.cells[field]
        return "" if value == "-" else value


def read_records(
    path: Path,
    make: Callable[[Row], RecordT],
    *,
    columns: Sequence[str],
    delimiter: str = ",",
    max_bad_share: float = MAX_BAD_SHARE,
) -> list[RecordT]:
    """Read a file of delimited rows into records, in the order of the file.

    The first line names the columns; a `#` before the first name and lines that begin with `#` are no data. A row that
    `make` refuses is logged and dropped.

    Args:
        path: the file, UTF-8.
        make: turns a row into a record, or raises `BadRow`.
        columns: those that must be there.
        delimiter: tab means that quotes are plain characters, as GCAT has it.
        max_bad_share: the share of bad rows above which the file is refused.

    Raises:
        SourceError: the file is missing or not UTF-8, a column is missing, there are no rows, or too many are bad.
    """
    records: list[RecordT] = []
    bad = 0
    for row in _rows(path, columns=columns, delimiter=delimiter):
        try:
            records.append(make(row.checked()))
        except BadRow as fault:
            bad += 1
            _log.warning("%s line %d: %s", name_of(path), row.line, fault)
    return _judged(path, records, bad, max_bad_share)


def name_of(path: Path) -> str:
    """Return the name by which messages call a file: its folder and its own."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _judged(path: Path, records: list[RecordT], bad: int, max_bad_share: float) -> list[RecordT]:
    total = bad + len(records)
    if not total:
        message = f"{name_of(path)} has no rows: is it the file that the publisher means?"
        raise SourceError(message)
    if bad > max_bad_share * total:
        message = (
            f"{name_of(path)}: {bad} of {total} rows cannot be read, more than {max_bad_share:.0%}:"
            " see the warnings, the publisher may have changed the file"
        )
        raise SourceError(message)
    _log.info("read file=%s rows=%d bad=%d", name_of(path), len(records), bad)
    return records


def _rows(path: Path, *, columns: Sequence[str], delimiter: str) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            if delimiter == "\t":
                reader = csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            else:
                reader = csv.reader(stream, delimiter=delimiter)
            header = [name.strip().removeprefix("#") for name in next(reader, [])]
            if missing := [name for name in columns if name not in header]:
                message = (
                    f"{name_of(path)}: the column {missing[0]} is missing (there are {', '.join(header) or 'none'})"
                )
                raise SourceError(message)
            for cells in reader:
                if cells and not cells[0].startswith("#"):
                    yield _row(reader.line_num, header, cells)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        message = f"{path} cannot be read: {fault}"
        raise SourceError(message) from fault


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    values = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False)}
    return Row(line=line, cells=values if len(cells) == len(header) else {})
