"""The three servers: how each gets the data, is started, is known to be ready and is ended.

Peers stand in an environment of their own; what is missing there is said, and the others are measured.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from comparison.wire import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS: Final = "ours"
OXIGRAPH: Final = "oxigraph"
RDFLIB: Final = "rdflib"
NAMES: Final = (OURS, OXIGRAPH, RDFLIB)

_COORBIT: Final = Path(sys.executable).parent / "coorbit"
_COMMANDS: Final = {OXIGRAPH: "oxigraph", RDFLIB: "rdflib-endpoint"}
_LOAD_LIMIT_S: Final = 180.0
_STOP_LIMIT_S: Final = {OURS: 15.0, OXIGRAPH: 5.0, RDFLIB: 5.0}
_STEP_S: Final = 0.05


class NotStarted(Exception):
    """A server cannot be started, or did not get ready in time; the message says which and why."""


@dataclass(slots=True, kw_only=True)
class Server:
    """A server that runs on loopback."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]

    def target(self, query: str) -> str:
        """Return the path and query string that ask for a query by GET."""
        return f"{self.path}?query={quote(query, safe='')}"

    def stop(self) -> None:
        """End the server, by force when it does not go by itself; ours lets queries finish first."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_STOP_LIMIT_S[self.name])
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True, kw_only=True)
class Stand:
    """One dataset, prepared for each server, and the servers that run on it.

    Attributes:
        folder: holds all files of this dataset.
        graph: the file that peers load; Coorbit too, where it is not the packaged graph.
        packaged: whether it is Coorbit's own graph, which it builds by itself.
        peers_env: the environment of the peers.
        names: the servers to start.
    """

    folder: Path
    graph: Path
    packaged: bool
    peers_env: Path | None
    names: Sequence[str]
    running: dict[str, Server] = field(default_factory=dict)

    def prepare(self) -> None:
        """Build our home and load Oxigraph's files; rdflib-endpoint loads when it starts."""
        if self.packaged:
            _run(_COORBIT, "build", "--home", self.folder / "home")
        else:
            _run(_COORBIT, "build", "--from", self.graph, "--no-shapes", "--home", self.folder / "home")
        if self.packaged:
            packed = next((self.folder / "home" / "releases").glob("*/dumps/coorbit.ttl.gz"))
            self.graph = self.folder / "coorbit.ttl"
            with gzip.open(packed) as released, self.graph.open("wb") as file:
                shutil.copyfileobj(released, file)
        if OXIGRAPH in self.names:
            command = self._command(OXIGRAPH)
            _run(command, "load", "--location", self.folder / "oxigraph", "--file", self.graph)
            _run(command, "optimize", "--location", self.folder / "oxigraph")

    @property
    def store(self) -> Path:
        """The engine's files of our home."""
        return (self.folder / "home" / "current" / "store").resolve()

    def server(self, name: str) -> Server:
        """Return a server that runs, started when it does not.

        Raises:
            NotStarted: it does not get ready.
        """
        known = self.running.get(name)
        if known is None or known.process.poll() is not None:
            self.running[name] = self.start(name)
        return self.running[name]

    def start(self, name: str, *, timeout_s: int | None = None) -> Server:
        """Start one server and wait until it answers.

        Args:
            name: of the server.
            timeout_s: time limit for a query; None: the default of ours, and none for Oxigraph, whose server
                (0.5.13) keeps a sleeping thread until the limit for each query that was ever asked: at some thousand
                lookups a second it runs out of threads and dies. rdflib-endpoint has no time limit at all.

        Raises:
            NotStarted: it ended, or does not answer within a limit.
        """
        port = 0 if name == OURS else _free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("COORBIT_")}
        if name == OURS and timeout_s:
            environment["COORBIT_QUERY_TIMEOUT_S"] = str(timeout_s)
        if name != OURS:
            environment.pop("PYTHONPATH", None)  # of this project, nothing of a peer's
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in self._line(name, port, timeout_s)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=self.folder,
            )
        paths = {OURS: "/sparql", OXIGRAPH: "/query", RDFLIB: "/"}
        server = Server(name=name, port=port, path=paths[name], process=process)
        try:
            _wait_until_ready(server, log)
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self, name: str) -> None:
        """End a server if it runs."""
        if server := self.running.pop(name, None):
            server.stop()

    def stop_all(self) -> None:
        """End every server of this dataset."""
        for name in list(self.running):
            self.stop(name)

    def _command(self, name: str) -> Path:
        return (self.peers_env or Path()) / "bin" / _COMMANDS[name]

    def _line(self, name: str, port: int, timeout_s: int | None) -> list[str | Path]:
        if name == OURS:
            return [_COORBIT, "serve", "--home", self.folder / "home", "--port", "0"]
        if name == OXIGRAPH:
            options: list[str | Path] = ["--location", self.folder / "oxigraph", "--bind", f"127.0.0.1:{port}"]
            limit = ["--timeout-s", str(timeout_s)] if timeout_s else []
            return [self._command(name), "serve-read-only", *options, *limit]
        return [self._command(name), "serve", self.graph, "--host", "127.0.0.1", "--port", str(port)]


def missing(peers_env: Path | None, names: Sequence[str]) -> dict[str, str]:
    """Return the peers that cannot be started, each with what to do."""
    how = "python3 -m venv DIR && DIR/bin/pip install oxigraph 'rdflib-endpoint[cli]', then --peers-env DIR"
    lacking = {}
    for name, command in _COMMANDS.items():
        if name in names and (peers_env is None or not (peers_env / "bin" / command).exists()):
            where = f"{peers_env / 'bin'} has no {command}" if peers_env else "no --peers-env was given"
            lacking[name] = f"{where}: {how}"
    return lacking


def versions(peers_env: Path | None, names: Sequence[str]) -> str:
    """Return the versions of the measured servers and of the engine under ours, as a phrase."""
    found = [f"pyoxigraph {_version(Path(sys.executable), 'pyoxigraph')} under ours"]
    for name, package in ((OXIGRAPH, "oxigraph"), (RDFLIB, "rdflib-endpoint")):
        if name in names and peers_env:
            found.append(f"{package} {_version(peers_env / 'bin' / 'python', package)}")
    return ", ".join(found)


def _version(python: Path, package: str) -> str:
    command = f"import importlib.metadata as m; print(m.version('{package}'))"
    done = subprocess.run([python, "-c", command], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "of unknown version"


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LOAD_LIMIT_S)
    if done.returncode:
        message = f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-500:]}"
        raise NotStarted(message)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(server: Server, log: Path) -> None:
    """Wait until a query is answered; learn the port from what our server prints."""
    deadline = time.monotonic() + _LOAD_LIMIT_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        if not server.port and (address := re.search(rb"http://[^ /]+:(\d+)/", log.read_bytes())):
            server.port = int(address[1])
        with contextlib.suppress(OSError):
            if server.port and ask(server, "ASK {}", limit_s=10).status == 200:
                return
        time.sleep(_STEP_S)
    state = "ended" if server.process.poll() is not None else f"was not ready after {_LOAD_LIMIT_S:g} s"
    message = f"{server.name} {state}: {log.read_text(errors='replace')[-500:]}"
    raise NotStarted(message)
