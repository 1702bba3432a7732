"""Fixtures of the conformance tests: the suite, a service that may be written to, and the summary.

    pytest --w3c DIR tests/conformance

runs them, DIR being a checkout of w3c/rdf-tests. Without the option one test is skipped and says so; the modules that
hold thousands of parameters are then not even read.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from conformance.known_failures import KNOWN_FAILURES
from conformance.service import Addresses, Service
from conformance.suite import SUITES, Case, cases, suite_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Coorbit, Serve

ALWAYS_READ: Final = {"test_answers.py", "test_suite.py"}
"""Modules that are there without the option: one tests the comparison, the other skips and says how to run the rest."""

OUTCOMES: Final = ("passed", "xfailed", "failed", "error")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules of tests when there is no suite to make them from."""
    given = config.getoption("--w3c") is not None
    is_module = collection_path.name.startswith("test_") and collection_path.name not in ALWAYS_READ
    return True if is_module and not given else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case of the suites and kinds that a module names."""
    if "case" not in metafunc.fixturenames:
        return
    folder: Path = metafunc.config.getoption("--w3c")
    found = cases(suite_root(folder), metafunc.module.SUITES, metafunc.module.KINDS)
    metafunc.parametrize("case", [pytest.param(case, id=case.name, marks=_marks(case)) for case in found])


def _marks(case: Case) -> tuple[pytest.MarkDecorator, ...]:
    reason = KNOWN_FAILURES.get(case.name)
    if reason is None:
        return ()
    return (pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError),)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the suite of each test into its report, for the summary: reports travel between processes, cases do not."""
    for item in items:
        case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
        if isinstance(case, Case):
            item.user_properties.append(("suite", case.suite))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests of each suite passed, as the table that the README shows."""
    counts = Counter(
        (suite, outcome)
        for outcome in OUTCOMES
        for report in terminalreporter.getreports(outcome)
        for name, own in getattr(report, "user_properties", ())  # a failed collection has none
        if name == "suite" and report.when != "teardown"
        for suite in (own, "together")
    )
    if not counts:
        return
    terminalreporter.section("W3C SPARQL 1.1 over HTTP")
    terminalreporter.write_line("| suite | passed | known failures | total |")
    terminalreporter.write_line("|---|---:|---:|---:|")
    for suite in (*SUITES, "together"):
        total = sum(counts[suite, outcome] for outcome in OUTCOMES)
        if total:
            passed, known = counts[suite, "passed"], counts[suite, "xfailed"]
            terminalreporter.write_line(f"| {suite} | {passed} | {known} | {total} |")


@pytest.fixture(scope="session")
def w3c_root(request: pytest.FixtureRequest) -> Path:
    """The folder of the SPARQL 1.1 suites; the test is skipped where none was given."""
    folder = request.config.getoption("--w3c")
    if not isinstance(folder, Path):
        pytest.skip("the W3C suites are not part of the project: run pytest --w3c=DIR tests/conformance")
    return suite_root(folder)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, coorbit: Coorbit, serve: Serve) -> Iterator[Service]:
    """A service with an empty dataset that takes writes, one for each module."""
    home = tmp_path_factory.mktemp("w3c")
    token = coorbit("token", "create", "--scope", "write", "--home", home)
    assert token.returncode == 0, token.stderr
    with serve(home, "--empty", "--no-shapes") as client:
        addresses = Addresses(
            query=str(client.base_url.join("sparql")),
            update=str(client.base_url.join("sparql")),
            store=str(client.base_url.join("store")),
        )
        tested = Service(addresses, token=token.stdout.strip())
        try:
            yield tested
        finally:
            tested.close()
