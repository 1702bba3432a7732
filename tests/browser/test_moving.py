"""Finding and moving about: by keyboard alone, without JavaScript, by what the search box suggests."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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


def test_without_scripts_an_answer_is_taken_along(plain_page: Page) -> None:
    """Of a long answer the beginning is shown, and the whole of it is one click away."""
    plain_page.goto("/query")
    plain_page.get_by_label("SPARQL").fill("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1234")
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.locator("[data-answer]")).to_contain_text("1234 rows, the first 1000 shown")
    address = plain_page.locator("[data-answer]").get_by_role("link", name="csv").get_attribute("href")
    answer = plain_page.request.get(address or "")
    assert len(answer.text().splitlines()) == 1235


def test_without_scripts_what_was_found_is_turned_over(plain_page: Page) -> None:
    """A search leads to its second page and back; each page has others."""
    plain_page.goto("/search?q=china")
    found = plain_page.locator("main ol > li > a")
    first = found.all_inner_texts()
    plain_page.get_by_role("link", name="Next").click()
    expect(plain_page.get_by_role("status")).to_contain_text("these are 11 to 20")
    assert not set(found.all_inner_texts()) & set(first)
    plain_page.get_by_role("link", name="Before").click()
    expect(found).to_have_text(first)


def test_without_scripts_what_points_to_a_thing_is_turned_over(plain_page: Page) -> None:
    """A relation that many things have to one is a list of its own, in pages."""
    plain_page.goto("/id/actor/chn")
    plain_page.locator("main li > a[href*='relation=']", has_text=re.compile(r"\d{3}")).first.click()
    listed = plain_page.locator("main ol > li > a")
    expect(listed).to_have_count(50)
    first = {each.get_attribute("href") for each in listed.all()}
    plain_page.get_by_role("link", name="Next").click()
    expect(plain_page.locator("main ol")).to_have_attribute("start", "51")
    assert not {each.get_attribute("href") for each in listed.all()} & first
    plain_page.get_by_role("link", name="Before").click()
    expect(plain_page.locator("main ol")).to_have_attribute("start", "1")


def test_without_scripts_figures_are_tables(plain_page: Page) -> None:
    """A picture's figures can be read, and chosen by the form above them."""
    plain_page.goto("/explore/cooperation")
    plain_page.get_by_label("State", exact=True).select_option(label="France")
    plain_page.get_by_role("button", name="Show").last.click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Cooperation of France")
    expect(plain_page.get_by_role("row").filter(has_text="China").first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "where"), [("/", "header"), ("/", "main"), ("/search", "main"), ("/id/system/cfosat", "header")]
)
def test_the_search_box_suggests(page: Page, path: str, where: str) -> None:
    """On each page: what is typed finds things; the arrows choose, Escape closes, Enter goes there."""
    page.goto(path)
    field = page.locator(f"{where} input[type=search]")
    field.press_sequentially("brazil")
    options = page.locator(f"{where} [role=option]")
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


def test_a_search_keeps_the_version(page: Page) -> None:
    """What is suggested and what Enter finds is of the version chosen; names of every language are looked at."""
    page.goto("/?version=1&lang=fr")
    field = page.locator("header input[type=search]")
    field.press_sequentially("chin")
    page.locator("header [role=option]").first.click()
    page.wait_for_url("**/id/**")
    assert "lang=fr&version=1" in page.url
    field = page.locator("header input[type=search]")
    field.fill("sentinel")
    field.press("Enter")
    page.wait_for_url("**/search?**")
    assert "version=1" in page.url
    expect(page.locator("main ol a").first).to_be_visible()


def test_names_come_in_another_language(page: Page) -> None:
    """The switch keeps the page and changes the names on it."""
    page.goto("/id/system/cfosat")
    page.get_by_role("navigation", name="Language of names").get_by_role("link", name="中文").click()
    page.wait_for_url("**/id/system/cfosat?lang=zh")
    expect(page.get_by_role("link", name="中国", exact=True).first).to_be_visible()
    expect(page.locator("nav [aria-current=true]")).to_have_text("中文")


SAID = """(letters) => [...document.querySelectorAll("body *")]
  .filter((each) => !each.closest("script, title, desc"))
  .filter((each) => [...each.childNodes].some(({ nodeType, data }) => nodeType === 3 && RegExp(letters).test(data)))
  .map((each) => [each.textContent, each.closest("[lang]").getAttribute("lang")])"""
"""Texts of a page in which some letters are, each with the language that it is said to be in; without flat text."""


@pytest.mark.parametrize("path", ["/explore/cooperation?state=bra", "/explore/network?about=system/cfosat", "/query"])
def test_names_that_scripts_bring_say_their_language(page: Page, ask: Callable[[Page, str], None], path: str) -> None:
    """In pictures, in tables of answers, on cards and in suggestions: `lang` is that of the name (WCAG 3.1.2)."""
    page.set_extra_http_headers({"Accept-Language": "zh"})
    if path == "/query":
        ask(page, "SELECT ?state ?name WHERE { BIND (actor:chn AS ?state) ?state rdfs:label ?name } ORDER BY ?name")
        page.get_by_role("link", name="\u4e2d\u56fd").first.focus()
        expect(page.get_by_role("tooltip")).to_contain_text("\u56fd\u5bb6")
    else:
        page.goto(path)
        expect(page.locator("svg[data-drawn] text[lang=zh]").first).to_be_attached()
        page.locator("header input[type=search]").press_sequentially("\u4e2d\u56fd")
        expect(page.locator("header [role=option]").first).to_be_visible()
    found = page.evaluate(SAID, "[\u4e00-\u9fff]")
    assert [text for text, _ in found if text != "\u4e2d\u6587"]
    assert [text for text, lang in found if lang != "zh"] == []


def test_a_call_is_tried_on_the_api_page(page: Page) -> None:
    """The operations of the service are listed once they are asked for, and a call is made from the page."""
    page.goto("/docs")
    page.get_by_role("button", name="Try calls on this page").press("Enter")
    page.locator("[data-swagger] h2:not([hidden])").wait_for()
    page.locator(".opblock-tag", has_text="Search").click()
    page.locator(".opblock", has_text="/search").first.locator(".opblock-summary-control").click()
    page.locator("tr[data-param-name=q] input").fill("cfosat")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text("CFOSAT")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_calls_of_the_api_page_are_accessible(
    page: Page,
    accessible: Callable[..., list[str]],
    keep_picture: Callable[[Page, str], None],
    scheme: Literal["light", "dark"],
) -> None:
    """Axe finds nothing in what tries calls, closed, open and answered; its ground is that of the page."""
    page.emulate_media(color_scheme=scheme)
    page.goto("/docs")
    page.get_by_role("button", name="Try calls on this page").click()
    page.locator("[data-swagger] h2:not([hidden])").wait_for()
    faults = accessible(page)
    page.locator(".opblock-tag", has_text="Search").click()
    for path in ("/search", "/resolve"):
        page.locator(f".opblock-summary-path[data-path='{path}']").first.click()
    page.locator("tr[data-param-name=q] input").fill("cfosat")
    page.get_by_role("button", name="Execute").first.click()
    expect(page.locator(".live-responses-table")).to_contain_text("CFOSAT")
    keep_picture(page, f"api-calls-{scheme}")
    assert faults + accessible(page) == []
    ground = "(node) => getComputedStyle(node).backgroundColor"
    host = page.locator("[data-swagger] > div")
    assert host.evaluate(ground) == page.locator("html").evaluate(ground)
