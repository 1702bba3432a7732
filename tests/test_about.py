"""The pages on limits and deployment: what they say is so."""

from __future__ import annotations

import re
import subprocess
import threading
from html import unescape
from typing import TYPE_CHECKING

import pytest

from service.formats import BY_EXTENSION
from service.limits import UNITS, limits
from service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from conftest import Coorbit, Serve

SETTINGS = {f"COORBIT_{name.upper()}" for name in Settings.model_fields}
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def deployment(client: httpx.Client) -> str:
    """The text of the page on deployment."""
    return unescape(client.get("/about/deployment").text)


def blocks(page: str) -> list[str]:
    """Return what stands in the page to be copied."""
    return re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)


def test_each_setting_that_limits_is_in_the_table() -> None:
    """A setting in seconds, megabytes or quads is a limit: it has a row in service/limits.py, and no other has."""
    measured = {name for name in SETTINGS if name.lower().endswith(tuple(UNITS))}
    assert measured == {each.setting for each in limits(Settings())}


def test_the_limits_shown_are_those_set(home: Path, serve: Serve) -> None:
    """The page has every limit with the value that it has here, its status and what to do."""
    with serve(home, COORBIT_QUERY_TIMEOUT_S="2.5", COORBIT_MERGE_QUADS="1234567") as client:
        page = unescape(client.get("/about/limits").text)
    for each in limits(Settings()):
        row = re.search(rf'<tr id="{each.setting}">(.*?)</tr>', page, re.DOTALL)
        assert row is not None, each.setting
        assert each.then in row[1]
        assert (f"{each.status.value} {each.status.phrase}" if each.status else "none") in row[1]
    assert "<td>2.5 seconds</td>" in page
    assert "<td>1,234,567 quads</td>" in page


def test_every_setting_stands_on_the_page(deployment: str) -> None:
    """Each setting has a row with its meaning and default, and no name on the page is unknown."""
    assert set(re.findall(r'<tr id="(COORBIT_\w+)">', deployment)) == SETTINGS
    assert set(re.findall(r"COORBIT_[A-Z_]+", deployment)) == SETTINGS
    for field in Settings.model_fields.values():
        assert field.description
        assert f"<td>{field.description}</td>" in deployment


def test_the_page_tells_nothing_of_this_machine(deployment: str, home: Path) -> None:
    """Defaults are shown, never what is set here."""
    assert str(home) not in deployment


@pytest.mark.parametrize(
    "option",
    [
        "--host",
        "--home",
        "--port",
        "--log-queries",
    ],
)
def test_options_named_exist(coorbit: Coorbit, option: str) -> None:
    """Each option of `coorbit serve` that page and Containerfile name is one that it takes."""
    assert option in coorbit("serve", "--help", NO_COLOR="1", COLUMNS="100").stdout


def test_no_other_option_is_named(deployment: str) -> None:
    """The test above knows every option of the page."""
    commands = re.findall(r"coorbit serve( .*)", "\n".join(blocks(deployment)))
    assert commands
    named = set(re.findall(r"--[a-z-]+", "".join(commands)))
    assert named <= {"--port", "--log-queries"}


def test_every_link_leads_somewhere(client: httpx.Client, deployment: str) -> None:
    """Each address of this service on a page, as a link or in words, answers."""
    paths = {"/about/limits", "/about/deployment"} | set(re.findall(r"<code>(/health/\w+)</code>", deployment))
    paths |= {path for page in list(paths) for path in re.findall(r'href="(/[^"]*)"', client.get(page).text)}
    assert len(paths) > 6
    assert {path: client.get(path).status_code for path in sorted(paths)} == dict.fromkeys(sorted(paths), 200)


def test_pages_load_nothing_from_elsewhere(client: httpx.Client) -> None:
    """What a page names beside its text is a style sheet or a script of ours, and the policy allows no other."""
    for path in ("/about/limits", "/about/deployment"):
        response = client.get(path)
        assert response.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
        loaded = re.findall(r"<(?:script|link rel=\"stylesheet|img|iframe)[^>]*?(?:src|href)=\"([^\"]*)", response.text)
        assert all(re.fullmatch(r"/static/[\w.-]+", each) for each in loaded)


