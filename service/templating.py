"""HTML from templates, under one strict policy: nothing inline, no outside host."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi.templating import Jinja2Templates

from service.addresses import site_path
from service.deps import running
from service.languages import PARAMETER, Language, read_language
from service.parameters import read_pairs
from service.paths import sent_path
from service.rendering import TEMPLATES
from service.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request
    from fastapi.responses import HTMLResponse

    from graph.versions import Version
    from service.deps import Running
    from service.mementos import Memento

_TEMPLATES: Final = Jinja2Templates(env=TEMPLATES)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_VERSIONS_OFFERED: Final = 200  # as many as are kept, but for a home that keeps very many; /versions lists all


def page(
    request: Request, template: str, context: dict[str, Any], *, status: int = 200, site: Site | None = None
) -> HTMLResponse:
    """Render a template; values are escaped.

    Args:
        request: that is answered.
        template: name of the template.
        context: what it shows; `root`, what stands before the path of each link, and `site` are added.
        status: of the answer.
        site: what stands around the page, where it can be had in several languages or versions.

    Raises:
        BadRequest: `lang` names no language that there is.
    """
    site = site or site_of(request)
    context = {"root": site.root, "site": site, **context}
    headers = page_headers() | ({"Vary": "Accept-Language"} if site.has_names else {})
    return _TEMPLATES.TemplateResponse(request, template, context, status_code=status, headers=headers)


def page_headers() -> dict[str, str]:
    """Return the headers of every page, wherever it was rendered."""
    return {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}


def site_of(request: Request, *, language: Language | None = None, has_names: bool = False) -> Site:
    """Return what stands around a page that is the same in each version.

    Args:
        request: that is answered.
        language: of names, where the caller has read it; else as the request says.
        has_names: whether the page shows names that come in several languages.

    Raises:
        BadRequest: `lang` names no language that there is.
    """
    pairs = read_pairs(cast("bytes", request.scope["query_string"]))
    wanted = language or language_of(request)
    return Site(
        root=site_path(request, running(request).settings),
        path=sent_path(cast("bytes", request.scope["raw_path"])),
        parameters=tuple((name, value) for name, value in pairs if name not in {PARAMETER, "version"}),
        language=wanted.tag,
        is_chosen=wanted.is_chosen,
        has_names=has_names,
    )


def language_of(request: Request) -> Language:
    """Return the language that a request wants names in.

    Raises:
        BadRequest: `lang` names no language that there is.
    """
    pairs = read_pairs(cast("bytes", request.scope["query_string"]))
    return read_language(pairs, ", ".join(request.headers.getlist("accept-language")))


async def site_in(  # noqa: PLR0913  (what a page is read from, and what of it is chosen)
    request: Request,
    parts: Running,
    version: Version,
    *,
    number: int | None = None,
    has_names: bool = True,
    language: Language | None = None,
) -> Site:
    """Return what stands around a page that can be had in several versions.

    Args:
        request: that is answered.
        parts: of the service.
        version: that the page is read from.
        number: of that where the request names it; None: it is the current one.
        has_names: whether the page shows names that come in several languages.
        language: of names, where the caller has read it; else as the request says.

    Raises:
        BadRequest: `lang` names no language that there is.
    """
    return replace(
        site_of(request, language=language, has_names=has_names),
        version=version.manifest.number,
        is_fixed=number is not None,
        created=version.manifest.created,
        versions=offered(await parts.mementos.all(), version, is_fixed=number is not None),
    )


def offered(mementos: Sequence[Memento], version: Version, *, is_fixed: bool) -> tuple[tuple[int, str], ...]:
    """Return which versions a page offers to be had in, the newest first: number and day.

    A page that stays what it is offers none that came later.
    """
    found = [each for each in mementos if not is_fixed or each.number <= version.manifest.number]
    return tuple((each.number, f"{each.made:%Y-%m-%d}") for each in reversed(found[-_VERSIONS_OFFERED:]))
