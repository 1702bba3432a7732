"""The canonical digest of a dataset (W3C RDFC-1.0), of a sorted stream: only what names a blank node is held.

A blank node's canonical label depends on the quads that name blank nodes and on no others, so that these alone are
canonicalised, and merged back into the order of all.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTED: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BLANK: Final = re.compile(rb"(?:^|\s)_:")
_LIMIT_S: Final = 20.0


def has_blank_node(line: bytes) -> bool:
    """Say whether a line of N-Triples or N-Quads names a blank node; one in the text of a literal does not count."""
    return b"_:" in line and _BLANK.search(_QUOTED.sub(b'""', line)) is not None


def canonical_lines(lines: Sequence[bytes], *, limit_s: float = _LIMIT_S) -> list[bytes] | None:
    """Return lines of N-Quads with canonical labels for blank nodes, sorted; None where that takes too long.

    A few blank nodes that all point at each other take hours (RDFC-1.0, section 7.1: dataset poisoning), and the engine
    cannot be interrupted, so that it works in a process of its own.

    Args:
        lines: every line of the dataset that names a blank node, in any order.
        limit_s: when the process is ended.
    """
    if not lines:
        return []
    command = [sys.executable, "-P", "-c", "from graph.canonical import main; main()"]
    try:
        done = subprocess.run(command, input=b"".join(lines), stdout=subprocess.PIPE, timeout=limit_s, check=True)  # noqa: S603 -- our own
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.splitlines(keepends=True)


def main() -> None:
    """Canonicalise N-Quads from stdin to stdout."""
    dataset = ox.Dataset(ox.parse(sys.stdin.buffer.read(), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    sys.stdout.buffer.writelines(sorted(f"{quad} .\n".encode() for quad in dataset))


class CanonicalDigest:
    """The SHA-256 of a dataset's canonical N-Quads.

    Args:
        canonical: what `canonical_lines` returned for the dataset.
    """

    def __init__(self, canonical: Sequence[bytes]) -> None:
        self._waiting = list(reversed(canonical))
        self._digest = hashlib.sha256()

    def extend(self, lines: Sequence[bytes]) -> None:
        """Take the next lines that name no blank node; lines come sorted, each once."""
        if lines and (not self._waiting or lines[-1] < self._waiting[-1]):
            self._digest.update(b"".join(lines))
            return
        for line in lines:
            while self._waiting and self._waiting[-1] < line:
                self._digest.update(self._waiting.pop())
            self._digest.update(line)

    def hexdigest(self) -> str:
        """Return the digest of all that was given; nothing can be added after that."""
        while self._waiting:
            self._digest.update(self._waiting.pop())
        return self._digest.hexdigest()
