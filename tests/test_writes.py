"""Writes as a client sees them: updates at `/sparql`, who may, and which kinds of homes take them."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pyoxigraph as ox
import pytest
from processes import children, server_at

from graph.tokens import create_token
from graph.versions import current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit, Serve

TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
NTRIPLES = {"Accept": "application/n-triples"}
ONE = "<http://e.test/s> <http://e.test/p> 1 ."


def named(name: str) -> dict[str, str]:
    """Return the parameters that name a graph."""
    return {"graph": f"http://e.test/graph/{name}"}


def triples(response: httpx.Response) -> set[str]:
    """Return the triples of an answer in N-Triples."""
    assert response.status_code == 200, response.text
    return set(filter(None, response.text.split("\n")))


def test_an_update_makes_one_version(plain: httpx.Client, plain_home: Path) -> None:
    """204 with a tag of the new version, whose author is the token's name; the next query sees it."""
    before = current(plain_home).manifest.number
    text = "CREATE GRAPH <http://e.test/passing> ; DROP GRAPH <http://e.test/passing> ; "
    text += "INSERT DATA { <http://e.test/u> <http://e.test/p> <relative> }"
    for answer in (plain.post("/sparql", content=text, headers=UPDATE), plain.post("/sparql", data={"update": text})):
        assert (answer.status_code, answer.headers["etag"]) == (204, f'"{before + 1}"')
    assert current(plain_home).manifest.author == "tests"
    query = f"ASK {{ <http://e.test/u> <http://e.test/p> <{plain.base_url}relative> }}"
    assert plain.get("/sparql", params={"query": query}).json()["boolean"] is True


def test_the_dataset_is_always_there(plain: httpx.Client) -> None:
    """An update and a PATCH write the dataset: If-None-Match: * is 412 and changes nothing, If-Match: * is met."""
    new, there = {"If-None-Match": "*"}, {"If-Match": "*"}
    text = "INSERT DATA { <http://e.test/conditional> <http://e.test/p> 1 }"
    row = 'A <http://e.test/conditional> <http://e.test/p> "2" .\n'
    patch = {"Content-Type": "application/rdf-patch"}
    before = plain.get("/health/ready").json()["version"]
    assert plain.post("/sparql", content=text, headers=UPDATE | new).status_code == 412
    assert plain.patch("/store", content=row, headers=patch | new).status_code == 412
    assert plain.get("/health/ready").json()["version"] == before
    assert plain.post("/sparql", content=text, headers=UPDATE | there).status_code == 204
    assert plain.patch("/store", content=row, headers=patch | there).status_code == 204


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("INSERT DATA { <http://e.test/s> 1 }", 400, id="syntax"),
        pytest.param("INSERT DATA { coo:a coo:b 1 }", 400, id="prefix not declared"),
        pytest.param("LOAD <http://127.0.0.1/>", 403, id="load"),
        pytest.param("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403, id="service"),
        pytest.param("CREATE GRAPH <http://e.test/c> ; DROP GRAPH <http://e.test/none>", 409, id="no such graph"),
    ],
)
def test_an_update_that_fails_changes_nothing(plain: httpx.Client, text: str, status: int) -> None:
    """All operations of a request take effect, or none."""
    refused = plain.post("/sparql", content=text, headers=UPDATE)
    assert refused.status_code == status, refused.text
    assert plain.head("/store?graph=http://e.test/c").status_code == 404


def test_load_silent_does_nothing(plain: httpx.Client) -> None:
    """It succeeds (SPARQL 1.1 Update, 3.1.4), and makes no version."""
    before = plain.get("/health/ready").json()["version"]
    assert plain.post("/sparql", content="LOAD SILENT <http://127.0.0.1/>", headers=UPDATE).status_code == 204
    assert plain.get("/health/ready").json()["version"] == before


