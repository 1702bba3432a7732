"""Every kind of page, in light, in dark and on a small screen: nothing for axe to say, nothing cut off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from browsing import Complaints
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

MAIN = "main h1"
STATES = (
    "SELECT ?state ?name WHERE { ?state a coo:State ; rdfs:label ?name FILTER (lang(?name) = 'en') } ORDER BY ?name"
)
PAGES = {
    "front": ("/", MAIN),
    "query": ("/query", "[role=textbox]"),
    "query-answer": (f"/query?query={quote_plus(STATES)}+LIMIT+5", "[data-answer] tbody tr >> nth=3"),
    "query-long": (f"/query?query={quote_plus(STATES)}", "[data-answer] tbody tr >> nth=9"),
    "query-graph": ("/query?query=DESCRIBE+%3Chttps%3A%2F%2Fw3id.org%2Fcoorbit%2Fid%2Fsystem%2Fcfosat%3E", "pre"),
    "explore": ("/explore", MAIN),
    "map": ("/explore/cooperation", MAIN),
    "map-of-a-state": ("/explore/cooperation?state=chn", MAIN),
    "network": ("/explore/network?about=system/cfosat", MAIN),
    "timeline": ("/explore/timeline?actor=actor/esa", MAIN),
    "search": ("/search", MAIN),
    "search-found": ("/search?q=china", "ol a"),
    "state": ("/id/actor/chn", MAIN),
    "system": ("/id/system/cbers-4", MAIN),
    "ontology": ("/ont", MAIN),
    "shapes": ("/shapes", MAIN),
    "edition": ("/ont/1.0.0", MAIN),
    "data": ("/data", MAIN),
    "quality": ("/data/quality", MAIN),
    "void": ("/void", MAIN),
    "dcat": ("/dcat", MAIN),
    "scheme": ("/voc/role", MAIN),
    "concept": ("/voc/role/co-builder", MAIN),
    "examples": ("/examples", MAIN),
    "example": ("/examples/partners-of-china", MAIN),
    "example-answer": ("/examples/partners-of-china/run", MAIN),
    "links": ("/links", MAIN),
    "versions": ("/versions", MAIN),
    "version": ("/versions/1", MAIN),
    "dumps": ("/dumps/", MAIN),
    "graph": ("/graph/links/wikidata", MAIN),
    "limits": ("/about/limits", MAIN),
    "deployment": ("/about/deployment", MAIN),
    "linked-data": ("/about/linked-data", MAIN),
    "errors": ("/about/errors", MAIN),
    "api": ("/docs", "[data-swagger] button"),
    "reconciled": ("/reconcile/preview?id=actor/chn", "body"),
    "old": ("/id/actor/chn?version=1", MAIN),
}
"""Of each kind of page a name, an address, and what stands there when it is done."""

ELSEWHERE = {"/dumps/{release}/", "/versions/{old}..{new}"}
"""Looked at in test_versions.py, since the shared home has no release and one version."""

MISSING = {
    "query-fault": "/query?query=SELECT+%3Fs+WHERE+%7B+",
    "missing": "/id/nothing/here",
    "no-page": "/nothing/here",
    "refused": "/explore/cooperation?state=nowhere",
}
"""Pages that say why there is no page."""

SCREENS = {"narrow": 320, "zoomed": 640}
"""Widths: of a small telephone, and of a screen of 1,280 at 200 %."""


WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80)).slice(-3).join("; ")"""
"""What reaches beyond the right edge, the last few."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(
    page: Page, accessible: Callable[..., list[str]], keep_picture: Callable[[Page, str], None], name: str
) -> None:
    """Axe finds nothing in either scheme of colours, and no page scrolls sideways as a whole."""
    address, done = PAGES[name]
    page.goto(address)
    page.locator(done).first.wait_for()
    look_at(page, name, accessible, keep_picture)


@pytest.mark.parametrize("name", MISSING)
def test_a_page_that_refuses_is_a_page_too(
    page: Page,
    accessible: Callable[..., list[str]],
    keep_picture: Callable[[Page, str], None],
    complaints: Complaints,
    name: str,
) -> None:
    """What is not there, or cannot be shown, is told on a page like the others."""
    complaints.expect(r"status of 40[04]")
    page.goto(MISSING[name])
    look_at(page, name, accessible, keep_picture)


def look_at(
    page: Page, name: str, accessible: Callable[..., list[str]], keep_picture: Callable[[Page, str], None]
) -> None:
    """Look at a page in light, in dark, and narrow; fail at all that is wrong with it."""
    keep_picture(page, f"{name}-light")
    faults = accessible(page)
    page.emulate_media(color_scheme="dark")
    keep_picture(page, f"{name}-dark")
    faults += [f"in dark: {each}" for each in accessible(page, "color-contrast")]  # nothing but colours is another
    for screen, width in SCREENS.items():
        page.set_viewport_size({"width": width, "height": 640})
        keep_picture(page, f"{name}-{screen}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{screen}: scrolls sideways, for {page.evaluate(WIDE)}")
    assert not faults, "\n".join(faults)


def test_the_page_of_a_thing_is_printed_without_what_only_a_screen_has(page: Page) -> None:
    """On paper there is what is said, on white; no navigation, no forms, no buttons; links tell their address."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/id/actor/bra")
    for part in ("body > header", "body > footer", "main .read-in", "#as-data", "[data-saving]", "[role=search]"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    outside = page.locator("main a[href^='http']").first
    told = outside.evaluate("(link) => getComputedStyle(link, '::after').content")
    assert outside.get_attribute("href") in told


def test_no_kind_of_page_is_left_out(client: httpx.Client) -> None:
    """Each path that the API description gives a page is in the table above."""
    paths = client.get("/openapi.json").json()["paths"]
    answers = {path: told.get("get", {}).get("responses", {}).get("200", {}) for path, told in paths.items()}
    is_page = {path for path, answer in answers.items() if "text/html" in answer.get("content", {})} - ELSEWHERE
    is_page = {path for path in is_page if not path.startswith("/examples/")}  # each example, all of one kind
    patterns = [
        re.compile(re.sub(r"\{\w+\}", "[^?]+", path) + r"(\?.*)?") for path in is_page if "/examples/" not in path
    ]
    addresses = [address for address, _ in PAGES.values()]
    unseen = {each.pattern for each in patterns if not any(map(each.fullmatch, addresses))}
    assert unseen == set()
