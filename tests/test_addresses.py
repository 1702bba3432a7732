"""Addresses of the service and its clients, behind a proxy too."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.request_errors import BadRequest
from service.addresses import base_iri, client_address, endpoint_iri, request_iri, site_path
from service.forwarded import Hop, read_forwarded, read_x_forwarded
from service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

STANDARD = "forwarded"
FOR, XHOST = "x-forwarded-for", "x-forwarded-host"
PROTO, PREFIX = "x-forwarded-proto", "x-forwarded-prefix"
PROXY = "10.0.0.1"
TRUSTING = Settings(trusted_hosts="10.0.0.0/8")  # type: ignore[arg-type]
NOBODY = Settings()

HEADER_NAMES = st.sampled_from([STANDARD, FOR, XHOST, PROTO, PREFIX, "host"])
VALUES = st.text(st.characters(max_codepoint=255), max_size=60) | st.sampled_from(
    ["evil.example", "https", "for=10.0.0.9;host=evil.example", "10.0.0.9", "10.0.0.9, 192.0.2.1", "/kg", "unknown"]
)
HEADERS = st.lists(st.tuples(HEADER_NAMES, VALUES), max_size=6)
ADDRESSES = st.ip_addresses().map(str)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1)


def request(*headers: tuple[str, str], peer: str | None = PROXY, path: str = "/sparql") -> dict[str, object]:
    """Make the scope of a request that came over HTTP to port 8000."""
    return {
        "type": "http",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": (peer, 40_000) if peer else None,
        "server": ("127.0.0.1", 8000),
    }


HOST = ("host", "inside:8000")


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        pytest.param([HOST], "http://inside:8000", id="no proxy header"),
        pytest.param([], "http://127.0.0.1:8000", id="no Host: where it listens"),
        pytest.param(
            [HOST, (STANDARD, "for=192.0.2.1;host=example.org;proto=https")], "https://example.org", id="standard"
        ),
        pytest.param([HOST, (STANDARD, 'Host="example.org:444";PROTO=HTTPS')], "https://example.org:444", id="quoted"),
        pytest.param([HOST, (STANDARD, "for=192.0.2.1;proto=https")], "https://inside:8000", id="scheme alone"),
        pytest.param(
            [HOST, (XHOST, "example.org"), (PROTO, "https")],
            "https://example.org",
            id="older",
        ),
        pytest.param(
            [HOST, (XHOST, "example.org"), (PREFIX, "/kg/")],
            "http://example.org/kg",
            id="prefix",
        ),
        pytest.param([HOST, (STANDARD, "host=example.org"), (PREFIX, "/kg")], "http://example.org/kg", id="both"),
        pytest.param(
            [HOST, (STANDARD, "for=192.0.2.1;host=example.org;proto=https, for=10.0.0.2;host=mid")],
            "https://example.org",
            id="two proxies in a row",
        ),
        pytest.param(
            [HOST, (STANDARD, "host=evil.example, for=192.0.2.1;host=example.org")],
            "http://example.org",
            id="what stood there before the outermost proxy counts for nothing",
        ),
        pytest.param(
            [HOST, (FOR, "192.0.2.1, 10.0.0.2"), (XHOST, "example.org, mid")],
            "http://example.org",
            id="two proxies that append",
        ),
        pytest.param(
            [HOST, (FOR, "10.0.0.9, 192.0.2.1"), (XHOST, "evil.example, example.org")],
            "http://example.org",
            id="what a client put in front counts for nothing",
        ),
        pytest.param(
            [HOST, (STANDARD, "host=evil.example"), (STANDARD, "for=192.0.2.1;host=example.org")],
            "http://example.org",
            id="several lines are one list",
        ),
    ],
)
def test_a_trusted_proxy_says_the_address(headers: list[tuple[str, str]], base: str) -> None:
    """Scheme, host and prefix come from the outermost trusted proxy, and from the request where it says nothing."""
    assert base_iri(request(*headers), TRUSTING) == base


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("host", "a b")], id="blank in Host"),
        pytest.param([("host", "")], id="empty Host"),
        pytest.param([("host", "example.org/x")], id="path in Host"),
        pytest.param([("host", "a"), ("host", "b")], id="two Hosts"),
        pytest.param([HOST, (STANDARD, "for")], id="no value"),
        pytest.param([HOST, (STANDARD, 'host="example.org')], id="open quote"),
        pytest.param([HOST, (STANDARD, "host=a;host=b")], id="one name twice"),
        pytest.param([HOST, (STANDARD, "proto=gopher")], id="scheme"),
        pytest.param([HOST, (STANDARD, 'host="<script>"')], id="forwarded host"),
        pytest.param([HOST, (PROTO, "javascript")], id="older scheme"),
        pytest.param([HOST, (PREFIX, "//evil.example")], id="prefix"),
        pytest.param([HOST, (STANDARD, "host=evil.example"), (XHOST, "example.org")], id="contradiction"),
    ],
)
def test_an_odd_header_is_refused_with_what_was_expected(headers: list[tuple[str, str]]) -> None:
    """Nothing is guessed: the request is answered 400."""
    with pytest.raises(BadRequest, match=r"such as|reads like|http and https|send one|different things"):
        base_iri(request(*headers), TRUSTING)


@given(HEADERS, st.sampled_from(["192.0.2.1", "2001:db8::1", "unknown", "", None]))
def test_nobody_else_is_believed(headers: list[tuple[str, str]], peer: str | None) -> None:
    """From a peer that is not listed, forwarded headers change nothing."""
    forged = [pair for pair in headers if pair[0] != "host"]
    assert base_iri(request(HOST, *forged, peer=peer), TRUSTING) == "http://inside:8000"
    assert site_path(request(HOST, *forged, peer=peer), TRUSTING) == ""
    assert client_address(request(HOST, *forged, peer=peer), TRUSTING) == (peer or "")


@given(HEADERS)
def test_the_public_url_wins(headers: list[tuple[str, str]]) -> None:
    """With COORBIT_PUBLIC_URL nothing that a request says counts for the address, not even from a trusted proxy."""
    settings = Settings(public_url="https://example.org/kg/", trusted_hosts="10.0.0.0/8")  # type: ignore[arg-type]
    assert endpoint_iri(request(*headers), settings) == "https://example.org/kg/sparql"
    assert site_path(request(*headers), settings) == "/kg"


@given(HEADERS)
def test_an_address_is_whole_or_refused(headers: list[tuple[str, str]]) -> None:
    """Whatever the headers hold, there is an address of plain characters that ends in the path, or a 400."""
    try:
        address = endpoint_iri(request(*headers), TRUSTING)
    except BadRequest:
        return
    parts = urlsplit(address)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.path.endswith("/sparql")
    assert address.isascii()
    assert not set(address) & set(' <>"{}|\\^`?#@')


@given(HEADERS)
def test_a_page_never_fails_for_a_header(headers: list[tuple[str, str]]) -> None:
    """Links between pages and the client's address come out of any headers without an error."""
    assert site_path(request(*headers), TRUSTING).startswith(("", "/"))
    client_address(request(*headers), TRUSTING)


