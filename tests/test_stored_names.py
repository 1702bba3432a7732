"""Names that are stored: none is made of a Host header that nobody has confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

EVIL = {"Host": "evil.example"}
TURTLE = {"Content-Type": "text/turtle"}
ALL = "SELECT ?g ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


def test_a_strange_host_names_nothing_that_is_stored(plain: httpx.Client) -> None:
    """Relative names are read against the address of the service; a graph is not named by such an address at all."""
    sent = TURTLE | EVIL
    assert plain.put("/store/host", content="<> <http://e.test/p> 1 .", headers=sent).status_code == 400
    made = plain.post("/store", content="<made> <http://e.test/p> 1 .", headers=sent)
    assert made.status_code == 201
    assert made.headers["location"].startswith(str(plain.base_url))
    assert plain.post("/store?default", content="<body> <http://e.test/p> 1 .", headers=sent).status_code in {201, 204}
    update = "INSERT DATA { <update> <http://e.test/p> 1 }"
    assert plain.post("/sparql", data={"update": update}, headers=EVIL).status_code == 204
    stored = plain.get("/sparql", params={"query": ALL, "format": "tsv"}).text
    assert "evil.example" not in stored
    assert f"<{plain.base_url.join('/update')}>" in stored
    assert plain.put("/store/host", content="<> <http://e.test/p> 1 .", headers=TURTLE).status_code == 201
