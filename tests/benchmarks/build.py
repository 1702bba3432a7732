"""How long the packaged graph takes to validate, to build and to be served for the first time, and in how much memory.

    python tests/benchmarks/build.py [REPEATS]

Each figure is the median of whole commands in fresh processes and, for build and serve, fresh homes; memory is the
greatest resident size of any of them. Nothing is reused between runs.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

COORBIT = str(Path(sys.executable).parent / "coorbit")


def command_s(*arguments: str) -> float:
    """Return the seconds that a command takes; it must succeed."""
    started = time.perf_counter()
    subprocess.run([COORBIT, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def serve_s(home: str) -> float:
    """Return the seconds from the start of `coorbit serve` in an empty home until it is ready."""
    started = time.perf_counter()
    with subprocess.Popen(
        [COORBIT, "serve", "--port", "0", "--home", home], stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            address = re.search(r"http://\S+", server.stderr.readline() if server.stderr else "")
            if address is None:
                message = "coorbit serve gave no address"
                raise SystemExit(message)
            while True:
                with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(f"{address[0]}health/ready"):
                    return time.perf_counter() - started
        finally:
            server.send_signal(signal.SIGTERM)


def main() -> None:
    """Print a table of medians."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            "coorbit validate": [command_s("validate") for _ in range(repeats)],
            "coorbit build": [command_s("build", "--home", f"{folder}/build{n}") for n in range(repeats)],
            "coorbit serve, first start": [serve_s(f"{folder}/serve{n}") for n in range(repeats)],
        }
    print(f"{os.cpu_count()} cores, {repeats} runs each")
    for name, seconds in rows.items():
        print(f"{name:30} {statistics.median(seconds):6.1f} s   ({', '.join(f'{value:.1f}' for value in seconds)})")
    print(f"{'greatest memory':30} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
