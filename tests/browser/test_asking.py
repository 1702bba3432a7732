"""The query page: the editor, answers, faults, downloads, what it remembers, and that Cancel ends a query."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from processes import alive, children, is_lowered, server_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from browsing import Complaints
    from playwright.sync_api import BrowserContext, Page

    Asking = Callable[[Page, str], None]

pytestmark = pytest.mark.slow

CHARACTERS_BEFORE = """(node) => {
  const before = document.createRange();
  before.setStart(node.closest(".cm-line"), 0);
  before.setEnd(node, 0);
  return [...before.toString()].length;
}"""
"""How many characters stand in a line before a part of it."""

STATES = (
    "SELECT ?state ?name WHERE { ?state a coo:State ; rdfs:label ?name FILTER (lang(?name) = 'en') } ORDER BY ?name"
)
FEW = f"{STATES} LIMIT 5"
ROWS = "[data-answer] tbody tr:not([aria-hidden])"
MANY = "SELECT ?s ?p ?length WHERE { ?s ?p ?o BIND (STRLEN(STR(?o)) AS ?length) } LIMIT 10000"
GRAPH = "DESCRIBE actor:alb"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPH_FORMATS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}


def test_words_of_a_query_have_colours(page: Page, write: Asking) -> None:
    """Keywords, variables and names of what is typed are told apart."""
    page.goto("/query")
    write(page, FEW)
    words, texts = page.locator(".cm-line span"), ("SELECT", "?state", "LIMIT")
    shown = {text: words.filter(has_text=re.compile(f"^{re.escape(text)}$")).first for text in texts}
    colours = {text: each.evaluate("(node) => getComputedStyle(node).color") for text, each in shown.items()}
    assert colours["SELECT"] == colours["LIMIT"] != colours["?state"]


def test_a_class_is_completed_with_its_prefix(page: Page, write: Asking) -> None:
    """What is typed finds a class of the dataset; Enter takes it, and adds the PREFIX line that it needs elsewhere."""
    page.goto("/query")
    write(page, "SELECT ?s WHERE { ?s a ")
    page.keyboard.type("Satellit")
    option = page.get_by_role("option").filter(has_text="coo:Satellite").first
    expect(option).to_be_visible()
    option.click()
    expect(page.locator(".cm-content")).to_contain_text("PREFIX coo: <https://w3id.org/coorbit/ont#>")
    expect(page.locator(".cm-content")).to_contain_text("?s a coo:Satellite")


@pytest.mark.parametrize(("typed", "name"), [("signed", "coo:signedOn"), ("\u536b\u661f", "coo:Satellite")])
def test_a_term_is_completed_by_its_name_or_its_label(page: Page, write: Asking, typed: str, name: str) -> None:
    """A property is found as a class is, and each by its label too, in any language that it has one in."""
    page.goto("/query")
    write(page, "SELECT ?s WHERE { ?s ")
    page.keyboard.insert_text(typed)
    option = page.get_by_role("option").filter(has_text=name).first
    expect(option).to_be_visible()
    option.click()
    expect(page.locator(".cm-content")).to_contain_text(f"?s {name}")


def test_a_prefix_is_completed(page: Page, write: Asking) -> None:
    """The beginning of a prefix finds it; Tab takes it."""
    page.goto("/query")
    write(page, "SELECT ?s WHERE { ?s ")
    page.keyboard.type("s")
    expect(page.locator(".cm-tooltip [role=option]").first).to_be_visible()
    page.keyboard.type("ko", delay=100)  # the list takes no key that comes sooner after it than a person's can
    expect(page.locator(".cm-tooltip [role=option][aria-selected=true]")).to_contain_text("skos:")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_contain_text("?s skos:")


def test_an_answer_tells_rows_and_times(page: Page, ask: Asking) -> None:
    """Ctrl+Enter asks; rows come with labels in place of IRIs, and with the time here and at the server."""
    ask(page, FEW)
    expect(page.locator(ROWS)).to_have_count(5)
    expect(page.get_by_role("link", name="Albania")).to_have_attribute("href", "/id/actor/alb")
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"^5 rows\. [\d.]+ m?s here, .* server\.$"))


def test_a_fault_is_marked_where_it_is(page: Page, write: Asking, complaints: Complaints) -> None:
    """What is no SPARQL is told in words, its line is marked, and the mark goes with the next run."""
    complaints.expect("status of 400")
    page.goto("/query")
    write(page, "SELECT ?s WHERE {\n  ?s a coo:State ;; .\n  ?s ?p\n}")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("[data-status][data-failed]")).to_contain_text("Not answered: ")
    place = re.search(r"line (\d+),? column (\d+)", page.locator("[data-status]").inner_text())
    assert place is not None
    marked = page.locator(".cm-faulty-line")
    expect(marked).to_have_count(1)
    assert marked.evaluate("(line) => [...line.parentNode.children].indexOf(line) + 1") == int(place[1])
    expect(page.locator(".cm-fault")).to_have_count(1)
    write(page, FEW)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator(ROWS)).to_have_count(5)
    expect(marked).to_have_count(0)


def test_the_mark_of_a_fault_stands_at_its_column(page: Page, write: Asking, complaints: Complaints) -> None:
    """What is underlined is the word that the service names, also behind characters that take two units of UTF-16."""
    complaints.expect("status of 400")
    line = '  ?s rdfs:label "\N{ROCKET}\N{ROCKET}" . FILTR (BOUND(?s))'
    page.goto("/query")
    write(page, f"# a comment\nSELECT ?s WHERE {{\n{line}\n}}")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("[data-status][data-failed]")).to_contain_text(f"line 3, column {line.index('FILTR') + 1}")
    mark = page.locator(".cm-faulty-line .cm-fault")
    expect(mark).to_have_text("FILTR")
    assert mark.evaluate(CHARACTERS_BEFORE) == line.index("FILTR")
    expect(mark).to_have_attribute("title", re.compile("FILTER"))


def test_cancel_ends_the_query_on_the_server(page: Page, write: Asking, base_url: str) -> None:
    """Cancel says so at once, and the process that evaluated the query is ended, not left to its time limit."""
    page.goto("/query")
    write(page, ENDLESS)
    page.keyboard.press("ControlOrMeta+Enter")
    server = server_at(urlsplit(base_url).port)
    while not (evaluating := [each for each in children(server) if is_lowered(each)]):
        expect(page.locator("[data-status]")).to_contain_text("Running")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-status]")).to_contain_text("Cancelled after")
    deadline = time.monotonic() + 30  # the time limit is 60 s
    while any(map(alive, evaluating)):
        assert time.monotonic() < deadline
    expect(page.get_by_role("button", name="Cancel")).to_be_disabled()


def test_an_example_is_found_by_its_words_and_run(page: Page) -> None:
    """The list is filtered by words; the example that is chosen stands in the editor and is answered."""
    page.goto("/query")
    page.locator("details[data-examples] > summary").click()
    page.get_by_label("Find an example by its words").fill("china develop jointly")
    page.locator("[data-examples] li:visible button").first.click()
    expect(page.locator(ROWS).first).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("SELECT")


def test_a_link_brings_an_answer_back(page: Page, context: BrowserContext, ask: Asking) -> None:
    """The link that is copied gives the same answer in another window."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, FEW)
    rows = page.locator(ROWS)
    expect(rows.first).to_contain_text("Afghanistan")
    texts = rows.all_inner_texts()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-shared]")).to_contain_text("The link is copied")
    expect(page.locator("[data-status]")).to_contain_text("5 rows")
    shared = context.new_page()
    shared.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(shared.locator(ROWS)).to_have_text(texts, use_inner_text=True)


