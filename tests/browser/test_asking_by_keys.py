"""The query page by keys, on every kind of keyboard and on small screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Asking = Callable[[Page, str], None]

pytestmark = pytest.mark.slow

FEW = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state LIMIT 5"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ROWS = "[data-answer] tbody tr:not([aria-hidden])"


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_a_mac_runs_a_query_by_either_key(page: Page, write: Asking, key: str) -> None:
    """The page says Ctrl+Enter, and people there are used to the other one."""
    page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    page.goto("/query")
    write(page, FEW)
    page.keyboard.press(key)
    expect(page.locator(ROWS)).to_have_count(5)


def test_who_cancels_by_keys_stays_in_the_form(page: Page, write: Asking) -> None:
    """The button that was pressed cannot keep the focus; the one beside it has it then, and runs the query again."""
    page.goto("/query")
    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("Cancelled after")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_what_is_said_of_a_completion_covers_no_other(page: Page, write: Asking) -> None:
    """On a small screen there is no room beside the list for it; on others it is there."""
    page.goto("/query")
    for width, is_shown in ((1280, True), (320, False)):
        page.set_viewport_size({"width": width, "height": 640})
        write(page, "SELECT ?s WHERE { ?s a ")
        page.keyboard.type("coo:Satell")
        expect(page.locator(".cm-tooltip [role=option][aria-selected=true]")).to_contain_text("coo:Satellite")
        expect(page.locator(".cm-completionInfo")).to_be_visible(visible=is_shown)
        page.keyboard.press("Escape")