def test_an_endless_update_is_ended(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """504 at the time limit, and queries are answered until then; nothing was changed, and the next write is made."""
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    endless = (
        "INSERT { ?a ?b ?c } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . FILTER (?a = ?m + 1) }"
    )
    data = " ".join(f"<http://e.test/{number}> <http://e.test/p> {number} ." for number in range(300))
    with serve(tmp_path, "--empty", "--no-shapes", COORBIT_QUERY_TIMEOUT_S="2") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.put("/store?default", content=data, headers=TURTLE).status_code == 204
        server = server_at(client.base_url.port)  # once: the kernel's table may lack a row while sockets come and go
        before = children(server)
        with ThreadPoolExecutor(1) as beside:
            write = beside.submit(client.post, "/sparql", content=endless, headers=UPDATE)
            while set(children(server)) <= set(before):  # the writer is forked for the write
                assert not write.done()
            for number in range(20):
                asked = client.get("/sparql", params={"query": f"ASK {{ <http://e.test/{number}> ?p ?o }}"})
                assert (asked.status_code, asked.json()["boolean"]) == (200, True)
                assert not write.done()
            assert write.result().status_code == 504
            assert "after 2 s, and nothing was changed: send it in smaller" in write.result().json()["detail"]
        assert client.get("/health/ready").json()["version"] == 2
        assert client.put("/store?default", content=ONE, headers=TURTLE).status_code == 204


def test_writes_at_once_are_all_made(plain: httpx.Client) -> None:
    """Each waits for the one before it; none is lost."""

    def post(number: int) -> int:
        body = f"<http://e.test/s> <http://e.test/p> {number} ."
        return plain.post("/store", params=named("many"), content=body, headers=TURTLE).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(post, range(16)))
    assert sorted(statuses) == [201, *[204] * 15]
    assert len(triples(plain.get("/store", params=named("many"), headers=NTRIPLES))) == 16


def test_a_write_needs_a_token(plain: httpx.Client) -> None:
    """401 names the scheme; a wrong token is told from none; reading needs none."""
    with httpx.Client(base_url=plain.base_url) as stranger:
        without = stranger.put("/store?default", content=ONE, headers=TURTLE)
        assert (without.status_code, without.headers["www-authenticate"]) == (401, 'Bearer realm="coorbit"')
        wrong = stranger.post("/sparql", content="CLEAR ALL", headers=UPDATE | {"Authorization": "Bearer coorbit_x"})
        assert wrong.status_code == 401
        assert "invalid_token" in wrong.headers["www-authenticate"]
        assert stranger.delete("/store?default").status_code == 401
        assert stranger.get("/store?default").status_code == 200