def test_what_was_asked_is_kept_by_the_browser(page: Page, ask: Asking) -> None:
    """Once the page is loaded anew its history has the query, which is asked again from there, or forgotten."""
    ask(page, FEW)
    ask(page, GRAPH)
    page.goto("/query")
    page.reload()
    past = page.locator("details[data-past]")
    past.locator("summary").click()
    entries = past.locator("li")
    expect(entries).to_have_count(2)
    expect(entries.last).to_contain_text("5 rows")
    entries.last.get_by_role("button").click()
    expect(page.locator(ROWS)).to_have_count(5)
    page.reload()
    past.locator("summary").click()
    past.get_by_role("button", name="Forget them").click()
    expect(entries).to_have_count(0)
    page.goto("/query")
    past.locator("summary").click()
    expect(past).to_contain_text("0 queries")


def test_rows_are_sorted_by_a_column(page: Page, ask: Asking) -> None:
    """The title of a column sorts by it, up, then down, and then as the answer was; numbers as numbers."""
    ask(page, "SELECT ?n WHERE { VALUES ?n { 10 9 100 } }")
    cells, title = page.locator("[data-answer] tbody td:visible"), page.get_by_role("columnheader", name="n")
    for direction, order in (
        ("ascending", ["9", "10", "100"]),
        ("descending", ["100", "10", "9"]),
        ("none", ["10", "9", "100"]),
    ):
        title.get_by_role("button").click()
        expect(title).to_have_attribute("aria-sort", direction)
        expect(cells).to_have_text(order)


