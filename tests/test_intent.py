"""What a request says of its commit: a message by header or parameter, and whether it is only tried."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from graph.request_errors import BadRequest
from service.intent import MESSAGE_CHARACTERS, MESSAGE_HEADER, read_intent

if TYPE_CHECKING:
    import httpx

TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
ONE = "<http://e.test/s> <http://e.test/p> 1 ."
TWO = "<http://e.test/s> <http://e.test/p> 2 ."
MESSAGE = "Überblick: 100 % von 中国"
ENCODED = {"Coorbit-Message": quote(MESSAGE)}
PATCH = {"Content-Type": "application/rdf-patch"}
ROW = "A <http://e.test/noted> <http://e.test/p> <http://e.test/o> <http://e.test/graph/noted> .\n"

lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=MESSAGE_CHARACTERS)


def headers(*messages: str) -> Headers:
    """Return headers of a request with some messages, each as it is sent."""
    return Headers(raw=[(MESSAGE_HEADER.lower().encode(), each.encode("latin-1")) for each in messages])


@given(lines)
def test_a_line_of_text_comes_as_it_is_by_either_way(message: str) -> None:
    """Percent-encoded in the header, or as the parameter; white space around it is not part of it."""
    for intent in (read_intent(headers(quote(message)), []), read_intent(headers(), [("message", message)])):
        assert intent.message == message.strip()
        assert not intent.dry_run


@given(st.text(max_size=MESSAGE_CHARACTERS * 2), st.text(st.characters(max_codepoint=0xFF), max_size=50))
def test_whatever_is_sent_is_a_line_of_text_or_refused(parameter: str, header: str) -> None:
    """No other error arises, and what is taken has no line end, no control character and no more than it may."""
    for given_headers, parameters in ((headers(), [("message", parameter)]), (headers(header), [])):
        try:
            message = read_intent(given_headers, parameters).message
        except BadRequest:
            continue
        assert len(message) <= MESSAGE_CHARACTERS
        assert not any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in message)


@pytest.mark.parametrize(
    ("header", "parameters", "says"),
    [
        pytest.param(["one"], [("message", "other")], "2 came that differ", id="two"),
        pytest.param(["one", "other"], [], "2 came that differ", id="two headers"),
        pytest.param(["100% sure"], [], "%25", id="percent sign"),
        pytest.param(["\u00fcber"], [], "%C3%A9", id="not ASCII"),
        pytest.param(["%FCber"], [], "not UTF-8 at byte 0", id="not UTF-8"),
        pytest.param(["a%0Ab"], [], "character 2 is U+000A", id="line feed"),
        pytest.param([], [("message", "a\x1b[2J")], "character 2 is U+001B", id="control character"),
        pytest.param([], [("message", "a\u2028b")], "U+2028", id="line separator"),
        pytest.param([], [("message", "x" * 501)], "at most 500 characters, not 501", id="too long"),
        pytest.param([], [("dry-run", "yes")], "true or false", id="dry run"),
    ],
)
def test_what_cannot_be_taken_is_told(header: list[str], parameters: list[tuple[str, str]], says: str) -> None:
    """The error says what is wrong with it and what to send."""
    with pytest.raises(BadRequest) as refused:
        read_intent(headers(*header), parameters)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("method", "path", "says"),
    [
        pytest.param("PUT", "/store?graph=http://e.test/no&dryrun=true", "dryrun= is no parameter", id="put"),
        pytest.param("PUT", "/store?gaph=http://e.test/no", "did you mean graph?", id="graph"),
        pytest.param("POST", "/store?gaph=http://e.test/no", "did you mean graph?", id="new graph"),
        pytest.param("POST", "/store/no?Dry-Run=true", "did you mean dry-run?", id="direct"),
        pytest.param("DELETE", "/store?default&x=1", "it takes graph, default, dry-run, message", id="delete"),
        pytest.param("PATCH", "/store?dry_run=true", "did you mean dry-run?", id="patch"),
        pytest.param("POST", "/sparql?dryrun=true", "did you mean dry-run?", id="update"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(plain: httpx.Client, method: str, path: str, says: str) -> None:
    """It is named with the nearest that there is, and nothing is stored: `dryrun=true` was meant to store nothing."""
    if path.startswith("/sparql"):
        content, sent = f"INSERT DATA {{ {ONE} }}", UPDATE
    else:
        content, sent = (ROW, PATCH) if method == "PATCH" else (ONE, TURTLE)
    before = plain.get("/versions").json()
    answer = plain.request(method, path, content=content, headers=sent)
    assert answer.status_code == 400, answer.text
    assert says in answer.json()["detail"]
    assert plain.get("/versions").json() == before


def test_a_form_of_an_update_is_looked_at_too(plain: httpx.Client) -> None:
    """A parameter may stand in the form; what says how a query is answered is passed over."""
    update = {"update": f"INSERT DATA {{ {ONE} }}"}
    refused = plain.post("/sparql", data=update | {"dry_run": "true"})
    assert (refused.status_code, "did you mean dry-run?" in refused.json()["detail"]) == (400, True)
    assert plain.post("/sparql", data=update | {"dry-run": "true", "format": "json"}).status_code == 204


def test_the_same_may_be_said_twice() -> None:
    """Header and parameter that agree are one message; other parameters are none of it."""
    said = [("message", "why"), ("graph", "http://e.test/g"), ("dry-run", "true")]
    assert read_intent(headers("why"), said) == (True, "why")
    assert read_intent(headers(), [("graph", "message")]) == (False, "")


def test_a_commit_has_its_message_and_author(plain: httpx.Client) -> None:
    """Each way to write takes a message by header or parameter; the version tells it, and the token's name."""
    data = "INSERT DATA { <http://e.test/noted> <http://e.test/p> %d }"
    said = {"message": MESSAGE}
    noted = {"graph": "http://e.test/graph/noted"}
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", "/store", {"params": noted, "content": ONE, "headers": TURTLE | ENCODED}),
        ("POST", "/store", {"params": noted | said, "content": TWO, "headers": TURTLE}),
        ("PATCH", "/store", {"params": said, "content": ROW, "headers": PATCH}),
        ("DELETE", "/store", {"params": noted, "headers": ENCODED}),
        ("POST", "/sparql", {"content": data % 1, "headers": UPDATE | ENCODED}),
        ("POST", "/sparql", {"data": {"update": data % 2} | said}),
    ]
    for method, path, sent in writes:
        before = plain.get("/health/ready").json()["version"]
        response = plain.request(method, path, **sent)
        assert response.status_code in {201, 204}, response.text
        newest = plain.get("/versions").json()["versions"][0]
        assert (newest["number"], newest["message"], newest["author"]) == (before + 1, MESSAGE, "tests")


