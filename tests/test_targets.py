"""What an update can touch, by its text: never less than it does touch."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict

import pyoxigraph as ox
import pytest
from committing import G, P, S
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.changes import Delta, Touched, graph_key
from graph.comparison import compare
from graph.digest import set_digest
from graph.query_errors import QuerySyntaxError
from service.targets import targets
from service.updating import run_update

BASE = "http://e.test/"
BLANK = re.compile(r"_:\w+")
OBJECT = ox.NamedNode("http://e.test/o")
THINGS: list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = [
    ox.Literal(0),
    ox.Literal(1),
    ox.Literal(2),
    OBJECT,
    ox.BlankNode("kept"),
    ox.Triple(S, P, OBJECT),
]
CONTENTS = [
    ox.Quad(S, P, value, graph) for value in THINGS for graph in (ox.DefaultGraph(), G, ox.NamedNode("http://e.test/h"))
]


def holding() -> ox.Store:
    """Return a store of three graphs."""
    store = ox.Store()
    store.extend(CONTENTS)
    return store


def without_labels(store: ox.Store) -> Counter[str]:
    """Return what a store holds, each blank node named by what is said of it and of those around it."""
    lines = [str(quad) for quad in store]
    colours = dict.fromkeys(BLANK.findall(" ".join(lines)), "")
    for _ in range(3):
        said: defaultdict[str, list[str]] = defaultdict(list)
        for line in lines:
            for node in set(BLANK.findall(line)):
                said[node].append(painted(line, colours | {node: "self"}))
        colours = {node: hashlib.sha256("\n".join(sorted(said[node])).encode()).hexdigest() for node in colours}
    return Counter(painted(line, colours) for line in lines)


def painted(line: str, colours: dict[str, str]) -> str:
    """Return a line with colours in place of its blank nodes."""
    return BLANK.sub(lambda found: colours[found[0]], line)


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
        pytest.param("CLEAR DEFAULT ; BASE <x/> PREFIX e: <y/> INSERT DATA { }", {""}, id="second prologue"),
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
        "?o ?p $s",
        "?s ?none ?o",
        "e:s ?p ?o ; <p> 'a ?o', ( ?s _:b )",
        "?o<p>?o;?p?s",
        "_:b e:p <<( ?s ?p ?o )>>",
        "<< ?s ?p ?o >> e:p ?s",
        "<< ?s ?p ?o ~ ?o >> e:p _:b",
        "<<?s?p?o>>e:p 1",
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
        "{ VALUES (?s ?o ?g) { (e:s UNDEF <g>) (UNDEF 01 'g') (<s> e:new <new>) } OPTIONAL { ?s ?p ?o } }",
        "{ ?s ?p ?o } # }\n",
        "{ ?s ?p ?o FILTER(isTRIPLE(?o) || isBLANK(?o)) BIND(?o AS ?g) }",
        "{ SELECT ?s (SUM(?n) AS ?o) (e:new AS ?p) { ?s e:p ?n FILTER(isNUMERIC(?n)) } GROUP BY ?s }",
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
        st.sampled_from(["", " ", "#\n", "USING <g> ", "USING NAMED<g>", "USING<g>USINGNAMED e:h using<h>"]),
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
    assert without_labels(watched) == without_labels(plain)
    delta = known if isinstance(known, Delta) else compare(holding(), watched, known.graphs if known else None)
    whole = compare(holding(), watched)
    assert (delta.added, delta.removed, delta.counts) == (whole.added, whole.removed, whole.counts)
    assert delta.digest == whole.digest


def done_by_steps(store: ox.Store, update: str) -> Delta:
    """Run an update; what it did must be known without a search."""
    delta = run_update(store, update, base_iri=BASE)
    assert isinstance(delta, Delta)
    return delta


def test_data_is_read_and_not_searched_for() -> None:
    """INSERT DATA and DELETE DATA in turn: what they did is known, in numbers as the engine keeps them."""
    store = holding()
    text = "DELETE DATA { <s> <p> 01 } ; INSERT DATA { <s> <p> 07, 7 . GRAPH <n> { <s> <p> 1 } } ; "
    text += "DELETE DATA { <s> <p> 8 }"
    delta = done_by_steps(store, text)
    assert delta.removed == {ox.Quad(S, P, ox.Literal(1))}
    assert delta.added == {ox.Quad(S, P, ox.Literal(7)), ox.Quad(S, P, ox.Literal(1), ox.NamedNode(f"{BASE}n"))}


def test_a_fault_in_a_later_operation_is_found_first() -> None:
    """Nothing is done of a text that is no update."""
    store = holding()
    with pytest.raises(QuerySyntaxError):
        run_update(store, "INSERT DATA { <s> <p> 7 } ; DELETE DATA { _:b <p> 7 }", base_iri=BASE)
    assert set_digest(store) == set_digest(CONTENTS)


def test_an_update_with_a_where_is_not_searched_for() -> None:
    """Its templates are filled here: the delta costs by what is written, in whichever graphs a variable names."""
    store = holding()
    text = "DELETE { GRAPH ?g { ?s ?p 0 } } INSERT { GRAPH ?g { ?s ?p 7 } } WHERE { GRAPH ?g { ?s ?p 0 } }"
    delta = done_by_steps(store, text)
    assert delta.counts == {f"{BASE}g": 0, f"{BASE}h": 0}
    assert delta.removed == {ox.Quad(S, P, ox.Literal(0), graph) for graph in (G, ox.NamedNode(f"{BASE}h"))}
    assert delta.added == {ox.Quad(S, P, ox.Literal(7), graph) for graph in (G, ox.NamedNode(f"{BASE}h"))}


def test_each_operation_sees_those_before_it_and_its_own_prefixes() -> None:
    """A later prologue adds to the first, for the operations behind it."""
    store = holding()
    text = "PREFIX e: <x/> INSERT DATA { e:s <p> 1 } ; PREFIX f: <x/> PREFIX e: <y/> BASE <z/>"
    delta = done_by_steps(store, f"{text} DELETE {{ f:s ?p ?o }} INSERT {{ e:s <p> ?o }} WHERE {{ f:s ?p ?o }}")
    assert delta.removed == set()
    assert delta.added == {ox.Quad(ox.NamedNode(f"{BASE}y/s"), ox.NamedNode(f"{BASE}z/p"), ox.Literal(1))}


def test_a_solution_makes_blank_nodes_of_its_own() -> None:
    """One node for each solution, however many quads of the template name it (3.1.3)."""
    store = holding()
    text = "INSERT { ?s <q> _:new . GRAPH <new> { _:new <value> ?o } } WHERE { ?s <p> ?o FILTER(isNUMERIC(?o)) }"
    delta = done_by_steps(store, text)
    assert delta.added is not None
    nodes = {quad.object for quad in delta.added if quad.subject == S}
    assert len(nodes) == 3
    assert {quad.subject for quad in delta.added if quad.subject != S} == nodes


def test_where_a_value_may_not_stand_no_quad_is_made() -> None:
    """A literal as subject, a name for a graph that is none, a variable without a value (3.1.3.2)."""
    store = holding()
    text = "INSERT { ?o <q> 1 . ?s <q> ?none . GRAPH ?o { ?s <q> 2 } GRAPH ?none { ?s <q> 3 } ?s <q> 4 }"
    delta = done_by_steps(store, f"{text} WHERE {{ ?s <p> ?o FILTER(?o = 1) }}")
    assert delta.added == {ox.Quad(S, ox.NamedNode(f"{BASE}q"), ox.Literal(4))}


@pytest.mark.parametrize(
    ("update", "line", "column"),
    [
        pytest.param("CLEAR DEFAULT ;\nPREFIX e: <x/> INSERT DATA { e:s 'p' 1 }", 2, 34, id="in a later part"),
        pytest.param(
            "INSERT DATA { <s> <p> 8 } ; PREFIX e: <x/> INSERT DATA { f:s <p> 1 }", 1, 58, id="a prefix of nobody"
        ),
        pytest.param("CLEAR DEFAULT PREFIX e: <x/> CLEAR ALL", 1, 15, id="no semicolon"),
    ],
)
def test_a_fault_is_told_where_it_stands(update: str, line: int, column: int) -> None:
    """Line and column count from the begin of the request, in each part with a prologue of its own."""
    store = holding()
    with pytest.raises(QuerySyntaxError) as refused:
        run_update(store, update, base_iri=BASE)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert set_digest(store) == set_digest(CONTENTS)


def test_what_only_the_engine_can_do_keeps_its_prologue() -> None:
    """Management among the operations: each is done in its turn, with what is declared before it."""
    store = holding()
    text = "INSERT DATA { <s> <p> 8 } ; BASE <x/> CLEAR GRAPH <../g> ; PREFIX e: <y/> INSERT DATA { e:s <p> 9 }"
    assert run_update(store, text, base_iri=BASE) == Touched(graphs=frozenset({ox.DefaultGraph(), G}))
    assert ox.Quad(S, P, ox.Literal(8)) in store
    assert not list(store.quads_for_pattern(None, None, None, G))
    new = ox.Quad(ox.NamedNode(f"{BASE}x/y/s"), ox.NamedNode(f"{BASE}x/p"), ox.Literal(9))
    assert new in store
