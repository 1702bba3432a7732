"""VoID and DCAT: what they count is what queries count, in the store, as files and over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from committing import NOW
from described import SMALL, described, rows
from rdflib import Graph
from rdflib.compare import isomorphic
from small_homes import publish_quads, read

from graph.errors import FiguresUnreadable
from graph.figures import LINK_PREDICATES, Counted, Figures, Linkset, linksets_of, read_counted
from graph.release import make_release
from graph.releases import dumps_of
from graph.survey import survey
from graph.terms import BASE, COO, CURATED_GRAPH, DESCRIPTION_GRAPH, GRAPHS, PREFIXES, SKOS
from graph.versions import FIGURES
from service.formats import GRAPHS as FORMATS
from service.formats import Format

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from graph.versions import Version

VOID: Final = PREFIXES["void"]
# What VoID tells, and the query over the default graph that counts the same.
_IS_LINK: Final = (
    f'STRSTARTS(STR(?g), "{GRAPHS}links/") && isIRI(?o) && !STRSTARTS(STR(?o), "{BASE}") '
    f"&& ?p IN ({', '.join(f'<{iri}>' for iri in LINK_PREDICATES)})"
)
TOTALS: Final = (
    "void:triples ?t ; void:entities ?e ; void:distinctSubjects ?s ; void:distinctObjects ?o ; void:properties ?p"
)
COUNTS: Final = {
    "totals": (
        f"SELECT ?t ?s ?o ?p {{ ?d {TOTALS} }}",
        """SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?ss) (COUNT(DISTINCT ?o) AS ?oo) (COUNT(DISTINCT ?p) AS ?pp)
        { ?s ?p ?o }""",
    ),
    "entities": (
        "SELECT ?e { ?d void:entities ?e ; void:triples ?t }",
        f'SELECT (COUNT(DISTINCT ?s) AS ?e) {{ ?s ?p ?o FILTER (STRSTARTS(STR(?s), "{BASE}id/")) }}',
    ),
    "number of classes": (
        "SELECT ?c { ?d void:classes ?c }",
        "SELECT (COUNT(DISTINCT ?class) AS ?c) { ?s a ?class FILTER (isIRI(?class)) }",
    ),
    "classes": (
        "SELECT ?c ?n { ?part void:class ?c ; void:entities ?n }",
        "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c FILTER (isIRI(?c)) } GROUP BY ?c",
    ),
    "properties": (
        "SELECT ?p ?n ?s { ?part void:property ?p ; void:triples ?n ; void:distinctSubjects ?s }",
        "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?ss) { ?s ?p ?o } GROUP BY ?p",
    ),
    "linksets": (
        "SELECT ?g ?p ?n { ?l a void:Linkset ; dcterms:source ?g ; void:linkPredicate ?p ; void:triples ?n }",
        f"SELECT ?g ?p (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER ({_IS_LINK}) }} GROUP BY ?g ?p",
    ),
    "graphs": (
        "SELECT ?g ?n { ?part a void:Dataset ; dcterms:identifier ?name ; void:triples ?n BIND (IRI(?name) AS ?g) }",
        f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{DESCRIPTION_GRAPH}>) }} GROUP BY ?g",
    ),
}


def graph_of(turtle: bytes, base: str = "http://e.test/") -> ox.Store:
    """Return a document as a store."""
    store = ox.Store()
    store.load(turtle, format=ox.RdfFormat.TURTLE, base_iri=base)
    return store


@pytest.fixture(scope="module")
def stored(version: Version) -> ox.Store:
    """The store of the packaged dataset."""
    return ox.Store.read_only(str(version.store))


@pytest.fixture(scope="module")
def void(client: httpx.Client) -> ox.Store:
    """What `/void` says of it."""
    return graph_of(client.get("/void").content)


@pytest.mark.parametrize("what", COUNTS)
def test_void_counts_what_queries_count(stored: ox.Store, void: ox.Store, what: str) -> None:
    """Served, each count is the one that SPARQL gives; so it is in the graph of descriptions of the endpoint."""
    told, counting = COUNTS[what]
    expected = rows(stored, counting)
    assert expected
    assert rows(void, told) == expected
    inside = told.replace("{", f"{{ GRAPH <{DESCRIPTION_GRAPH}> {{", 1).removesuffix("}") + "} }"
    assert rows(stored, inside) == expected


def test_each_link_has_its_evidence(stored: ox.Store, void: ox.Store) -> None:
    """The linksets of a target have as many links as there are records of it."""
    told = rows(
        void, "SELECT ?g (SUM(?n) AS ?all) { ?l a void:Linkset ; dcterms:source ?g ; void:triples ?n } GROUP BY ?g"
    )
    assert told == rows(stored, "SELECT ?g (COUNT(?l) AS ?all) { GRAPH ?g { ?l a coo:IdentityLink } } GROUP BY ?g")
    spaces = rows(void, "SELECT ?space { ?l a void:Linkset ; void:objectsTarget/void:uriSpace ?space }")
    assert ('"http://www.wikidata.org/entity/"',) in spaces


def test_linksets_say_where_they_are_downloaded(client: httpx.Client, void: ox.Store) -> None:
    """Each has a file, which is answered; a thing leads back to the description."""
    sets = rows(void, "SELECT ?l { ?l a void:Linkset }")
    dumps = rows(void, "SELECT ?l ?d { ?l a void:Linkset ; void:dataDump ?d }")
    assert {each for each, _ in dumps} == {each for (each,) in sets}
    for address in {dump for _, dump in dumps}:
        assert client.head(address.strip("<>")).status_code == 200
    for accept in ("text/html", "text/turtle"):
        links = client.get("/id/actor/chn", headers={"Accept": accept}).headers["link"]
        assert '</void>; rel="describedby"' in links


def test_examples_and_vocabularies_are_those_in_use(stored: ox.Store, void: ox.Store) -> None:
    """Each example is an entity of the project's own classes, each vocabulary has a term that is used."""
    examples = rows(void, "SELECT ?e { ?d void:exampleResource ?e }")
    assert len(examples) >= 5
    for (example,) in examples:
        assert example.startswith(f"<{BASE}id/")
        assert stored.query(f'ASK {{ {example} a ?c FILTER (STRSTARTS(STR(?c), "{COO}")) }}')
    vocabularies = rows(void, "SELECT ?v { ?d void:vocabulary ?v }")
    assert {(f"<{COO}>",), (f"<{SKOS}>",)} <= vocabularies


