"""The SPARQL 1.1 Protocol: how queries and updates travel, and what is answered to those that travel badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.exchanges import Exchange, play
from conformance.suite import UT

if TYPE_CHECKING:
    from conformance.service import Service
    from conformance.suite import Case

SUITES: Final = ("protocol",)
KINDS: Final = ("ProtocolTest",)

PATH: Final = "/sparql/"
"""What the paths of this manifest begin with, for the address of the service to stand in its place."""


def test_protocol(case: Case, service: Service) -> None:
    """Each request of the connection gets the status, the kind of document and the truth value that the test says."""

    def address(exchange: Exchange) -> str:
        assert exchange.path.startswith(PATH)
        asked = service.addresses.update if _is_update(exchange) else service.addresses.query
        return asked + exchange.path.removeprefix(PATH)

    service.load(case.graphs(case.node, UT))
    play(case, service, address)


def _is_update(exchange: Exchange) -> bool:
    """Return whether a request is for the address of updates, which may be another one (so the manifest says)."""
    in_body = b"update=" in (exchange.content or b"")
    return in_body or "update=" in exchange.path or "update" in exchange.headers.get("content-type", "")
