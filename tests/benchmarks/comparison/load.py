"""Load on one server: requests one after another on some connections for some seconds.

wrk sends them where it is on the PATH; without it an asyncio client does, which is slower than the servers and so
flattens the ratios: the table names the client.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comparison.memory import processor_s
from comparison.stream import Closed, open_line, request
from comparison.tables import percentile
from comparison.wire import JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comparison.servers import Server

WRK: Final = shutil.which("wrk")
CLIENT: Final = "wrk -t1" if WRK else "an asyncio client (wrk is not on the PATH)"
_ANSWER_LIMIT_S: Final = 10

_SCRIPT: Final = """
local targets = {{
{targets}
}}
local count = 0
local headers = {headers}
request = function()
  count = count + 1
  local target = targets[count % #targets + 1]
  return wrk.format("GET", {unique} and target .. "{mark}" .. count or target, headers)
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "\\nRESULT {{\\"requests\\": %d, \\"seconds\\": %f, \\"refused\\": %d, \\"broken\\": %d, " ..
    "\\"p50\\": %f, \\"p99\\": %f}}\\n",
    summary.requests, summary.duration / 1e6,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What is sent.

    Attributes:
        targets: paths with query strings, sent in turn.
        mark: begins the end of each target, a running number follows; unique in the whole run. None: sent as they are.
        etag: sent as If-None-Match, where given.
    """

    targets: Sequence[str]
    mark: str | None = None
    etag: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The request headers."""
        return {"Accept": JSON} | ({"If-None-Match": self.etag} if self.etag else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What came of it. Failed are answers of status 400 and above, broken connections and time-outs.

    `processor_us` is what the server took a request, in all its processes: on a busy machine it tells more than a rate.
    """

    per_second: float
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    processor_us: float | None = None


def send(server: Server, what: Requests, *, connections: int, seconds: int) -> Rate:
    """Send requests on some connections, each the next as soon as its answer is there."""
    before_s = processor_s(server.process.pid)
    if WRK:
        rate = _by_wrk(WRK, server, what, connections, seconds)
    else:
        rate = asyncio.run(_by_asyncio(server, what, connections, seconds))
    used_s = processor_s(server.process.pid) - before_s
    return dataclasses.replace(rate, processor_us=used_s * 1e6 / max(1.0, rate.per_second * seconds))


def _by_wrk(wrk: str, server: Server, what: Requests, connections: int, seconds: int) -> Rate:
    script = _SCRIPT.format(
        targets=",\n".join(map(json.dumps, what.targets)),
        headers="{" + ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in what.headers.items()) + "}",
        unique="true" if what.mark else "false",
        mark=what.mark,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.lua"
        path.write_text(script, encoding="utf-8")
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{_ANSWER_LIMIT_S}s", "-s", str(path)]
        address = f"http://127.0.0.1:{server.port}"
        limit_s = seconds + 2 * _ANSWER_LIMIT_S
        done = subprocess.run([wrk, *options, address], capture_output=True, text=True, check=True, timeout=limit_s)
    result = json.loads(done.stdout.split("RESULT ")[1])
    return Rate(
        per_second=(result["requests"] - result["refused"]) / result["seconds"],
        failed=result["refused"] + result["broken"],
        p50_ms=result["p50"],
        p99_ms=result["p99"],
    )


async def _by_asyncio(server: Server, what: Requests, connections: int, seconds: int) -> Rate:
    numbers = itertools.count(1)
    times: list[float] = []
    failed = 0
    started = time.perf_counter()

    async def one() -> None:
        nonlocal failed
        line = None
        while (now := time.perf_counter()) < started + seconds:
            number = next(numbers)
            target = what.targets[number % len(what.targets)] + (f"{what.mark}{number}" if what.mark else "")
            try:
                line = line or await open_line(server.port)
                status, _ = await asyncio.wait_for(request(line, target, what.headers), _ANSWER_LIMIT_S)
            except (OSError, Closed, TimeoutError):
                failed, line = failed + 1, None
                continue
            if status >= 400:
                failed += 1
            else:
                times.append(time.perf_counter() - now)
        if line:
            line.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    p50, p99 = percentile(times, 50), percentile(times, 99)
    return Rate(
        per_second=len(times) / (time.perf_counter() - started),
        failed=failed,
        p50_ms=p50 and p50 * 1000,
        p99_ms=p99 and p99 * 1000,
    )
