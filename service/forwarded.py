"""What proxies say of the request that they pass on: `Forwarded` (RFC 7239) and the older `X-Forwarded-*`.

Reading is apart from believing: this module reads, `service.addresses` knows whom to believe.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeVar

from graph.request_errors import BadRequest
from service.hosts import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Value = TypeVar("_Value")

_PAIR: Final = re.compile(
    r"""[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s",;\\]+))?[ \t]*(?:([;,])|\Z)"""
)
_ESCAPED: Final = re.compile(r"\\(.)")
_NODE: Final = re.compile(r"\[([^\[\]]*)\](?::[0-9]+)?|([^:]+):[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What one proxy said of one request; None where it said nothing, or nothing that can be used.

    Attributes:
        sender: the address from which the request came to it, without a port.
        host: the Host header that it got, as it stands.
        scheme: `http` or `https`.
        prefix: the path that it took off the front, as it stands.
    """

    sender: str | None = None
    host: str | None = None
    scheme: str | None = None
    prefix: str | None = None


def read_forwarded(header: str) -> list[Hop]:
    """Read the value of `Forwarded`; the proxy nearest to the service comes last.

    Raises:
        BadRequest: it does not follow RFC 7239, section 4, or names a scheme other than http and https.
    """
    elements: list[dict[str, str]] = [{}]
    position, separator = 0, ";"
    while separator:
        match = _PAIR.match(header, position)
        name = match[1].lower() if match and match[1] else ""
        if match is None or name in elements[-1]:
            expected = "for=192.0.2.1;host=example.org;proto=https"
            message = f"the Forwarded header {shown(header)} cannot be read: it is made of pairs such as {expected}"
            raise BadRequest(message)
        if name:
            elements[-1][name] = _unquoted(match[2])
        position, separator = match.end(), match[3]
        if separator == ",":
            elements.append({})
    return [
        Hop(sender=_address(each.get("for", "")), host=each.get("host"), scheme=_scheme(each.get("proto")))
        for each in elements
        if each
    ]


def read_x_forwarded(headers: Mapping[str, str]) -> list[Hop]:
    """Read `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`; the proxy nearest to the service comes last.

    The lists are laid beside each other from the right: a proxy that appends stands in one row in all of them, and a
    header that has a single value counts for the nearest proxy.

    Args:
        headers: by name in lower case; several lines of one header joined by commas.

    Raises:
        BadRequest: a scheme other than http and https is named.
    """
    senders = _values(headers, "x-forwarded-for", _address)
    hosts = _values(headers, "x-forwarded-host", str)
    schemes = _values(headers, "x-forwarded-proto", _scheme)
    prefixes = _values(headers, "x-forwarded-prefix", str)
    rows = zip_longest(senders, hosts, schemes, prefixes)
    return [Hop(sender=sender, host=host, scheme=scheme, prefix=prefix) for sender, host, scheme, prefix in rows][::-1]


def _values(headers: Mapping[str, str], name: str, read: Callable[[str], _Value]) -> list[_Value]:
    """Return the values of a list header from right to left."""
    return [read(value.strip()) for value in reversed(headers.get(name, "").split(",")) if value.strip()]


def _unquoted(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value


def _scheme(text: str | None) -> str | None:
    if text is None or text.lower() in {"http", "https"}:
        return text and text.lower()
    message = f"a proxy names the scheme {shown(text)}: http and https are known"
    raise BadRequest(message)


def _address(text: str) -> str | None:
    """Return the address of a node without its port; None for `unknown` and for a name that hides it."""
    match = _NODE.fullmatch(text)
    bare = (match[1] or match[2]) if match else text
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return None