def test_a_commit_without_a_message_says_how_it_came(plain: httpx.Client) -> None:
    """Also where the message is empty."""
    unsaid = {"graph": "http://e.test/graph/unsaid"}
    for number, message in enumerate(("", " ")):
        body = f"<http://e.test/unsaid> <http://e.test/p> {number} ."
        sent = plain.put(
            "/store",
            params=unsaid | {"message": message},
            content=body,
            headers=TURTLE,
        )
        assert sent.status_code in {201, 204}
        assert plain.get("/versions").json()["versions"][0]["message"] == "PUT /store over HTTP"


def test_a_message_that_cannot_be_taken_stops_the_write(plain: httpx.Client) -> None:
    """400 with what is wrong, by every way, and no version."""
    before = plain.get("/health/ready").json()["version"]
    bad = {"Coorbit-Message": "a%0Ab"}
    for answer in (
        plain.put("/store", params={"graph": "http://e.test/graph/m"}, content=ONE, headers=TURTLE | bad),
        plain.patch("/store", params={"message": "x" * 501}, content=ROW, headers=PATCH),
        plain.post("/sparql", data={"update": "CLEAR ALL", "message": "a\nb"}),
        plain.post("/sparql", data={"update": "CLEAR ALL", "dry-run": "yes"}),
    ):
        assert answer.status_code == 400, answer.text
        assert "message" in answer.text or "dry-run" in answer.text
    assert plain.get("/health/ready").json()["version"] == before


def test_a_dry_run_may_be_asked_for_in_the_form(plain: httpx.Client) -> None:
    """What a form says of an update counts as what its address says."""
    before = plain.get("/health/ready").json()["version"]
    text = "INSERT DATA { <http://e.test/dry> <http://e.test/p> 1 }"
    tried = plain.post("/sparql", data={"update": text, "dry-run": "true"})
    assert (tried.status_code, tried.headers["coorbit-dry-run"]) == (204, "true")
    assert plain.get("/health/ready").json()["version"] == before
