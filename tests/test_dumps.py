"""Releases and the current version as files, over HTTP."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from processes import readers_of, server_at
from rdflib import BNode, Graph
from rdflib.compare import isomorphic
from sharing import copy_home
from small_homes import NOW, publish_quads, read

from graph.dump_files import dataset_graphs
from graph.manifests import write_manifest
from graph.release import make_release
from graph.releases import dumps_of, find_release, releases
from graph.terms import GRAPHS
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Serve

    from graph.versions import Version

DATA = (
    f"@prefix e: <http://e.test/> . <{GRAPHS}curated> {{ e:s e:p 'one', 'two' . }} <{GRAPHS}claims/a> {{ e:s e:p 3 }}"
)
MORE = DATA + "<http://e.test/g> { e:t e:p e:s . }"
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published home with two releases, the first of an older version; tests only read it."""
    home = tmp_path_factory.mktemp("released")
    publish_quads(home, read(DATA))
    make_release(home, "2026.10", now=NOW)
    publish_quads(home, read(MORE))
    make_release(home, "2026.11", now=NOW.replace(hour=13))
    return home


@pytest.fixture(scope="module")
def released(released_home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A client of a service on that home."""
    with serve(released_home) as client:
        yield client


@pytest.mark.slow
def test_dumps_are_the_dataset(client: httpx.Client, version: Version) -> None:
    """The Turtle dump parses in rdflib and in pyoxigraph to the same graph, the merge that the manifest counts."""
    response = client.get("/dumps/coorbit.ttl")
    assert response.headers["content-type"].startswith("text/turtle")
    in_rdflib = Graph().parse(data=response.text, format="turtle")
    in_pyoxigraph = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
    again = Graph().parse(data=ox.serialize(in_pyoxigraph, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert len(in_rdflib) == len(again) == len(in_pyoxigraph) == version.manifest.triples

    def blank(graph: Graph) -> Graph:
        found = Graph()
        for triple in graph:
            if any(isinstance(term, BNode) for term in triple):
                found.add(triple)
        return found

    assert set(in_rdflib) - set(blank(in_rdflib)) == set(again) - set(blank(again))
    assert isomorphic(blank(in_rdflib), blank(again))


def test_the_trig_dump_keeps_the_graphs(client: httpx.Client, version: Version) -> None:
    """Each named graph but the descriptions is there with the quads that the manifest counts, and nothing else."""
    response = client.get("/dumps/coorbit.trig")
    assert response.headers["content-type"].startswith("application/trig")
    counts: dict[str, int] = {}
    for quad in ox.parse(response.content, format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)
        counts[quad.graph_name.value] = counts.get(quad.graph_name.value, 0) + 1
    assert counts == dataset_graphs(version.manifest)


def test_a_dump_of_the_current_version_is_written_once(released_home: Path, released: httpx.Client) -> None:
    """Several who ask at once get the same; afterwards the file is there, and is not written again."""
    with ThreadPoolExecutor(4) as askers:
        answers = list(askers.map(lambda _: released.get("/dumps/coorbit.trig"), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    path = released_home / "current" / "dumps" / "coorbit.trig"
    written = path.stat().st_mtime_ns
    again = released.get("/dumps/coorbit.trig")
    assert (again.content, path.stat().st_mtime_ns) == (path.read_bytes(), written)
    assert again.headers["cache-control"] == "no-cache"
    assert again.headers["etag"].startswith('"2-')


def test_a_dump_follows_the_current_version(tmp_path: Path, serve: Serve) -> None:
    """Once another version is current, the next request gets that one, under another entity tag."""
    publish_quads(tmp_path, read(DATA))
    with serve(tmp_path) as client:
        before = client.get("/dumps/coorbit.ttl")
        publish_quads(tmp_path, read(MORE))
        after = client.get("/dumps/coorbit.ttl", headers={"If-None-Match": before.headers["etag"]})
    assert (before.status_code, after.status_code) == (200, 200)
    assert "<http://e.test/t>" not in before.text
    assert "<http://e.test/t>" in after.text


def test_a_dump_that_cannot_be_written_says_so(tmp_path: Path, serve: Serve) -> None:
    """A version whose store is not what its manifest says is 503, never a short file."""
    publish_quads(tmp_path, read(DATA), triples=99)
    with serve(tmp_path) as client:
        answer = client.get("/dumps/coorbit.ttl")
        assert answer.status_code == 503
        assert "damaged" in answer.json()["detail"]
        assert client.get("/dumps/coorbit.ttl").status_code == 503


def test_the_list_of_releases_is_for_programs_and_people(released_home: Path, released: httpx.Client) -> None:
    """JSON by default and when asked for, a page for browsers; the newest release comes first."""
    for headers in ({}, JSON):
        answer = released.get("/dumps/", headers=headers).json()
        assert answer["latest"] == "2026.11"
        assert [each["name"] for each in answer["releases"]] == ["2026.11", "2026.10"]
        assert answer["current"] == ["coorbit.ttl", "coorbit.trig"]
    page = released.get("/dumps/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in page.headers["vary"].split(", ")
    assert page.text.index("2026.11/") < page.text.index("2026.10/")
    assert released.get("/dumps/", headers={"Accept": "image/png"}).status_code == 406
    listed = released.get("/dumps/2026.11/", headers=JSON).json()
    assert {each["name"] for each in listed["files"]} == {
        each.name for each in find_release(released_home, "2026.11").files
    }
    page = released.get("/dumps/2026.11/", headers={"Accept": "text/html"})
    for each in listed["files"]:
        assert f'href="/dumps/2026.11/{each["name"]}"' in page.text
        assert each["sha256"] in page.text


def test_every_file_is_served_as_it_lies_there(released_home: Path, released: httpx.Client) -> None:
    """Bytes, type and entity tag are right; a release never changes, so that caches may keep it for ever."""
    folder = dumps_of(released_home, "2026.11")
    types = {".gz": "application/gzip", ".ttl": "text/turtle; charset=utf-8", ".json": "application/json"}
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert len(paths) > 10
    for path in paths:
        answer = released.get(f"/dumps/2026.11/{path.relative_to(folder)}")
        assert (answer.status_code, answer.content) == (200, path.read_bytes())
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        assert answer.headers["content-type"] == types.get(path.suffix, "text/plain; charset=utf-8")
        assert "content-encoding" not in answer.headers
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    ["/dumps/coorbit.ttl", "/dumps/2026.11/coorbit.nq.gz", "/dumps/", "/dumps/2026.11/", "/dumps/2026.11/SHA256SUMS"],
)
def test_who_has_it_already_is_told_so(released: httpx.Client, path: str) -> None:
    """304 for the entity tag, also when weak or among others; HEAD has the headers of GET and no body."""
    whole = released.get(path)
    tag = whole.headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = released.get(path, headers={"If-None-Match": given})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert released.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = released.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("path", ["/dumps/coorbit.ttl", "/dumps/2026.11/coorbit.nq.gz"])
def test_a_download_that_broke_off_goes_on(released: httpx.Client, path: str) -> None:
    """Range gives the part that is missing, as long as the file is still the same."""
    whole = released.get(path)
    ranged = {"Range": "bytes=10-"}
    for headers in (ranged, {**ranged, "If-Range": whole.headers["etag"]}):
        part = released.get(path, headers={**headers, "Accept-Encoding": "identity"})
        assert (part.status_code, part.content) == (206, whole.content[10:])
        assert part.headers["content-range"] == f"bytes 10-{len(whole.content) - 1}/{len(whole.content)}"
    changed = released.get(path, headers={**ranged, "If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, whole.content)


@pytest.mark.parametrize("path", ["/dumps/coorbit.ttl", "/dumps/2026.11/coorbit.nq.gz"])
def test_a_part_that_is_not_there_is_a_problem(released: httpx.Client, path: str) -> None:
    """416 tells the length of the file (RFC 9110, 15.5.17), 400 what a range is; both as problem documents."""
    size = len(released.get(path, headers={"Accept-Encoding": "identity"}).content)
    beyond = released.get(path, headers={"Range": "bytes=9999999-"})
    broken = released.get(path, headers={"Range": "lines=1-2"})
    for answer, status in ((beyond, 416), (broken, 400)):
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.headers["content-type"] == "application/problem+json"
    assert beyond.headers["content-range"].removeprefix("bytes ") == f"*/{size}"
    assert "bytes=FIRST-LAST" in broken.json()["detail"]


def test_latest_leads_to_the_newest(released: httpx.Client) -> None:
    """The name stands for the newest release in every address, by a redirect that caches ask about again."""
    for asked, expected in (
        ("/dumps/latest/coorbit.ttl.gz", "/dumps/2026.11/coorbit.ttl.gz"),
        ("/dumps/latest/graphs/claims-a.ttl.gz", "/dumps/2026.11/graphs/claims-a.ttl.gz"),
        ("/dumps/latest/", "/dumps/2026.11/"),
        ("/dumps/latest", "/dumps/2026.11/"),
        ("/dumps/2026.10", "/dumps/2026.10/"),
    ):
        answer = released.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (307, expected)
        assert answer.headers["cache-control"] == "no-cache"
    followed = released.get("/dumps/latest/coorbit.ttl.gz", follow_redirects=True)
    assert b"e.test" in gzip.decompress(followed.content)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        pytest.param("/dumps/coorbit.zip", "2026.11", id="no dump"),
        pytest.param("/dumps/2026.12/", "2026.11", id="no release"),
        pytest.param("/dumps/2026.11/none.gz", "/dumps/2026.11/", id="no file"),
        pytest.param("/dumps/2026.11/..%2f..%2f..%2fcurrent%2fmanifest.json", "/dumps/2026.11/", id="outside"),
        pytest.param("/dumps/..%2f..%2fversions/manifest.json", "2026.11", id="outside by the name"),
        pytest.param("/dumps/%2e%2e/x", "2026.11", id="above"),
    ],
)
def test_what_is_not_there_names_what_is(released: httpx.Client, path: str, named: str) -> None:
    """404 with a way on; nothing outside the releases can be read."""
    answer = released.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]


def test_a_damaged_file_is_not_sent(tmp_path: Path, serve: Serve) -> None:
    """A file that is gone, or has another length than it had, is 503 and not a short answer."""
    publish_quads(tmp_path, read(DATA))
    make_release(tmp_path, "one", now=NOW)
    cut, gone = (dumps_of(tmp_path, "one") / name for name in ("coorbit.ttl.gz", "coorbit.nt.gz"))
    cut.write_bytes(cut.read_bytes()[:-1])
    gone.unlink()
    with serve(tmp_path) as client:
        for path in (cut, gone):
            answer = client.get(f"/dumps/one/{path.name}")
            assert answer.status_code == 503
            assert f"{path.name} is not what it was" in answer.json()["detail"]
        assert client.get("/dumps/one/coorbit.nq.gz").status_code == 200


def test_links_hold_behind_a_proxy(released_home: Path, serve: Serve) -> None:
    """Under a prefix, pages and redirects stay under it."""
    with serve(released_home, COORBIT_PUBLIC_URL="https://example.org/coorbit") as client:
        page = client.get("/dumps/", headers={"Accept": "text/html"}).text
        assert 'href="/coorbit/dumps/2026.11/"' in page
        assert client.get("/dumps/latest/").headers["location"] == "/coorbit/dumps/2026.11/"


def test_a_home_without_releases_says_how_to_make_one(tmp_path: Path, serve: Serve) -> None:
    """The list is empty, the page names the command, and `latest` is 404 with the same hint."""
    with serve(tmp_path, "--empty", "--no-shapes") as client:
        assert client.get("/dumps/", headers=JSON).json()["releases"] == []
        assert "coorbit release NAME" in client.get("/dumps/", headers={"Accept": "text/html"}).text
        answer = client.get("/dumps/latest/")
        assert answer.status_code == 404
        assert "coorbit release NAME" in answer.json()["detail"]
        assert client.get("/dumps/coorbit.ttl").status_code == 200


@pytest.mark.slow
def test_the_first_start_makes_the_first_release(built: Path, tmp_path: Path, serve: Serve) -> None:
    """A home that the service brings up to its package has a release soon after it is ready, and no litter."""
    home = copy_home(built, tmp_path / "home")
    write_manifest(home / "current", replace(current(home).manifest, made_from="another package"))
    with serve(home) as client:
        deadline = time.monotonic() + 60
        while not client.get("/dumps/", headers=JSON).json()["releases"]:
            assert time.monotonic() < deadline
            os.sched_yield()
    made = releases(home)[0]
    assert made.version == 2, "another package makes a version of its own"
    assert [path.name for path in (home / "releases").iterdir()] == [made.name]


def test_a_version_is_held_while_a_dump_is_sent(client: httpx.Client, version: Version) -> None:
    """As long as a slow reader has not taken the file the version cannot be pruned, and no longer."""
    host, port = client.base_url.host, client.base_url.port or 80
    server, manifest = server_at(port), version.directory / "manifest.json"
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((host, port))
        reader.sendall(f"GET /dumps/coorbit.trig HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert reader.recv(12) == b"HTTP/1.1 200"
        assert server in readers_of(manifest)
    while server in readers_of(manifest):
        os.sched_yield()
