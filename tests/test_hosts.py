"""Host names, addresses and networks as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.hosts import authority, base_address, networks, path_prefix, within


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        pytest.param("Example.ORG", "example.org", id="case"),
        pytest.param("example.org:80", "example.org", id="the scheme's own port"),
        pytest.param("example.org:443", "example.org:443", id="another scheme's port"),
        pytest.param("example.org:08000", "example.org:8000", id="leading zero"),
        pytest.param("example.org:", "example.org", id="empty port"),
        pytest.param("example.org.", "example.org.", id="dot at the end"),
        pytest.param("query_service", "query_service", id="a container's name"),
        pytest.param("127.0.0.1:8000", "127.0.0.1:8000", id="IPv4"),
        pytest.param("[::1]:8000", "[::1]:8000", id="IPv6"),
        pytest.param("[0:0:0:0:0:0:0:1]", "[::1]", id="IPv6 at length"),
    ],
)
def test_a_host_has_one_spelling(text: str, spelled: str) -> None:
    """Lower case, no port that the scheme has anyway, IPv6 compressed."""
    assert authority(text, scheme="http") == spelled


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(":8000", id="port alone"),
        pytest.param("example.org:0", id="port 0"),
        pytest.param("example.org:65536", id="port too large"),
        pytest.param("example.org:http", id="port in words"),
        pytest.param("me@example.org", id="user"),
        pytest.param("example.org/x", id="path"),
        pytest.param("example.org\n", id="line feed"),
        pytest.param("a b", id="blank"),
        pytest.param("a>b", id="end of an IRI"),
        pytest.param("-a.org", id="hyphen in front"),
        pytest.param("a..org", id="empty label"),
        pytest.param("a" * 64 + ".org", id="label too long"),
        pytest.param("a." * 130 + "org", id="name too long"),
        pytest.param("1.2.3", id="half an IPv4 address"),
        pytest.param("256.1.1.1", id="no IPv4 address"),
        pytest.param("::1", id="IPv6 without brackets"),
        pytest.param("[fe80::1%eth0]", id="interface"),
        pytest.param("[v1.x]", id="address of the future"),
        pytest.param("bücher.example", id="not ASCII"),
        pytest.param("\u212a.org", id="a letter that becomes ASCII in lower case"),
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    """Neither a host nor anything that could be mistaken for one passes."""
    with pytest.raises(ValueError, match="is not a host with or without a port, such as"):
        authority(text, scheme="http")


@given(st.text(max_size=80))
def test_whatever_passes_is_plain_and_stays_as_it_is(text: str) -> None:
    """A host that passes holds no character that could end an IRI or a header, and passes again unchanged."""
    try:
        spelled = authority(text, scheme="https")
    except ValueError:
        return
    assert set(spelled) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]")
    assert authority(spelled, scheme="https") == spelled


@pytest.mark.parametrize(
    ("url", "base"),
    [
        pytest.param("https://example.org", "https://example.org", id="host"),
        pytest.param("HTTPS://Example.org:443/", "https://example.org", id="one spelling"),
        pytest.param("http://example.org:8080/kg/", "http://example.org:8080/kg", id="port and path"),
    ],
)
def test_a_base_address_has_no_slash_at_its_end(url: str, base: str) -> None:
    """Host in one spelling, path without its last slash."""
    assert base_address(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a/?x",
        "https://a/#x",
        "https://u:p@a/",
        "https://a/../b",
    ],
)
def test_what_is_no_base_address_is_refused(url: str) -> None:
    """Scheme, host and path are needed, and no more is taken."""
    with pytest.raises(ValueError, match="is not"):
        base_address(url)


@pytest.mark.parametrize(
    "path", ["kg", "//example.org", "/a//b", "/a/../b", "/%2E%2e/b", "/a?b", '/a"b', "/a b", "/%zz"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    """A path that leads elsewhere, or holds what no path has, does not pass."""
    with pytest.raises(ValueError, match="is not a path"):
        path_prefix(path)


def test_networks_are_read_from_a_list() -> None:
    """Commas and blanks separate; an address alone is a network of one; IPv4 peers of an IPv6 socket are found."""
    places = networks("10.0.0.1, 192.0.2.0/24 2001:db8::/32")
    inside = ["10.0.0.1", "192.0.2.77", "2001:db8::5", "::ffff:10.0.0.1"]
    outside = ["10.0.0.2", "192.0.3.1", "2001:db9::1", "", "unknown", "10.0.0.1, 10.0.0.2"]
    assert [address for address in inside + outside if within(address, places)] == inside
    assert networks("") == ()


@pytest.mark.parametrize("text", ["*", "example.org", "10.0.0.1/8", "10.0.0.1:80"])
def test_what_is_no_network_is_refused(text: str) -> None:
    """A name, a wildcard and a network with host bits set stop the start with what was expected."""
    with pytest.raises(ValueError, match="neither an address such as"):
        networks(text)
