"""What the headers of linked data say: where an answer lies, in which other formats it comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from service.formats import BY_EXTENSION, GRAPHS, HTML

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.formats import Format

_SAFE: Final = "/%:@!$&'()*+,;=~?#"
_EXTENSIONS: Final = {each.name: extension for extension, each in BY_EXTENSION.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is answered.

    Attributes:
        iri: its name in the dataset.
        path: of its address within the service, percent-encoded, without an ending that names a format.
        root: what stands before that, as the client sees it.
        parameters: of the request, as they choose what is answered; `format` is none of them.
    """

    iri: str
    path: str
    root: str = ""
    parameters: Sequence[tuple[str, str]] = ()

    def address(self, into: Format | None = None) -> str:
        """Return the address in one format, or that at which the format is chosen by Accept."""
        ending = f".{_EXTENSIONS[into.name]}" if into else ""
        return self.root + self.path + ending + (f"?{urlencode(self.parameters)}" if self.parameters else "")

    def now(self) -> Place:
        """Return the place whose answer follows the current version."""
        return replace(self, parameters=[each for each in self.parameters if each[0] != "version"])

    def at(self, version: int) -> Place:
        """Return the place whose answer stays that of one version."""
        return replace(self, parameters=[*self.now().parameters, ("version", str(version))])


def link(address: str, rel: str, **attributes: str) -> str:
    """Return one value of a Link header (RFC 8288); an IRI becomes the URI that it maps to."""
    further = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{quote(address, safe=_SAFE)}>; rel="{rel}"{further}'


def format_links(place: Place, into: Format) -> list[str]:
    """Return the links to the other formats and to the description of the dataset; from a page, one to its data."""
    links = [link(place.iri, "about"), link(f"{place.root}/void", "describedby")]
    links += [link(place.address(each), "alternate", type=each.media_type) for each in (HTML, *GRAPHS) if each != into]
    if into is HTML:
        links.append(link(place.address(GRAPHS[0]), "describedby", type=GRAPHS[0].media_type))
    return links


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