def test_writes_are_off_without_tokens(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """403 says how to turn them on; a token that is made meanwhile is good at once, and a revoked one no more."""
    with serve(tmp_path, "--empty", "--no-shapes") as client:
        off = client.put("/store?default", content=ONE, headers=TURTLE)
        assert off.status_code == 403
        assert "coorbit token create" in off.json()["detail"]
        token = coorbit("token", "create", "--scope", "write", "--name", "late", "--home", tmp_path).stdout.strip()
        headers = TURTLE | {"Authorization": f"bearer {token}"}
        assert client.put("/store?default", content=ONE, headers=headers).status_code == 204
        coorbit("token", "create", "--scope", "write", "--home", tmp_path)
        coorbit("token", "revoke", "late", "--home", tmp_path)
        assert client.put("/store?default", content=ONE, headers=headers).status_code == 401


def test_a_token_of_another_scope_does_not_write(plain: httpx.Client, plain_home: Path) -> None:
    """403 for each way to write, which names the scope that it takes (RFC 6750, 3.1); nothing is changed."""
    path = plain_home / "tokens.json"
    kept = path.read_text()
    digest = hashlib.sha256(b"coorbit_reader").hexdigest()
    entry = {"name": "reader", "scope": "read", "sha256": digest, "created": "2026-01-01T00:00:00", "expires": None}
    path.write_text(json.dumps([*json.loads(kept), entry]))
    bearer = {"Authorization": "Bearer coorbit_reader"}
    before = plain.get("/health/ready").json()["version"]
    try:
        refused = [
            plain.put("/store?default", content=ONE, headers=TURTLE | bearer),
            plain.delete("/store?default", headers=bearer),
            plain.patch("/store", content="", headers=bearer | {"Content-Type": "application/rdf-patch"}),
            plain.post("/sparql", content="CLEAR ALL", headers=UPDATE | bearer),
        ]
    finally:
        path.write_text(kept)
    assert [each.status_code for each in refused] == [403] * 4
    assert all('error="insufficient_scope"' in each.headers["www-authenticate"] for each in refused)
    assert plain.get("/health/ready").json()["version"] == before


def test_writes_are_off_while_no_token_is_good(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """An expired token leaves them off: 403 without one, 401 with it; the service description promises no update."""
    now = datetime.now(UTC)
    old = create_token(tmp_path, "old", scope="write", now=now, expires=now)
    offered = {"Accept": "application/n-triples"}
    with serve(tmp_path, "--empty", "--no-shapes") as client:
        assert client.put("/store?default", content=ONE, headers=TURTLE).status_code == 403
        mine = TURTLE | {"Authorization": f"Bearer {old}"}
        assert client.put("/store?default", content=ONE, headers=mine).status_code == 401
        assert "SPARQL11Update" not in client.get("/sparql", headers=offered).text
        coorbit("token", "create", "--scope", "write", "--expires", "1h", "--home", tmp_path)
        assert client.put("/store?default", content=ONE, headers=TURTLE).status_code == 401
        assert "SPARQL11Update" in client.get("/sparql", headers=offered).text


def test_writes_are_off_without_a_token(client: httpx.Client) -> None:
    """403 says how to turn them on; graphs of the published dataset can be read one by one."""
    refused = client.put("/store?default", content=ONE, headers=TURTLE)
    assert refused.status_code == 403
    assert "coorbit token create" in refused.json()["detail"]
    assert client.post("/sparql", content="CLEAR ALL", headers=UPDATE).status_code == 403
    graph = client.get("/store", params={"graph": "https://w3id.org/coorbit/graph/curated"}, headers=NTRIPLES)
    assert list(ox.parse(graph.content, format=ox.RdfFormat.N_TRIPLES))


def test_a_plain_home_needs_no_option_again(plain_home: Path, plain: httpx.Client, serve: Serve) -> None:
    """The manifest keeps the kind: a later start serves what is there, with or without the options."""
    version = plain.get("/health/ready").json()["version"]
    for options in ((), ("--no-shapes",), ("--empty", "--no-shapes")):
        with serve(plain_home, *options) as later:
            assert later.get("/health/ready").json()["version"] == version
            assert later.get("/").status_code == 200
            assert later.get("/dumps/coorbit.ttl").status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["serve", "--empty", "--no-shapes", "--port", "0"], id="empty"),
        pytest.param(["serve", "--no-shapes", "--port", "0"], id="no shapes"),
        pytest.param(["serve", "--empty", "--port", "0"], id="empty under shapes"),
        pytest.param(["build", "--no-shapes"], id="packaged graph without shapes"),
    ],
)
def test_an_option_against_the_kind_is_refused(coorbit: Coorbit, home: Path, arguments: list[str]) -> None:
    """Exit status 2, and the published dataset is as it was."""
    run = coorbit(*arguments, "--home", home)
    assert run.returncode == 2, run.stderr
    assert current(home).manifest.number == 1


def test_foreign_files_are_built_without_shapes(coorbit: Coorbit, tmp_path: Path, home: Path) -> None:
    """`build --from FILE --no-shapes` makes a plain dataset; over a published one, or back, it is wrong use."""
    (tmp_path / "own.nt").write_text("<http://e.test/s> <http://e.test/p> <http://e.test/o> .\n")
    built = coorbit("build", "--from", tmp_path / "own.nt", "--no-shapes", "--home", tmp_path / "home")
    assert built.returncode == 0, built.stderr
    assert "version 1 published: 1 triples" in built.stdout
    rows = coorbit("query", "SELECT ?o WHERE { ?s ?p ?o }", "--home", tmp_path / "home").stdout
    assert "<http://e.test/o>" in rows
    assert coorbit("build", "--from", tmp_path / "own.nt", "--no-shapes", "--home", home).returncode == 2
    assert coorbit("serve", "--no-shapes", "--port", "0", "--home", tmp_path / "none").returncode == 2


def test_a_broken_plain_home_is_one_line(coorbit: Coorbit, tmp_path: Path) -> None:
    """A file in the place of the home is told, not shown as a traceback."""
    (tmp_path / "home").write_text("")
    run = coorbit("serve", "--empty", "--no-shapes", "--port", "0", "--home", tmp_path / "home")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
