"""Search indexes in threads: whose is open, what happens when one is damaged, and when too many ask."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from searching import SMALL, store_of
from small_homes import publish_quads, read

from graph.errors import NoSearch, VersionDamaged
from graph.query_errors import ServiceBusy
from graph.search_index import build_search
from graph.search_segment import BASE_FILE
from service.finder import Finder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.search import Index
    from graph.versions import Version


@pytest.fixture
def finder() -> Iterator[Finder]:
    """A finder of its own."""
    made = Finder()
    yield made
    made.close()


def version(home: Path, turtle: str) -> Version:
    """Make a version with an index of other contents than its store has."""
    made = publish_quads(home, read("<urn:g> { <urn:s> <urn:p> 1 }"))
    build_search(store_of(turtle), made.directory)
    return made


def labels(index: Index) -> list[str]:
    """Return what is found for a beginning."""
    return [hit.found.label for hit in index.search("chi")]


def test_each_version_has_its_index(finder: Finder, tmp_path: Path) -> None:
    """Work is done on the index of the version that is named, also when more are asked for than stay open."""
    names = ["China", "Chile", "Chita", "Chios", "Chiba"]
    made = [version(tmp_path, f'sys:a a coo:Satellite ; rdfs:label "{name}"@en .') for name in names]

    async def ask() -> list[list[str]]:
        return [await finder.ask(each, labels) for each in (*made, *made[::-1])]

    assert asyncio.run(ask()) == [[name] for name in (*names, *names[::-1])]


def test_what_cannot_be_read_is_opened_anew(finder: Finder, tmp_path: Path) -> None:
    """A damaged index is an error; once it is mended the next search finds it so. A version without one says so."""
    made = version(tmp_path, SMALL)
    path, mended = made.directory / BASE_FILE, tmp_path / "mended"
    content = path.read_bytes()
    mended.write_bytes(content)
    path.write_bytes(content[: len(content) // 2] + b"x" * (len(content) // 2))
    with pytest.raises(VersionDamaged):
        asyncio.run(finder.ask(made, labels))
    mended.replace(path)
    for _ in range(4):  # in whichever thread
        assert asyncio.run(finder.ask(made, labels))[0] == "China"
    with pytest.raises(NoSearch):
        asyncio.run(finder.ask(publish_quads(tmp_path, read("<urn:g> { <urn:s> <urn:p> 2 }")), labels))


def test_too_many_are_sent_away(finder: Finder, tmp_path: Path) -> None:
    """Past a number of waiting searches the next is refused; once they are done there is room again."""
    made, gate = version(tmp_path, SMALL), threading.Event()

    async def ask() -> int:
        waiting = [asyncio.ensure_future(finder.ask(made, lambda _index: gate.wait())) for _ in range(128)]
        await asyncio.sleep(0)
        with pytest.raises(ServiceBusy):
            await finder.ask(made, labels)
        gate.set()
        await asyncio.gather(*waiting)
        return len(await finder.ask(made, labels))

    assert asyncio.run(ask()) >= 2
