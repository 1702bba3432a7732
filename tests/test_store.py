"""Writes over HTTP: `/store`, updates at `/sparql`, tokens and kinds of homes, as a client sees them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pyoxigraph as ox
import pytest

from graph.versions import current
from service.formats import GRAPHS, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Coorbit, Serve

TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
NTRIPLES = {"Accept": "application/n-triples"}
ONE = "<http://e.test/s> <http://e.test/p> 1 ."
# Nine entities of nine references each: a few hundred bytes that stand for a gigabyte.
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.test/">'
    '<rdf:Description rdf:about="http://e.test/s"><e:p>&a8;</e:p></rdf:Description></rdf:RDF>'
)


@pytest.fixture(scope="module")
def plain_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for one plain dataset."""
    return tmp_path_factory.mktemp("plain")


@pytest.fixture(scope="module")
def token(plain_home: Path, coorbit: Coorbit) -> str:
    """A token of that home."""
    return coorbit("token", "create", "--scope", "write", "--name", "tests", "--home", plain_home).stdout.strip()


@pytest.fixture(scope="module")
def plain(plain_home: Path, token: str, serve: Serve) -> Iterator[httpx.Client]:
    """A client, with its token, of a plain dataset; each test writes graphs of its own."""
    with serve(plain_home, "--empty", "--no-shapes", COORBIT_BODY_MB="1") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def named(name: str) -> dict[str, str]:
    """Return the parameters that name a graph."""
    return {"graph": f"http://e.test/graph/{name}"}


def triples(response: httpx.Response) -> set[str]:
    """Return the triples of an answer in N-Triples."""
    assert response.status_code == 200, response.text
    return set(filter(None, response.text.split("\n")))


def test_a_graph_is_put_read_and_dropped(plain: httpx.Client) -> None:
    """201 for a new graph, 204 for one that was there; after DELETE it is gone (Graph Store Protocol, 5.3, 5.4)."""
    where = named("life")
    assert plain.get("/store", params=where).status_code == 404
    assert plain.put("/store", params=where, content=ONE, headers=TURTLE).status_code == 201
    assert plain.put("/store", params=where, content=ONE.replace("1", "2"), headers=TURTLE).status_code == 204
    (only,) = triples(plain.get("/store", params=where, headers=NTRIPLES))
    assert '"2"' in only
    assert plain.delete("/store", params=where).status_code == 204
    assert plain.delete("/store", params=where).status_code == 404
    assert plain.head("/store", params=where).status_code == 404


def test_post_adds_and_keeps_blank_nodes_apart(plain: httpx.Client) -> None:
    """A label in one body is not the node of that label in another, nor one of the store."""
    body = "_:b <http://e.test/p> 1 ."
    assert plain.post("/store", params=named("blank"), content=body, headers=TURTLE).status_code == 201
    assert plain.post("/store", params=named("blank"), content=body, headers=TURTLE).status_code == 204
    assert len(triples(plain.get("/store", params=named("blank"), headers=NTRIPLES))) == 2


def test_the_default_graph_is_as_it_was_written(plain: httpx.Client) -> None:
    """It is always there, is no union of the named graphs, and is emptied by DELETE."""
    plain.put("/store", params=named("beside"), content=ONE, headers=TURTLE)
    body = "<http://e.test/default> <http://e.test/p> 1 ."
    assert plain.put("/store?default", content=body, headers=TURTLE).status_code == 204
    assert len(triples(plain.get("/store?default", headers=NTRIPLES))) == 1
    assert plain.delete("/store?default").status_code == 204
    assert triples(plain.get("/store?default", headers=NTRIPLES)) == set()


def test_post_to_the_store_makes_a_graph(plain: httpx.Client) -> None:
    """201 with its address, at which it is read, and by which it is named (Graph Store Protocol, 5.5)."""
    made = plain.post("/store", content="<> <http://e.test/p> 1 .", headers=TURTLE)
    assert made.status_code == 201
    address = made.headers["location"]
    (only,) = triples(plain.get(address, headers=NTRIPLES))
    assert only.startswith(f"<{address}>")
    assert triples(plain.get("/store", params={"graph": address}, headers=NTRIPLES)) == {only}


def test_an_address_below_the_store_names_a_graph(plain: httpx.Client) -> None:
    """The graph's IRI is the address as it was asked, escapes untouched (Graph Store Protocol, 4.1)."""
    assert plain.put("/store/a%2Fb.ttl", content=ONE, headers=TURTLE).status_code == 201
    assert plain.head("/store/a%2Fb.ttl").status_code == 200
    assert plain.head("/store/a/b.ttl").status_code == 404
    assert plain.head("/store", params={"graph": f"{plain.base_url}store/a%2Fb.ttl"}).status_code == 200
    assert plain.get("/store/a%2Fb.ttl?default").status_code == 400


def test_the_name_of_a_graph_is_decoded_once(plain: httpx.Client) -> None:
    """`%31` in the query string is a 1, `%2531` is the three characters `%31`."""
    assert plain.put("/store?graph=http://e.test/once/%31", content=ONE, headers=TURTLE).status_code == 201
    assert plain.head("/store?graph=http://e.test/once/1").status_code == 200
    assert plain.head("/store?graph=http://e.test/once/%2531").status_code == 404