def test_dumps_and_endpoint_have_the_address_of_the_service(client: httpx.Client, void: ox.Store) -> None:
    """Whoever got the description gets the data from where it came; each dump is there."""
    site = str(client.base_url).rstrip("/")
    assert rows(void, "SELECT ?e { ?d void:sparqlEndpoint ?e }") == {(f"<{site}/sparql>",)}
    dumps = rows(void, "SELECT ?e { ?d a void:Dataset ; void:dataDump ?e }")
    assert dumps == {(f"<{site}/dumps/coorbit.ttl>",), (f"<{site}/dumps/coorbit.trig>",)}


@pytest.mark.parametrize("path", ["/void", "/dcat"])
@pytest.mark.parametrize("into", FORMATS, ids=lambda each: each.name)
def test_each_format_says_the_same(client: httpx.Client, path: str, into: Format) -> None:
    """By Accept and by `format`, with an ETag that holds, HEAD without a body, and Vary."""
    by_accept = client.get(path, headers={"Accept": into.media_type})
    by_name = client.get(path, params={"format": into.name}, headers={"Accept": "image/png"})
    assert by_accept.headers["content-type"] == into.content_type
    assert (by_accept.content, by_accept.headers["etag"]) == (by_name.content, by_name.headers["etag"])
    assert by_accept.headers["vary"].startswith("Accept, Accept-Encoding")
    turtle = client.get(path).content
    found = {quad.triple for quad in ox.parse(by_accept.content, format=ox.RdfFormat.from_media_type(into.media_type))}
    assert found == {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    again = client.get(path, headers={"Accept": into.media_type, "If-None-Match": by_accept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path, headers={"Accept": into.media_type, "Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(by_accept.content)


@pytest.mark.parametrize("path", ["/void", "/dcat"])
def test_what_nobody_reads_is_not_sent(client: httpx.Client, path: str) -> None:
    """406 with the list of formats."""
    for asked in ({"headers": {"Accept": "image/png"}}, {"params": {"format": "pdf"}}):
        response = client.get(path, **asked)  # type: ignore[arg-type]
        assert response.status_code == 406
        assert "text/turtle" in response.json()["available"]


def test_the_well_known_address_leads_on(client: httpx.Client) -> None:
    """302, with the format."""
    response = client.get("/.well-known/void?format=jsonld")
    assert (response.status_code, response.headers["location"]) == (302, "/void?format=jsonld")
    assert client.head("/.well-known/void").status_code == 302


@pytest.mark.parametrize("path", ["/void", "/dcat"])
def test_another_library_reads_it(client: httpx.Client, path: str) -> None:
    """Turtle and RDF/XML are the same graph to rdflib."""
    turtle = Graph().parse(data=client.get(path).text, format="turtle")
    xml = Graph().parse(data=client.get(path, params={"format": "rdfxml"}).text, format="xml")
    assert len(turtle) > 30
    assert isomorphic(turtle, xml)


def test_front_page_tells_crawlers(client: httpx.Client, version: Version) -> None:
    """The embedded JSON-LD is a schema.org Dataset; its names and addresses are those of the descriptions."""
    page = client.get("/").text
    embedded = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    told = json.loads(embedded)
    site = str(client.base_url).rstrip("/")
    assert (told["@type"], told["@id"], told["url"]) == ("Dataset", f"{BASE}void#dataset", f"{site}/")
    assert told["version"] == str(version.manifest.number)
    assert "creativecommons" in told["license"]
    assert {each["contentUrl"] for each in told["distribution"]} == {
        f"{site}/dumps/coorbit.ttl",
        f"{site}/dumps/coorbit.trig",
    }


@pytest.fixture
def small(tmp_path: Path) -> Version:
    """A small published home without figures of its own."""
    return publish_quads(tmp_path / "home", read(SMALL))


def test_counts_by_graph_follow_and_partitions_name_their_version(small: Version, tmp_path: Path) -> None:
    """After a version that nobody has counted, graphs have its counts, partitions are told of the one before."""
    home = tmp_path / "home"
    assert not rows(described(small, home), "SELECT ?p { ?d void:classPartition ?p }")
    make_release(home, "one", now=NOW)
    counted = described(small, home)
    dataset = f"<{BASE}void#dataset>"
    assert rows(counted, "SELECT DISTINCT ?d { ?d void:classPartition ?p }") == {(dataset,)}
    later = publish_quads(home, read(SMALL.replace("e:p 1 .", "e:p 1 , 2 .")))
    store = described(later, home)
    told = rows(store, "SELECT DISTINCT ?d ?n { ?d void:classPartition ?p ; owl:versionInfo ?n }")
    assert told == {(f"<{BASE}void#version-1>", '"1"')}
    graphs = "SELECT ?n { ?s void:subset ?g . ?g dcterms:identifier ?name ; void:triples ?n }"
    curated = f'"{CURATED_GRAPH}"'
    assert rows(store, graphs.replace("?s ", dataset + " ").replace("?name", curated)) == {(str(ox.Literal(6)),)}
    assert rows(store, f"SELECT ?n {{ {dataset} void:triples ?n }}") == {(str(ox.Literal(later.manifest.triples)),)}
    make_release(home, "two", now=NOW.replace(hour=13))
    again = rows(described(later, home), "SELECT DISTINCT ?d { ?d void:classPartition ?p }")
    assert again == {(dataset,)}
    assert rows(described(small, home), "SELECT DISTINCT ?d { ?d void:classPartition ?p }") == {(dataset,)}


def test_a_plain_dataset_has_names_of_its_own(tmp_path: Path) -> None:
    """It is none of Coorbit: its descriptions name it by where it is served."""
    version = publish_quads(tmp_path / "home", read('<http://e.test/s> <http://e.test/p> "x" .'), kind="plain")
    store = described(version, tmp_path / "home")
    assert not [
        quad for quad in store if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(BASE)
    ]
    assert rows(store, "SELECT ?n { ?d void:triples ?n }") == {(str(ox.Literal(1)),)}


def test_links_lead_from_entities_to_other_datasets(small: Version, tmp_path: Path) -> None:
    """A link to a thing of our own, a literal, another property and a record of evidence are none."""
    store = ox.Store.read_only(str(small.store))
    found = survey(store, small.manifest.graphs, number=1, scratch=tmp_path)
    expected = [
        Linkset(target="one", predicate=SKOS + "closeMatch", triples=1, uri_space="http://one.test/x/"),
        Linkset(target="one", predicate=SKOS + "exactMatch", triples=2, uri_space="http://one.test/x/"),
    ]
    assert found.linksets == expected
    make_release(tmp_path / "home", "one", now=NOW)
    assert read_counted(dumps_of(tmp_path / "home", "one") / FIGURES) == found
    assert found.figures.examples == {COO + "Actor": f"{BASE}id/actor/a", "http://e.test/C": f"{BASE}id/actor/a"}
    lines = [f"<{BASE}id/a> <{SKOS}exactMatch> <urn:{name}> .\n".encode() for name in ("a:1", "b:2")]
    assert [each.uri_space for each in linksets_of(GRAPHS + "links/two", lines)] == [""]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1, "figures": {}, "linksets": [], "graphs": {}}'])
def test_damaged_figures_are_left_out(small: Version, tmp_path: Path, text: str) -> None:
    """The description goes on without what was counted."""
    path = small.directory / FIGURES
    path.write_text(text)
    with pytest.raises(FiguresUnreadable, match="coorbit release"):
        read_counted(path)
    assert rows(described(small, tmp_path / "home"), "SELECT ?n { ?d dcat:version ?n ; void:triples ?t }")


def test_figures_come_back_as_they_were(tmp_path: Path) -> None:
    """Written and read, nothing is lost."""
    figures = Figures(
        triples=3,
        subjects=2,
        objects=1,
        entities=1,
        properties={"urn:p": 3},
        property_subjects={"urn:p": 2},
        classes={"urn:c": 1},
        examples={"urn:c": "urn:s"},
    )
    links = [Linkset(target="ü", predicate="urn:p", triples=1, uri_space="")]
    counted = Counted(version=7, figures=figures, linksets=links, graphs={"urn:g": 3})
    (tmp_path / FIGURES).write_text(counted.json(), encoding="utf-8")
    assert read_counted(tmp_path / FIGURES) == counted
