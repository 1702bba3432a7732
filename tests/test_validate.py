"""`/validate` over HTTP: posted RDF is checked together with the dataset, by whoever asks, and nothing is stored."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from conftest import READY_LIMIT_S

from graph.terms import BASE, CURATED_GRAPH, PREFIXES, SH
from graph.versions import REPORT, current
from service.scratch import FOLDER, sweep, take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

OURS = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("coo", "sys", "actor", "rdfs", "mis"))
GOOD = OURS + "sys:cfosat coo:owner actor:bra ."
BAD = OURS + "sys:cfosat coo:owner actor:nobody-of-that-name ."
TIME_S = 4
MANY = OURS + "\n".join(
    f"sys:s{n} a coo:Satellite ; rdfs:label 'S {n}'@en ; coo:owner actor:nobody-{n} ." for n in range(9_000)
)


@pytest.fixture(scope="module")
def checker(published: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A client, without a token, of a service on a published dataset."""
    with serve(published, COORBIT_BODY_MB="1", COORBIT_QUERY_TIMEOUT_S="600") as client:
        yield client


def post(client: httpx.Client, content: str | bytes, media_type: str = "text/turtle", **headers: str) -> httpx.Response:
    """Have a graph checked."""
    given = {"Content-Type": media_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/validate", content=content, headers=given)


def left(home: Path) -> list[Path]:
    """Return the folders of checks that a home has."""
    return list((home / FOLDER).glob("*"))


def test_what_conforms_is_told_to(checker: httpx.Client, published: Path) -> None:
    """200 with the version and how much was looked at; version and home are as before."""
    before = current(published)
    response = post(checker, GOOD)
    assert response.status_code == 200, response.text
    report = response.json()
    assert report["conforms"] is True
    assert (report["version"], report["triples"], report["violations"]) == (before.manifest.number, 1, 0)
    assert response.headers["coorbit-validation"].startswith("nodes=")
    assert "everything" not in response.headers["coorbit-validation"]
    assert response.headers["content-type"] == "application/json"
    assert current(published) == before
    assert left(published) == []
    assert not (published / "staging").exists()


def test_what_does_not_conform_is_told_as_a_write_would(checker: httpx.Client, published: Path) -> None:
    """200 too, since the check was made: focus node, path, value, message and source of each result; nothing stays."""
    response = post(checker, BAD)
    assert response.status_code == 200
    report = response.json()
    assert report["conforms"] is False
    assert report["violations"] >= 1
    assert report["total"] == len(report["results"])
    (result,) = [each for each in report["results"] if each.get("resultPath") == PREFIXES["coo"] + "owner"]
    assert result["focusNode"] == PREFIXES["sys"] + "cfosat"
    assert result["value"] == PREFIXES["actor"] + "nobody-of-that-name"
    assert (result["severity"], bool(result["message"]), bool(result["source"])) == ("Violation", True, True)
    assert f"violations={report['violations']}" in response.headers["coorbit-validation"]
    assert left(published) == []
    query = "ASK { sys:cfosat coo:owner actor:nobody-of-that-name }"
    assert checker.get("/sparql", params={"query": query}).json()["boolean"] is False


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "application/rdf+xml"])
@pytest.mark.parametrize(("graph", "conforms"), [(GOOD, "true"), (BAD, "false")])
def test_the_report_comes_as_rdf(checker: httpx.Client, media_type: str, graph: str, conforms: str) -> None:
    """A sh:ValidationReport in the format of `Accept`, with as many results as the JSON counts."""
    response = post(checker, graph, Accept=media_type)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    triples = [quad.triple for quad in ox.parse(response.content, ox.RdfFormat.from_media_type(media_type))]
    (verdict,) = [triple.object for triple in triples if triple.predicate == ox.NamedNode(SH + "conforms")]
    assert isinstance(verdict, ox.Literal)
    assert verdict.value == conforms
    results = [triple for triple in triples if triple.predicate == ox.NamedNode(SH + "result")]
    assert len(results) == post(checker, graph).json()["total"]


def test_the_report_is_of_what_was_posted(checker: httpx.Client, published: Path) -> None:
    """What the dataset is to be warned of anyway is told of things that the posted graph describes, not of others."""
    scheme = f"{BASE}voc/activity-status"
    assert "activity-status" in (current(published).directory / REPORT).read_text(encoding="utf-8")
    assert post(checker, GOOD).json()["total"] == 0
    report = post(checker, f"<{scheme}> a <{PREFIXES['skos']}ConceptScheme> .").json()
    assert [result["focusNode"] for result in report["results"]] == [scheme]
    assert (report["conforms"], report["warnings"]) == (True, 1)


def test_each_way_to_send_rdf_is_taken(checker: httpx.Client) -> None:
    """The types that `/store` takes, several documents at once as multipart among them."""
    triple = f"<{PREFIXES['sys']}cfosat> <{PREFIXES['coo']}owner> <{PREFIXES['actor']}bra> ."
    parts = "".join(f"--b\r\nContent-Type: {kind}\r\n\r\n{triple}\r\n" for kind in ("text/turtle", "application/trig"))
    for media_type, body in (("application/n-triples", triple), ("multipart/form-data; boundary=b", parts + "--b--")):
        response = post(checker, body, media_type)
        assert response.status_code == 200, response.text
        assert response.json()["conforms"] is True


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (OURS + "sys:cfosat coo:owner", "text/turtle", (400, "line")),
        (b"\xff\xfe", "text/turtle", (400, "line")),
        ("", "text/turtle", (400, "no triple")),
        ("{}", "application/ld+json", (400, "no triple")),
        ("<http://e.test/s> <http://e.test/p> 1 <http://e.test/g> .", "application/n-quads", (400, "line")),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "application/rdf+xml", (400, "document type")),
        ("a=b", "application/x-www-form-urlencoded", (415, "text/turtle")),
        ("x" * 1_000_001, "text/turtle", (413, "COORBIT_BODY_MB")),
    ],
)
def test_what_cannot_be_checked_is_told_why(
    checker: httpx.Client, published: Path, body: str | bytes, media_type: str, expected: tuple[int, str]
) -> None:
    """The refusals of a write, as problem documents that say what is expected; no folder stays."""
    status, words = expected
    response = post(checker, body, media_type)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]
    assert left(published) == []


