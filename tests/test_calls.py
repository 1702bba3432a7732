"""Calls of other hosts, against the engine: none that it would make is missed, whatever stands around it."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.query_errors import QueryRefused
from graph.terms import PREFIXES
from service.queries import read, refuse_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLED = "http://127.0.0.1:1/"  # the engine refuses this port itself: that it tried is an OSError


class Listener:
    """A web server on loopback that counts who calls, and refuses each."""

    def __init__(self) -> None:
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.calls += 1
                self.send_error(500)

            do_GET = do_POST  # noqa: N815  (the name that the class looks for)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.calls = 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A running listener."""
    running = Listener()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.server.shutdown()
    thread.join()
    running.server.server_close()


TERMS = ["c:", "c:x", "true", "1", "1.5", "1e5", "'s'", "'s'@en", '"s"^^c:d', "<http://e.test/x#>", "c:%20", r"c:x\-"]
TERMS += ["h:", "c:a.b", "'s'@en--ltr", "<<( c:s c:p 1 )>>", "<urn:a#b>", "''", "c:SERVICE"]
DECLARED = (
    "PREFIX c: <http://e.test/> PREFIX h: <http://h:> PREFIX SERVICEc: <http://e.test/s> PREFIX a: <http://a.test/> "
)


@pytest.fixture(scope="module")
def terms_store() -> ox.Store:
    """A store in which each of the terms is the object of a triple, so that a query gets as far as its SERVICE."""
    store = ox.Store()
    store.update(f"{DECLARED} INSERT DATA {{ c:s c:p {', '.join(TERMS)} ; a h: }}")
    return store


# What the engine calls though a word-by-word reading of SPARQL finds no SERVICE there; {} is the address.
HIDDEN = [
    pytest.param("ASK {{ ?s ?p ?o SERVICE <{}> {{}} }}", id="plain"),
    pytest.param("ASK {{ ?s ?p ?o service silent <{}> {{}} }}", id="small letters, silent"),
    pytest.param("ASK {{ ?s ?p ?o SERVICESILENT<{}>{{}} }}", id="glued to SILENT"),
    pytest.param("ASK {{ {{ SELECT * {{ SERVICE <{}> {{}} }} }} }}", id="subquery"),
    pytest.param("ASK {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{}> {{}} }} }}", id="exists"),
    pytest.param("ASK {{ GRAPH ?g {{}} OPTIONAL {{ SERVICE <{}> {{}} }} }}", id="optional"),
    pytest.param("ASK {{ # <\nSERVICE # >\n <{}> {{}} }}", id="after a comment with a bracket"),
    pytest.param('ASK {{ ?s ?p ?o FILTER(?o != "\\"") SERVICE<{}>{{}} }}', id="after an escaped quote"),
    pytest.param("ASK {{ ?s ?p ?o FILTER(?o != '''it's''') SERVICE <{}> {{}} }}", id="after a long string"),
    pytest.param("PREFIX c: <http://e.test/> ASK {{ ?s ?p c:.SERVICE <{}> {{}} }}", id="after name and dot"),
    pytest.param("ASK {{ ?s ?p trueSERVICE <{}> {{}} }}", id="glued to a boolean"),
    pytest.param("ASK {{ ?s ?p 1e5SERVICE <{}> {{}} }}", id="glued to a number"),
    pytest.param("PREFIX s: <{}> ASK {{ ?s ?p ?o SERVICEs: {{}} }}", id="glued to a prefix"),
    pytest.param("PREFIX s: <{}> PREFIX SERVICEs: <http://e.test/> ASK {{ ?s ?p ?o SERVICEs:x {{}} }}", id="declared"),
    pytest.param("PREFIX : <{}> PREFIX SERVICE: <http://e.test/> ASK {{ ?s ?p ?o SERVICE:x {{}} }}", id="as a prefix"),
    pytest.param("PREFIX s: <{}> ASK {{ ?s ?p true.SERVICEs: {{}} }}", id="behind a boolean and a dot"),
    pytest.param("PREFIX c: <http://e.test/> ASK {{ ?s ?p c:a.b.SERVICE<{}> {{}} }}", id="behind a second dot"),
    pytest.param("PREFIX h: <http://h:> ASK {{ ?s ?p h:SERVICE<{}> {{}} }}", id="name that makes no IRI"),
    pytest.param("PREFIX h: <http://h:> ASK {{ ?s ah:SERVICE<{}> {{}} }}", id="glued to a verb"),
    pytest.param("ASK {{ ?s ?p ?o FILTER(?o!=3||?o<?s)SERVICE#>\n<{}> {{}} }}", id="less than, no scheme"),
    pytest.param("PREFIX a: <http://a/> ASK {{ ?s ?p ?o FILTER(?o!=3||?o<a:b)SERVICE#>\n<{}> {{}} }}", id="less than"),
    pytest.param(
        "PREFIX a: <http://a/> ASK {{ ?s ?p ?o FILTER(?o!=3||?o<a:b)#> '''\n SERVICE<{}> {{}} #'''\n }}",
        id="less than, comment, then what looks like a string",
    ),
    pytest.param(
        "PREFIX a: <http://a/> ASK {{ ?s ?p ?o OPTIONAL {{ <<a:b#> '''\n a:c 1>> ?q ?r }} SERVICE<{}> {{}} #'''\n }}",
        id="begin of a triple, comment, then what looks like a string",
    ),
    pytest.param("ASK {{ ?s ?p ?o OPTIONAL {{ ?s ?p (''' a ') }} SERVICE <{}> {{}} # \\q'''\n }}", id="bad escape"),
    pytest.param("ASK {{ ?s ?p ?o OPTIONAL {{ ?s ?p (''' a ') }} SERVICE <{}> {{}} # \\uD800'''\n }}", id="surrogate"),
    pytest.param('VERSION "1.2" ASK {{ ?s ?p ?o {{| ?q ?r |}} SERVICE <{}> {{}} }}', id="after an annotation"),
]


