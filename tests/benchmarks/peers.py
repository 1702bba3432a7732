"""This service beside Oxigraph's server and rdflib-endpoint, on the same data: a Markdown table of ratios.

    python tests/benchmarks/peers.py --peers-env DIR [--only lookups,analytic,export,abuse] [--runs N]
                                     [--peers ours,oxigraph,rdflib] [--data generated,packaged]

Peers are no dependencies of the project: DIR is an environment of its own, made by
`python3 -m venv DIR && DIR/bin/pip install oxigraph 'rdflib-endpoint[cli]'`. Everything has a time limit, and the
command as a whole too. The table goes to stdout, what is being done to stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import platform
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from comparison import abuse, analytic, export, lookups
from comparison.data import satellites, write_graph
from comparison.servers import NAMES, NotStarted, Stand, missing, versions
from comparison.texts import ANALYTIC, packaged

from graph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_PARTS: Final = ("lookups", "analytic", "export", "abuse")
_DATA: Final = ("generated", "packaged")
_SUBJECTS: Final = 2_000
_EVERY: Final = 23
_QUESTIONS: Final = 8
_GIGABYTE: Final = 1_000_000_000


class OutOfTime(BaseException):
    """The whole command has run for as long as it may; no part below catches it."""


def main() -> int:
    """Measure what was asked for, print the tables and return the exit status."""
    options = _options()
    lacking = missing(options.peers_env, options.peers)
    for name, how in lacking.items():
        _say(f"{name} is left out: {how}")
    names = [name for name in options.peers if name not in lacking]
    _print_head(options, names)
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.signal(signal.SIGTERM, _out_of_time)
    signal.alarm(options.minutes * 60)
    with tempfile.TemporaryDirectory(prefix="coorbit-peers-") as folder, contextlib.suppress(OutOfTime):
        for data in options.data:
            _measure(data, Path(folder) / data, names, options)
        return 0
    print("\nThe time was over: what is missing above was not measured.")
    return 1


def _measure(data: str, folder: Path, names: list[str], options: argparse.Namespace) -> None:
    """Measure all parts on one dataset."""
    folder.mkdir()
    stand = Stand(
        folder=folder,
        graph=folder / "graph.nt",
        packaged=data == "packaged",
        peers_env=options.peers_env,
        names=names,
    )
    cap_bytes = int(options.memory_gb * _GIGABYTE)
    with _ending(stand):
        if data == "generated":
            written = write_graph(stand.graph)
            print(f"\n## Generated graph: {written.triples:,} triples, SHA-256 {written.sha256}")
        else:
            print("\n## Packaged graph")
        _say(f"{data}: preparing")
        stand.prepare()
        subjects = _packaged_subjects(stand.store) if stand.packaged else satellites()[::_EVERY]
        comparison = analytic.Comparison(stand, mark=f"{data}x")
        parts: dict[str, Callable[[], str]] = {
            "lookups": lambda: lookups.compare(
                stand,
                subjects,
                runs=options.runs,
                seconds=options.seconds if data == "generated" else 1,
                mark=f"{data}-lookup",
            ),
            "analytic": lambda: comparison.table(
                ANALYTIC if data == "generated" else comparison.slowest(packaged(), _QUESTIONS),
                runs=options.runs + 2,
            ),
        }
        if data == "generated":
            parts["export"] = lambda: export.compare(stand, runs=options.runs, mark=data, cap_bytes=cap_bytes)
            parts["abuse"] = lambda: abuse.compare(stand, subjects, mark=data, cap_bytes=cap_bytes)
        for part, run in parts.items():
            if part in options.only:
                _say(f"{data}: {part}")
                started = time.monotonic()
                print(f"\n### {part.capitalize()}, {data} graph\n\n{run()}", flush=True)
                _say(f"{data}: {part} took {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def _ending(stand: Stand) -> Iterator[None]:
    """End the servers in any case; say what could not be started, and go on with the next dataset."""
    try:
        yield
    except NotStarted as fault:
        print(f"\nNot measured: {fault}")
    finally:
        stand.stop_all()


def _packaged_subjects(store: Path) -> list[str]:
    """Return IRIs of satellites, agreements and agencies of the packaged graph."""
    kinds = "coo:Satellite coo:Agreement coo:SpaceAgency"
    query = f"SELECT DISTINCT ?thing WHERE {{ VALUES ?kind {{ {kinds} }} ?thing a ?kind }} ORDER BY ?thing"
    found = ox.Store.read_only(str(store)).query(query, prefixes=PREFIXES)
    if not isinstance(found, ox.QuerySolutions):
        raise TypeError
    return [row["thing"].value for row in found if isinstance(row["thing"], ox.NamedNode)][:_SUBJECTS]


def _print_head(options: argparse.Namespace, names: list[str]) -> None:
    now = dt.datetime.now(dt.UTC)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"# {', '.join(names)}: {now:%Y-%m-%d %H:%M} UTC\n")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()};")
    print(f"{versions(options.peers_env, names)}; load of the machine before (1, 5, 15 min): {load}.", flush=True)


def _options() -> argparse.Namespace:
    """Read the command line."""

    def some_of(known: tuple[str, ...]) -> Callable[[str], list[str]]:
        def read(text: str) -> list[str]:
            asked = text.split(",")
            if unknown := [each for each in asked if each not in known]:
                message = f"{', '.join(unknown)}: known are {', '.join(known)}"
                raise argparse.ArgumentTypeError(message)
            return [each for each in known if each in asked]

        return read

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers-env", type=Path, metavar="DIR", help="environment that holds the peers")
    parser.add_argument("--only", type=some_of(_PARTS), default=list(_PARTS), help=f"of {','.join(_PARTS)}")
    parser.add_argument("--peers", type=some_of(NAMES), default=list(NAMES), help=f"of {','.join(NAMES)}")
    parser.add_argument("--data", type=some_of(_DATA), default=list(_DATA), help=f"of {','.join(_DATA)}")
    parser.add_argument("--runs", type=int, default=3, help="how often each figure is taken (default 3)")
    parser.add_argument(
        "--seconds", type=int, default=2, help="length of one run of lookups on the generated graph (default 2)"
    )
    parser.add_argument("--minutes", type=int, default=15, help="the whole command ends after this time (default 15)")
    parser.add_argument(
        "--memory-gb", type=float, default=6.0, help="a server that passes this in all is ended (default 6)"
    )
    options = parser.parse_args()
    if options.peers_env:
        options.peers_env = options.peers_env.resolve()
    return options


def _out_of_time(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  (a signal handler's arguments)
    raise OutOfTime


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
