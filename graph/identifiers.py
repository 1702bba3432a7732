"""Identifiers of things in the world as they are compared: codes, catalogue numbers and IRIs of other graphs.

The same thing of another graph is cited by several addresses: that of the entity, that of its page, with and without
https. Each has one key here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

_SPLIT: Final = re.compile(r"[\W_]+")

_HUBS: Final = tuple(
    (hub, re.compile(hosts, re.ASCII), re.compile(paths, re.ASCII))
    for hub, hosts, paths in (
        (
            "wikidata",
            r"(?:www\.|m\.)?wikidata\.org",
            r"/(?:entity|wiki)/(?:Special:EntityData/)?(Q[1-9]\d*)(?:\.[a-z]+)?",
        ),
        ("geonames", r"(?:www\.|sws\.)?geonames\.org", r"/([1-9]\d*)(?:/.*)?"),
        ("dbpedia", r"(?:www\.)?dbpedia\.org", r"/(?:resource|page|data)/(.+?)(?:\.(?:ttl|json|rdf|n3))?"),
        ("ror", r"(?:www\.)?ror\.org", r"/(0[a-z0-9]{6}\d{2})/?"),
    )
)
"""Name of a graph that much is linked to, its hosts, and the paths at which it cites a thing."""

_BARE: Final = (
    ("wikidata", re.compile(r"Q[1-9]\d{0,18}", re.ASCII | re.IGNORECASE)),
    ("ror", re.compile(r"0[a-z0-9]{6}\d{2}", re.ASCII | re.IGNORECASE)),
)
"""Names of things in those graphs that say by themselves where they are from."""

_PREFIXED: Final = re.compile(r"(?i)(wd|wikidata|geonames|gn|dbr|dbpedia|ror|cospar|norad|iso|gcat|m49):(.+)")
_HUB_OF: Final = {"wd": "wikidata", "gn": "geonames", "dbr": "dbpedia"}
_SCHEMES_OF: Final = {
    "cospar": ("cospar",),
    "norad": ("norad",),
    "iso": ("iso-alpha2", "iso-alpha3", "iso-numeric"),
    "gcat": ("gcat",),
    "m49": ("m49",),
}
EVERY_SCHEME: Final[tuple[str, ...]] = ()
"""Stands for all schemes: what was given does not say of which it is."""


def code_key(value: str) -> str:
    """Return a code as it is compared: letters and digits alone, in lower case."""
    return _SPLIT.sub("", value.casefold())


def link_key(iri: str) -> str:
    """Return what all addresses of one thing of another graph have in common."""
    parts = urlsplit(iri.strip())
    host = (parts.hostname or "").lower()
    for hub, hosts, paths in _HUBS:
        if hosts.fullmatch(host) and (found := paths.fullmatch(parts.path)):
            return f"{hub}:{unquote(found[1])}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host.removeprefix('www.')}{unquote(parts.path).rstrip('/')}{query}{fragment}"


def read_identifier(text: str) -> tuple[list[str], list[str], tuple[str, ...]]:
    """Read what may cite a thing: an IRI, a name with a prefix such as `wd:Q148` or `iso:CN`, or a bare identifier.

    Returns:
        Keys of links to look for, keys of codes, and the schemes that those may be of (see `EVERY_SCHEME`).
    """
    text = text.strip()
    if "://" in text:
        try:
            return [link_key(text)], [], EVERY_SCHEME
        except ValueError:  # such as a host in brackets that is none
            return [], [], EVERY_SCHEME
    if prefixed := _PREFIXED.fullmatch(text):
        prefix, name = prefixed[1].lower(), prefixed[2].strip()
        if prefix in _SCHEMES_OF:
            return [], _codes(name), _SCHEMES_OF[prefix]
        hub = _HUB_OF.get(prefix, prefix)
        return [f"{hub}:{name.upper() if hub == 'wikidata' else name}"], [], EVERY_SCHEME
    bare = [
        f"{hub}:{text.upper() if hub == 'wikidata' else text.lower()}" for hub, form in _BARE if form.fullmatch(text)
    ]
    return bare, _codes(text), EVERY_SCHEME


def _codes(text: str) -> list[str]:
    """Return the keys of a code; catalogue numbers are padded with zeros by some, numeric codes of states by all."""
    key = code_key(text)
    return sorted({key, key.lstrip("0")} - {""})
