"""The address of the query page: what links of it hold, and that no way to another part or form of it loses a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    Asking = Callable[[Page, str], None]

pytestmark = pytest.mark.slow

FEW = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state LIMIT 5"
ONE = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state LIMIT 1"
LONG = f"{FEW} # {'long ' * 2000}"
ROWS = "[data-answer] tbody tr:not([aria-hidden])"
TEXT = ".cm-content"


def run(page: Page) -> None:
    """Ask what the editor holds."""
    page.keyboard.press("ControlOrMeta+Enter")


def test_a_query_that_is_too_long_for_a_link_gives_its_text(
    page: Page, context: BrowserContext, ask: Asking, write: Asking
) -> None:
    """No link of another query is passed off as its own; Back and a reload still find the text."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, ONE)
    write(page, LONG)
    run(page)
    expect(page.locator(ROWS)).to_have_count(5)
    assert urlsplit(page.url).query == ""
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-shared]")).to_contain_text("too long for a link")
    page.get_by_role("button", name="Copy its text").click()
    expect(page.locator("[data-shared]")).to_contain_text("The text is copied")
    assert page.evaluate("navigator.clipboard.readText()") == LONG
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(1)
    page.go_forward()
    expect(page.locator(ROWS)).to_have_count(5)
    page.reload()
    expect(page.locator(ROWS)).to_have_count(5)
    expect(page.locator(TEXT)).to_contain_text("long long")


@pytest.mark.parametrize(("query", "name"), [(FEW, "csv"), ("DESCRIBE actor:alb", "ntriples")], ids=["rows", "graph"])
def test_the_answer_to_a_long_query_is_downloaded(page: Page, write: Asking, query: str, name: str) -> None:
    """No address is long enough for it, so it is fetched as it was asked; the file is what a link gives of the rest."""
    long = f"{query} # {'long ' * 10_000}"
    page.goto("/query")
    write(page, long)
    run(page)
    with page.expect_download() as download:
        page.locator("[data-downloads]").get_by_role("button", name=name, exact=True).click()
    expected = page.request.get("/sparql", params={"query": query, "format": name})
    assert expected.ok
    assert download.value.suggested_filename.startswith("answer.")
    assert Path(download.value.path()).read_bytes() == expected.body()


def test_to_skip_to_the_content_changes_no_query(page: Page, ask: Asking, write: Asking) -> None:
    """The link to a part of the page is no way back: what is typed stays, and is not asked."""
    ask(page, ONE)
    write(page, FEW)
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.go_back()
    page.wait_for_url(lambda url: "#" not in url)
    expect(page.locator(TEXT)).to_have_text(FEW)
    expect(page.locator(ROWS)).to_have_count(1)


def test_another_language_keeps_what_was_asked_and_what_is_typed(page: Page, ask: Asking, write: Asking) -> None:
    """Its link has the query that was asked here; a draft goes along without being asked, once."""
    ask(page, ONE)
    link = page.get_by_role("navigation", name="Language of names").get_by_role("link", name="Français")
    assert parse_qs(urlsplit(link.get_attribute("href") or "").query) == {"query": [ONE], "lang": ["fr"]}
    write(page, FEW)
    link.click()
    page.wait_for_url(lambda url: "lang=fr" in url)
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(TEXT)).to_have_text(FEW)
    page.goto("/query")
    expect(page.locator(TEXT)).not_to_contain_text("SELECT ?state")
