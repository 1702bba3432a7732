"""From what a request asks to an answer: out of the cache, or evaluated by the pool and kept."""

from __future__ import annotations

import asyncio
import gzip
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.errors import VersionDamaged
from graph.query_errors import AnswerBroken, QueryCrashed, QueryMemory, QueryTimeout, SpoolFull, StoreUnreadable
from service.addresses import client_address
from service.assets import ASSETS
from service.cache import Kept, Key
from service.formats import SENT
from service.jobs import Answer, Job

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request

    from graph.versions import Version
    from service.deps import Running
    from service.exchange import Exchange
    from service.formats import Format
    from service.parameters import Asked

SOFTWARE: Final = f"{importlib.metadata.version('coorbit')} {ASSETS.digest}"
"""What an answer depends on beside the data: pages name the scripts that were built."""

GZIP_LEVEL: Final = 5
_SMALL_BYTES: Final = 600  # gzip saves nothing worth its time below
_INLINE_BYTES: Final = 64 * 1024  # what is compressed in the event loop; more goes to a thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the client takes.

    Attributes:
        solutions: format for SELECT and ASK; None for none.
        graphs: format for CONSTRUCT and DESCRIBE; None for none.
        coding: `gzip` or `identity`.
    """

    solutions: Format | None
    graphs: Format | None
    coding: str


def key_of(asked: Asked, accepted: Accepted, version: Version, base_iri: str) -> Key:
    """Return what the answer to a query depends on."""
    return Key(
        version=version.manifest.number,
        dataset=dataset_of(version),
        software=SOFTWARE,
        query=asked.query or "",
        base_iri=base_iri,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        solutions=accepted.solutions.name if accepted.solutions else None,
        graphs=accepted.graphs.name if accepted.graphs else None,
        coding=accepted.coding,
    )


def key_of_graph(graph: str, version: Version, into: Format, coding: str) -> Key:
    """Return what a graph's answer depends on; its text is no query, so that it is never taken for one's answer."""
    return Key(
        version=version.manifest.number,
        dataset=dataset_of(version),
        software=SOFTWARE,
        query=f"GET <{graph}>",
        base_iri="",
        default_graphs=(),
        named_graphs=None,
        solutions=None,
        graphs=into.name,
        coding=coding,
    )


def dataset_of(version: Version) -> str:
    """Return what tells a version's dataset from that of another home: `service.cache.Key.dataset`.

    The digest leaves out what is told of versions; that differs where one was made at another time.
    """
    return f"{version.manifest.kind} {version.manifest.digest} {version.manifest.created}"


def job_of(key: Key, version: Version, *, merge_quads: int, may_call: bool, chosen: int | None = None) -> Job:
    """Return the job that answers a query; `chosen` is the version's number where the request names it."""
    return Job(
        # To make a Path takes a tenth of all that a lookup does here.
        store=f"{version.directory}/{version.manifest.store}",
        query=key.query,
        base_iri=key.base_iri,
        solutions=key.solutions,
        graphs=key.graphs,
        default_graphs=key.default_graphs,
        named_graphs=key.named_graphs,
        merge_quads=merge_quads,
        may_call=may_call,
        is_published=version.manifest.kind == "published",
        version=chosen,
    )


async def evaluate(
    parts: Running,
    job: Job,
    *,
    client: str,
    timeout_s: float | None = None,
    gone: Callable[[], Awaitable[None]] | None = None,
) -> Exchange:
    """Evaluate a job; `timeout_s` may lower the time limit, never raise it.

    Raises:
        QueryError: there is no answer.
        VersionDamaged: a part of the store is not what was written.
        VersionPruned: the version chosen went while the job waited.
    """
    limit_s = parts.settings.query_timeout_s
    try:
        return await parts.pool.evaluate(job, client=client, timeout_s=min(timeout_s or limit_s, limit_s), gone=gone)
    except VersionDamaged:
        parts.current.forget()  # the next request finds it mended, once it is
        raise
    except (QueryCrashed, QueryMemory, QueryTimeout):
        await parts.suspicion.refuse_if_damaged(Path(job.store).parent)
        raise
    except StoreUnreadable:
        parts.current.forget()
        if job.version is not None:
            parts.current.at(job.version)
        raise