@given(st.lists(st.tuples(ADDRESSES, TOKENS, st.sampled_from(["http", "https"])), min_size=1, max_size=5), st.data())
def test_what_a_proxy_writes_is_read(hops: list[tuple[str, str, str]], data: st.DataObject) -> None:
    """A Forwarded header written by RFC 7239, with quotes or without, reads as what it says, in its order."""
    elements = []
    for sender, host, scheme in hops:
        node = f'"[{sender}]:4711"' if ":" in sender else f'"{sender}:4711"'
        quoted = f'"{"".join(chr(92) + char for char in host)}"' if data.draw(st.booleans()) else host
        pairs = data.draw(st.permutations([f"for={node}", f"Host={quoted}", f"proto={scheme.upper()}"]))
        elements.append(data.draw(st.sampled_from([";", " ; ", ";;"])).join(pairs))
    header = data.draw(st.sampled_from([",", " , ", ", ,"])).join(elements)
    assert read_forwarded(header) == [Hop(sender=sender, host=host, scheme=scheme) for sender, host, scheme in hops]


@given(st.text(max_size=300))
def test_any_forwarded_header_is_read_or_refused(header: str) -> None:
    """Reading ends with hops or with a 400, whatever the text."""
    try:
        hops = read_forwarded(header)
    except BadRequest:
        return
    assert all(hop.scheme in {None, "http", "https"} for hop in hops)


