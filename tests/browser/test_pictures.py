"""Pictures: of results and of the explore pages; drawn, followed by mouse and key, saved, and told in tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow

VIEWS = {
    "states": ("Map", 2, "SELECT ?state ?number WHERE { VALUES (?state ?number) { (actor:bra 3) (actor:fra 2) } }"),
    "places": ("Map", 1, "SELECT ?name ?lat ?long WHERE { VALUES (?name ?lat ?long) { ('Kourou' 5.2 -52.8) } }"),
    "events": (
        "Timeline",
        3,
        """SELECT ?date ?kind ?name WHERE { VALUES (?date ?kind ?name) {
          ('2018-10-29'^^xsd:date 'launch' 'one') ('2019-12-20'^^xsd:date 'launch' 'other')
          ('1988-07-06'^^xsd:date 'agreement' 'third') } }""",
    ),
    "pairs": (
        "Network",
        3,
        "SELECT ?from ?to WHERE { VALUES (?from ?to) { (actor:bra actor:chn) (actor:fra actor:chn) } }",
    ),
    "figures": ("Bars", 2, "SELECT ?name ?number WHERE { VALUES (?name ?number) { ('one' 3) ('other' 5) } }"),
}
"""Results with the view that fits them, and how many marks that has."""

PLACE = "(mark) => mark.getBoundingClientRect()"
SIGNATURES = {"SVG": b"<svg", "PNG": b"\x89PNG"}


@pytest.mark.parametrize("result", VIEWS)
def test_a_result_is_drawn_and_saved(page: Page, ask: Callable[[Page, str], None], result: str) -> None:
    """The columns of a result say which views there are; each is drawn, and saved as SVG and as PNG."""
    view, marks, query = VIEWS[result]
    ask(page, query)
    page.get_by_role("tab", name=view).click()
    panel = page.get_by_role("tabpanel", name=view)
    expect(panel.locator("svg[data-drawn] [data-mark]")).to_have_count(marks)
    is_saved(page, panel)


def is_saved(page: Page, part: Locator) -> None:
    """Save the picture in a part of a page in both ways; fail where a file is not what its name says."""
    for kind, begins in SIGNATURES.items():
        with page.expect_download() as download:
            part.get_by_role("button", name=f"Save as {kind}").click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")


@pytest.mark.parametrize(("begins", "marks", "told"), [("", 70, ""), ("Y", 60, "10 further rows are left out.")])
def test_no_year_is_left_out(page: Page, ask: Callable[[Page, str], None], begins: str, marks: int, told: str) -> None:
    """Bars by year go on to the last one; of other things, those after the first sixty are left out, and counted."""
    values = " ".join(f"('{begins}{1957 + at}' {at + 1})" for at in range(70))
    ask(page, f"SELECT ?year ?number WHERE {{ VALUES (?year ?number) {{ {values} }} }}")
    page.get_by_role("tab", name="Bars").click()
    panel = page.get_by_role("tabpanel", name="Bars")
    expect(panel.locator("svg[data-drawn] [data-mark]")).to_have_count(marks)
    expect(panel.locator("[data-left-out]")).to_have_text(told)


def test_events_stand_in_the_order_of_their_dates(page: Page, ask: Callable[[Page, str], None]) -> None:
    """On the timeline of a result each kind has a lane, and what came later stands farther to the right."""
    _, _, query = VIEWS["events"]
    ask(page, query)
    page.get_by_role("tab", name="Timeline").click()
    panel = page.get_by_role("tabpanel", name="Timeline")
    dates = ("1988-07-06, agreement: third", "2018-10-29, launch: one", "2019-12-20, launch: other")
    first, second, third = (panel.get_by_role("img", name=each).evaluate(PLACE) for each in dates)
    assert first["x"] < second["x"] < third["x"]
    assert second["y"] == third["y"] != first["y"]
    expect(panel.locator("svg")).to_contain_text("launch (2)")
    expect(panel.locator("svg")).to_contain_text("agreement (1)")


def test_a_map_tells_of_states_that_it_cannot_show(page: Page, ask: Callable[[Page, str], None]) -> None:
    """A state that is no more has no code by which a shape is found: below the map it is named, not dropped."""
    ask(
        page,
        "SELECT ?state ?name WHERE { VALUES (?state ?name) { (actor:bra 'B') (actor:sun 'S') (actor:csk UNDEF) } }",
    )
    page.get_by_role("tab", name="Map").click()
    panel = page.get_by_role("tabpanel", name="Map")
    expect(panel.locator("svg[data-drawn] [data-mark]")).to_have_count(1)
    expect(panel.locator("[data-left-out]")).to_have_text("Not on this map, which has no shape for them: S, actor/csk.")


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
    """A thing is expanded by its link in the table, by Enter or a click; at most 300 things are shown."""
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


def test_a_network_grows_in_the_picture(page: Page) -> None:
    """A mark that is clicked, or Enter on the one that has the focus, opens it where it is: the page is not left."""
    page.goto("/explore/network?about=system/cfosat")
    marks, china = page.locator("svg[data-drawn] [data-mark]"), page.locator("svg a[data-mark='actor/chn']")
    expect(china).to_have_accessible_name(re.compile("^China, actor, .*Enter expands$"))
    before = marks.count()
    page.evaluate("window.isTheSame = true")
    china.hover()
    expect(page.locator("[data-about-mark]")).to_contain_text("China")
    china.click()
    page.wait_for_url("**expand=actor%2Fchn**")
    expect(marks.nth(before)).to_be_attached()
    grown = marks.count()
    expect(china).to_be_focused()
    expect(china).to_have_accessible_name(re.compile("expanded$"))
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    other = page.locator("svg a[data-mark]:focus")
    expect(other).to_have_count(1)
    page.locator("svg a[data-mark='actor/fra']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**expand=actor%2Ffra**")
    expect(marks.nth(grown)).to_be_attached()
    expect(page.locator("svg a[data-mark='actor/fra']")).to_be_focused()
    assert page.evaluate("window.isTheSame")
    page.go_back()
    expect(marks).to_have_count(grown)
    assert page.evaluate("window.isTheSame")


def test_a_network_grows_from_the_sentence_below_it(page: Page) -> None:
    """Who follows a way of the thing that the sentence tells of goes on at the mark of that, and in the sentence."""
    page.goto("/explore/network?about=system/cfosat")
    told, china = page.locator("[data-about-mark]"), page.locator("svg a[data-mark='actor/chn']")
    for way, address in (("expand", "**expand=actor%2Fchn**"), ("fold up", "**about=system%2Fcfosat")):
        china.focus()
        expect(told).to_contain_text("China")
        told.get_by_role("link", name=way).press("Enter")
        page.wait_for_url(address)
        expect(china).to_be_focused()
    told.get_by_role("link", name="begin here").press("Enter")
    page.wait_for_url("**about=actor%2Fchn")
    expect(china).to_be_focused()


def test_a_mark_that_cannot_be_expanded_leads_to_its_page(page: Page) -> None:
    """What the network is about, and each thing where as many are expanded as can be; neither promises more."""
    most = "".join(f"&expand=actor/{code}" for code in ("usa", "fra", "rus", "ind", "jpn", "bra", "chn", "deu"))
    page.goto(f"/explore/network?about=system/cfosat{most}")
    expect(page.locator("svg[data-drawn]")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Enter expands$"))).to_have_count(0)
    expect(page.locator("svg a[data-mark='actor/chn']")).to_have_accessible_name(re.compile("expanded$"))
    told = page.locator("[data-about-mark]")
    page.locator("svg a[data-mark='actor/cnes']").focus()
    assert told.get_by_role("link").all_inner_texts() == ["its page", "begin here"]
    cfosat = page.locator("svg a[data-mark='system/cfosat']")
    cfosat.focus()
    assert told.get_by_role("link").all_inner_texts() == ["its page", "begin here"]
    cfosat.press("Enter")
    page.wait_for_url("**/id/system/cfosat")


def test_the_last_of_two_choices_is_shown(page: Page) -> None:
    """Who chooses another thing before the first is there gets that alone: the first is given up."""
    page.goto("/explore/network?about=system/cfosat")
    china = page.locator("svg a[data-mark='actor/chn']")
    page.route("**/explore/network?*expand=actor%2Fcnes", lambda _: None)  # its answer does not come
    page.locator("svg a[data-mark='actor/cnes']").press("Enter")
    with page.expect_event("requestfailed", lambda request: "cnes" in request.url):
        china.press("Enter")
    page.wait_for_url("**about=system%2Fcfosat&expand=actor%2Fchn")
    expect(china).to_have_accessible_name(re.compile("expanded$"))


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


OF_EACH = ["cooperation?state=bra", "network?about=system/cfosat", "timeline?actor=actor/esa"]
"""A picture of each kind."""


@pytest.mark.parametrize("path", OF_EACH)
def test_a_picture_is_a_file_too(page: Page, path: str) -> None:
    """What is drawn on a page to explore is saved as SVG and as PNG."""
    page.goto(f"/explore/{path}")
    expect(page.locator("svg[data-drawn]")).to_be_visible()
    is_saved(page, page.locator("figure[data-picture]"))


@pytest.mark.parametrize("path", OF_EACH)
def test_a_picture_leads_to_its_query(page: Page, path: str) -> None:
    """The query that gives the figures is one click away, and has rows."""
    page.goto(f"/explore/{path}")
    page.get_by_role("link", name="The query that gives them").click()
    expect(page.locator("[data-answer] tbody tr:not([aria-hidden])").first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "label", "typed", "value"),
    [
        ("", "State, by its ISO code", "brazil", "actor/bra"),
        ("", "Actor, by the end", "european space ag", "actor/esa"),
        ("/network", "Thing, by the end", "cbers-4a", "system/cbers-4a"),
        ("/timeline", "Actor, by the end", "\u5df4\u897f", "actor/bra"),
    ],
)
def test_a_thing_is_chosen_by_its_name(page: Page, path: str, label: str, typed: str, value: str) -> None:
    """A field that takes the end of a name suggests things while theirs are typed, and a choice alone sends nothing."""
    page.goto(f"/explore{path}")
    field = page.get_by_label(label)
    field.fill("")
    field.press_sequentially(typed)
    options = page.locator("main [role=option]")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(value)
    expect(options.first).to_be_hidden()
    assert page.url.endswith(f"/explore{path}")
    field.press("Enter")
    page.wait_for_url(f"**{value.replace('/', '%2F')}**")
    expect(page.locator("svg[data-drawn]")).to_be_visible()


def test_a_field_offers_what_it_takes_alone(page: Page) -> None:
    """A state is asked for: an agency is no suggestion. A page that was changed in place has fields like any other."""
    page.goto("/explore")
    field = page.get_by_label("State, by its ISO code")
    field.fill("")
    with page.expect_response("**/search?type=State**") as answer:
        field.press_sequentially("cnsa")
    assert not [each for each in answer.value.json()["results"] if each["id"].endswith("actor/cnsa")]
    page.goto("/explore/network?about=system/cfosat")
    page.locator("svg a[data-mark='actor/chn']").click()
    page.wait_for_url("**expand=**")
    field = page.get_by_label("Thing, by the end")
    field.fill("braz")
    expect(page.locator("main [role=option]").first).to_be_visible()