def test_the_proxy_example_lets_our_limits_decide(deployment: str) -> None:
    """The proxy waits longer than a query may run, takes a body as large as the service does, and speaks HTTP/1.1."""
    nginx = next(block for block in blocks(deployment) if "proxy_pass" in block)
    defaults = Settings()
    waits = re.search(r"proxy_read_timeout (\d+)s;", nginx)
    takes = re.search(r"client_max_body_size (\d+)m;", nginx)
    assert waits is not None
    assert int(waits[1]) > defaults.query_timeout_s
    assert takes is not None
    assert int(takes[1]) >= defaults.body_mb
    line = re.search(r"large_client_header_buffers \d+ (\d+)k;", nginx)
    assert line is not None
    assert int(line[1]) * 1024 > defaults.url_kb * 1000 + len("GET /coorbit/sparql? HTTP/1.1")
    assert "proxy_http_version 1.1;" in nginx


def test_the_backup_can_be_served(deployment: str, home: Path, serve: Serve, tmp_path: Path) -> None:
    """The two lines of the page, with folders of one's own, back up a home in use and restore it."""
    save, restore = (block for block in blocks(deployment) if block.startswith("tar "))
    back, fresh = tmp_path / "backup.tar.gz", tmp_path / "restored"
    fresh.mkdir()
    with serve(home) as client:
        before = client.get("/health/ready").json()
        for line, folder in ((save, home), (restore, fresh)):
            command = line.replace("/var/lib/coorbit", str(folder)).replace("coorbit-backup.tar.gz", str(back))
            subprocess.run(command.split(), check=True)
    with serve(fresh) as client:
        assert client.get("/health/ready").json() == before
        assert client.get("/sparql", params={"query": "ASK { ?s a coo:State }", "format": "csv"}).text.strip() == "true"


@pytest.mark.parametrize(("trusted", "root"), [("127.0.0.1", "/kg"), ("192.0.2.1", "")], ids=["trusted", "not trusted"])
def test_links_keep_the_prefix_of_a_proxy(home: Path, serve: Serve, trusted: str, root: str) -> None:
    """Links between pages begin with the path that a trusted proxy took off, and with nothing that others say."""
    with serve(home, COORBIT_TRUSTED_HOSTS=trusted) as client:
        for path in ("/", "/query", "/about/limits", "/about/deployment"):
            links = re.findall(
                r'(?:href|action)="(/[^"]*)"', client.get(path, headers={"X-Forwarded-Prefix": "/kg/"}).text
            )
            assert links
            assert [link for link in links if not link.startswith(f"{root}/")] == []
            assert [link for link in links if link.startswith("/kg")] == (links if root else [])


@pytest.mark.parametrize(
    ("environment", "statuses"),
    [
        pytest.param({"COORBIT_TRUSTED_HOSTS": "127.0.0.1"}, [504, 504], id="two clients behind a trusted proxy"),
        pytest.param({}, [503, 504], id="one client that calls itself two"),
    ],
)
def test_places_are_counted_by_client(
    home: Path, serve: Serve, environment: dict[str, str], statuses: list[int]
) -> None:
    """Who the client is, is what a trusted proxy says; a client's own header gives it no second heavy place."""
    answers: list[int] = []
    with serve(home, COORBIT_HEAVY_PLACES="2", **environment) as client:

        def ask(name: str) -> None:
            response = client.get("/sparql", params={"query": HEAVY, "timeout": "2"}, headers={"X-Forwarded-For": name})
            answers.append(response.status_code)

        threads = [threading.Thread(target=ask, args=(f"192.0.2.{number}",)) for number in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == statuses


def test_the_page_on_linked_data_names_what_is_answered(client: httpx.Client) -> None:
    """Every format with its ending; each link of the page answers."""
    page = client.get("/about/linked-data").text
    assert all(f"<code>.{extension}</code>: {each.media_type}" in page for extension, each in BY_EXTENSION.items())
    addresses = set(re.findall(r'href="(/[^"]*)"', page))
    assert {"/ont", "/shapes", "/id/actor/chn", "/versions"} <= addresses
    assert {client.head(each).status_code for each in addresses} == {200}


def test_an_error_is_reported_with_the_name_and_the_version(client: httpx.Client) -> None:
    """The page of a thing leads to lines to fill in; only a name of ours becomes a link."""
    page = client.get("/id/actor/chn.html").text
    (address,) = re.findall(r'href="(/about/errors[?][^"]*)"', page)
    report = client.get(unescape(address)).text
    assert "thing:    https://w3id.org/coorbit/id/actor/chn\nversion:  1\n" in report
    assert '<a href="/id/actor/chn">' in report
    odd = client.get("/about/errors?iri=javascript:alert(1)").text
    assert 'href="javascript' not in odd
    assert "About <a" not in odd
