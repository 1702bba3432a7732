"""The conditions of a write: `If-Match` and `If-None-Match` (RFC 9110, 13.1.1 and 13.1.2).

They are only read here: the writer checks them once it holds the lock, so that no other write comes between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.request_errors import BadRequest

if TYPE_CHECKING:
    from fastapi import Request

_ETAG: Final = re.compile(r'(?<!W/)"([0-9]{1,18})(?:-[^"]*)?"')
_ANY: Final = "*"
_NO_TAGS: Final = (
    "If-None-Match of a write takes * alone (only where there is no such graph yet): for one version send If-Match "
    "with its entity tag"
)


def expected_versions(request: Request) -> frozenset[int] | None:
    """Read the numbers of the versions that a write is meant for; None for any.

    A tag of `If-Match` stands for the version before its dash, whatever it was the tag of.
    """
    header = _header(request, "if-match")
    return None if header in {"", _ANY} else frozenset(int(number) for number in _ETAG.findall(header))


def expected_presence(request: Request) -> bool | None:
    """Say whether what is written must be there before (`If-Match: *`) or must not (`If-None-Match: *`).

    Returns:
        None where the request says neither.

    Raises:
        BadRequest: `If-None-Match` lists entity tags, or both headers are `*`, which no state fulfils.
    """
    match, none_match = _header(request, "if-match"), _header(request, "if-none-match")
    if none_match not in {"", _ANY}:
        raise BadRequest(_NO_TAGS)
    if match == none_match == _ANY:
        message = "If-Match: * and If-None-Match: * exclude each other: send one of them"
        raise BadRequest(message)
    return False if none_match else True if match == _ANY else None


def _header(request: Request, name: str) -> str:
    return ", ".join(request.headers.getlist(name)).strip()
