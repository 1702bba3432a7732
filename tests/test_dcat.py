"""DCAT: where the dataset comes from, its versions, and the files and services that give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from committing import NOW
from described import SMALL, described, rows
from small_homes import publish_quads, read

from graph.release import make_release
from graph.statements import DATASET, PUBLISHER, SPDX
from graph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

REQUIRED: Final = {
    "dcat:Catalog": ("dcterms:title", "dcterms:description", "dcat:dataset", "dcat:service", "foaf:homepage"),
    "dcat:DataService": ("dcterms:title", "dcat:endpointURL", "dcat:endpointDescription", "dcat:servesDataset"),
    "dcat:Distribution": ("dcterms:title", "dcat:accessURL", "dcat:downloadURL", "dcat:mediaType"),
    "spdx:Checksum": ("spdx:algorithm", "spdx:checksumValue"),
}
"""Class to what each thing of it must tell."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service of a small dataset with a release."""
    home = tmp_path_factory.mktemp("released")
    publish_quads(home, read(SMALL))
    make_release(home, "one", now=NOW)
    with serve(home) as client:
        yield client


@pytest.fixture(scope="module")
def dcat(released: httpx.Client) -> ox.Store:
    """What `/dcat` says of it."""
    return graph_of(released, "/dcat")


def graph_of(client: httpx.Client, path: str) -> ox.Store:
    """Return a description as a store."""
    store = ox.Store()
    store.load(client.get(path).content, format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("kind", REQUIRED)
def test_each_thing_tells_what_it_must(dcat: ox.Store, kind: str) -> None:
    """No catalogue, service, file or checksum is without one of these."""
    spdx = f"PREFIX spdx: <{SPDX}>\n"
    assert rows(dcat, f"{spdx}SELECT ?x {{ ?x a {kind} }}")
    for required in REQUIRED[kind]:
        missing = f"{spdx}SELECT ?x {{ ?x a {kind} FILTER NOT EXISTS {{ ?x {required} ?value }} }}"
        assert not rows(dcat, missing), required


def test_the_dataset_has_a_publisher(client: httpx.Client) -> None:
    """In DCAT and in VoID, with a name, and with its licence; so has the catalogue."""
    asked = f"SELECT ?p {{ <{DATASET}> dcterms:publisher ?p ; dcterms:license ?l . ?p a foaf:Agent ; foaf:name ?n }}"
    dcat = graph_of(client, "/dcat")
    assert rows(dcat, asked) == rows(graph_of(client, "/void"), asked) == {(f"<{PUBLISHER}>",)}
    assert rows(dcat, "SELECT ?p { ?c a dcat:Catalog ; dcterms:publisher ?p }") == {(f"<{PUBLISHER}>",)}


def test_each_service_answers(client: httpx.Client) -> None:
    """At the address that it is said to have, and at that of its description."""
    asked = "SELECT ?e ?d { ?s a dcat:DataService ; dcat:endpointURL ?e ; dcat:endpointDescription ?d }"
    services = rows(graph_of(client, "/dcat"), asked)
    assert len(services) == 3
    for address in {each.strip("<>") for pair in services for each in pair}:
        response = client.get(address, params={"q": "a"} if address.endswith("/search") else None)
        assert response.status_code == 200, address


def test_each_file_of_a_release_is_what_is_told_of_it(dcat: ox.Store, released: httpx.Client) -> None:
    """Its size and its digest are those of the file and of SHA256SUMS; RDF has the name of its format too."""
    asked = f"""SELECT ?u ?size ?sum {{ ?d dcat:downloadURL ?u ; dcat:byteSize ?size ;
      <{SPDX}checksum>/<{SPDX}checksumValue> ?sum }}"""
    files = {row[0].strip("<>"): (int(row[1].split('"')[1]), row[2].split('"')[1]) for row in rows(dcat, asked)}
    assert len(files) > 5
    folder = next(iter(files)).split("/dumps/")[1].split("/")[0]
    sums = dict(line.split()[::-1] for line in released.get(f"/dumps/{folder}/SHA256SUMS").text.splitlines())
    for address, (size, digest) in files.items():
        head = released.head(address, headers={"Accept-Encoding": "identity"})
        assert (head.status_code, int(head.headers["content-length"])) == (200, size), address
        assert sums[address.split(f"/{folder}/")[1]] == digest
    formats = rows(dcat, 'SELECT ?u { ?d dcat:downloadURL ?u ; dcterms:format ?f FILTER (!STRENDS(STR(?u), "json")) }')
    assert {(f"<{address}>",) for address in files if not address.endswith(".json")} <= formats


def test_dcat_tells_versions_and_files(tmp_path: Path) -> None:
    """The current version and its parent, each release and the one before it, the files of the newest with digests."""
    home = tmp_path / "home"
    publish_quads(home, read(SMALL))
    make_release(home, "one", now=NOW)
    later = publish_quads(home, read(SMALL.replace("e:p 1 .", "e:p 1 , 2 .")))
    release = make_release(home, "two", now=NOW.replace(hour=13))
    store = described(later, home)
    dumps = "https://e.test/kg/dumps/"
    assert rows(store, "SELECT ?v ?before { ?v dcat:previousVersion ?before }") == {
        (f"<{BASE}versions/2>", f"<{BASE}versions/1>"),
        (f"<{dumps}two/dcat.ttl#release>", f"<{dumps}one/dcat.ttl#release>"),
    }
    dataset = f"<{BASE}void#dataset>"
    assert rows(store, f'SELECT ?v {{ {dataset} dcat:hasVersion ?v . ?v dcat:version "two" }}') == {
        (f"<{dumps}two/dcat.ttl#release>",)
    }
    assert rows(store, f"SELECT ?v {{ {dataset} dcat:version ?v }}") == {('"2"',)}
    checksum = f"<{SPDX}checksum>/<{SPDX}checksumValue>"
    checked = f"SELECT ?u ?h {{ ?d dcat:downloadURL ?u ; {checksum} ?h }}"
    hexadecimal = "http://www.w3.org/2001/XMLSchema#hexBinary"
    assert rows(store, checked) == {
        (f"<{dumps}two/{file.name}>", f'"{file.sha256}"^^<{hexadecimal}>') for file in release.files
    }
    assert rows(store, "SELECT ?e { ?s a dcat:DataService ; dcat:endpointURL ?e ; dcat:servesDataset ?d }") == {
        (f"<https://e.test/kg/{path}>",) for path in ("sparql", "reconcile", "search")
    }
    assert not rows(store, "SELECT ?p { ?d dcterms:publisher ?p }")  # who publishes the data of others is not known


def test_a_plain_dataset_offers_its_endpoint_alone(tmp_path: Path) -> None:
    """It has no index to search or to match with."""
    version = publish_quads(tmp_path / "home", read('<http://e.test/s> <http://e.test/p> "x" .'), kind="plain")
    store = described(version, tmp_path / "home")
    assert rows(store, "SELECT ?e { ?c dcat:service/dcat:endpointURL ?e }") == {("<https://e.test/kg/sparql>",)}
