"""Answers kept ready: by version and question, bounded by bytes, the least recently used leave first.

A version never changes, so an answer kept for it never lies. Compressed bodies are kept compressed.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from service.queries import names_nodes

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

_REQUESTS: Final = 8  # by which one answer is found without reading them
_REQUEST_BYTES: Final = 4096  # of the longest of them
_OVERHEAD_BYTES: Final = 1024


class Key(NamedTuple):  # made, hashed and compared faster than a dataclass, several times for each query
    """What an answer depends on.

    Attributes:
        version: its number.
        dataset: digest of its content, its kind and its time, since versions of another home have the same numbers.
        software: version of this software, whose writers may change.
        query: the text.
        base_iri: against which its relative IRIs are read.
        default_graphs: that the request names.
        named_graphs: that the request names; None where it names no graph.
        solutions: name of the format for SELECT and ASK; None for none.
        graphs: name of the format for CONSTRUCT and DESCRIBE; None for none.
        coding: content coding, `gzip` or `identity`.
        bindings: names of parameters of an example with the terms that they are bound to.
    """

    version: int
    dataset: str
    software: str
    query: str
    base_iri: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...] | None
    solutions: str | None
    graphs: str | None
    coding: str
    bindings: tuple[tuple[str, str], ...] = ()

    def etag(self) -> str:
        """Return the entity tag: the version, a dash, a hash of all that the answer depends on.

        It is weak where the answer's blank nodes get other names each time (RFC 9110, 8.8.1).
        """
        digest = hashlib.blake2b(self.query.encode("utf-8", "surrogatepass"), digest_size=32)
        others = (self.dataset, self.software, self.base_iri, self.default_graphs, self.named_graphs)
        digest.update(repr((others, self.solutions, self.graphs, self.coding)).encode("utf-8", "surrogatepass"))
        if self.bindings:
            digest.update(repr(self.bindings).encode())
        weak = "W/" if names_nodes(self.query) else ""
        return f'{weak}"{self.version}-{digest.hexdigest()[:24]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that is kept.

    Attributes:
        version: number of the version that it was given from.
        etag: its entity tag; empty for an answer that is not kept.
        headers: as they are sent, without those that differ by request: how long it may be kept is one of them.
        body: as it is sent.
        form: of the query.
        rows: of a SELECT; None where they were not counted.
        requests: raw requests that find it, each with the bytes that it takes.
    """

    version: int
    etag: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    form: str
    rows: int | None
    requests: list[tuple[Hashable, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes out for a raw request that an answer is kept for.

    Attributes:
        head: status line and headers, but for the date and those that come last: the id and the empty line.
        body: as it is sent; empty where the client has it already.
        entry: what is to be logged.
    """

    head: bytes
    body: bytes
    entry: Mapping[str, object]


class Cache:
    """Answers by key, and by the raw requests that have asked for them."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._used = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._replies: dict[Hashable, tuple[Key, Reply]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        """Return the answer to a question, or None."""
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return kept

    def by_request(self, request: Hashable) -> Reply | None:
        """Return what a raw request was answered before, or None."""
        if (found := self._replies.get(request)) is None:
            return None
        key, reply = found
        self._kept.move_to_end(key)
        return reply

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer; one that would fill more than an eighth of the room is not kept."""
        size = self._size(key, kept)
        if size * 8 > self._limit or key in self._kept:
            return
        self._kept[key] = kept
        self._use(size)

    def remember(self, request: Hashable, key: Key, reply: Reply, *, size: int) -> None:
        """Answer a raw request of some bytes with this from now on, unread, for as long as the answer is kept."""
        kept = self._kept.get(key)
        if kept is None or size > _REQUEST_BYTES:
            return
        if len(kept.requests) < _REQUESTS and request not in self._replies:
            size += len(reply.head) + _OVERHEAD_BYTES
            kept.requests.append((request, size))
            self._replies[request] = (key, reply)
            self._use(size)

    def _use(self, size: int) -> None:
        self._used += size
        while self._used > self._limit:
            key, kept = self._kept.popitem(last=False)
            self._used -= self._size(key, kept)
            for request, taken in kept.requests:
                del self._replies[request]
                self._used -= taken

    def _size(self, key: Key, kept: Kept) -> int:
        """Return what an answer takes, without the requests that point to it."""
        graphs = sum(map(len, (*key.default_graphs, *(key.named_graphs or ()))))
        bound = sum(len(term) for _, term in key.bindings)
        return len(kept.body) + len(key.query) + graphs + bound + _OVERHEAD_BYTES
