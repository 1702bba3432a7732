"""What an update can touch, by its text: never less than it does touch."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from committing import G, P, S
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.changes import Delta, graph_key
from graph.comparison import compare
from graph.digest import set_digest
from graph.query_errors import QuerySyntaxError
from service.targets import targets
from service.updating import run_update

BASE = "http://e.test/"
CONTENTS = [
    ox.Quad(S, P, ox.Literal(number), graph)
    for number in range(3)
    for graph in (ox.DefaultGraph(), G, ox.NamedNode("http://e.test/h"))
]


def holding() -> ox.Store:
    """Return a store of three graphs."""
    store = ox.Store()
    store.extend(CONTENTS)
    return store


def names(update: str) -> set[str] | None:
    """Return the graphs that an update can touch, the default graph as an empty name."""
    graphs = targets(f"PREFIX e: <{BASE}> {update}", base=BASE).graphs
    return None if graphs is None else {graph_key(graph).removeprefix(BASE) for graph in graphs}


@pytest.mark.parametrize(
    ("update", "graphs"),
    [
        pytest.param("INSERT DATA { e:s e:p 'GRAPH' }", {""}, id="data"),
        pytest.param(
            "DELETE DATA { GRAPH e:g { e:s a 1 ; e:p true } GRAPH <h> { } }", {"", "g", "h"}, id="data of graphs"
        ),
        pytest.param("DELETE { ?s ?p ?o } WHERE { GRAPH e:g { ?s ?p ?o } }", {""}, id="delete"),
        pytest.param("WITH <g> DELETE { ?s ?p ?o } INSERT { ?s ?p [ e:p 1 ] } WHERE { ?s ?p ?o }", {"g"}, id="with"),
        pytest.param("INSERT { GRAPH <g> { ?s ?p ?o } } USING NAMED e:h WHERE { ?s ?p ?o }", {"", "g"}, id="insert"),
        pytest.param("DELETE WHERE { GRAPH e:g { ?s ?p ?o } }", {"", "g"}, id="short form"),
        pytest.param("CLEAR GRAPH e:g ; DROP SILENT DEFAULT ; CREATE GRAPH e:h", {"", "g", "h"}, id="management"),
        pytest.param("COPY e:g TO GRAPH e:h ; ADD DEFAULT TO e:h", {"h"}, id="copy"),
        pytest.param("MOVE e:g TO DEFAULT", {"", "g"}, id="move"),
        pytest.param("", set(), id="nothing"),
        pytest.param("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None, id="variable"),
        pytest.param("CLEAR ALL", None, id="all"),
        pytest.param("DROP NAMED", None, id="named"),
        pytest.param(
            "CLEAR DEFAULT ; PREFIX e: <http://f.test/> INSERT DATA { e:s e:p 1 }", None, id="second prologue"
        ),
        pytest.param("INSERT DATA { e:s e:p trueGRAPH e:g { e:s e:p 1 } }", None, id="glued to a word"),
        pytest.param("INSERT DATA { e:s e:p e:a.b.GRAPH e:g { e:s e:p 1 } }", None, id="glued to a name"),
        pytest.param("INSERT DATA { GRAPHe:g { e:s e:p 1 } }", None, id="glued to a prefix"),
        pytest.param("INSERT { ?s ?p ?o } WHERE { FILTER(?o<a:b)#> '\n }", None, id="two readings"),
    ],
)
def test_the_graphs_of_an_update(update: str, graphs: set[str] | None) -> None:
    """Constant graphs of the templates; all where the text leaves a doubt."""
    assert names(update) == graphs


TRIPLES = st.sampled_from(
    [
        "?s ?p ?o",
        "e:s e:p 1",
        "e:s <p> true",
        "<s>e:p 9",
        "e:s e:p e:o.x.y",
        "e:s a 'x'@en",
        "e:s <p> _:b",
        "e:s e:p [ e:p 1 ]",
        "e:s e:p '} GRAPH <n> {'",
        "e:s e:p 1 ; e:p 2, 3",
    ]
)
OPENED = st.sampled_from(["GRAPH <g> {", "GRAPH e:n{", "GRAPHe:h{", "graph<g>{", "GRAPH ?g {", "#}\nGRAPH ?p {"])
GROUPS = st.lists(
    st.builds("{} . ".format, TRIPLES) | TRIPLES | st.builds("{}{}}} ".format, OPENED, TRIPLES), max_size=3
).map("".join)
WHERES = st.sampled_from(
    [
        "{ ?s ?p ?o }",
        "{ ?s ?p ?o FILTER(?o<a:b)#> '''\n}",
        "{ GRAPH ?g { ?s ?p ?o } }",
        "{}",
        "{ ?s ?p ?o GRAPH ?g {} }",
    ]
)
CONSTANT = GROUPS.filter(lambda group: "?" not in group)
OPERATIONS = (
    st.builds("INSERT DATA{{{}}}".format, CONSTANT)
    | st.builds("deleteDATA {{{}}}".format, CONSTANT)
    | st.builds("DELETE WHERE {{{}}}".format, GROUPS)
    | st.builds(
        "{} {{{}}}{}WHERE{}".format,
        st.sampled_from(["INSERT", "DELETE", "WITH <g> INSERT", "WITHe:h DELETE", "WITH e:n DELETE"]),
        GROUPS,
        st.sampled_from(["", " ", "#\n", "USING <g> ", "USING NAMED<g>"]),
        WHERES,
    )
    | st.builds("DELETE {{{}}}INSERT{{{}}}WHERE{}".format, GROUPS, GROUPS, WHERES)
    | st.builds(
        "{} {}".format,
        st.sampled_from(["CLEAR", "DROP SILENT", "DROPSILENT", "clear silent"]),
        st.sampled_from(["GRAPH <g>", "DEFAULT", "NAMED", "ALL", "GRAPH e:h"]),
    )
    | st.builds(
        "{} {} TO{}".format,
        st.sampled_from(["MOVE", "ADD", "COPY", "COPY SILENT"]),
        st.sampled_from(["DEFAULT", "GRAPH <g>", "e:h", "<g>"]),
        st.sampled_from([" DEFAULT", " GRAPH e:h", "<g>", " e:n", "DEFAULT"]),
    )
)
TEXTS = st.lists(OPERATIONS, min_size=1, max_size=3).map(" ; ".join) | st.builds(
    "{};{} {}".format,
    OPERATIONS,
    st.sampled_from(["PREFIX e: <http://e.test/x>", "BASE <http://e.test/x/>"]),
    OPERATIONS,
)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("INSERT DATA { e:s e:p 1 } ; DELETE DATA { e:s e:p 1 . GRAPH <g> { e:s e:p 1 } }")
@example("DELETE { ?s ?p ?o } INSERT { GRAPH <g> { ?o ?p ?s } } WHERE { ?s ?p ?o }")
@example("INSERT DATA { e:s e:p trueGRAPH<n>{ e:s e:p 1 } }")
@example("INSERT DATA { e:s e:p e:o.x.GRAPH<n>{ e:s e:p 1 } }")
def test_nothing_changes_unseen(update: str) -> None:
    """Whatever the engine takes, its effect is found: what is known of it is all that differs afterwards."""
    text = f"PREFIX e: <{BASE}> {update}"
    plain, watched = holding(), holding()
    try:
        plain.update(text, base_iri=BASE)
    except (SyntaxError, RuntimeError):
        return
    known = run_update(watched, text, base_iri=BASE)
    assert (len(watched), set(watched.named_graphs())) == (len(plain), set(plain.named_graphs()))
    if "_:b" not in text and "[" not in text:  # else it has other blank nodes each time
        assert set_digest(watched) == set_digest(plain)
    delta = known if isinstance(known, Delta) else compare(holding(), watched, known.graphs if known else None)
    whole = compare(holding(), watched)
    assert (delta.added, delta.removed, delta.counts) == (whole.added, whole.removed, whole.counts)
    assert delta.digest == whole.digest


def test_data_is_read_and_not_searched_for() -> None:
    """INSERT DATA and DELETE DATA in turn: what they did is known, in numbers as the engine keeps them."""
    store = holding()
    text = "DELETE DATA { <s> <p> 01 } ; INSERT DATA { <s> <p> 07, 7 . GRAPH <n> { <s> <p> 1 } } ; "
    text += "DELETE DATA { <s> <p> 8 }"
    delta = run_update(store, text, base_iri=BASE)
    assert isinstance(delta, Delta)
    assert delta.removed == {ox.Quad(S, P, ox.Literal(1))}
    assert delta.added == {ox.Quad(S, P, ox.Literal(7)), ox.Quad(S, P, ox.Literal(1), ox.NamedNode(f"{BASE}n"))}


def test_a_fault_in_a_later_operation_is_found_first() -> None:
    """Nothing is done of a text that is no update."""
    store = holding()
    with pytest.raises(QuerySyntaxError):
        run_update(store, "INSERT DATA { <s> <p> 7 } ; DELETE DATA { _:b <p> 7 }", base_iri=BASE)
    assert set_digest(store) == set_digest(CONTENTS)
