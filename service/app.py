"""The web application: its parts put together, and its start.

The start may have to build the first version; until then it answers, and says that it is not ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import logging
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from graph.errors import NoVersion
from graph.versions import build, current
from service import problems
from service.deps import Running
from service.routes import dumps, front, health, query, sparql
from service.workers import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from service.settings import Settings

_log = logging.getLogger(__name__)


def create_app(settings: Settings, *, on_failure: Callable[[Exception], None] | None = None) -> FastAPI:
    """Make the application.

    Args:
        settings: read once, by the caller.
        on_failure: called with the error when the dataset cannot be built at the start; the app stays not ready.
    """
    parts = Running(settings=settings, worker=Worker(timeout_s=settings.query_timeout_s))

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        preparing = asyncio.create_task(_prepare(parts, on_failure))
        try:
            yield
        finally:
            preparing.cancel()
            parts.worker.close()

    app = FastAPI(
        title="Coorbit",
        summary="Who cooperates with whom in space, every statement with its source.",
        version=importlib.metadata.version("coorbit"),
        license_info={"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"},
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own page loads scripts from another host
        redoc_url=None,
    )
    app.state.running = parts
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"])
    problems.install(app)
    for module in (front, query, sparql, dumps, health):
        app.include_router(module.router)
    return app


async def _prepare(parts: Running, on_failure: Callable[[Exception], None] | None) -> None:
    """Bring the home up to the packaged graph, in a process of its own so that the service goes on answering."""
    parts.stage = "building the dataset"
    _log.info("building the dataset home=%s", parts.settings.home)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            await asyncio.get_running_loop().run_in_executor(pool, build_packaged, parts.settings.home)
    except Exception as error:  # noqa: BLE001  (whatever it was, whoever started the service must be told)
        parts.stage = "failed"
        if on_failure is not None:
            on_failure(error)
    else:
        parts.stage = "ready"
        _log.info("ready version=%d", current(parts.settings.home).manifest.number)


def build_packaged(home: Path) -> None:
    """Publish the packaged graph in a home; runs in a process of its own.

    A home that holds it already, or a dataset that someone built from other files, is left as it is.
    """
    with contextlib.suppress(NoVersion):
        if not current(home).manifest.packaged:
            return
    build(home, now=datetime.now(UTC), author="coorbit serve")
