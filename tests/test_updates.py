"""Updates made fit for the engine: nothing fetched, the request's graphs as dataset."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.query_errors import QueryRefused
from graph.request_errors import BadRequest
from service.queries import prepare_update, tokens
from service.segments import segments

CALLED = "http://127.0.0.1:1/"  # the engine refuses this port itself: that it tried is an OSError


def prepared(update: str, *, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> str:
    """Return an update with the datasets given."""
    return prepare_update(update, using_default=default, using_named=named)


@pytest.mark.parametrize(
    "update",
    [
        pytest.param("LOAD <http://e.test/>", id="plain"),
        pytest.param("load<http://e.test/>into graph<urn:g>", id="glued"),
        pytest.param("PREFIX e: <http://e.test/> LOADe:x", id="glued to a prefix"),
        pytest.param("INSERT DATA { <urn:a> <urn:b> ';' } ; # LOAD\n LOAD <http://e.test/>", id="second"),
        pytest.param("LOAD SILENT <http://e.test/> ; LOAD <http://e.test/>", id="behind a silent one"),
        pytest.param("CLEAR ALL ; PREFIX e: <http://e.test/> LOAD e:x", id="behind a prologue of its own"),
        pytest.param("CLEAR ALL ; BASE <http://e.test/>LOADSILENT<x>INTO<y>", id="not SPARQL behind a prologue"),
        pytest.param(r"\u004COAD <http://e.test/>", id="escaped"),
        pytest.param("LOAD SILENT <http://e.test/> INTO <urn:g>", id="silent, not SPARQL"),
        pytest.param("LOAD", id="no address"),
    ],
)
def test_loading_is_refused(update: str) -> None:
    """A LOAD that may not fail is refused wherever it stands."""
    with pytest.raises(QueryRefused, match="LOAD is not offered"):
        prepared(update)


@pytest.mark.parametrize(
    "update",
    [
        pytest.param("LOAD SILENT <http://127.0.0.1:1/>", id="plain"),
        pytest.param("LOADSILENT<http://127.0.0.1:1/>", id="glued"),
        pytest.param("load\n silent # it fails\n<http://127.0.0.1:1/>\nINTO GRAPH <urn:g>", id="lines"),
        pytest.param("PREFIX e: <http://127.0.0.1:1/> LOAD SILENTe:x INTO GRAPH e:g", id="prefixed"),
    ],
)
def test_silent_loading_does_nothing(update: str) -> None:
    """LOAD SILENT succeeds without a call, and what follows keeps its place."""
    text = f"{update} ; INSERT DATA {{ <urn:a> <urn:b> 1 }} ;\nINSERT DATA {{ <urn:a> <urn:b> 2 }}"
    changed = prepared(text)
    store = ox.Store()
    store.update(changed)
    assert len(store) == 2
    places = {(token.line, token.column) for token in tokens(text) if token.text in {"<urn:b>", "1", "2"}}
    assert places == {(token.line, token.column) for token in tokens(changed) if token.text in {"<urn:b>", "1", "2"}}


@pytest.mark.parametrize(
    "update",
    [
        pytest.param("INSERT DATA { <urn:LOAD> <urn:b> 'LOAD <x> ; LOAD', 'SERVICE' }", id="in terms"),
        pytest.param("PREFIX load: <urn:> INSERT DATA { load:LOAD load:b 1 } # ; LOAD <x>", id="in a name, comment"),
        pytest.param("DELETE { ?service ?p ?o } WHERE { ?service ?p ?o ; ?load 1 }", id="variables"),
        pytest.param("CLEAR ALL", id="no word"),
        pytest.param("not SPARQL at all", id="no update"),
    ],
)
def test_other_updates_are_left_alone(update: str) -> None:
    """What neither loads nor names a dataset goes to the engine as it came."""
    assert prepared(update) == update


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_an_update_calls_nobody(silent: str) -> None:
    """SERVICE in the WHERE of an update is refused, silent or not."""
    with pytest.raises(QueryRefused, match="SERVICE is not offered in updates"):
        prepared(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {silent}<http://e.test/> {{ ?s ?p ?o }} }}")


PIECES = [
    "INSERT DATA { <urn:a> <urn:b> 1 }",
    "CLEAR ALL",
    ";",
    "{",
    "}",
    "'",
    '"',
    "'''",
    "#",
    "\n",
    "#'\n",
    "#>\n",
    "c:x",
]
PIECES += [
    "DELETE WHERE { ?s ?p ?o }",
    "INSERT { ?s ?p 2 } WHERE {",
    "?s ?p ?o ",
    "FILTER(?o<a:b)",
    "#'''\n",
    "SILENT",
    "c:",
]
PIECES += [
    r"# \q'''",
    "INSERT {} WHERE {",
    "FILTER(?s<a:b)#> '''\n",
    "''",
    "<urn:x>",
    "OPTIONAL {",
    "DROP ALL",
    "<<a:b#> '''\n",
]
LOADS = [f"LOAD <{CALLED}>", f"LOAD<{CALLED}>", "LOADk:x", f"load #'\n<{CALLED}> INTO GRAPH <urn:g>", "LOAD k:"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *LOADS]), max_size=8), st.sampled_from(LOADS))
@example(["INSERT { ?s ?p 2 } WHERE {", "FILTER(?s<a:b)#> '''\n", "}", ";"], LOADS[0])
@example(["INSERT { ?s ?p 2 } WHERE {", "FILTER(?s<a:b)#> '''\n", "} ;"], "LOADk:x\n#'''\n")
def test_no_text_makes_the_engine_load(pieces: list[str], load: str) -> None:
    """Whatever stands around LOAD, an update that is let through makes the engine open no connection."""
    text = f"PREFIX c: <urn:c> PREFIX a: <urn:a> PREFIX k: <{CALLED}> {' '.join(pieces)} {load}"
    store = ox.Store()
    store.update("INSERT DATA { <urn:s> <urn:p> 3 }")
    with contextlib.suppress(QueryRefused, SyntaxError):
        store.update(prepared(text))


def test_the_engine_would_load() -> None:
    """The test above can fail: the engine does load."""
    with pytest.raises((OSError, RuntimeError)):
        ox.Store().update(f"CLEAR ALL;LOAD<{CALLED}>")


GRAPHS = (
    "INSERT DATA { <urn:s> <urn:p> 0 . GRAPH <urn:1> { <urn:s> <urn:p> 1 } GRAPH <urn:2> { <urn:s> <urn:p> 1, 2 } }"
)


@pytest.mark.parametrize(
    ("update", "default", "named", "expected"),
    [
        pytest.param("INSERT { <urn:r> <urn:p> ?o } WHERE { ?s ?p ?o }", ("urn:1",), (), {"1"}, id="one"),
        pytest.param("INSERT{<urn:r><urn:p>?o}WHERE{?s?p?o}", ("urn:1", "urn:2"), (), {"1", "2"}, id="two, glued"),
        pytest.param(
            "INSERT { <urn:r> <urn:p> ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", (), ("urn:2",), {"1", "2"}, id="named"
        ),
        pytest.param("INSERT { <urn:r> <urn:p> ?o } WHERE { ?s ?p ?o }", (), ("urn:2",), set(), id="named alone"),
        pytest.param(
            "DELETE { <urn:s> ?p 0 } INSERT { <urn:r> <urn:p> ?o } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s <urn:p> 2 }",
            ("urn:2",),
            (),
            {"1", "2"},
            id="two operations",
        ),
        pytest.param("INSERT DATA { <urn:r> <urn:p> 7 } ; CREATE GRAPH <urn:7>", ("urn:2",), (), {"7"}, id="no WHERE"),
    ],
)
def test_graphs_of_the_request_are_asked(
    update: str, default: tuple[str, ...], named: tuple[str, ...], expected: set[str]
) -> None:
    """Each operation with a WHERE asks the graphs that the request names, and others are as they were."""
    store = ox.Store()
    store.update(GRAPHS)
    store.update(prepared(update, default=default, named=named))
    found = store.quads_for_pattern(ox.NamedNode("urn:r"), None, None, ox.DefaultGraph())
    assert {quad.object.value for quad in found if isinstance(quad.object, ox.Literal)} == expected


def test_each_prologue_keeps_its_operations() -> None:
    """The dataset of a request is that of each WHERE, whatever is declared before it."""
    update = (
        "CLEAR ALL ; PREFIX e: <urn:> DELETE { e:s ?p ?o } WHERE { ?s ?p ?o } ; BASE <urn:> DELETE WHERE { ?s ?p 1 }"
    )
    changed = prepared(update, default=("urn:g",))
    assert changed.count("USING <urn:g>") == 2
    assert [each.text[:6] for each in segments(changed, base_iri="", prefixes={})] == ["CLEAR ", "PREFIX", "BASE <"]


def test_the_short_form_of_deletion_gets_its_dataset() -> None:
    """DELETE WHERE has no place for USING; it deletes from the default graph what the named graph matches."""
    store = ox.Store()
    store.update(GRAPHS)
    update = "DELETE # a\nWHERE { # b\n ?s ?p ?o . # '}\n FILTER NOT EXISTS {} }"
    assert prepared(update, default=("urn:1",)).count("\n") == update.count("\n")
    store.update("INSERT DATA { <urn:s> <urn:p> 1 }")
    store.update(prepared("DELETE # a\nWHERE { # b\n ?s ?p ?o # '}\n }", default=("urn:1",)))
    left = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert {quad.object.value for quad in left if isinstance(quad.object, ox.Literal)} == {"0"}


@pytest.mark.parametrize(
    "update",
    [
        pytest.param("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", id="with"),
        pytest.param("DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }", id="using"),
        pytest.param("DELETE { ?s ?p ?o }USINGNAMED<urn:g>WHERE { ?s ?p ?o }", id="using named, glued"),
        pytest.param("PREFIX e: <urn:> INSERT { ?s ?p ?o }USINGe:g WHERE { ?s ?p ?o }", id="glued to a prefix"),
        pytest.param("CLEAR ALL ; WITH<urn:g>INSERT{}WHERE{}", id="second operation"),
    ],
)
def test_two_datasets_are_one_too_many(update: str) -> None:
    """Graphs in the request and in the text are an error (SPARQL 1.1 Protocol, 2.2.3)."""
    with pytest.raises(BadRequest, match="USING or WITH"):
        prepared(update, default=("urn:1",))
    assert prepared(update) == update


@pytest.mark.parametrize("graph", ["relative", "", "urn:a> WHERE {} ; CLEAR ALL #", "http://e.test/a b", "urn:\n"])
def test_a_graph_is_an_iri(graph: str) -> None:
    """What is no absolute IRI never gets into the text."""
    with pytest.raises(BadRequest, match="absolute IRI"):
        prepared("INSERT {} WHERE {}", named=(graph,))
