"""Shared fixtures: the dataset read once, a home built once, a served instance once.

Real files, processes and sockets throughout; what is dear is made once a session and only read.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx
import pytest
from chains import make_chain
from reading import as_graph
from sharing import copy_home, made_once, spared
from small_homes import build_facts

from graph.build import Dataset, read_dataset
from graph.consequences import keep_plan
from graph.planning import load_plan
from graph.published import build as build_version
from graph.store import graph_iri
from graph.terms import CURATED_GRAPH, DERIVED_GRAPH, GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox
    from rdflib import Graph

    from graph.plan import Plan
    from graph.versions import Version

COORBIT = Path(sys.executable).parent / "coorbit"
READY_LIMIT_S = 60.0
LOOK_S = 0.05


class Coorbit(Protocol):
    """Runs the installed command and returns its exit status and what it printed."""

    def __call__(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `coorbit ARGUMENTS` with further environment variables."""


class Serve(Protocol):
    """Starts `coorbit serve` on a free port for the length of a with block."""

    def __call__(
        self, home: Path, *arguments: str, **environment: str
    ) -> contextlib.AbstractContextManager[httpx.Client]:
        """Return a client of the service once it is ready."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folders of what is not part of the project: source texts, the test suites of others."""
    parser.addoption("--sources", type=Path, metavar="DIR", help="folder of the source texts that the claims cite")
    parser.addoption("--w3c", type=Path, metavar="DIR", help="checkout of w3c/rdf-tests, for tests/conformance")


@pytest.fixture(scope="session")
def sources_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of source texts; the test is skipped where it was not given."""
    folder = request.config.getoption("--sources")
    if not isinstance(folder, Path):
        pytest.skip("source texts are under copyright and not part of the project: run pytest --sources=DIR")
    return folder


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The packaged dataset."""
    return spared(read_dataset())


@pytest.fixture(scope="session")
def store(dataset: Dataset) -> ox.Store:
    """The default graph of the packaged dataset in the engine of the service; tests only read it."""
    return dataset.store


@pytest.fixture(scope="session")
def data(dataset: Dataset) -> Graph:
    """What is stated of things and in claims: without ontology, shapes and what rules derive."""
    left_out = {ONTOLOGY_GRAPH, SHAPES_GRAPH, DERIVED_GRAPH}
    return spared(as_graph(quad.triple for quad in dataset.quads if graph_iri(quad) not in left_out))


@pytest.fixture(scope="session")
def curated(dataset: Dataset) -> Graph:
    """The curators' view, without claims and catalogues."""
    return spared(as_graph(quad.triple for quad in dataset.quads if graph_iri(quad) == CURATED_GRAPH))


@pytest.fixture(scope="session")
def claims(dataset: Dataset) -> Graph:
    """All claims with their sources."""
    return spared(as_graph(quad.triple for quad in dataset.quads if graph_iri(quad).startswith(f"{GRAPHS}claims/")))


@pytest.fixture(scope="session")
def shapes(dataset: Dataset) -> list[ox.Triple]:
    """The shapes graph of the packaged dataset."""
    return [quad.triple for quad in dataset.quads if graph_iri(quad) == SHAPES_GRAPH]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the whole run: the packaged dataset, built, and the plan of its shapes; it is only copied."""

    def build(home: Path) -> None:
        version, _ = build_version(home, now=datetime(2026, 11, 23, tzinfo=UTC), author="tests")
        keep_plan(version)

    return made_once(tmp_path_factory, "built", build)


@pytest.fixture(scope="session")
def plan(built: Path, shapes: list[ox.Triple]) -> Plan:
    """What a change under the packaged shapes can affect; tests only read it."""
    return load_plan(shapes, built / "plans")


@pytest.fixture(scope="session")
def home(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the packaged dataset; tests only read it."""
    return copy_home(built, tmp_path_factory.mktemp("home") / "home")


@pytest.fixture(scope="session")
def version(home: Path) -> Version:
    """The version of the packaged dataset in that home."""
    return current(home)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain home with several versions, see `chains.make_chain`; tests copy it."""
    home = tmp_path_factory.mktemp("chain")
    make_chain(home)
    return home


@pytest.fixture(scope="session")
def coorbit() -> Coorbit:
    """The installed command, run to its end."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COORBIT, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
            env=_environment(environment),
        )

    return run


@pytest.fixture(scope="module")
def published(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few facts under the packaged shapes, to be written to; see `small_homes.FACTS`."""
    home = tmp_path_factory.mktemp("published") / "home"
    build_facts(home, plans=built / "plans")
    return home


@pytest.fixture(scope="session")
def serve() -> Serve:
    """The installed command, serving on a free loopback port."""

    @contextlib.contextmanager
    def run(home: Path, *arguments: str, **environment: str) -> Iterator[httpx.Client]:
        process = subprocess.Popen(
            [COORBIT, "serve", "--home", home, "--port", "0", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(environment),
        )
        assert process.stderr is not None
        try:
            banner = process.stderr.readline()
            address = banner.split()[2]
            with httpx.Client(base_url=address, timeout=60) as client:
                wait_until_ready(client, process)
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)

    return run


@pytest.fixture(scope="session")
def client(home: Path, serve: Serve) -> Iterator[httpx.Client]:
    """A client of one service that the tests share and only read."""
    with serve(home) as shared:
        yield shared


@pytest.fixture(scope="session")
def plain_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `plain`."""
    return tmp_path_factory.mktemp("plain")


@pytest.fixture(scope="session")
def plain_token(plain_home: Path, coorbit: Coorbit) -> str:
    """A token of that home."""
    return coorbit("token", "create", "--scope", "write", "--name", "tests", "--home", plain_home).stdout.strip()


@pytest.fixture(scope="session")
def plain(plain_home: Path, plain_token: str, serve: Serve) -> Iterator[httpx.Client]:
    """A client, with its token, of a plain dataset that is empty at first; each test writes graphs of its own."""
    with serve(plain_home, "--empty", "--no-shapes", COORBIT_BODY_MB="1") as client:
        client.headers["Authorization"] = f"Bearer {plain_token}"
        yield client


def _environment(additions: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COORBIT_")}
    return kept | additions


def wait_until_gone(path: Path) -> None:
    """Return when a version is no longer there, which a write has removed after its answer; fail where it stays."""
    deadline = time.monotonic() + READY_LIMIT_S
    while path.exists():
        assert time.monotonic() < deadline, f"{path} is still there"


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Return when a service says that it is ready; fail where it has ended or takes too long."""
    deadline = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/health/ready").status_code == httpx.codes.OK:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):  # a look after the other would take its processor away
            process.wait(timeout=LOOK_S)
            pytest.fail(f"coorbit serve ended with {process.returncode}: {process.stderr and process.stderr.read()!r}")
    pytest.fail(f"coorbit serve was not ready after {READY_LIMIT_S} s")
