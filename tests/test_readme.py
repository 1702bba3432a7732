"""The README tells the truth: its query, its answer, its commands, its tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from service.pages import shown_default
from service.settings import Settings

if TYPE_CHECKING:
    import httpx
    from conftest import Coorbit

    from graph.versions import Version

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the first fenced block of a language."""
    match = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_query_on_the_first_screen_has_that_answer(client: httpx.Client) -> None:
    """The query shown, sent as shown, gives the rows shown."""
    shown = block("console").split("\n", 1)
    assert shown[0].startswith("$ curl -G http://127.0.0.1:8000/sparql -H 'Accept: text/csv'")
    response = client.get("/sparql", params={"query": block("sparql")}, headers={"Accept": "text/csv"})
    assert response.text.replace("\r\n", "\n") == shown[1]


def test_the_first_screen_has_what_and_how() -> None:
    """Within 45 lines: what it is, one query with its answer, and the two commands."""
    first = "\n".join(README.splitlines()[:45])
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/coorbit serve" in first
    assert "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest" in first
    assert block("console") in first


def test_every_setting_is_documented() -> None:
    """Each setting stands in the table with its default."""
    for name, field in Settings.model_fields.items():
        default = re.escape(shown_default(field))
        assert re.search(rf"^\| `COORBIT_{name.upper()}` \|.*\| {default} \|$", README, re.MULTILINE), name


def test_every_command_is_documented(coorbit: Coorbit) -> None:
    """Each command that --help lists stands in the table, and no other."""
    listed = set(re.findall(r"^\| `coorbit (\w+)` \|", README, re.MULTILINE))
    shown = set(re.findall(r"^│ (\w+)\s", coorbit("--help", NO_COLOR="1", COLUMNS="100").stdout, re.MULTILINE))
    assert listed == shown - {"Options"}


def test_every_route_is_documented(client: httpx.Client) -> None:
    """Each path of the interface stands in the README, those of the examples as one."""
    paths = client.get("/openapi.json").json()["paths"]
    for path in {re.sub(r"^/examples/[a-z-]+$", "/examples/{name}", path) for path in paths}:
        if path == "/examples/{name}":
            assert f"`{path}`" in README
            continue
        assert f"`{path.replace('{name}', 'coorbit.ttl')}`" in README, path


def test_every_file_named_exists() -> None:
    """Relative links and the query files in commands lead somewhere."""
    named = re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"(queries/\S+\.rq)", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_named_graph_is_documented(version: Version) -> None:
    """Each graph of the dataset is in the table, by name or by family."""
    documented = re.findall(r"^\| `(https://\S+?)(?:\.\.\.)?` \|", README, re.MULTILINE)
    assert [name for name in version.manifest.graphs if not name.startswith(tuple(documented))] == []
