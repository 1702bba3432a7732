"""What routes ask for: the settings, the worker and the current version, as parameter types."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, cast

from fastapi import Depends, Request

from graph.errors import NotReady
from graph.request_errors import BadRequest
from graph.versions import Version
from service.finder import Finder
from service.parameters import read_version_parameter
from service.suspicion import Suspicion

if TYPE_CHECKING:
    from service.cache import Cache
    from service.current import Current
    from service.describing import Descriptions
    from service.dumpkeeper import DumpKeeper
    from service.mementos import Mementos
    from service.querylog import QueryLog
    from service.settings import Settings
    from service.sitemaps import Sitemaps
    from service.workers import Pool


_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True, kw_only=True)
class Running:
    """The parts of a running service.

    Attributes:
        settings: read once at the start.
        pool: evaluates queries and makes writes.
        current: knows the version to answer from.
        cache: of answers.
        log: of queries.
        dumps: of the current version.
        descriptions: of the current version, as VoID and DCAT.
        sitemaps: of the current version.
        mementos: the versions by their dates.
        suspicion: of damage, after queries that found no end.
        finder: reads search indexes.
        stage: `ready`, or what has to be done before; while it is not ready every data route answers 503.
        answering: how many requests are being answered.
        held_bytes: of the bodies of those requests, all together.
        held_by: the same by client; those of whom nothing is held are not in it.
    """

    settings: Settings
    pool: Pool
    current: Current
    cache: Cache
    log: QueryLog
    dumps: DumpKeeper
    descriptions: Descriptions
    sitemaps: Sitemaps
    mementos: Mementos
    suspicion: Suspicion = field(default_factory=Suspicion)
    finder: Finder = field(default_factory=Finder)
    stage: str = "starting"
    answering: int = 0
    held_bytes: int = 0
    held_by: Counter[str] = field(default_factory=Counter)


def running(request: Request) -> Running:
    """Return the parts of the service that got a request."""
    return cast("Running", request.app.state.running)


def current_version(request: Request) -> Version:
    """Return the version to answer from; read anew each time, so that a new one is seen by the next request.

    Raises:
        NotReady: the service is still building it.
    """
    return version_of(running(request))


def version_of(parts: Running, number: int | None = None) -> Version:
    """Return the version that a running service answers from: the current one, or the one that a request names.

    Raises:
        NotReady: the service is still building it.
        VersionUnknown: there never was a version of that number.
        VersionPruned: there was, and it is no longer kept.
    """
    if parts.stage != "ready":
        raise NotReady(parts.stage)
    return parts.current.read() if number is None else parts.current.at(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The version to answer from, and its number where the request names it; None: it is the current one."""

    version: Version
    number: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether the answer stays what it is."""
        return self.number is not None


def chosen_version(request: Request) -> Chosen:
    """Return the version that `version=` names, or the current one.

    Raises:
        BadRequest: it is no number, or there are several.
        NotReady: the service is still building the dataset.
        VersionUnknown: there never was a version of that number.
        VersionPruned: there was, and it is no longer kept.
    """
    number = read_version_parameter(cast("bytes", request.scope["query_string"]))
    return Chosen(version=version_of(running(request), number), number=number)


def numbered_version(parts: Running, number: str) -> Version:
    """Return the version that a part of a path names.

    Raises:
        BadRequest: it is no number.
        NotReady: the service is still building the dataset.
        VersionUnknown: there never was a version of that number.
        VersionPruned: there was, and it is no longer kept.
    """
    if not _NUMBER.fullmatch(number):
        message = f"/versions/ takes the number of a version, or two with .. between them, not {number!r}"
        raise BadRequest(message)
    return version_of(parts, int(number))


RunningDep = Annotated[Running, Depends(running)]
VersionDep = Annotated[Version, Depends(current_version)]
ChosenDep = Annotated[Chosen, Depends(chosen_version)]
