"""RDF Patch: reading, writing, and the net of many rows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ChangesUnreadable, TurtleError
from graph.journal import Journal
from graph.patch import Row, patch_lines, read_changes, read_patch, write_changes

if TYPE_CHECKING:
    from pathlib import Path

    from graph.patch import Op

S = ox.NamedNode("http://e.test/s")
ROW = "<http://e.test/s> <http://e.test/p>"
NODES = st.sampled_from([S, ox.BlankNode("b"), ox.NamedNode("http://e.test/é#")])
LITERALS = st.builds(ox.Literal, st.text(max_size=8)) | st.builds(
    ox.Literal, st.text(max_size=4), language=st.just("en")
)
QUADS = st.builds(
    ox.Quad, NODES, st.just(S), NODES | LITERALS, st.sampled_from([ox.DefaultGraph(), S, ox.BlankNode("g")])
)
ROWS = st.lists(st.tuples(st.sampled_from(["A", "D"]), QUADS), max_size=12)


def read(text: str | bytes) -> list[tuple[str, str, int]]:
    """Return op, quad and line of each row."""
    source = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return [(step.op, str(step.quad), step.line) for step in read_patch(source)]


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_what_is_written_is_read(rows: list[tuple[Op, ox.Quad]]) -> None:
    """Each row comes back in its place, whatever its text holds, blank nodes under their labels."""
    written = "".join(patch_lines(Row(op, str(quad)) for op, quad in rows))
    assert read(written) == [(op, str(quad), line) for line, (op, quad) in enumerate(rows, start=2)]


@settings(max_examples=100, deadline=None)
@given(ROWS, st.data())
def test_a_patch_that_is_cut_off_is_no_patch(rows: list[tuple[Op, ox.Quad]], data: st.DataObject) -> None:
    """Wherever a transaction is cut, before its TC, reading fails: a half is never taken for the whole."""
    written = "".join(patch_lines(Row(op, str(quad)) for op, quad in rows)).encode()
    end = data.draw(st.integers(min_value=4, max_value=len(written) - len("TC .\n")))
    with pytest.raises(TurtleError):
        read(written[:end])


def test_what_others_write_is_read() -> None:
    """Headers, prefixes, comments, empty lines, rows without a transaction, and blank nodes in either form."""
    text = (
        "H id <uuid:0686c69d-8f89-4496-acb5-744f0157a8db> .\r\n"
        '# a comment\n\nTX .\nPA "rdf" "http://www.w3.org/1999/02/22-rdf-syntax-ns#" .\n'
        f'A {ROW} "<_:a> \\" <_:b>" . # not the end\n'
        f"\tD <_:b> <http://e.test/p> <_:c> <http://e.test/g>.\r\nTC .# done\nTX.\n TC .\nA _:b <http://e.test/p> 'x' ."
    )
    with pytest.raises(TurtleError, match="line 11"):
        read(text)
    assert read(text.replace("'x'", '"x"')) == [
        ("A", f'{ROW} "<_:a> \\" <_:b>"', 6),
        ("D", "_:b <http://e.test/p> _:c <http://e.test/g>", 7),
        ("A", '_:b <http://e.test/p> "x"', 11),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param(f"A {ROW} 1 .", 1, len(ROW) + 4, id="no term"),
        pytest.param(f"TX .\nA {ROW} <http://e.test/o>\n\nTC .", 2, len(ROW) + 21, id="no dot"),
        pytest.param(f"TX .\nA {ROW} <http://e.test/o> .\n", 2, None, id="not closed"),
        pytest.param(f"\n  B {ROW} <http://e.test/o> .", 2, 3, id="unknown row"),
        pytest.param("A .", 1, 1, id="no quad"),
        pytest.param("TX .\nTX .\nTC .\nTC .", 2, 1, id="two open"),
        pytest.param(f"TX .\nA {ROW} <http://e.test/o> .\nTA .", 3, 1, id="given up"),
        pytest.param(f"A {ROW} <relative> .\nnonsense", 1, len(ROW) + 4, id="first of two faults"),
        pytest.param(f"A {ROW} 'x' .\r<http://e.test/s> {ROW} .\n", 1, 1, id="two rows in a line"),
        pytest.param(f'A {ROW} "\udcff" .'.encode(errors="surrogateescape"), 1, None, id="not UTF-8"),
    ],
)
def test_a_fault_has_its_place(text: str | bytes, line: int, column: int | None) -> None:
    """The first fault is named, by line and, where a row is at fault, column."""
    with pytest.raises(TurtleError) as caught:
        read(text)
    assert caught.value.line == line
    assert column is None or caught.value.column == column


def test_the_rows_before_a_fault_are_read() -> None:
    """A reader that stops at its own fault has seen all before it, so that the first of all is told."""
    rows = read_patch(io.BytesIO(f"A {ROW} <http://e.test/o> .\nnonsense\n".encode()))
    assert next(rows).line == 1
    with pytest.raises(TurtleError, match="line 2"):
        next(rows)


def test_long_patches_keep_their_lines() -> None:
    """Lines are counted on where rows are read in pieces."""
    text = "".join(f'A {ROW} "{number}" .\n# {number}\n' for number in range(2500))
    assert [line for _, _, line in read(text)] == list(range(1, 5000, 2))
    with pytest.raises(TurtleError, match="line 5001 column 3"):
        read(f"{text}A <relative> .")


def test_changes_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Neither name nor time of a file is in it; what was written is read."""
    rows = [Row("D", f'{ROW} "\x85\u2028"'), Row("A", f"{ROW} <http://e.test/o>")]
    write_changes(tmp_path / "one.gz", rows)
    write_changes(tmp_path / "two.gz", iter(rows))
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()
    assert (tmp_path / "one.gz").read_bytes()[4:8] == bytes(4)  # the time (RFC 1952, 2.3.1)
    assert list(read_changes(tmp_path / "one.gz")) == rows


def test_damaged_changes_are_found(tmp_path: Path) -> None:
    """A missing file, and one with any byte changed or left out, is an error and never another change."""
    path = tmp_path / "changes.gz"
    with pytest.raises(ChangesUnreadable):
        list(read_changes(path))
    rows = [Row("A", f'{ROW} "{number}"') for number in range(9)]
    write_changes(path, rows)
    whole = path.read_bytes()
    head = 10  # of which time and system mean nothing to a reader
    damaged = [whole[:place] for place in range(len(whole))]
    damaged += [whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :] for place in range(head, len(whole))]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(ChangesUnreadable):
            list(read_changes(path))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(['"a"', '"a"@en', '"a"@en-GB', "<a:>", "<a:> <g:>"]), max_size=40), st.integers(1, 5))
def test_a_journal_keeps_what_is_left(objects: list[str], run: int) -> None:
    """Each quad that changed hands an odd number of times has one row, as the last one says; in order."""
    present = {'"a"'}
    before = set(present)
    rows = []
    for each in objects:
        rows.append(Row("D" if each in present else "A", each))
        present ^= {each}
    left = list(Journal(rows, run=run).rows())
    assert left == sorted(left, key=lambda row: row.quad)
    assert {row.quad for row in left if row.op == "A"} == present - before
    assert {row.quad for row in left if row.op == "D"} == before - present
    assert len({row.quad for row in left}) == len(left)