@pytest.mark.parametrize("each", GRAPHS, ids=lambda each: each.name)
def test_each_format_goes_in_and_out(plain: httpx.Client, each: Format) -> None:
    """What GET gives in a format, PUT takes in it: the same triples, with the type that was asked for."""
    source, copy = named(f"out-{each.name}"), named(f"in-{each.name}")
    plain.put("/store", params=source, content=f'{ONE} <http://e.test/s> <http://e.test/p> "é"@fr .', headers=TURTLE)
    got = plain.get("/store", params=source, headers={"Accept": each.media_type})
    assert got.headers["content-type"] == each.content_type
    put = plain.put("/store", params=copy, content=got.content, headers={"Content-Type": each.media_type})
    assert put.status_code == 201
    want = triples(plain.get("/store", params=source, headers=NTRIPLES))
    assert triples(plain.get("/store", params=copy, headers=NTRIPLES)) == want


def test_several_files_come_in_one_form(plain: httpx.Client) -> None:
    """multipart/form-data adds all its parts, each in its own format (Graph Store Protocol, 5.5)."""
    files = {
        "one": ("one.ttl", "<http://e.test/s> <http://e.test/p> 1 .\n", "text/turtle"),
        "two": ("two.nt", "<http://e.test/s> <http://e.test/p> _:b .\n", "application/n-triples; charset=utf-8"),
    }
    assert plain.post("/store", params=named("form"), files=files).status_code == 201
    assert len(triples(plain.get("/store", params=named("form"), headers=NTRIPLES))) == 2
    unknown = {"one": ("one.csv", "a,b", "text/csv")}
    assert plain.post("/store", params=named("form"), files=unknown).status_code == 400


def test_an_entity_tag_spares_the_answer(plain: httpx.Client) -> None:
    """304 for what the client has; after a write it has a new tag."""
    plain.put("/store", params=named("tag"), content=ONE, headers=TURTLE)
    tag = plain.get("/store", params=named("tag")).headers["etag"]
    again = plain.get("/store", params=named("tag"), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    plain.put("/store", params=named("tag"), content=ONE.replace("1", "2"), headers=TURTLE)
    assert plain.get("/store", params=named("tag"), headers={"If-None-Match": tag}).status_code == 200


def test_a_write_can_be_for_one_version(plain: httpx.Client) -> None:
    """If-Match takes any tag of the current version; after another write it is 412, and nothing is changed."""
    plain.put("/store", params=named("match"), content=ONE, headers=TURTLE)
    tag = {"If-Match": plain.get("/store", params=named("match")).headers["etag"]}
    assert plain.delete("/store", params=named("match"), headers=tag).status_code == 204
    assert plain.put("/store", params=named("match"), content=ONE, headers=TURTLE | tag).status_code == 412
    assert plain.get("/store", params=named("match")).status_code == 404


@pytest.mark.parametrize(
    ("parameters", "headers", "body", "status"),
    [
        pytest.param("graph=relative", TURTLE, ONE, 400, id="relative name"),
        pytest.param("", TURTLE, ONE, 400, id="no name"),
        pytest.param("default&graph=http://e.test/g", TURTLE, ONE, 400, id="two names"),
        pytest.param("graph=%FF", TURTLE, ONE, 400, id="name not UTF-8"),
        pytest.param("default", {}, ONE, 415, id="no type"),
        pytest.param("default", {"Content-Type": "text/csv"}, "a,b", 415, id="no RDF"),
        pytest.param("default", {"Content-Type": "text/turtle; charset=utf-16"}, ONE, 415, id="not UTF-8"),
        pytest.param("default", TURTLE | {"Content-Encoding": "gzip"}, ONE, 415, id="compressed"),
        pytest.param("default", TURTLE, "#" * 1_000_001, 413, id="too large"),
        pytest.param("default", {"Content-Type": "application/rdf+xml"}, BOMB, 400, id="document type"),
        pytest.param(
            "default", {"Content-Type": "application/trig"}, f"<http://e.test/g> {{ {ONE} }}", 400, id="graphs"
        ),
        pytest.param("default", {"Content-Type": "multipart/form-data; boundary=x"}, "y", 400, id="no parts"),
        pytest.param(
            "default", {"Content-Type": "application/ld+json"}, '{"@context": "http://e.test/"}', 400, id="load"
        ),
    ],
)
def test_what_cannot_be_taken(
    plain: httpx.Client, parameters: str, headers: dict[str, str], body: str, status: int
) -> None:
    """Refused with its status as problem+json; no version is made."""
    before = plain.get("/health/ready").json()["version"]
    refused = plain.put(f"/store?{parameters}", content=body, headers=headers)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert plain.get("/health/ready").json()["version"] == before


def test_broken_rdf_has_a_place(plain: httpx.Client) -> None:
    """400 with line and column of the fault."""
    refused = plain.put("/store?default", content=f"{ONE}\n<http://e.test/s> nonsense 1 .", headers=TURTLE)
    assert (refused.status_code, refused.json()["line"]) == (400, 2)
    assert refused.json()["column"] > 1


def test_a_format_that_is_not_there_is_406(plain: httpx.Client) -> None:
    """The formats that there are come in the problem."""
    refused = plain.get("/store?default", headers={"Accept": "text/csv"})
    assert refused.status_code == 406
    assert "text/turtle" in refused.json()["available"]


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
    """504 at the time limit; nothing was changed, and the next write is made."""
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    endless = (
        "INSERT { ?a ?b ?c } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . FILTER (?a = ?m + 1) }"
    )
    data = " ".join(f"<http://e.test/{number}> <http://e.test/p> {number} ." for number in range(300))
    with serve(tmp_path, "--empty", "--no-shapes", COORBIT_QUERY_TIMEOUT_S="2") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.put("/store?default", content=data, headers=TURTLE).status_code == 204
        assert client.post("/sparql", content=endless, headers=UPDATE).status_code == 504
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
