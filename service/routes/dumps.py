"""`/dumps/`: releases, and the current version as files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from graph.errors import ReleaseDamaged, ReleaseUnknown
from graph.integrity import file_digest
from graph.query_errors import NotAcceptable
from graph.releases import CURRENT, LATEST, Release, dumps_of, find_release, latest_release, releases
from service.addresses import site_path
from service.deps import Running, RunningDep, VersionDep
from service.formats import HTML, JSON, TRIG, TURTLE
from service.holding import HeldFile, SentFile
from service.negotiation import choose
from service.problems import described
from service.sending import is_known
from service.templating import page

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version

router = APIRouter(tags=["Dumps"])

_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_TYPES: Final = {
    ".gz": "application/gzip",
    ".ttl": TURTLE.content_type,
    ".trig": TRIG.content_type,
    ".json": "application/json",
    "": "text/plain; charset=utf-8",
}
_NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "The client has it already"}}
_OF_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file", "content": {"application/gzip": {}, TURTLE.media_type: {}, TRIG.media_type: {}}},
    206: {"description": "The part of it that `Range` asks for"},
    307: {"description": f"`{LATEST}` stands for the newest release"},
    **_NOT_MODIFIED,
    **described(
        {
            400: "`Range` cannot be read",
            404: "There is no such release or file; `detail` names those there are",
            416: "The file has no such part as `Range` asks for; Content-Range tells its length",
            503: "The dump cannot be made, or is damaged; `detail` says more",
        }
    ),
}
_OF_LISTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The list, for people or for programs", "content": {"application/json": {}, "text/html": {}}},
    **_NOT_MODIFIED,
}

Accept = Annotated[str, Header(description="`application/json`, or `text/html` for a page")]


@router.head("/dumps/", include_in_schema=False)
@router.get("/dumps/", summary="List the releases", response_class=Response, responses=_OF_LISTS)
def list_releases(request: Request, parts: RunningDep, accept: Accept = "*/*") -> Response:
    """Name the releases, the newest first, and the dumps of the current version."""
    found = releases(parts.settings.home)
    content: dict[str, object] = {
        "latest": found[0].name if found else None,
        "current": CURRENT,
        "releases": [*map(asdict, found)],
    }
    return _listed(request, accept, "dumps.html", {"releases": found, "current": CURRENT}, content)


@router.head("/dumps/{name}", include_in_schema=False)
@router.get("/dumps/{name}", summary="Download the current version", response_class=FileResponse, responses=_OF_FILES)
async def current_dump(request: Request, name: str, parts: RunningDep, version: VersionDep) -> Response:
    """Send the current version: `coorbit.ttl` is the merge of all graphs, `coorbit.trig` the graphs by name.

    It is written when it is first asked for, so that the first answer for a version takes longer. The name of a release
    leads to its list.
    """
    if name not in CURRENT:
        return _redirect(request, parts, _found(parts, name).name, "")
    path = await parts.dumps.path(version, name)
    etag = f'"{version.manifest.number}-{version.manifest.digest[:32]}-{path.suffix[1:]}"'
    return _file(request, path, etag, cache=_ASK_AGAIN, version=version)


@router.head("/dumps/{release}/", include_in_schema=False)
@router.get("/dumps/{release}/", summary="List the files of a release", response_class=Response, responses=_OF_LISTS)
def list_files(request: Request, release: str, parts: RunningDep, accept: Accept = "*/*") -> Response:
    """Name the files of a release with their sizes, counts and checksums."""
    found = _found(parts, release)
    if release == LATEST:
        return _redirect(request, parts, found.name, "")
    return _listed(request, accept, "release.html", {"release": found}, asdict(found))


@router.head("/dumps/{release}/{file:path}", include_in_schema=False)
@router.get(
    "/dumps/{release}/{file:path}",
    summary="Download a file of a release",
    response_class=FileResponse,
    responses=_OF_FILES,
)
def release_file(request: Request, release: str, file: str, parts: RunningDep) -> Response:
    """Send a file of a release, which never changes; with `latest` in place of the name, lead to the newest.

    A file that is not what it was when the release was made is not sent (503).
    """
    found = _found(parts, release)
    if not found.serves(file):
        message = f"release {found.name} has no file {file}: /dumps/{found.name}/ lists those it has"
        raise ReleaseUnknown(message)
    if release == LATEST:
        return _redirect(request, parts, found.name, file)
    path = dumps_of(parts.settings.home, found.name) / file
    told = found.file(file)
    try:
        state = path.stat()
        digest = _digest(path, (state.st_ino, state.st_size, state.st_mtime_ns))
    except OSError as fault:
        raise ReleaseDamaged(found.name, file) from fault
    if told is not None and digest != told.sha256:
        raise ReleaseDamaged(found.name, file)
    return _file(request, path, f'"{digest}"', cache=_FOREVER)


@lru_cache(maxsize=4096)
def _digest(path: Path, state: tuple[int, int, int]) -> str:  # noqa: ARG001  (a file that has changed is read again)
    """Return the SHA-256 of a file, which is read once."""
    return file_digest(path)


def _found(parts: Running, name: str) -> Release:
    home = parts.settings.home
    return latest_release(home) if name == LATEST else find_release(home, name)


def _redirect(request: Request, parts: Running, name: str, file: str) -> Response:
    root = site_path(request, parts.settings)
    return RedirectResponse(f"{root}/dumps/{name}/{file}", headers={"Cache-Control": _ASK_AGAIN})


def _file(request: Request, path: Path, etag: str, *, cache: str, version: Version | None = None) -> Response:
    headers = {"ETag": etag, "Cache-Control": cache}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Type"] = _TYPES[path.suffix]
    return SentFile(path, headers=headers) if version is None else HeldFile(version, path, headers=headers)


def _listed(
    request: Request, accept: str, template: str, context: dict[str, Any], content: dict[str, object]
) -> Response:
    """Answer with a list as JSON or as a page."""
    into = choose((JSON, HTML), ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "a list of dumps"
        raise NotAcceptable(what, [JSON.media_type, HTML.media_type])
    if into is JSON:
        response = Response(json.dumps(content, indent=2), media_type=JSON.content_type)
    else:
        response = page(request, template, context)
    etag = f'"{hashlib.sha256(response.body).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": _ASK_AGAIN, "Vary": "Accept"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response
