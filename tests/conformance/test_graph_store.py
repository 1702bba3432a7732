"""The SPARQL 1.1 Graph Store HTTP Protocol, with graphs named by the address and by a parameter of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.exchanges import Exchange, play

if TYPE_CHECKING:
    from conformance.service import Service
    from conformance.suite import Case

SUITES: Final = ("graph store protocol",)
KINDS: Final = ("GraphStoreProtocolTest",)

PATH: Final = "/gsp"
"""What the paths of these manifests begin with, for the address of the store to stand in its place."""


def test_graph_store(case: Case, service: Service) -> None:
    """Each request of the connection gets the status and the graph that the test says."""

    def address(exchange: Exchange) -> str:
        assert exchange.path.startswith((PATH, "$"))
        return exchange.path.replace(PATH, service.addresses.store, 1)

    service.load({"": ()})
    play(case, service, address)
