"""Pictures that are looked at more closely, moved, resized: what is drawn stays to be followed, by mouse and by key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow

BRAZIL = "/explore/cooperation?state=actor/bra"
SVG = "{http://www.w3.org/2000/svg}"
SCALE = "(picture) => picture.width.baseVal.value / picture.viewBox.baseVal.width"


def drawn(page: Page) -> Locator:
    """Return the picture of a page, which is drawn."""
    picture = page.locator("svg[data-drawn]")
    expect(picture.locator("[data-mark]").first).to_be_attached()
    return picture


def look_closer(page: Page, times: int = 2) -> None:
    """Press the button as many times."""
    for _ in range(times):
        page.get_by_role("button", name="Closer").click()


def middle(picture: Locator) -> tuple[float, float]:
    """Return the middle of a picture on the screen, to which the page is scrolled."""
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, picture: Locator) -> None:
    """Move what is seen of a picture, as a hand does."""
    x, y = middle(picture)
    before = picture.get_attribute("viewBox")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    page.mouse.up()
    assert picture.get_attribute("viewBox") != before


def test_marks_are_followed_after_a_drag(page: Page) -> None:
    """A drag ends in a click that is none; the next one is, by a key, and by the mouse once the whole is seen again."""
    page.goto(BRAZIL)
    picture = drawn(page)
    look_closer(page)
    drag(page, picture)
    expect(page).to_have_url(re.compile("state=actor/bra$"))
    picture.get_by_role("link", name=re.compile("^China: ")).press("Enter")
    page.wait_for_url("**state=actor%2Fchn")
    picture = drawn(page)
    look_closer(page)
    drag(page, picture)
    page.get_by_role("button", name="Whole").click()
    picture.get_by_role("link", name=re.compile("^Brazil: ")).locator("circle").last.click()
    page.wait_for_url("**state=actor%2Fbra")


def test_a_drag_ends_where_the_button_is_let_go(page: Page) -> None:
    """Outside the picture too: who comes back with no button down moves nothing any more."""
    page.goto(BRAZIL)
    picture = drawn(page)
    look_closer(page)
    x, y = middle(picture)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20, steps=2)
    page.mouse.move(1, y)  # beside the picture
    page.mouse.up()
    seen = picture.get_attribute("viewBox")
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.move(x - 40, y + 10, steps=4)
    assert picture.get_attribute("viewBox") == seen
    expect(page).to_have_url(re.compile("state=actor/bra$"))


@pytest.mark.parametrize("path", [BRAZIL, "/explore/network?about=system/cfosat", "/explore/timeline?actor=actor/esa"])
def test_a_picture_is_one_stop_of_the_tab_key(page: Page, path: str) -> None:
    """From what is before the picture to its first mark, and from there to what is behind it."""
    page.goto(path)
    picture = drawn(page)
    page.get_by_role("button", name="Show").last.focus()
    while not page.evaluate("document.activeElement.closest('figure')"):
        page.keyboard.press("Tab")
    expect(picture.locator("[data-mark]").first).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('svg')")


def test_a_picture_that_is_drawn_again_stays_as_it_was_looked_at(page: Page) -> None:
    """A window of another width: what was seen more closely still is, and the focus is where it was."""
    page.set_viewport_size({"width": 1200, "height": 800})
    page.goto("/explore/network?about=system/cfosat")
    picture = drawn(page)
    look_closer(page)
    closer, width = page.get_by_role("button", name="Closer"), picture.get_attribute("width")
    scale = picture.evaluate(SCALE)
    assert scale > 2
    closer.focus()
    page.set_viewport_size({"width": 700, "height": 800})
    expect(picture).not_to_have_attribute("width", str(width))
    assert picture.evaluate(SCALE) == pytest.approx(scale, rel=0.02)
    expect(closer).to_be_focused()
    picture.locator("a[data-mark='actor/chn']").focus()
    way = page.locator("[data-about-mark]").get_by_role("link", name="begin here")
    leads = str(way.get_attribute("href"))
    way.focus()
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(picture).to_have_attribute("width", str(width))
    expect(way).to_be_focused()
    expect(way).to_have_attribute("href", leads)


def test_a_dark_picture_has_its_ground_in_the_file(page: Page) -> None:
    """Light words need what they stand on: all that is seen of a closer look is filled, in the size of the whole."""
    page.emulate_media(color_scheme="dark")
    page.goto(BRAZIL)
    picture = drawn(page)
    look_closer(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    saved = ET.parse(Path(download.value.path())).getroot()  # noqa: S314  (it is ours)
    first = saved.find(f"{SVG}rect")
    assert first is not None
    assert first.get("fill") == page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    box = [float(str(first.get(name))) for name in ("x", "y", "width", "height")]
    assert box == pytest.approx([float(each) for each in str(saved.get("viewBox")).split()])
    assert [each.tag.removeprefix(SVG) for each in saved][:3] == ["title", "desc", "rect"]
    assert saved.get("width") == picture.get_attribute("width")
    assert saved.get("viewBox") == picture.get_attribute("viewBox")


def test_what_asks_to_be_chosen_is_not_printed(page: Page) -> None:
    """On paper nothing is chosen: with an entity's picture goes no sentence, and no button, that asks for it."""
    page.goto("/id/system/cfosat")
    picture = drawn(page)
    expect(page.get_by_text("Choose a thing")).to_be_visible()
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(page.get_by_text("Choose a thing")).to_be_hidden()
    expect(page.locator("figure button").locator("visible=true")).to_have_count(0)