async def whole_answer(
    request: Request, parts: Running, job: Job, *, key: Key | None = None, timeout_s: float | None = None
) -> Answer:
    """Evaluate a job whose answer is to be held in memory.

    Args:
        request: that waits for it; when its client leaves, the query is ended.
        parts: of the service.
        job: what to evaluate.
        key: under which the answer is kept, and taken from where it is; None: it is not kept.
        timeout_s: may lower the time limit, never raise it.

    Raises:
        QueryError: there is no answer, or it is larger than the buffer.
    """

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    if key is not None and (kept := parts.cache.get(key)) is not None:
        return _answer_of(kept, key)
    client = client_address(request, parts.settings)
    done = await evaluate(parts, job, client=client, timeout_s=timeout_s, gone=gone)
    try:
        if not done.complete or done.head is None:
            raise SpoolFull(parts.settings.buffer_mb * 1_000_000)
        if key is not None and (kept := await kept_answer(key, done)).etag:
            parts.cache.put(key, kept)
        return Answer(format=SENT[done.head.format_name], body=done.body())
    finally:
        done.close()


async def kept_body(request: Request, parts: Running, key: Key, job: Job) -> bytes:
    """Return the body of an answer that a page is made of: kept, or evaluated and kept.

    Args:
        request: of the page.
        parts: of the service.
        key: under which it is kept, not compressed.
        job: what to evaluate where nothing is kept; one round trip to a query process.

    Raises:
        QueryError: there is no answer, or it is larger than the buffer.
    """
    if (kept := parts.cache.get(key)) is not None:
        return kept.body
    done = await evaluate(parts, job, client=client_address(request, parts.settings))
    try:
        if not done.complete:
            raise SpoolFull(parts.settings.buffer_mb * 1_000_000)
        answer = await kept_answer(key, done)
    finally:
        done.close()
    parts.cache.put(key, answer)
    return answer.body


def _answer_of(kept: Kept, key: Key) -> Answer:
    """Return an answer that is kept as it was before it was compressed."""
    is_packed = (b"content-encoding", b"gzip") in kept.headers
    name = key.solutions if kept.form in {"SELECT", "ASK"} else key.graphs
    return Answer(format=SENT[name or ""], body=gzip.decompress(kept.body) if is_packed else kept.body)


async def kept_answer(key: Key, done: Exchange) -> Kept:
    """Return a whole answer as it is sent and kept, compressed where the client takes that and it helps."""
    body = done.body()
    head = done.head
    if head is None:
        message = "a whole answer without a head"
        raise AnswerBroken(message)
    headers = answer_headers(head.format_name, coding="identity" if len(body) < _SMALL_BYTES else key.coding)
    if key.coding == "gzip" and len(body) >= _SMALL_BYTES:
        body = await _gzipped(body)
    etag = b"" if head.volatile else key.etag().encode()
    headers += [(b"etag", etag)] if etag else []
    headers.append((b"content-length", str(len(body)).encode()))
    return Kept(version=key.version, etag=etag, headers=headers, body=body, form=head.form, rows=done.rows)


def answer_headers(format_name: str, *, coding: str) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell what an answer is and what it was negotiated by."""
    headers = [
        (b"content-type", SENT[format_name].content_type.encode()),
        (b"vary", b"Accept, Accept-Encoding"),
    ]
    if coding != "identity":
        headers.append((b"content-encoding", coding.encode()))
    return headers


async def _gzipped(body: bytes) -> bytes:
    if len(body) <= _INLINE_BYTES:
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, GZIP_LEVEL, mtime=0)
