"""A real browser on the served instance; each test fails on whatever the browser complains of.

Chromium is the machine's own (Debian: `chromium`); where there is none, these tests are skipped and say so.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Complaints
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, Playwright

_OUT = Path(__file__).parent / "out"
_HIGHEST_PX = 3000  # of a picture that is kept; lists of hundreds of rows are higher
_ARGUMENTS = [
    "--no-sandbox",  # in a container nobody but root may be there
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browser, for the tests of one file.

    The plugin's own stays until the last test of all: its event loop counts as running in this thread for as long, and
    no test that comes later could run one.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The machine's own Chromium, which calls nobody by itself."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine (Debian: apt-get install chromium)")
    with playwright.chromium.launch(executable_path=found, args=_ARGUMENTS) as launched:
        yield launched


@pytest.fixture(scope="session")
def base_url(client: httpx.Client) -> str:
    """Where the shared service is; addresses without a host are of it."""
    return str(client.base_url).rstrip("/")


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    """What each session of a browser starts with."""
    return {"base_url": base_url}


@pytest.fixture
def complaints(base_url: str) -> Complaints:
    """What the browser has complained of in this test."""
    return Complaints(urlsplit(base_url).netloc)


@pytest.fixture
def context(context: BrowserContext, complaints: Complaints) -> Iterator[BrowserContext]:
    """A session of a browser in which nothing may go wrong, on any of its pages."""
    context.on("console", complaints.on_console)
    context.on("weberror", complaints.on_error)
    context.on("request", complaints.on_request)
    context.add_init_script(_TELL_VIOLATIONS)
    context.set_default_timeout(15_000)
    yield context
    assert not complaints.unexpected(), "\n".join(complaints.unexpected())
    assert context.cookies() == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """What looks for faults of accessibility; its script is read once."""
    return Axe()


@pytest.fixture
def accessible(axe: Axe) -> Callable[..., list[str]]:
    """Return how to ask axe what is wrong with a page: one line for each violation and place.

    All of its rules are asked, or those alone that are named.
    """

    def check(page: Page, *rules: str) -> list[str]:
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        violations = axe.run(page, options=options).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]

    return check


@pytest.fixture(scope="session")
def keep_picture() -> Callable[[Page, str], None]:
    """Return how to keep what a page looks like, under tests/browser/out (not in git)."""

    def keep(page: Page, name: str) -> None:
        height = min(page.evaluate("document.documentElement.scrollHeight"), _HIGHEST_PX)
        width = page.evaluate("innerWidth")
        clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
        page.screenshot(path=_OUT / f"{name}.png", full_page=True, clip=clip, animations="disabled")

    return keep


@pytest.fixture(scope="session")
def write() -> Callable[[Page, str], None]:
    """Return how to put a query in the place of what the editor of the query page holds."""

    def put(page: Page, query: str) -> None:
        page.get_by_role("textbox", name="SPARQL query").click()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(query)

    return put


@pytest.fixture(scope="session")
def ask(write: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """Return how to ask a query on the query page; it is answered on return."""

    def run(page: Page, query: str) -> None:
        page.goto("/query")
        write(page, query)
        page.keyboard.press("ControlOrMeta+Enter")
        page.locator("[data-downloads] a").first.wait_for()

    return run
