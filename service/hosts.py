"""Host names, ports and networks as text: checked, and brought into one spelling.

An address that the service prints must never hold what a client slipped into a header, so a name is read by its
grammar (RFC 3986, 3.2; RFC 1123, 2.1) and whatever does not fit is refused.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_NAME_LENGTH: Final = 253
_AUTHORITY: Final = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_PORTS: Final = 65_535
_OWN_PORT: Final = {"http": "80", "https": "443"}
_URL: Final = re.compile(r"(https?)://([^/?#@\s]+)([^?#\s]*)", re.IGNORECASE)
_PATH: Final = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/?")


@lru_cache(maxsize=256)
def authority(text: str, *, scheme: str) -> str:
    """Return host and port in one spelling: in lower case, without the port that the scheme has anyway.

    Raises:
        ValueError: it is not a host name, an IPv4 address or an IPv6 address in brackets, with or without a port.
    """
    match = _AUTHORITY.fullmatch(text.lower()) if text.isascii() else None
    host = _host(match[1]) if match else None
    if match is None or host is None or int(match[2] or 1) not in range(1, _PORTS + 1):
        message = f"{shown(text)} is not a host with or without a port, such as example.org, 192.0.2.1 or [::1]:8000"
        raise ValueError(message)
    port = str(int(match[2])) if match[2] else ""
    return host if port in {"", _OWN_PORT.get(scheme)} else f"{host}:{port}"


def base_address(url: str) -> str:
    """Return the address under which a service is reached, without a slash at its end.

    Raises:
        ValueError: it is not an http or https address of host, port and path alone.
    """
    match = _URL.fullmatch(url)
    if match is None:
        message = f"{shown(url)} is not an address of scheme, host and path, such as https://example.org/coorbit"
        raise ValueError(message)
    scheme = match[1].lower()
    return f"{scheme}://{authority(match[2], scheme=scheme)}{path_prefix(match[3])}"


@lru_cache(maxsize=256)
def path_prefix(path: str) -> str:
    """Return a path without a slash at its end.

    Raises:
        ValueError: it does not begin with a slash, holds an empty or a dot segment, or a character that no path has.
    """
    segments = path.lower().replace("%2e", ".").split("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(segments):
        message = f"{shown(path)} is not a path of plain segments, such as /coorbit"
        raise ValueError(message)
    return path.rstrip("/")


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas or blanks; an address is a network of one.

    Raises:
        ValueError: one of them is neither.
    """
    found: list[Network] = []
    for word in text.replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as fault:
            message = f"{shown(word)} is neither an address such as 10.0.0.2 nor a network such as 10.0.0.0/8: {fault}"
            raise ValueError(message) from fault
    return tuple(found)


def within(address: str, places: tuple[Network, ...]) -> bool:
    """Say whether an address lies in one of the networks; what is no address lies in none."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped  # a socket that takes both families names IPv4 peers ::ffff:10.0.0.2
    return any(number in place for place in places)


def shown(text: str) -> str:
    """Return a text as a message may show it: quoted, escaped and not longer than 80 characters."""
    limit = 80
    return repr(text if len(text) <= limit else text[:limit] + "...")


def _host(text: str) -> str | None:
    """Return a host in one spelling; None where it is none."""
    try:
        if text.startswith("["):
            return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]" if "%" not in text else None
        if text.rstrip(".").rpartition(".")[2].isdigit():
            return str(ipaddress.IPv4Address(text))  # a name whose last label is a number is IPv4 or nothing
    except ValueError:
        return None
    return text if len(text) <= _NAME_LENGTH and _NAME.fullmatch(text) else None
