"""The service under test, by its three addresses: nothing else is known of it.

Every write of a service with versions costs a version, so the data of a test go in by one request, and not at all when
they are the data of the test before and nothing has written since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import pyoxigraph as ox
from conformance.answers import Solutions, read_graph, read_results

if TYPE_CHECKING:
    from conformance.suite import Graphs

UPDATE: Final = "application/sparql-update"
QUERY: Final = "application/sparql-query"
N_TRIPLES: Final = "application/n-triples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a service takes queries, updates and graphs."""

    query: str
    update: str
    store: str


class Service:
    """A client that may write."""

    def __init__(self, addresses: Addresses, *, token: str) -> None:
        self.addresses = addresses
        self._token = token
        self._loaded: Graphs | None = None
        self._http = httpx.Client(timeout=60, follow_redirects=True)

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def load(self, graphs: Graphs) -> None:
        """Make a dataset the content of the service."""
        if self._loaded == graphs:
            return
        operations = ["DROP ALL"]
        for name, triples in graphs.items():
            lines = "".join(f"{triple} .\n" for triple in triples)
            if name:
                operations.append(f"CREATE SILENT GRAPH <{name}>")  # an empty graph of a test is a graph
            operations.append(
                f"INSERT DATA {{ GRAPH <{name}> {{\n{lines}}} }}" if name else f"INSERT DATA {{\n{lines}}}"
            )
        response = self.update(" ;\n".join(operations))
        assert response.is_success, f"data are not taken: {shown(response)}"
        self._loaded = graphs

    def query(self, text: str, *, accept: str) -> httpx.Response:
        """Send a query by POST, as it is."""
        headers = {"Content-Type": QUERY, "Accept": accept}
        return self._http.post(self.addresses.query, content=text.encode(), headers=headers)

    def update(self, text: str) -> httpx.Response:
        """Send an update by POST, as it is."""
        return self.send("POST", self.addresses.update, content=text.encode(), headers={"Content-Type": UPDATE})

    def send(self, method: str, address: str, *, content: bytes | None, headers: dict[str, str]) -> httpx.Response:
        """Send any request; what was loaded counts as changed."""
        self._loaded = None
        authorised = {"Authorization": f"Bearer {self._token}", **headers}
        return self._http.request(method, address, content=content, headers=authorised)

    def describe(self, accept: str) -> httpx.Response:
        """Ask for the service description: GET without a query."""
        return self._http.get(self.addresses.query, headers={"Accept": accept})

    def graphs(self) -> Graphs:
        """Return the content of the service; empty named graphs are left out."""
        asked = self.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", accept="application/sparql-results+json")
        assert asked.status_code == httpx.codes.OK, shown(asked)
        listed = read_results(asked.content, ox.QueryResultsFormat.JSON)
        assert isinstance(listed, Solutions)
        names = [row["g"].value for row in listed.rows if isinstance(row["g"], ox.NamedNode)]
        return {name: self._graph(name) for name in ["", *names]}

    def _graph(self, name: str) -> tuple[ox.Triple, ...]:
        which = {"graph": name} if name else {"default": ""}
        response = self._http.get(self.addresses.store, params=which, headers={"Accept": N_TRIPLES})
        assert response.status_code == httpx.codes.OK, shown(response)
        return read_graph(response.content, N_TRIPLES, base_iri=self.addresses.store)


def media_type(response: httpx.Response) -> str:
    """Return the media type of a response, without parameters."""
    return str(response.headers.get("content-type", "")).split(";")[0].strip().lower()


def shown(response: httpx.Response) -> str:
    """Return a response as a line for the message of a failing test."""
    request = response.request
    return f"{request.method} {request.url} gave {response.status_code} {media_type(response)}: {response.text[:400]}"