def test_a_long_forwarded_header_is_read_in_linear_time() -> None:
    """A megabyte of quotes and escapes is one pass: it ends at once, in a refusal."""
    with pytest.raises(BadRequest):
        read_forwarded('host="' + "\\" * 1_000_001)


def test_lists_of_the_older_headers_are_laid_beside_each_other_from_the_right() -> None:
    """The last values belong to the nearest proxy; addresses come with port, in brackets, or hidden."""
    hops = read_x_forwarded(
        {"x-forwarded-for": "unknown, 2001:db8::1, [2001:db8::2]:4711, 192.0.2.1:80", "x-forwarded-host": "example.org"}
    )
    assert [hop.sender for hop in hops] == [None, "2001:db8::1", "2001:db8::2", "192.0.2.1"]
    assert [hop.host for hop in hops] == [None, None, None, "example.org"]


@pytest.mark.parametrize(
    ("headers", "peer", "client"),
    [
        pytest.param([], "192.0.2.7", "192.0.2.7", id="no proxy"),
        pytest.param([], None, "", id="no address"),
        pytest.param([(FOR, "192.0.2.1")], PROXY, "192.0.2.1", id="older"),
        pytest.param([(STANDARD, 'for="[2001:db8::1]:80"')], PROXY, "2001:db8::1", id="standard"),
        pytest.param([(FOR, "192.0.2.9, 192.0.2.1, 10.0.0.2")], PROXY, "192.0.2.1", id="forged in front"),
        pytest.param([(FOR, "10.0.0.3, 10.0.0.2")], PROXY, "10.0.0.3", id="a client among the trusted"),
        pytest.param([(STANDARD, "for=unknown")], PROXY, PROXY, id="hidden"),
        pytest.param([(STANDARD, "for=192.0.2.9"), (FOR, "192.0.2.1")], PROXY, PROXY, id="contradiction"),
    ],
)
def test_the_client_is_who_the_trusted_proxy_says(
    headers: list[tuple[str, str]], peer: str | None, client: str
) -> None:
    """The client is the first address from the right that is no trusted proxy."""
    assert client_address(request(*headers, peer=peer), TRUSTING) == client


def test_the_endpoint_is_named_as_it_was_asked() -> None:
    """With and without a slash at its end; from any other path the endpoint without one."""
    asked = {path: endpoint_iri(request(HOST, path=path), NOBODY) for path in ("/sparql", "/sparql/", "/about/limits")}
    endpoint = "http://inside:8000/sparql"
    assert asked == {"/sparql": endpoint, "/sparql/": endpoint + "/", "/about/limits": endpoint}


def test_an_address_keeps_its_percent_encoding() -> None:
    """A graph named directly has the name that was asked for; what no IRI may hold is encoded."""
    address = request_iri(request(HOST, path="/store/a%2Fb/ü>%zz"), NOBODY)
    assert address == "http://inside:8000/store/a%2Fb/%C3%BC%3E%25zz"


@given(st.binary(max_size=60))
def test_the_address_of_any_request_is_an_iri(path: bytes) -> None:
    """Whatever path a client asks for, its address can be the name of a graph."""
    scope = request(HOST) | {"raw_path": b"/" + path}
    assert ox.NamedNode(request_iri(scope, NOBODY)).value.startswith("http://inside:8000/")


@pytest.mark.parametrize(
    ("variable", "value"), [("COORBIT_PUBLIC_URL", "example.org"), ("COORBIT_TRUSTED_HOSTS", "10.0.0.0/8, proxy")]
)
def test_a_bad_address_stops_the_start(coorbit: Coorbit, tmp_path: Path, variable: str, value: str) -> None:
    """A setting that cannot be read is named with what was expected; nothing starts."""
    done = coorbit("serve", "--home", tmp_path, "--port", "0", **{variable: value})
    assert done.returncode == 2
    assert variable in done.stderr
    assert "such as" in done.stderr
