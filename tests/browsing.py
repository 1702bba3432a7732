"""What a browser complains of while a test looks at pages: console errors, faults of scripts, requests elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Request, WebError


class Complaints:
    """What the browser complained of in a test; the test may name what it brings about on purpose."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._heard: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Pass over complaints that a pattern is found in."""
        self._expected.append(pattern)

    def on_console(self, message: ConsoleMessage) -> None:
        """Take down errors and warnings."""
        if message.type in {"error", "warning"}:
            self._heard.append(f"{message.type}: {message.text} ({message.location})")

    def on_error(self, error: WebError) -> None:
        """Take down what no script caught."""
        self._heard.append(f"uncaught: {error.error}")

    def on_request(self, request: Request) -> None:
        """Take down what goes to another host."""
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.netloc != self._host:
            self._heard.append(f"asks another host: {request.url}")

    def unexpected(self) -> list[str]:
        """Return what the test did not name."""
        return [each for each in self._heard if not any(re.search(pattern, each) for pattern in self._expected)]
