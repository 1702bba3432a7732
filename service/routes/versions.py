"""`/versions`: the versions that are kept, each of which `?version=` names on `/sparql` and `/store`."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from graph.kept import kept_versions
from service.deps import RunningDep, VersionDep
from service.problems import MEDIA_TYPE
from service.sending import is_known

router = APIRouter(tags=["Versions"])


class VersionEntry(BaseModel):
    """One version of the dataset."""

    number: int = Field(description="as `version=` takes it")
    parent: int | None = Field(description="number of the version before; null for the first")
    created: str = Field(description="UTC, ISO 8601")
    author: str
    message: str
    triples: int = Field(description="of the default graph")
    digest: str = Field(description="of the set of quads: equal where two versions hold the same")


class VersionList(BaseModel):
    """The versions that are kept."""

    current: int = Field(description="number of the version that is answered from where a request names none")
    versions: list[VersionEntry] = Field(description="the newest first")


@router.head("/versions", include_in_schema=False)
@router.get(
    "/versions",
    summary="Which versions are kept",
    response_class=Response,
    responses={
        200: {"description": "The versions, the newest first", "model": VersionList},
        304: {"description": "The client has the list already"},
        503: {"description": "The dataset is still being built", "content": {MEDIA_TYPE: {}}},
    },
)
async def list_versions(request: Request, parts: RunningDep, _current: VersionDep) -> Response:
    """List the versions that `version=` can name; numbers between them were pruned."""
    kept = await asyncio.to_thread(kept_versions, parts.settings.home)
    entries = [VersionEntry.model_validate(each.manifest, from_attributes=True) for each in kept]
    body = VersionList(current=entries[0].number, versions=entries).model_dump_json(indent=2).encode() + b"\n"
    etag = f'"{entries[0].number}-{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