@pytest.mark.parametrize("query", HIDDEN)
def test_no_call_is_hidden(query: str, terms_store: ox.Store, listener: Listener) -> None:
    """Each text is taken by the engine, most make it call, and all of them are seen to."""
    text = query.format(listener.address)
    terms_store.update("INSERT DATA { <urn:s> <urn:p> 3 }")
    before = listener.calls
    try:
        terms_store.query(text)
    except OSError:
        assert listener.calls > before
    assert read(text).services
    with pytest.raises(QueryRefused, match="SERVICE"):
        refuse_calls(read(text), ())


def test_the_engine_would_call(terms_store: ox.Store) -> None:
    """The tests against the engine can fail: it does call, and at an address that it refuses this is an error."""
    with pytest.raises(OSError, match="port 1"):
        terms_store.query(f"PREFIX c: <http://e.test/> ASK {{ ?s ?p c:.SERVICE<{CALLED}> {{}} }}")


GLUE = [".", " ", ";", ",", "#x\n", "#'\n", "#>\n", "{}", "{ ?s ?p ?o }", "?x", "$x", "\u00b7", "-", "_:b", "(", ")"]
GLUE += ["{", "}", "<", "<=", "<<", ">>", ">", "'", '"', "'''", '"""', "\\", r"\'", "#", "\n", "[]", "[", "]", "/"]
GLUE += ["^", "|", "a", "@en", "OPTIONAL {", "FILTER(", "FILTER(?o != 2 || ", "?o<", "a:b", "<a:b", "<?o", "<=a:b"]
GLUE += ["&& 1 <", "} UNION {", "UNION", "VALUES ?o { 1 }", "BIND(1 AS ?z)", "MINUS {", "EXISTS {", "{| ?q ?r |}"]
GLUE += ["~ ?t", "<<( ?s ?p ?o )>>", "SELECT * {", r"<http://e.test/\u0062#>", r"'\u0027'", r"'\q'", r"'\uD800'"]
GLUE += [r"'it\'s'", "'''it's'''", '"""a"b"""', "SILENT", "SERVICEc:x", "c:SERVICE", "h:SERVICE", "ah:", "c:a.b."]
GLUE += ["h:x.y.", "true.", "GRAPH ?g {", "GRAPH c:g", "LATERAL {"]
CALL = [
    f"SERVICE<{CALLED}>{{}}",
    f"service silent\n<{CALLED}> {{ ?q ?w ?e }}",
    "SERVICEk:x{}",
    f"SERVICE#'\n<{CALLED}>{{}}",
]
CALL += [
    f"SERVICE#>\n<{CALLED}>{{}}",
    "SERVICE k:{}",
    f"SERVICE <{CALLED}> {{ SERVICE <{CALLED}> {{}} }}",
    "SERVICE ?o {}",
]
CALL += [rf"\u0053ERVICE <{CALLED}> {{}}", r"SERVICE <http://127.0.0.\u0031:1/> {}", "SERVICESILENT k:x {}"]