def test_headers_that_cannot_be_met_are_told(checker: httpx.Client) -> None:
    """406 with the formats of a report, 415 for a compressed body, 400 for an old version."""
    assert "application/json" in post(checker, GOOD, Accept="text/csv").json()["available"]
    assert post(checker, GOOD, Accept="text/csv").status_code == 406
    assert post(checker, GOOD, Content_Encoding="gzip").status_code == 415
    answer = checker.post("/validate?version=1", content=GOOD, headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 400


def test_only_post_checks(checker: httpx.Client) -> None:
    """405 with the methods, which OPTIONS names too."""
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        refused = checker.request(method, "/validate")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
    options = checker.options("/validate")
    assert (options.status_code, options.headers["allow"]) == (204, "POST, OPTIONS")


def test_a_plain_dataset_has_no_shapes(plain: httpx.Client) -> None:
    """404 that says so."""
    response = post(plain, GOOD)
    assert response.status_code == 404
    assert "shapes" in response.json()["detail"]


def test_a_graph_that_is_endless_to_check(published: Path, coorbit: Coorbit, serve: Serve) -> None:
    """400 at the time limit, with what is expected; queries and writes go on, further checks are sent away."""
    token = coorbit("token", "create", "--scope", "write", "--name", "curator", "--home", published).stdout.strip()
    with serve(published, COORBIT_QUERY_TIMEOUT_S=str(TIME_S), COORBIT_TRUSTED_HOSTS="127.0.0.1") as client:
        answers: list[httpx.Response] = []
        senders = ["for=192.0.2.1", "for=192.0.2.2"]
        checks = [
            threading.Thread(target=lambda by=by: answers.append(post(client, MANY, Forwarded=by))) for by in senders
        ]
        for check in checks:
            check.start()
        while len(left(published)) < len(checks) and all(check.is_alive() for check in checks):
            assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        same, third = (post(client, GOOD, Forwarded=by) for by in (senders[0], "for=192.0.2.3"))
        text = f"INSERT DATA {{ GRAPH <{CURATED_GRAPH}> {{ sys:gaofen-1 rdfs:comment 'meanwhile'@en }} }}"
        write = client.post("/sparql", data={"update": text}, headers={"Authorization": f"Bearer {token}"})
        assert any(check.is_alive() for check in checks)
        for check in checks:
            check.join()
        assert write.status_code == 204, write.text
        for answer, words in ((same, "of yours"), (third, "all places")):
            assert answer.status_code == 503
            assert words in answer.json()["detail"]
            assert int(answer.headers["retry-after"]) > 0
        for answer in answers:
            assert answer.status_code == 400, answer.text
            assert "expected is" in answer.json()["detail"]
        assert left(published) == []
        assert post(client, GOOD).status_code == 200


def test_a_graph_that_takes_too_much_memory(published: Path, serve: Serve) -> None:
    """400 too, and the folder goes with the process."""
    with serve(published, COORBIT_QUERY_MEMORY_MB="64") as client:
        answer = post(client, MANY)
        assert answer.status_code == 400, answer.text
        assert "memory" in answer.json()["detail"]
    assert left(published) == []


def test_who_leaves_ends_the_check(checker: httpx.Client, published: Path) -> None:
    """Nothing is checked for nobody: the process ends and its folder goes, long before the time limit."""
    body = MANY.encode()
    head = f"POST /validate HTTP/1.1\r\nHost: e\r\nContent-Type: text/turtle\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((checker.base_url.host, checker.base_url.port or 80)) as connection:
        connection.sendall(head.encode() + body)
        while not left(published):
            assert checker.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    deadline = time.monotonic() + READY_LIMIT_S
    while left(published):
        assert time.monotonic() < deadline
        assert checker.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    assert post(checker, GOOD).status_code == 200


def test_many_results_are_counted_and_the_first_are_shown(checker: httpx.Client) -> None:
    """The JSON stays short; the report as RDF has all."""
    graph = OURS + "\n".join(f"sys:cfosat coo:owner actor:nobody-{n} ." for n in range(51))
    report = post(checker, graph).json()
    assert report["total"] > 100
    assert len(report["results"]) == 100
    rdf = post(checker, graph, Accept="application/n-triples").text
    assert rdf.count(f"<{SH}result>") == report["total"]


def test_a_sweep_leaves_folders_that_are_in_use(tmp_path: Path) -> None:
    """What a killed service has left goes at the next start; what a process still holds stays."""
    mine = take(tmp_path, "mine")
    (tmp_path / FOLDER / "left" / "store").mkdir(parents=True)
    sweep(tmp_path)
    assert left(tmp_path) == [mine]


def test_the_description_has_the_route(checker: httpx.Client) -> None:
    """Its bodies, its formats and its errors."""
    described = checker.get("/openapi.json").json()["paths"]["/validate"]
    assert set(described) == {"post"}
    assert "text/turtle" in described["post"]["requestBody"]["content"]
    assert {"200", "400", "404", "406", "413", "415", "503"} <= set(described["post"]["responses"])
