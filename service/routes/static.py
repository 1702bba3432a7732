"""`/static/`: the style sheet and the scripts of the pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from service.assets import ASSETS
from service.negotiation import choose_coding
from service.sending import is_known

router = APIRouter()

_FOREVER: Final = "public, max-age=31536000, immutable"


@router.head("/static/{file:path}", include_in_schema=False)
@router.get("/static/{file:path}", include_in_schema=False)
def static(request: Request, file: str) -> Response:
    """Send a file that pages load; its address holds its digest, so that it never changes."""
    asset = ASSETS.get(file)
    if asset is None:
        message = "there is no such file: pages name those there are, by addresses that change when the files do"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    takes_gzip = choose_coding(", ".join(request.headers.getlist("accept-encoding"))) == "gzip"
    packed = asset.compressed if takes_gzip else None
    etag = f'"{asset.digest[:24]}{"-gzip" if packed else ""}"'
    headers = {"ETag": etag, "Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers |= {"Content-Type": asset.content_type, "X-Content-Type-Options": "nosniff"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or asset.body, headers=headers)
