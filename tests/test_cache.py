"""Answers kept ready: what they depend on, how much room they take, and what the wire shows of it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cache import Cache, Kept, Key, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Serve

STATES = "SELECT ?state WHERE { ?state a coo:State } ORDER BY ?state"


@pytest.fixture(scope="module")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A service of its own, so that nothing is in its cache yet."""
    with serve(home) as client:
        yield client


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    """Send a query by GET; underscores in names of headers stand for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/sparql", params={"query": query}, headers=given)


def is_hit(response: httpx.Response) -> bool:
    """Say whether an answer came from the cache."""
    return "cache;desc=hit" in response.headers["server-timing"]


def test_a_second_answer_comes_from_the_cache(client: httpx.Client) -> None:
    """The same request is answered with the same bytes, tag and headers, each under an id of its own."""
    first, second = (ask(client, STATES + " LIMIT 3") for _ in range(2))
    assert not is_hit(first)
    assert is_hit(second)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["x-query-id"] != second.headers["x-query-id"]


def test_another_way_to_ask_finds_the_same_answer(client: httpx.Client) -> None:
    """What was asked by GET is found by POST, and by another Accept that comes to the same format."""
    ask(client, STATES + " LIMIT 4")
    assert is_hit(client.post("/sparql", data={"query": STATES + " LIMIT 4"}))
    assert is_hit(ask(client, STATES + " LIMIT 4", Accept="application/sparql-results+json;q=0.9, text/turtle;q=0.8"))


@pytest.mark.parametrize(
    "difference",
    [{"Accept": "text/csv"}, {"Accept_Encoding": "identity"}, {"Host": "other.test"}],
    ids=["format", "coding", "base IRI"],
)
def test_what_differs_is_another_answer(client: httpx.Client, difference: dict[str, str]) -> None:
    """Format, coding and base IRI belong to the question: each has a tag of its own."""
    plain = ask(client, STATES)
    other = ask(client, STATES, **difference)
    assert not is_hit(other)
    assert other.headers["etag"] != plain.headers["etag"]


def test_a_client_that_has_the_answer_is_told_so(client: httpx.Client) -> None:
    """If-None-Match gives 304 without a body: from the cache, and also where the answer is kept no more."""
    tag = ask(client, STATES + " LIMIT 5").headers["etag"]
    for tags in (tag, f'"other", W/{tag}', "*"):
        response = ask(client, STATES + " LIMIT 5", If_None_Match=tags)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
    assert ask(client, STATES + " LIMIT 5", If_None_Match='"other"').status_code == 200


def test_only_a_read_is_told_so(client: httpx.Client) -> None:
    """304 is for GET and HEAD (RFC 9110, 13.1.2): a POST with the tag gets the answer."""
    tag = ask(client, STATES + " LIMIT 6").headers["etag"]
    assert (
        client.head("/sparql", params={"query": STATES + " LIMIT 6"}, headers={"If-None-Match": tag}).status_code == 304
    )
    response = client.post("/sparql", data={"query": STATES + " LIMIT 6"}, headers={"If-None-Match": tag})
    assert response.status_code == 200


def test_a_tag_is_of_one_dataset() -> None:
    """Version 1 of another home, or of another kind, is another version 1."""
    assert key("ASK {}").etag() != key("ASK {}")._replace(dataset="plain 1").etag()


def test_not_modified_needs_no_process(home: Path, serve: Serve) -> None:
    """A service that has never evaluated the query gives 304 for its tag: the tag names version and question."""
    with serve(home) as one:
        tag = ask(one, STATES).headers["etag"]
    with serve(home) as another:
        response = ask(another, STATES, If_None_Match=tag, Host=httpx.URL(str(one.base_url)).netloc.decode())
        assert response.status_code == 304


@pytest.mark.parametrize("template", ["_:it a coo:State", "[] a coo:State", "?s rdfs:seeAlso (1)", "<<?s a ?s>> a ?s"])
def test_nodes_named_anew_have_a_weak_tag(client: httpx.Client, template: str) -> None:
    """An answer kept no more would come back with other names; still the tag tells whether it is the same answer.

    So on each way: evaluated, from the cache, and on the short path.
    """
    query = f"CONSTRUCT {{ {template} }} WHERE {{ ?s a coo:State }}"
    (tag,) = {ask(client, query).headers["etag"] for _ in range(4)}
    assert tag.startswith('W/"1-')
    for held in (tag, tag, tag, tag.removeprefix("W/")):
        known = ask(client, query, If_None_Match=held)
        assert (known.status_code, known.headers["etag"]) == (304, tag)


@pytest.mark.parametrize(
    ("query", "weak"),
    [
        ("CONSTRUCT { ?s a [] } WHERE { ?s ?p ?o }", True),
        ("PREFIX c: <http://e.test/> construct FROM <http://e.test/g>{?s c:p _:b}WHERE{?s ?p ?o}", True),
        ("\\u0043ONSTRUCT { ?s ?p _:b } WHERE { ?s ?p ?o }", True),
        ("CONSTRUCT WHERE { ?s ?p [] }", True),
        ("CONSTRUCT { ?s ?p ?o {| a ?o |} } WHERE { ?s ?p ?o }", True),
        ("CONSTRUCT { ?s ?p '_:b [', '}' } WHERE { ?s ?p [] FILTER(?s < 3) }", False),
        ("CONSTRUCT { } WHERE { ?s ?p [] }", False),
        ("SELECT * { ?construct ?p [] }", False),
        ("DESCRIBE ?s { ?s ?p _:construct }", False),
        ("CONSTRUCT { ?s ?p", False),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }" + "#" * 10_000, True),
    ],
)
def test_a_tag_is_weak_for_a_template_with_nodes(query: str, weak: bool) -> None:  # noqa: FBT001  (a column of the table)
    """The template alone counts, however it is written; all other answers are the same bytes each time."""
    assert key(query).etag().startswith("W/") is weak


@pytest.mark.parametrize("word", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_an_answer_of_the_moment_is_not_kept(client: httpx.Client, word: str) -> None:
    """What may differ at the next time has no tag and says no-store."""
    query = f"SELECT ({word} AS ?value) WHERE {{}}"
    for _ in range(2):
        response = ask(client, query)
        assert not is_hit(response)
        assert "etag" not in response.headers
        assert response.headers["cache-control"] == "no-store"


def test_a_compressed_answer_is_kept_compressed(client: httpx.Client) -> None:
    """A client that takes gzip gets the same bytes twice, and they are those of the plain answer."""
    plain = ask(client, STATES, Accept_Encoding="identity")
    for _ in range(2):
        with client.stream("GET", "/sparql", params={"query": STATES}, headers={"Accept-Encoding": "gzip"}) as packed:
            raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
        assert gzip.decompress(raw) == plain.content


def test_any_site_may_read_a_kept_answer(client: httpx.Client) -> None:
    """The short path has the open CORS headers too."""
    for _ in range(2):
        assert ask(client, "ASK {}", Origin="https://e.test").headers["access-control-allow-origin"] == "*"


def key(query: str, version: int = 1) -> Key:
    """Return a key that differs by query and version alone."""
    return Key(
        version=version,
        dataset="plain 0",
        software="1",
        query=query,
        base_iri="http://e.test/",
        default_graphs=(),
        named_graphs=None,
        solutions="json",
        graphs="turtle",
        coding="identity",
    )


def kept(body: bytes) -> Kept:
    """Return an answer of some bytes."""
    return Kept(version=1, etag=b'"1"', headers=[], body=body, form="SELECT", rows=None)


def test_answers_of_another_version_are_others() -> None:
    """A new version is never answered from an old one."""
    cache = Cache(100_000)
    cache.put(key("ASK {}", 1), kept(b"old"))
    assert cache.get(key("ASK {}", 2)) is None
    assert key("ASK {}", 1).etag() != key("ASK {}", 2).etag()
    assert key("ASK {}", 2).etag().startswith('"2-')


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 4000), st.booleans()),
        max_size=60,
    )
)
def test_a_cache_keeps_within_its_room(steps: list[tuple[str, int, bool]]) -> None:
    """Whatever is put and asked, in whatever order: what is found is what was put, and all of it fits the room."""
    cache = Cache(20_000)
    last: dict[str, bytes] = {}
    replies: dict[str, Reply] = {}
    for query, size, is_put in steps:
        found = cache.get(key(query))
        if found is not None:
            assert found.body == last[query]
            assert cache.by_request((query,)) is replies[query]
        elif is_put:
            body = query.encode() * size
            cache.put(key(query), kept(body))
            last[query] = body
            replies[query] = Reply(head=b"", body=body, entry={})
            cache.remember((query,), key(query), replies[query], size=100)
    held = [found for query in last if (found := cache.get(key(query))) is not None]
    assert sum(len(each.body) for each in held) <= 20_000
    assert all((cache.by_request((query,)) is None) == (cache.get(key(query)) is None) for query in last)


def test_a_large_answer_does_not_drive_out_the_others() -> None:
    """What would fill more than an eighth of the room is not kept."""
    cache = Cache(80_000)
    cache.put(key("small"), kept(b"x"))
    cache.put(key("large"), kept(b"x" * 20_000))
    assert cache.get(key("large")) is None
    assert cache.get(key("small")) is not None
