"""A dataset with two versions and a release: pages as of the older one, and the pages of the release."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import Complaints
from playwright.sync_api import expect
from small_homes import NOW, build_facts

from graph.release import make_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Coorbit, Serve
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

CHANGE = """@prefix actor: <https://w3id.org/coorbit/id/actor/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
actor:fra rdfs:label "Fra, and more"@fr .
"""


@pytest.fixture(scope="module")
def versions_url(
    built: Path, tmp_path_factory: pytest.TempPathFactory, coorbit: Coorbit, serve: Serve
) -> Iterator[str]:
    """Where a service of a few facts is, with a release and a version after it."""
    home = tmp_path_factory.mktemp("versions") / "home"
    build_facts(home, plans=built / "plans")
    make_release(home, "2026.11", now=NOW)
    change = home / "change.ttl"
    change.write_text(CHANGE, encoding="utf-8")
    done = coorbit("commit", change, "--home", home, "--graph", "https://w3id.org/coorbit/graph/curated")
    assert done.returncode == 0, done.stderr
    with serve(home) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def complaints(versions_url: str) -> Complaints:
    """What the browser has complained of; the host is that of this service."""
    return Complaints(urlsplit(versions_url).netloc)


def test_a_page_is_shown_as_of_an_older_version(page: Page, versions_url: str) -> None:
    """The switch keeps the page; what was added later is not on it, and the way back is one click."""
    page.goto(f"{versions_url}/id/actor/fra")
    expect(page.locator("main")).to_contain_text("Fra, and more")
    page.locator("summary", has_text="Version 2").click()
    page.get_by_label("This page as of").select_option("1")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/id/actor/fra?version=1")
    expect(page.locator("main")).not_to_contain_text("Fra, and more")
    page.get_by_role("link", name="the current version").click()
    page.wait_for_url("**/id/actor/fra")
    expect(page.locator("main")).to_contain_text("Fra, and more")


def test_a_query_is_asked_of_the_version_that_is_chosen(
    page: Page, write: Callable[[Page, str], None], versions_url: str
) -> None:
    """A draft goes along to an older version and is asked of it; what was asked goes along to today's."""
    query = "SELECT ?name WHERE { actor:fra rdfs:label ?name }"
    rows = page.locator("[data-answer] tbody tr:not([aria-hidden])")
    page.goto(f"{versions_url}/query")
    write(page, query)
    page.locator("summary", has_text="Version 2").click()
    page.get_by_label("This page as of").select_option("1")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/query?version=1")
    expect(page.locator("main")).to_contain_text("As of version 1")
    expect(page.locator(".cm-content")).to_have_text(query)
    page.get_by_role("button", name="Run").click()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="the current version").click()
    expect(rows).to_have_count(2)
    expect(page.locator(".cm-content")).to_have_text(query)
    page.locator("summary", has_text="Version 2").click()
    page.get_by_label("This page as of").select_option("1")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    page.get_by_label("Version", exact=True).fill("2")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("main")).to_contain_text("As of version 2")
    expect(rows).to_have_count(2)


def test_links_of_an_answer_keep_language_and_version(page: Page, versions_url: str) -> None:
    """In the table and in pictures as on the page without scripts: what is read further is of the same version."""
    query = urlencode({"query": "SELECT ?what ?who WHERE { ?what coo:owner ?who }", "version": 1, "lang": "zh"})
    plain = page.request.get(f"{versions_url}/query?{query}").text()
    assert 'href="/id/actor/fra?lang=zh&amp;version=1"' in plain
    page.goto(f"{versions_url}/query?{query}")
    link = page.get_by_role("link", name="Fra", exact=True)
    expect(link).to_have_attribute("href", "/id/actor/fra?lang=zh&version=1")
    page.get_by_role("tab", name="Network").click()
    expect(page.locator("svg a[href='/id/actor/fra?lang=zh&version=1']")).to_be_attached()


@pytest.mark.parametrize(
    "path", ["/data", "/dumps/", "/dumps/2026.11/", "/versions/2", "/versions/1..2", "/id/actor/fra?version=1"]
)
def test_pages_of_versions_and_releases_are_accessible(
    page: Page, accessible: Callable[..., list[str]], versions_url: str, path: str
) -> None:
    """Axe finds nothing on the pages that only a dataset with a history has."""
    page.goto(versions_url + path)
    assert accessible(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
