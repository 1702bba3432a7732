"""The API page and its worked calls: each route has one, and each does what it says."""

from __future__ import annotations

import re
import shlex
from html import unescape
from typing import TYPE_CHECKING

import pytest

from service.worked_calls import CALLS, Call, call_of

if TYPE_CHECKING:
    import httpx


def operations(client: httpx.Client) -> list[tuple[str, str]]:
    """Return method and path of each operation that the API description has."""
    return [(method, path) for path, told in client.get("/openapi.json").json()["paths"].items() for method in told]


def make(client: httpx.Client, call: Call) -> httpx.Response:
    """Make a worked call."""
    return client.request(call.method, call.address, headers=call.headers(), content=call.body or None)


def test_every_route_has_a_call(client: httpx.Client) -> None:
    """Each operation of the API description has a worked call or code of its own, and the table names no other."""
    known = operations(client)
    assert [each for each in known if not each[1].startswith("/examples/") and call_of(*each) is None] == []
    assert sorted(set(CALLS) - set(known)) == []


def test_each_read_is_answered(client: httpx.Client) -> None:
    """Each call that needs no token is answered as it stands, in the format that it asks for."""
    for method, path in operations(client):
        call = call_of(method, path)
        if call is None or call.is_write:
            continue
        response = make(client, call)
        if "{release}" in path and client.get("/dumps/").json()["latest"] is None:
            assert response.status_code == 404  # the home of the tests has no release
            continue
        assert response.status_code in {200, 302, 307}, (method, path, response.text[:300])
        if call.accept and response.status_code == 200:
            assert call.accept in response.headers["content-type"], (method, path)


def test_each_write_needs_a_token_alone(client: httpx.Client, plain: httpx.Client) -> None:
    """Without a token a write is refused; with one, nothing is wrong with the call itself, and nothing is stored."""
    before = plain.get("/health/ready").json()
    for call in (each for each in CALLS.values() if each.is_write):
        assert "dry-run=true" in call.address
        assert make(client, call).status_code in {401, 403}  # 403: no token has been made here
        assert make(plain, call).status_code in {200, 204, 404}, call  # 404: it would drop a graph that is not there
    assert plain.get("/health/ready").json() == before


def test_commands_say_what_is_sent() -> None:
    """The command of a call has its method, headers, body and address, each as one word of the shell."""
    call = Call(method="PUT", address="/a?b=c&d", accept="text/x", content_type="text/y", body="it's", is_write=True)
    words = shlex.split(call.curl("http://h.test").replace("\\\n", ""))
    assert words[:3] == ["curl", "--silent", "--request"]
    assert words[3:] == [
        *("PUT", "--header", "Accept: text/x", "--header", "Content-Type: text/y"),
        *("--header", "Authorization: Bearer $TOKEN", "--data-binary", "it's", "http://h.test/a?b=c&d"),
    ]


def test_the_page_lists_every_call(client: httpx.Client) -> None:
    """Without JavaScript the page has each call with its command, which calls the host that was asked."""
    response = client.get("/docs")
    assert response.status_code == 200
    assert client.head("/docs").status_code == 200
    shown = [unescape(each) for each in re.findall(r"<pre[^>]*>(.*?)</pre>", response.text, re.DOTALL)]
    for method, path in operations(client):
        call = call_of(method, path)
        if call is not None:
            assert f"<code>{method.upper()} {path}</code>" in response.text
            assert call.curl(str(client.base_url).rstrip("/")) in shown


@pytest.mark.parametrize("path", ["/id/{kind}/{slug}", "/search", "/voc/{scheme}/{concept}"])
def test_parameters_have_examples(client: httpx.Client, path: str) -> None:
    """Each parameter that a call needs is in the API description with the value that the call gives it."""
    told = client.get("/openapi.json").json()["paths"][path]["get"]
    needed = set(re.findall(r"\{(\w+)\}", path)) | {each["name"] for each in told["parameters"] if each.get("required")}
    assert needed
    examples = {each["name"]: each.get("example") for each in told["parameters"]}
    assert all(examples[name] for name in needed)
    assert "curl" in told["x-codeSamples"][0]["source"]
    assert told["x-codeSamples"][0]["source"] in told["description"]
