"""The table of an answer: its order, and how it is used by keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Asking = Callable[[Page, str], None]

pytestmark = pytest.mark.slow

ROWS = "[data-answer] tbody tr:not([aria-hidden])"
MANY = "SELECT ?s ?p WHERE { ?s ?p ?o } LIMIT 10000"
ROW = """() => Number(document.activeElement.closest("tbody tr")?.getAttribute("aria-rowindex") ?? 0)"""
"""Which row has the focus: the first has 2; 0 where none has it."""
IN_VIEW = """() => {
  const cell = document.activeElement.closest("td").getBoundingClientRect();
  const box = document.activeElement.closest("[role=region]");
  const top = box.querySelector("thead").getBoundingClientRect().bottom;
  return cell.top >= top - 1 && cell.bottom <= box.getBoundingClientRect().bottom + 1;
}"""
"""Whether the cell with the focus is in view, below the titles of the columns."""
SATELLITES = "SELECT ?thing WHERE { ?thing a coo:Satellite } ORDER BY ?thing"
SORTED = """(texts) => texts.toSorted(new Intl.Collator("en", { numeric: true }).compare)"""
"""Texts as people look for them: numbers in them by their size."""


def test_things_are_sorted_by_what_they_are_called(page: Page, ask: Asking) -> None:
    """Of a long answer those too that were never in view: not some by their labels and the rest by their IRIs."""
    ask(page, SATELLITES)
    names, unnamed = page.locator(f"{ROWS} a"), page.locator(f"{ROWS} a", has_text=re.compile("^sys:"))
    expect(unnamed).to_have_count(0)
    box = page.get_by_role("region", name="Rows of the answer")
    page.get_by_role("columnheader", name="thing").get_by_role("button").click()
    expect(box).not_to_have_attribute("aria-busy", "true")
    shown: list[str] = []
    for place in (2, int(page.locator("[data-answer] table").get_attribute("aria-rowcount") or 0)):
        box.evaluate("(box, end) => box.scrollTo(0, end ? box.scrollHeight : 0)", place > 2)
        expect(page.locator(f"tr[aria-rowindex='{place}']")).to_be_visible()
        expect(unnamed).to_have_count(0)
        shown += names.all_inner_texts()[len(shown) > 0 :]  # the row that Tab comes to stays drawn
    assert len(set(shown)) > 60
    assert shown == page.evaluate(SORTED, shown)


def test_the_rows_are_one_stop_of_tab(page: Page, ask: Asking) -> None:
    """Keys move about them, however many there are; Tab comes to where one was, and leaves them all by one press."""
    ask(page, MANY)
    box, table = page.get_by_role("region", name="Rows of the answer"), page.get_by_role("grid", name="Answer")
    page.get_by_role("columnheader", name="p").get_by_role("button").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(ROW) == 2
    for key, row in (
        ("ArrowDown", range(3, 4)),
        ("PageDown", range(6, 100)),
        ("ArrowUp", range(5, 99)),
        ("Control+End", range(10_001, 10_002)),
        ("ArrowDown", range(10_001, 10_002)),
        ("PageUp", range(9900, 9998)),
        ("Control+Home", range(2, 3)),
        ("PageDown", range(4, 100)),
    ):
        page.keyboard.press(key)
        page.wait_for_function(IN_VIEW)
        assert page.evaluate(ROW) in row, key
        assert table.locator("tbody tr").count() < 200
    stood = page.evaluate(ROW)
    box.evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    expect(page.locator("tr[aria-rowindex='10001']")).to_be_visible()
    assert page.evaluate(ROW) == stood
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(IN_VIEW)
    assert page.evaluate(ROW) == stood + 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a, button, summary')")
    assert page.evaluate(ROW) == 0
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(ROW) == stood + 1