def would_call(store: ox.Store, query: str, listener: Listener) -> bool:
    """Whether the engine calls another host; an address that it cannot know is a call too."""
    before = listener.calls
    try:
        result = store.query(query)
        if not isinstance(result, ox.QueryBoolean):
            list(result)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return listener.calls > before


AFTER = ["}", "'''", "#'''\n", "#'\n", '#"""\n', "#>\n", ")", " ", "{}", ".", "c:x"]
SUBJECTS = ["", " ", "?s ?p ", "?s a", "?s ?p ?o "]


def around(subject: str, pieces: list[str], call: str, after: list[str]) -> str:
    """Return a query of some pieces around a call, its braces closed."""
    inside = f"{subject}{''.join(pieces)}{call}{''.join(after)}"
    closing = "}" * (inside.count("{") - inside.count("}"))
    return f"{DECLARED} PREFIX k: <{CALLED}> ASK {{ {inside}{closing} }}"


QUERIES = st.builds(
    around,
    st.sampled_from(SUBJECTS),
    st.lists(st.sampled_from([*TERMS, *GLUE]), max_size=6),
    st.sampled_from(CALL),
    st.lists(st.sampled_from(AFTER), max_size=4),
)


@settings(max_examples=400, deadline=None)
@given(QUERIES)
@example(around("?s ?p ?o ", ["FILTER(?o != 2 || ", "?o<", "a:b", ")"], f"SERVICE#>\n<{CALLED}>{{}}", []))
@example(around("?s ?p ", ["h:SERVICE"], f"<{CALLED}>{{}}", []))
def test_no_text_makes_the_engine_call(terms_store: ox.Store, listener: Listener, query: str) -> None:
    """Whatever stands around SERVICE, a query that is read as calling nobody makes the engine open no connection."""
    query = query.replace(":1/", f":{listener.server.server_port}/")
    if would_call(terms_store, query, listener):
        assert read(query).services
        assert set(read(query).services) & {None, listener.address, f"{listener.address}x"}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*TERMS, *GLUE, *CALL, "FROM", "NOW()", "PREFIX", "BASE", "\ud7ff"]), max_size=12))
