"""Delimited files: what a row gives, and what happens to rows that cannot be read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from graph.errors import SourceError
from graph.sources.table import Row, read_records

if TYPE_CHECKING:
    from pathlib import Path


def _written(folder: Path, *lines: str, name: str = "list.tsv") -> Path:
    path = folder / "gcat" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _pair(row: Row) -> tuple[str, str]:
    return row.text("Code"), row.optional("Name")


def _read(path: Path, **choices: float) -> list[tuple[str, str]]:
    return read_records(path, _pair, columns=("Code", "Name"), delimiter="\t", **choices)


def test_padding_comments_and_nulls(tmp_path: Path) -> None:
    """Fields lose their padding, '-' is null, a line that begins with # is no data."""
    path = _written(tmp_path, "#Code\tName", "# Updated 2026", "A  \t  two   words ", "B\t-")
    assert _read(path) == [("A", "two words"), ("B", "")]


def test_tabbed_files_have_plain_quotes(tmp_path: Path) -> None:
    """GCAT writes quotation marks as letters: they neither join lines nor vanish."""
    path = _written(tmp_path, "Code\tName", 'A\t"open', "B\tx")
    assert _read(path) == [("A", '"open'), ("B", "x")]


def test_bad_row_is_named_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A row that cannot be read is a warning with file, line and field, and the others are kept."""
    path = _written(tmp_path, "Code\tName", "\tnameless", *(f"C{n}\tx" for n in range(100)))
    with caplog.at_level(logging.INFO):
        assert len(_read(path)) == 100
    assert "gcat/list.tsv line 2: Code: a value" in caplog.text
    assert "rows=100 bad=1" in caplog.text


def test_row_of_other_length_is_bad(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A row with a field too few or too many is bad, not shifted."""
    path = _written(tmp_path, "Code\tName", "A\tx\ty", *(f"C{n}\tx" for n in range(100)))
    assert len(_read(path)) == 100
    assert "line 2: row: as many fields as the first line has" in caplog.text


def test_more_than_one_per_cent_bad_fails(tmp_path: Path) -> None:
    """Above 1 % bad rows nobody knows the file any more: the run fails and says how many."""
    path = _written(tmp_path, "Code\tName", "\tx", "\ty", *(f"C{n}\tx" for n in range(100)))
    with pytest.raises(SourceError, match=r"gcat/list.tsv: 2 of 102 rows cannot be read, more than 1%"):
        _read(path)


def test_exactly_one_per_cent_bad_passes(tmp_path: Path) -> None:
    """One bad row in a hundred is not above 1 %."""
    path = _written(tmp_path, "Code\tName", "\tx", *(f"C{n}\tx" for n in range(99)))
    assert len(_read(path)) == 99


def test_missing_column_fails(tmp_path: Path) -> None:
    """A missing column is named, with those that are there."""
    path = _written(tmp_path, "Code\tLabel", "A\tx")
    with pytest.raises(SourceError, match=r"the column Name is missing \(there are Code, Label\)"):
        _read(path)


def test_missing_file_fails(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(SourceError, match=r"nowhere.tsv cannot be read"):
        _read(tmp_path / "nowhere.tsv")


def test_empty_file_fails(tmp_path: Path) -> None:
    """A file with a header alone is not what the publisher means."""
    with pytest.raises(SourceError, match="has no rows"):
        _read(_written(tmp_path, "Code\tName"))


def test_file_in_other_encoding_fails(tmp_path: Path) -> None:
    """A file that is not UTF-8 fails, its letters are not guessed."""
    path = tmp_path / "list.tsv"
    path.write_bytes(b"Code\tName\nA\t\xff\xfe\n")
    with pytest.raises(SourceError, match="cannot be read"):
        _read(path)
