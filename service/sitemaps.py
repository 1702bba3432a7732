"""The addresses of a version's pages, for crawlers: pages, releases, and every entity and concept by one query.

The query runs in a query process, once a version; what it found is kept compressed.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from graph.figures import ENTITIES
from graph.terms import BASE
from service.answering import dataset_of, evaluate
from service.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version
    from service.deps import Running

PAGE: Final = 50_000
"""Addresses that one sitemap may hold (sitemaps.org)."""

_ENTITIES: Final = f"""
SELECT DISTINCT ?entity WHERE {{
  ?entity a ?class
  FILTER (STRSTARTS(STR(?entity), "{ENTITIES}") || STRSTARTS(STR(?entity), "{BASE}voc/"))
}}
ORDER BY ?entity
"""
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._"
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Paths of entities below the site, a line each, in order; in pieces of a sitemap's size, compressed."""

    pieces: Sequence[bytes]
    count: int


class Sitemaps:
    """Knows the entities of the current version, once somebody has asked."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._key: tuple[object, ...] = ()
        self._found = _Found(pieces=(), count=0)

    async def pages(self, parts: Running, version: Version) -> int:
        """Return how many sitemaps the entities fill; 0 where a foreign dataset has none.

        Raises:
            QueryError: nobody can say.
        """
        return len((await self._of(parts, version)).pieces)

    async def entities(self, parts: Running, version: Version, page: int) -> list[str]:
        """Return the paths of one sitemap's entities; `page` counts from 0.

        Raises:
            QueryError: nobody can say.
            IndexError: there are not so many.
        """
        found = await self._of(parts, version)
        return gzip.decompress(found.pieces[page]).decode().splitlines()

    async def _of(self, parts: Running, version: Version) -> _Found:
        key = (version.manifest.number, dataset_of(version))
        async with self._one_at_a_time:
            if key != self._key:
                self._found, self._key = await _ask(parts, version), key
            return self._found


async def _ask(parts: Running, version: Version) -> _Found:
    if version.manifest.kind == "plain":
        return _Found(pieces=(), count=0)
    job = Job(store=str(version.store), query=_ENTITIES, solutions="tsv", is_published=True)
    done = await evaluate(parts, job, client="sitemap")
    try:
        answer = [done.body()]
        if not done.complete:
            answer += [chunk async for chunk in done.rest()]
    finally:
        done.close()
    return await asyncio.to_thread(_cut, b"".join(answer))


def _cut(tsv: bytes) -> _Found:
    """Read a column of IRIs, behind its header."""
    paths = [quote(line[1:-1].removeprefix(BASE), safe=_PATH_SAFE) for line in tsv.decode().splitlines()[1:]]
    starts = range(0, len(paths), PAGE)
    pieces = [gzip.compress("\n".join(paths[start : start + PAGE]).encode(), 1, mtime=0) for start in starts]
    return _Found(pieces=pieces, count=len(paths))


def address_list(site: str, paths: Sequence[str]) -> bytes:
    """Return a sitemap of paths below an address, which ends with a slash."""
    lines = "".join(f"<url><loc>{escape(site + path)}</loc></url>\n" for path in paths)
    return f'{_XML}<urlset xmlns="{_NAMESPACE}">\n{lines}</urlset>\n'.encode()


def index_of(site: str, count: int) -> bytes:
    """Return a sitemap index of the sitemaps from 0 to below a number."""
    lines = "".join(
        f"<sitemap><loc>{escape(f'{site}sitemap-{number}.xml')}</loc></sitemap>\n" for number in range(count)
    )
    return f'{_XML}<sitemapindex xmlns="{_NAMESPACE}">\n{lines}</sitemapindex>\n'.encode()
