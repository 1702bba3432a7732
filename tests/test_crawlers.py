"""What crawlers may read, and where they find it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.store import graph_iri
from graph.terms import BASE, CURATED_GRAPH
from service import sitemaps
from service.examples import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from conftest import Serve

    from graph.versions import Version

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(xml: bytes) -> list[str]:
    """Return the addresses in a sitemap or in an index of them."""
    return [element.text or "" for element in ET.fromstring(xml).iter(f"{NAMESPACE}loc")]  # noqa: S314  (our own)


def is_closed(robots: str, path: str) -> bool:
    """Say whether RFC 9309 forbids a path: the longest rule that fits decides, and * is any characters."""
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE)
    fitting = [(len(rule), verb) for verb, rule in rules if re.match(re.escape(rule).replace(r"\*", ".*"), path)]
    return max(fitting)[1] == "Disallow" if fitting else False


@pytest.mark.parametrize(
    ("path", "closed"),
    [
        pytest.param("/", False, id="front"),
        pytest.param("/sparql", True, id="endpoint"),
        pytest.param("/examples/partners/run", True, id="answer to an example"),
        pytest.param("/examples/partners?actor=x", True, id="example with a parameter"),
        pytest.param("/examples/partners", False, id="example"),
        pytest.param("/id/actor/chn?version=3", True, id="past version"),
        pytest.param("/id/actor/chn?relation=x&page=2", True, id="list"),
        pytest.param("/search?q=china&page=2", True, id="search"),
        pytest.param("/search", False, id="search page"),
        pytest.param("/resolve?id=x", True, id="look-up"),
        pytest.param("/reconcile/suggest/entity?prefix=a", True, id="reconciliation"),
        pytest.param("/timemap/link/id/actor/chn", True, id="time map"),
        pytest.param("/versions/1..2", True, id="difference"),
        pytest.param("/versions/1", False, id="version"),
        pytest.param("/sparql?query=ASK%7B%7D", True, id="query"),
        pytest.param("/query", False, id="query page"),
        pytest.param("/query?query=ASK%7B%7D", True, id="query in the page"),
        pytest.param("/store?default", True, id="graph store"),
        pytest.param("/dumps/coorbit.ttl", False, id="dump"),
        pytest.param("/id/actor/chn", False, id="entity"),
    ],
)
def test_pages_and_dumps_are_open_and_queries_closed(client: httpx.Client, path: str, *, closed: bool) -> None:
    """A crawler reads all there is and has nothing evaluated."""
    assert is_closed(client.get("/robots.txt").text, path) == closed


def test_robots_name_the_sitemap(client: httpx.Client) -> None:
    """By its whole address, as plain text; to HEAD too."""
    response = client.get("/robots.txt")
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text.splitlines()[-1] == f"Sitemap: {str(client.base_url).rstrip('/')}/sitemap.xml"
    assert client.head("/robots.txt").status_code == 200


def test_the_sitemap_has_pages_and_every_entity(client: httpx.Client, version: Version) -> None:
    """Each entity of the store once, under the address of the service; whoever has the list is told so."""
    response = client.get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    site = str(client.base_url).rstrip("/") + "/"
    found = locations(response.content)
    assert len(found) == len(set(found))
    assert {site, f"{site}ont", f"{site}dumps/", f"{site}void"} <= set(found)
    further = ("examples", "links", "versions", "voc/role", "voc/role/partner", "about/linked-data", "about/errors")
    assert {site + path for path in further} <= set(found)
    graphs = [address for address in found if address.startswith(f"{site}graph/")]
    examples = [address for address in found if address.startswith(f"{site}examples/")]
    for address in (*(site + path for path in further), *graphs[:1], *graphs[-1:], *examples[:1]):
        assert client.head(address, headers={"Accept": "text/html"}).status_code == 200, address
    assert len(graphs) == sum(name.startswith(f"{BASE}graph/") for name in version.manifest.graphs)
    assert len(examples) == len(catalogue())
    store = ox.Store.read_only(str(version.store))
    entities = {
        quad.subject.value
        for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(f"{BASE}id/")
    }
    listed = {BASE + unquote(address.removeprefix(site)) for address in found if address.startswith(f"{site}id/")}
    assert listed == entities
    known = client.get("/sitemap.xml", headers={"If-None-Match": response.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert client.get("/sitemap-99.xml").status_code == 404


def test_a_path_parameter_that_does_not_fit_is_a_problem(client: httpx.Client) -> None:
    """Nothing is there, told as every other error is; HEAD has the same status."""
    response = client.get("/sitemap-x.xml")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert response.json()["status"] == 404
    assert "number" in response.json()["detail"]
    assert client.head("/sitemap-x.xml").status_code == 404


@pytest.fixture
def many(tmp_path: Path) -> Version:
    """A published home of 50,003 entities, some with names that XML and addresses must escape."""
    count = sitemaps.PAGE
    lines = "".join(f"<{BASE}id/actor/n{number}> a <{BASE}ont#Actor> .\n" for number in range(count))
    odd = "".join(f"<{BASE}id/actor/{name}> a <{BASE}ont#Actor> .\n" for name in ("a&b", "ü", "x'y"))
    return publish_quads(tmp_path / "home", read(f"<{CURATED_GRAPH}> {{ {lines}{odd} }}"))


def test_a_long_list_is_an_index(many: Version, tmp_path: Path, serve: Serve) -> None:
    """More than 50,000 entities stand in several lists, each of at most that many; all of them are found."""
    assert len({quad.subject for quad in ox.Store.read_only(str(many.store)) if graph_iri(quad)}) == sitemaps.PAGE + 3
    with serve(tmp_path / "home", COORBIT_BUFFER_MB="1") as client:
        index = client.get("/sitemap.xml").content
        assert b"sitemapindex" in index
        parts = [locations(client.get(address).content) for address in locations(index)]
        assert max(map(len, parts)) <= sitemaps.PAGE
        site = str(client.base_url).rstrip("/") + "/"
        found = [address for part in parts for address in part]
        assert len({address for address in found if "/id/" in address}) == sitemaps.PAGE + 3
        assert {f"{site}id/actor/a&b", f"{site}id/actor/%C3%BC", f"{site}id/actor/x'y"} <= set(found)


def test_a_plain_dataset_has_pages_alone(plain: Path, serve: Serve) -> None:
    """Its things have names of other hosts."""
    with serve(plain) as client:
        found = locations(client.get("/sitemap.xml").content)
    assert found
    assert not [address for address in found if "/id/" in address or address.endswith("/ont")]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A plain home."""
    publish_quads(tmp_path / "plain", read("<http://e.test/s> <http://e.test/p> 1 ."), kind="plain")
    return tmp_path / "plain"
