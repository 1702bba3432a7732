"""Graphs at `/store`, as a client sees them: read, replaced, added to and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service.formats import GRAPHS, Format

if TYPE_CHECKING:
    import httpx

TURTLE = {"Content-Type": "text/turtle"}
NTRIPLES = {"Accept": "application/n-triples"}
ONE = "<http://e.test/s> <http://e.test/p> 1 ."
# Nine entities of nine references each: a few hundred bytes that stand for a gigabyte.
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.test/">'
    '<rdf:Description rdf:about="http://e.test/s"><e:p>&a8;</e:p></rdf:Description></rdf:RDF>'
)

RDF_XML = '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'


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
    refused = plain.post("/store", params=named("form"), files=unknown)
    assert refused.status_code == 400
    assert "part 1 (one.csv) is of type text/csv" in refused.json()["detail"]


def test_a_fault_in_a_form_names_the_file(plain: httpx.Client) -> None:
    """Which of several documents, and where in it."""
    broken = "<http://e.test/s> <http://e.test/p> 1 .\nnot Turtle"
    files = {"one": ("one.ttl", broken[:40], "text/turtle"), "two": ("two.ttl", broken, "text/turtle")}
    refused = plain.post("/store", params=named("form"), files=files)
    assert refused.status_code == 400
    assert (refused.json()["part"], refused.json()["line"]) == ("part 2 (two.ttl)", 2)
    assert "part 2 (two.ttl) line 2" in refused.json()["detail"]


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


def test_a_write_can_be_for_a_new_graph(plain: httpx.Client) -> None:
    """If-None-Match: * is 412 where the graph is there, which stays as it is (RFC 9110, 13.1.2); a tag there is 400."""
    where, new = named("new"), TURTLE | {"If-None-Match": "*"}
    assert plain.put("/store", params=where, content=ONE, headers=new).status_code == 201
    for method in ("PUT", "POST", "DELETE"):
        refused = plain.request(method, "/store", params=where, content=ONE.replace("1", "2"), headers=new)
        assert refused.status_code == 412, method
    assert plain.put("/store?default", content=ONE, headers=new).status_code == 412
    (only,) = triples(plain.get("/store", params=where, headers=NTRIPLES))
    assert '"1"' in only
    tag = TURTLE | {"If-None-Match": '"1"'}
    assert plain.put("/store", params=where, content=ONE, headers=tag).status_code == 400
    both = new | {"If-Match": "*"}
    assert plain.put("/store", params=where, content=ONE, headers=both).status_code == 400


def test_a_write_can_be_for_a_graph_that_is_there(plain: httpx.Client) -> None:
    """If-Match: * is 412 where there is no such graph, and none is made (RFC 9110, 13.1.1)."""
    where, there = named("there"), TURTLE | {"If-Match": "*"}
    for method in ("PUT", "POST", "DELETE"):
        assert plain.request(method, "/store", params=where, content=ONE, headers=there).status_code == 412, method
    assert plain.get("/store", params=where).status_code == 404
    plain.put("/store", params=where, content=ONE, headers=TURTLE)
    assert plain.put("/store", params=where, content=ONE.replace("1", "2"), headers=there).status_code == 204


def test_a_dry_run_makes_no_graph(plain: httpx.Client) -> None:
    """200 and not 201, with a header that says so and no address; 204 for a graph that is there, which stays."""
    where, dry = named("dry"), {"dry-run": "true"}
    for method, parameters in (("PUT", where), ("POST", where), ("POST", {})):
        answer = plain.request(method, "/store", params=parameters | dry, content=ONE, headers=TURTLE)
        assert (answer.status_code, answer.headers["coorbit-dry-run"]) == (200, "true"), method
        assert "location" not in answer.headers
    assert plain.get("/store", params=where).status_code == 404
    made = plain.put("/store", params=where, content=ONE, headers=TURTLE)
    assert (made.status_code, made.headers.get("coorbit-dry-run")) == (201, None)
    dropped = plain.delete("/store", params=where | dry)
    assert (dropped.status_code, dropped.headers["coorbit-dry-run"]) == (204, "true")
    assert plain.head("/store", params=where).status_code == 200
    paths = plain.get("/openapi.json").json()["paths"]
    for path, method in (("/store", "put"), ("/store", "patch"), ("/store", "delete"), ("/sparql", "post")):
        assert "dry-run" in {each["name"] for each in paths[path][method]["parameters"]}


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


def test_a_path_tells_its_methods(plain: httpx.Client) -> None:
    """OPTIONS is 204 and 405 a problem, both with the methods of all routes of the path (RFC 9110, 10.2.1)."""
    for path, methods in (
        ("/store", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/store/a", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    ):
        asked, refused = plain.options(path), plain.request("TRACE", path)
        assert (asked.status_code, asked.headers["allow"], asked.content) == (204, methods, b"")
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        assert asked.headers.get("accept-patch") == ("application/rdf-patch" if path == "/store" else None)


@pytest.mark.parametrize(
    ("media_type", "body", "column"),
    [
        pytest.param("text/turtle", f"{ONE}\n<http://e.test/s> nonsense 1 .", 19, id="turtle"),
        pytest.param("application/n-triples", "\n<http://e.test/s> nonsense <http://e.test/o> .", 19, id="ntriples"),
        pytest.param("application/n-quads", "\n<http://e.test/s> nonsense <http://e.test/o> .", 19, id="nquads"),
        pytest.param("application/trig", f"{ONE}\n<http://e.test/s> nonsense 1 .", 19, id="trig"),
        pytest.param("application/ld+json", '{\n"@id": }', 8, id="jsonld"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n<rdf:Description></rdf:Desc></rdf:RDF>", 20, id="rdfxml"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n<x:Thing/></rdf:RDF>", 1, id="rdfxml prefix"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n<rdf:Description/>", 19, id="rdfxml cut off"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n <rdf:li/>\n</rdf:RDF>", 2, id="rdfxml no rdf"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n <rdf:li/>\n</rdf:Desc>", 2, id="rdfxml two faults"),
        pytest.param("application/rdf+xml", f"{RDF_XML}\n  text</rdf:RDF>", 3, id="rdfxml text"),
        pytest.param("application/rdf+xml", "<a>\n <!DOCTYPE a></a>", 2, id="rdfxml document type"),
        pytest.param("application/ld+json", '{\n"@id": {"@value": 1}}', 21, id="jsonld no rdf"),
        pytest.param("application/trig", "\n<http://e.test/g> { <a> a <b> }", 29, id="trig named graph"),
    ],
)
def test_broken_rdf_has_a_place(plain: httpx.Client, media_type: str, body: str, column: int) -> None:
    """400 with line and column of the fault, in each format."""
    refused = plain.put("/store?default", content=body, headers={"Content-Type": media_type})
    assert refused.status_code == 400, refused.text
    assert (refused.json()["line"], refused.json()["column"]) == (2, column), refused.text


def test_rdf_xml_that_is_no_rdf_is_told(plain: httpx.Client) -> None:
    """Where the document is XML, what is at fault is named, and where it stands, after however much that is good."""
    good = "".join(f'<rdf:Description rdf:about="http://e.test/{number}"/>\n' for number in range(2000))
    body = f"{RDF_XML}\n{good}<rdf:Description>\n <rdf:\u00e9 rdf:li=''/></rdf:Description></rdf:RDF>"
    refused = plain.put("/store?default", content=body, headers={"Content-Type": "application/rdf+xml"})
    assert refused.status_code == 400
    assert "rdf-syntax-ns#li" in refused.json()["detail"]
    assert (refused.json()["line"], refused.json()["column"]) == (2003, 2)


@pytest.mark.parametrize("context", ['"http://e.test/"', '{"@import": "http://e.test/"}'])
def test_a_context_elsewhere_is_not_fetched(plain: httpx.Client, context: str) -> None:
    """The answer says what to do, in words of the service."""
    body = f'{{"@context": {context}, "@id": "http://e.test/s"}}'
    refused = plain.put("/store?default", content=body, headers={"Content-Type": "application/ld+json"})
    assert refused.status_code == 400
    assert "contexts are not fetched" in refused.json()["detail"]
    assert "Callback" not in refused.text


def test_a_format_that_is_not_there_is_406(plain: httpx.Client) -> None:
    """The formats that there are come in the problem."""
    refused = plain.get("/store?default", headers={"Accept": "text/csv"})
    assert refused.status_code == 406
    assert "text/turtle" in refused.json()["available"]
