"""What a page of `/explore` has: the figures for its script, its tables, and the rows of the query behind them."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    import httpx


def data_of(text: str) -> dict[str, Any]:
    """Return the figures that a page has for its script."""
    (found,) = re.findall(r'<script type="application/json">([^<>]*)</script>', text)
    read: dict[str, Any] = json.loads(found)
    return read


def rows_behind(client: httpx.Client, text: str) -> list[dict[str, str]]:
    """Ask the query that a page links to, and return its rows."""
    (link,) = re.findall(r'<a href="([^"]*)">The query that gives them</a>', text)
    query = parse_qs(urlsplit(html.unescape(link)).query)["query"][0]
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return [{name: cell["value"] for name, cell in row.items()} for row in answer.json()["results"]["bindings"]]


def cells(text: str, caption: str) -> list[list[str]]:
    """Return the texts of the body of one table of a page."""
    (table,) = re.findall(rf"<caption>{caption}</caption>.*?<tbody>(.*?)</tbody>", text, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [
            html.unescape(re.sub("<[^>]*>", "", cell))
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]
