"""`/search`: things by their names and identifiers, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from graph.errors import BadRequest
from graph.query_errors import NotAcceptable
from service.addresses import site_path
from service.deps import RunningDep, running, version_of
from service.formats import HTML, JSON
from service.freshness import known_answer, validators
from service.lookups import LONGEST, MOST_HITS, address, hit_of, parameter, read_search, refuse_unknown, type_names
from service.negotiation import choose
from service.problems import MEDIA_TYPE
from service.templating import page

if TYPE_CHECKING:
    from graph.search import Hit, Index
    from graph.versions import Version
    from service.formats import Format
    from service.lookups import Search

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
    headers = validators(request, served, into, is_fixed=asked.version is not None)
    if known := known_answer(request, headers):
        return known
    hits, labels = await parts.finder.ask(served, lambda index: _found(index, asked))
    response = _answer(request, served, asked, into, hits, labels)
    response.headers.update(headers)
    return response


def _found(index: Index, asked: Search) -> tuple[list[Hit], dict[str, str]]:
    refuse_unknown(asked.types, index)
    if not asked.text.strip():
        return [], {}
    hits = index.search(asked.text, types=asked.types, lang=asked.lang, limit=asked.limit)
    things = index.things([hit.found.iri for hit in hits], asked.lang) if asked.lang else {}
    return hits, {iri: found.label for iri, found in things.items()}


def _answer(  # noqa: PLR0913, PLR0917  (what an answer is made of)
    request: Request, version: Version, asked: Search, into: Format, hits: list[Hit], labels: dict[str, str]
) -> Response:
    if into is JSON:
        results = [hit_of(hit, labels) for hit in hits]
        content = {"query": asked.text, "version": version.manifest.number, "results": results}
        return Response(json.dumps(content, ensure_ascii=False, indent=2), media_type=JSON.content_type)
    root = site_path(request, running(request).settings)
    rows = [
        {
            "address": address(root, hit.found.iri),
            "label": labels.get(hit.found.iri, hit.found.label),
            "types": type_names(hit.found.types),
            "name": hit.found.text,
        }
        for hit in hits
    ]
    return page(request, "search.html", {"asked": asked, "rows": rows, "classes": _CLASSES})