def test_ten_thousand_rows_are_no_burden(page: Page, ask: Asking) -> None:
    """Of a long answer only what is in view is drawn, whichever part that is; it can be sorted too."""
    ask(page, MANY)
    expect(page.locator("[data-status]")).to_contain_text("10,000 rows")
    table = page.locator("[data-answer] table")
    expect(table).to_have_attribute("aria-rowcount", "10001")
    assert table.locator("tbody tr").count() < 200
    box = page.get_by_role("region", name="Rows of the answer")
    box.evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    expect(page.locator("tr[aria-rowindex='10001']")).to_be_visible()
    assert table.locator("tbody tr").count() < 200
    for order, direction in ((sorted, "ascending"), (lambda each: sorted(each, reverse=True), "descending")):
        title = page.get_by_role("columnheader", name="length")
        title.get_by_role("button").click()
        expect(title).to_have_attribute("aria-sort", direction)
        first = shown_numbers(page, "tr[aria-rowindex='2']")
        box.evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
        last = shown_numbers(page, "tr[aria-rowindex='10001']")[1:]  # the row that Tab comes to stays drawn
        assert first + last == order(first + last)
        assert first[0] != last[-1]
        assert table.locator("tbody tr").count() < 200


def shown_numbers(page: Page, until: str) -> list[int]:
    """Return the figures of the rows that are drawn, from the top, once one of them is there."""
    expect(page.locator(until)).to_be_visible()
    return [int(each) for each in page.locator(f"{ROWS} td:last-child").all_inner_texts()]


def test_a_card_tells_of_a_thing(page: Page, ask: Asking) -> None:
    """A link of an answer tells what it leads to when it is pointed at or has the focus; Escape sends that away."""
    ask(page, FEW)
    link, card = page.get_by_role("link", name="Albania"), page.get_by_role("tooltip")
    link.hover()
    expect(card).to_contain_text("https://w3id.org/coorbit/id/actor/alb")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.move(0, 0)
    page.get_by_role("link", name="Afghanistan").focus()
    expect(card).to_contain_text("https://w3id.org/coorbit/id/actor/afg")
    page.keyboard.press("ArrowDown")
    expect(card).to_contain_text("https://w3id.org/coorbit/id/actor/alb")


@pytest.mark.parametrize(("query", "formats"), [(FEW, FORMATS), (GRAPH, GRAPH_FORMATS)], ids=["rows", "graph"])
def test_each_download_is_what_it_says(page: Page, ask: Asking, query: str, formats: dict[str, str]) -> None:
    """Downloads are plain links, each with the media type of its format."""
    ask(page, query)
    links = page.locator("[data-downloads] a")
    expect(links).to_have_text(list(formats))
    for link, media_type in zip(links.all(), formats.values(), strict=True):
        answer = page.request.get(link.get_attribute("href") or "")
        assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