def test_any_text_can_be_read(pieces: list[str]) -> None:
    """Reading never fails, and what it does not know it leaves out."""
    assert read("".join(pieces)).form in {"", "SELECT"}
    assert read("ASK {" + "".join(pieces)).form == "ASK"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("ASK { ?service ?y ?z }", id="variable"),
        pytest.param('ASK { ?x ?y "SERVICE <http://e.test/>" }', id="string"),
        pytest.param("ASK { <http://e.test/SERVICE> ?y ?z }", id="IRI"),
        pytest.param("ASK { <http://e.test/it's#a> ?y 'SERVICE' }", id="IRI with a quote"),
        pytest.param("PREFIX service: <http://e.test/> ASK { service:SERVICE ?y ?z }", id="prefixed name"),
        pytest.param("PREFIX service: <http://e.test/> ASK { GRAPH service:g { ?x service:y ?z } }", id="graph"),
        pytest.param("PREFIX service: <http://e.test/> ASK FROM service:g { ?x a service:y }", id="dataset"),
        pytest.param("ASK { ?x <urn:service#a> ?y . ?y ?z 1 }", id="IRI without slashes"),
        pytest.param("# SERVICE\nASK { ?x ?y ?z }", id="comment"),
        pytest.param("ASK { ?x ?y 'long\\nSERVICE' }", id="escaped line end"),
        pytest.param("ASK { ?x ?y 'service'@en--ltr, <<( ?a ?b '''SERVICE''' )>> {| ?c 'SERVICE' |} }", id="RDF 1.2"),
        pytest.param("VERSION '1.2' ASK { << ?a ?b ?c ~ _:service >> ?d 'SERVICE' }", id="reified triple"),
    ],
)
def test_the_word_alone_is_no_call(query: str) -> None:
    """SERVICE inside names, strings, IRIs and comments is let through, SPARQL 1.2 too."""
    ox.Store().query(query)
    assert read(query).services == ()
    refuse_calls(read(query), ())


@pytest.mark.parametrize(
    ("query", "services"),
    [
        pytest.param("ASK { SERVICE <http://e.test/> {} }", ("http://e.test/",), id="IRI"),
        pytest.param("BASE <http://e.test/a/b> ASK { SERVICE <../c> {} }", ("http://e.test/c",), id="relative"),
        pytest.param("ASK { SERVICE <c> {} }", (None,), id="relative without a base"),
        pytest.param("PREFIX e: <http://e.test/> ASK { SERVICE e:x {} }", ("http://e.test/x",), id="prefixed"),
        pytest.param("ASK { SERVICE coo:x {} }", (PREFIXES["coo"] + "x",), id="known prefix"),
        pytest.param(
            "PREFIX coo: <http://e.test/> ASK { SERVICE coo:x {} }", ("http://e.test/x",), id="known prefix, redeclared"
        ),
        pytest.param(r"ASK { SERVICE <http://\u0065.test/> {} }", ("http://e.test/",), id="escape in the IRI"),
        pytest.param(r"ASK { SERV\u0049CE <http://e.test/> {} }", (None,), id="escape in the word"),
        pytest.param("ASK { SERVICE ?x {} }", (None,), id="variable"),
        pytest.param(
            "ASK { SERVICE SILENT <http://e.test/1> { SERVICE <http://e.test/2> {} } }",
            ("http://e.test/1", "http://e.test/2"),
            id="nested",
        ),
        pytest.param(
            "PREFIX SILENTe: <http://e.test/> PREFIX e: <http://x/> ASK { SERVICE SILENTe:x {} }", (None,), id="glued"
        ),
    ],
)
def test_addresses_are_resolved(query: str, services: tuple[str | None, ...]) -> None:
    """An address is read as the engine reads it, against BASE and PREFIX; what is not certain is None."""
    assert read(query).services == services


def test_only_allowed_addresses_are_called() -> None:
    """Each address must equal an allowed one; no prefix of it, and no other spelling, will do."""
    allowed = {"http://e.test/sparql"}
    refuse_calls(read("ASK { SERVICE <http://e.test/sparql> {} }"), allowed)
    for address in ("<http://e.test/sparql/>", "<http://e.test/sparql?x>", "<HTTP://e.test/sparql>", "?x"):
        with pytest.raises(QueryRefused, match=r"only <http://e\.test/sparql>"):
            refuse_calls(read(f"ASK {{ SERVICE <http://e.test/sparql> {{ SERVICE {address} {{}} }} }}"), allowed)
