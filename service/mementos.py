"""Memento (RFC 7089): the versions that are kept as the past states of whatever the service answers with a name.

An address without `version=` is its own TimeGate; with it, it is a Memento. All are read from the manifests.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from graph.kept import kept_versions
from graph.request_errors import BadRequest
from graph.versions import LINK
from service.linking import link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from service.linking import Place

MEDIA_TYPE: Final = "application/link-format"
TIMEMAP: Final = "/timemap"
"""What stands before a path to name its TimeMap."""

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE: Final = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) "
    "([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """A version as a state of the past: its number, and when it was made, to the second."""

    number: int
    made: datetime


class Mementos:
    """The versions of a home that are kept, by their dates; read anew when one has come or gone."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._seen: tuple[object, ...] = ()
        self._kept: Sequence[Memento] = ()

    async def all(self) -> Sequence[Memento]:
        """Return them, the oldest first; there is at least one.

        Raises:
            NoVersion: the home holds none.
            HomeUnusable: it cannot be read.
        """
        folder = self._home / "versions"
        seen = (folder.stat().st_mtime_ns, (self._home / LINK).readlink())  # a microsecond or two
        if seen != self._seen:
            kept = await asyncio.to_thread(kept_versions, self._home)
            self._kept = [memento(each.manifest.number, each.manifest.created) for each in reversed(kept)]
            self._seen = seen
        return self._kept


def memento(number: int, created: str) -> Memento:
    """Return a version as a memento; `created` as a manifest has it."""
    return Memento(number=number, made=datetime.fromisoformat(created).astimezone(UTC).replace(microsecond=0))


def read_date(text: str) -> datetime:
    """Read the value of Accept-Datetime (RFC 7089, 2.1.1: as RFC 1123 has dates, in GMT).

    Raises:
        BadRequest: it is none.
    """
    try:
        if found := _DATE.fullmatch(text.strip()):
            day, month, *numbers = found.groups()
            year, hour, minute, second = map(int, numbers)
            return datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        pass
    message = f"Accept-Datetime takes a date such as {http_date(datetime(2026, 11, 23, 12, tzinfo=UTC))}, not {text!r}"
    raise BadRequest(message)


def http_date(moment: datetime) -> str:
    """Return a date as headers have it."""
    return format_datetime(moment, usegmt=True)


def at(mementos: Sequence[Memento], moment: datetime) -> Memento:
    """Return the newest memento not later than a moment; the first where all are later."""
    before = [each for each in mementos if each.made <= moment]
    return before[-1] if before else mementos[0]


def navigation(mementos: Sequence[Memento], number: int) -> dict[int, str]:
    """Return which mementos one leads to: its own number, first, last, and those before and after it, as relations."""
    numbers = [each.number for each in mementos]
    earlier, later = [each for each in numbers if each < number], [each for each in numbers if each > number]
    roles: dict[int, list[str]] = {number: []}
    for role, found in (("first", numbers[:1]), ("prev", earlier[-1:]), ("next", later[:1]), ("last", numbers[-1:])):
        for each in found:
            roles.setdefault(each, []).append(role)
    return {each: " ".join([*words, "memento"]) for each, words in sorted(roles.items())}


def memento_links(place: Place, mementos: Sequence[Memento], number: int | None) -> list[str]:
    """Return the links of an answer to its original, TimeGate and TimeMap, and to mementos.

    Args:
        place: of the answer.
        mementos: those there are.
        number: of the version that is answered from, or led to; None: no mementos are linked.
    """
    links = [link(place.now().address(), "original timegate"), link(_timemap_path(place), "timemap", type=MEDIA_TYPE)]
    if number is not None:
        dates = {each.number: http_date(each.made) for each in mementos}
        rels = {each: rel for each, rel in navigation(mementos, number).items() if each in dates}
        links += [link(place.at(each).address(), rel, datetime=dates[each]) for each, rel in rels.items()]
    return links


def timemap(place: Place, origin: str, mementos: Sequence[Memento]) -> str:
    """Return the TimeMap of a resource in the link format (RFC 7089, 5).

    Args:
        place: of the resource.
        origin: scheme and host of the service, which make addresses of paths.
        mementos: those there are.
    """
    dates = {"from": http_date(mementos[0].made), "until": http_date(mementos[-1].made)}
    lines = [
        link(origin + place.now().address(), "original timegate"),
        link(origin + _timemap_path(place), "self", type=MEDIA_TYPE, **dates),
        *_entries(place, origin, mementos),
    ]
    return ",\n".join(lines) + "\n"


def _timemap_path(place: Place) -> str:
    return place.root + TIMEMAP + place.path


def _entries(place: Place, origin: str, mementos: Sequence[Memento]) -> Iterator[str]:
    for each in mementos:
        roles = [role for role, end in (("first", mementos[0]), ("last", mementos[-1])) if each is end]
        yield link(
            origin + place.at(each.number).address(), " ".join([*roles, "memento"]), datetime=http_date(each.made)
        )
