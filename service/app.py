"""The web application: its parts put together, and its start.

The start may have to build the first version; until then it answers, and says that it is not ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.metadata
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from graph.errors import CoorbitError, NoVersion
from graph.release import make_first_release
from graph.resources import package_digest
from graph.versions import current
from service import examples_api, problem_pages, sparql_api, worked_calls
from service.apart import apart
from service.cache import Cache
from service.current import Current
from service.deps import Running
from service.describing import Descriptions
from service.dumpkeeper import DumpKeeper
from service.mementos import Mementos
from service.querylog import QueryLog
from service.routes import (
    about,
    crawlers,
    data,
    descriptions,
    differences,
    docs,
    documents,
    dumps,
    examples,
    explore,
    feed,
    front,
    health,
    links,
    patches,
    query,
    reconcile,
    resolve,
    resource,
    search,
    static,
    store,
    timemap,
    validate,
    versions,
)
from service.scratch import sweep
from service.sitemaps import Sitemaps
from service.workers import Pool
from service.writing import is_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from graph.versions import Version
    from service.settings import Settings

_log = logging.getLogger(__name__)

_COLLECT_AFTER: Final = 20_000  # containers made and not freed; Python itself says 700


def create_app(
    settings: Settings,
    *,
    on_failure: Callable[[Exception], None] | None = None,
    query_log: TextIO | None = None,
    keep: bool = False,
) -> FastAPI:
    """Make the application.

    Args:
        settings: read once, by the caller.
        on_failure: called with the error when the dataset cannot be built at the start; the app stays not ready.
        query_log: where a line for each query goes; None for nowhere.
        keep: whether a dataset that the home holds stays as it is though the package brings another one.
    """
    parts = Running(
        settings=settings,
        pool=Pool(settings),
        current=Current(settings.home),
        cache=Cache(settings.cache_mb * 1_000_000),
        log=QueryLog(stream=query_log),
        dumps=DumpKeeper(settings.home),
        descriptions=Descriptions(settings.home),
        sitemaps=Sitemaps(),
        mementos=Mementos(settings.home),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.pool.start()
        preparing = asyncio.create_task(_prepare(parts, on_failure, keep=keep))
        try:
            yield
        finally:
            preparing.cancel()
            await parts.dumps.close()
            parts.finder.close()
            await parts.pool.close()

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
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["*"]
    )
    problem_pages.install(app)
    pages = (front, query, explore, examples, links, search, resolve, reconcile, resource, documents, timemap, about)
    told = (data, feed, differences, versions, dumps, descriptions, docs)
    for module in (*pages, static, store, patches, validate, *told, crawlers, health):
        app.include_router(module.router)
    sparql_api.describe(app)
    examples_api.describe(app, settings)
    worked_calls.describe(app, settings)
    return app


async def _prepare(parts: Running, on_failure: Callable[[Exception], None] | None, *, keep: bool) -> None:
    """Bring the home up to the packaged graph, in a process of its own so that the service goes on answering."""
    home = parts.settings.home
    try:
        await asyncio.to_thread(sweep, home)
        builds = not is_settled(home, keep=keep)
        if builds:
            parts.stage = "building the dataset"
            _log.info("building the dataset home=%s", home)
            await apart(build_packaged, home)
    except Exception as error:  # noqa: BLE001  (whatever it was, whoever started the service must be told)
        parts.stage = "failed"
        if on_failure is not None:
            on_failure(error)
    else:
        version = parts.current.read()
        parts.pool.open(str(version.store))
        _spare_collections()
        parts.stage = "ready"
        _log.info("ready version=%d", version.manifest.number)
        if builds:
            await _release_first(home)
        if version.manifest.kind == "published" and is_on(parts):
            await _prepare_writes(version)


async def _release_first(home: Path) -> None:
    """Make the first release of a home; the service answers meanwhile, and goes on answering where it fails."""
    try:
        await apart(make_first_release, home, now=datetime.now(UTC))
    except CoorbitError as error:
        _log.warning("the first release could not be made: coorbit release NAME makes one error=%s", error)


async def _prepare_writes(version: Version) -> None:
    """Have the shapes ready for the first write, which would prepare them itself."""
    with contextlib.suppress(CoorbitError):
        await apart(keep_plan_of, version)


def _spare_collections() -> None:
    """Have the garbage collector look at what requests make, and not again at all that the start has made.

    A request leaves hardly a cycle behind; at the default threshold a fifth of a lookup's time went into collections.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


def build_packaged(home: Path) -> None:
    """Publish the packaged graph in a home; runs in a process of its own. A home that holds it is left as it is."""
    from graph.published import build  # noqa: PLC0415  (pySHACL, among others: the process of this work alone needs it)

    build(home, now=datetime.now(UTC), author="coorbit serve")


def keep_plan_of(version: Version) -> None:
    """Prepare the shapes of a version; runs in a process of its own."""
    from graph.consequences import keep_plan  # noqa: PLC0415  (rdflib, among others: for this work alone)

    keep_plan(version)


def is_settled(home: Path, *, keep: bool = False) -> bool:
    """Say whether a home needs no build: what it holds was made by this package, or is of another origin."""
    with contextlib.suppress(NoVersion):
        manifest = current(home).manifest
        return keep or manifest.made_from in {"", package_digest()}
    return False
