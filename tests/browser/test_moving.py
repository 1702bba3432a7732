"""Finding and moving about: by keyboard alone, without JavaScript, by what the search box suggests."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

FEW = "SELECT ?s WHERE { ?s a coo:State } ORDER BY ?s LIMIT 3"
SEEN = """() => {
  let here = document.activeElement;
  while (here.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  const box = here.getBoundingClientRect();
  const shown = [here, here.closest(".cm-editor")].filter(Boolean).map((each) => getComputedStyle(each).outlineStyle);
  return box.width > 1 && box.bottom > 0 && box.top < innerHeight && shown.some((style) => style !== "none");
}"""
"""Whether what has the focus is in view, with something around it."""


def tab_to(page: Page, css: str) -> None:
    """Press Tab until something has the focus; wherever the focus comes on the way, it can be seen."""
    wanted = page.locator(css).first
    for _ in range(100):
        page.keyboard.press("Tab")
        page.wait_for_function(SEEN)
        if wanted.evaluate("(node) => node.matches(':focus') || node.contains(document.activeElement)"):
            return
    pytest.fail(f"Tab does not come to {css}")


def test_keys_lead_from_the_front_page_to_a_file(page: Page) -> None:
    """Tab, Enter and typing are enough to ask a query and to download its answer; the focus is never out of sight."""
    page.goto("/")
    tab_to(page, "header nav a[href='/query']")
    page.keyboard.press("Enter")
    page.locator(".cm-content").wait_for()
    tab_to(page, "[data-editor]")
    page.keyboard.type(FEW)
    page.keyboard.press("Control+Enter")
    page.locator("[data-downloads] a").first.wait_for()
    tab_to(page, "[data-downloads] a[href$='format=csv']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    rows = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8").splitlines()))
    assert [len(rows), rows[0]] == [4, ["s"]]


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    """Who moves by keys need not pass the navigation of every page."""
    page.goto("/about/limits")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.fixture
def plain_page(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_without_scripts_a_thing_is_found_and_read(plain_page: Page) -> None:
    """The search box is a form; what it finds leads to pages."""
    plain_page.goto("/")
    field = plain_page.locator("header input[type=search]")
    field.fill("cfosat")
    field.press("Enter")
    plain_page.locator("main ol a", has_text="CFOSAT").first.click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("CFOSAT")
    plain_page.locator("main").get_by_role("link", name="China", exact=True).first.click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("China")


def test_without_scripts_a_query_is_answered(plain_page: Page) -> None:
    """The query page is a form with a text area; its answer is a table, with downloads as links."""
    plain_page.goto("/query")
    plain_page.get_by_label("SPARQL").fill(FEW)
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.locator("[data-answer] tbody tr")).to_have_count(3)
    plain_page.get_by_label("SPARQL").fill("SELECT ?s WHERE {")
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.get_by_role("alert")).to_contain_text("line 1")


def test_without_scripts_figures_are_tables(plain_page: Page) -> None:
    """A picture's figures can be read, and chosen by the form above them."""
    plain_page.goto("/explore/cooperation")
    plain_page.get_by_label("State", exact=True).select_option(label="France")
    plain_page.get_by_role("button", name="Show").last.click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Cooperation of France")
    expect(plain_page.get_by_role("row").filter(has_text="China").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/id/system/cfosat", "/query"])
def test_the_search_box_suggests(page: Page, path: str) -> None:
    """On each page: what is typed finds things; the arrows choose, Escape closes, Enter goes there."""
    page.goto(path)
    field = page.locator("header input[type=search]")
    field.press_sequentially("brazil")
    options = page.locator("header [role=option]")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("."))
    field.press("Escape")
    expect(options.first).to_be_hidden()
    field.press("ArrowDown")
    expect(options.filter(has_text="Brazil").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/id/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Brazil")


def test_names_come_in_another_language(page: Page) -> None:
    """The switch keeps the page and changes the names on it."""
    page.goto("/id/system/cfosat")
    page.get_by_role("navigation", name="Language of names").get_by_role("link", name="中文").click()
    page.wait_for_url("**/id/system/cfosat?lang=zh")
    expect(page.get_by_role("link", name="中国", exact=True).first).to_be_visible()
    expect(page.locator("nav [aria-current=true]")).to_have_text("中文")


def test_a_call_is_tried_on_the_api_page(page: Page, accessible: Callable[..., list[str]]) -> None:
    """The operations of the service are listed once they are asked for, and a call is made from the page."""
    page.goto("/docs")
    page.get_by_role("button", name="Try calls on this page").press("Enter")
    page.locator("[data-swagger] h2:not([hidden])").wait_for()
    assert accessible(page) == []
    page.locator(".opblock-tag", has_text="Search").click()
    page.locator(".opblock", has_text="/search").first.locator(".opblock-summary-control").click()
    page.locator("tr[data-param-name=q] input").fill("cfosat")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text("CFOSAT")
