"""Memento on names (RFC 7089): negotiation by date, past states and where they are listed."""

from __future__ import annotations

import asyncio
import contextlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

import pytest
from chains import prune, write
from hypothesis import given
from hypothesis import strategies as st
from sharing import copy_home

from graph.commits import commit
from graph.plain import start_empty
from graph.request_errors import BadRequest
from graph.terms import BASE, RDFS
from graph.versions import Origin
from service.mementos import Memento, Mementos, at, http_date, navigation, read_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    import pyoxigraph as ox
    from conftest import Serve

FIRST: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEWEST: Final = 5
PRUNED: Final = 3
NAME: Final = "/id/actor/x"


def made(number: int) -> datetime:
    """Return when a version was made: one each day."""
    return FIRST + timedelta(days=number - 1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service with a version a day, one of them pruned; each calls the thing by its own number."""
    home: Path = tmp_path_factory.mktemp("mementos")
    start_empty(home, now=made(1), author="tests")
    for number in range(2, NEWEST + 1):

        def change(store: ox.Store, /, number: int = number) -> None:
            store.update(f'INSERT DATA {{ <{BASE}id/actor/x> <{RDFS}label> "name {number}"@en }}')

        commit(home, change, origin=Origin(created=made(number), author="tests", message="more"))
    assert prune(home, PRUNED)
    with serve(home) as client:
        yield client


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001  (made aware below)
def test_a_date_is_read_as_it_is_written(moment: datetime) -> None:
    """RFC 1123 dates, to the second."""
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert read_date(http_date(aware)) == aware


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"))
def test_anything_else_is_a_bad_request(text: str) -> None:
    """A malformed date is told as such, never a fault of our own."""
    with contextlib.suppress(BadRequest):
        assert format_datetime(read_date(text), usegmt=True)[5:] == text.strip()[5:]


def test_the_newest_not_later_is_chosen() -> None:
    """Before the first it is the first; on the second it is that one."""
    all_of_them = [Memento(number=number, made=made(number)) for number in (1, 2, 4)]
    chosen = [at(all_of_them, moment).number for moment in (FIRST - timedelta(days=9), made(2), made(3), made(9))]
    assert chosen == [1, 2, 2, 4]
    assert navigation(all_of_them, 2) == {1: "first prev memento", 2: "memento", 4: "next last memento"}
    assert navigation(all_of_them, 4) == {1: "first memento", 2: "prev memento", 4: "last memento"}


def test_a_version_that_comes_or_goes_is_seen(chain: Path, tmp_path: Path) -> None:
    """The list is kept until the folder of versions changes: by a write, by pruning."""
    home = copy_home(chain, tmp_path / "home")
    mementos = Mementos(home)

    def numbers() -> list[int]:
        return [each.number for each in asyncio.run(mementos.all())]

    assert numbers() == [1, 2, 3, 4, 5, 6]
    write(home, "INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    assert numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert prune(home, 2)
    assert numbers() == [1, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("moment", "number"),
    [(FIRST - timedelta(days=400), 1), (made(2), 2), (made(4) - timedelta(seconds=1), 2), (made(99), NEWEST)],
)
def test_a_date_leads_to_the_version_of_that_day(client: httpx.Client, moment: datetime, number: int) -> None:
    """302 from the address, which is its own TimeGate, to `version=`; an ending that names a format stays."""
    for ending in ("", ".ttl"):
        response = client.get(NAME + ending, headers={"Accept-Datetime": http_date(moment)})
        assert (response.status_code, response.headers["location"]) == (302, f"{NAME}{ending}?version={number}")
        assert "Accept-Datetime" in response.headers["vary"]
        assert response.links["original timegate"]["url"] == NAME
        assert "memento-datetime" not in response.headers


def test_a_past_state_says_when_it_held_and_what_is_beside_it(client: httpx.Client) -> None:
    """Memento-Datetime, and links to the original, TimeMap, first, last and those before and after; immutable."""
    response = client.get(f"{NAME}?version=4", headers={"Accept-Datetime": "ignored on a memento"})
    assert response.status_code == 200
    assert response.headers["memento-datetime"] == http_date(made(4))
    assert "immutable" in response.headers["cache-control"]
    links = dict(re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["link"]))
    assert links[NAME] == "original timegate"
    assert links[f"/timemap{NAME}"] == "timemap"
    mementos = {address: rel for address, rel in links.items() if "memento" in rel}
    assert mementos == {
        f"{NAME}?version=1": "first memento",
        f"{NAME}?version=2": "prev memento",
        f"{NAME}?version=4": "memento",
        f"{NAME}?version=5": "next last memento",
    }
    assert "name 4" in response.text
    assert "name 5" not in response.text


def test_what_follows_the_current_version_is_no_memento(client: httpx.Client) -> None:
    """It links to its TimeMap, says that it depends on Accept-Datetime, and has no date."""
    response = client.get(NAME)
    assert "memento-datetime" not in response.headers
    assert response.links["timemap"] == {"url": f"/timemap{NAME}", "rel": "timemap", "type": "application/link-format"}
    assert {"Accept", "Accept-Encoding", "Accept-Datetime"} <= set(response.headers["vary"].split(", "))


def test_the_timemap_lists_every_version_that_is_kept(client: httpx.Client) -> None:
    """Link format with whole addresses; the pruned one is not among them; one that lacks the name is 404."""
    response = client.get(f"/timemap{NAME}")
    assert response.headers["content-type"].startswith("application/link-format")
    found = re.findall(r'<([^>]*)>; rel="((?:first |last )*memento)"; datetime="([^"]*)"', response.text)
    base = str(client.base_url).rstrip("/")
    kept = [number for number in range(1, NEWEST + 1) if number != PRUNED]
    assert [(address, date) for address, _, date in found] == [
        (f"{base}{NAME}?version={number}", http_date(made(number))) for number in kept
    ]
    assert [rel for _, rel, _ in found] == ["first memento", "memento", "memento", "last memento"]
    assert f'<{base}{NAME}>; rel="original timegate"' in response.text
    assert [client.get(address).status_code for address, _, _ in found] == [404, 200, 200, 200]
    assert client.head(f"/timemap{NAME}").status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (NAME, {"Accept-Datetime": "yesterday"}, 400),
        (NAME, {"Accept-Datetime": "Thu, 32 Jan 2026 00:00:00 GMT"}, 400),
        (f"{NAME}?version={PRUNED}", {}, 410),
        (f"{NAME}?version=99", {}, 404),
        ("/timemap/id/actor/unknown", {}, 404),
        ("/timemap/id/actor/%zz", {}, 400),
    ],
)
def test_what_there_is_not_is_told(client: httpx.Client, path: str, headers: dict[str, str], status: int) -> None:
    """A malformed date, a pruned or unknown version, a name of which nothing is said, a path of no name."""
    response = client.get(path, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
