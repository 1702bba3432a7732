"""`/dumps/`: the current version as files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from service.deps import VersionDep
from service.formats import TRIG, TURTLE

router = APIRouter(tags=["Dumps"])

_DUMPS: Final = {"coorbit.ttl": TURTLE, "coorbit.trig": TRIG}


@router.head("/dumps/{name}", include_in_schema=False)
@router.get(
    "/dumps/{name}",
    summary="Download the dataset",
    response_class=FileResponse,
    responses={
        200: {
            "description": "`coorbit.ttl` is the merge of all graphs, `coorbit.trig` the named graphs",
            "content": {TURTLE.media_type: {}, TRIG.media_type: {}},
        },
        404: {"description": "There is no dump of that name, or the dataset is a plain one, which has none"},
    },
)
async def dump(name: str, version: VersionDep) -> FileResponse:
    """Send a dump file of the current version."""
    if name not in _DUMPS:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no dump {name}: choose one of {', '.join(_DUMPS)}")
    if version.manifest.kind == "plain":
        message = "this dataset has no dumps: GET /store?default, or /store?graph= with the name of a graph"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    return FileResponse(version.dumps / name, headers={"Content-Type": _DUMPS[name].content_type})
