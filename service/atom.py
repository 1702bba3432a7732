"""The versions of a dataset as an Atom feed (RFC 4287): what changed, by how much, and which names were given up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE: Final = "application/atom+xml"

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A version as the feed tells it.

    Attributes:
        number: of the version.
        iri: its name.
        created: UTC, ISO 8601.
        author: who made it.
        message: why.
        graphs: named graphs that grew or shrank, by how many quads.
        added: quads of the content that are new, and `removed` that are gone; None: not counted.
        retired: names that were given up.
    """

    number: int
    iri: str
    created: str
    author: str
    message: str
    graphs: Mapping[str, int]
    added: int | None = None
    removed: int | None = None
    retired: Sequence[str] = ()


def feed(entries: Sequence[Entry], *, title: str, iri: str, site: str) -> bytes:
    """Return a feed of versions.

    Args:
        entries: the newest first; there is at least one.
        title: of the dataset.
        iri: name of the feed, the same wherever it is served.
        site: address of the service, with a slash at its end.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "title", f"{title}: versions")
    _add(root, "id", iri)
    _add(root, "updated", entries[0].created)
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=f"{site}versions.atom")
    _add(root, "link", rel="alternate", type="text/html", href=f"{site}versions")
    for each in entries:
        _add_entry(root, each, site)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_entry(root: ET.Element, told: Entry, site: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "title", f"Version {told.number}" + (f": {told.message}" if told.message else ""))
    _add(entry, "id", told.iri)
    _add(entry, "published", told.created)
    _add(entry, "updated", told.created)
    _add(_add(entry, "author"), "name", told.author or "unknown")
    _add(entry, "link", rel="alternate", type="text/html", href=f"{site}versions/{told.number}")
    _add(entry, "content", _content(told), type="text")


def _content(told: Entry) -> str:
    lines = [told.message] if told.message else []
    if told.added is not None:
        lines.append(f"Statements added: {told.added}; removed: {told.removed or 0}.")
    lines += [f"{graph}: {count:+d}" for graph, count in told.graphs.items()]
    if told.retired:
        lines.append(f"Names given up: {len(told.retired)}")
        lines += told.retired[:_NAMED]
        lines += ["and others"] if len(told.retired) > _NAMED else []
    return "\n".join(lines) or "The same as before."


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Add an element; who sends a message may put anything into it, also what XML has no characters for."""
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    if text is not None:
        element.text = _NOT_XML.sub("\ufffd", text)
    return element
