"""`/search`: things by their names and identifiers, as they are typed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from graph.query_errors import NotAcceptable
from graph.request_errors import BadRequest
from service.deps import RunningDep, version_of
from service.formats import HTML, JSON
from service.freshness import known_answer, validators
from service.languages import LANGUAGES, Language, preferred, told_of
from service.lookups import LONGEST, MOST_HITS, hit_of, parameter, read_search, refuse_unknown, type_names
from service.negotiation import choose
from service.paths import address_on
from service.problems import MEDIA_TYPE
from service.templating import page, site_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.search import Hit, Index
    from graph.search_file import Found
    from graph.versions import Version
    from service.lookups import Search
    from service.site import Site

router = APIRouter(tags=["Search"])

_CLASSES: Final = (
    ("Actor", "states, organizations and people"),
    ("State", "states"),
    ("SpaceAgency", "space agencies"),
    ("Organization", "organizations"),
    ("SpaceSystem", "space systems"),
    ("Satellite", "satellites"),
    ("LaunchEvent", "launches"),
    ("Agreement", "agreements"),
    ("Undertaking", "programmes and missions"),
)
PARAMETERS: Final = [
    parameter("q", f"words of a name, the last perhaps only begun; at most {LONGEST} characters", required=True),
    parameter("type", "classes to keep to, by name or IRI, separated by commas"),
    parameter("lang", "tag of the language of the names to look at and of the labels shown"),
    parameter("limit", f"how many, from 1 to {MOST_HITS}; 10 if left out"),
    parameter("page", f"which so many of them, from 1; at most {MOST_HITS} things can be had in all"),
    parameter("version", "number of a version; the current one if left out"),
]
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What fits, the best first; `score` from 0 to 100",
        "content": {
            "application/json": {
                "example": {
                    "query": "cnsa",
                    "version": 1,
                    "results": [
                        {
                            "id": "https://w3id.org/coorbit/id/actor/cnsa",
                            "label": "China National Space Administration",
                            "languages": ["en"],
                            "types": ["https://w3id.org/coorbit/ont#SpaceAgency"],
                            "match": {"text": "CNSA", "languages": [], "role": "acronym"},
                            "score": 96.4,
                        }
                    ],
                }
            },
            "text/html": {},
        },
    },
    304: {"description": "The client has it already"},
    400: {
        "description": "A parameter is not what it should be; `detail` says what it takes",
        "content": {MEDIA_TYPE: {}},
    },
    404: {
        "description": "The version has no search index, as a plain dataset, or is unknown",
        "content": {MEDIA_TYPE: {}},
    },
}


@router.head("/search", include_in_schema=False)
@router.get(
    "/search",
    summary="Find things by name or identifier",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"parameters": PARAMETERS},
)
async def search(
    request: Request,
    parts: RunningDep,
    accept: Annotated[str, Header(description="`application/json`, or `text/html` for a page")] = "*/*",
) -> Response:
    """Look in labels of every language, acronyms, other and former names and identifiers; small errors are forgiven.

    The score is four fifths how well the name fits (the whole of it, its beginning, its words, one with errors) and one
    fifth how likely the thing is looked for, by its class and by how many triples name it.
    """
    asked = read_search(request.scope["query_string"])
    formats = (JSON, HTML) if asked.text.strip() else (HTML, JSON)  # who asks for nothing wants the form
    into = choose(formats, ", ".join(request.headers.getlist("accept")) or accept)
    if into is None:
        what = "a search"
        raise NotAcceptable(what, [JSON.media_type, HTML.media_type])
    if into is JSON and not asked.text.strip():
        message = "q= says what to look for: words of a name, or an identifier"
        raise BadRequest(message)
    served = version_of(parts, asked.version)
    headers = validators(request, served, into, is_fixed=asked.version is not None, reads_language=into is HTML)
    if known := known_answer(request, headers):
        return known
    language = _language(request, asked)
    lang = asked.lang or (language.tag if into is HTML else "")
    found = await parts.finder.ask(served, lambda index: _look(index, asked, lang, counts=into is HTML))
    if into is JSON:
        response = _as_json(served, asked, found)
    else:
        site = await site_in(request, parts, served, number=asked.version, has_names=False, language=language)
        response = _page(request, asked, found, site)
    response.headers.update(headers)
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found: one page of it, under labels by IRI in the language asked for, and how many there are in all."""

    hits: Sequence[Hit]
    things: Mapping[str, Found]
    count: int


def _look(index: Index, asked: Search, lang: str, *, counts: bool) -> _Found:
    """Look for what is asked; to count all takes all of them, up to one more than are listed."""
    refuse_unknown(asked.types, index)
    if not asked.text.strip():
        return _Found(hits=[], things={}, count=0)
    first, end = (asked.page - 1) * asked.limit, min(asked.page * asked.limit, MOST_HITS)
    hits = index.search(asked.text, types=asked.types, lang=asked.lang, limit=MOST_HITS + 1 if counts else end)
    shown = hits[first:end]
    return _Found(hits=shown, things=index.things([hit.found.iri for hit in shown], lang), count=len(hits))


def _language(request: Request, asked: Search) -> Language:
    """Return the language of the names on a page; `lang` takes any tag here, since it says of names what to look at."""
    if asked.lang in LANGUAGES:
        return Language(asked.lang, is_chosen=True)
    return Language(preferred(", ".join(request.headers.getlist("accept-language"))))


def _as_json(version: Version, asked: Search, found: _Found) -> Response:
    results = [hit_of(hit, found.things) for hit in found.hits]
    content = {"query": asked.text, "version": version.manifest.number, "results": results}
    return Response(json.dumps(content, ensure_ascii=False, indent=2), media_type=JSON.content_type)


def _page(request: Request, asked: Search, found: _Found, site: Site) -> Response:
    wanted = asked.lang or site.language
    rows = [
        {
            "address": address_on(site, hit.found.iri),
            "label": thing.label,
            "lang": told_of(thing.langs, wanted),
            "types": type_names(hit.found.types),
            "name": hit.found.text,
            "name_lang": told_of(hit.found.langs, wanted),
        }
        for hit, thing in ((each, found.things.get(each.found.iri, each.found)) for each in found.hits)
    ]
    first = (asked.page - 1) * asked.limit + 1
    pages = -(-min(found.count, MOST_HITS) // asked.limit)
    turned = [each for each in request.query_params.multi_items() if each[0] != "page"]
    context = {
        "asked": asked,
        "rows": rows,
        "classes": _CLASSES,
        "count": found.count,
        "most": MOST_HITS,
        "first": first,
        "before": urlencode([*turned, ("page", asked.page - 1)]) if asked.page > 1 else "",
        "after": urlencode([*turned, ("page", asked.page + 1)]) if asked.page < pages else "",
    }
    return page(request, "search.html", context, site=site)
