"""The service description: RDF that says what is so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic

from graph.manifests import Kind, Manifest
from graph.terms import CURATED_GRAPH, DERIVED_GRAPH, PREFIXES, SHAPES_GRAPH
from graph.versions import Version
from service.description import Offer, describe
from service.formats import GRAPHS, SOLUTIONS, TURTLE, Format
from service.limits import limits
from service.settings import Settings

if TYPE_CHECKING:
    import httpx
    from conftest import Serve

ENDPOINT: Final = "http://example.org/kg/sparql"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
QUESTION_PREFIXES: Final = {
    "sd": SD,
    "void": "http://rdfs.org/ns/void#",
    "ent": "http://www.w3.org/ns/entailment/",
    "rdfs": PREFIXES["rdfs"],
    "schema": PREFIXES["schema"],
}
GRAPH_NAMES: Final = st.from_regex(
    r"https?://[a-z]{1,5}(/([a-zA-Z0-9._~()'é-]|%2F){0,8}){0,3}(\?q=[a-z]*)?(#[a-z]*)?", fullmatch=True
)
PUBLISHED: Final = {CURATED_GRAPH: 3, DERIVED_GRAPH: 2}

# SPARQL 1.1 Service Description, section 3, as far as a description may use it.
TERMS: Final = {
    *("Service", "Dataset", "Graph", "NamedGraph", "GraphCollection"),
    *("endpoint", "feature", "supportedLanguage", "resultFormat", "inputFormat", "defaultEntailmentRegime"),
    *("defaultDataset", "availableGraphs", "defaultGraph", "namedGraph", "name", "graph", "entailmentRegime"),
    *("SPARQL11Query", "SPARQL11Update", "UnionDefaultGraph", "BasicFederatedQuery"),
}


def manifest(graphs: dict[str, int], *, kind: Kind = "published") -> Manifest:
    """Make the manifest of a version that is not on disk."""
    return Manifest(
        number=7,
        parent=None,
        created="2026-11-23T08:00:00+00:00",
        author="tests",
        message="",
        packaged=True,
        software="0",
        engine="0",
        triples=5,
        graphs=graphs,
        digest="",
        files=[],
        kind=kind,
    )


def described(
    about: Manifest, offer: Offer | None = None, *, into: Format = TURTLE, options: Settings | None = None
) -> ox.Store:
    """Describe a version and read the description back."""
    text = describe(
        Version(directory=Path("7"), manifest=about),
        options or Settings(),
        offer=offer or Offer(endpoint_iri=ENDPOINT),
        into=into,
    )
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.from_media_type(into.media_type))
    return store


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a SELECT in order, as text."""
    solutions = store.query(query, prefixes=QUESTION_PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(tuple(getattr(term, "value", "") for term in row) for row in solutions)


@pytest.mark.parametrize("into", GRAPHS, ids=lambda each: each.name)
def test_each_format_says_the_same(into: Format) -> None:
    """Every RDF format of the service carries the same statements."""
    about = manifest({**PUBLISHED, SHAPES_GRAPH: 1})
    assert {*described(about, into=into)} == {*described(about)}


def test_turtle_has_prefixes_and_each_subject_once() -> None:
    """Turtle is for reading: prefixed names, and one block for each subject."""
    version = Version(directory=Path("7"), manifest=manifest(PUBLISHED))
    text = describe(version, Settings(), offer=Offer(endpoint_iri=ENDPOINT), into=TURTLE).decode()
    subjects = [line.split()[0] for line in text.splitlines() if line.startswith(("<", "graph:"))]
    assert "@prefix sd: " in text
    assert len(subjects) == len(set(subjects))


def test_the_service_has_its_endpoint() -> None:
    """There is one sd:Service, and its sd:endpoint is the address by which it was asked."""
    found = rows(described(manifest(PUBLISHED)), "SELECT ?endpoint { ?service a sd:Service ; sd:endpoint ?endpoint }")
    assert found == [(ENDPOINT,)]


@pytest.mark.parametrize("kind", ["published", "plain"])
def test_no_term_is_made_up(kind: Kind) -> None:
    """Each name in the standard's namespace stands in the standard."""
    offer = Offer(endpoint_iri=ENDPOINT, updates=True, federation=True)
    used = {
        term.value.removeprefix(SD)
        for quad in described(manifest(PUBLISHED, kind=kind), offer)
        for term in (quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(SD)
    }
    assert used <= TERMS


def test_formats_are_those_that_are_served() -> None:
    """Result formats come from the one table; W3C's list has a name for each."""
    found = rows(described(manifest(PUBLISHED)), "SELECT ?format { ?service sd:resultFormat ?format }")
    assert [row[0] for row in found] == sorted(each.iri for each in (*SOLUTIONS, *GRAPHS))
    assert all(each.iri.startswith("http://www.w3.org/ns/formats/") for each in (*SOLUTIONS, *GRAPHS))


@pytest.mark.parametrize(
    ("offer", "languages", "features"),
    [
        pytest.param(Offer(endpoint_iri=ENDPOINT), ["SPARQL11Query"], [], id="read only"),
        pytest.param(
            Offer(endpoint_iri=ENDPOINT, updates=True), ["SPARQL11Query", "SPARQL11Update"], [], id="with updates"
        ),
        pytest.param(
            Offer(endpoint_iri=ENDPOINT, federation=True), ["SPARQL11Query"], ["BasicFederatedQuery"], id="with SERVICE"
        ),
    ],
)
def test_only_what_is_on_is_told(offer: Offer, languages: list[str], features: list[str]) -> None:
    """Update and input formats are told where updates are taken, federation where SERVICE is allowed."""
    store = described(manifest(PUBLISHED, kind="plain"), offer)
    assert rows(store, "SELECT ?language { ?service sd:supportedLanguage ?language }") == [
        (SD + name,) for name in languages
    ]
    assert rows(store, "SELECT ?feature { ?service sd:feature ?feature }") == [(SD + name,) for name in features]
    assert bool(rows(store, "SELECT ?format { ?service sd:inputFormat ?format }")) == offer.updates


@pytest.mark.parametrize(
    ("about", "union"),
    [
        pytest.param(manifest(PUBLISHED), True, id="published, nothing left out"),
        pytest.param(manifest({**PUBLISHED, SHAPES_GRAPH: 1}), False, id="published, shapes left out"),
        pytest.param(manifest(PUBLISHED, kind="plain"), False, id="plain"),
    ],
)
def test_the_union_is_told_where_it_is_one(about: Manifest, *, union: bool) -> None:
    """sd:UnionDefaultGraph means all named graphs; where some are left out, words say which."""
    store = described(about)
    assert bool(store.query("ASK { ?service sd:feature sd:UnionDefaultGraph }", prefixes=QUESTION_PREFIXES)) == union
    told = rows(store, "SELECT ?words { ?dataset sd:defaultGraph/rdfs:comment ?words }")
    assert any(SHAPES_GRAPH in words for (words,) in told) == (SHAPES_GRAPH in about.graphs)


@given(st.sets(GRAPH_NAMES, max_size=5))
@settings(deadline=None)
def test_each_graph_has_its_name_and_count(names: set[str]) -> None:
    """Whatever a graph is called, it is described once, under its name, with its count."""
    graphs = {name: number for number, name in enumerate(sorted(names))}
    store = described(manifest(graphs, kind="plain"))
    found = rows(
        store,
        """SELECT ?name ?count {
          ?service sd:defaultDataset ?dataset ; sd:availableGraphs ?dataset .
          ?dataset sd:namedGraph ?entry .
          ?entry a sd:NamedGraph ; sd:name ?name ; sd:graph/void:triples ?count .
        }""",
    )
    assert found == sorted((name, str(count)) for name, count in graphs.items())


def test_derived_statements_are_told_apart() -> None:
    """Queries match by simple entailment everywhere; what rules wrote down is told, rule by rule, on their graph."""
    store = described(manifest(PUBLISHED))
    regimes = rows(
        store,
        """SELECT ?node ?regime {
          { ?node sd:defaultEntailmentRegime ?regime } UNION { ?entry sd:entailmentRegime ?regime ; sd:name ?node }
        }""",
    )
    simple = QUESTION_PREFIXES["ent"] + "Simple"
    assert regimes == [(f"{ENDPOINT}#service", simple), (DERIVED_GRAPH, simple)]
    told = rows(store, f"SELECT ?words {{ ?entry sd:name <{DERIVED_GRAPH}> ; sd:graph/rdfs:comment ?words }}")
    assert any(words.startswith("type: ") for (words,) in told)
    plain = described(manifest(PUBLISHED, kind="plain"))
    assert rows(plain, "SELECT ?regime { ?entry sd:entailmentRegime ?regime }") == []


def test_limits_are_told_as_they_are_set() -> None:
    """Each limit of the table is there with its value, unit and status, numbers without an exponent."""
    options = Settings(query_timeout_s=1.5, merge_quads=12_345_678)
    found = rows(
        described(manifest(PUBLISHED), options=options),
        """SELECT ?setting ?value ?unit ?fate {
          ?service a sd:Service ; schema:additionalProperty ?limit .
          ?limit a schema:PropertyValue ; schema:propertyID ?setting ; schema:maxValue ?value ; schema:unitText ?unit ;
            rdfs:comment ?fate .
        }""",
    )
    told = {setting: (value, unit, fate) for setting, value, unit, fate in found}
    assert told.keys() == {each.setting for each in limits(options)}
    assert told["COORBIT_QUERY_TIMEOUT_S"][:2] == ("1.5", "seconds")
    assert told["COORBIT_MERGE_QUADS"][0] == "12345678"
    assert told["COORBIT_QUERY_TIMEOUT_S"][2].startswith("504 ")


def test_counts_are_those_of_the_store(version: Version) -> None:
    """The description of the packaged dataset counts what a query counts."""
    store = ox.Store.read_only(str(version.store))
    counted = rows(store, "SELECT ?name (COUNT(*) AS ?count) { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name")
    about = described(version.manifest)
    assert rows(about, "SELECT ?name ?count { ?entry sd:name ?name ; sd:graph/void:triples ?count }") == counted
    merged = rows(store, "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }")
    assert rows(about, "SELECT ?count { ?dataset sd:defaultGraph/void:triples ?count }") == merged


def test_another_library_reads_it(version: Version) -> None:
    """The library rdflib reads the same graph from Turtle and from RDF/XML."""
    graphs = [
        Graph().parse(data=describe(version, Settings(), offer=Offer(endpoint_iri=ENDPOINT), into=into), format=name)
        for into, name in ((GRAPHS[0], "turtle"), (GRAPHS[2], "xml"))
    ]
    assert isomorphic(*graphs)


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
@pytest.mark.parametrize("into", GRAPHS, ids=lambda each: each.name)
def test_the_endpoint_describes_itself(client: httpx.Client, path: str, into: Format) -> None:
    """GET without a query gives the description in each format, with the address that was asked."""
    response = client.get(path, headers={"Accept": into.media_type})
    assert response.status_code == 200
    assert response.headers["content-type"] == into.content_type
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.from_media_type(into.media_type))
    assert rows(store, "SELECT ?endpoint { ?service a sd:Service ; sd:endpoint ?endpoint }") == [(str(response.url),)]


def test_the_endpoint_has_its_public_address(home: Path, serve: Serve) -> None:
    """Behind a proxy the description names the address that clients use."""
    with serve(home, COORBIT_TRUSTED_HOSTS="127.0.0.1") as client:
        forwarded = {"Forwarded": "for=192.0.2.1;host=example.org;proto=https", "Accept": "text/turtle"}
        assert "sd:endpoint <https://example.org/sparql>" in client.get("/sparql", headers=forwarded).text
        odd = client.get("/sparql", headers={"Host": "a b", "Accept": "text/turtle"})
        assert odd.status_code == 400
        assert "such as example.org" in odd.json()["detail"]
