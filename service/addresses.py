"""The addresses of the service and of its clients, right behind a proxy too.

COORBIT_PUBLIC_URL decides where it is set. Else the headers of proxies count, from the hosts listed in
COORBIT_TRUSTED_HOSTS alone; from anyone else they are only what a client says of himself. Else the request's own Host
header counts, once it has been checked to be a host name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote

from graph.request_errors import BadRequest
from service.forwarded import Hop, read_forwarded, read_x_forwarded
from service.hosts import authority, path_prefix, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.hosts import Network
    from service.settings import Settings

ENDPOINT: Final = "/sparql"

_BARE_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NOTHING: Final = Hop()
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~"


def endpoint_iri(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the address of the SPARQL endpoint as clients see it; with a slash at its end where it was asked so.

    Raises:
        BadRequest: the request does not say on which host, or says it in a way that is no host name.
    """
    asked = str(scope["path"])
    return base_iri(scope, settings) + (asked if asked.rstrip("/") == ENDPOINT else ENDPOINT)


def request_iri(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the address that a request asked for, without its query; percent-encoding is left as it came.

    Raises:
        BadRequest: as for `endpoint_iri`.
    """
    raw = scope.get("raw_path")
    path = raw.partition(b"?")[0] if isinstance(raw, bytes) else str(scope["path"]).encode()
    return base_iri(scope, settings) + quote(_BARE_PERCENT.sub(b"%25", path), safe=_PATH_SAFE)


def base_iri(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the address under which the service is reached, without a slash at its end.

    Args:
        scope: of the request, or the request itself.
        settings: `public_url` and `trusted_hosts` count.

    Raises:
        BadRequest: as for `endpoint_iri`.
    """
    if settings.public_url is not None:
        return settings.public_url
    said = _said(scope, settings.trusted_hosts)
    scheme = said.scheme or str(scope["scheme"])
    if said.host is not None:
        host = _checked(said.host, scheme=scheme, header="forwarded host")
    else:
        host = _own_host(scope, scheme=scheme)
    return f"{scheme}://{host}{_prefix(said)}"


def stored_base(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the address against which names are read that are stored, without a slash at its end.

    Anyone can write a Host header, and what is stored stays: so it counts only where it is the address at which the
    request arrived. Elsewhere COORBIT_PUBLIC_URL or a trusted proxy has to tell the name of the service.

    Raises:
        BadRequest: as for `endpoint_iri`.
    """
    told, said = base_iri(scope, settings), _said(scope, settings.trusted_hosts)
    if settings.public_url is not None or said.host is not None:
        return told
    server = cast("tuple[str, int | None] | None", scope.get("server"))
    if server is None or server[1] is None:
        return told
    name = f"[{server[0]}]" if ":" in server[0] else server[0]
    scheme = str(scope["scheme"])
    own = {
        _checked(f"{each}:{server[1]}", scheme=scheme, header="listening address") for each in (name, *_aliases(name))
    }
    prefix = _prefix(said)
    return told if told in {f"{scheme}://{each}{prefix}" for each in own} else f"{scheme}://{name}:{server[1]}{prefix}"


def _aliases(name: str) -> tuple[str, ...]:
    return ("localhost",) if name in {"127.0.0.1", "[::1]"} else ()


def site_path(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the path under which the service is reached, for links between its pages; empty at the top of a host.

    Headers that contradict each other or cannot be read are passed over: a page needs no address.
    """
    if settings.public_url is not None:
        return "/".join(["", *settings.public_url.split("/")[3:]])
    try:
        return _prefix(_said(scope, settings.trusted_hosts))
    except BadRequest:
        return ""


def client_address(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the address of the client: that of the peer, or what a trusted proxy says of it.

    Empty where the connection has none. Headers that contradict each other or cannot be read are passed over.
    """
    peer = _peer(scope)
    try:
        return _said(scope, settings.trusted_hosts).sender or peer
    except BadRequest:
        return peer


def _said(scope: Mapping[str, object], trusted: tuple[Network, ...]) -> Hop:
    """Return what the trusted proxies say of the request; nothing where the peer is not one of them.

    Raises:
        BadRequest: `Forwarded` and `X-Forwarded-*` say different things: the proxy sets one and passes the other on.
    """
    if not trusted or not within(_peer(scope), trusted):
        return _NOTHING
    headers = _headers(scope)
    standard = _outermost(read_forwarded(headers.get("forwarded", "")), trusted)
    older = _outermost(read_x_forwarded(headers), trusted)
    pairs = [(standard.sender, older.sender), (standard.host, older.host), (standard.scheme, older.scheme)]
    if any(one is not None and other is not None and one.lower() != other.lower() for one, other in pairs):
        message = (
            "Forwarded and X-Forwarded-* say different things of this request: the proxy sets one of them and should "
            "take the other off"
        )
        raise BadRequest(message)
    sender, host, scheme = (one or other for one, other in pairs)
    return Hop(sender=sender, host=host, scheme=scheme, prefix=older.prefix)


def _outermost(hops: Sequence[Hop], trusted: tuple[Network, ...]) -> Hop:
    """Return what the trusted proxy farthest from the service says, filled up from those nearer.

    What stands left of it was there when the request came in from outside, and anyone can have written it.
    """
    said = Hop()
    for hop in reversed(hops):
        said = Hop(
            sender=hop.sender,
            host=hop.host or said.host,
            scheme=hop.scheme or said.scheme,
            prefix=hop.prefix or said.prefix,
        )
        if hop.sender is None or not within(hop.sender, trusted):
            break
    return said


def _prefix(said: Hop) -> str:
    try:
        return path_prefix(said.prefix or "")
    except ValueError as fault:
        message = f"the X-Forwarded-Prefix header cannot be used: {fault}"
        raise BadRequest(message) from fault


def _own_host(scope: Mapping[str, object], *, scheme: str) -> str:
    """Return the host that the request itself names, else the one on which the service listens."""
    hosts = [value for name, value in _raw_headers(scope) if name == b"host"]
    if len(hosts) > 1:
        message = f"the request has {len(hosts)} Host headers: send one"
        raise BadRequest(message)
    if hosts:
        return _checked(hosts[0].decode("latin-1"), scheme=scheme, header="Host header")
    server = cast("tuple[str, int | None] | None", scope.get("server"))
    if server is None or server[1] is None:
        message = "the request has no Host header: send the name by which you reach the service"
        raise BadRequest(message)
    name = f"[{server[0]}]" if ":" in server[0] else server[0]
    return _checked(f"{name}:{server[1]}", scheme=scheme, header="listening address")


def report_address(settings: Settings, *, iri: str, version: str) -> str:
    """Return the address where an error is reported, with what is reported filled in; empty where none is set."""
    filled = (settings.report_url or "").replace("{iri}", quote(iri, safe=""))
    return filled.replace("{version}", quote(version, safe=""))


def _checked(host: str, *, scheme: str, header: str) -> str:
    try:
        return authority(host, scheme=scheme)
    except ValueError as fault:
        message = f"the {header} cannot be used: {fault}"
        raise BadRequest(message) from fault


def _peer(scope: Mapping[str, object]) -> str:
    client = cast("tuple[str, int] | None", scope.get("client"))
    return client[0] if client else ""


def _raw_headers(scope: Mapping[str, object]) -> Sequence[tuple[bytes, bytes]]:
    return cast("Sequence[tuple[bytes, bytes]]", scope["headers"])


def _headers(scope: Mapping[str, object]) -> dict[str, str]:
    """Return the headers by name in lower case; several lines of one are joined (RFC 9110, 5.3)."""
    joined: dict[str, str] = {}
    for name, value in _raw_headers(scope):
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined
