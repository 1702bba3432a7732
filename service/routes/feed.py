"""`/versions.atom`: the versions as a feed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.activities import version_iri
from graph.dcat import title
from graph.kept import kept_versions
from graph.query_errors import QueryError
from graph.terms import BASE, GRAPHS
from service.addresses import base_iri
from service.answering import Accepted, job_of, kept_body, key_of
from service.atom import MEDIA_TYPE, Entry, feed
from service.chronicle import Chronicle
from service.deps import Running, RunningDep, VersionDep
from service.formats import SOLUTIONS
from service.pages import changes_between
from service.parameters import Asked
from service.problems import described
from service.sending import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version

router = APIRouter(tags=["Versions"])

_TOLD: Final = 20
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The newest versions", "content": {MEDIA_TYPE: {}}},
    304: {"description": "The client has it already"},
    **described({503: "The dataset is still being built"}),
}


@router.head("/versions.atom", include_in_schema=False)
@router.get("/versions.atom", summary="Versions as a feed (Atom)", response_class=Response, responses=_RESPONSES)
async def versions_feed(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """Tell of the newest versions: who made each, when and why, what it changed by counts, which names it gave up."""
    kept = (await asyncio.to_thread(kept_versions, parts.settings.home))[: _TOLD + 1]
    site = base_iri(request.scope, parts.settings) + "/"
    changed = await _changed(request, parts, version, kept[:_TOLD])
    names = BASE if version.manifest.kind == "published" else site
    body = feed(
        [_entry(each, kept, changed, names) for each in kept[:_TOLD]],
        title=title(version.manifest),
        iri=f"{names}versions",
        site=site,
    )
    etag = f'"{version.manifest.number}-{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers={**headers, "Content-Type": MEDIA_TYPE})


async def _changed(
    request: Request, parts: Running, version: Version, told: Sequence[Version]
) -> dict[str, dict[str, Any]]:
    """Return what the versions changed, by number; nothing where it cannot be found out now."""
    task = Chronicle(changes=tuple((each.manifest.number, str(each.changes)) for each in told))
    text = f"CHRONICLE {[number for number, _ in task.changes]}"  # no query, so that it is never taken for one's answer
    key = key_of(Asked(query=text), Accepted(solutions=SOLUTIONS[0], graphs=None, coding="identity"), version, "")
    job = job_of(key, version, merge_quads=0, may_call=False)._replace(task=task)
    try:
        found: dict[str, dict[str, Any]] = json.loads(await kept_body(request, parts, key, job))
    except QueryError:
        return {}
    return found


def _entry(version: Version, kept: Sequence[Version], changed: dict[str, dict[str, Any]], names: str) -> Entry:
    manifest = version.manifest
    parent = next((each.manifest for each in kept if each.manifest.number == manifest.parent), None)
    told = changed.get(str(manifest.number), {})
    grown = changes_between(manifest.graphs, parent.graphs) if parent else []
    return Entry(
        number=manifest.number,
        iri=version_iri(manifest.number) if names == BASE else f"{names}versions/{manifest.number}",
        created=manifest.created,
        author=manifest.author,
        message=manifest.message,
        graphs={each.graph.removeprefix(GRAPHS): each.count for each in grown},
        added=told.get("added"),
        removed=told.get("removed"),
        retired=told.get("retired", ()),
    )
