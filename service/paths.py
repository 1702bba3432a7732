"""Between addresses of this service and names of the dataset: the same path under the base of the one or the other.

The names keep their base on every host: what the service answers at `/id/actor/chn` is `https://w3id.org/coorbit/id/
actor/chn`, wherever it runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_to_bytes

import pyoxigraph as ox

from graph.request_errors import BadRequest
from graph.terms import BASE
from service.formats import BY_EXTENSION

if TYPE_CHECKING:
    from service.formats import Format
    from service.site import Site

_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~\-\u0080-\U0010FFFF]")
_SAFE_IN_PATH: Final = "/%:@!$&'()*+,;=~"
_SAFE: Final = _SAFE_IN_PATH + "?#[]"
_LINKED: Final = ("http://", "https://")


def sent_path(raw: bytes) -> str:
    """Return the path of a request as it came, in the characters that a path may have; all else is percent-encoded."""
    return quote(raw.partition(b"?")[0], safe=_SAFE_IN_PATH)


def iri_of(path: str) -> str:
    """Return the name that is answered at a path, from its percent-encoded form (RFC 3987, 3.2).

    Raises:
        BadRequest: no IRI has such a path.
    """

    def readable(escapes: re.Match[str]) -> str:
        try:
            characters = unquote_to_bytes(escapes[0]).decode()
        except UnicodeDecodeError:
            return escapes[0]
        return "".join(each if _UNRESERVED.match(each) else quote(each, safe="") for each in characters)

    iri = BASE + _ESCAPES.sub(readable, path.removeprefix("/"))
    try:
        return ox.NamedNode(iri).value
    except ValueError as fault:
        message = f"{path} is the path of no IRI ({fault}): percent-encode it, as /id/actor/chn or /voc/role/partner"
        raise BadRequest(message) from fault


def path_of(iri: str) -> str | None:
    """Return the path, with fragment, at which a name of the dataset is answered; None for a name of others."""
    if not iri.startswith(BASE):
        return None
    path, mark, fragment = iri.removeprefix(BASE).partition("#")
    return "/" + quote(path, safe=_SAFE_IN_PATH) + mark + quote(fragment, safe=_SAFE_IN_PATH)


def link_to(iri: str, root: str) -> str:
    """Return the address that a page links a name to: ours, or that of others on the web; empty for any other scheme.

    What is in the data may be no address of a page, but a script.
    """
    path = path_of(iri)
    if path is not None:
        return root + path
    return encoded(iri) if iri.startswith(_LINKED) else ""


def encoded(iri: str) -> str:
    """Return an IRI as a URI (RFC 3987, 3.1): what is not ASCII percent-encoded, so that it can stand in a header."""
    return quote(iri, safe=_SAFE)


def address_on(site: Site, iri: str) -> str:
    """Return the address that a page links a name to, as `link_to`, in the language and version chosen for the page."""
    path = path_of(iri)
    return link_to(iri, "") if path is None else site.within(path)


def split_extension(path: str) -> tuple[str, Format | None]:
    """Return a path without the ending that names a format, and that format; None where it has no such ending."""
    stem, dot, extension = path.rpartition(".")
    wanted = BY_EXTENSION.get(extension) if dot and "/" not in extension and not stem.endswith("/") else None
    return (stem, wanted) if wanted else (path, None)
