"""Pictures: of results and of the explore pages; drawn, followed by mouse and key, saved, and told in tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

VIEWS = {
    "Map": "SELECT ?state ?number WHERE { VALUES (?state ?number) { (actor:bra 3) (actor:fra 2) } }",
    "Network": "SELECT ?from ?to WHERE { VALUES (?from ?to) { (actor:bra actor:chn) (actor:fra actor:chn) } }",
    "Bars": "SELECT ?name ?number WHERE { VALUES (?name ?number) { ('one' 3) ('other' 5) } }",
}


@pytest.mark.parametrize("view", ["Map", "Network", "Bars"])
def test_a_result_is_drawn_and_saved(page: Page, ask: Callable[[Page, str], None], view: str) -> None:
    """The columns of a result say which views there are; each is drawn, and saved as SVG and as PNG."""
    ask(page, VIEWS[view])
    page.get_by_role("tab", name=view).click()
    panel = page.get_by_role("tabpanel", name=view)
    expect(panel.locator("svg[data-drawn] [data-mark]")).to_have_count(2 + (view == "Network"))
    for kind, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            panel.get_by_role("button", name=f"Save as {kind}").click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")


def test_arcs_lead_to_the_partners_of_a_state(page: Page) -> None:
    """A state that is chosen has a mark for each partner of the table that the map has a shape for."""
    page.goto("/explore/cooperation")
    page.get_by_label("State", exact=True).select_option(label="Brazil")
    page.get_by_role("button", name="Show").last.click()
    page.wait_for_url("**/explore/cooperation?state=*")
    marks = page.locator("svg[data-drawn] [data-mark]")
    expect(marks.first).to_be_attached()
    names = set(page.locator("main tbody th").all_inner_texts())
    left_out = page.locator("[data-left-out]").inner_text()
    assert marks.count() == len([each for each in names if each not in left_out])


def test_a_network_grows_by_key_and_by_mouse(page: Page) -> None:
    """A thing is expanded in place, by Enter or a click on its link; at most 300 things are shown."""
    page.goto("/explore/network?about=system/cfosat")
    marks = page.locator("svg[data-drawn] [data-mark]")
    expect(marks.first).to_be_attached()
    before = marks.count()
    page.get_by_role("link", name="Expand China", exact=True).press("Enter")
    page.wait_for_url("**expand=**")
    expect(marks.nth(before)).to_be_attached()
    assert before < marks.count() <= 300
    page.get_by_role("link", name="Fold up China", exact=True).click()
    expect(marks).to_have_count(before)


def test_a_timeline_is_filtered(page: Page) -> None:
    """The form chooses kind and years; picture and table follow."""
    page.goto("/explore/timeline?actor=actor/esa")
    page.get_by_label("From year", exact=True).fill("2020")
    page.get_by_label("To year", exact=True).fill("2022")
    page.get_by_role("button", name="Show").last.click()
    page.wait_for_url("**from=2020&to=2022**")
    expect(page.locator("svg[data-drawn]")).to_be_visible()
    years = page.get_by_role("table", name="Events by year").locator("tbody th").all_inner_texts()
    assert years
    assert set(years) <= {"2020", "2021", "2022"}


@pytest.mark.parametrize("path", ["cooperation?state=bra", "network?about=system/cfosat", "timeline?actor=actor/esa"])
def test_a_picture_leads_to_its_query(page: Page, path: str) -> None:
    """The query that gives the figures is one click away, and has rows."""
    page.goto(f"/explore/{path}")
    page.get_by_role("link", name="The query that gives them").click()
    expect(page.locator("[data-answer] tbody tr:not([aria-hidden])").first).to_be_visible()
