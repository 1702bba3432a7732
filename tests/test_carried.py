"""A package that brings another dataset: what commits have written stays, or the change of packages is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from sharing import copy_home

from graph.carried import written_by_commits
from graph.changes import Delta
from graph.commits import commit
from graph.errors import NoVersion, PackageConflict
from graph.history import diff, roll_back
from graph.manifests import write_manifest
from graph.published import build
from graph.terms import CURATED_GRAPH, GRAPHS, PREFIXES
from graph.versions import Origin, current
from service.app import is_settled

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Coorbit

pytestmark = pytest.mark.slow  # the packaged graph is built
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OWN_GRAPH = GRAPHS + "catalogue/of-a-user"
ORIGIN = Origin(created=NOW, author="tests", message="a test")


@pytest.fixture
def packaged(built: Path, tmp_path: Path) -> Path:
    """A home of the packaged dataset, to be written to."""
    return copy_home(built, tmp_path / "home")


def name(graph: str, number: int = 1) -> ox.Quad:
    """Return a quad that may be said in a graph: another name of a satellite."""
    satellite, label = ox.NamedNode(PREFIXES["sys"] + "cfosat"), ox.NamedNode(PREFIXES["skos"] + "altLabel")
    return ox.Quad(satellite, label, ox.Literal(f"name {number}", language="en"), ox.NamedNode(graph))


def write(home: Path, quad: ox.Quad) -> None:
    """Commit a quad."""

    def change(store: ox.Store) -> Delta:
        delta = Delta()
        store.add(quad)
        delta.add([quad])
        return delta

    assert commit(home, change, origin=ORIGIN)[1]


def as_by_another_package(home: Path) -> None:
    """Let the current version be as if another package had made it."""
    version = current(home)
    write_manifest(version.directory, replace(version.manifest, made_from="another"))


def test_what_commits_have_added_stays_through_an_upgrade(packaged: Path, coorbit: Coorbit) -> None:
    """A graph of a user is kept beside the package's; once he has changed one of theirs, a person has to say."""
    home = packaged
    assert is_settled(home)
    assert written_by_commits(home) == []
    write(home, name(OWN_GRAPH))
    assert is_settled(home), "a commit makes no other package"
    as_by_another_package(home)
    assert not is_settled(home)
    assert is_settled(home, keep=True)
    assert written_by_commits(home) == [name(OWN_GRAPH)]
    version, new = build(home, now=NOW, author="tests")
    assert new
    assert version.manifest.packaged
    assert version.manifest.graphs[OWN_GRAPH] == 1
    assert list(diff(home, 2, version.manifest.number)) == []
    write(home, name(CURATED_GRAPH, 2))
    as_by_another_package(home)
    refused = coorbit("build", "--home", home)
    assert refused.returncode == 1
    for part in ("graph:curated (1)", "coorbit diff 3 4", "--replace", "serve --keep"):
        assert part in refused.stderr
    assert current(home).manifest.number == 4
    assert coorbit("build", "--home", home, "--replace").returncode == 0
    assert OWN_GRAPH not in current(home).manifest.graphs
    back, _ = roll_back(home, 4, origin=ORIGIN)
    assert back.manifest.graphs[OWN_GRAPH] == 1, "the way back is open"


def test_a_home_without_the_version_of_the_package_says_so(tmp_path: Path) -> None:
    """Where it cannot be told what commits have changed, nothing is guessed; a new home has nothing to keep."""
    assert written_by_commits(tmp_path) == []
    with pytest.raises(NoVersion):
        current(tmp_path)


def test_what_nobody_can_tell_is_not_guessed(packaged: Path) -> None:
    """The package's own version is pruned: what commits have changed cannot be told any more."""
    write(packaged, name(OWN_GRAPH))
    first = packaged / "versions" / "000001"
    first.rename(packaged / "away")
    with pytest.raises(PackageConflict, match="no longer kept"):
        written_by_commits(packaged)
