"""Whether what a client keeps is still good: entity tags and cache headers of answers read from one version."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi.responses import Response

from service.addresses import site_path
from service.answering import SOFTWARE, dataset_of
from service.deps import running
from service.formats import HTML
from service.languages import preferred
from service.sending import is_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from graph.versions import Version
    from service.formats import Format

_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"


def validators(
    request: Request, version: Version, into: Format, *, is_fixed: bool, reads_language: bool = False
) -> dict[str, str]:
    """Return the headers of an answer that depends on a version and the request's address alone.

    Args:
        request: as it came.
        version: that the answer is read from.
        into: format of the answer.
        is_fixed: whether the request names the version, so that its answer stays what it is. A page does not: it names
            scripts and styles of this release.
        reads_language: whether it depends on the language that the browser likes best as well.
    """
    root = site_path(request, running(request).settings)
    language = preferred(", ".join(request.headers.getlist("accept-language"))) if reads_language else ""
    key = "\n".join([dataset_of(version), SOFTWARE, root, request.url.path, request.url.query, into.name, language])
    vary = "Accept, Accept-Language" if reads_language else "Accept"
    etag = f'"{version.manifest.number}-{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"'
    return {"ETag": etag, "Cache-Control": _FOREVER if is_fixed and into is not HTML else _ASK_AGAIN, "Vary": vary}


def known_answer(request: Request, headers: Mapping[str, str]) -> Response | None:
    """Return that the client has an answer already; None where it has not."""
    if is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=dict(headers))
    return None
