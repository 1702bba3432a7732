"""Errors for people: the same status, words and headers as the problem document, as a page."""

from __future__ import annotations

import asyncio
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest
from html_pages import faults_of, read_page

from service.app import create_app
from service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SCRIPT = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", f"/nowhere/{SCRIPT}", 404),
        ("GET", "/examples/none", 404),
        ("GET", f"/examples/{SCRIPT}", 404),
        ("GET", "/versions/99", 404),
        ("GET", f"/versions/{SCRIPT}", 404),
        ("GET", "/versions/%22%3E%3Cscript%3E", 400),
        ("GET", "/search?lang=%22", 400),
        ("GET", f"/search?q=a&type={SCRIPT}", 400),
        ("GET", f"/id/actor/chn?page={SCRIPT}", 400),
        ("GET", f"/?lang={SCRIPT}", 400),
        ("GET", "/examples/partners-of-china?country=3", 400),
        ("DELETE", "/search", 405),
        ("GET", "/validate", 405),
        ("POST", "/validate", 415),
    ],
)
def test_a_browser_gets_the_problem_as_a_page(client: httpx.Client, method: str, address: str, status: int) -> None:
    """Sound, escaped, with the headers that belong to it; caches tell the two apart."""
    told = client.request(method, address)
    shown = client.request(method, address, headers={"Accept": BROWSER})
    assert (told.status_code, shown.status_code) == (status, status)
    assert told.headers["content-type"] == "application/problem+json"
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    page = read_page(shown.text)
    assert faults_of(page) == []
    assert page.one("h1").text == told.json()["title"]
    assert told.json()["detail"] in unescape(shown.text)
    assert "alert(1)</script>" not in shown.text
    for response in (told, shown):
        assert "Accept" in response.headers["vary"].split(", ")
    assert shown.headers.get("allow") == told.headers.get("allow")
    assert "default-src 'none'" in shown.headers["content-security-policy"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/turtle", "application/json, text/html;q=0.9"])
def test_programs_get_the_document(client: httpx.Client, accept: str) -> None:
    """Who likes HTML less, or takes anything, is no browser."""
    response = client.get("/nowhere", headers={"Accept": accept})
    assert response.headers["content-type"] == "application/problem+json"


def test_before_the_dataset_is_there_a_browser_is_told_so(tmp_path: Path) -> None:
    """503 with Retry-After and the stage; the page needs nothing of the dataset."""

    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(Settings(home=tmp_path)))  # the start is not run: not ready
        async with httpx.AsyncClient(transport=transport, base_url="http://e.test") as client:
            return await client.get("/", headers={"Accept": BROWSER})

    response = asyncio.run(story())
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert faults_of(read_page(response.text)) == []
    assert "starting" in response.text
    assert str(tmp_path) not in response.text
