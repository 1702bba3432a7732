"""The digest of a set of quads, kept by addition and removal.

A sum does not mind the order and can follow a change, so that the digest of a version never needs a scan.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox

_BITS: Final = 2048


def set_digest(quads: Iterable[ox.Quad]) -> str:
    """Return the digest of a set of quads as hexadecimal digits.

    It is the sum, modulo 2^2048, of the 2048-bit SHAKE-256 of each quad's N-Quads line. Equal sets have equal
    digests in any order; a quad that is given twice counts twice, so give a set.
    """
    return _digits(digest_sum(quads))


def changed_digest(digest: str, change: int) -> str:
    """Return the digest of a set after a change: the sum of what was added less that of what was removed."""
    return _digits(int(digest, 16) + change)


def digest_sum(quads: Iterable[ox.Quad]) -> int:
    """Return the sum, not yet reduced, that makes the digest."""
    return sum(statement_sum(str(quad)) for quad in quads)


def statement_sum(statement: str) -> int:
    """Return what one quad adds to the sum.

    Args:
        statement: the quad as N-Quads has it, without the dot.
    """
    return int.from_bytes(hashlib.shake_256(f"{statement} .\n".encode()).digest(_BITS // 8))


def _digits(total: int) -> str:
    return f"{total % (1 << _BITS):0{_BITS // 4}x}"
