"""What stands around every page: where it is, and in which languages and versions it can be had.

A page may be rendered in a query process, far from the request; all that its frame needs goes along in this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from service.languages import ENGLISH, LANGUAGES, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class Site:
    """The place of a page.

    Attributes:
        root: what stands before the path of each link.
        path: of the page, percent-encoded, without root.
        parameters: of its address but for language and version, in order.
        language: tag of the language of labels.
        is_chosen: whether the address names that, so that links keep it.
        has_names: whether the page shows names that come in several languages.
        version: number of the version that the page is read from; None where it shows no data.
        is_fixed: whether the address names it, so that links to data keep it.
        created: when that version was made; UTC, ISO 8601.
        versions: numbers and days of versions in which the page can be had too, the newest first.
    """

    root: str = ""
    path: str = ""
    parameters: Sequence[tuple[str, str]] = ()
    language: str = ENGLISH
    is_chosen: bool = False
    has_names: bool = False
    version: int | None = None
    is_fixed: bool = False
    created: str = ""
    versions: Sequence[tuple[int, str]] = ()

    def to(self, path: str) -> str:
        """Return the address of another page of ours, in the language that was chosen."""
        return self._address(path, self._chosen())

    def within(self, path: str) -> str:
        """Return the address of other data, in the language and the version that were chosen."""
        return self._address(path, self.carried())

    def in_language(self, tag: str) -> str:
        """Return the address of this page in another language."""
        return self._address(self.path, [*self.parameters, *self._fixed(), (PARAMETER, tag)])

    def now(self) -> str:
        """Return the address of this page in the current version."""
        return self._address(self.path, [*self.parameters, *self._chosen()])

    def languages(self) -> Iterator[tuple[str, str, str]]:
        """Yield tag, name and address of this page in each language."""
        for tag, name in LANGUAGES.items():
            yield tag, name, self.in_language(tag)

    def carried(self) -> list[tuple[str, str]]:
        """Return the parameters that links to other data keep: language and version, where they were chosen."""
        return [*self._chosen(), *self._fixed()]

    def kept(self) -> list[tuple[str, str]]:
        """Return the parameters that a form on this page which asks for another version sends along."""
        return [*self.parameters, *self._chosen()]

    def is_at(self, path: str) -> str:
        """Return what `aria-current` says of a link to a path: this page, one above it (`true`), or nothing."""
        if self.path == path:
            return "page"
        return "true" if path != "/" and self.path.startswith(path.rstrip("/") + "/") else ""

    def _chosen(self) -> list[tuple[str, str]]:
        return [(PARAMETER, self.language)] if self.is_chosen else []

    def _fixed(self) -> list[tuple[str, str]]:
        return [("version", str(self.version))] if self.is_fixed else []

    def _address(self, path: str, parameters: Sequence[tuple[str, str]]) -> str:
        before, mark, fragment = path.partition("#")
        joint = "&" if "?" in before else "?"
        query = joint + urlencode(parameters) if parameters else ""
        return self.root + before + query + mark + fragment
