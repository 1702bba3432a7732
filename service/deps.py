"""What routes ask for: the settings, the worker and the current version, as parameter types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from graph.errors import NotReady
from graph.versions import Version, current

if TYPE_CHECKING:
    from service.settings import Settings
    from service.workers import Worker


@dataclass(slots=True, kw_only=True)
class Running:
    """The parts of a running service.

    Attributes:
        settings: read once at the start.
        worker: evaluates queries.
        stage: `ready`, or what has to be done before; while it is not ready every data route answers 503.
    """

    settings: Settings
    worker: Worker
    stage: str = "starting"


def running(request: Request) -> Running:
    """Return the parts of the service that got a request."""
    return cast("Running", request.app.state.running)


def current_version(request: Request) -> Version:
    """Return the version to answer from; read anew each time, so that a new one is seen by the next request.

    Raises:
        NotReady: the service is still building it.
    """
    parts = running(request)
    if parts.stage != "ready":
        raise NotReady(parts.stage)
    return current(parts.settings.home)


RunningDep = Annotated[Running, Depends(running)]
VersionDep = Annotated[Version, Depends(current_version)]
